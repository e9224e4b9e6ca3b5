"""Arrow tables as bytes, for the way to a worker and back."""

from __future__ import annotations

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
