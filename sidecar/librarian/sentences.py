"""The sentences of a note as they read: without markup, each with the line on which it begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from librarian.sampling import Part, read_parts
from librarian.stops import ends

MAX_LETTERS = 2000
"""Of a sentence; what is longer, such as a log without any full stop, is cut."""

_LINE_START = re.compile(r"[ \t]*(?:>[ \t]?)*[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?:\[.\][ \t]+)?")
_CALLOUT_TITLE = re.compile(r"\[![^\]\n]{1,60}\][+-]?")
_HEADING_LINE = re.compile(r"#{1,6}[ \t]")
_MARKUP = (
    (re.compile(r"%%.{0,5000}?%%|<!--.{0,5000}?-->", re.DOTALL), ""),
    (re.compile(r"!\[\[[^\[\]\n]{0,500}\]\]|!\[[^\[\]\n]{0,500}\]\([^()\n]{0,2000}\)"), ""),
    (re.compile(r"\[\[(?:[^\[\]|\n]{0,500}\|)?([^\[\]|\n]{0,500})\]\]"), r"\1"),
    (re.compile(r"\[\^[^\[\]\n]{1,100}\]"), ""),
    (re.compile(r"\[([^\[\]\n]{0,500})\]\((?:[^()\n]|\([^()\n]{0,500}\)){0,2000}\)"), r"\1"),
    (re.compile(r"</?[a-zA-Z][^<>\n]{0,500}>"), ""),
    (re.compile(r"(?:https?|file|obsidian)://\S{1,2000}"), ""),
    (re.compile(r"[ \t]\^[A-Za-z0-9-]{1,60}(?=[ \t]*$)", re.MULTILINE), ""),
    (re.compile(r"(\*\*\*|\*\*|\*|~~|==)(?=\S)([^*~=\n]{1,500}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<!\w)(__|_)(?=\S)([^_\n]{1,500}?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"`{1,3}([^`\n]{1,500})`{1,3}"), r"\1"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """``line``: 0-based in the note; ``block``: the number of the block it stands in."""

    text: str
    line: int
    block: int = 0
    is_first: bool = False
    """Whether its block begins with it."""


def sentences(text: str) -> list[Sentence]:
    """The sentences of a note's prose, in its order: every one, unless the note is too long to be read whole."""
    found: list[Sentence] = []
    place, line = 0, 0
    for part in read_parts(text):
        line += text.count("\n", place, part.start)
        place = part.start
        first = part.is_first
        for sentence, at in _of_part(text, part):
            found.append(Sentence(sentence, line + at, part.block, first))
            first = False
    return found


def words(text: str) -> int:
    """How many words a text has; where a script has no spaces, two characters count as one."""
    wide = len(_WIDE.findall(text))
    return len(_WORD.findall(_WIDE.sub(" ", text))) + (wide + 1) // 2


_WIDE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_WORD = re.compile(r"\w+(?:['’-]\w+)*")


def _of_part(text: str, part: Part) -> Iterator[tuple[str, int]]:
    """Sentences of one part with the line of each in it; every item of a list ends its sentences."""
    lines = text[part.start : part.end].split("\n")
    run: list[str] = []
    begins = 0
    for number, raw in enumerate(lines):
        start = _LINE_START.match(raw)
        assert start is not None  # noqa: S101  # it matches nothing, too
        body = raw[start.end() :].rstrip()
        is_item = bool(start[0].strip(" \t>"))
        if (part.kind == "callout" and _CALLOUT_TITLE.match(body)) or not body or _HEADING_LINE.match(body):
            yield from _split(run, begins)
            run = []
            continue
        if is_item or not run:
            yield from _split(run, begins)
            run, begins = [], number
        run.append(body)
    yield from _split(run, begins)


def _split(lines: list[str], first: int) -> Iterator[tuple[str, int]]:
    plain = "\n".join(lines)
    for pattern, instead in _MARKUP:
        plain = pattern.sub(instead, plain)
    start = 0
    for end in ends(plain):
        yield from _sentence(plain, start, end, first)
        start = end
    yield from _sentence(plain, start, len(plain), first)


def _sentence(plain: str, start: int, end: int, first: int) -> Iterator[tuple[str, int]]:
    raw = plain[start:end]
    text = re.sub(r"(?<=[\u3000-\u9fff])\s*\n\s*(?=[\u3000-\u9fff])", "", raw.strip())
    text = " ".join(text.split())[:MAX_LETTERS]
    if any(letter.isalnum() for letter in text):
        begins = start + len(raw) - len(raw.lstrip())
        yield text, first + plain.count("\n", 0, begins)
