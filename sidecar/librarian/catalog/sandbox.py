"""Where a stranger's SQL runs: a child process over a copy of the catalog, with hard limits on time, memory and size.

In-process limits do not hold: one ``repeat('x', 4000000000)`` takes 8 GB whatever DuckDB's memory limit says, and
cannot be
interrupted (measured on 2.0.0). The copy is needed because DuckDB lets no second process read a file that one has open.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from librarian.errors import QueryRefused, StorageFull, StoreError
from librarian.overview import Table

MAX_ROWS = 1000
MAX_SECONDS = 5.0
MAX_SQL_CHARACTERS = 20_000
MAX_MEMORY_MB = 768
IDLE_SECONDS = 30.0
START_SECONDS = 20.0
_LINE_LIMIT = 16 * 1024 * 1024

Hold = Callable[[Callable[[], None]], Awaitable[None]]


class Sandbox:
    """Answers one query at a time; its child and its copy are dropped when idle, or when a query breaks a limit."""

    def __init__(
        self, path: Path, hold: Hold, *, max_seconds: float = MAX_SECONDS, max_memory_mb: int = MAX_MEMORY_MB
    ) -> None:
        """``hold(work)`` runs ``work`` in a thread while nothing writes to the catalog at ``path``."""
        self._path = path
        self._hold = hold
        self._max_seconds = max_seconds
        self._max_memory_mb = max_memory_mb
        self._turn = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None
        self._copy: Path | None = None
        self._stamp: tuple[object, ...] | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._stopping: asyncio.Task[None] | None = None

    async def query(self, sql: str) -> Table:
        """Rows of one SELECT; raises :class:`QueryRefused` with a reason that helps to write a better one."""
        if len(sql) > MAX_SQL_CHARACTERS:
            raise QueryRefused(f"The query has more than {MAX_SQL_CHARACTERS} characters.")
        if "\0" in sql or any("\ud800" <= character <= "\udfff" for character in sql):
            raise QueryRefused("The query contains characters that are not text.")
        async with self._turn:
            if self._idle is not None:
                self._idle.cancel()
            child = await self._ready_child()
            started = time.perf_counter()
            try:
                answer: dict[str, Any] = await self._ask(child, sql)
            except BaseException:
                await self._stop()
                raise
            self._idle = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._expire)
        if "refused" in answer:
            raise QueryRefused(str(answer["refused"]))
        return Table(
            columns=tuple(answer["columns"]),
            rows=tuple(tuple(row) for row in answer["rows"]),
            truncated=answer["truncated"],
            took_ms=round((time.perf_counter() - started) * 1000, 3),
        )

    async def close(self) -> None:
        """End the child and remove the copy."""
        async with self._turn:
            if self._idle is not None:
                self._idle.cancel()
            await self._stop()

    def _expire(self) -> None:
        self._stopping = asyncio.get_running_loop().create_task(self.close())

    async def _ready_child(self) -> asyncio.subprocess.Process:
        if self._child is not None and self._child.returncode is None and self._stamp == await self._held_stamp():
            return self._child
        await self._stop()
        try:
            self._copy = Path(tempfile.mkdtemp(prefix="query-", dir=self._path.parent))
            self._child = await self._spawn(self._copy)
            await self._fill(self._child)
        except BaseException:
            await self._stop()
            raise
        return self._child

    async def _spawn(self, folder: Path) -> asyncio.subprocess.Process:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-X", "utf8", "-m", "librarian.catalog.reader",
            os.fspath(self._path), os.fspath(folder / "copy.duckdb"), str(MAX_ROWS), str(self._max_memory_mb),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, limit=_LINE_LIMIT,
        )  # fmt: skip
        if await self._line(child, START_SECONDS) != {"started": True}:
            raise StoreError("The process that answers SQL did not start.")
        return child

    async def _fill(self, child: asyncio.subprocess.Process) -> None:
        """Let the child copy the file while no write can change it; a copy by this process would drop DuckDB's file
        lock.
        """
        loop = asyncio.get_running_loop()

        def copy() -> None:
            self._stamp = self._current_stamp()
            answer = asyncio.run_coroutine_threadsafe(self._say(child, {"copy": True}), loop).result(START_SECONDS)
            if answer == {"full": True}:
                raise StorageFull(os.fspath(self._path.parent))
            if answer != {"copied": True}:
                raise StoreError("The catalog could not be copied for the query.")

        await self._hold(copy)

    async def _held_stamp(self) -> tuple[object, ...]:
        stamps: list[tuple[object, ...]] = []
        await self._hold(lambda: stamps.append(self._current_stamp()))
        return stamps[0]

    def _current_stamp(self) -> tuple[object, ...]:
        """Differs after every commit: either the log grew, or the file was written."""
        stamp: list[object] = []
        for file in (self._path, self._path.with_name(self._path.name + ".wal")):
            with suppress(FileNotFoundError):
                stat = file.stat()
                stamp += [stat.st_mtime_ns, stat.st_size]
        return tuple(stamp)

    async def _ask(self, child: asyncio.subprocess.Process, sql: str) -> dict[str, object]:
        guard = asyncio.create_task(self._watch_memory(child.pid))
        answer = asyncio.create_task(self._say(child, {"sql": sql}))
        try:
            done, _ = await asyncio.wait(
                {guard, answer}, timeout=self._max_seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if answer in done:
                reply = answer.result()
                if reply is None:
                    return await self._broken(
                        "The query ended the process that ran it, most likely for want of memory."
                    )
                if "failed" in reply:
                    raise StoreError(f"The query could not be answered: {reply['failed']}")
                return reply
            if guard in done:
                guard.result()
                return await self._broken(f"The query needs more than {self._max_memory_mb} MB of memory.")
            return await self._broken(f"The query took longer than {self._max_seconds:g} s. Narrow it down.")
        finally:
            for task in (guard, answer):
                task.cancel()
            await asyncio.gather(guard, answer, return_exceptions=True)

    async def _broken(self, reason: str) -> dict[str, object]:
        await self._stop()
        return _refusal(reason)

    async def _watch_memory(self, pid: int) -> None:
        """Return once the child holds more than it may; limits of the operating system exist on some platforms only."""
        import psutil

        while True:
            try:
                held = psutil.Process(pid).memory_info().rss
            except psutil.Error:
                await asyncio.sleep(self._max_seconds)
                continue
            if held > self._max_memory_mb * 1024 * 1024:
                return
            await asyncio.sleep(0.02)

    async def _say(self, child: asyncio.subprocess.Process, message: dict[str, object]) -> dict[str, object] | None:
        assert child.stdin is not None  # noqa: S101 — it was opened as a pipe
        try:
            child.stdin.write(json.dumps(message).encode() + b"\n")
            await child.stdin.drain()
        except ConnectionError:
            return None
        return await self._line(child, None)

    async def _line(self, child: asyncio.subprocess.Process, timeout_s: float | None) -> dict[str, object] | None:
        """The child's next answer; None when it has ended."""
        assert child.stdout is not None  # noqa: S101 — it was opened as a pipe
        try:
            line = await asyncio.wait_for(child.stdout.readline(), timeout_s)
        except (TimeoutError, ConnectionError):
            return None
        if not line.endswith(b"\n"):
            return None
        answer: dict[str, object] = json.loads(line)
        return answer

    async def _stop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
            if child.stdin is not None:
                child.stdin.close()
            child._transport.close()  # type: ignore[attr-defined]  # asyncio keeps its pipes until then
        copy, self._copy = self._copy, None
        if copy is not None:
            await asyncio.to_thread(shutil.rmtree, copy, ignore_errors=True)


def _refusal(reason: str) -> dict[str, object]:
    return {"refused": reason}
