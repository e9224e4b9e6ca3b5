"""Groups that a person said are no duplicates, kept in the ledger with what tells later whether they still are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from librarian import _native
from librarian.dismissal import Dismissal, Fingerprint, Remembered, Standing, standing
from librarian.errors import GroupNotFound

if TYPE_CHECKING:
    import sqlite3

    from librarian.duplicate import ToldGroup
    from librarian.ledger import Ledger


KNOWN = 50_000
"""Fingerprints that are kept in memory."""


class Saying(Protocol):
    """Finds the notes that may say what one of these digests is of, and other files if they are asked for."""

    async def __call__(self, digests: Collection[bytes], *, files: bool) -> list[str]: ...


class Dismissals:
    """Dismissals of one vault, the last first; each change is on the disk when it returns."""

    def __init__(self, root: Path, ledger: Ledger, *, max_note_bytes: int) -> None:
        self._root = root
        self._ledger = ledger
        self._max_note_bytes = max_note_bytes
        self._kept: tuple[Dismissal, ...] | None = None
        self._known: dict[str, tuple[bytes, Fingerprint]] = {}
        """Fingerprints by path, each with the digest of the file that it is of."""

    async def has(self, group_id: str) -> bool:
        """Whether this very group is dismissed."""
        return any(each.group_id == group_id for each in await self._all())

    async def keep(self, group: ToldGroup) -> None:
        """Remember that these are no duplicates, in place of what was said of them before. Raises GroupNotFound."""
        paths = list(group.paths)
        fingerprints = await self._fingerprints(paths)
        if len(fingerprints) < len(paths):
            raise GroupNotFound(group.id)
        values = (group.id, group.kind, self._ledger.stamp())
        notes = [(place, path, *fingerprints[path]) for place, path in enumerate(paths)]
        before = [each.group_id for each in await self._all() if {note.path for note in each.notes} == set(paths)]

        def write(connection: sqlite3.Connection) -> None:
            connection.executemany("delete from dismissals where group_id = ?", [(each,) for each in before])
            number = connection.execute(
                "insert into dismissals (group_id, kind, dismissed_at) values (?, ?, ?)", values
            ).lastrowid
            connection.executemany(
                "insert into dismissed_notes values (?, ?, ?, ?, ?)", [(number, *note) for note in notes]
            )

        await self._change(write)

    async def drop(self, group_id: str) -> None:
        """Forget a dismissal. Raises GroupNotFound."""

        def write(connection: sqlite3.Connection) -> None:
            if not connection.execute("delete from dismissals where group_id = ?", (group_id,)).rowcount:
                raise GroupNotFound(group_id)

        await self._change(write)

    async def standing(self, digests: Mapping[str, bytes], saying: Saying) -> list[Standing]:
        """What all dismissals are now; ``digests``: of files as they are now, of which nothing is read that is known;
        ``saying``: asked for one that was moved.

        Only files that a dismissal names are read, and those that say what one of them said that is gone.
        """
        kept = await self._all()
        if not kept:
            return []
        known = await self._current(digests, {note.path for each in kept for note in each.notes})
        found = [standing(each, known, {}) for each in kept]
        lost = [note for each in found for note in each.lost]
        if lost:
            is_file = any(not note.path.lower().endswith(".md") for note in lost)
            others = await saying({note.digest for note in lost}, files=is_file)
            known |= await self._current(digests, [path for path in others if path not in known])
            by_digest: dict[bytes, list[str]] = {}
            for path in sorted(known):
                by_digest.setdefault(known[path][0], []).append(path)
            found = [standing(each, known, by_digest) for each in kept]
            await self._follow(found)
        return found

    async def _current(self, digests: Mapping[str, bytes], paths: Iterable[str]) -> dict[str, Fingerprint]:
        """Fingerprints of these files as they are; of a version that has one of these digests, from memory."""
        if len(self._known) > KNOWN:
            self._known = {path: each for path, each in self._known.items() if path in digests}
        remembered = {
            path: self._known[path][1]
            for path in paths
            if path in digests and path in self._known and self._known[path][0] == digests[path]
        }
        read = await self._fingerprints([path for path in paths if path not in remembered])
        self._known |= {path: (digests[path], each) for path, each in read.items() if path in digests}
        return remembered | read

    async def _fingerprints(self, paths: list[str]) -> dict[str, Fingerprint]:
        """Of the files that can be read."""
        found = await asyncio.to_thread(
            partial(_native.fingerprints, self._root, paths, max_note_bytes=self._max_note_bytes)
        )
        return {path: each for path, each in zip(paths, found, strict=True) if each is not None}

    async def _follow(self, found: Iterable[Standing]) -> None:
        """Remember where notes were moved to, so that one that is changed later is known by its path."""
        moved = [
            (path, each.dismissal.group_id, place)
            for each in found
            for place, (path, note) in enumerate(zip(each.paths, each.dismissal.notes, strict=True))
            if path is not None and path != note.path
        ]
        if moved:
            await self._change(
                lambda connection: connection.executemany(
                    "update dismissed_notes set path = ?1 where position = ?3 and dismissal = "
                    "(select number from dismissals where group_id = ?2)",
                    moved,
                )
            )

    async def _change(self, write: Callable[[sqlite3.Connection], object]) -> None:
        await self._ledger.together(write)
        self._kept = None

    async def _all(self) -> tuple[Dismissal, ...]:
        if self._kept is None:
            self._kept = await self._ledger.together(_read)
        return self._kept


def _read(connection: sqlite3.Connection) -> tuple[Dismissal, ...]:
    rows = connection.execute(
        "select number, group_id, kind, dismissed_at from dismissals order by number desc"
    ).fetchall()
    return tuple(Dismissal(group_id, kind, at, _notes(connection, number)) for number, group_id, kind, at in rows)


def _notes(connection: sqlite3.Connection, number: int) -> tuple[Remembered, ...]:
    rows = connection.execute(
        "select path, digest, sketch from dismissed_notes where dismissal = ? order by position", (number,)
    )
    return tuple(Remembered(*row) for row in rows)
