"""The second door: a socket in the file system, for the command line of the same user, where no token is needed.

The folder is 0700, the socket 0600, and the system tells whose process is calling. On Windows there is no such door:
the command line opens the vault itself there, and says who holds it when it cannot.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import os
import socket
import struct
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.asyncio.server import ServerConnection, unix_serve
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from librarian.errors import NobodyThere, from_wire
from librarian.rpc.contract import PROTOCOL, SUBPROTOCOL

SUPPORTED: Final = hasattr(socket, "AF_UNIX") and sys.platform != "win32"
_LONGEST_ADDRESS: Final = 100
"""Bytes; Linux allows 108, macOS 104."""
_CLIENT_MAX_BYTES: Final = 64 << 20


def door_folder(data_folder: Path) -> Path:
    """Where the doors of one user's sidecars are; a short path elsewhere when the data folder's is too long."""
    folder = data_folder / "doors"
    if len(os.fsencode(folder)) + len("/4194304.sock") <= _LONGEST_ADDRESS:
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"librarian-{os.getuid()}-{digest}"


def address(folder: Path, pid: int) -> Path:
    """The door of the sidecar with this process id, whether or not it is there."""
    return folder / f"{pid}.sock"


def addresses(folder: Path) -> list[Path]:
    """Doors that exist, newest first; whether somebody answers only `connect` can tell."""

    def made_at(path: Path) -> float:
        with suppress(OSError):
            return path.stat().st_mtime
        return 0

    return sorted(folder.glob("*.sock"), key=made_at, reverse=True)


# The sidecar's side


@asynccontextmanager
async def listening(
    folder: Path,
    attend: Any,
    check: Callable[[ServerConnection, Request], Response | None],
    options: dict[str, Any],
) -> AsyncIterator[Path]:
    """Listen at this process's door in ``folder``; gives its address and removes it at the end."""
    _make_private(folder)
    path = address(folder, os.getpid())
    path.unlink(missing_ok=True)

    def vouch(connection: ServerConnection, request: Request) -> Response | None:
        peer = connection.transport.get_extra_info("socket")
        if peer_user(peer) != os.getuid():
            return connection.respond(HTTPStatus.FORBIDDEN, "Forbidden\n")
        return check(connection, request)

    # Made by hand: between a bind by asyncio and a chmod by us, another user could connect.
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        old_mask = os.umask(0o177)
        try:
            listener.bind(os.fspath(path))
        finally:
            os.umask(old_mask)
        async with unix_serve(attend, sock=listener, process_request=vouch, **options):
            yield path
    finally:
        listener.close()
        path.unlink(missing_ok=True)


def _make_private(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = folder.lstat()
    if folder.is_symlink() or made.st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else")
    folder.chmod(0o700)


def peer_user(peer: Any) -> int:
    """The user id of the process at the other end of a Unix socket."""
    if sys.platform == "linux":
        _, user, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
        return int(user)
    return _getpeereid(peer.fileno())


def _getpeereid(descriptor: int) -> int:
    """What macOS and the BSDs have instead of ``SO_PEERCRED``."""
    import ctypes

    user, group = ctypes.c_uint(), ctypes.c_uint()
    library = ctypes.CDLL(None, use_errno=True)
    if library.getpeereid(descriptor, ctypes.byref(user), ctypes.byref(group)) != 0:
        raise OSError(ctypes.get_errno(), "getpeereid")
    return user.value


# The client's side


class Client:
    """Calls methods of a running sidecar."""

    def __init__(self, connection: ClientConnection, on_notice: Callable[[str, Any], None] | None = None) -> None:
        self._connection = connection
        self._on_notice = on_notice
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}

    async def call(self, method: str, params: dict[str, Any] | None = None) -> Any:
        """Call a method; raises the `LibrarianError` that the sidecar answered with."""
        call_id = next(self._ids)
        answer = self._waiting[call_id] = asyncio.get_running_loop().create_future()
        request = {"jsonrpc": "2.0", "id": call_id, "method": method, "params": params or {}}
        try:
            await self._connection.send(json.dumps(request))
            return await answer
        except ConnectionClosed:
            raise NobodyThere("The running sidecar has gone away.") from None
        except asyncio.CancelledError:
            await self._forsake(call_id)
            raise
        finally:
            self._waiting.pop(call_id, None)

    async def _forsake(self, call_id: int) -> None:
        with suppress(ConnectionClosed):
            await self.notify("$/cancelRequest", {"id": call_id})

    async def notify(self, method: str, params: dict[str, Any]) -> None:
        """Say something that has no answer."""
        await self._connection.send(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}))

    async def listen(self) -> None:
        """Sort what arrives to whoever waits for it, until the connection ends."""
        try:
            async for frame in self._connection:
                self._sort(json.loads(frame))
        finally:
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(NobodyThere("The running sidecar has gone away."))

    def _sort(self, said: dict[str, Any]) -> None:
        if "method" in said:
            if self._on_notice:
                self._on_notice(said["method"], said.get("params"))
            return
        answer = self._waiting.get(said["id"])
        if answer is None or answer.done():
            return
        if error := said.get("error"):
            answer.set_exception(from_wire(error["code"], error["message"], error.get("data")))
        else:
            answer.set_result(said["result"])


@asynccontextmanager
async def connect(
    path: Path, *, name: str = "librarian", version: str = "", on_notice: Callable[[str, Any], None] | None = None
) -> AsyncIterator[Client]:
    """Connect to the sidecar behind ``path`` and introduce ourselves; raises `NobodyThere`."""
    try:
        opening = unix_connect(
            os.fspath(path), uri="ws://localhost/", subprotocols=[Subprotocol(SUBPROTOCOL)], compression=None,
            max_size=_CLIENT_MAX_BYTES, open_timeout=5,
        )  # fmt: skip
        connection = await opening
    except (OSError, TimeoutError, InvalidHandshake) as error:
        raise NobodyThere(f"No sidecar answers at {path}.") from error
    async with speaking(connection, name=name, version=version, on_notice=on_notice) as client:
        yield client


@asynccontextmanager
async def speaking(
    connection: ClientConnection, *, name: str, version: str, on_notice: Callable[[str, Any], None] | None = None
) -> AsyncIterator[Client]:
    """Speak over an open connection, and close it at the end."""
    client = Client(connection, on_notice)
    listener = asyncio.create_task(client.listen())
    try:
        await client.call("session.initialize", {"client": {"name": name, "version": version}, "protocol": PROTOCOL})
        yield client
    finally:
        await connection.close()
        listener.cancel()
        with suppress(asyncio.CancelledError, ConnectionClosed):
            await listener
