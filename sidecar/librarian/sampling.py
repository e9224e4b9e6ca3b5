"""What is read of a note: all of its prose; of one that is too long parts from everywhere, and each section's first.

Time and memory then do not grow with the note. A summary names a few sentences in any case, and what a note says most
is said in many of its parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from librarian.merging.anatomy import Block, anatomy
from librarian.summary import MARK

PROSE = frozenset({"paragraph", "item", "blockquote", "callout"})
"""Blocks that are read. Headings, tables, code, mathematics, HTML, comments and footnotes are not."""
MOST_LETTERS = 400_000
"""Of a note, as many as a long novel's half."""
PART = 4_000
"""Letters beyond which a block of a note that is too long is read in parts."""


class Part(NamedTuple):
    """A block of prose, or a part of one that is very long."""

    kind: str
    start: int
    end: int
    block: int
    """The number of its block."""
    is_first: bool
    """Whether its block begins with it."""
    begins_section: bool


def read_parts(text: str) -> list[Part]:
    """The parts of a note that are read, in its order."""
    parts = _prose(text)
    if not _is_too_long(parts):
        return parts
    parts = [piece for part in parts for piece in _cut(text, part)]
    first = _thinned([part for part in parts if part.begins_section], MOST_LETTERS)
    rest = _thinned([part for part in parts if not part.begins_section], MOST_LETTERS - _size(first))
    return sorted([*first, *rest], key=lambda part: part.start)


def is_read_whole(text: str) -> bool:
    """Whether all of a note's prose is read."""
    return len(text) <= MOST_LETTERS or not _is_too_long(_prose(text))


def _prose(text: str) -> list[Part]:
    found: list[Part] = []
    begins_section = True
    for number, block in enumerate(anatomy(text).blocks):
        if _is_prose(text, block):
            found.append(Part(block.kind, block.start, block.end, number, True, begins_section))
            begins_section = False
        begins_section = begins_section or block.kind == "heading"
    return found


def _is_prose(text: str, block: Block) -> bool:
    return block.kind in PROSE and not text.startswith(MARK, block.start)


def _is_too_long(parts: Sequence[Part]) -> bool:
    return _size(parts) > MOST_LETTERS


def _size(parts: Sequence[Part]) -> int:
    return sum(part.end - part.start for part in parts)


def _cut(text: str, part: Part) -> Iterator[Part]:
    """A part in pieces, at ends of lines or words where it has them."""
    start = part.start
    while start < part.end:
        end = min(part.end, start + PART)
        if end < part.end:
            cut = max(text.rfind("\n", start, end), text.rfind(" ", start, end)) + 1
            end = cut if cut > start else end
        begins = start == part.start
        yield part._replace(start=start, end=end, is_first=begins, begins_section=begins and part.begins_section)
        start = end


def _thinned(parts: Sequence[Part], room: int) -> list[Part]:
    """As many of the parts as there is room for, from everywhere alike."""
    size = _size(parts)
    if size <= room:
        return list(parts)
    kept: list[Part] = []
    seen = taken = 0
    for part in parts:
        length = part.end - part.start
        seen += length
        if (taken + length) * size <= seen * room:
            kept.append(part)
            taken += length
    return kept
