"""What a note is made of and where each part stands. Places count characters of the text, without byte order mark."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from librarian import _native


class Splice(NamedTuple):
    """New text for a range of characters."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a note's body."""

    kind: str
    target: str
    """Decoded; empty for a link inside the note."""
    subpath: str | None
    display: str | None
    external: bool
    in_cell: bool
    range: tuple[int, int]
    written: tuple[int, int]
    """Where target and subpath stand."""

    @property
    def is_wiki(self) -> bool:
        return self.kind in ("wiki", "wiki_embed")

    @property
    def is_embed(self) -> bool:
        return self.kind in ("wiki_embed", "markdown_embed")


class Heading(NamedTuple):
    level: int
    text: str
    range: tuple[int, int]


class BlockId(NamedTuple):
    """A block's id, where ``^id`` stands, and the block."""

    id: str
    mark: tuple[int, int]
    block: tuple[int, int]


class Footnote(NamedTuple):
    """``[^label]``, where it stands, and whether it is the definition."""

    label: str
    range: tuple[int, int]
    defines: bool


class Block(NamedTuple):
    """A top-level block, or one item of a top-level list with all that is inside it."""

    kind: str
    start: int
    end: int


class Frontmatter(NamedTuple):
    """With both fences; the YAML between them; where the body begins."""

    whole: tuple[int, int]
    yaml: tuple[int, int]
    body: int


@dataclass(frozen=True, slots=True)
class Anatomy:
    text: str
    frontmatter: Frontmatter | None
    links: tuple[Link, ...]
    headings: tuple[Heading, ...]
    blocks: tuple[Block, ...]
    ids: tuple[BlockId, ...]
    footnotes: tuple[Footnote, ...]

    @property
    def body(self) -> int:
        """Where the body begins."""
        return self.frontmatter.body if self.frontmatter else 0

    @property
    def yaml(self) -> str:
        if self.frontmatter is None:
            return ""
        start, end = self.frontmatter.yaml
        return self.text[start:end]


def anatomy(text: str) -> Anatomy:
    """Take a note's text apart."""
    found = _native.anatomy(text)
    front = found["frontmatter"]
    return Anatomy(
        text=text,
        frontmatter=Frontmatter(*front) if front else None,
        links=tuple(Link(**each) for each in found["links"]),
        headings=tuple(Heading(*each) for each in found["headings"]),
        blocks=tuple(_blocks(text, found)),
        ids=tuple(BlockId(*each) for each in found["ids"]),
        footnotes=tuple(Footnote(*each) for each in found["footnotes"]),
    )


def _blocks(text: str, found: dict[str, list[tuple[object, tuple[int, int]]]]) -> Iterable[Block]:
    """Blocks in order: lists by their items, and an id on a line of its own with the block that it names."""
    roots = sorted(start for parent, (start, _) in found["items"] if isinstance(parent, int) and parent < 0)
    blocks: list[Block] = []
    for kind, (start, end) in found["sections"]:
        if kind == "list":
            starts = roots[bisect_left(roots, start) : bisect_left(roots, end)]
            blocks += [_trimmed(text, "item", *each) for each in pairwise([*starts, end])]
        elif kind == "paragraph" and blocks and _OWN_ID.fullmatch(text, start, end):
            blocks[-1] = blocks[-1]._replace(end=end)
        else:
            blocks.append(_trimmed(text, str(kind), start, end))
    return blocks


_OWN_ID = re.compile(r"\^[A-Za-z0-9-]+\s*")


def _trimmed(text: str, kind: str, start: int, end: int) -> Block:
    return Block(kind, start, start + len(text[start:end].rstrip()))


def spliced(text: str, splices: Sequence[Splice], start: int = 0, end: int | None = None) -> str:
    """``text[start:end]`` with the splices that lie in it; they may stand in any order, and none overlaps another."""
    end = len(text) if end is None else end
    pieces, place = [], start
    for each in sorted((each for each in splices if start <= each.start and each.end <= end), key=lambda one: one[:2]):
        pieces += [text[place : each.start], each.text]
        place = each.end
    return "".join([*pieces, text[place:end]])
