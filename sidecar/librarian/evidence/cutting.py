"""A note cut into passages: blocks under one heading, some hundred words each, as they stand in the file but without
private keys, which are of use to nobody in pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from librarian.redaction import private_keys, redacted
from librarian.summary import MARK

MOST_CHARACTERS = 800
"""Of a passage: some 120 words, as many as the vector of a passage stands for."""
LEAST_CHARACTERS = 240
"""A shorter one takes in the next block of its section."""
MOST_HEADING = 200
LONG_NOTE = 24_000
"""Characters, beyond which a note is cut around the places that were found only."""
AROUND = 6_000
"""Characters before and after such a place."""

_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(?P<text>.*)")
_FENCE = re.compile(r" {0,3}(?:> ?)*(?P<mark>`{3,}|~{3,})")
_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_COMMENT = re.compile(r"%%.*?%%|<!--.*?-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage of a note."""

    text: str
    """As in the file, without private keys and without blank lines at its ends."""
    heading: str | None
    """The nearest heading above, without its hashes."""
    line: int
    """0-based, on which ``text`` starts."""
    order: int
    """Its place among the passages of the note."""

    @property
    def last_line(self) -> int:
        return self.line + self.text.count("\n")


def cut(text: str, around: tuple[int, ...] = ()) -> list[Piece]:
    """Every passage of a note, in order; of a very long one those about the lines ``around``. Front matter is none."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = redacted(text, list(private_keys(text)), lines=True)
    matter = _MATTER.match(text)
    start = matter.end() if matter is not None else 0
    lines = text.split("\n")
    first = text.count("\n", 0, start)
    ranges = [(first, len(lines))] if len(text) <= LONG_NOTE else _neighbourhoods(lines, around or (first,), first)
    pieces = [piece for begin, end in ranges for piece in _pieces(lines, begin, end)]
    return [replace(piece, order=order) for order, piece in enumerate(pieces)]


def _neighbourhoods(lines: list[str], around: tuple[int, ...], first: int) -> list[tuple[int, int]]:
    """Lines about these places, each range once."""
    found: list[tuple[int, int]] = []
    for line in sorted({max(first, min(line, len(lines) - 1)) for line in around}):
        begin, room = line, AROUND
        while begin > first and room > 0:
            begin -= 1
            room -= len(lines[begin]) + 1
        end, room = line, AROUND
        while end < len(lines) and room > 0:
            room -= len(lines[end]) + 1
            end += 1
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def _pieces(lines: list[str], begin: int, end: int) -> Iterator[Piece]:
    heading = _heading_above(lines, begin)
    gathered: list[tuple[int, str]] = []
    size = 0
    for at, block in _blocks(lines, begin, end):
        found = _HEADING.match(block)
        if block.startswith(MARK):
            # A summary that was put here says what the note says, and rests on nothing else.
            yield from _made(gathered, heading)
            gathered, size = [], 0
            continue
        if found is not None or (gathered and size + len(block) > MOST_CHARACTERS) or size >= LEAST_CHARACTERS * 2:
            yield from _made(gathered, heading)
            gathered, size = [], 0
        if found is not None:
            heading = _title(found["text"])
            continue
        gathered.append((at, block))
        size += len(block)
    yield from _made(gathered, heading)


def _title(written: str) -> str | None:
    """The text of a heading, without the hashes that may close it."""
    text = written.strip()
    plain = text.rstrip("#")
    return (plain.rstrip() if plain.endswith((" ", "\t")) or not plain else text)[:MOST_HEADING] or None


def _heading_above(lines: list[str], begin: int) -> str | None:
    for line in reversed(lines[:begin]):
        found = _HEADING.match(line)
        if found is not None:
            return _title(found["text"])
    return None


def _blocks(lines: list[str], begin: int, end: int) -> Iterator[tuple[int, str]]:
    """Blocks between blank lines, each with its first line; headings alone; code in one piece; long ones in several."""
    block: list[str] = []
    at, fence, size = begin, "", 0
    for number in range(begin, end):
        line = lines[number]
        mark = _FENCE.match(line)
        is_heading = not fence and _HEADING.match(line) is not None
        if block and not fence and (not line.strip() or is_heading or size > MOST_CHARACTERS):
            yield at, "\n".join(block)
            block, size = [], 0
        if mark is not None:
            fence = mark["mark"][:3] if not fence else "" if mark["mark"].startswith(fence) else fence
        if is_heading:
            yield number, line
            continue
        if line.strip() or fence:
            if not block:
                at = number
            block.append(line)
            size += len(line)
    if block:
        yield at, "\n".join(block)


def _made(gathered: list[tuple[int, str]], heading: str | None) -> Iterator[Piece]:
    if not gathered:
        return
    line = gathered[0][0]
    # Blank lines between blocks stay, so that lines can be counted in the text.
    text = ""
    for at, block in gathered:
        text += "\n" * (at - line - text.count("\n")) + block
    if len(text) > MOST_CHARACTERS * 2:
        yield from _split(text, heading, line)
    elif any(map(str.isalnum, _COMMENT.sub("", text))):
        yield Piece(text, heading, line, 0)


def _split(text: str, heading: str | None, line: int) -> Iterator[Piece]:
    """A paragraph of one very long line, in pieces that end with a sentence or a word where they can."""
    while text:
        end = len(text)
        if end > MOST_CHARACTERS:
            cuts = [text.rfind(mark, MOST_CHARACTERS // 2, MOST_CHARACTERS) for mark in (". ", "。", "\n", " ")]
            end = next((at + 1 for at in cuts if at >= 0), MOST_CHARACTERS)
        part = text[:end]
        if part.strip():
            yield Piece(part.strip("\n"), heading, line + len(part) - len(part.lstrip("\n")), 0)
        line += part.count("\n")
        text = text[end:]
