"""What stands below a heading, row by row, in three degrees: what it says, its label, and its shape."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

Shape = Literal["task", "bullet", "number", "text"]

_ITEM: Final = re.compile(r"(\s*)([-*+]|\d{1,9}[.)])([ \t]+|$)(\[.\](?:[ \t]+|$))?")
_BOLD_LABEL: Final = re.compile(r"(?:\*\*|__)[^*_\n]{1,40}(?::(?:\*\*|__)|(?:\*\*|__):)(?:[ \t]+|$)")
_LABEL: Final = re.compile(r"[^\W\d_][^:\n\[\]()]{0,39}::?(?:[ \t]+|$)")
_DELIMITER: Final = re.compile(r"[\s|:-]+")
_FENCE: Final = re.compile(r"(`{3,}|~{3,})[^\n]*")


@dataclass(frozen=True)
class Row:
    """A line of a paragraph, or a block."""

    kind: str
    """Of its block: ``paragraph``, ``item``, ``code`` …"""
    text: str | None
    """What it says, to the byte; None where it says nothing, as an empty item."""
    label: str | None = None
    """What it begins with and others may go on with in another way: ``Author::``, ``- **Who:**``."""
    shape: str | None = None
    """What a new note gets where only the shape recurs: ``- [ ] ``, the head of a table; empty for plain text."""
    follows: bool = False
    """Whether it is a further line of the paragraph before."""


def rows(kind: str, text: str) -> list[Row]:
    """The rows of a block."""
    if kind == "paragraph":
        return [_line(line.rstrip(), follows=number > 0) for number, line in enumerate(text.split("\n"))]
    if kind == "item":
        return [_item(text)]
    return [Row(kind, text, shape=_shape(kind, text))]


def _line(line: str, *, follows: bool) -> Row:
    return Row("paragraph", line, label=_label(line), shape="", follows=follows)


def _label(text: str) -> str | None:
    found = _BOLD_LABEL.match(text) or _LABEL.match(text)
    return found[0].rstrip() if found else None


def _item(text: str) -> Row:
    mark = _ITEM.match(text)
    if mark is None:  # an item always has a mark; whatever it was, it is kept as it is
        return Row("item", text)
    box = "[ ] " if mark[4] else ""
    bullet = mark[2] if mark[2] in "-*+" else f"1{mark[2][-1]}"
    rest = text[mark.end() :]
    lead = f"{bullet} {box}"
    # Before a colon in a task stands who has it, or when.
    label = None if mark[4] else _label(rest.partition("\n")[0])
    says = rest.strip() != ""
    # A box that is ticked in some notes is open in a new one.
    said = f"{lead}{rest}" if mark[4] else f"{mark[2]} {rest}"
    return Row("item", said if says else None, label=f"{lead}{label}" if label else None, shape=lead)


def _shape(kind: str, text: str) -> str | None:
    lines = text.split("\n")
    if kind == "table" and len(lines) > 1 and _DELIMITER.fullmatch(lines[1]):
        return "\n".join([*lines[:2], _empty_row(lines[1])])
    if kind == "callout":
        return f"{lines[0]}\n> "
    if kind == "code" and (fence := _FENCE.match(text)) and fence[0] != fence[1]:
        return f"{fence[0]}\n{fence[1]}"
    return None


def _empty_row(delimiter: str) -> str:
    """A row without content, of as many cells."""
    return re.sub(r"[:-]+", lambda dashes: " " * len(dashes[0]), delimiter)
