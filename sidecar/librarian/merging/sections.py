"""A note's body as sections in sections: a heading, its own blocks, and the sections below it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from librarian.merging.anatomy import Anatomy, Block, BlockId

MARKER = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?:\s+|$)")
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_OPEN_HTML = re.compile(r"\s*<(?:(!--)|(script|style|pre|textarea)\b)", re.IGNORECASE)


@dataclass(eq=False, slots=True)
class Section:
    """``heading`` and ``parent`` are None for the root, whose blocks stand before the first heading."""

    level: int
    title: str
    heading: Block | None = None
    parent: Section | None = None
    blocks: list[Block] = field(default_factory=list)
    below: list[Section] = field(default_factory=list)

    def own(self) -> list[Block]:
        """Heading and blocks, without the sections below."""
        return [self.heading, *self.blocks] if self.heading else list(self.blocks)

    def all(self) -> list[Block]:
        """Every block in it, in order."""
        return [block for section in self.walk() for block in section.own()]

    def walk(self) -> Iterator[Section]:
        """Itself and every section below, in order."""
        yield self
        for section in self.below:
            yield from section.walk()

    @property
    def key(self) -> tuple[int, str]:
        """The same for headings of the same level and words."""
        return self.level, " ".join(self.title.split()).casefold()


def sections(note: Anatomy) -> Section:
    """The root of a note's sections."""
    titles = {heading.range[0]: heading for heading in note.headings}
    root = here = Section(0, "")
    for block in note.blocks:
        heading = titles.get(block.start) if block.kind == "heading" else None
        if heading is None:
            here.blocks.append(block)
            continue
        while here.level >= heading.level and here.parent is not None:
            here = here.parent
        below = Section(heading.level, heading.text, block, here)
        here.below.append(below)
        here = below
    return root


def title_of(note: Anatomy, root: Section) -> Section | None:
    """The section of a note's title: of the heading of the first level that it begins with."""
    if root.blocks or not root.below or root.below[0].level != 1:
        return None
    return root.below[0]


class Blocks:
    """What the blocks of one note say, and by which ids they go."""

    def __init__(self, note: Anatomy) -> None:
        self.note = note
        self._ids = {each.block[0]: each for each in reversed(note.ids)}
        self._by_mark = sorted(note.ids, key=lambda each: each.mark)

    def text(self, block: Block) -> str:
        return self.note.text[block.start : block.end]

    def own_id(self, block: Block) -> BlockId | None:
        """The id of the block as a whole."""
        own = self._ids.get(block.start)
        return own if own is not None and own.mark[0] < block.end else None

    def ids(self, block: Block) -> list[BlockId]:
        """Every id in the block."""
        first = bisect_left(self._by_mark, block.start, key=lambda each: each.mark[0])
        return self._by_mark[first : bisect_left(self._by_mark, block.end, key=lambda each: each.mark[0])]

    def normal(self, block: Block) -> str:
        """The same for blocks that say the same: without its own id, the list's mark, and white space at line ends.

        Where the lines of a paragraph break does not count either.
        """
        text, own = self.text(block), self.own_id(block)
        if own is not None:
            start, end = (place - block.start for place in own.mark)
            text = text[:start].rstrip() + text[end:]
        if block.kind == "paragraph":
            return f"{block.kind}\n{' '.join(text.split())}"
        lines = [line.rstrip() for line in text.split("\n")]
        if block.kind == "item":
            lines[0] = MARKER.sub("- ", lines[0], count=1)
        return f"{block.kind}\n" + "\n".join(lines)

    def takes_id_inline(self, block: Block) -> int | None:
        """Where an id of the block can stand on one of its lines; None where it needs a line of its own."""
        text = self.text(block)
        if block.kind == "item":
            first, _, rest = text.partition("\n")
            if not rest or MARKER.match(rest):
                return block.start + len(first.rstrip())
        elif block.kind == "paragraph" or (block.kind == "heading" and "\n" not in text and not text.endswith("#")):
            return block.end
        return None

    def bullet(self, block: Block) -> str:
        """The mark of an item that has one and no number."""
        first = self.text(block).lstrip()[:1]
        return first if block.kind == "item" and first in "-*+" else ""

    def closing(self, block: Block) -> str:
        """What is missing at the end of a block that runs on to the end of its note, so that others can follow it."""
        text = self.text(block)
        if block.kind == "code" and (fence := _FENCE.match(text)):
            last = text.rstrip().rpartition("\n")[2].strip()
            closed = "\n" in text and len(last) >= len(fence[1]) and set(last) == {fence[1][0]}
            return "" if closed else fence[1]
        if block.kind == "html" and (opened := _OPEN_HTML.match(text)):
            end = "-->" if opened[1] else f"</{opened[2]}>"
            return "" if end.lower() in text.lower() else end
        return ""
