"""Duplicates as values: groups of notes that say the same, and which of each group to keep."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from librarian.passage import Coverage
from librarian.value import Value

Kind = Literal["identical", "near"]


class DuplicateNote(Value):
    """One note of a group."""

    path: str
    title: str
    words: int | None
    """These are None while statistics are not known yet."""
    links: int | None
    """Links of other notes that lead to it."""
    created: str | None
    modified: str | None
    similarity: float
    """To the first of the group: Jaccard's index of their shingles of five words, 1 for the same text."""


class DuplicateGroup(Value):
    """Notes that say the same as the first of them, by their similarity to it.

    The first is the one to keep, or the one that was asked about.
    """

    id: str
    """Of these versions of these notes."""
    kind: Kind
    similarity: float
    """The least of its notes'."""
    notes: tuple[DuplicateNote, ...]
    keeper: str
    why: str
    """Why the keeper is suggested."""


class DuplicateAnswer(Value):
    groups: tuple[DuplicateGroup, ...]
    """Identical ones first, then the most similar."""
    total: int
    """Groups there are."""
    coverage: Coverage
    took_ms: float


@dataclass(frozen=True, slots=True)
class About:
    """What speaks for keeping a note."""

    words: int = 0
    links: int = 0
    created: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two notes and Jaccard's index of their shingles."""

    left: str
    right: str
    resemblance: float


@dataclass(frozen=True, slots=True)
class Group:
    """A note and those that say the same as it, with how similar each is."""

    kind: Kind
    centre: str
    others: tuple[tuple[str, float], ...]

    @property
    def paths(self) -> list[str]:
        return [self.centre, *(path for path, _ in self.others)]


def identical_groups(groups: Iterable[Sequence[str]], about: Mapping[str, About]) -> list[Group]:
    """Groups of notes with one text, the largest first."""
    found = []
    for paths in groups:
        keeper, *others = sorted(paths, key=lambda path: merit(path, about))
        found.append(Group("identical", keeper, tuple((path, 1.0) for path in others)))
    return sorted(found, key=lambda group: (-len(group.others), group.centre))


def near_groups(pairs: Iterable[Pair], about: Mapping[str, About]) -> list[Group]:
    """Groups of notes that are each similar to their keeper, the most similar first. A note is in one of them.

    Not chains: of three notes, each a little other than the one before, the first and the last may have little in
    common.
    """
    beside: dict[str, dict[str, float]] = {}
    for pair in pairs:
        beside.setdefault(pair.left, {})[pair.right] = pair.resemblance
        beside.setdefault(pair.right, {})[pair.left] = pair.resemblance
    groups, taken = [], set[str]()
    for keeper in sorted(beside, key=lambda path: merit(path, about)):
        if keeper in taken:
            continue
        others = [(path, similarity) for path, similarity in beside[keeper].items() if path not in taken]
        if others:
            taken |= {keeper, *(path for path, _ in others)}
            others.sort(key=lambda other: (-other[1], other[0]))
            groups.append(Group("near", keeper, tuple(others)))
    return sorted(groups, key=lambda group: (-group.others[0][1], group.centre))


def kept(group: Group, about: Mapping[str, About]) -> tuple[str, str]:
    """The note to keep of a group, and what speaks for it against the others."""
    best, *rest = sorted(group.paths, key=lambda path: merit(path, about))
    return best, _why(about.get(best, About()), [about.get(path, About()) for path in rest])


def _why(keeper: About, others: Sequence[About]) -> str:
    if all(keeper.links > other.links for other in others):
        return f"most linked ({keeper.links})"
    if all(keeper.words > other.words for other in others):
        return f"longest ({keeper.words} words)"
    if keeper.created and all(keeper.created < other.created for other in others):
        return f"oldest ({keeper.created[:10]})"
    return "as good as the others"


def group_id(group: Group, digests: Mapping[str, bytes]) -> str:
    """The same for the same versions of the same notes."""
    hasher = hashlib.blake2b(group.kind.encode(), digest_size=12)
    for path in sorted(group.paths):
        hasher.update(path.encode() + b"\0" + digests.get(path, b""))
    return hasher.hexdigest()


def merit(path: str, about: Mapping[str, About]) -> tuple[int, int, str, int, str]:
    """Sorts the note to keep first: most linked, longest, oldest, least deep."""
    known = about.get(path, About())
    return -known.links, -known.words, known.created, path.count("/"), path
