"""The journal of changes, kept in the ledger: what is about to be written is there before the first byte of it is."""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from librarian.change import ChangedNote, ChangeState, JournalledChange
from librarian.edit import KINDS, Change, Step, new_path, read_digest
from librarian.errors import ChangeNotFound, ChangeUnreadable, StoreError

if TYPE_CHECKING:
    import sqlite3

    from librarian.ledger import Ledger

log = logging.getLogger(__name__)

KEPT_DAYS = 30
KEPT_BYTES = 1 << 30
TOLD_NOTES = 100
"""Files that are told of one change."""
TOLD_IN_ALL = 10_000
"""Files that are told of all changes in one answer."""

_Row = tuple[int, str, str, str, str | None, int, str, ChangeState]
_Kept = tuple[str, bytes, str | None, bytes | None, int | None]
_CHANGE = "number, id, actor, reason, undoes, whole, made_at, state"


@dataclass(frozen=True)
class Entry:
    """A change as the journal has it."""

    change: Change
    steps: tuple[Step, ...]
    state: ChangeState


@dataclass(frozen=True)
class CutShort:
    """A change whose end is not known, told without reading what it is made of."""

    change_id: str
    reason: str
    paths: frozenset[str]
    """Every file that it names."""


class Journal:
    """Changes of one vault, newest last; each call is on the disk when it returns."""

    def __init__(self, ledger: Ledger, *, kept_bytes: int = KEPT_BYTES) -> None:
        self._ledger = ledger
        self._kept_bytes = kept_bytes

    async def intend(self, change: Change, steps: Sequence[Step]) -> None:
        """Take in a change that is about to be carried out."""
        rows = await asyncio.to_thread(lambda: [_row(position, step) for position, step in enumerate(steps)])
        size = sum(len(row[-3]) + len(row[-2] or b"") for row in rows)
        values = (change.id, change.actor, change.reason, change.undoes, change.whole, self._ledger.stamp(), size)

        def write(connection: sqlite3.Connection) -> None:
            number = connection.execute(
                "insert into changes (id, actor, reason, undoes, whole, made_at, state, bytes) "
                "values (?, ?, ?, ?, ?, ?, 'unfinished', ?)",
                values,
            ).lastrowid
            connection.executemany(
                "insert into steps values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [(number, *row) for row in rows]
            )

        await self._ledger.together(write)

    async def finish(self, change_id: str, state: ChangeState = "done") -> None:
        """Tell how a change ended; one that it took back whole is undone with it. Old changes are forgotten."""
        now = self._ledger.stamp()

        def write(connection: sqlite3.Connection) -> None:
            _mark(connection, change_id, state, now)
            _forget(connection, _oldest(now), self._kept_bytes, but=change_id)

        await self._ledger.together(write)
        await self._shrink()

    async def forget(self) -> None:
        """Forget what ended too long ago, or takes too much room."""
        oldest = _oldest(self._ledger.stamp())
        await self._ledger.together(partial(_forget, oldest=oldest, kept_bytes=self._kept_bytes))
        await self._shrink()

    async def _shrink(self) -> None:
        try:
            await self._ledger.shrink()
        except StoreError as error:
            # What was to be told is told; a ledger that is larger than it need be can wait.
            log.warning("the ledger keeps room that it does not need: %s", error.message)

    async def drop(self, change_id: str) -> None:
        """Forget a change of which nothing was carried out."""
        await self._ledger.together(
            lambda connection: connection.execute("delete from changes where id = ?", (change_id,))
        )

    async def entry(self, change_id: str) -> Entry:
        """One change. Raises ChangeNotFound, ChangeUnreadable."""
        row, kept = await self._ledger.together(partial(_kept, change_id=change_id))
        return await asyncio.to_thread(_entry, row, kept)

    async def unfinished(self) -> tuple[CutShort, ...]:
        """Changes whose end is not known, oldest first."""
        return await self._ledger.together(_unfinished)

    async def newest(self, limit: int) -> tuple[JournalledChange, ...]:
        """The last changes, newest first."""
        return await self._ledger.together(partial(_newest, limit=limit))


def _row(position: int, step: Step) -> tuple[Any, ...]:
    edit = step.edit
    packed = zlib.compress(edit.model_dump_json().encode())
    return (
        position,
        edit.kind,
        edit.path,
        new_path(edit),
        read_digest(edit),
        step.after,
        packed,
        step.packed,
        step.mode,
    )


def _unfinished(connection: sqlite3.Connection) -> tuple[CutShort, ...]:
    rows = connection.execute("select number, id, reason from changes where state = 'unfinished' order by number")
    return tuple(
        CutShort(change_id, reason, _paths(connection, number)) for number, change_id, reason in rows.fetchall()
    )


def _paths(connection: sqlite3.Connection, number: int) -> frozenset[str]:
    rows = connection.execute("select path, new_path from steps where change = ?", (number,))
    return frozenset(path for row in rows for path in row if path is not None)


def _kept(connection: sqlite3.Connection, change_id: str) -> tuple[_Row, list[_Kept]]:
    row = connection.execute(f"select {_CHANGE} from changes where id = ?", (change_id,)).fetchone()  # noqa: S608  # ours
    if row is None:
        raise ChangeNotFound(change_id)
    kept = connection.execute(
        "select kind, edit, after, before, mode from steps where change = ? order by position", (row[0],)
    ).fetchall()
    return row, kept


def _entry(row: _Row, kept: list[_Kept]) -> Entry:
    _, change_id, actor, reason, undoes, whole, _, state = row
    try:
        steps = tuple(_step(*each) for each in kept)
    except (zlib.error, ValueError, KeyError) as error:
        raise ChangeUnreadable(change_id) from error
    return Entry(
        Change(change_id, tuple(step.edit for step in steps), actor, reason, undoes, bool(whole)), steps, state
    )


def _step(kind: str, edit: bytes, after: str | None, before: bytes | None, mode: int | None) -> Step:
    step = Step(KINDS[kind].model_validate_json(zlib.decompress(edit)), after, before, mode)
    _ = step.before  # damaged, it could not be taken back
    return step


def _newest(connection: sqlite3.Connection, limit: int) -> tuple[JournalledChange, ...]:
    rows = connection.execute(f"select {_CHANGE} from changes order by number desc limit ?", (limit,)).fetchall()  # noqa: S608  # ours
    told, room = [], TOLD_IN_ALL
    for row in rows:
        told.append(_told(connection, row, min(room, TOLD_NOTES)))
        room -= len(told[-1].notes)
    return tuple(told)


def _told(connection: sqlite3.Connection, row: _Row, most: int) -> JournalledChange:
    number, change_id, actor, reason, undoes, _, made_at, state = row
    (count,) = connection.execute("select count(*) from steps where change = ?", (number,)).fetchone()
    kept = connection.execute(
        "select kind, path, new_path, read, after from steps where change = ? order by position limit ?", (number, most)
    )
    notes = tuple(
        ChangedNote(kind=kind, path=path, to=to, before=before, after=after) for kind, path, to, before, after in kept
    )
    return JournalledChange(
        change_id=change_id, actor=actor, reason=reason, undoes=undoes, made_at=made_at, state=state, notes=notes,
        more=count - len(notes),
    )  # fmt: skip


def _mark(connection: sqlite3.Connection, change_id: str, state: ChangeState, now: str) -> None:
    """Set a state; what this change undoes is undone when it is done, and done again when it is undone."""
    connection.execute(
        "update changes set state = ?, finished_at = coalesce(finished_at, ?) where id = ?", (state, now, change_id)
    )
    row = connection.execute("select undoes from changes where id = ? and whole", (change_id,)).fetchone()
    if row is not None and row[0] is not None and state in ("done", "undone"):
        _mark(connection, row[0], "undone" if state == "done" else "done", now)


def _oldest(now: str) -> str:
    return (datetime.fromisoformat(now) - timedelta(days=KEPT_DAYS)).isoformat(timespec="seconds")


def _forget(connection: sqlite3.Connection, oldest: str, kept_bytes: int, but: str | None = None) -> None:
    """Forget changes that ended too long ago, then the oldest until the rest is small enough.

    The last one stays, and so does ``but``, the one that ends just now.
    """
    connection.execute(
        "delete from changes where finished_at < ? and state <> 'unfinished' and id is not ?", (oldest, but)
    )
    connection.execute(
        "delete from changes where state <> 'unfinished' and number < (select max(number) from changes) and number in "
        "(select number from (select number, sum(bytes) over (order by number desc) as total from changes) "
        "where total > ?) and id is not ?",
        (kept_bytes, but),
    )
