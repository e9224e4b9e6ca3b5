"""Footnote labels and block ids: what a loser's are called in the keeper, so that none means two things."""

from __future__ import annotations

from collections.abc import Mapping, Set

from librarian.merging.anatomy import Anatomy, Splice, spliced


def free(name: str, used: Set[str]) -> str:
    """The name, or the first of ``name-2``, ``name-3`` … that is not used; ``used`` is in lower case."""
    number, found = 1, name
    while found.lower() in used:
        number += 1
        found = f"{name}-{number}"
    return found


def relabelled(loser: Anatomy, keeper: Anatomy) -> str:
    """The loser's text with footnotes that do not clash with the keeper's; those of the same text take its label."""
    ours, theirs = _definitions(keeper), _definitions(loser)
    by_text = {text: label for label, text in reversed(ours.items())}
    used = {footnote.label.lower() for footnote in keeper.footnotes}
    labels: dict[str, str] = {}
    for label in dict.fromkeys(footnote.label for footnote in loser.footnotes):
        if label.lower() not in labels:
            same = by_text.get(theirs.get(label.lower(), ""))
            labels[label.lower()] = same or free(label, used)
            used.add(labels[label.lower()].lower())
    return spliced(loser.text, _renamed(loser, labels))


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
