"""Links of files of every kind: told one by one, and written anew so that they follow a merge."""

from __future__ import annotations

from librarian.merging.base import relinked_base
from librarian.merging.canvas import relinked_canvas
from librarian.merging.relinking import relinked
from librarian.merging.route import Landing, Turn


def followed(path: str, text: str, turn: Turn) -> str:
    """A note, canvas or Base with its links turned. Raises Malformed where it is not what it is called."""
    name = path.lower()
    if name.endswith(".canvas"):
        return relinked_canvas(text, turn)
    if name.endswith(".base"):
        return relinked_base(text, turn)
    return relinked(text, turn)


def links(path: str, text: str) -> list[tuple[str, str | None]]:
    """Target and part of every link in a file, always in the same order."""
    found: list[tuple[str, str | None]] = []

    def turn(target: str, subpath: str | None, _wiki: bool) -> Landing | None:
        found.append((target, subpath))
        return None

    followed(path, text, turn)
    return found
