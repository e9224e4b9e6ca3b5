"""From pairs of notes that are alike to groups with a note to keep. Everything here is pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from librarian.duplicate import Kind


@dataclass(frozen=True, slots=True)
class About:
    """What speaks for keeping a note."""

    words: int = 0
    links: int = 0
    created: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that stands in two notes: how many words, and its first and last line (0-based) in each."""

    words: int
    left: tuple[int, int]
    right: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two notes and how similar they are, in the measure of what they are a pair of."""

    left: str
    right: str
    similarity: float
    passage: Passage | None = None

    def turned(self) -> Self:
        passage = self.passage and Passage(self.passage.words, self.passage.right, self.passage.left)
        return replace(self, left=self.right, right=self.left, passage=passage)

    def seen_from(self, path: str) -> Self:
        """With this one of its notes at the left."""
        return self if self.left == path else self.turned()


@dataclass(frozen=True)
class Group:
    """A note and those that say the same as it: pairs with it at the left."""

    kind: Kind
    centre: str
    pairs: tuple[Pair, ...]

    @property
    def paths(self) -> list[str]:
        return [self.centre, *(pair.right for pair in self.pairs)]

    @cached_property
    def members(self) -> frozenset[str]:
        return frozenset(self.paths)


def identical_groups(groups: Iterable[Sequence[str]], about: Mapping[str, About]) -> list[Group]:
    """Groups of notes with one text, the largest first."""
    found = []
    for paths in groups:
        keeper, *others = sorted(paths, key=lambda path: merit(path, about))
        found.append(identical_group(keeper, others))
    return sorted(found, key=lambda group: (-len(group.pairs), group.centre))


def identical_group(centre: str, others: Iterable[str]) -> Group:
    return Group("identical", centre, tuple(Pair(centre, other, 1.0) for other in others))


def star_groups(kind: Kind, pairs: Iterable[Pair], order: Callable[[str], tuple[object, ...]]) -> list[Group]:
    """Groups of notes that are each similar to their centre, the most similar first; those first in ``order`` are
    centres.

    Not chains: of three notes, each a little other than the one before, the first and the last may have little in
    common. Every pair is together in one group; for that, a note may be in several.
    """
    left = [(pair, pair.turned()) for pair in pairs]
    ranked = sorted(dict.fromkeys(path for pair, _ in left for path in (pair.left, pair.right)), key=order)
    rank = {path: place for place, path in enumerate(ranked)}
    groups: list[Group] = []
    while left:
        found = _stars(kind, left, rank)
        together = {path: group.members for group in found for path in group.paths}
        left = [both for both in left if both[0].right not in together.get(both[0].left, ())]
        groups += found
    return sorted(groups, key=lambda group: (-group.pairs[0].similarity, group.centre))


def _stars(kind: Kind, pairs: Iterable[tuple[Pair, Pair]], rank: Mapping[str, int]) -> list[Group]:
    """Groups of which each note is in one at most; ``pairs``: each seen from either side."""
    beside: dict[str, list[Pair]] = {}
    for pair, turned in pairs:
        beside.setdefault(pair.left, []).append(pair)
        beside.setdefault(pair.right, []).append(turned)
    groups, taken = [], set[str]()
    for centre in sorted(beside, key=rank.__getitem__):
        if centre in taken:
            continue
        others = [pair for pair in beside[centre] if pair.right not in taken]
        if others:
            others.sort(key=lambda pair: (-pair.similarity, pair.right))
            taken |= {centre, *(pair.right for pair in others)}
            groups.append(Group(kind, centre, tuple(others)))
    return groups


def contained_groups(pairs: Iterable[Pair], length: Callable[[str], int]) -> list[Group]:
    """Groups of a note and all that have a passage of it, the largest share first; the longer note is the whole."""
    parts: dict[str, list[Pair]] = {}
    for pair in pairs:
        whole = min(pair.left, pair.right, key=lambda path: (-length(path), path))
        parts.setdefault(whole, []).append(pair.seen_from(whole))
    groups = []
    for whole, around in parts.items():
        around.sort(key=lambda pair: (-pair.similarity, pair.right))
        groups.append(Group("contained", whole, tuple(around)))
    return sorted(groups, key=lambda group: (-group.pairs[0].similarity, group.centre))


def kept(group: Group, about: Mapping[str, About]) -> tuple[str, str]:
    """The note to keep of a group, and what speaks for it against the others."""
    if group.kind == "contained":
        return group.centre, "holds the passage and more"
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


def group_id(kind: Kind, paths: Iterable[str], digests: Mapping[str, bytes]) -> str:
    """The same for the same versions of the same notes."""
    hasher = hashlib.blake2b(kind.encode(), digest_size=12)
    for path in sorted(paths):
        hasher.update(path.encode() + b"\0" + digests.get(path, b""))
    return hasher.hexdigest()


def merit(path: str, about: Mapping[str, About]) -> tuple[int, int, str, int, str]:
    """Sorts the note to keep first: most linked, longest, oldest, least deep."""
    known = about.get(path, About())
    return -known.links, -known.words, known.created, path.count("/"), path
