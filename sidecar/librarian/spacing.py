"""Blank lines of what a model wrote: one in the place of several, except in code, and none at either end."""

from __future__ import annotations

import re

_SEEN = re.compile("[^\\s\u034f\u200c-\u200f\ufe0e\ufe0f]")
"""What is not seen by itself and stays in a text: marks that join letters, turn them, or make pictures of them."""
FENCE = re.compile(r"(?:[\s>]|[*+-]\s|\d{1,9}[.)]\s|\[.\]\s)*+(?P<mark>`{3,}+(?=[^`]*$)|~{3,}+)")
"""What begins or ends a block of code, also in a list or a quote, at the beginning of a line. Taken for one where it is
none, it keeps blank lines, which does no harm.
"""
_INDENT = ("    ", "\t")


def spaced(text: str, fence: str = "") -> str:
    """The text with one blank line for several; empty where it has nothing to be seen. Code stays as it is.

    ``fence``: the mark of the block of code that all of it stands in.
    """
    return Spacing(fence).take(text)


class Spacing:
    """The same for a text that comes in pieces. The end of a line is held back until the next has something in it."""

    def __init__(self, fence: str = "") -> None:
        """As for `spaced`."""
        self._line: list[str] = []
        """Pieces of the line that is under way."""
        self._is_seen = False
        """Whether it has something to be seen, so that it is given out."""
        self._blank: list[str] = []
        """Lines since the last one that was given out."""
        self._fence = fence
        self._last: str | None = None

    def take(self, piece: str) -> str:
        """What can be shown with this piece; may be nothing."""
        first, *others = piece.split("\n")
        shown = [self._grown(first)]
        for part in others:
            self._end_line()
            shown.append(self._grown(part))
        return "".join(shown)

    def _grown(self, part: str) -> str:
        self._line.append(part)
        if self._is_seen:
            return part
        if not _SEEN.search(part):
            return ""
        self._is_seen = True
        line = "".join(self._line)
        before = "" if self._last is None else "".join(f"\n{each}" for each in self._between(self._last, line)) + "\n"
        self._blank.clear()
        return before + line

    def _between(self, last: str, line: str) -> list[str]:
        """Of the blank lines between two others, those that stay."""
        is_code = self._fence or (last.startswith(_INDENT) and line.startswith(_INDENT))
        if is_code or len(self._blank) < 2:
            return self._blank
        # One of other blanks alone, such as hard ones, ends no paragraph.
        return [next((each for each in self._blank if not each.strip(" \t")), self._blank[0])]

    def _end_line(self) -> None:
        line = "".join(self._line)
        if self._is_seen:
            self._last = line
            self._fence = self._fence_behind(line)
        else:
            self._blank.append(line)
        self._line, self._is_seen = [], False

    def _fence_behind(self, line: str) -> str:
        """The mark of the block of code that goes on behind a line; empty where none does."""
        found = FENCE.match(line)
        if not self._fence:
            return found["mark"] if found else ""
        is_its_end = found and found["mark"].startswith(self._fence) and not line[found.end() :].strip()
        return "" if is_its_end else self._fence
