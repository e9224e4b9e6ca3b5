"""A place in a note where a text is put: in prose, or in a block of code, whose marks must stay whole."""

from __future__ import annotations

import re
from dataclasses import dataclass

from librarian.cleaning import within_code
from librarian.errors import EditRefused
from librarian.languages import shown_language
from librarian.merging.anatomy import Block, anatomy
from librarian.spacing import FENCE

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
    last = None
    for block in anatomy(note).blocks:
        if _line_start(note, block.start) > at:
            break
        last = block
    opened = _OPENS.match(note, _line_start(note, last.start)) if last is not None and last.kind == "code" else None
    if last is not None and opened is not None:
        return _of_code(path, note, last, opened, at)
    return _of_prose(path, note, 0 if last is None else last.start, at)


def _of_code(path: str, note: str, block: Block, opened: re.Match[str], at: int) -> Spot:
    """What a place is to a block of code that begins before it, or in its line."""
    if at <= opened.start("mark"):
        return Spot(ends_line=True)
    opener_end = _line_end(note, opened.start())
    last = note.rfind("\n", opener_end, block.end) + 1
    closed = _CLOSES.match(note[last : block.end]) if last else None
    end = behind = len(note)
    if closed is not None and closed["mark"].startswith(opened["mark"]):
        end, behind = last + closed.start("mark"), last + closed.end()
    if at >= behind and end < behind:
        return Spot(begins_line=note.find("\n", behind, at) < 0)
    if end < at or (at <= opener_end and note[at:opener_end].strip()):
        raise EditRefused(path, "the cursor stands in the midst of the marks of a block of code")
    _check_kind(path, opened["info"])
    rest = note[at : _line_end(note, at)]
    return Spot(opened["mark"], at <= opener_end or _is_mark(note[_line_start(note, at) : at]), _is_mark(rest))


def _of_prose(path: str, note: str, start: int, at: int) -> Spot:
    """What a place is to all else: a block of code in a list or a quote may be run as well, from where that starts."""
    fence, info, line = "", "", ""
    for line in note[min(start, at) : at].split("\n"):
        found = FENCE.match(line)
        if not fence and found:
            fence, info = found["mark"], line[found.end() :]
        elif found and found["mark"].startswith(fence) and not line[found.end() :].strip():
            fence = ""
    if fence:
        _check_kind(path, info)
    return Spot(begins_line=FENCE.match(line) is not None or _is_mark(line))


def _check_kind(path: str, info: str) -> None:
    """See that a block is only shown. Raises EditRefused."""
    if shown_language(info) is None:
        raise EditRefused(path, "plugins may run what stands in a block of such a kind, so nothing is put there unseen")


def _is_mark(part: str) -> bool:
    """Whether what stands on one side of a place in its line may be a part of a mark."""
    return set(part.strip(" \t\r>*+-[].)0123456789")) in ({"`"}, {"~"})


def _line_start(note: str, at: int) -> int:
    return note.rfind("\n", 0, at) + 1


def _line_end(note: str, at: int) -> int:
    end = note.find("\n", at)
    return end if end >= 0 else len(note)
