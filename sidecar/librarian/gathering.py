"""The texts that are meant by a path, a folder, a tag or a query; and which of them may leave this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from librarian.content import beginning, read_text
from librarian.edit import Edit
from librarian.errors import EditRefused, NoteError, PathRefused
from librarian.paths import resolve
from librarian.placing import beside, placed
from librarian.redaction import Span, joined, secrets, within
from librarian.summary import LeftOut, Place, Subject

if TYPE_CHECKING:
    from librarian._native import Exclusion
    from librarian.indexing import Indexing

MOST_NOTES = 500
"""That are read for one summary by their own sentences."""
MOST_OF_A_RUN = 10_000
"""That are summarised each by itself."""
OF_QUERY = 30
"""Notes that a query stands for: the best ones."""
TOLD = 100
"""Notes that are named in an answer as left out."""
Find = Callable[[str, int], Awaitable[list[str]]]
"""Paths of the best notes for a query, so many at most."""


@dataclass(frozen=True, slots=True)
class Material:
    """One text. ``line``: that on which it begins in its note, from 0."""

    path: str | None
    text: str
    line: int = 0
    hidden: tuple[Span, ...] = ()
    """Where secrets of its note stand in it, of which a part alone may not look like one."""

    @property
    def label(self) -> str:
        """What a prompt calls it by: its name, and not its folders."""
        return (self.path or "").rpartition("/")[2].removesuffix(".md")


@dataclass(frozen=True, slots=True)
class Gathered:
    materials: tuple[Material, ...]
    left_out: tuple[LeftOut, ...] = ()


class Gathering:
    """Reads the notes of one vault that are asked for."""

    def __init__(self, root: Path, indexing: Indexing, find: Find, excluded: Exclusion, *, max_note_bytes: int) -> None:
        """``excluded``: notes of which nothing is ever sent."""
        self._root = root
        self._indexing = indexing
        self._find = find
        self._excluded = excluded
        self._max_note_bytes = max_note_bytes

    def is_excluded(self, path: str) -> bool:
        """Whether a note is left out, or lies in a folder that is."""
        return path in self._excluded

    async def of(self, subject: Subject) -> Gathered:
        """Everything that is meant. Raises PathRefused, NoteNotFound, NoteUnreadable, unless it is one of several."""
        if subject.is_one:
            return Gathered((await asyncio.to_thread(self._one, subject),))
        kept, too_many = await self.paths(subject, MOST_NOTES)
        read, failed = await asyncio.to_thread(self._several, kept)
        return Gathered(tuple(read), (*failed, *too_many))

    async def paths(self, subject: Subject, most: int = MOST_OF_A_RUN) -> tuple[list[str], tuple[LeftOut, ...]]:
        """The notes of a folder, a tag or a query, and those that are more than so many."""
        paths = await self._paths(subject)
        return paths[:most], tuple(LeftOut(path=path, reason=f"more than {most:,} notes") for path in paths[most:])

    def read(self, path: str) -> Material:
        """One note, as it is now. Raises PathRefused, NoteNotFound, NoteUnreadable."""
        return Material(path, read_text(self._root, path, self._max_note_bytes))

    def placed(self, path: str, text: str, where: Place) -> Edit:
        """The edit that puts a summary where it is wanted. Raises PathRefused, NoteNotFound, EditRefused."""
        content = beginning(self._root, path, self._max_note_bytes + 1)
        if len(content) > self._max_note_bytes:
            raise EditRefused(path, "it is too large")
        if where == "note":
            return beside(path, text, self._is_free)
        return placed(path, content, text, where)

    def _is_free(self, path: str) -> bool:
        return not resolve(self._root, path).exists()

    def _one(self, subject: Subject) -> Material:
        start, end = subject.lines or (0, None)
        if subject.text is not None:
            text = _lined(subject.text)
            return Material(subject.path, text, start, self._hidden(subject.path, text))
        if subject.path is None:
            raise PathRefused("", "it is empty")
        text = read_text(self._root, subject.path, self._max_note_bytes)
        if subject.lines is None:
            return Material(subject.path, text)
        # As editors count them: a form feed and its like end no line.
        lines = _lined(text).split("\n")
        before, part = "".join(f"{line}\n" for line in lines[:start]), "\n".join(lines[start:end])
        hidden = within(secrets("\n".join(lines)), len(before), len(before) + len(part))
        return Material(subject.path, part, start, tuple(hidden))

    def _hidden(self, path: str | None, text: str) -> tuple[Span, ...]:
        """Where secrets of a note stand in a part of it, as it was chosen in an editor; wherever the part is, it is
        taken for each place that reads like it.
        """
        try:
            note = _lined(read_text(self._root, path, self._max_note_bytes)) if path else ""
        except NoteError:
            return ()  # of a note that is not there yet, the text is all there is
        spans = secrets(note) if text in note else []
        found: list[Span] = []
        place = note.find(text) if spans else -1
        while place >= 0:
            found += within(spans, place, place + len(text))
            place = note.find(text, place + len(text))
        return tuple(joined(found))

    def _several(self, paths: Sequence[str]) -> tuple[list[Material], list[LeftOut]]:
        read, failed = [], []
        for path in paths:
            try:
                read.append(self.read(path))
            except NoteError as error:
                failed.append(LeftOut(path=path, reason=error.message))
        return read, failed

    async def _paths(self, subject: Subject) -> list[str]:
        if subject.query is not None:
            return await self._find(subject.query, OF_QUERY)
        catalog = await self._indexing.catalog()
        if subject.tag is not None:
            key = subject.tag.strip().removeprefix("#").casefold()
            rows = await catalog.rows(
                "SELECT DISTINCT path FROM tags WHERE key = $1 OR starts_with(key, $1 || '/') ORDER BY path", [key]
            )
        else:
            folder = (subject.folder or "").strip("/")
            rows = await catalog.rows(
                "SELECT path FROM notes WHERE kind = 'note' AND starts_with(path, $1) ORDER BY path",
                [f"{folder}/" if folder else ""],
            )
        return [str(row[0]) for row in rows]


def _lined(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
