"""Opens the sidecar's doors and seats every client that may enter: the only place where we listen.

The loopback port is for the plugin and the dashboard, the local door (`librarian.door`) for the command line. Behind
either, a client is a `librarian.rpc.session.Session` and cannot be told apart.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from websockets.asyncio.server import Server, ServerConnection
from websockets.asyncio.server import serve as listen
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from librarian import door, methods
from librarian.rpc import message
from librarian.rpc.contract import SUBPROTOCOL
from librarian.rpc.dispatch import Dispatcher
from librarian.rpc.gate import OBSIDIAN, Gate, Knock, local_gate, tcp_gate
from librarian.rpc.session import Limits, Session, SlowReader

if TYPE_CHECKING:
    from librarian.library import Library

log = logging.getLogger(__name__)

UNSUPPORTED_DATA = 1003
QUIET = logging.WARNING
"""At DEBUG, websockets logs every header and frame: the token and the text of notes."""


@dataclass(frozen=True, slots=True)
class DoorLimits:
    """How many may stand at a door, and for how long."""

    clients: int = 32
    knocking: int = 64
    """Connections that have not said who they are; one more, and the oldest of them is dropped."""
    knock_seconds: float = 5
    close_seconds: float = 2
    ping_seconds: float = 20


@dataclass
class Serving:
    """A running server."""

    library: Library
    dispatcher: Dispatcher
    limits: Limits
    door_limits: DoorLimits
    port: int = 0
    door: Path | None = None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client calls ``session.shutdown``; whoever serves then leaves the context."""
    sessions: set[Session] = field(default_factory=set)
    seats: int = 0

    async def attend(self, connection: ServerConnection) -> None:
        """Serve one client that has come in, until it leaves."""
        session = Session(
            self.library, self.dispatcher, connection.send,
            peers=self.sessions, stop=self.stopping.set, limits=self.limits,
        )  # fmt: skip
        self.seats += 1
        try:
            await session.run(_texts(connection))
        except ConnectionClosed:
            pass
        except SlowReader:
            log.warning("dropped a client that does not read")
            connection.transport.abort()
        finally:
            self.seats -= 1

    def refuse(self, connection: ServerConnection, request: Request, gate: Gate) -> Response | None:
        """Answer a connection request: None lets it in."""
        headers = request.headers
        knock = Knock(
            request.path,
            request.method == "GET" and any(offer.lower() == "websocket" for offer in headers.get_all("Upgrade")),
            headers.get_all("Host"), headers.get_all("Origin"), headers.get_all("Sec-WebSocket-Protocol"),
        )  # fmt: skip
        status = gate.refusal(knock)
        if status is None and self.seats >= self.door_limits.clients:
            status = HTTPStatus.SERVICE_UNAVAILABLE
        if status is None:
            return None
        log.warning("refused a connection: %s", status.phrase)
        return connection.respond(status, status.phrase + "\n")


class Visitor(ServerConnection):
    """A connection that counts as knocking until it has come in, left, or been pushed out by too many others."""

    knocking: dict[Visitor, None]
    max_knocking: int

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.knocking[self] = None
        if len(self.knocking) > self.max_knocking:
            oldest = next(iter(self.knocking))
            del self.knocking[oldest]
            oldest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.knocking.pop(self, None)
        super().connection_lost(exc)

    def come_in(self) -> None:
        self.knocking.pop(self, None)


@asynccontextmanager
async def serve(  # noqa: PLR0913  # all by name
    library: Library,
    *,
    token: str,
    origins: Sequence[str] = (OBSIDIAN,),
    door_folder: Path | None = None,
    limits: Limits | None = None,
    door_limits: DoorLimits | None = None,
    served: Sequence[Any] = methods.METHODS,
) -> AsyncIterator[Serving]:
    """Listen on a port of 127.0.0.1 that the system chooses, and at the local door when ``door_folder`` is given."""
    serving = Serving(
        library, Dispatcher(served, record=methods.record), limits or Limits(), door_limits or DoorLimits()
    )
    async with AsyncExitStack() as stack:
        tcp = await stack.enter_async_context(_tcp_door(serving, token, origins))
        serving.port = tcp.sockets[0].getsockname()[1]
        if door_folder is not None and door.SUPPORTED:
            options = _options(serving)
            serving.door = await stack.enter_async_context(
                door.listening(door_folder, _attend(serving), _checker(serving, local_gate()), options)
            )
        yield serving


@asynccontextmanager
async def _tcp_door(serving: Serving, token: str, origins: Sequence[str]) -> AsyncIterator[Server]:
    def check(connection: ServerConnection, request: Request) -> Response | None:
        port = connection.local_address[1]
        return serving.refuse(connection, request, tcp_gate(port, token, origins))

    async with listen(_attend(serving), "127.0.0.1", 0, process_request=check, **_options(serving)) as server:
        yield server


def _checker(serving: Serving, gate: Gate) -> Any:
    return lambda connection, request: serving.refuse(connection, request, gate)


def _attend(serving: Serving) -> Any:
    async def attend(connection: Visitor) -> None:
        connection.come_in()
        await serving.attend(connection)

    return attend


def _options(serving: Serving) -> dict[str, Any]:
    at_door = serving.door_limits
    logger = logging.getLogger("librarian.websockets")
    logger.setLevel(QUIET)
    knocking: dict[Visitor, None] = {}
    visitor = type("Visitor", (Visitor,), {"knocking": knocking, "max_knocking": at_door.knocking})
    return {
        "compression": None,
        "create_connection": visitor,
        "logger": logger,
        "max_queue": 4,
        "max_size": message.MAX_BYTES,
        "open_timeout": at_door.knock_seconds,
        "ping_interval": at_door.ping_seconds,
        "ping_timeout": at_door.ping_seconds,
        "close_timeout": at_door.close_seconds,
        "select_subprotocol": lambda _connection, _offers: Subprotocol(SUBPROTOCOL),
        "server_header": None,
    }


async def _texts(connection: ServerConnection) -> AsyncIterator[str]:
    async for frame in connection:
        if isinstance(frame, bytes):
            await connection.close(UNSUPPORTED_DATA, "text frames only")
            return
        yield frame
