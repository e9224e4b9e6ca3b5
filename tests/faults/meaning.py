"""Models that a test may choose, and what a vault's stores of meaning hold once its sidecar has ended."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pyarrow as pa

from librarian import _native

from . import vaults
from .product import Sidecar, doomed, places, sidecar, until

PRETEND = Path(__file__).parents[1] / "sidecar" / "pretend"
"""Stands in for sentence-transformers: vectors that depend on nothing but their text, in a worker as ever."""
TEXTS = ("tide sediment", "sourdough basil ginger", "violin lantern", "harbour river anchor")


def texts_read(model: Path) -> int:
    """How many passages the slow model in this folder was given so far."""
    log = model / "log.md"
    lines = log.read_text().splitlines() if log.exists() else []
    return sum(int(line.split()[0]) for line in lines if " texts of at most " in line)


def choose(data: Path, **settings: Any) -> None:
    """Write the settings of the sidecars whose data is in ``data``."""
    config = data.with_name(data.name + "-config")
    config.mkdir(mode=0o700, exist_ok=True)
    (config / "settings.json").write_text(json.dumps({"version": 1, "settings": settings}))


@asynccontextmanager
async def running(data: Path, vault: Path) -> AsyncIterator[Sidecar]:
    """A sidecar that has the slow model's library."""
    async with sidecar(data, vault, libraries=[PRETEND]) as started:
        yield started


@asynccontextmanager
async def dying(data: Path, vault: Path) -> AsyncIterator[Sidecar]:
    """One that is killed at the end of the block, and whose workers must not outlive it."""
    children: list[psutil.Process] = []
    async with doomed(data, vault, libraries=[PRETEND]) as started:
        yield started
        children = psutil.Process(started.process.pid).children(recursive=True)
        started.kill()
        await started.process.wait()

    async def are_gone() -> bool:
        """no process outlives the sidecar"""
        return not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)

    await until(are_gone)


async def complete(started: Sidecar, *, seconds: float = 60) -> None:
    """Return once the chosen model answers over the whole vault."""

    async def is_complete() -> bool:
        """the semantic part is ready"""
        status = await started.status()
        parts = {part["name"]: part["state"] for part in status["parts"]}
        return status["ready"]["keyword"] and status["ready"]["catalog"] and parts["semantic"] == "ready"

    await until(is_complete, seconds=seconds)


async def answering_by_meaning(started: Sidecar) -> None:
    """Return once searches do not have to wait for the model any more."""

    async def is_answering() -> bool:
        """a search is answered by meaning"""
        answer = await started.call("search.query", text=TEXTS[0], limit=1, mode="semantic")
        return bool(answer["mode"] == "semantic" and answer["hits"])

    await until(is_answering)


async def answers(started: Sidecar) -> dict[str, Any]:
    """All that is answered by meaning, without the times."""
    found: dict[str, Any] = {}
    for text in TEXTS:
        for mode in ("semantic", "hybrid"):
            answer = await started.call("search.query", text=text, limit=20, mode=mode)
            found[f"{mode} {text}"] = (answer["mode"], [(hit["path"], hit["score"]) for hit in answer["hits"]])
    for number in (3, 17):
        answer = await started.call("notes.related", path=vaults.place(number), limit=10)
        found[f"related {number}"] = [hit["path"] for hit in answer["hits"]]
    return found


def tiers(data: Path, vault: Path) -> list[Path]:
    """The folders of the models that have vectors."""
    folder = places(data, vault).vectors
    return sorted(entry for entry in folder.iterdir() if entry.is_dir()) if folder.is_dir() else []


def held(tier: Path) -> list[tuple[Any, ...]]:
    """Every passage of a tier's copy with its vector, in one order. Its sidecar must have ended."""
    copy = opened(tier)
    paths = pa.table(copy.manifest())["path"].to_pylist()
    return sorted(tuple(map(_plain, row.values())) for row in pa.table(copy.rows(paths)).to_pylist())


def opened(tier: Path) -> _native.PassageVectors:
    """A tier's copy, of whatever model it is."""
    head = header(tier)
    return _native.PassageVectors(tier, model=head.model, dimensions=head.dimensions)


class Header(NamedTuple):
    """What the first bytes of a copy say."""

    model: str
    dimensions: int


def header(tier: Path) -> Header:
    content = (tier / "passages.vectors").read_bytes()
    length, dimensions = struct.unpack_from("<II", content, 12)
    return Header(content[20 : 20 + length].decode(), dimensions)


def watermark(data: Path, vault: Path, tier: Path) -> dict[str, Any]:
    """What the ledger says of a tier's record; empty when it is not true to anything."""
    with closing(sqlite3.connect(places(data, vault).ledger)) as ledger:
        row = ledger.execute("select value from watermarks where name = ?", (f"vectors/{tier.name}",)).fetchone()
    return json.loads(row[0]) if row else {}


async def recorded(data: Path, vault: Path, tier: Path, fingerprint: str) -> None:
    """Return once the tier's record is settled with what a copy with this fingerprint has."""

    async def is_recorded() -> bool:
        """the ledger has the watermark of the record"""
        return bool(watermark(data, vault, tier).get("fingerprint") == fingerprint)

    await until(is_recorded, seconds=60)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
