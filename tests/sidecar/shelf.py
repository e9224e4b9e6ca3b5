"""A small vault as Arrow batches, in the shape in which the core hands them to the catalog."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

import pyarrow as pa

SCHEMAS = {
    "notes": {
        "path": pa.utf8(), "title": pa.utf8(), "kind": pa.utf8(), "folder": pa.utf8(), "size": pa.int64(), "created": pa.timestamp("us", "UTC"),
        "modified": pa.timestamp("us", "UTC"), "digest": pa.binary(), "words": pa.uint32(), "characters": pa.uint32(),
        "tasks_open": pa.uint32(), "tasks_done": pa.uint32(), "skipped": pa.utf8(),
    },
    "headings": {"path": pa.utf8(), "position": pa.uint32(), "level": pa.uint8(), "text": pa.utf8(), "line": pa.uint32()},
    "links": {
        "path": pa.utf8(), "position": pa.uint32(), "kind": pa.utf8(), "target": pa.utf8(), "subpath": pa.utf8(), "display": pa.utf8(),
        "external": pa.bool_(), "line": pa.uint32(), "key": pa.utf8(), "resolved": pa.utf8(),
    },
    "tags": {"path": pa.utf8(), "tag": pa.utf8(), "key": pa.utf8(), "inline": pa.bool_(), "line": pa.uint32()},
    "properties": {"path": pa.utf8(), "key": pa.utf8(), "type": pa.utf8(), "value": pa.utf8()},
    "blocks": {"path": pa.utf8(), "id": pa.utf8(), "line": pa.uint32()},
    "aliases": {"path": pa.utf8(), "alias": pa.utf8(), "key": pa.utf8()},
}  # fmt: skip


class Stream:
    """What the core gives: readable once, by the Arrow PyCapsule interface and nothing else."""

    def __init__(self, table: pa.Table) -> None:
        self._table: pa.Table | None = table

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        assert self._table is not None, "an Arrow stream was read twice"
        table, self._table = self._table, None
        return table.__arrow_c_stream__(requested_schema)


def stream(name: str, rows: Iterable[dict[str, object]]) -> Stream:
    """Rows as one of the catalog's batches; columns left out are null."""
    schema = pa.schema(SCHEMAS[name].items())
    return Stream(pa.Table.from_pylist([{key: row.get(key) for key in schema.names} for row in rows], schema=schema))


def digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=32).digest()


def note(path: str, text: str = "", **more: object) -> dict[str, object]:
    folder, _, name = path.rpartition("/")
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    return {
        "path": path, "title": name.rpartition(".")[0], "kind": "note", "folder": folder, "size": len(text), "created": at, "modified": at,
        "digest": digest(text), "words": len(text.split()), "characters": len(text), "tasks_open": 0, "tasks_done": 0,
    } | more  # fmt: skip


def link(path: str, position: int, target: str, resolved: str | None, **more: object) -> dict[str, object]:
    return {
        "path": path, "position": position, "kind": "wiki", "target": target, "external": False, "line": position,
        "key": target.rsplit("/", 1)[-1].lower() + ".md", "resolved": resolved,
    } | more  # fmt: skip


def manifest(files: dict[str, str]) -> Stream:
    schema = pa.schema({"path": pa.utf8(), "digest": pa.binary()}.items())
    return Stream(pa.Table.from_pylist([{"path": p, "digest": digest(t)} for p, t in files.items()], schema=schema))


def batches(**tables: list[dict[str, object]]) -> dict[str, Stream]:
    return {name: stream(name, rows) for name, rows in tables.items()}


def many(count: int, *, links_each: int = 10) -> dict[str, Stream]:
    """A vault of ``count`` notes with ``links_each`` links in each, made column by column since rows would take a minute, and
    in several batches as from the core.
    """
    paths = [f"folder {n % 97}/Note number {n}.md" for n in range(count)]
    total = count * links_each
    notes = {name: pa.nulls(count, kind) for name, kind in SCHEMAS["notes"].items()} | {
        "path": pa.array(paths), "title": pa.array([path[:-3] for path in paths]), "kind": pa.array(["note"] * count),
        "folder": pa.array([path.split("/")[0] for path in paths]), "size": pa.array([900] * count, pa.int64()),
        "digest": pa.array([digest(path) for path in paths]), "words": pa.array([150] * count, pa.uint32()),
    }  # fmt: skip
    targets = [(n * 7919 + 13) % count for n in range(total)]
    links = {name: pa.nulls(total, kind) for name, kind in SCHEMAS["links"].items()} | {
        "path": pa.array([paths[n // links_each] for n in range(total)]), "position": pa.array([n % links_each for n in range(total)], pa.uint32()),
        "kind": pa.array(["wiki"] * total), "target": pa.array([f"Note number {n}" for n in targets]), "external": pa.array([False] * total),
        "line": pa.array([n % links_each for n in range(total)], pa.uint32()), "key": pa.array([f"note number {n}.md" for n in targets]),
        "resolved": pa.array([paths[n] if n % 50 else None for n in targets]),
    }  # fmt: skip
    tables = {"notes": pa.table(notes), "links": pa.table(links)}
    return {
        name: Stream(pa.Table.from_batches(table.to_batches(max_chunksize=50_000))) for name, table in tables.items()
    }
