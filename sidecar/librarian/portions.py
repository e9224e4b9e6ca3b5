"""A note cut into portions that a model can read at once, along its headings."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from librarian import tokens
from librarian.merging.anatomy import Anatomy, Block, anatomy
from librarian.redaction import redacted
from librarian.summary import MARK

_OURS = re.compile(rf"^{re.escape(MARK)}.*(?:\n>.*)*", re.MULTILINE)
_DATA = re.compile(r"data:[a-z]+/[^\s)\"']{200,}")
"""Pictures that are written into a note: no model reads them, and they cost."""


@dataclass(frozen=True, slots=True)
class Portion:
    """``line``: where it begins in the note, from 0; ``heading``: the nearest one above it, or at its beginning."""

    text: str
    line: int
    heading: str


def digest_of(text: str) -> bytes:
    """A digest of what a note says: not of its properties, nor of a summary of ours in it, nor of blanks."""
    parts = _read(text)
    words = " ".join(parts.text[parts.body :].split())
    return hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=24).digest()


def portions(text: str, most_tokens: int) -> list[Portion]:
    """A note without its front matter and its secrets, in portions of so many tokens at most; none where it says
    nothing.
    """
    parts = _read(redacted(_DATA.sub("data:…", text), lines=True))
    if not parts.text[parts.body :].strip():
        return []
    runs = list(_runs(parts, most_tokens))
    return [_portion(parts, start, end) for start, end in runs if parts.text[start:end].strip()]


def _read(text: str) -> Anatomy:
    text = _OURS.sub(lambda found: "\n" * found[0].count("\n"), text)
    return anatomy(_DATA.sub("data:…", text))


def _runs(parts: Anatomy, most_tokens: int) -> Iterator[tuple[int, int]]:
    """Ranges of text: blocks together as long as they fit, a new run at a heading once one is half full."""
    start, size = parts.body, 0
    for block in parts.blocks:
        weight = tokens.expected(parts.text[block.start : block.end])
        full = size + weight > most_tokens
        if size and (full or (block.kind == "heading" and size > most_tokens // 2)):
            yield start, block.start
            start, size = block.start, 0
        if weight > most_tokens:
            *whole, last = _pieces(parts.text, Block(block.kind, start, block.end), most_tokens)
            yield from whole
            start, weight = last[0], tokens.expected(parts.text[last[0] : last[1]])
        size += weight
    yield start, len(parts.text)


def _pieces(text: str, block: Block, most_tokens: int) -> list[tuple[int, int]]:
    """A block that is too long, cut at ends of lines or sentences where it has them."""
    found, start = [], block.start
    while start < block.end:
        end = min(block.end, start + _letters(text[start : start + most_tokens * 4], most_tokens))
        if end < block.end:
            cut = max(text.rfind(mark, start + (end - start) // 2, end) + len(mark) for mark in ("\n", ". ", "。", " "))
            end = cut if cut > start + (end - start) // 2 else end
        found.append((start, end))
        start = end
    return found


def _letters(text: str, most_tokens: int) -> int:
    """How many letters of a text make about so many tokens."""
    counted = tokens.expected(text)
    return max(1, len(text) if counted <= most_tokens else len(text) * most_tokens // counted)


def _portion(parts: Anatomy, start: int, end: int) -> Portion:
    above = [heading for heading in parts.headings if heading.range[0] <= start + len(_blank(parts.text, start))]
    raw = parts.text[start:end]
    begins = start + len(_blank(parts.text, start))
    return Portion(raw.strip("\n"), parts.text.count("\n", 0, begins), above[-1].text if above else "")


def _blank(text: str, start: int) -> str:
    found = re.compile(r"\s*").match(text, start)
    return found[0] if found else ""
