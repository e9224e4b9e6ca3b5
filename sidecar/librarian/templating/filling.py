"""Filling a template: its places get the title and the day of a note, as Obsidian and Templater would fill them.

Commands of Templater that ask, or put the cursor somewhere, leave nothing. Nothing is run: a template with any other
command is refused, because only Templater can tell what it writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from librarian.templating.moment import formatted
from librarian.templating.placeholder import Syntax

DATE: Final = "YYYY-MM-DD"
TIME: Final = "HH:mm"
FILE_TIME: Final = "YYYY-MM-DD HH:mm"
"""What Templater writes without a format for when a file was made or changed."""
_PLACE: Final = re.compile(
    r"\{\{[ \t]*(?P<kind>title|date|time)[ \t]*(?::(?P<form>[^{}\n]*))?\}\}"
    r"|<%(?P<command>(?:(?!<%|%>).)*+)%>",
    re.IGNORECASE | re.DOTALL,
)
_STRING: Final = r"""(?:"([^"\n]*)"|'([^'\n]*)')"""
_TITLE: Final = re.compile(r"\s*tp\.file\.title;?\s*")
_DATE: Final = re.compile(
    rf"\s*tp\.(?:date\.(now|tomorrow|yesterday)|file\.(?:creation|last_modified)_date)"
    rf"\(\s*(?:{_STRING}\s*(?:,\s*(-?\d{{1,6}})\s*)?)?\);?\s*"
)
_SILENT: Final = re.compile(
    r"\s*(?:await\s+)?tp\.(?:system\.(?:suggester|prompt)|file\.cursor)\([^;]*\);?\s*", re.DOTALL
)


class Unfillable(Exception):
    """A template with a command that cannot be told; the message shows it."""


@dataclass(frozen=True)
class Filler:
    """What one note is filled with. ``syntax``: the plugin whose words count; None for both."""

    title: str
    at: datetime
    syntax: Syntax | None = None

    def fill(self, text: str) -> str:
        """The text with every place filled, at once: what a title says is no place. Raises Unfillable."""
        return _PLACE.sub(self._place, text)

    def _place(self, place: re.Match[str]) -> str:
        if place["kind"] is not None:
            return place[0] if self.syntax == "templater" else self._core(place)
        said = place["command"].removeprefix("-").removeprefix("_").removesuffix("-").removesuffix("_")
        return place[0] if self.syntax == "core" else self._templater(place[0], said)

    def _core(self, place: re.Match[str]) -> str:
        kind = place["kind"].lower()
        if kind == "title":
            return self.title
        return formatted((place["form"] or "").strip() or (DATE if kind == "date" else TIME), self.at)

    def _templater(self, command: str, said: str) -> str:
        if _TITLE.fullmatch(said):
            return self.title
        if found := _DATE.fullmatch(said):
            form = found[2] or found[3] or (DATE if found[1] else FILE_TIME)
            days = int(found[4] or 0) + {"tomorrow": 1, "yesterday": -1}.get(found[1] or "", 0)
            try:
                return formatted(form, self.at + timedelta(days=days))
            except OverflowError:
                raise Unfillable(_short(command)) from None
        if _SILENT.fullmatch(said):
            return ""
        raise Unfillable(_short(command))


def _short(command: str) -> str:
    line = " ".join(command.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
