"""Passage vectors in LanceDB: one table in a folder of its own.

LanceDB syncs nothing and keeps every version that ever was, so `settle` does both: it folds and indexes, drops what is
superseded, then syncs every file. Until then a power cut may cost what was put; `open` puts aside what that leaves
behind. Nor does it notice when bytes of its files were flipped, so what was settled is sealed with digests.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import lancedb
import numpy as np
import pyarrow as pa
from lancedb.index import IvfSq

from librarian.places import write_whole
from librarian.vectors.store import INDEXED_FROM_ROWS, Found, Numbers, RowsRefused, Size, StoreUnreadable, Where

TABLE = "passages"
CACHE_BYTES = 32 << 20
"""Of each of LanceDB's two caches, which would take gigabytes."""
UNIT_TOLERANCE = 0.02
"""How far the length of a vector may be from 1: half-precision numbers round."""
FILTER_PATHS = 500
"""Paths in one filter."""
PASSAGES_A_NOTE = 8
"""Passages that are looked at for each note that is wanted; doubled until there are notes enough."""
PROBED = 24
REFINED = 4
"""Partitions of the index that are looked into, and how many candidates are compared by their full vectors: recall of
the ten best against exact search above 0.98 (measured, see docs/benchmarks.md)."""
KEPT_VERSIONS = timedelta(milliseconds=1)
"""What was superseded goes at once: nobody else has the store open."""
SEAL = "settled.json"
"""Beside the table: the digest of each of its files when it was last settled. None of them is ever written again, but
for the hint."""
HINT = "latest_version_hint.json"
"""LanceDB finds the newest list of files without it as well."""
UNINDEXED_SHARE = 0.2
"""The index is trained anew when so many of its rows came after it."""


def literal(text: str) -> str:
    """Any text as a literal of a filter. The only way a value gets into one."""
    return "'" + text.replace("'", "''") + "'"


def condition(where: Where) -> str | None:
    """A filter of LanceDB that admits what ``where`` does."""
    parts = []
    if where.paths is not None:
        listed = ", ".join(map(literal, where.paths))
        parts.append(f"path IN ({listed})" if listed else "false")
    if where.folder:
        parts.append(f"starts_with(path, {literal(where.folder + '/')})")
    return " AND ".join(parts) or None


class LanceVectors:
    """See `VectorStore`."""

    def __init__(self, folder: Path, model: str, dimensions: int, numbers: Numbers = "float16") -> None:
        """Open the store in ``folder``, or begin one. Raises StoreUnreadable, OSError.

        ``numbers``: half-precision ones are indexed; bytes take half the room, keep what the core's copy keeps, and are
        scanned, since LanceDB indexes none.
        """
        self._folder = folder
        self._dimensions = dimensions
        self._numbers = numbers
        self._schema = schema(model, dimensions, numbers)
        _drop_empty_manifests(folder)
        _check_seal(folder)
        with _unreadable():
            session = lancedb.Session(index_cache_size_bytes=CACHE_BYTES, metadata_cache_size_bytes=CACHE_BYTES)
            self._database = lancedb.connect(str(folder), session=session)
            if TABLE in self._database.list_tables().tables:
                self._table = self._database.open_table(TABLE)
                self._check()
            else:
                self._table = self._database.create_table(TABLE, schema=self._schema)
            self._known = self._digests()

    def size(self) -> Size:
        return Size(notes=len(self._known), rows=self._table.count_rows(), version=self._table.version)

    def put(self, rows: pa.Table) -> None:
        rows = checked(rows, self._dimensions)
        digests: dict[str, bytes] = dict(zip(_listed(rows, "path"), _listed(rows, "note"), strict=True))
        self.remove([path for path in digests if path in self._known])
        if rows.num_rows:
            with _unreadable():
                self._table.add(_with_numbers(rows, self._numbers).cast(self._schema))
            self._known |= digests

    def remove(self, paths: Sequence[str]) -> None:
        there = [path for path in paths if path in self._known]
        for start in range(0, len(there), FILTER_PATHS):
            batch = there[start : start + FILTER_PATHS]
            with _unreadable():
                self._table.delete(str(condition(Where(paths=tuple(batch)))))
            for path in batch:
                self._known.pop(path, None)

    def notes(self) -> pa.Table:
        columns = [pa.array(self._known.keys(), pa.utf8()), pa.array(self._known.values(), pa.binary(32))]
        return pa.table(columns, names=["path", "note"])

    def read(self, batch_rows: int) -> Iterator[pa.Table]:
        paths = sorted(self._known)
        rows_a_note = max(1, self._table.count_rows() // max(1, len(paths)))
        step = max(1, min(FILTER_PATHS * 20, batch_rows // rows_a_note))
        for start in range(0, len(paths), step):
            first, last = paths[start], paths[min(start + step, len(paths)) - 1]
            with _unreadable():
                span = f"path >= {literal(first)} AND path <= {literal(last)}"
                found = self._table.search().where(span).select(self._schema.names).to_arrow()
            rows = found.sort_by([("path", "ascending"), ("ordinal", "ascending")]).combine_chunks()
            yield _with_numbers(rows, "float16")

    def search(self, vector: Sequence[float], limit: int, where: Where) -> list[Found]:
        wanted = np.asarray(vector, dtype=np.float32)
        if wanted.shape != (self._dimensions,) or not np.isfinite(wanted).all():
            raise RowsRefused(f"a query is a vector of {self._dimensions} finite numbers")
        rows, most = self._table.count_rows(), limit * PASSAGES_A_NOTE
        if self._numbers == "int8":
            return self._scanned(wanted, where)[:limit]
        while True:
            found = self._nearest(wanted, min(most, rows), where)
            if len(found) >= limit or most >= rows:
                return found[:limit]
            most *= 4

    def _nearest(self, vector: np.ndarray[Any, Any], passages: int, where: Where) -> list[Found]:
        """The notes of so many passages, best first."""
        if passages == 0:
            return []
        with _unreadable():
            query: Any = self._table.search(vector, vector_column_name="vector")
            query = query.distance_type("cosine").limit(passages).nprobes(PROBED).refine_factor(REFINED)
            admitted = condition(where)
            if admitted:
                query = query.where(admitted, prefilter=True)
            rows = query.select(["path", "ordinal", "_distance"]).to_arrow()
        distances = _listed(rows, "_distance")
        # Zeros have no direction and come without a distance.
        cosines = [-1.0 if distance is None or math.isnan(distance) else 1.0 - distance for distance in distances]
        return _best(_listed(rows, "path"), _listed(rows, "ordinal"), cosines)

    def _scanned(self, vector: np.ndarray[Any, Any], where: Where) -> list[Found]:
        """All notes that are admitted, best first: every row is looked at."""
        with _unreadable():
            query, admitted = self._table.search().select(["path", "ordinal", "vector"]), condition(where)
            rows = (query.where(admitted) if admitted else query).to_arrow()
        numbers = _numbers_of(rows, self._dimensions).astype(np.float32)
        lengths = np.linalg.norm(numbers, axis=1)
        cosines = (numbers @ vector) / np.where(lengths > 0, lengths, 1.0)
        return _best(_listed(rows, "path"), _listed(rows, "ordinal"), np.where(lengths > 0, cosines, -1.0).tolist())

    def settle(self) -> Size:
        with _unreadable():
            self._index()
            self._table.optimize(cleanup_older_than=KEPT_VERSIONS)
        for entry in sorted(self._folder.rglob("*"), reverse=True):
            _sync(entry)
        write_whole(self._folder / SEAL, json.dumps(_digests_in(self._folder)).encode())
        return self.size()

    def indices(self) -> list[Any]:
        """What indexes there are, as LanceDB tells them."""
        return list(self._table.list_indices())

    def _index(self) -> None:
        """Make the index where it is worth its while and there is none, or too little of the table is in it."""
        rows = self._table.count_rows()
        if rows < INDEXED_FROM_ROWS or self._numbers == "int8":
            return
        for index in self.indices():
            statistics = self._table.index_stats(index.name)
            if statistics is not None and statistics.num_unindexed_rows < UNINDEXED_SHARE * rows:
                return
        self._table.create_index("vector", config=IvfSq(distance_type="cosine"))

    def _digests(self) -> dict[str, bytes]:
        """Digest of every note by path."""
        found = self._table.search().select(["path", "note"]).to_arrow()
        firsts = found.group_by("path", use_threads=False).aggregate([("note", "first")])
        return dict(zip(_listed(firsts, "path"), _listed(firsts, "note_first"), strict=True))

    def _check(self) -> None:
        if not self._table.schema.equals(self._schema, check_metadata=False):
            raise StoreUnreadable("its columns are others")
        if (self._table.schema.metadata or {}).get(b"model") != (self._schema.metadata or {}).get(b"model"):
            raise StoreUnreadable("its vectors are of another model")


def schema(model: str, dimensions: int, numbers: Numbers) -> pa.Schema:
    """Columns of the table, which remembers whose vectors it holds."""
    number = pa.float16() if numbers == "float16" else pa.int8()
    columns: list[pa.Field[Any]] = [
        pa.field("path", pa.utf8(), nullable=False),
        # The same in every row of a note.
        pa.field("note", pa.binary(32), nullable=False, metadata={"lance-encoding:compression": "zstd"}),
        pa.field("ordinal", pa.uint32(), nullable=False),
        pa.field("digest", pa.binary(8), nullable=False),
        pa.field("vector", pa.list_(pa.field("item", number), dimensions), nullable=False),
    ]
    return pa.schema(columns, metadata={"model": model})


def checked(rows: pa.Table, dimensions: int) -> pa.Table:
    """The rows in one piece. Raises RowsRefused."""
    vector = rows.schema.field("vector").type if "vector" in rows.schema.names else None
    if not isinstance(vector, pa.FixedSizeListType) or vector.list_size != dimensions:
        raise RowsRefused(f"vectors have {dimensions} numbers")
    rows = rows.combine_chunks()
    if any(rows[name].null_count for name in rows.schema.names):
        raise RowsRefused("a row lacks something")
    lengths = np.linalg.norm(_numbers_of(rows, dimensions).astype(np.float32), axis=1)
    if not np.isfinite(lengths).all():
        raise RowsRefused("a vector holds numbers that are not finite")
    if ((lengths != 0) & (np.abs(lengths - 1) > UNIT_TOLERANCE)).any():
        raise RowsRefused("a vector is not of unit length")
    return rows


def _with_numbers(rows: pa.Table, numbers: Numbers) -> pa.Table:
    """The rows with vectors of such numbers: bytes of which the largest is 127, or half-precision ones of unit
    length."""
    at = rows.schema.get_field_index("vector")
    vector: Any = rows.schema.field(at).type
    if pa.types.is_int8(vector.value_type) == (numbers == "int8"):
        return rows
    given = _numbers_of(rows, vector.list_size).astype(np.float32)
    if numbers == "int8":
        most = np.abs(given).max(axis=1, keepdims=True, initial=0.0)
        values = np.rint(given / np.where(most > 0, most, 1.0) * 127).astype(np.int8)
    else:
        lengths = np.linalg.norm(given, axis=1, keepdims=True)
        values = (given / np.where(lengths > 0, lengths, 1.0)).astype(np.float16)
    column = pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), vector.list_size)
    return rows.set_column(at, "vector", column)


def _numbers_of(rows: pa.Table, dimensions: int) -> np.ndarray[Any, Any]:
    vectors: Any = rows["vector"].combine_chunks()
    return np.asarray(vectors.flatten()).reshape(rows.num_rows, dimensions)


def _listed(rows: pa.Table, name: str) -> list[Any]:
    return rows[name].to_pylist()


def _best(paths: list[str], ordinals: list[int], cosines: list[float]) -> list[Found]:
    """The nearest passage of every note, best first."""
    best: dict[str, Found] = {}
    for path, ordinal, cosine in zip(paths, ordinals, cosines, strict=True):
        if path not in best or cosine > best[path].cosine:
            best[path] = Found(path, ordinal, cosine)
    return sorted((each for each in best.values() if each.cosine > -1.0), key=lambda each: (-each.cosine, each.path))


@contextlib.contextmanager
def _unreadable() -> Iterator[None]:
    """LanceDB's errors as ours. It has no classes for them: damage arrives as RuntimeError, ValueError or OSError."""
    try:
        yield
    except (RuntimeError, ValueError, OSError) as error:
        if "No space left" in str(error) or "StorageFull" in str(error):
            raise OSError(28, "No space left on device") from error
        raise StoreUnreadable(str(error)[:500]) from error


def _drop_empty_manifests(folder: Path) -> None:
    """A power cut leaves the newest lists of files without content; the one before is whole."""
    for manifest in _existing(folder.glob(f"{TABLE}.lance/_versions/*.manifest")):
        if manifest.stat().st_size == 0:
            manifest.unlink()


def _check_seal(folder: Path) -> None:
    """See that what was settled and is still there is as it was. Raises StoreUnreadable."""
    try:
        sealed = json.loads((folder / SEAL).read_bytes())
    except FileNotFoundError:
        return
    except ValueError as error:
        raise StoreUnreadable("its seal is broken") from error
    found = _digests_in(folder)
    broken = [name for name in found if name in sealed and sealed[name] != found[name]]
    if broken:
        raise StoreUnreadable(f"{broken[0]} is not as it was written")


def _digests_in(folder: Path) -> dict[str, str]:
    """Of every file of the table that is written once."""
    files = _existing(folder.glob(f"{TABLE}.lance/**/*"))
    return {file.relative_to(folder).as_posix(): _digest(file) for file in files if file.name != HINT}


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "blake2b").hexdigest()


def _existing(paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if path.is_file()]


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    with contextlib.suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
