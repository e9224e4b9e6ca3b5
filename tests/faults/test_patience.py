"""A slow call never delays a search."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from librarian.errors import QueryRefused

from . import vaults
from .product import SLOWNESS, Sidecar, sidecar

NOTES = 1500
P95_SECONDS = 0.05
SLOW_SQL = (
    "select count(*) from notes a, notes b, notes c, notes d where hash(a.path || b.path || c.path || d.path) % 7 = 3"
)


async def p95_while(running: Sidecar, slow: Coroutine[Any, Any, Any], *, searches: int) -> float:
    """The 95th percentile of searches made while ``slow`` runs; at least so many."""
    task = asyncio.ensure_future(slow)
    took = []
    while not task.done() or len(took) < searches:
        started = time.monotonic()
        assert (await running.search(vaults.QUERIES[len(took) % len(vaults.QUERIES)], 10))["total"]
        took.append(time.monotonic() - started)
    await task
    return sorted(took)[len(took) * 95 // 100]


async def test_a_query_of_seconds_and_a_rebuild_leave_search_quick(tmp_path: Path) -> None:
    vault = vaults.make(tmp_path / "vault", NOTES)
    async with sidecar(tmp_path / "data", vault) as running:
        await running.settled()

        async def slow_query() -> None:
            started = time.monotonic()
            with pytest.raises(QueryRefused, match="longer than"):
                await running.sql(SLOW_SQL)
            assert time.monotonic() - started > 2

        async def rebuilds() -> None:
            for _ in range(3):
                await running.call("vault.rebuild")

        assert await p95_while(running, slow_query(), searches=100) < P95_SECONDS * SLOWNESS
        assert await p95_while(running, rebuilds(), searches=100) < P95_SECONDS * SLOWNESS
        assert (await running.search("marsh"))["coverage"]["notes"] == NOTES
