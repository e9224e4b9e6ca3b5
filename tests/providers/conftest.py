from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from providers.protocols import SPEECHES, Speech
from providers.server import Server, serving


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as started:
        yield started


@pytest.fixture(params=SPEECHES, ids=lambda speech: speech.name)
def speech(request: pytest.FixtureRequest) -> Speech:
    """Each test that asks for it runs once for each protocol."""
    return request.param
