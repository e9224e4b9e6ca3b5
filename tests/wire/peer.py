"""A client that says exactly what it is told to, and nothing more."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

TOKEN = "CANARY-token-0123456789abcdef0123456789"


class Peer:
    """Sends raw text and reads raw answers; keeps what was not asked for aside."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.notices: list[dict[str, Any]] = []

    async def send(self, text: str | bytes) -> None:
        await self.connection.send(text)

    async def read(self) -> Any:
        """The next answer; notices that come before it are kept."""
        while True:
            said = json.loads(await self.connection.recv(), parse_constant=lambda name: 1 / 0)
            if isinstance(said, dict) and "method" in said:
                self.notices.append(said)
            else:
                return said

    async def notice(self) -> dict[str, Any]:
        """The next notice."""
        if not self.notices:
            said = json.loads(await self.connection.recv())
            assert "method" in said, said
            return said
        return self.notices.pop(0)

    async def ask(self, method: str, params: dict[str, Any] | None = None, call_id: str | int = 1) -> dict[str, Any]:
        """Send one request and read one answer."""
        await self.send(request(method, params, call_id))
        return await self.read()

    async def initialize(self) -> dict[str, Any]:
        return await self.ask("session.initialize", {"client": {"name": "test", "version": "1"}}, "hello")

    async def open_vault(self) -> dict[str, Any]:
        return await self.ask("vault.open", {"path": "/vault"}, "open")


def request(method: str, params: dict[str, Any] | None = None, call_id: str | int | None = 1) -> str:
    said: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
    if call_id is not None:
        said["id"] = call_id
    if params is not None:
        said["params"] = params
    return json.dumps(said)


@asynccontextmanager
async def dial(port: int, **options: Any) -> AsyncIterator[Peer]:
    options.setdefault("subprotocols", ["librarian.v1", f"bearer.{TOKEN}"])
    options.setdefault("compression", None)
    options.setdefault("max_size", 16 << 20)
    async with connect(f"ws://127.0.0.1:{port}/", proxy=None, **options) as connection:
        yield Peer(connection)


@asynccontextmanager
async def guest(port: int, **options: Any) -> AsyncIterator[Peer]:
    """A peer that has introduced itself and opened the vault."""
    async with dial(port, **options) as peer:
        await peer.initialize()
        await peer.open_vault()
        yield peer
