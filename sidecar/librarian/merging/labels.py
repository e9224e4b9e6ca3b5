"""Footnote labels and block ids: what a loser's are called in the keeper, so that none means two things."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set

from librarian.merging.anatomy import Anatomy, BlockId, Splice, anatomy, spliced

_REFERENCE = re.compile(r"\s*\[([^\]]+)\]:(.*)", re.DOTALL)


def free(name: str, used: Set[str]) -> str:
    """The name, or the first of ``name-2``, ``name-3`` … that is not used; ``used`` is in lower case."""
    number, found = 1, name
    while found.lower() in used:
        number += 1
        found = f"{name}-{number}"
    return found


def relabelled(loser: Anatomy, keeper: Anatomy) -> str:
    """The loser's text with footnotes that do not clash with the keeper's; those of the same text take its label."""
    other: set[str] = set()
    while True:
        labels = _labels(loser, keeper, other)
        text = spliced(loser.text, _renamed(loser, labels))
        changed = _no_longer_same(anatomy(text), keeper)
        found = {old for old, new in labels.items() if new.lower() in changed} - other
        if not found:
            return text
        other |= found


def _labels(loser: Anatomy, keeper: Anatomy, other: Set[str]) -> dict[str, str]:
    """What each label of the loser is called; those of ``other`` have not the keeper's text, as they seem to."""
    ours, theirs = _definitions(keeper), _definitions(loser)
    by_text = {text: label for label, text in reversed(ours.items())}
    used = {footnote.label.lower() for footnote in keeper.footnotes}
    labels: dict[str, str] = {}
    for label in dict.fromkeys(footnote.label for footnote in loser.footnotes):
        name = label.lower()
        if name in labels:
            continue
        same = by_text.get(theirs[name]) if name in theirs and name not in other else None
        # Two that are told nowhere are the same; but one must not get the other note's text.
        clashes = name in ours if name not in theirs else name in used
        labels[name] = same or (free(label, used) if clashes else label)
        used.add(labels[name].lower())
    return labels


def _no_longer_same(loser: Anatomy, keeper: Anatomy) -> set[str]:
    """Labels that mean two texts, because those refer to other footnotes by new labels."""
    ours, theirs = _definitions(keeper), _definitions(loser)
    return {label for label, text in theirs.items() if label in ours and ours[label] != text}


def _renamed(note: Anatomy, labels: Mapping[str, str]) -> list[Splice]:
    return [
        Splice(footnote.range[0] + 2, footnote.range[1] - 1, labels[footnote.label.lower()])
        for footnote in note.footnotes
        if labels[footnote.label.lower()] != footnote.label
    ]


def _definitions(note: Anatomy) -> dict[str, str]:
    """By label in lower case, the words of the footnotes of a note."""
    blocks = {block.start: block for block in note.blocks if block.kind == "footnoteDefinition"}
    found: dict[str, str] = {}
    for footnote in note.footnotes:
        if footnote.defines and footnote.range[0] in blocks:
            block = blocks[footnote.range[0]]
            words = " ".join(note.text[footnote.range[1] + 1 : block.end].split())
            found.setdefault(footnote.label.lower(), words)
    return found


def clashing_reference(loser: Anatomy, keeper: Anatomy) -> str | None:
    """A label of a reference link (``[label]: address``) that leads to two places in the two notes."""
    ours, theirs = _references(keeper), _references(loser)
    return next((label for label, address in theirs.items() if ours.get(label, address) != address), None)


def _references(note: Anatomy) -> dict[str, str]:
    """Addresses by their labels; of two of one label, the first counts."""
    found: dict[str, str] = {}
    for block in note.blocks:
        if block.kind == "definition" and (match := _REFERENCE.match(note.text, block.start, block.end)):
            found.setdefault(" ".join(match[1].split()).casefold(), " ".join(match[2].split()))
    return found


class Ids:
    """What the ids of a loser's blocks are called in the keeper; ids are the same whatever their capitals."""

    def __init__(self, keeper: Anatomy, loser: Anatomy) -> None:
        self._used = {each.id.lower() for each in keeper.ids}
        self._first = {each.id.lower(): each.mark[0] for each in sorted(loser.ids, key=lambda each: -each.mark[0])}
        self._called: dict[str, str] = {}
        self._names: dict[int, str] = {}
        """By where an id stands in the loser."""

    def free(self, name: str) -> str:
        """A name that no block has, which one has from now on."""
        found = free(name, self._used)
        self._used.add(found.lower())
        return found

    def call(self, old: BlockId, new: str) -> None:
        """Have a block of the keeper stand for one of the loser; of several of one id, links lead to the first."""
        if self._first[old.id.lower()] == old.mark[0]:
            self._called[old.id.lower()] = new

    def take_in(self, ids: Sequence[BlockId]) -> None:
        """Find names for blocks that are taken into the keeper."""
        for each in ids:
            self._names[each.mark[0]] = self.free(each.id)
            self.call(each, self.name(each))

    def name(self, taken_in: BlockId) -> str:
        return self._names[taken_in.mark[0]]

    def changed(self) -> dict[str, str]:
        """New names by old ones in lower case, where they differ."""
        return {old: new for old, new in self._called.items() if old != new.lower()}
