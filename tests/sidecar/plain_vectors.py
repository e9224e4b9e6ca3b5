"""A store of vectors that is slow and obvious: what the real ones are compared with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from librarian.vectors.lance import checked
from librarian.vectors.store import Found, Size, Where


class PlainVectors:
    """Rows by note in a dictionary."""

    def __init__(self, dimensions: int) -> None:
        self._dimensions = dimensions
        self._notes: dict[str, list[dict[str, object]]] = {}
        self._version = 0

    def size(self) -> Size:
        return Size(notes=len(self._notes), rows=sum(map(len, self._notes.values())), version=self._version)

    def put(self, rows: pa.Table) -> None:
        rows = checked(rows, self._dimensions)
        fresh: dict[str, list[dict[str, object]]] = {}
        for row in rows.to_pylist():
            fresh.setdefault(str(row["path"]), []).append(row)
        self._notes |= fresh
        self._version += 1

    def remove(self, paths: Sequence[str]) -> None:
        for path in paths:
            self._notes.pop(path, None)
        self._version += 1

    def notes(self) -> pa.Table:
        digests = [rows[0]["note"] for rows in self._notes.values()]
        return pa.table({"path": pa.array(list(self._notes), pa.utf8()), "note": pa.array(digests, pa.binary(32))})

    def read(self, batch_rows: int) -> Iterator[pa.Table]:
        for path in sorted(self._notes):
            yield pa.Table.from_pylist(self._notes[path])

    def search(self, vector: Sequence[float], limit: int, where: Where) -> list[Found]:
        best = []
        for path, rows in self._notes.items():
            is_below = not where.folder or path.startswith(where.folder + "/")
            if is_below and (where.paths is None or path in where.paths):
                found = [Found(path, int(str(row["ordinal"])), _cosine(row["vector"], vector)) for row in rows]
                best.append(max(found, key=lambda each: each.cosine))
        return sorted((each for each in best if each.cosine > -1), key=lambda each: (-each.cosine, each.path))[:limit]

    def settle(self) -> Size:
        return self.size()


def _cosine(row: object, vector: Sequence[float]) -> float:
    numbers = np.asarray(row, dtype=np.float64)
    length = np.linalg.norm(numbers)
    return float(numbers @ np.asarray(vector) / length) if length else -1.0
