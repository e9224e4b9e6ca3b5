"""The store of record in a worker: what `record.py` calls, on the child's side."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from librarian.vectors.lance import LanceVectors
from librarian.vectors.store import Size, StoreUnreadable, VectorStore
from librarian.vectors.tables import packed, unpacked

if TYPE_CHECKING:
    import pyarrow as pa

Tell = Callable[[int, int], None]
Answer = tuple[dict[str, Any], bytes]

BATCH_ROWS = 20_000
"""Rows in one answer of `read`."""


class Kept:
    """What this process has open."""

    store: VectorStore | None = None
    reading: Iterator[pa.Table] | None = None


def opening(params: dict[str, Any], _payload: bytes, _tell: Tell) -> Answer:
    """Open the store, or with ``afresh`` an empty one in its place."""
    Kept.store = Kept.reading = None
    folder = Path(params["folder"])
    if params["afresh"]:
        shutil.rmtree(folder)
        folder.mkdir(mode=0o700)
    Kept.store = LanceVectors(folder, params["model"], params["dimensions"], params["numbers"])
    return {"size": _told(Kept.store.size())}, b""


def put(_params: dict[str, Any], payload: bytes, _tell: Tell) -> Answer:
    _store().put(unpacked(payload))
    return {}, b""


def remove(params: dict[str, Any], _payload: bytes, _tell: Tell) -> Answer:
    _store().remove(params["paths"])
    return {}, b""


def notes(_params: dict[str, Any], _payload: bytes, _tell: Tell) -> Answer:
    return {}, packed(_store().notes())


def read(params: dict[str, Any], _payload: bytes, _tell: Tell) -> Answer:
    """The next rows; ``from_start`` begins anew. Without a payload there are none any more."""
    if params["from_start"] or Kept.reading is None:
        Kept.reading = _store().read(BATCH_ROWS)
    rows = next(Kept.reading, None)
    return {}, b"" if rows is None else packed(rows)


def settle(_params: dict[str, Any], _payload: bytes, _tell: Tell) -> Answer:
    return {"size": _told(_store().settle())}, b""


def _store() -> VectorStore:
    if Kept.store is None:
        raise StoreUnreadable("it was not opened")
    return Kept.store


def _told(size: Size) -> dict[str, int]:
    return {"notes": size.notes, "rows": size.rows, "version": size.version}


CALLS = {"open": opening, "put": put, "remove": remove, "notes": notes, "read": read, "settle": settle}
