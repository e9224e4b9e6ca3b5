"""Kinds of notes: those of one folder, sorted by how they are made.

Notes are compared by which properties, tags and headings they have (Jaccard's index), and the closest kinds are made
one as long as their notes are close enough on average (UPGMA: Sokal and Michener, *A statistical method for evaluating
systematic relationships*, 1958).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from librarian.templating.sample import Sample

ALIKE: Final = 0.3
"""Jaccard's index, on average, down to which two kinds are one."""
MOST_FORMS: Final = 200
"""Of notes that are made in more ways than this, the rarest join the kind that they are closest to."""


@dataclass(frozen=True)
class Kind:
    """``members``: numbers of notes, in order; ``common``: what most of them have, the most frequent first."""

    members: tuple[int, ...]
    common: tuple[str, ...]


def kinds(notes: Sequence[Sample]) -> list[Kind]:
    """The kinds of notes; the largest that has anything in common comes first."""
    features = [_features(note) for note in notes]
    counts = Counter(feature for each in features for feature in each)
    shared = [frozenset(feature for feature in each if counts[feature] > 1) for each in features]
    bits = {feature: 1 << place for place, feature in enumerate(counts)}
    forms: dict[int, list[int]] = {}
    for number, each in enumerate(shared):
        forms.setdefault(sum(bits[feature] for feature in each), []).append(number)
    found = [_kind(members, shared) for members in _joined(forms)]
    return sorted(found, key=lambda kind: (not kind.common, -len(kind.members), kind.members))


def _features(note: Sample) -> frozenset[str]:
    properties = (f"property {field.key.casefold()}" for field in note.fields)
    tags = (f"tag {text}" for field in note.fields if field.key.casefold() in ("tags", "tag") for text in field.texts)
    return frozenset([*properties, *tags, *(f"heading {part.key}" for part in note.parts if part.level > 0)])


def _kind(members: Sequence[int], shared: Sequence[frozenset[str]]) -> Kind:
    counts = Counter(feature for number in members for feature in shared[number])
    common = tuple(feature for feature, count in counts.most_common() if 2 * count >= len(members))
    return Kind(tuple(sorted(members)), common)


def _joined(forms: dict[int, list[int]]) -> list[list[int]]:
    """Numbers of notes by kind."""
    ordered = sorted(forms.items(), key=lambda item: -len(item[1]))
    first = ordered[:MOST_FORMS]
    groups = [list(members) for _, members in first]
    of_group: list[list[int]] = [[place] for place in range(len(first))]
    likeness = [[_jaccard(one, other) for other, _ in first] for one, _ in first]
    alive = set(range(len(first)))
    while len(alive) > 1 and (pair := _closest(alive, likeness)) is not None:
        one, other = pair
        sizes = len(groups[one]), len(groups[other])
        for third in alive - {one, other}:
            mean = (likeness[one][third] * sizes[0] + likeness[other][third] * sizes[1]) / sum(sizes)
            likeness[one][third] = likeness[third][one] = mean
        groups[one] += groups[other]
        of_group[one] += of_group[other]
        alive.remove(other)
    home = {place: group for group in alive for place in of_group[group]}
    for form, members in ordered[MOST_FORMS:]:
        closest = max(range(len(first)), key=lambda place: _jaccard(form, first[place][0]))
        groups[home[closest]] += members
    return [groups[group] for group in alive]


def _closest(alive: set[int], likeness: Sequence[Sequence[float]]) -> tuple[int, int] | None:
    best, found = ALIKE, None
    for one in sorted(alive):
        row = likeness[one]
        for other in alive:
            if other > one and row[other] >= best:
                best, found = row[other], (one, other)
    return found


def _jaccard(one: int, other: int) -> float:
    """Of sets of bits; two that are empty are the same."""
    either = (one | other).bit_count()
    return (one & other).bit_count() / either if either else 1.0
