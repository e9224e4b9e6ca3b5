"""Arrow tables as bytes, for the way to a worker and back."""

from __future__ import annotations

from typing import Any

import pyarrow as pa


def packed(table: pa.Table) -> bytes:
    """A table as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()


def unpacked(payload: bytes) -> pa.Table:
    """What was packed."""
    with pa.ipc.open_stream(payload) as stream:
        return stream.read_all()


def let_go() -> None:
    """Give back the memory of tables that are gone; the pool keeps it for the next ones otherwise."""
    pa.default_memory_pool().release_unused()


def without(rows: pa.Table, known: Any) -> pa.Table:
    """The rows of notes that are not in another table with a column ``path``."""
    import pyarrow.compute as pc

    paths = pa.table(known)["path"]
    return rows.filter(pc.invert(pc.is_in(rows["path"], value_set=paths.combine_chunks())))
