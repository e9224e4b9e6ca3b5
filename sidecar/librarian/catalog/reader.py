"""The child process of the sandbox: opens a copy of the catalog read-only and answers SQL, one JSON line a query.

Run as ``python -m librarian.catalog.reader ORIGINAL COPY MAX_ROWS MAX_MEMORY_MB``. It ends when its standard input
does.
"""

from __future__ import annotations

import errno
import json
import math
import os
import queue
import shutil
import sys
import threading
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from librarian.catalog.engine import connect, first_line

if TYPE_CHECKING:
    import duckdb

MAX_ANSWER_BYTES = 4 * 1024 * 1024
MEMORY_MB = 256
SELECT_ONLY = "Only one read-only query is answered: SELECT, WITH, FROM, VALUES, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN."


def answer(connection: duckdb.DuckDBPyConnection, sql: str, max_rows: int) -> dict[str, Any]:  # noqa: PLR0911
    """Columns and JSON-safe rows of ``sql``, or why it is refused."""
    import duckdb

    try:
        with connection.cursor() as cursor:
            statements = cursor.extract_statements(sql)
            if len(statements) != 1 or statements[0].type.name not in {"SELECT", "EXPLAIN"}:
                return {"refused": SELECT_ONLY}
            if statements[0].type.name == "EXPLAIN":
                return _fetched(cursor.execute(sql), max_rows)
            return _selected(cursor, sql, max_rows)
    except duckdb.PermissionException:
        return {
            "refused": "Files, the network and extensions are out of a query's reach; it may only read the catalog."
        }
    except duckdb.OutOfMemoryException:
        return {"refused": "The query needs more memory than it may use."}
    except (duckdb.Error, ValueError, OverflowError) as error:
        return {"refused": _readable(error)}
    except MemoryError:
        return {"refused": "The query needs more memory than it may use."}


def _selected(cursor: duckdb.DuckDBPyConnection, sql: str, max_rows: int) -> dict[str, Any]:
    relation = cursor.sql(sql)
    if relation is None:
        return {"refused": SELECT_ONLY}
    columns = relation.columns
    if any("TIME ZONE" in str(kind) for kind in relation.types):
        # Python would need a time zone database that is not ours to install; text says the same.
        casts = (f"#{n}::varchar" if "TIME ZONE" in str(kind) else f"#{n}" for n, kind in enumerate(relation.types, 1))
        relation = relation.project(", ".join(casts))
    rows = relation.limit(max_rows + 1).fetchall()
    return _packed(list(columns), rows, max_rows)


def _fetched(result: duckdb.DuckDBPyConnection, max_rows: int) -> dict[str, Any]:
    columns = [column[0] for column in result.description or ()]
    return _packed(columns, result.fetchmany(max_rows + 1), max_rows)


def _packed(columns: list[str], rows: list[tuple[Any, ...]], max_rows: int) -> dict[str, Any]:
    kept: list[list[Any]] = []
    room = MAX_ANSWER_BYTES
    for row in rows[:max_rows]:
        safe = [json_safe(cell) for cell in row]
        room -= len(json.dumps(safe))
        if room < 0:
            break
        kept.append(safe)
    if rows and not kept:
        return {"refused": f"A single row is larger than {MAX_ANSWER_BYTES // 1024 // 1024} MB; select less of it."}
    return {"columns": columns, "rows": kept, "truncated": len(rows) > len(kept)}


def json_safe(value: Any) -> Any:  # noqa: PLR0911 — JSON is of any type
    """What JSON can say of a value: dates in ISO 8601, decimals as floats, blobs in hexadecimal, NaN and infinity as
    null.
    """
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        # Beyond this a JavaScript client would silently round.
        return value if abs(value) <= 2**53 else str(value)
    if isinstance(value, float | Decimal):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, dict):
        return {str(key): json_safe(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [json_safe(inner) for inner in value]
    return str(value) if isinstance(value, UUID) else repr(value)


def _readable(error: BaseException) -> str:
    """DuckDB's message with the place in the query, without its kind in front."""
    text = str(error).strip()
    head, _, rest = text.partition("Error: ")
    return (rest if rest and len(head) < 40 else text)[:600] or "The query cannot be answered."


def _copied(original: Path, copy: Path) -> dict[str, Any]:
    try:
        for suffix in ("", ".wal"):
            source = original.with_name(original.name + suffix)
            if source.exists():
                shutil.copyfile(source, copy.with_name(copy.name + suffix))
    except OSError as error:
        return {"full": True} if error.errno in {errno.ENOSPC, errno.EDQUOT} else {"failed": str(error)}
    return {"copied": True}


def _bound_memory(max_memory_mb: int) -> None:
    """Ask the operating system to refuse what goes far beyond the limit; the parent watches as well."""
    try:
        import resource
    except ImportError:
        return
    # Address space is not memory: threads and the code itself reserve far more than they touch.
    ceiling = (max_memory_mb + 2048) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))


def _requests() -> queue.SimpleQueue[dict[str, Any]]:
    """Lines from standard input; its end ends this process at once, whatever it is computing."""
    lines: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            lines.put(json.loads(line))
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    return lines


def main(original: Path, copy: Path, max_rows: int, max_memory_mb: int) -> None:
    # DuckDB is loaded before the limit is set and before the parent's clock runs.
    import duckdb  # noqa: F401

    requests = _requests()
    connection: duckdb.DuckDBPyConnection | None = None
    _bound_memory(max_memory_mb)
    say({"started": True})
    while True:
        request = requests.get()
        if "copy" in request:
            say(_copied(original, copy))
            continue
        if connection is None:
            # Opened once for its log to be replayed into the copy, then for good and read-only.
            connect(copy, memory_mb=MEMORY_MB, threads=1).close()
            connection = connect(copy, memory_mb=MEMORY_MB, threads=2, read_only=True)
        try:
            reply = answer(connection, str(request["sql"]), max_rows)
        except Exception as error:  # noqa: BLE001 - the parent reports it; dying would look like a lack of memory
            reply = {"failed": f"{type(error).__name__}: {first_line(str(error))}"}
        say(reply)


def say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message, allow_nan=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
