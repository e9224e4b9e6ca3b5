"""How blocks are put into a gap of another note: apart from one another, and from what stands around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

_APART = "<!-- -->"
"""Between a list and indented code, which would else belong to its last item; and between two of those."""
_INDENTED = ("    ", "\t")
_TAKES_INDENTED = ("item", "footnoteDefinition", "code")


class Piece(NamedTuple):
    """A block's kind and text."""

    kind: str
    text: str


@dataclass(frozen=True)
class Gap:
    """A place between two blocks."""

    before: str | None
    """The kind of the block before; None at the beginning of the body."""
    after: str | None
    """The kind of the block after; None at the end."""
    breaks: int
    """Line breaks between the two."""
    is_indented: bool
    """Whether the block after is indented code."""
    closing: str
    """What the block before lacks at its end."""
    is_first: bool
    """Whether the note has no front matter."""
    on_a_line: bool
    """Whether the front matter before it has no line break at its end."""


def is_indented(block: Piece) -> bool:
    """Whether a block is code by its indentation."""
    return block.kind == "code" and block.text.startswith(_INDENTED)


def laid_out(pieces: Sequence[Piece], gap: Gap, eol: str) -> str:
    """The text that puts blocks into a gap, right behind the block before it."""
    laid, kind = "", gap.before
    if gap.closing:
        laid, kind = eol + gap.closing, "closed"
    elif gap.before is None and (gap.on_a_line or (gap.is_first and pieces[0].text.startswith("---"))):
        laid = eol  # or it would be read as properties
    for piece in pieces:
        if kind is not None:
            laid += eol if kind == piece.kind == "item" else eol + eol
        if kind in _TAKES_INDENTED and is_indented(piece):
            laid += _APART + eol + eol
        laid += piece.text
        kind = piece.kind
    if gap.is_indented and kind in _TAKES_INDENTED:
        laid, kind = laid + eol + eol + _APART, "html"
    return laid + _end(kind, gap, eol)


def _end(kind: str | None, gap: Gap, eol: str) -> str:
    if gap.before is None:
        return eol if gap.after is None or gap.breaks else eol + eol
    if gap.after is None or gap.breaks > 1 or kind == gap.after == "item":
        return ""
    return eol
