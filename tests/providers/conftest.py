from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from providers.protocols import SPEECHES, Speech
from providers.server import Server, serving
from providers.test_canary import environment

Begin = Callable[..., Awaitable[Process]]
Run = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as started:
        yield started


@pytest.fixture(params=SPEECHES, ids=lambda speech: speech.name)
def speech(request: pytest.FixtureRequest) -> Speech:
    """Each test that asks for it runs once for each protocol."""
    return request.param


@pytest.fixture
def begin(tmp_path: Path) -> Begin:
    """Starts a command, with nobody at a terminal, where the test has its folder."""

    async def command(*arguments: str) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "librarian", *arguments, env=environment(tmp_path), cwd=tmp_path,
            stdin=DEVNULL, stdout=PIPE, stderr=PIPE,
        )  # fmt: skip

    return command


@pytest.fixture
def run(begin: Begin) -> Run:
    """Runs a command; gives its exit code, what it printed, and what it complained of."""

    async def command(*arguments: str) -> tuple[int, str, str]:
        process = await begin(*arguments)
        out, err = await asyncio.wait_for(process.communicate(), 60)
        assert b"Traceback" not in err, err.decode()
        assert process.returncode is not None
        return process.returncode, out.decode(), err.decode()

    return command
