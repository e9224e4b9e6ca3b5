"""An HTTP/1.1 server of one test: answers by a script, remembers who asked what, and notices when they leave.

A script is a queue of turns; a turn is an async function that is given the request and the connection, and does with
them what it likes.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

PHRASES = {200: "OK", 302: "Found", 307: "Temporary Redirect", 429: "Too Many Requests", 529: "Overloaded"}


@dataclass
class Request:
    """What was asked."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: Any
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the client closed the connection before the turn was over."""


class Talk:
    """The connection, as a turn uses it."""

    def __init__(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._request = request
        self._reader = reader
        self._writer = writer

    async def head(self, status: int = 200, *, length: int | None = None, **headers: str) -> None:
        """Begin an answer; without ``length`` it is chunked. ``retry_after`` stands for ``retry-after``."""
        lines = [f"HTTP/1.1 {status} {PHRASES.get(status, 'Whatever')}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        lines.append("transfer-encoding: chunked" if length is None else f"content-length: {length}")
        await self._write("\r\n".join([*lines, "", ""]).encode())

    async def send(self, piece: bytes) -> None:
        """Send a chunk."""
        await self._write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")

    async def end(self) -> None:
        await self._write(b"0\r\n\r\n")

    async def whole(self, status: int, body: Any, **headers: str) -> None:
        """Send a JSON document."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers.setdefault("content_type", "application/json")
        await self.head(status, length=len(content), **headers)
        await self._write(content)

    async def events(self, pieces: Sequence[bytes], *, ends: bool = True, **headers: str) -> None:
        """Send a stream of server-sent events."""
        await self.head(content_type="text/event-stream", **headers)
        for piece in pieces:
            await self.send(piece)
        if ends:
            await self.end()

    async def hang(self) -> None:
        """Say nothing until the client leaves."""
        with suppress(ConnectionError):  # a process that ends may reset it
            while await self._reader.read(1024):
                pass
        self._request.gone.set()

    def cut(self) -> None:
        """Drop the connection."""
        self._writer.transport.abort()

    async def _write(self, content: bytes) -> None:
        try:
            self._writer.write(content)
            await self._writer.drain()
        except ConnectionError:
            self._request.gone.set()
            raise


Turn = Callable[[Request, Talk], Awaitable[None]]


class Server:
    """``turns`` is what it does next, ``requests`` what it was asked so far."""

    def __init__(self) -> None:
        self.turns: deque[Turn] = deque()
        self.otherwise: Turn | None = None
        """What it does when no turn is left."""
        self.runs: dict[str, str] | None = {"model_path": "/models/tiny.gguf", "model_id": "tiny"}
        """What it tells of the model it runs, which is no turn, nor a request that is remembered; None: it does not."""
        self.told = 0
        """How often it told."""
        self.requests: list[Request] = []
        self.port = 0
        self.asked = asyncio.Event()
        """Set when a request has come."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Attend to one connection."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while not writer.transport.is_closing():
                request = await _read(reader)
                if request.path.endswith(("/props", "/info")):
                    self.told += 1
                    await Talk(request, reader, writer).whole(404 if self.runs is None else 200, self.runs or {})
                    continue
                self.requests.append(request)
                self.asked.set()
                turn = self.turns.popleft() if self.turns or self.otherwise is None else self.otherwise
                await turn(request, Talk(request, reader, writer))
        writer.close()


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.rstrip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    content = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, json.loads(content) if content else None)


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    """A server on a port of 127.0.0.1 that the system chooses."""
    server = Server()
    connections: set[asyncio.Task[None]] = set()

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            # A connection that is left over at the end of a test is cancelled, which asyncio would report as an error.
            with suppress(asyncio.CancelledError):
                await server.serve(reader, writer)
        finally:
            connections.discard(task)
            writer.close()

    listening = await asyncio.start_server(attend, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in tuple(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
