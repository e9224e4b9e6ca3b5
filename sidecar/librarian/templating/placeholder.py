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
_MARK: Final = re.compile(f"{_OPEN}(title|date:([^{_OPEN}{_CLOSE}]*)){_CLOSE}")
FOREIGN: Final = re.compile(
    r"<%[-_]?\s*(?:\*|(?:await\s+)?tp\.)|\{\{\s*(?:title|date|time)\s*(?::[^{}\n]*)?\}\}|[\ufdd0\ufdd1]", re.IGNORECASE
)
"""What a template has, in the words of either plugin."""


def dated(form: str) -> str:
    """The place of a date in a format of `moment`."""
    return f"{_OPEN}date:{form}{_CLOSE}"


def has_place(text: str) -> bool:
    return _OPEN in text


def without_places(text: str) -> str:
    """What of a text is the same in every note."""
    return _MARK.sub("", text)


def written(text: str, syntax: Syntax) -> str:
    """A text with its places as a plugin knows them: ``{{date:YYYY-MM-DD}}``, ``<% tp.file.title %>``."""
    return _MARK.sub(_templater if syntax == "templater" else _core, text)


def _core(mark: re.Match[str]) -> str:
    return "{{title}}" if mark[2] is None else f"{{{{date:{mark[2]}}}}}"


def _templater(mark: re.Match[str]) -> str:
    return "<% tp.file.title %>" if mark[2] is None else f'<% tp.date.now("{mark[2]}") %>'


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
