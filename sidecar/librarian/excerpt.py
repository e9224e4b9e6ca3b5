"""A range of a note as it was read: what it says, what stands around it, and the edit that replaces it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from librarian.edit import Replacement, Rewrite, cut, decoded, digest_of, units

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(?:.*\r?\n)*?---[ \t]*(?:\r?\n|\Z)")


@dataclass(frozen=True)
class Excerpt:
    """Made by `excerpt`."""

    path: str
    digest: str
    start: int
    """In UTF-16 units of the whole text; likewise the next."""
    end: int
    before: str
    text: str
    after: str

    @property
    def lead(self) -> str:
        """What stands before it, without the note's properties."""
        return self.before[len(front_matter(self.before)) :]

    def replaced(self, text: str) -> Rewrite:
        """The edit that puts ``text`` in its place, with the line ends of the note."""
        if "\r\n" in self.before + self.text + self.after:
            text = re.sub(r"\r?\n", "\r\n", text)
        replacement = Replacement(start=self.start, end=self.end, text=text)
        return Rewrite(path=self.path, digest=self.digest, replacements=(replacement,))


def excerpt(path: str, content: bytes, start: int | None = None, end: int | None = None) -> Excerpt:
    """``[start, end)`` of a note, in UTF-16 units; from the end of its properties, and to its own end, unless told.

    Raises EditRefused where there is no such range, or the bytes are no UTF-8.
    """
    text = decoded(path, content)
    first = units(front_matter(text)) if start is None else start
    last = units(text) if end is None else end
    range_ = Replacement(start=first, end=last, text="")
    _, (before, after), (between,) = cut(Rewrite(path=path, digest="", replacements=(range_,)), text)
    return Excerpt(path, digest_of(content), first, last, before, between, after)


def front_matter(text: str) -> str:
    """The properties at the beginning of a note with the lines that enclose them; empty where there are none."""
    found = _FRONT_MATTER.match(text)
    return found.group() if found else ""
