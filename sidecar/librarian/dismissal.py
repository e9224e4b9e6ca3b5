"""What was said to be no duplicates, as values: what is remembered of each note, and what of it still holds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from librarian import _native
from librarian.duplicate import Kind
from librarian.grouping import Pair
from librarian.value import Value

LEAST_SAME = 0.9
"""Jaccard's index from which another version of a note says what the dismissed one said."""

Fingerprint = tuple[bytes, bytes]
"""A digest of a note's body, and a sketch of its shingles."""


class DismissedGroup(Value):
    """Notes that were said to be no duplicates."""

    group_id: str
    """As it was dismissed; ``duplicates.restore`` takes it."""
    kind: Kind
    notes: tuple[str, ...]
    """Their paths now; of one that cannot be found any more, the last that was known."""
    dismissed_at: str
    """ISO 8601, UTC."""
    stands: bool
    """False when so many of its notes changed or are gone that it leaves nothing out any more."""


class DismissedGroups(Value):
    """The last dismissed first."""

    groups: tuple[DismissedGroup, ...]


@dataclass(frozen=True, slots=True)
class Remembered:
    """A note as it was when it was dismissed."""

    path: str
    """Where it was seen last."""
    digest: bytes
    sketch: bytes

    def is_now(self, fingerprint: Fingerprint) -> bool:
        """Whether a version of the note still says what this one said."""
        digest, sketch = fingerprint
        return digest == self.digest or _native.resemblance(sketch, self.sketch) >= LEAST_SAME


@dataclass(frozen=True, slots=True)
class Dismissal:
    group_id: str
    kind: Kind
    dismissed_at: str
    notes: tuple[Remembered, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A dismissal, and for each of its notes the path of the one that it is now."""

    dismissal: Dismissal
    paths: tuple[str | None, ...]

    @property
    def holds(self) -> list[str]:
        """The notes that still are what was dismissed."""
        return [path for path in self.paths if path is not None]

    @property
    def lost(self) -> list[Remembered]:
        """The notes that nothing is any more."""
        return [note for path, note in zip(self.paths, self.dismissal.notes, strict=True) if path is None]

    def told(self) -> DismissedGroup:
        return DismissedGroup(
            group_id=self.dismissal.group_id,
            kind=self.dismissal.kind,
            notes=tuple(path or note.path for path, note in zip(self.paths, self.dismissal.notes, strict=True)),
            dismissed_at=self.dismissal.dismissed_at,
            stands=len(self.holds) > 1,
        )


def standing(dismissal: Dismissal, known: Mapping[str, Fingerprint], paths: Mapping[bytes, Sequence[str]]) -> Standing:
    """What a dismissal's notes are now: by path, as long as they say much the same; else whatever has their very text.

    ``known``: notes by path; ``paths``: of those with one text, by its digest. Each is found as another note.
    """
    found = [
        note.path if (now := known.get(note.path)) is not None and note.is_now(now) else None
        for note in dismissal.notes
    ]
    taken = set(found)
    for place, note in enumerate(dismissal.notes):
        if found[place] is None:
            found[place] = next((path for path in paths.get(note.digest, ()) if path not in taken), None)
            taken.add(found[place])
    return Standing(dismissal, tuple(found))


class Hidden:
    """Pairs of notes that are left out: both are of one dismissal that holds.

    No pair is listed, since a group of thousands of notes has millions of them.
    """

    def __init__(self, standings: Iterable[Standing], identical: Iterable[Sequence[str]]) -> None:
        """``identical``: notes with one text, of which the first stands for all where they are near to others."""
        self._of: dict[str, set[int]] = defaultdict(set)
        """By its path, the numbers of the dismissals that a note is of."""
        for number, each in enumerate(standings):
            for path in each.holds:
                self._of[path].add(number)
        first = {path: paths[0] for paths in identical for path in paths} if self._of else {}
        self._of_first: dict[str, set[int]] = defaultdict(set)
        for path, numbers in self._of.items():
            self._of_first[first.get(path, path)] |= numbers

    def left(self, pairs: Iterable[Pair]) -> list[Pair]:
        """The pairs that are not left out; identical notes are named by the first of them."""
        none: set[int] = set()
        of = self._of_first
        return [pair for pair in pairs if of.get(pair.left, none).isdisjoint(of.get(pair.right, none))]

    def left_together(self, paths: Sequence[str]) -> list[str]:
        """Of identical notes, those that belong with at least one other; a further copy brings all back."""
        of = {path: frozenset(self._of.get(path, ())) for path in paths}
        alike = Counter(of.values())
        hidden = {
            numbers: sum(count for others, count in alike.items() if not numbers.isdisjoint(others))
            for numbers in alike
        }
        # Whoever is of a dismissal is counted with itself; whoever is of none has nobody left out.
        return [path for path in paths if hidden[of[path]] < len(paths)]
