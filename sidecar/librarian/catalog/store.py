"""The catalog's file: one writer, many readers, healed or rebuilt after an unclean end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from librarian.catalog import engine, probe
from librarian.catalog.changes import change, registered, resolve_links
from librarian.catalog.gate import Gate
from librarian.catalog.sandbox import Sandbox
from librarian.errors import LibrarianError, StoreCorrupt, StoreError
from librarian.overview import Table

if TYPE_CHECKING:
    import duckdb

T = TypeVar("T")
DEFAULT_MEMORY_MB = 192
DEFAULT_THREADS = 2


class ArrowStreamable(Protocol):
    """A table that can be read as an Arrow stream (PyCapsule interface)."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class LinkRow(NamedTuple):
    """Where a link stands and what it says."""

    path: str
    position: int
    target: str


class Catalog:
    """Rows about every note. Open it with :meth:`open`; all its methods may be called from one event loop at once."""

    fresh: bool
    """True when it starts empty, so that every note must be applied to it."""
    moved_aside: Path | None
    """Where the file went that could not be read."""
    damaged: bool
    """True once something in the file could not be read; whoever holds it should open it anew."""

    def __init__(
        self, path: Path, connection: duckdb.DuckDBPyConnection, writer: ThreadPoolExecutor, limits: _Limits
    ) -> None:
        self._path = path
        self._connection = connection
        self._writer = writer
        self._limits = limits
        self._closed = False
        self._gate = Gate()
        self._running: object | None = None
        self._sandbox = Sandbox(path, hold=self._hold_writer)
        self.fresh = False
        self.moved_aside = None
        self.damaged = False

    @classmethod
    async def open(
        cls, path: Path, watermark: str | None, *, memory_mb: int = DEFAULT_MEMORY_MB, threads: int = DEFAULT_THREADS
    ) -> Catalog:
        """Open the catalog at ``path``, starting over when it is absent, corrupt or not the one ``watermark`` belongs
        to.

        ``watermark`` is the one last recorded elsewhere as applied. A catalog one step ahead of it is kept (the process
        ended between the two writes); any other difference means lost rows. Raises :class:`StoreTooNew`,
        :class:`StorageFull`, and :class:`StoreError` when another program has the file open.
        """
        writer = ThreadPoolExecutor(1, thread_name_prefix="catalog-writer")
        limits = _Limits(memory_mb, threads)
        opening = asyncio.get_running_loop().run_in_executor(
            writer, lambda: _open(cls, path, watermark, writer, limits)
        )
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            # The thread goes on: what it opens must not stay open behind everybody's back.
            with contextlib.suppress(LibrarianError):
                await (await opening).close()
            writer.shutdown(wait=False)
            raise
        except BaseException:
            writer.shutdown(wait=False)
            raise

    async def close(self) -> None:
        """Write everything to the file itself and let go of it; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        await self._sandbox.close()
        try:
            await self._write(self._shut)
        finally:
            self._writer.shutdown(wait=False)

    def _shut(self, connection: duckdb.DuckDBPyConnection) -> None:
        import duckdb

        try:
            connection.execute("checkpoint")
        except duckdb.Error:
            # Most likely the disk is full. Every change is in the log; the marker makes the next opening careful.
            connection.close()
            return
        connection.close()
        _dirty(self._path).unlink(missing_ok=True)

    async def apply(
        self,
        batches: Mapping[str, ArrowStreamable],
        removed: Sequence[str],
        moved: Sequence[tuple[str, str]],
        watermark: str,
    ) -> None:
        """Take in changed notes, in one transaction.

        ``batches`` maps table names to Arrow streams with those tables' columns (see ``migrations/``), read once. All
        rows of paths in ``batches["notes"]`` and ``removed`` are replaced; rows of ``moved`` (old, new) only change
        their path. Record ``watermark`` elsewhere after this returns.
        """
        await self._write(lambda connection: change(connection, batches, removed, moved, watermark, self._gate))

    async def resolve_again(self, rows: ArrowStreamable) -> None:
        """Set where links lead: ``rows`` has path, position and resolved (nullable)."""
        await self._write(lambda connection: resolve_links(connection, rows))

    async def links_with_keys(self, keys: Sequence[str]) -> list[LinkRow]:
        """Links looked up by any of these lower-case file names, in the order of path and position."""
        found = await self.rows(
            "select path, position, target from links where key in (select unnest(?)) order by path, position",
            [list(keys)],
        )
        return [LinkRow(*row) for row in found]

    async def known(self) -> dict[str, bytes | None]:
        """Digest of every path in the catalog."""
        return dict(await self.rows("select path, digest from notes"))

    async def stale(self, manifest: ArrowStreamable) -> tuple[list[str], list[str]]:
        """Compare with the files that exist: ``manifest`` has path and digest. Answers (missing or changed,
        removed).
        """

        def compare(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, bool]]:
            with registered(connection, "manifest", manifest):
                return connection.execute(
                    "select coalesce(m.path, n.path) as path, m.path is null from manifest m full outer join notes n"
                    " on m.path = n.path where m.path is null or n.path is null or m.digest is distinct from n.digest"
                    " order by 1"
                ).fetchall()

        rows = await self._write(compare)
        return [path for path, gone in rows if not gone], [path for path, gone in rows if gone]

    async def record_timings(self, timings: Sequence[tuple[str, datetime, float]], *, keep_since: datetime) -> None:
        """Add (method, UTC time without zone, milliseconds) and forget what is older than ``keep_since``."""

        def add(connection: duckdb.DuckDBPyConnection) -> None:
            connection.execute(
                "insert into timings select unnest(?), unnest(?::timestamp[]), unnest(?::double[])",
                [list(column) for column in zip(*timings, strict=True)],
            )
            connection.execute("delete from timings where called_at < ?", [keep_since])

        if timings:
            await self._write(add)

    async def erase_usage(self) -> None:
        """Forget all timings."""
        await self._write(lambda connection: connection.execute("delete from timings"))

    async def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Read with SQL of our own, at the same time as a write and without waiting for it."""
        return (await self.snapshot([(sql, parameters)]))[0]

    async def snapshot(self, queries: Sequence[tuple[str, Sequence[object]]]) -> list[list[tuple[Any, ...]]]:
        """Rows of several queries (SQL of our own with its parameters) that all see one and the same state."""
        cursor = self._guarded(self._connection.cursor)

        def read() -> list[list[tuple[Any, ...]]]:
            with self._gate.shared(), cursor:
                cursor.execute("begin transaction read only")
                return [cursor.execute(sql, list(parameters)).fetchall() for sql, parameters in queries]

        work = asyncio.ensure_future(asyncio.to_thread(self._guarded, read))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            import duckdb

            # The read may have ended, and closed its cursor, in the meantime.
            with suppress(duckdb.ConnectionException):
                cursor.interrupt()
            await asyncio.wait([work])
            work.exception()
            raise

    async def query(self, sql: str) -> Table:
        """Answer a stranger's SQL: read-only, on a copy, in a process of its own. Raises :class:`QueryRefused`."""
        return await self._sandbox.query(sql)

    async def _hold_writer(self, work: Callable[[], None]) -> None:
        await self._write(lambda _: work())

    async def _write(self, work: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """Do ``work`` after all writes before it. A cancelled one is rolled back, or whole when it was being
        committed.
        """
        token = object()

        def run() -> T:
            self._running = token
            try:
                return self._guarded(lambda: work(self._connection))
            finally:
                self._running = None

        try:
            job = asyncio.get_running_loop().run_in_executor(self._writer, run)
        except RuntimeError as error:
            raise StoreError("The catalog is closed.") from error
        try:
            return await asyncio.shield(job)
        except asyncio.CancelledError:
            while not job.done():
                # More than once, since an interrupt between two statements has no effect.
                if self._running is token:
                    self._connection.interrupt()
                await asyncio.wait([job], timeout=0.02)
            job.exception()  # that it was interrupted is no news to anybody
            raise

    def _guarded(self, work: Callable[[], T]) -> T:
        import duckdb

        try:
            return work()
        except duckdb.FatalException as error:
            # The instance refuses everything from now on; the file behind it is at its last commit.
            self.damaged = True
            self._reopen()
            raise engine.translated(error, self._path.parent) from error
        except (duckdb.Error, OSError) as error:
            meaning = engine.translated(error, self._path.parent)
            self.damaged |= isinstance(meaning, StoreCorrupt)
            raise meaning from error

    def _reopen(self) -> None:
        self._connection.close()
        self._connection = engine.connect(self._path, memory_mb=self._limits.memory_mb, threads=self._limits.threads)


class _Limits(NamedTuple):
    memory_mb: int
    threads: int


def _dirty(path: Path) -> Path:
    """The marker that lies beside a catalog while it is open."""
    return path.with_name(path.name + ".dirty")


def _open(
    cls: type[Catalog], path: Path, watermark: str | None, writer: ThreadPoolExecutor, limits: _Limits
) -> Catalog:
    import duckdb

    moved_aside = None
    existed = path.exists()
    if existed and _dirty(path).exists() and not probe.opens(path):
        moved_aside = _move_aside(path)
    try:
        _dirty(path).touch(mode=0o600)
        try:
            connection = _connect(path, limits)
        except StoreCorrupt:
            moved_aside = _move_aside(path)
            connection = _connect(path, limits)
        if not _holds(connection, watermark):
            connection.close()
            _delete(path)
            connection = _connect(path, limits)
            existed = False
        path.chmod(0o600)
        # All rows: with a result half read, the connection would refuse to register tables.
        row = next(iter(connection.execute("select watermark from meta").fetchall()), None)
    except (duckdb.Error, OSError) as error:
        raise engine.translated(error, path.parent) from error
    catalog = cls(path, connection, writer, limits)
    catalog.moved_aside = moved_aside
    catalog.fresh = not existed or moved_aside is not None or row is None or row[0] is None
    return catalog


def _connect(path: Path, limits: _Limits) -> duckdb.DuckDBPyConnection:
    """Open and migrate; :class:`StoreCorrupt` when the file is not a whole catalog."""
    import duckdb

    try:
        connection = engine.connect(path, memory_mb=limits.memory_mb, threads=limits.threads)
    except duckdb.Error as error:
        meaning = engine.translated(error, path.parent)
        if (
            "file system operations" in str(error)
            or "No such file" in str(error)
            or isinstance(error, duckdb.PermissionException)
        ):
            raise meaning from error
        if type(meaning) is StoreError and path.exists() and "Another program" not in str(meaning):
            meaning = StoreCorrupt(engine.STORE, engine.first_line(str(error)))
        raise meaning from error
    try:
        engine.migrate(connection, engine.migrations())
        _check_length(connection, path)
        connection.execute("select watermark from meta").fetchone()
    except duckdb.Error as error:
        connection.close()
        meaning = engine.translated(error, path.parent)
        if type(meaning) is StoreError:
            meaning = StoreCorrupt(engine.STORE, engine.first_line(str(error)))
        raise meaning from error
    except BaseException:
        connection.close()
        raise
    return connection


def _check_length(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Find a file that was cut at once, not when some query reaches for what is missing.

    A file shorter than its blocks is only a suspicion, since free blocks at its end need not be written (seen after a
    log was replayed); reading every row settles it.
    """
    row = connection.execute("select block_size * total_blocks from pragma_database_size()").fetchone()
    if row is not None and row[0] > path.stat().st_size:
        engine.read_all(connection)


def _holds(connection: duckdb.DuckDBPyConnection, watermark: str | None) -> bool:
    """True when the last or the last but one change applied is the one recorded elsewhere."""
    row = connection.execute("select watermark, watermark_before from meta").fetchone()
    return row is not None and watermark in row


def _files(path: Path) -> list[Path]:
    return [path, path.with_name(path.name + ".wal")]


def _delete(path: Path) -> None:
    for file in _files(path):
        file.unlink(missing_ok=True)


def _move_aside(path: Path) -> Path:
    """Rename a corrupt catalog for whoever wants to look at it; only the newest such file is kept."""
    for old in path.parent.glob(path.name + ".corrupt-*"):
        old.unlink()
    aside = path.with_name(f"{path.name}.corrupt-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}")
    for file, kept in zip(_files(path), (aside, aside.with_name(aside.name + ".wal")), strict=True):
        if file.exists():
            os.replace(file, kept)
    return aside
