"""The sidecar's side of a worker: starts it when it is called, speaks with it, ends it."""

from __future__ import annotations

import asyncio
import logging
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from librarian.errors import WorkerDied, WorkerFailed
from librarian.worker import environment, frame

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Is told how much is done, of how much."""
Answer = tuple[dict[str, Any], bytes]

GRACE_SECONDS = 1.0
"""How long a call that nobody waits for any more may still take before it costs a new start."""
LOG_BYTES = 20_000
"""What a child may write to the log during one call."""
CLOSED = "it was closed"
_PIPE_BYTES = 1 << 20


class Worker:
    """A module in a child process. One call at a time, in order; whatever ends the child, the next call starts anew."""

    def __init__(
        self,
        module: str,
        *,
        threads: int | None = None,
        niceness: int = 0,
        idle_seconds: float = 300.0,
        grace_seconds: float = GRACE_SECONDS,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """``threads`` caps what numeric libraries start; ``variables`` are added to the few that the child inherits."""
        self._module = module
        self._niceness = niceness
        self._idle_seconds = idle_seconds
        self._grace_seconds = grace_seconds
        self._environment = environment.variables(threads, variables or {})
        self._turn = asyncio.Lock()
        self._turns: set[asyncio.Task[Answer]] = set()
        self._speaking: asyncio.Task[Answer] | None = None
        self._child: asyncio.subprocess.Process | None = None
        self._logging: asyncio.Task[None] | None = None
        self._log_bytes = 0
        self._idle: asyncio.TimerHandle | None = None
        self._expiring: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The child's, while there is one."""
        return self._child.pid if self._child is not None else None

    async def call(
        self, name: str, params: Mapping[str, Any], payload: bytes = b"", progress: Progress | None = None
    ) -> Answer:
        """What the module's function ``name`` returns. Raises WorkerFailed with what it raised, WorkerDied.

        ``params`` is what JSON can say in a megabyte, ``payload`` up to a gigabyte; FrameInvalid else. Cancelled, it
        returns at once; a child that does not finish soon is then ended.
        """
        begun = frame.packed({"call": name, "params": params}, len(payload))
        tell = [progress] if progress is not None else []
        turn = asyncio.create_task(self._in_turn(begun, payload, tell), name=f"{self._module}.{name}")
        self._turns.add(turn)
        turn.add_done_callback(self._ended)
        try:
            return await asyncio.shield(turn)
        except asyncio.CancelledError:
            tell.clear()
            self._abandon(turn)
            raise

    async def close(self) -> None:
        """End the child, and with it the call that runs. Later calls raise WorkerDied."""
        self._closed = True
        if self._idle is not None:
            self._idle.cancel()
        if self._child is not None:
            with suppress(ProcessLookupError):
                self._child.kill()
        await asyncio.gather(*self._turns, return_exceptions=True)
        async with self._turn:
            await self._stop()

    def _abandon(self, turn: asyncio.Task[Answer]) -> None:
        if turn is self._speaking:
            asyncio.get_running_loop().call_later(self._grace_seconds, turn.cancel)
        else:
            turn.cancel()

    def _ended(self, turn: asyncio.Task[Answer]) -> None:
        self._turns.discard(turn)
        if not turn.cancelled():
            # Of an abandoned call nobody else asks for it.
            turn.exception()

    async def _in_turn(self, begun: bytes, payload: bytes, tell: list[Progress]) -> Answer:
        async with self._turn:
            if self._idle is not None:
                self._idle.cancel()
            self._speaking = asyncio.current_task()
            self._log_bytes = LOG_BYTES
            try:
                answer = await self._ask(begun, payload, tell)
            except WorkerFailed:
                self._rest()
                raise
            except BaseException:
                await self._stop()
                raise
            finally:
                self._speaking = None
            self._rest()
            return answer

    async def _ask(self, begun: bytes, payload: bytes, tell: list[Progress]) -> Answer:
        child = await self._ready()
        assert child.stdin is not None  # noqa: S101  # it was opened as a pipe
        try:
            child.stdin.write(begun)
            child.stdin.write(payload)
            await child.stdin.drain()
            while True:
                said, answer = await self._next(child)
                if "answer" in said:
                    return said["answer"], answer
                if "failed" in said:
                    raise WorkerFailed(self._module, **said["failed"])
                for progress in tell:
                    progress(*said["progress"])
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise WorkerDied(self._module, await self._reason(child)) from error
        except frame.FrameInvalid as error:
            raise WorkerDied(self._module, f"its answer could not be read: {error}") from error

    async def _next(self, child: asyncio.subprocess.Process) -> tuple[dict[str, Any], bytes]:
        assert child.stdout is not None  # noqa: S101  # it was opened as a pipe
        head_bytes, payload_bytes = frame.sizes(await child.stdout.readexactly(frame.SIZES.size))
        head = frame.head(await child.stdout.readexactly(head_bytes))
        return head, await child.stdout.readexactly(payload_bytes)

    async def _ready(self) -> asyncio.subprocess.Process:
        if self._child is not None and self._child.returncode is not None:
            await self._stop()
        if self._child is None and not self._closed:
            self._child = await self._spawn()
            self._logging = asyncio.create_task(self._log(self._child), name=f"{self._module} log")
        if self._child is None or self._closed:
            # It may have been closed while the child was started, and whoever closes it waits for this turn.
            raise WorkerDied(self._module, CLOSED)
        return self._child

    async def _spawn(self) -> asyncio.subprocess.Process:
        try:
            # Not in the current folder, which may be a vault; not in our group, so that Ctrl-C is ours to judge.
            return await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-X", "utf8", "-m", "librarian.worker", self._module, str(self._niceness),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, limit=_PIPE_BYTES,
                cwd=Path(sys.executable).parent, env=self._environment,
                start_new_session=True, creationflags=environment.creation_flags(self._niceness),
            )  # fmt: skip
        except OSError as error:
            raise WorkerDied(self._module, f"it could not be started: {error.strerror}") from error

    async def _log(self, child: asyncio.subprocess.Process) -> None:
        """Take what the child writes to its standard error, so that it never waits for us."""
        assert child.stderr is not None  # noqa: S101  # it was opened as a pipe
        while text := await child.stderr.read(_PIPE_BYTES):
            shown = text[: self._log_bytes].decode("utf-8", "replace").strip()
            self._log_bytes -= min(len(text), self._log_bytes)
            if shown:
                log.info("%s: %s", self._module, shown)

    async def _reason(self, child: asyncio.subprocess.Process) -> str:
        """How the child ended, in words."""
        if self._closed:
            return CLOSED
        try:
            code = await asyncio.wait_for(child.wait(), 1.0)
        except TimeoutError:
            return "it closed its pipes"
        if code == -9:
            return "it was killed, most likely for want of memory"
        return f"exit code {code}" if code >= 0 else f"signal {-code}, {signal.strsignal(-code)}"

    def _rest(self) -> None:
        self._idle = asyncio.get_running_loop().call_later(self._idle_seconds, self._expire)

    def _expire(self) -> None:
        self._expiring = asyncio.get_running_loop().create_task(self._retire(), name=f"{self._module} idle")

    async def _retire(self) -> None:
        if not self._turn.locked():
            async with self._turn:
                await self._stop()

    async def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
        if self._logging is not None:
            # A process that the child left behind may hold the pipe open.
            await asyncio.wait({self._logging}, timeout=0.2)
            self._logging.cancel()
        child._transport.close()  # type: ignore[attr-defined]  # asyncio keeps its pipes until then
