"""The real sidecar as a process of its own, and what its stores hold once it has ended."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from websockets.asyncio.client import connect

import librarian
from librarian.door import Client, speaking
from librarian.errors import NobodyThere
from librarian.places import Places
from wire.peer import TOKEN

T = TypeVar("T")
SLOWNESS = float(os.environ.get("LIBRARIAN_TEST_SLOWNESS", "5"))
"""Every time bound is multiplied by this: a test machine is shared."""
BACK_SECONDS = 2.0
MAX_ANSWER_BYTES = 64 << 20


async def until(holds: Callable[[], Awaitable[T]], *, seconds: float = 20) -> T:
    """Ask again and again until the answer is true, and give it; fails with the last answer at the deadline."""
    deadline = time.monotonic() + seconds
    while not (found := await holds()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {holds.__doc__ or holds}, at last {found!r}"
        await asyncio.sleep(0.02)
    return found


class Sidecar:
    """A running ``librarian serve`` with one client, and one vault open in it."""

    def __init__(self, process: asyncio.subprocess.Process, client: Client, log: Path) -> None:
        self.process = process
        self.client = client
        self.log_path = log
        self.vault_id = ""

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    async def open(self, vault: Path) -> dict[str, Any]:
        opened = await self.client.call("vault.open", {"path": str(vault)})
        self.vault_id = opened["vaultId"]
        return opened

    async def call(self, method: str, **params: Any) -> Any:
        return await self.client.call(method, {"vaultId": self.vault_id, **params})

    async def search(self, text: str, limit: int = 50) -> dict[str, Any]:
        return await self.call("search.query", text=text, limit=limit)

    async def found(self, text: str) -> list[str]:
        return [hit["path"] for hit in (await self.search(text))["hits"]]

    async def status(self) -> dict[str, Any]:
        return await self.call("vault.status")

    async def part(self, name: str) -> dict[str, Any]:
        return next(part for part in (await self.status())["parts"] if part["name"] == name)

    async def changed(self, *paths: str, kind: str = "modified") -> None:
        """Acknowledged when it returns."""
        await self.call("vault.changed", changes=[{"kind": kind, "path": path} for path in paths])

    async def sql(self, text: str) -> list[list[Any]]:
        return (await self.call("statistics.query", sql=text))["rows"]

    async def settled(self) -> None:
        """Return once nothing is left to look at and every index is ready."""

        async def is_ready() -> bool:
            """everything is ready"""
            status = await self.status()
            coverage = (await self.search("settled", 1))["coverage"]
            return all(status["ready"].values()) and not coverage.get("checking")

        await until(is_ready, seconds=60)

    def kill(self) -> None:
        if self.process.returncode is None:
            # Not through the process object: it would reap the child under asyncio's nose.
            with suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGKILL)


@asynccontextmanager
async def sidecar(
    data: Path, vault: Path | None = None, *, command: Sequence[str] = (), libraries: Sequence[Path] = ()
) -> AsyncIterator[Sidecar]:
    """Start a sidecar whose data is in ``data``, and open ``vault``.

    ``command`` goes before the interpreter; packages in the folders ``libraries`` are found before installed ones.
    """
    log = data.with_name(data.name + ".log")
    environment = {
        **os.environ,
        "LIBRARIAN_DATA": str(data),
        "LIBRARIAN_CONFIG": str(data.with_name(data.name + "-config")),
        "PYTHONPATH": os.pathsep.join(map(str, (*libraries, Path(librarian.__file__).parent.parent))),
        "PYTHONUTF8": "1",
    }
    async with AsyncExitStack() as stack:
        with log.open("ab") as stderr:
            process = await asyncio.create_subprocess_exec(
                *command, sys.executable, "-m", "librarian", "serve",
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=stderr, env=environment,
            )  # fmt: skip
        stack.push_async_callback(_end, process)
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps({"token": TOKEN}).encode() + b"\n")
        line = await process.stdout.readline()
        assert line, log.read_text()
        port = json.loads(line)["port"]
        connection = await connect(
            f"ws://127.0.0.1:{port}/", proxy=None, compression=None, max_size=MAX_ANSWER_BYTES, ping_interval=None,
            subprotocols=["librarian.v1", f"bearer.{TOKEN}"],
        )  # fmt: skip
        client = await stack.enter_async_context(speaking(connection, name="test", version="1"))
        running = Sidecar(process, client, log)
        if vault is not None:
            await running.open(vault)
        yield running


async def _end(process: asyncio.subprocess.Process) -> None:
    """Cut the lifeline; what does not leave then is killed and told."""
    assert process.stdin
    process.stdin.close()
    with suppress(ConnectionError):
        await process.stdin.wait_closed()
    try:
        await asyncio.wait_for(process.wait(), 30)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    assert process.stdout
    await process.stdout.read()


@asynccontextmanager
async def doomed(data: Path, vault: Path | None = None, *, libraries: Sequence[Path] = ()) -> AsyncIterator[Sidecar]:
    """A sidecar that is killed in the block; that its answers stop coming is no fault."""
    with suppress(NobodyThere):
        async with sidecar(data, vault, libraries=libraries) as running:
            yield running
            running.kill()
            await running.process.wait()


def places(data: Path, vault: Path) -> Any:
    return Places(data, data).vault(vault)


def stores(data: Path, vault: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that is in the index and the catalog of a vault whose sidecar has ended, in one order."""
    import duckdb
    import pyarrow

    from librarian import _native
    from librarian.catalog.changes import TABLES

    place = places(data, vault)
    newest = max(place.lexical.iterdir(), key=lambda path: int(path.name))
    index = _native.Index(newest)
    held: dict[str, list[tuple[Any, ...]]] = {
        "manifest": sorted(tuple(row.values()) for row in pyarrow.table(index.manifest()).to_pylist()),
        "counts": sorted(index.counts().items()),
        "skipped": index.skipped(),
    }
    with duckdb.connect(str(place.catalog), read_only=True) as catalog:
        for table in TABLES:
            held[table] = sorted(catalog.execute(f"select * from {table}").fetchall(), key=repr)
    return held
