"""Who may get in at the loopback port, byte by byte."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from librarian.rpc.gate import Knock, tcp_gate
from librarian.rpc.session import Session
from librarian.server import DoorLimits, Serving, serve

from .fake_library import FakeLibrary
from .peer import TOKEN, dial

GOOD = {
    "Host": "127.0.0.1:{port}",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Protocol": f"librarian.v1, bearer.{TOKEN}",
}


async def knock(port: int, *, path: str = "/", drop: str = "", add: tuple[str, ...] = (), **change: str) -> str:
    """Send one request, and give the answer up to its body."""
    headers = {**GOOD, **{name.replace("_", "-"): value for name, value in change.items()}}
    lines = [f"{name}: {value}".format(port=port) for name, value in headers.items() if name != drop]
    lines += [line.format(port=port) for line in add]
    return await say(port, "\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]))


async def say(port: int, text: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(text.encode("latin-1"))
        await writer.drain()
        with contextlib.suppress(asyncio.IncompleteReadError):
            return (await reader.readuntil(b"\r\n\r\n")).decode()
        return ""
    finally:
        writer.close()


def status(answer: str) -> int:
    return int(answer.split()[1])


@pytest.mark.parametrize("change", [{}, {"Host": "localhost:{port}"}, {"Origin": "app://obsidian.md"}])
async def test_who_has_everything_right_is_let_in(serving: Serving, change: dict[str, str]) -> None:
    answer = await knock(serving.port, **change)
    assert status(answer) == 101
    assert "Sec-WebSocket-Protocol: librarian.v1\r\n" in answer
    assert TOKEN not in answer
    assert "Server:" not in answer
    assert "Sec-WebSocket-Extensions" not in answer


HOSTS = [
    "evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost", "localhost.:{port}",
    "LOCALHOST:{port}",
    "127.0.0.1:{port}.evil.example", "127.1:{port}", "0.0.0.0:{port}", "[::1]:{port}", "2130706433:{port}", "",
    "127.0.0.1:{port}, evil.example", "127.0.0.1:{port}@evil.example", "127.0.0.1:0{port}",
]  # fmt: skip


@pytest.mark.parametrize("path", ["/", "/nothing/here"])
@pytest.mark.parametrize("host", HOSTS)
async def test_any_other_host_is_forbidden_on_every_path(serving: Serving, host: str, path: str) -> None:
    assert status(await knock(serving.port, path=path, Host=host)) == 403


@pytest.mark.parametrize("host", HOSTS)
async def test_any_other_host_is_forbidden_without_a_websocket_too(serving: Serving, host: str) -> None:
    answer = await say(serving.port, f"GET / HTTP/1.1\r\nHost: {host.format(port=serving.port)}\r\n\r\n")
    assert status(answer) == 403


async def test_no_host_and_two_hosts_are_forbidden(serving: Serving) -> None:
    assert status(await knock(serving.port, drop="Host")) == 403
    for second in ("127.0.0.1:{port}", "evil.example"):
        assert status(await knock(serving.port, add=(f"Host: {second}",))) == 403


async def test_plain_http_finds_nothing(serving: Serving) -> None:
    for path in ("/", "/favicon.ico", "/../..", "/?x"):
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{serving.port}\r\n\r\n"
        assert status(await say(serving.port, request)) == 404
    assert status(await knock(serving.port, path="/other")) == 404
    assert status(await knock(serving.port, path=f"/?token={TOKEN}")) == 404


@pytest.mark.parametrize("verb", ["POST", "OPTIONS", "HEAD", "PUT"])
async def test_other_verbs_get_nowhere(serving: Serving, verb: str) -> None:
    for host, expected in ((f"127.0.0.1:{serving.port}", 404), ("evil.example", 403)):
        lines = [f"{verb} / HTTP/1.1", *(f"{name}: {value}" for name, value in {**GOOD, "Host": host}.items()), "", ""]
        assert status(await say(serving.port, "\r\n".join(lines))) == expected


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example", "https://obsidian.md", "app://obsidian.md.evil.example", "app://obsidian.md/", "null",
        "",
        "APP://OBSIDIAN.MD", "app://obsidian.md, app://obsidian.md", "http://127.0.0.1:{port}", "file://", "app://",
    ],
)  # fmt: skip
async def test_any_other_origin_is_forbidden(serving: Serving, origin: str) -> None:
    assert status(await knock(serving.port, Origin=origin)) == 403


async def test_two_origins_are_forbidden(serving: Serving) -> None:
    assert status(await knock(serving.port, add=("Origin: app://obsidian.md",) * 2)) == 403


@pytest.mark.parametrize(
    "offered",
    [
        "librarian.v1",
        f"bearer.{TOKEN}",
        "librarian.v1, bearer.",
        f"librarian.v1, bearer.{TOKEN[:-1]}",
        f"librarian.v1, bearer.{TOKEN}x",
        f"librarian.v1, bearer.{TOKEN.lower()}",
        f"librarian.v1, Bearer.{TOKEN}",
        f"librarian.v1, bearer.{TOKEN}, bearer.{TOKEN}",
        f"librarian.v1, bearer.{TOKEN}, bearer.guess",
        f"librarian.v1, librarian.v1, bearer.{TOKEN}",
        f"librarian.v2, bearer.{TOKEN}",
        f"librarian.v1, bearer.{TOKEN}, other",
        TOKEN,
        "",
    ],
)
async def test_anything_but_one_right_token_is_unauthorized(serving: Serving, offered: str) -> None:
    assert status(await knock(serving.port, Sec_WebSocket_Protocol=offered)) == 401


async def test_no_token_at_all_is_unauthorized(serving: Serving) -> None:
    assert status(await knock(serving.port, drop="Sec-WebSocket-Protocol")) == 401
    assert (
        status(await knock(serving.port, drop="Sec-WebSocket-Protocol", add=(f"Authorization: Bearer {TOKEN}",))) == 401
    )
    assert status(await knock(serving.port, drop="Sec-WebSocket-Protocol", add=(f"Cookie: token={TOKEN}",))) == 401


async def test_protocols_on_two_lines_count_together(serving: Serving) -> None:
    more = (f"Sec-WebSocket-Protocol: bearer.{TOKEN}",)
    assert status(await knock(serving.port, add=more, Sec_WebSocket_Protocol="librarian.v1")) == 101
    assert status(await knock(serving.port, add=more)) == 401


@pytest.mark.parametrize(
    "text",
    ["\r\n\r\n", "\x16\x03\x01\x02\x00\r\n\r\n", "GET\r\n\r\n", "A" * 9000, "GET / HTTP/1.1\r\n" + "a: b\r\n" * 200],
)
async def test_what_is_not_http_is_never_let_in(serving: Serving, text: str) -> None:
    assert not (await say(serving.port, text)).startswith("HTTP/1.1 101")
    assert not serving.sessions


async def test_nothing_is_allocated_for_the_refused(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "__init__", lambda *_, **__: pytest.fail("a session was made"))
    assert status(await knock(serving.port, Origin="http://evil.example")) == 403
    assert status(await knock(serving.port, Sec_WebSocket_Protocol="librarian.v1, bearer.guess")) == 401


async def test_who_says_nothing_is_hung_up_on(library: FakeLibrary) -> None:
    async with serve(library, token=TOKEN, door_limits=DoorLimits(knock_seconds=0.2)) as serving:
        reader, writer = await asyncio.open_connection("127.0.0.1", serving.port)
        writer.write(b"GET / HTTP/1.1\r\n")
        assert await reader.read() == b""
        writer.close()


async def test_a_crowd_at_the_door_does_not_keep_the_owner_out(library: FakeLibrary) -> None:
    async with serve(library, token=TOKEN, door_limits=DoorLimits(knocking=5, knock_seconds=60)) as serving:
        crowd = [await asyncio.open_connection("127.0.0.1", serving.port) for _ in range(30)]
        async with dial(serving.port) as owner:
            assert (await owner.ask("session.ping"))["result"] is None
        for reader, _ in crowd[:20]:
            with contextlib.suppress(ConnectionResetError):
                assert await reader.read() == b""
        for _, writer in crowd:
            writer.close()


async def test_more_clients_than_seats_are_told_so(library: FakeLibrary) -> None:
    async with serve(library, token=TOKEN, door_limits=DoorLimits(clients=2)) as serving:
        async with dial(serving.port) as first, dial(serving.port) as second:
            await first.ask("session.ping")
            await second.ask("session.ping")
            with pytest.raises(InvalidStatus) as refused:
                await dial(serving.port).__aenter__()
            assert refused.value.response.status_code == 503
        while serving.seats:
            await asyncio.sleep(0)
        async with dial(serving.port) as third:
            assert "result" in await third.ask("session.ping")


async def test_it_listens_on_loopback_alone(serving: Serving) -> None:
    with pytest.raises(OSError, match=r"Connect call failed|refused|unreachable|assign"):
        await asyncio.open_connection("::1", serving.port)


async def test_every_start_has_a_port_of_its_own(library: FakeLibrary) -> None:
    async with serve(library, token=TOKEN) as one, serve(library, token="another-token-0123456789abcdef01") as other:
        assert one.port != other.port
        assert status(await knock(other.port)) == 401


@pytest.mark.parametrize(("frame", "code"), [(b"{}", 1003), ("x" * ((1 << 20) + 1), 1009)])
async def test_frames_of_the_wrong_kind_or_size_end_the_connection(
    serving: Serving, frame: str | bytes, code: int
) -> None:
    async with dial(serving.port) as peer:
        await peer.send(frame)
        with pytest.raises(ConnectionClosed) as closed:
            await peer.read()
        assert closed.value.rcvd
        assert closed.value.rcvd.code == code


def test_the_dashboards_origin_can_be_allowed_and_nothing_else_comes_with_it() -> None:
    gate = tcp_gate(5, TOKEN, ["app://obsidian.md", "http://127.0.0.1:9"])
    protocols = [GOOD["Sec-WebSocket-Protocol"]]
    for origin, refused in [("http://127.0.0.1:9", False), ("http://127.0.0.1:99", True), ("http://127.0.0.1", True)]:
        knocking = Knock("/", True, ["localhost:5"], [origin], protocols)
        assert (gate.refusal(knocking) is not None) == refused
