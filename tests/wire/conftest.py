"""A server of the fake library on a port of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from librarian.server import Serving, serve

from .fake_library import FakeLibrary
from .peer import TOKEN


@pytest_asyncio.fixture
async def library() -> FakeLibrary:
    return FakeLibrary()


@pytest_asyncio.fixture
async def serving(library: FakeLibrary) -> AsyncIterator[Serving]:
    async with serve(library, token=TOKEN) as serving:
        yield serving
