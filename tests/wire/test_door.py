"""The second door: a socket for the command line of the same user."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from librarian import door
from librarian.errors import LibrarianError, NobodyThere, RemoteFault, VaultHeld, from_wire, kinds
from librarian.rpc.gate import Knock, local_gate
from librarian.server import Serving, serve

from .fake_library import FakeLibrary
from .peer import TOKEN

pytestmark = pytest.mark.elsewhere(not door.SUPPORTED, reason="there is no second door on Windows")


@pytest_asyncio.fixture
async def behind(library: FakeLibrary, tmp_path: Path) -> AsyncIterator[Serving]:
    async with serve(library, token=TOKEN, door_folder=tmp_path / "doors") as serving:
        yield serving


async def test_the_command_line_speaks_without_a_token(behind: Serving) -> None:
    assert behind.door
    async with door.connect(behind.door) as client:
        opened = await client.call("vault.open", {"path": "/v"})
        answer = await client.call("search.query", {"vaultId": opened["vaultId"], "text": "x"})
        assert answer["hits"][0]["path"] == "a.md"


async def test_errors_come_back_as_what_they_were(behind: Serving) -> None:
    assert behind.door
    async with door.connect(behind.door) as client:
        with pytest.raises(VaultHeld) as held:
            await client.call("vault.open", {"path": "/held"})
        assert held.value.data == {"pid": 4321}
        with pytest.raises(RemoteFault) as fault:
            await client.call("no.such")
        assert fault.value.remote_code == -32601


async def test_notices_reach_who_listens(behind: Serving, library: FakeLibrary) -> None:
    assert behind.door
    told: asyncio.Queue[str] = asyncio.Queue()
    async with door.connect(behind.door, on_notice=lambda name, params: told.put_nowait(name)) as client:
        await client.call("vault.open", {"path": "/v"})
        library.vault("v1").tell(1)
        assert await told.get() == "vault.progress"


async def test_a_cancelled_call_is_taken_back(behind: Serving, library: FakeLibrary) -> None:
    assert behind.door
    async with door.connect(behind.door) as client:
        await client.call("vault.open", {"path": "/v"})
        search = library.vault("v1").search
        call = asyncio.create_task(client.call("search.query", {"vaultId": "v1", "text": "slow"}))
        await search.slow_started.wait()
        call.cancel()
        await search.slow_cancelled.wait()
        assert await client.call("session.ping") is None


async def test_the_socket_is_for_its_user_alone_and_goes_with_the_sidecar(library: FakeLibrary, tmp_path: Path) -> None:
    folder = tmp_path / "doors"
    async with serve(library, token=TOKEN, door_folder=folder) as serving:
        assert serving.door == door.address(folder, os.getpid())
        assert door.addresses(folder) == [serving.door]
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(serving.door.stat().st_mode) == 0o600
    assert door.addresses(folder) == []
    with pytest.raises(NobodyThere):
        await door.connect(serving.door).__aenter__()


async def test_a_door_left_by_a_dead_sidecar_is_replaced(library: FakeLibrary, tmp_path: Path) -> None:
    folder = tmp_path / "doors"
    folder.mkdir()
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(door.address(folder, os.getpid())))
    left.close()
    async with serve(library, token=TOKEN, door_folder=folder) as serving:
        assert serving.door
        async with door.connect(serving.door) as client:
            await client.call("session.ping")


async def test_a_folder_that_was_open_to_others_is_closed(library: FakeLibrary, tmp_path: Path) -> None:
    folder = tmp_path / "doors"
    folder.mkdir(mode=0o777)
    async with serve(library, token=TOKEN, door_folder=folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_a_planted_link_is_not_followed(library: FakeLibrary, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "doors").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PermissionError):
        await serve(library, token=TOKEN, door_folder=tmp_path / "doors").__aenter__()


async def test_another_user_is_refused_whatever_the_modes(behind: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    assert behind.door
    real = os.getuid()
    monkeypatch.setattr(door, "peer_user", lambda peer: real + 1)
    with pytest.raises(NobodyThere):
        await door.connect(behind.door).__aenter__()
    assert not behind.sessions


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="needs root to be somebody else for a moment")
async def test_the_system_tells_who_another_user_is(behind: Serving, tmp_path: Path) -> None:
    """With every mode wide open, a real process of another user still finds a closed door."""
    assert behind.door
    behind.door.chmod(0o777)
    for folder in (behind.door.parent, *behind.door.parents):
        if folder.is_relative_to(tmp_path.parent.parent):
            folder.chmod(0o777)
    knocking = (
        "import os, socket, sys\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])\n"
        "s.sendall(b'GET / HTTP/1.1\\r\\nHost: localhost\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\nSec-WebSocket-Version: 13\\r\\n"
        "Sec-WebSocket-Protocol: librarian.v1\\r\\n\\r\\n')\n"
        "print(s.recv(100).split()[1].decode())\n"
    )
    for user, expected in ((knocking, "403"), (knocking.replace("65534", "0"), "101")):
        asked = [sys.executable, "-c", user, str(behind.door)]
        said = await asyncio.to_thread(subprocess.run, asked, capture_output=True, text=True)
        assert said.stdout.strip() == expected, said.stderr


@pytest.mark.parametrize(
    ("hosts", "origins", "offers"),
    [
        (["127.0.0.1"], [], ["librarian.v1"]),
        ([], [], ["librarian.v1"]),
        (["localhost"], ["app://obsidian.md"], ["librarian.v1"]),
        (["localhost"], [], []),
        (["localhost"], [], ["librarian.v1, bearer.x"]),
    ],
)
def test_the_local_gate_knows_no_browser(hosts: list[str], origins: list[str], offers: list[str]) -> None:
    assert local_gate().refusal(Knock("/", True, hosts, origins, offers)) is not None
    assert local_gate().refusal(Knock("/", True, ["localhost"], [], ["librarian.v1"])) is None


async def test_a_sidecar_that_goes_away_is_told_to_who_waits(library: FakeLibrary, tmp_path: Path) -> None:
    async with serve(library, token=TOKEN, door_folder=tmp_path / "doors") as serving:
        assert serving.door
        async with door.connect(serving.door) as client:
            await client.call("vault.open", {"path": "/v"})
            call = asyncio.create_task(client.call("search.query", {"vaultId": "v1", "text": "slow"}))
            await library.vault("v1").search.slow_started.wait()
            await client._connection.close()
            with pytest.raises(NobodyThere):
                await call
            with pytest.raises(NobodyThere):
                await client.call("session.ping")


def test_a_long_data_folder_gets_a_short_door(tmp_path: Path) -> None:
    assert door.door_folder(Path("/data")) == Path("/data/doors")
    elsewhere = door.door_folder(tmp_path / ("x" * 200))
    assert len(os.fsencode(door.address(elsewhere, 4_194_304))) <= 107
    assert elsewhere != door.door_folder(tmp_path / ("y" * 200))


def test_every_error_has_a_code_of_its_own_and_comes_back_as_itself() -> None:
    classes = kinds(LibrarianError)
    codes = [kind.code for kind in classes]
    assert len(set(codes)) == len(codes)
    for kind in classes:
        back = from_wire(kind.code, "said", {"a": 1})
        assert type(back) is kind
        assert (back.message, back.data, str(back)) == ("said", {"a": 1}, "said")
