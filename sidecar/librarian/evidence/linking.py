"""Links to the places that answers stand on, as Obsidian follows them."""

from __future__ import annotations

import re
from urllib.parse import quote

_UNLINKABLE = re.compile(r"[\[\]|#^\n]")
_IN_HEADING = re.compile(r"[\[\]|#^:%\\\s]+")


def link(path: str, heading: str | None, text: str) -> str:
    """A link with this text to a note, or to a heading of it."""
    target = path.removesuffix(".md")
    # Obsidian leaves out of a link to a heading what would end it.
    place = _IN_HEADING.sub(" ", heading).strip() if heading else ""
    if _UNLINKABLE.search(target):
        return f"[{text}](<{quote(path, safe='/ ')}{'#' + place if place else ''}>)"
    return f"[[{target}{'#' + place if place else ''}|{text}]]"
