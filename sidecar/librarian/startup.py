"""The process around the server: the start-up contract with the plugin, the lifeline, the signals, and what is logged.

Secrets arrive on the first line of stdin and nowhere else: arguments, environment and files can be read by others. The
same pipe is the lifeline: when it closes, whoever started us is gone.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psutil

from librarian.chat.presets import PRESETS
from librarian.methods.session import own_version
from librarian.rpc import message
from librarian.rpc.contract import PROTOCOL
from librarian.rpc.gate import OBSIDIAN
from librarian.server import Serving, serve

if TYPE_CHECKING:
    from librarian.library import Library

log = logging.getLogger(__name__)

EXIT_BAD_START: Final = 2
FIRST_LINE_SECONDS: Final = 10
LAST_GASP_SECONDS: Final = 4
"""After the lifeline is cut, tidy leaving may take this long; then the process ends where it stands."""
_MAX_LINE_BYTES: Final = 1 << 16
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,128}")
_SHORTEST_SECRET: Final = 6
"""Shorter strings are not redacted: blanking every ``a`` would hide nothing and spoil the log."""


class BadStart(Exception):
    """The first line is missing or is not what the contract asks for; the text never repeats what was sent."""


@dataclass(frozen=True)
class Start:
    """What the parent hands over; never printed."""

    token: str
    secrets: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Start(token=…, secrets={sorted(self.secrets)})"


def read_start(line: bytes) -> Start:
    """Read the first line of stdin; raises `BadStart`."""
    try:
        said = json.loads(line, object_pairs_hook=message.unique)
    except (ValueError, RecursionError, message.Refused):
        raise BadStart('the first line of stdin must be one JSON object: {"token": "…"}') from None
    if not isinstance(said, dict) or not said.keys() <= {"token", "secrets"}:
        raise BadStart('the first line of stdin may hold "token" and "secrets" and nothing else')
    token, secrets = said.get("token"), said.get("secrets", {})
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise BadStart('"token" must be 32 to 128 characters out of A-Z a-z 0-9 _ -')
    if not isinstance(secrets, dict) or not all(isinstance(secret, str) for secret in secrets.values()):
        raise BadStart('"secrets" must be an object of strings')
    return Start(token, secrets)


class RedactingFormatter(logging.Formatter):
    """Blanks secrets out of whatever is logged, tracebacks included."""

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        known = sorted({secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}, key=len, reverse=True)
        # A secret may come in quoted, as part of a traceback's repr or of JSON.
        spellings = [text for secret in known for text in (secret, repr(secret)[1:-1], json.dumps(secret)[1:-1])]
        self._pattern = re.compile("|".join([*map(re.escape, spellings), r"bearer[.\s][\w.~+/=-]+"]), re.IGNORECASE)

    def format(self, record: logging.LogRecord) -> str:
        return self._pattern.sub("[redacted]", super().format(record))


class Lifeline:
    """Reads stdin on a thread of its own, which is the one way that works for pipes, files and consoles everywhere."""

    def __init__(self, descriptor: int, loop: asyncio.AbstractEventLoop) -> None:
        self._descriptor = descriptor
        self._loop = loop
        self._first_line: asyncio.Future[bytes] = loop.create_future()
        self.cut = asyncio.Event()
        # os.read and not sys.stdin: a daemon thread that holds the buffer's lock would abort the interpreter's exit.
        threading.Thread(target=self._read, name="lifeline", daemon=True).start()

    async def first_line(self, seconds: float) -> bytes:
        try:
            return await asyncio.wait_for(self._first_line, seconds)
        except TimeoutError:
            raise BadStart(f"no line came on stdin within {seconds:g} seconds") from None

    def _read(self) -> None:
        received = b""
        while chunk := self._next_chunk():
            if received is not None:
                received = self._take(received + chunk)
        self._tell(self._lost)

    def _next_chunk(self) -> bytes:
        try:
            return os.read(self._descriptor, _MAX_LINE_BYTES)
        except OSError:
            return b""

    def _take(self, received: bytes) -> Any:
        """Hand the first line over once it is whole; what comes after it is read and ignored."""
        line, newline, _ = received.partition(b"\n")
        if newline:
            self._tell(self._resolve, line)
        elif len(received) > _MAX_LINE_BYTES:
            self._tell(self._resolve, b"")
        else:
            return received
        return None

    def _tell(self, function: Callable[..., None], *arguments: Any) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *arguments)

    def _resolve(self, line: bytes) -> None:
        if not self._first_line.done():
            self._first_line.set_result(line)

    def _lost(self) -> None:
        self._resolve(b"")
        self.cut.set()


def run_serve(
    open_library: Callable[[Mapping[str, str]], AbstractAsyncContextManager[Library]],
    *,
    door_folder: Path | None = None,
    origins: Sequence[str] = (OBSIDIAN,),
    first_line_seconds: float = FIRST_LINE_SECONDS,
) -> int:
    """Serve until the lifeline is cut, the parent is gone, a signal comes or a client says so; gives the exit code.

    ``open_library`` is handed the secrets that came with the token.
    """
    os.umask(0o077)
    # Taken before anything slow: a parent that dies meanwhile must not pass its successor off as itself.
    parent = _parent()
    return asyncio.run(_run(open_library, parent, door_folder, origins, first_line_seconds))


async def _run(
    open_library: Callable[[Mapping[str, str]], AbstractAsyncContextManager[Library]],
    parent: psutil.Process | None,
    door_folder: Path | None,
    origins: Sequence[str],
    first_line_seconds: float,
) -> int:
    lifeline = Lifeline(0, asyncio.get_running_loop())
    try:
        start = read_start(await lifeline.first_line(first_line_seconds))
    except BadStart as bad:
        print(f"librarian serve: {bad}", file=sys.stderr)  # noqa: T201  # nothing is logged before secrets are known
        return EXIT_BAD_START
    _log_to_stderr([start.token, *start.secrets.values(), *_keys_around()])
    terminated = _signals()
    async with (
        open_library(start.secrets) as library,
        serve(library, token=start.token, origins=origins, door_folder=door_folder) as serving,
    ):
        _say_ready(serving)
        reason = await _first_of(
            stdin_closed=lifeline.cut.wait(), terminated=terminated.wait(), told_to=serving.stopping.wait(),
            parent_gone=_outlive(parent),
        )  # fmt: skip
        log.info("leaving: %s", reason)
        _end_at_the_latest_in(LAST_GASP_SECONDS)
    return 0


def _say_ready(serving: Serving) -> None:
    ready = {"ready": True, "port": serving.port, "pid": os.getpid(), "protocol": PROTOCOL, "version": own_version()}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()


def _keys_around() -> list[str]:
    """Keys of providers that the environment holds."""
    return [os.environ.get(variable, "") for preset in PRESETS for variable in preset.variables]


def _log_to_stderr(secrets: Sequence[str]) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter(secrets))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def _signals() -> asyncio.Event:
    terminated = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, terminated.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(terminated.set))
    return terminated


async def _first_of(**waits: Any) -> str:
    tasks = {asyncio.create_task(wait, name=name) for name, wait in waits.items()}
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return min(task.get_name() for task in done)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _parent() -> psutil.Process | None:
    try:
        return psutil.Process(os.getppid())
    except psutil.Error:
        return None


async def _outlive(parent: psutil.Process | None, every_seconds: float = 2) -> None:
    """Return once the parent is gone: the second net, for a pipe that somebody else still holds open."""
    if parent is None:
        await asyncio.Event().wait()
    while parent is not None and parent.is_running() and _is_ours(parent):  # noqa: ASYNC110  # no event tells
        await asyncio.sleep(every_seconds)


def _is_ours(parent: psutil.Process) -> bool:
    # A zombie still counts as running; elsewhere than on Windows its children have moved to another parent by then.
    return sys.platform == "win32" or bool(os.getppid() == parent.pid)


def _end_at_the_latest_in(seconds: float) -> None:
    timer = threading.Timer(seconds, os._exit, [1])
    timer.daemon = True
    timer.start()
