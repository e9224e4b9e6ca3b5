"""Vectors of queries: made once, whoever asks at the same time, and kept from one process to the next."""

from __future__ import annotations

import asyncio
import hashlib
import math
import struct
from collections.abc import Awaitable, Callable
from typing import Protocol


class QueryCache(Protocol):
    """Where vectors of queries are kept from one process to the next."""

    async def get(self, key: str) -> bytes | None: ...

    async def put(self, key: str, value: bytes) -> None: ...


class Queries:
    """Of one model. ``make`` gives a vector, little-endian f32 of unit length."""

    def __init__(
        self, identity: str, dimensions: int, make: Callable[[str], Awaitable[bytes]], cache: QueryCache | None
    ) -> None:
        self._identity = identity
        self._dimensions = dimensions
        self._make = make
        self._cache = cache
        self._asked: dict[str, asyncio.Task[bytes]] = {}

    async def vector(self, text: str) -> bytes:
        """The vector of a query. Taken back, it still ends in the cache: what was begun is not begun twice."""
        key = f"{self._identity}:{hashlib.blake2b(text.encode('utf-8', 'replace'), digest_size=16).hexdigest()}"
        kept = await self._cache.get(key) if self._cache is not None else None
        if kept is not None and self._is_vector(kept):
            return kept
        task = self._asked.get(key)
        if task is None:
            task = self._asked[key] = asyncio.create_task(self._ask(key, text))
            task.add_done_callback(lambda task: self._answered(key, task))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Return when nothing is asked any more."""
        await asyncio.gather(*self._asked.values(), return_exceptions=True)

    async def _ask(self, key: str, text: str) -> bytes:
        vector = await self._make(text)
        if self._cache is not None:
            await self._cache.put(key, vector)
        return vector

    def _answered(self, key: str, task: asyncio.Task[bytes]) -> None:
        del self._asked[key]
        if not task.cancelled():
            # Whoever asked may have gone away.
            task.exception()

    def _is_vector(self, kept: bytes) -> bool:
        if len(kept) != 4 * self._dimensions:
            return False
        square = sum(number * number for number in struct.unpack(f"<{self._dimensions}f", kept))
        return math.isclose(square, 1, abs_tol=0.01)
