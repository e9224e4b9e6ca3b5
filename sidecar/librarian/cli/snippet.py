"""A passage as a terminal shows it: only its lines that matched, each cut to a row or two around what matched."""

from __future__ import annotations

import re
from dataclasses import dataclass

from librarian.cli.terminal import cells, clean, is_joined

MAX_ROWS = 3
_LEAD = 1 / 3
"""Which part of a row comes before its first match."""
_FENCE = re.compile(r"\s*(```|~~~|%%\s*$|---\s*$)")


@dataclass(frozen=True)
class Row:
    """One row, as pieces of text and whether each of them matched."""

    pieces: tuple[tuple[str, bool], ...]

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.pieces)

    def within(self, columns: int, *, before: str = "") -> Row:
        """The row after ``before``, cut where it takes more than ``columns``."""
        marked = [(character, matched) for text, matched in self.pieces for character in text]
        if cells(self.text) > columns:
            marked = [*_stripped(marked[: _fit(marked, columns - 1)]), ("…", False)]
        return _row([*((character, False) for character in before), *marked])


@dataclass(frozen=True)
class Snippet:
    """What to show of a passage, and the 0-based line of the note on which that begins."""

    line: int
    heading: Row | None
    """The heading with what matched in it, if there is one."""
    rows: tuple[Row, ...]


Marked = list[tuple[str, bool]]
"""Characters, each with whether it is part of a match."""


def snippet(passage: dict[str, object], columns: int) -> Snippet:
    """Choose rows of at most ``columns`` from a passage of the wire."""
    text, heading, first = str(passage["text"]), passage["heading"], int(str(passage["line"]))
    lines = _lines(_marks(text, passage["ranges"]))  # type: ignore[arg-type]  # pairs of numbers
    telling = [(place, line) for place, line in enumerate(lines) if _tells(_text(line), heading)]
    matching = [(place, line) for place, line in telling if any(marked for _, marked in line)]
    if not matching and telling:
        # Only the heading matched, which is shown already: what is below it says more than nothing.
        matching = telling[:1]
    rows: list[Row] = []
    for place, (_, line) in enumerate(matching := _best(matching)):
        others = len(matching) - place - 1
        rows += _rows(line, columns, min(MAX_ROWS - len(rows) - others, 2))
    offset = matching[0][0] if matching and any(marked for _, marked in matching[0][1]) else _first_match(lines)
    return Snippet(first + offset, _heading(lines, heading), tuple(rows))


def _heading(lines: list[Marked], heading: object) -> Row | None:
    """The heading as the passage has it, where that is; else without marks."""
    plain = " ".join(clean(str(heading or "")).split())
    for line in lines:
        text = _text(line)
        bare = text.lstrip("# ")
        if text.startswith("#") and bare == plain:
            return _row(line[len(text) - len(bare) :])
    return Row(((plain, False),)) if plain else None


def _best(lines: list[tuple[int, Marked]]) -> list[tuple[int, Marked]]:
    """The two lines in which most matched, in their order."""
    return sorted(sorted(lines, key=lambda each: -_matched(each[1]))[:2], key=lambda each: each[0])


def _matched(line: Marked) -> int:
    """How much matched, as the letters of different words: a word that comes again says nothing new."""
    words = {piece.casefold() for piece, marked in _row(line).pieces if marked}
    return sum(len(word) for word in words)


def _first_match(lines: list[Marked]) -> int:
    return next((place for place, line in enumerate(lines) if any(marked for _, marked in line)), 0)


def _marks(text: str, ranges: list[tuple[int, int]]) -> Marked:
    """The characters of ``text``; ``ranges`` count UTF-16 units. A match takes whole letters with their marks."""
    marked: Marked = []
    unit, pending = 0, list(ranges)
    for character in text:
        while pending and unit >= pending[0][1]:
            pending.pop(0)
        inside = bool(pending) and unit >= pending[0][0]
        if marked and is_joined(character):
            inside = marked[-1][1]
        marked.append((character, inside))
        unit += 2 if ord(character) > 0xFFFF else 1
    return marked


def _lines(marked: Marked) -> list[Marked]:
    """Lines without control characters and with single spaces."""
    lines: list[Marked] = [[]]
    for character, inside in marked:
        if character == "\n":
            lines.append([])
            continue
        for shown in clean(character):
            space = shown.isspace()
            if not space:
                lines[-1].append((shown, inside))
            elif lines[-1] and not lines[-1][-1][0].isspace():
                lines[-1].append((" ", inside))
    for line in lines:
        while line and line[-1][0] == " ":
            line.pop()
    return lines


def _tells(text: str, heading: object) -> bool:
    """Whether a line says more than the heading that is shown anyway."""
    plain = text.strip().lstrip("#").strip()
    return bool(plain) and not _FENCE.match(text) and plain != " ".join(str(heading).split())


def _rows(line: Marked, columns: int, most: int) -> list[Row]:
    """The part of a line around its first match, in at most ``most`` rows."""
    rest = _window(line, columns, most)
    rows: list[Row] = []
    while rest and len(rows) < most:
        end = _fit(rest, columns)
        last = len(rows) == most - 1
        if end < len(rest) and last:
            kept = rest[: _fit(rest, columns - 1)]
            rows.append(_row([*_stripped(kept), ("…", False)]))
            break
        rows.append(_row(_stripped(rest[:end])))
        rest = _stripped(rest[end:])
    return rows


def _window(line: Marked, columns: int, most: int) -> Marked:
    """The line from a little before where most of it matched; all of it when all of it fits."""
    room = int(columns * (most - 0.25))
    first = _densest(line, room - int(columns * _LEAD))
    if cells(_text(line)) <= room or cells(_text(line[:first])) <= columns * _LEAD:
        return line
    # A line that ends soon after its match leaves more room before it.
    lead = max(columns * _LEAD, room - cells(_text(line[first:])))
    start = _stepped_back(line, first, lead)
    word = next((place for place in range(start, first) if line[place][0] == " "), None)
    if word is not None and word - start <= 20:
        start = word + 1
    while 0 < start < first and _splits(line, start):
        start += 1
    return [("…", False), *line[start:]] if start else line


def _densest(line: Marked, room: int) -> int:
    """The beginning of the match with which ``room`` columns hold most of what matched."""
    starts = [place for place, (_, marked) in enumerate(line) if marked and not (place and line[place - 1][1])]
    return max(starts, key=lambda start: _matched(line[start : start + room]), default=0)


def _stepped_back(line: Marked, first: int, lead: float) -> int:
    """Where the ``lead`` columns before ``first`` begin."""
    start, taken = first, 0
    while start > 0 and (taken := taken + cells(line[start - 1][0])) < lead:
        start -= 1
    return start


def _fit(line: Marked, columns: int) -> int:
    """Where to break the line so that what is before takes at most ``columns``: after a word where there are words."""
    taken = end = 0
    for place, (character, _) in enumerate(line):
        taken += cells(character)
        if taken > columns:
            break
        end = place + 1
    if end == len(line):
        return end
    space = next((place for place in range(end, max(0, end - 24), -1) if line[place][0] == " "), None)
    if space:
        return space
    while end > 1 and _splits(line, end):
        end -= 1
    return max(end, 1)


def _splits(line: Marked, place: int) -> bool:
    """Whether a break here would part a letter from its marks, or the parts of a joined emoji."""
    return is_joined(line[place][0]) or line[place - 1][0] == "\N{ZERO WIDTH JOINER}"


def _stripped(line: Marked) -> Marked:
    start, end = 0, len(line)
    while start < end and line[start][0] == " ":
        start += 1
    while end > start and line[end - 1][0] == " ":
        end -= 1
    return line[start:end]


def _text(line: Marked) -> str:
    return "".join(character for character, _ in line)


def _row(line: Marked) -> Row:
    pieces: list[tuple[str, bool]] = []
    for character, marked in line:
        if pieces and pieces[-1][1] == marked:
            pieces[-1] = (pieces[-1][0] + character, marked)
        else:
            pieces.append((character, marked))
    return Row(tuple(pieces))
