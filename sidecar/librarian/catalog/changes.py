"""The SQL by which changed notes enter the catalog."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from librarian.catalog.gate import Gate
    from librarian.catalog.store import ArrowStreamable

TABLES = ("notes", "headings", "links", "tags", "properties", "blocks", "aliases")


def change(
    connection: duckdb.DuckDBPyConnection,
    batches: Mapping[str, ArrowStreamable],
    removed: Sequence[str],
    moved: Sequence[tuple[str, str]],
    watermark: str,
    gate: Gate,
) -> None:
    """Replace, remove and move rows and note the watermark, all or nothing."""
    unknown = set(batches) - set(TABLES)
    if unknown:
        raise ValueError(f"the catalog has no tables called {sorted(unknown)}")
    connection.execute("begin")
    try:
        _incoming_notes(connection, batches.get("notes"))
        # Old rows at a move's destination go first; a changed note that also moved is replaced after the move.
        sources = {old for old, _ in moved}
        _delete(connection, [*removed, *(new for _, new in moved if new not in sources)])
        _move(connection, moved)
        _delete_incoming(connection)
        connection.execute("insert into notes by name from incoming")
        for name, batch in batches.items():
            if name != "notes":
                _insert(connection, name, batch)
        connection.execute("drop table incoming")
        connection.execute("update meta set watermark_before = watermark, watermark = ?", [watermark])
        with gate.alone():
            connection.execute("commit")
    except BaseException:
        _roll_back(connection)
        raise


@contextmanager
def registered(connection: duckdb.DuckDBPyConnection, name: str, rows: ArrowStreamable) -> Iterator[None]:
    """Let SQL read ``rows`` once, under ``name``.

    The capsule itself is registered, since DuckDB would ask an object for its stream once for the schema and again
    for the data.
    """
    connection.register(name, rows.__arrow_c_stream__())
    try:
        yield
    except BaseException:
        # In a transaction that has failed this fails too; what failed it says more.
        with suppress(Exception):
            connection.unregister(name)
        raise
    connection.unregister(name)


def resolve_links(connection: duckdb.DuckDBPyConnection, rows: ArrowStreamable) -> None:
    """Update ``links.resolved`` from rows of path, position, resolved."""
    with registered(connection, "resolutions", rows):
        connection.execute(
            "update links set resolved = r.resolved from resolutions r"
            " where links.path = r.path and links.position = r.position"
        )


def _incoming_notes(connection: duckdb.DuckDBPyConnection, notes: ArrowStreamable | None) -> None:
    """Keep the notes batch in a temporary table: a stream can be read once, and its paths are needed before its
    rows.
    """
    connection.execute("create or replace temp table incoming as from notes limit 0")
    if notes is not None:
        with registered(connection, "batch", notes):
            connection.execute("insert into incoming by name from batch")


def _insert(connection: duckdb.DuckDBPyConnection, name: str, batch: ArrowStreamable) -> None:
    with registered(connection, "batch", batch):
        connection.execute(f"insert into {name} by name from batch")


def _delete(connection: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> None:
    if not paths:
        return
    connection.execute("create or replace temp table gone as select unnest(?) as path", [list(paths)])
    for table in TABLES:
        connection.execute(f"delete from {table} where path in (select path from gone)")  # noqa: S608 — our own names
    connection.execute("drop table gone")


def _delete_incoming(connection: duckdb.DuckDBPyConnection) -> None:
    if _is_empty(connection, "incoming") or _is_empty(connection, "notes"):
        return
    for table in TABLES:
        connection.execute(f"delete from {table} where path in (select path from incoming)")  # noqa: S608 — our own names


def _is_empty(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return connection.execute(f"select 1 from {table} limit 1").fetchone() is None  # noqa: S608 — our own names


def _move(connection: duckdb.DuckDBPyConnection, moved: Sequence[tuple[str, str]]) -> None:
    """Give rows their new path, and links that led to the old one too; all moves at once, so that swaps work."""
    if not moved:
        return
    old, new = (list(side) for side in zip(*moved, strict=True))
    names = [path.rpartition("/") for path in new]
    folders = [folder for folder, _, _ in names]
    titles = [name[:dot] if (dot := name.rfind(".")) > 0 else name for _, _, name in names]
    connection.execute(
        "create or replace temp table moves as"
        " select unnest(?) as old, unnest(?) as new, unnest(?) as folder, unnest(?) as title",
        [old, new, folders, titles],
    )
    for table in TABLES:
        more = ", folder = m.folder, title = m.title" if table == "notes" else ""
        connection.execute(f"update {table} set path = m.new{more} from moves m where {table}.path = m.old")  # noqa: S608
    connection.execute("update links set resolved = m.new from moves m where links.resolved = m.old")
    connection.execute("drop table moves")


def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    """Undo, unless the error was so grave that DuckDB has closed the transaction itself."""
    import duckdb

    try:
        connection.execute("rollback")
    except duckdb.Error:
        # The error that led here says more; it is raised by the caller.
        return
