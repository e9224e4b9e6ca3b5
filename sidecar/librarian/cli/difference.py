"""What two notes differ in, as people read it in a terminal: in one column or in two."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import click

from librarian.cli.terminal import cells, clean, clean_line, is_joined, padded, width

BESIDE_COLUMNS = 120
"""A terminal from so wide on has room for two columns."""
DIM: dict[str, Any] = {"dim": True}
_KEPT = 60
"""Characters around a change that are shown of a line; a paragraph is one line."""
_CONTEXT_ROWS = 2
_LEAST_ROWS = 5
"""For fewer, no more of a comparison is begun."""
_STYLES: dict[str, dict[str, Any]] = {"left": {"fg": "red", "bold": True}, "right": {"fg": "green", "bold": True}}
_MARKS = {"left": ("[-", "-]"), "right": ("{+", "+}")}
_SIGNS = {"left": "-", "right": "+"}
_ALONE = {"left": "removed", "right": "added"}

Characters = list[tuple[str, bool]]
"""Each with whether it is the same on the other side."""


def is_wide() -> bool:
    """Whether standard output is a terminal with room for two columns."""
    return sys.stdout.isatty() and width() >= BESIDE_COLUMNS


def print_comparison(answer: dict[str, Any], *, beside: bool, rows: int | None = None) -> None:
    """Two notes' differences; ``beside``: in two columns; ``rows``: show no more than so many lines, about."""
    left, right = clean_line(answer["left"]), clean_line(answer["right"])
    if not answer["hunks"]:
        click.echo(f"{left} and {right} say the same.")
        return
    draw = _Beside() if beside else _Unified()
    draw.titles(left, right)
    room = len(answer["hunks"]) + sum(len(hunk["lines"]) for hunk in answer["hunks"]) if rows is None else rows
    for hunk in answer["hunks"]:
        if room < _LEAST_ROWS and rows is not None:
            click.echo(click.style("\n  …", **DIM))
            break
        draw.place(hunk["leftLine"] + 1, hunk["rightLine"] + 1)
        for line in hunk["lines"][:room]:
            draw.line(line)
        room -= len(hunk["lines"])
    click.echo("\n" + click.style(summary(answer), **DIM))


def excerpt(answer: dict[str, Any], first: int, last: int) -> dict[str, Any]:
    """A comparison of whole notes, reduced to these lines of the second, which count from 0."""
    hunks = []
    for hunk in answer["hunks"]:
        left, right = hunk["leftLine"], hunk["rightLine"]
        kept: list[dict[str, Any]] = []
        begins = (left, right)
        for line in hunk["lines"]:
            if first <= right <= last and line["right"] is not None:
                begins = begins if kept else (left, right)
                kept.append(line)
            left += line["left"] is not None
            right += line["right"] is not None
        if kept:
            hunks.append({"leftLine": begins[0], "rightLine": begins[1], "lines": kept})
    return answer | {"hunks": hunks}


def summary(answer: dict[str, Any]) -> str:
    """A comparison in figures."""
    parts = [f"{answer['similarity']:.0%} in common", f"{_lines(answer['same'])} the same"]
    told = (("changed", "changed"), ("removed", "only in the first"), ("added", "only in the second"))
    parts += [f"{answer[key]:,} {words}" for key, words in told if answer[key]]
    if answer["more"]:
        parts.append(f"{answer['more']:,} of these not shown")
    return " · ".join(parts)


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"


class _Unified:
    """What went above what came."""

    def titles(self, left: str, right: str) -> None:
        click.echo(click.style(f"- {left}", **_STYLES["left"]))
        click.echo(click.style(f"+ {right}", **_STYLES["right"]))

    def place(self, left: int, right: int) -> None:
        told = f"line {left:,}" if left == right else f"line {left:,}, and line {right:,}"
        click.echo("\n" + click.style(told, fg="cyan"))

    def line(self, line: dict[str, Any]) -> None:
        if line["kind"] == "same":
            for row in _rows(line, "left", width() - 2):
                click.echo("  " + row)
            return
        for side in ("left", "right"):
            if line[side] is not None:
                for row in _rows(line, side, width() - 2):
                    click.echo(f"{click.style(_SIGNS[side], **_STYLES[side])} {row}")


class _Beside:
    """What went to the left of what came."""

    def __init__(self) -> None:
        self._columns = (width() - 3) // 2 - 2

    def titles(self, left: str, right: str) -> None:
        self._row(
            click.style(padded(left, self._columns + 2), **_STYLES["left"]), click.style(right, **_STYLES["right"])
        )

    def place(self, left: int, right: int) -> None:
        self._row(" " * (self._columns + 2), "")
        told = padded(f"line {left:,}", self._columns + 2)
        self._row(click.style(told, fg="cyan"), click.style(f"line {right:,}", fg="cyan"))

    def line(self, line: dict[str, Any]) -> None:
        sides = {side: list(self._side(line, side)) for side in ("left", "right")}
        blank = " " * (self._columns + 2)
        for place in range(max(map(len, sides.values()))):
            left, right = (rows[place] if place < len(rows) else blank for rows in sides.values())
            self._row(left, right)

    def _side(self, line: dict[str, Any], side: str) -> Iterator[str]:
        if line[side] is None:
            return
        sign = "  " if line["kind"] == "same" else click.style(_SIGNS[side], **_STYLES[side]) + " "
        for row in _rows(line, side, self._columns):
            yield sign + row + " " * (self._columns - cells(click.unstyle(row)))

    def _row(self, left: str, right: str) -> None:
        click.echo(f"{left} {click.style('│', **DIM)} {right}".rstrip())


def _rows(line: dict[str, Any], side: str, columns: int) -> list[str]:
    """One side of a line in rows of at most so many columns, styled."""
    kind = line["kind"]
    rows = list(_wrapped(_characters(line[side], marks=_MARKS[side] if kind == "changed" else None), columns))
    if kind == "same" and len(rows) > _CONTEXT_ROWS:
        rows = rows[:_CONTEXT_ROWS]
        rows[-1] = [*rows[-1][: columns - 2], ("…", True)]
    if kind == "same":
        return [click.style(_text(row), **DIM) for row in rows]
    return [_styled(row, _STYLES[side]) for row in rows]


def _characters(pieces: list[dict[str, Any]], *, marks: tuple[str, str] | None) -> Characters:
    """The characters to show; ``marks``: what stands around words of a changed line where there are no colours."""
    found: Characters = []
    before, after = marks if marks and not _is_coloured() else ("", "")
    for place, piece in enumerate(pieces):
        text = clean(piece["text"].replace("\t", "    "))
        if piece["same"]:
            text = _shortened(text, is_first=place == 0, is_last=place == len(pieces) - 1) if marks else text
        else:
            text = before + text + after
        found += [(character, piece["same"]) for character in text]
    return found


def _shortened(text: str, *, is_first: bool, is_last: bool) -> str:
    """What is the same between two changes, without its middle; at an end of the line, without that end."""
    head, tail = 0 if is_first else _KEPT, 0 if is_last else _KEPT
    if len(text) <= head + tail + _KEPT:
        return text
    start = text[:head].rsplit(" ", 1)[0] + " " if head else ""
    end = " " + text[len(text) - tail :].split(" ", 1)[-1] if tail else ""
    return f"{start}…{end}"


def _wrapped(line: Characters, columns: int) -> Iterator[Characters]:
    """The line in rows, broken after a space where there is one; at least one row."""
    start = 0
    while True:
        end, taken, space = start, 0, 0
        while end < len(line):
            taken += cells(line[end][0])
            if taken > columns:
                break
            end += 1
            if line[end - 1][0] == " ":
                space = end
        if end >= len(line):
            yield line[start:]
            return
        if space > start and _text(line[start:space]).strip():
            end = space
        while end > start + 1 and is_joined(line[end][0]):
            end -= 1
        end = max(end, start + 1)
        yield line[start:end]
        start = end


def _text(row: Characters) -> str:
    return "".join(character for character, _ in row).rstrip()


def _styled(row: Characters, style: dict[str, Any]) -> str:
    shown, at = "", 0
    while at < len(row):
        end = at
        while end < len(row) and row[end][1] == row[at][1]:
            end += 1
        text = "".join(character for character, _ in row[at:end])
        shown += text if row[at][1] else click.style(text, **style)
        at = end
    return shown


def _is_coloured() -> bool:
    wish = click.get_current_context().find_root().color
    return sys.stdout.isatty() if wish is None else wish
