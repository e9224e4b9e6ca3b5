"""A place in a note where a text is put: in prose, or in a block of code, whose marks must stay whole."""

from __future__ import annotations

import re
from dataclasses import dataclass

from librarian.cleaning import within_code
from librarian.errors import EditRefused
from librarian.languages import shown_language
from librarian.merging.anatomy import Block, anatomy

_OPENS = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})(?P<info>.*)")
_CLOSES = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})[ \t]*\Z")


@dataclass(frozen=True)
class Spot:
    """Made by `spot`."""

    fence: str = ""
    """The mark that the block of code begins with which it lies in; empty in prose."""
    begins_line: bool = False
    """A mark stands before it in its line, which would be none if the text went on there."""
    ends_line: bool = False
    """A mark stands behind it in its line, likewise."""

    def fitted(self, text: str) -> str:
        """A text that breaks no mark of the note's, and ends no block of it, when it is put here."""
        if self.fence:
            text = within_code(text, self.fence)
        before = "\n" if self.begins_line and not text.startswith("\n") else ""
        behind = "\n" if self.ends_line and not text.endswith("\n") else ""
        return f"{before}{text}{behind}"


PROSE = Spot()


def spot(path: str, note: str, at: int) -> Spot:
    """What a place of a note is, ``at`` so many characters from its beginning.

    Raises EditRefused for one in the midst of a mark, and in a block that may be run: nobody would have looked at what
    a model wrote there before a plugin acts on it.
    """
    for block in anatomy(note).blocks:
        start = _line_start(note, block.start)
        if block.kind == "code" and start <= at:
            opened = _OPENS.match(note, start)
            if opened is not None and (found := _at(path, note, block, opened, at)) is not None:
                return found
    return PROSE


def _at(path: str, note: str, block: Block, opened: re.Match[str], at: int) -> Spot | None:
    """What a place is to a block of code that begins before it or in its line; None where it lies behind."""
    if at <= opened.start("mark"):
        return Spot(ends_line=True)
    opener_end = _line_end(note, opened.start())
    last = note.rfind("\n", opener_end, block.end) + 1
    closed = _CLOSES.match(note[last : block.end]) if last else None
    end = behind = len(note)
    if closed is not None and closed["mark"].startswith(opened["mark"]):
        end, behind = last + closed.start("mark"), last + closed.end()
        if at >= behind:
            return Spot(begins_line=True) if note.find("\n", behind, at) < 0 else None
    if end < at or (at <= opener_end and note[at:opener_end].strip()):
        raise EditRefused(path, "the cursor stands in the midst of the marks of a block of code")
    if shown_language(opened["info"]) is None:
        raise EditRefused(path, "plugins may run what stands in a block of such a kind, so nothing is put there unseen")
    before = "" if at <= opener_end else note[_line_start(note, at) : at].strip()
    rest = note[at : _line_end(note, at)].strip()
    return Spot(opened["mark"], at <= opener_end or _is_mark(before), _is_mark(rest))


def _is_mark(part: str) -> bool:
    """Whether a part of a line may belong to a mark."""
    return part != "" and set(part) <= {"`", "~"}


def _line_start(note: str, at: int) -> int:
    return note.rfind("\n", 0, at) + 1


def _line_end(note: str, at: int) -> int:
    end = note.find("\n", at)
    return end if end >= 0 else len(note)
