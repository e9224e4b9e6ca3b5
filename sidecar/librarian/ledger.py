"""The ledger (SQLite): what cannot be derived again. Written through to the disk before a call returns; never deleted
by us.
"""

from __future__ import annotations

import asyncio
import errno
import os
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, TypeVar, cast

from librarian.disk import sync_folder
from librarian.errors import LibrarianError, SavedSearchNotFound, StorageFull, StoreCorrupt, StoreError, StoreTooNew
from librarian.overview import DayCount
from librarian.passage import Mode, SavedSearch

T = TypeVar("T")
Clock = Callable[[], datetime]
STORE = "ledger"
_COMPANIONS = ("", "-wal", "-shm")
SPARE_BYTES = 16 << 20
"""Room that was freed and is kept for what comes."""
AT_ONCE_BYTES = 64 << 20
"""Room that is given back at once, so that nobody waits long."""
LOG_BYTES = 16 << 20
"""What the log is cut to once it is folded into the file."""

MIGRATIONS: tuple[str, ...] = (
    """
    create table watermarks (name text primary key, value text not null, set_at text not null) strict;
    create table settings_version (only_row integer primary key check (only_row = 1), version integer not null) strict;
    create table saved_searches (
        name text primary key, text text not null, mode text not null, saved_at text not null
    ) strict;
    create table day_counts (
        day text primary key, notes integer not null, words integer not null, links integer not null, tags integer not
        null
    ) strict;
    """,
    """
    create table changes (
        number integer primary key autoincrement, id text not null unique, actor text not null, reason text not null,
        undoes text, whole integer not null, made_at text not null, finished_at text,
        state text not null, bytes integer not null
    ) strict;
    create table steps (
        change integer not null references changes (number) on delete cascade, position integer not null,
        kind text not null, path text not null, new_path text, read text, after text, edit blob not null, before blob,
        mode integer,
        primary key (change, position)
    ) strict;
    """,
    """
    create table dismissals (
        number integer primary key autoincrement, group_id text not null unique, kind text not null,
        dismissed_at text not null
    ) strict;
    create table dismissed_notes (
        dismissal integer not null references dismissals (number) on delete cascade, position integer not null,
        path text not null, digest blob not null, sketch blob not null,
        primary key (dismissal, position)
    ) strict;
    """,
    """
    create table summary_runs (
        number integer primary key autoincrement, id text not null unique, asked text not null, fresh integer not null,
        provider text, model text, total integer not null, begun_at text not null, worked_at text not null
    ) strict;
    create table summary_run_notes (
        number integer primary key autoincrement, run integer not null references summary_runs (number) on delete
        cascade, path text not null, digest blob not null, text text, reason text,
        unique (run, path)
    ) strict;
    """,
)
"""Schema steps: entry ``n - 1`` leads from schema ``n - 1`` to ``n``. Only ever appended to."""


def now() -> datetime:
    """The time of day, in UTC."""
    return datetime.now(UTC)


class Ledger:
    """Open it with :meth:`open`; its methods may be called from one event loop at once and run one after the other."""

    moved_aside: Path | None
    """Where an unreadable ledger went when this one was started anew; people must be told."""

    def __init__(self, path: Path, connection: sqlite3.Connection, thread: ThreadPoolExecutor, clock: Clock) -> None:
        self._path = path
        self._connection = connection
        self._thread = thread
        self._clock = clock
        self._closed = False
        self.moved_aside = None

    @classmethod
    async def open(cls, path: Path, *, clock: Clock = now, migrations: Sequence[str] = MIGRATIONS) -> Ledger:
        """Open or create the ledger at ``path``; one that cannot be read is moved aside, which :attr:`moved_aside`
        tells.

        Raises :class:`StoreTooNew` for a newer schema, :class:`StorageFull`, and :class:`StoreError` when it is
        read-only or held.
        """
        thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")

        def start() -> Ledger:
            try:
                connection, aside = _open(path, migrations, clock)
            except (sqlite3.Error, OSError) as error:
                raise translated(error, path.parent) from error
            ledger = cls(path, connection, thread, clock)
            ledger.moved_aside = aside
            return ledger

        try:
            return await asyncio.get_running_loop().run_in_executor(thread, start)
        except BaseException:
            thread.shutdown(wait=False)
            raise

    async def close(self) -> None:
        """Fold the log into the file and let go of it; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        try:
            await self._run(lambda connection: connection.close())
        finally:
            self._thread.shutdown(wait=False)

    async def set_watermark(self, name: str, value: str) -> None:
        """Remember how far something has come."""
        await self._write(
            "insert or replace into watermarks values (?, ?, ?)",
            (name, value, self.stamp()),
        )

    async def watermark(self, name: str) -> str | None:
        """What :meth:`set_watermark` was last told."""
        rows = await self._read("select value from watermarks where name = ?", (name,))
        return str(rows[0][0]) if rows else None

    async def forget_watermark(self, name: str) -> None:
        """As if it had never been set."""
        await self._write("delete from watermarks where name = ?", (name,))

    async def set_settings_version(self, version: int) -> None:
        """Remember which form the settings file has."""
        await self._write("insert or replace into settings_version values (1, ?)", (version,))

    async def settings_version(self) -> int | None:
        """Which form the settings file had when last read; None before that."""
        rows = await self._read("select version from settings_version")
        return cast(int, rows[0][0]) if rows else None

    async def save_search(self, name: str, text: str, mode: Mode) -> SavedSearch:
        """Keep a query under a name, in place of an older one of that name."""
        saved = SavedSearch(name=name, text=text, mode=mode, saved_at=self.stamp())
        await self._write(
            "insert or replace into saved_searches values (?, ?, ?, ?)", (name, text, mode, saved.saved_at)
        )
        return saved

    async def saved_searches(self) -> tuple[SavedSearch, ...]:
        """All kept queries by name."""
        rows = await self._read("select name, text, mode, saved_at from saved_searches order by name")
        return tuple(
            SavedSearch(name=str(name), text=str(text), mode=cast(Mode, mode), saved_at=str(at))
            for name, text, mode, at in rows
        )

    async def forget_search(self, name: str) -> None:
        """Drop a kept query. Raises :class:`SavedSearchNotFound`."""
        if not await self._write("delete from saved_searches where name = ?", (name,)):
            raise SavedSearchNotFound(name)

    async def count_day(self, *, notes: int, words: int, links: int, tags: int) -> None:
        """Note today's totals (UTC); later ones of the same day take their place."""
        day = self._clock().astimezone(UTC).date().isoformat()
        await self._write("insert or replace into day_counts values (?, ?, ?, ?, ?)", (day, notes, words, links, tags))

    async def day_counts(self) -> tuple[DayCount, ...]:
        """Totals of every day on which they were noted, oldest first."""
        rows = await self._read("select day, notes, words, links, tags from day_counts order by day")
        fields = ("day", "notes", "words", "links", "tags")
        return tuple(DayCount.model_validate(dict(zip(fields, row, strict=True))) for row in rows)

    async def together(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``work`` in one transaction: all of it is on the disk when this returns, or nothing of it."""

        def transact(connection: sqlite3.Connection) -> T:
            connection.execute("begin immediate")
            try:
                result = work(connection)
                connection.execute("commit")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("rollback")
                raise
            return result

        return await self._run(transact)

    async def shrink(self) -> None:
        """Give room that is not used any more back to the disk, some of it at a time."""
        await self._run(_shrink)

    async def backup(self, path: Path) -> None:
        """Write a whole copy to ``path`` in place of what is there; it has the old or the new content, never half of
        it.
        """

        def copy(connection: sqlite3.Connection) -> None:
            part = path.with_name(path.name + ".part")
            part.unlink(missing_ok=True)
            try:
                target = sqlite3.connect(part)
                try:
                    connection.backup(target)
                finally:
                    target.close()
                part.chmod(0o600)
                with part.open("rb+") as file:
                    os.fsync(file.fileno())
                os.replace(part, path)
                sync_folder(path.parent)
            finally:
                part.unlink(missing_ok=True)

        await self._run(copy)

    def stamp(self) -> str:
        """The time by this ledger's clock: ISO 8601, UTC."""
        return self._clock().astimezone(UTC).isoformat(timespec="seconds")

    async def _read(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        return await self._run(lambda connection: connection.execute(sql, parameters).fetchall())

    async def _write(self, sql: str, parameters: Sequence[object]) -> int:
        """Rows changed. The change is on the disk when this returns: autocommit with ``synchronous=FULL``."""
        return await self._run(lambda connection: connection.execute(sql, parameters).rowcount)

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        def guarded() -> T:
            try:
                return work(self._connection)
            except (sqlite3.Error, OSError) as error:
                raise translated(error, self._path.parent) from error

        try:
            job = asyncio.get_running_loop().run_in_executor(self._thread, guarded)
        except RuntimeError as error:
            raise StoreError(f"The {STORE} is closed.") from error
        return await job


class _Found(NamedTuple):
    connection: sqlite3.Connection
    moved_aside: Path | None


def _open(path: Path, migrations: Sequence[str], clock: Clock) -> _Found:
    aside = None
    try:
        connection = _connect(path)
    except sqlite3.DatabaseError as error:
        if not isinstance(translated(error, path.parent), StoreCorrupt):
            raise
        aside = _move_aside(path, clock())
        connection = _connect(path)
    try:
        _migrate(connection, migrations)
        _let_shrink(connection)
    except BaseException:
        connection.close()
        raise
    return _Found(connection, aside)


def _connect(path: Path) -> sqlite3.Connection:
    """Open with whole durability, checked; a log left behind by an unclean end is replayed first."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.close(descriptor)
    connection = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
    try:
        if path.stat().st_size == 0:
            # Only a file without tables takes this; for others there is `_let_shrink`.
            connection.execute("pragma auto_vacuum = incremental")
        connection.execute("pragma journal_mode = wal")
        connection.execute(f"pragma journal_size_limit = {LOG_BYTES}")
        connection.execute("pragma synchronous = full")
        connection.execute("pragma foreign_keys = on")
        connection.execute("pragma trusted_schema = off")
        faults = [row[0] for row in connection.execute("pragma integrity_check(3)")]
        if faults != ["ok"]:
            raise _corrupt("; ".join(str(fault) for fault in faults))
    except BaseException:
        connection.close()
        raise
    return connection


def _let_shrink(connection: sqlite3.Connection) -> None:
    """Write a ledger of an older version anew, once, so that it can give room back."""
    if connection.execute("pragma auto_vacuum").fetchone()[0] == 0:
        with suppress(sqlite3.Error):  # where there is no room for that, it only stays as large as it is
            connection.execute("pragma auto_vacuum = incremental")
            connection.execute("vacuum")


def _shrink(connection: sqlite3.Connection) -> None:
    page, free = (connection.execute(f"pragma {name}").fetchone()[0] for name in ("page_size", "freelist_count"))
    spare = page * free - SPARE_BYTES
    if spare > 0:
        pages = min(spare, AT_ONCE_BYTES) // page + 1
        # Not `execute`, which stops after one page.
        connection.executescript(f"pragma incremental_vacuum({pages})")


def _corrupt(reason: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(reason)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def _migrate(connection: sqlite3.Connection, steps: Sequence[str]) -> None:
    found = int(connection.execute("pragma user_version").fetchone()[0])
    if found > len(steps):
        raise StoreTooNew(STORE, found, len(steps))
    for number, step in enumerate(steps[found:], start=found + 1):
        connection.execute("begin immediate")
        try:
            for statement in _statements(step):
                connection.execute(statement)
            connection.execute(f"pragma user_version = {number}")
            connection.execute("commit")
        except BaseException:
            if connection.in_transaction:
                connection.execute("rollback")
            raise


def _statements(script: str) -> list[str]:
    """``executescript`` would commit in the middle of our transaction, so the script is cut where SQLite sees its
    ends.
    """
    statements, pending = [], ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending.strip())
            pending = ""
    if pending.strip():
        statements.append(pending.strip())
    return statements


def _move_aside(path: Path, at: datetime) -> Path:
    """Rename an unreadable ledger and its log, to a name that nothing has yet: it is precious and may be repaired by
    hand.
    """
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%S")
    aside, number = path.with_name(f"{path.name}.corrupt-{stamp}"), 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.corrupt-{stamp}-{number}")
    for companion in _COMPANIONS:
        file = path.with_name(path.name + companion)
        if file.exists():
            os.replace(file, aside.with_name(aside.name + companion))
    sync_folder(path.parent)
    return aside


def translated(error: sqlite3.Error | OSError, folder: Path) -> LibrarianError:
    """What an error of SQLite (or of the files under it) means to a person."""
    if isinstance(error, OSError):
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        return StorageFull(os.fspath(folder)) if full else StoreError(f"The {STORE} cannot be opened: {error}")
    primary = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if primary == sqlite3.SQLITE_FULL:
        return StorageFull(os.fspath(folder))
    if primary in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return StoreCorrupt(STORE, str(error))
    if primary == sqlite3.SQLITE_BUSY:
        return StoreError(f"Another program has the {STORE} open.")
    return StoreError(f"The {STORE} could not be used: {error}")
