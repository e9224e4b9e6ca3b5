"""Places of a template that a new note fills: its title, and its date in some format; in the words of two plugins.

Within this package a place stands in a text as a mark of two characters that no text has (Unicode calls them
noncharacters), so that texts with places can be compared, counted and aligned like any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final, Literal

Syntax = Literal["core", "templater"]

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
TITLE: Final = f"{_OPEN}title{_CLOSE}"
_MARK: Final = re.compile(f"{_OPEN}(?:title|date([-+]\\d+):([^{_OPEN}{_CLOSE}]*)){_CLOSE}")
FOREIGN: Final = re.compile(
    r"<%[-_]?\s*(?:\*|(?:await\s+)?tp\.)|\{\{\s*(?:title|date|time)\s*(?::[^{}\n]*)?\}\}|[\ufdd0\ufdd1]", re.IGNORECASE
)
"""What a template has, in the words of either plugin."""


def dated(form: str, days: int = 0) -> str:
    """The place of a note's date, or of one so many days later, in a format of `moment`."""
    return f"{_OPEN}date{days:+}:{form}{_CLOSE}"


def has_place(text: str) -> bool:
    return _OPEN in text


def written(text: str, syntax: Syntax) -> str:
    """A text with its places as a plugin knows them: ``{{date:YYYY-MM-DD}}``, ``<% tp.file.title %>``.

    Obsidian's own has no word for other days than the note's: what stood there is left out.
    """
    return _MARK.sub(_templater if syntax == "templater" else _core, text)


def _core(mark: re.Match[str]) -> str:
    if mark[1] is None:
        return "{{title}}"
    return f"{{{{date:{mark[2]}}}}}" if int(mark[1]) == 0 else ""


def _templater(mark: re.Match[str]) -> str:
    if mark[1] is None:
        return "<% tp.file.title %>"
    days = f", {int(mark[1])}" if int(mark[1]) else ""
    return f'<% tp.date.now("{mark[2]}"{days}) %>'


def replacer(values: Iterable[tuple[str, str]]) -> Callable[[str], str]:
    """What puts places where a text has these values, as words of their own; of two that fit, the longer.

    ``values``: each with the mark of its place.
    """
    marks: dict[str, str] = {}
    for value, mark in values:
        marks.setdefault(value, mark)
    if not marks:
        return lambda text: text
    written_out = "|".join(re.escape(value) for value in sorted(marks, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w{_OPEN}])(?:{written_out})(?!\w)")
    return lambda text: pattern.sub(lambda found: marks[found[0]], text)
