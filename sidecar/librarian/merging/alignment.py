"""Two rows of blocks beside each other: which say the same, and after which of one row those of the other belong."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import takewhile

_DENSE = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_DENSE}]|[^\W{_DENSE}]+")
_SAID = re.compile(r"[^\s*+>#\[\]_=|~`:.-]")
_ITEM = "item\n"
ALIKE = 0.5
"""How similar two blocks are, from 0 to 1, from which one stands beside the other as its counterpart."""
_LONGEST_COMPARED = 200
"""Words; longer blocks are compared by their beginnings."""
_MOST_COMPARED = 400
"""Pairs of one stretch; in a longer one, blocks have no counterparts."""


@dataclass
class Alignment:
    """By numbers in the two rows."""

    same: list[tuple[int, int]] = field(default_factory=list)
    after: list[tuple[int, int]] = field(default_factory=list)
    """(one of the first row, or -1 for its beginning; one of the second that belongs after it)."""


def aligned(ours: Sequence[str], theirs: Sequence[str]) -> Alignment:
    """Align two rows; as often as it stands in the first, wherever, a text is the same, and needs no place."""
    found = Alignment()
    # What a long row says again and again is no landmark, and would take time without bounds.
    opcodes = SequenceMatcher(None, ours, theirs).get_opcodes()
    left = _left(ours, opcodes)
    for kind, start, end, their_start, their_end in opcodes:
        if kind == "equal":
            found.same += zip(range(start, end), range(their_start, their_end), strict=True)
            continue
        new = []
        for number in range(their_start, their_end):
            same = left.get(theirs[number])
            if not same:
                new.append(number)
            else:
                # A rule, or an empty item, is never missed.
                found.same.append((same.pop() if _says(theirs[number]) else same[-1], number))
        found.after += _beside(ours, theirs, range(start, end), new)
    return found


def _left(ours: Sequence[str], opcodes: Sequence[tuple[str, int, int, int, int]]) -> dict[str, list[int]]:
    """By text, where it stands in the first row without one of the second beside it, the last first."""
    met = {number for kind, start, end, _, _ in opcodes if kind == "equal" for number in range(start, end)}
    found: dict[str, list[int]] = defaultdict(list)
    for number in reversed(range(len(ours))):
        if number not in met or not _says(ours[number]):
            found[ours[number]].append(number)
    return found


def _beside(ours: Sequence[str], theirs: Sequence[str], stretch: range, new: Sequence[int]) -> list[tuple[int, int]]:
    """Each new one right after its counterpart in a stretch of ours; the others with those that they stood with."""
    anchors: list[int | None] = []
    first = stretch.start
    for number in new:
        counterpart = None
        if len(stretch) * len(new) <= _MOST_COMPARED:
            counterpart = _counterpart(ours, theirs[number], range(first, stretch.stop))
        anchors.append(counterpart)
        first = first if counterpart is None else counterpart
    ahead = next((anchor for anchor in anchors if anchor is not None), None)
    if ahead is None:
        return _at_the_end(ours, theirs, stretch, new)
    placed = []
    for number, anchor in zip(new, anchors, strict=True):
        ahead = ahead if anchor is None else anchor
        placed.append((ahead, number))
    return placed


def _at_the_end(
    ours: Sequence[str], theirs: Sequence[str], stretch: range, new: Sequence[int]
) -> list[tuple[int, int]]:
    """New ones without a counterpart: after the stretch, but list items first join the last list in it."""
    items = list(takewhile(lambda number: theirs[number].startswith(_ITEM), new))
    lists = (number for number in range(max(stretch.start - 1, 0), stretch.stop) if ours[number].startswith(_ITEM))
    end = max(lists, default=stretch.stop - 1)
    return [(end, number) for number in items] + [(stretch.stop - 1, number) for number in new[len(items) :]]


def _counterpart(ours: Sequence[str], text: str, among: range) -> int | None:
    best, found = ALIKE, None
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(_words(text))
    for number in among:
        matcher.set_seq1(_words(ours[number]))
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best and (ratio := matcher.ratio()) > best:
            best, found = ratio, number
    return found


def _says(normal: str) -> bool:
    """Whether a block is more than marks."""
    return _SAID.search(normal.partition("\n")[2]) is not None


def _words(normal: str) -> list[str]:
    """The words of a block; of scripts that put no space between words, the characters."""
    return _WORD.findall(normal.partition("\n")[2].casefold())[:_LONGEST_COMPARED]
