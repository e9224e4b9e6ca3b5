"""Folders and notes of which nothing is sent to a model, nor read for one."""

from __future__ import annotations

from collections.abc import Iterable

from librarian.edit import same_name


class Exclusion:
    """Asked with ``path in exclusion``: whether a note is left out itself, or lies in a folder that is."""

    def __init__(self, places: Iterable[str]) -> None:
        """``places``: as a person named them, in any spelling that some disk holds for the same file."""
        self._places = tuple(name for place in places if (name := same_name(place.strip("/"))))

    def __contains__(self, path: str) -> bool:
        name = same_name(path)
        return any(name == place or name.startswith(f"{place}/") for place in self._places)
