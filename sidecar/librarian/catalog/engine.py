"""Opening DuckDB: how it is limited and locked, how its schema is brought up to date, and what its errors mean."""

from __future__ import annotations

import errno
import os
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from librarian.errors import Cancelled, LibrarianError, StorageFull, StoreCorrupt, StoreError, StoreTooNew

if TYPE_CHECKING:
    import duckdb

STORE = "catalog"

LOCKS = (
    "SET GLOBAL TimeZone = 'UTC'",
    "SET autoload_known_extensions = false",
    "SET autoinstall_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET python_enable_replacements = false",
    # Registered Arrow streams are read in spite of this one; files, URLs and ATTACH are not.
    "SET enable_external_access = false",
    # Last, since it forbids every SET after it.
    "SET lock_configuration = true",
)


def connect(path: Path, *, memory_mb: int, threads: int, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open the file at ``path`` with bounded memory, no way to other files or the network, and its settings locked.

    Raises whatever DuckDB raises; :func:`translated` says what that means.
    """
    import duckdb

    spill = path.with_name(path.name + ".tmp")
    connection = duckdb.connect(
        os.fspath(path),
        read_only=read_only,
        config={
            "memory_limit": f"{memory_mb}MB",
            "threads": threads,
            # Threads that fill a table each in their own order leave blocks behind which the next checkpoint frees, but
            # a file never shrinks: after a first filling up to a third of it.
            "preserve_insertion_order": True,
            "temp_directory": os.fspath(spill),
            "max_temp_directory_size": "2GB",
            "max_expression_depth": 250,
        },
    )
    try:
        for statement in LOCKS:
            connection.execute(statement)
    except BaseException:
        connection.close()
        raise
    return connection


def migrations() -> list[str]:
    """Every schema step in order; step ``n`` (from 1) leads from schema ``n - 1`` to ``n``."""
    folder = resources.files("librarian.catalog.migrations")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    for number, name in enumerate(names, start=1):
        if not name.startswith(f"{number:04d}_"):
            raise AssertionError(f"migration {name} is out of sequence; {number:04d}_ was expected")
    return [(folder / name).read_text(encoding="utf-8") for name in names]


def schema_version(connection: duckdb.DuckDBPyConnection) -> int:
    """Which schema the open file has; 0 when it is empty."""
    exists = connection.execute("select 1 from duckdb_tables() where table_name = 'meta'").fetchone()
    if not exists:
        return 0
    row = connection.execute("select schema_version from meta").fetchone()
    if row is None:
        raise StoreCorrupt(STORE, "its schema version is missing")
    return int(row[0])


def migrate(connection: duckdb.DuckDBPyConnection, steps: list[str]) -> None:
    """Bring the open file up to the last of ``steps``, each in a transaction of its own. Raises
    :class:`StoreTooNew`.
    """
    found = schema_version(connection)
    if found > len(steps):
        raise StoreTooNew(STORE, found, len(steps))
    for number, step in enumerate(steps[found:], start=found + 1):
        connection.execute("begin")
        try:
            connection.execute(step)
            connection.execute("update meta set schema_version = ?", [number])
            connection.execute("commit")
        except BaseException:
            connection.execute("rollback")
            raise


def read_all(connection: duckdb.DuckDBPyConnection) -> None:
    """Read every column of every row, so that whatever is missing or damaged raises; a count would not read them."""
    for (name,) in connection.execute("select table_name from duckdb_tables() where not temporary").fetchall():
        connection.execute(f'select max(hash(t)) from "{name}" t').fetchone()  # noqa: S608 — names come from the file


def translated(error: duckdb.Error | OSError, folder: Path) -> LibrarianError:
    """What an error of DuckDB (or of the files under it) means to a person."""
    import duckdb

    text = str(error)
    full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
    if full or "No space left on device" in text or "Disk quota exceeded" in text or "not enough space" in text.lower():
        return StorageFull(os.fspath(folder))
    if isinstance(error, duckdb.InterruptException):
        return Cancelled()
    if isinstance(error, duckdb.OutOfMemoryException):
        return StoreError(f"The {STORE} needs more memory than it may use. Raise the setting catalog_memory_mb.")
    if isinstance(error, duckdb.FatalException | duckdb.InternalException | duckdb.SerializationException):
        return StoreCorrupt(STORE, first_line(text))
    if isinstance(error, duckdb.IOException | OSError):
        return (
            StoreCorrupt(STORE, first_line(text))
            if "onflicting lock" not in text
            else StoreError(f"Another program has the {STORE} open: {first_line(text)}")
        )
    return StoreError(f"The {STORE} refused a statement: {first_line(text)}")


def first_line(text: str) -> str:
    """The part of an error message that a person reads, without the query or a stack after it."""
    return text.strip().splitlines()[0][:300] if text.strip() else "no reason given"
