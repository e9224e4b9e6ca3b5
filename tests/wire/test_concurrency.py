"""Calls beside each other, calls taken back, clients that flood and clients that do not read."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from websockets.exceptions import ConnectionClosed

from librarian.rpc.session import Limits
from librarian.server import Serving, serve
from librarian.telling import Delta, Step

from .fake_library import FakeLibrary
from .flood import FLOODS
from .peer import TOKEN, Peer, guest, request
from .test_startup import ENVIRONMENT, ready, sidecar

FLOOD = Path(__file__).with_name("flood.py")
SLOW = {"vaultId": "v1", "text": "slow"}


async def cancel(peer: Peer, call_id: str | int) -> None:
    await peer.send(request("$/cancelRequest", {"id": call_id}, None))


async def until(fact: Callable[[], bool]) -> None:
    """Let the loop run until something has become true; the test's own timeout is the limit."""
    while not fact():
        await asyncio.sleep(0)


async def test_a_slow_call_delays_no_other_call_of_its_client(serving: Serving, library: FakeLibrary) -> None:
    async with guest(serving.port) as peer:
        await peer.send(request("search.query", SLOW, "slow"))
        for number in range(20):
            assert (await peer.ask("search.query", {"vaultId": "v1", "text": "x"}, number))["id"] == number
        library.vault("v1").search.release.set()
        assert (await peer.read())["id"] == "slow"


async def test_a_call_that_is_taken_back_is_answered_so_and_stops_working(
    serving: Serving, library: FakeLibrary
) -> None:
    async with guest(serving.port) as peer:
        search = library.vault("v1").search
        await peer.send(request("search.query", SLOW, "slow"))
        await search.slow_started.wait()
        await cancel(peer, "slow")
        assert await peer.read() == {
            "jsonrpc": "2.0", "id": "slow", "error": {"code": -32800, "message": "Cancelled."}
        }  # fmt: skip
        assert search.slow_cancelled.is_set()
        assert (await peer.ask("session.ping", call_id="slow"))["result"] is None  # its id is free again


async def test_a_call_taken_back_before_it_began_never_begins(serving: Serving, library: FakeLibrary) -> None:
    async with guest(serving.port) as peer:
        session = next(iter(serving.sessions))
        counted, step = serving.dispatcher.accept(request("search.query", SLOW, 5), session)
        session.take_back(5)
        assert '"code":-32800' in str(await step())
        assert not library.vault("v1").search.slow_started.is_set()
        assert counted == 0
        assert "result" in await peer.ask("session.ping", call_id=5)


async def test_taking_back_an_answered_call_or_anothers_call_changes_nothing(
    serving: Serving, library: FakeLibrary
) -> None:
    async with guest(serving.port) as peer, guest(serving.port) as other:
        search = library.vault("v1").search
        await peer.send(request("search.query", SLOW, 1))
        await search.slow_started.wait()
        await cancel(other, 1)
        assert "result" in await other.ask("session.ping", call_id=1)
        await cancel(other, 1)
        search.release.set()
        assert "result" in await peer.read()
        assert "result" in await other.ask("session.ping", call_id=1)


async def test_who_leaves_takes_its_calls_along(serving: Serving, library: FakeLibrary) -> None:
    async with guest(serving.port) as peer:
        search = library.vault("v1").search
        await peer.send(request("search.query", SLOW, 1))
        await search.slow_started.wait()
    await search.slow_cancelled.wait()
    await until(lambda: not serving.sessions)


async def test_an_unexpected_failure_is_an_incident_and_says_nothing_else(
    serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    async with guest(serving.port) as peer:
        answer = await peer.ask("search.query", {"vaultId": "v1", "text": "broken"})
        error = answer["error"]
        assert (error["code"], list(error["data"])) == (-32603, ["incident"])
        assert "CANARY" not in str(answer)
        assert error["data"]["incident"] in caplog.text
        assert "CANARY-exception-text" in caplog.text


async def test_more_calls_than_allowed_are_told_so_and_the_others_go_on(library: FakeLibrary) -> None:
    async with serve(library, token=TOKEN, limits=Limits(calls_in_flight=3)) as serving, guest(serving.port) as peer:
        for number in range(4):
            await peer.send(request("search.query", SLOW, number))
        refused = await peer.read()
        assert (refused["id"], refused["error"]["code"], refused["error"]["data"]) == (3, -32003, {"limit": 3})
        library.vault("v1").search.release.set()
        assert sorted([(await peer.read())["id"] for _ in range(3)]) == [0, 1, 2]


async def test_a_client_that_does_not_read_is_dropped_and_holds_little(library: FakeLibrary) -> None:
    limits = Limits(outbox_bytes=1 << 18, send_seconds=0.3)
    async with serve(library, token=TOKEN, limits=limits) as serving, guest(serving.port, max_queue=1) as peer:
        peer.connection.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.connection.transport.pause_reading()
        session = next(iter(serving.sessions))
        most = 0
        with contextlib.suppress(ConnectionClosed, TimeoutError):
            for number in range(400):
                async with asyncio.timeout(1):
                    await peer.send(request("search.query", {"vaultId": "v1", "text": "huge"}, number))
                most = max(most, session._outbox_bytes)
        await until(lambda: not serving.sessions)
        # Beyond the limit by what one round of reading lets in, not by the 64 MB that were asked for.
        assert most < (1 << 18) + 4 * 200_000
        peer.connection.transport.abort()


async def test_progress_that_nobody_reads_yet_is_replaced_by_newer_progress(
    serving: Serving, library: FakeLibrary
) -> None:
    async with guest(serving.port) as peer:
        vault = library.vault("v1")
        for done in range(10_000):
            vault.tell(done, total=9_999)
        told = [(await peer.notice())["params"]["done"]]
        assert "result" in await peer.ask("session.ping")
        told += [notice["params"]["done"] for notice in peer.notices]
        assert told[-1] == 9_999
        assert len(told) < 100


async def test_pieces_of_a_text_that_nobody_reads_yet_are_joined_and_none_is_missing(serving: Serving) -> None:
    async with guest(serving.port) as peer:
        session = next(iter(serving.sessions))
        for number in range(3_000):
            session.send_progress("a", Delta(text=f"{number} "))
            session.send_progress("b", Delta(text="b"))
            session.send_progress("a", Step(phase="reading", done=number, total=3_000))
        assert "result" in await peer.ask("session.ping")
        while not any(notice["params"]["value"].get("text", "").endswith("2999 ") for notice in peer.notices):
            peer.notices.append(json.loads(await peer.connection.recv()))
        assert "result" in await peer.ask("session.ping")
        heard = [notice["params"] for notice in peer.notices]
        text = {
            token: "".join(each["value"].get("text", "") for each in heard if each["token"] == token) for token in "ab"
        }
        assert text == {"a": "".join(f"{number} " for number in range(3_000)), "b": "b" * 3_000}
        assert len(heard) < 300


async def test_progress_may_be_told_from_any_thread(serving: Serving, library: FakeLibrary) -> None:
    async with guest(serving.port) as peer:
        await asyncio.to_thread(library.vault("v1").tell, 7)
        assert (await peer.notice())["params"]["done"] == 7


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_leaves_another_clients_calls_quick_and_memory_bounded(kind: str) -> None:
    async def measure(port: int) -> list[float]:
        async with guest(port) as quiet:
            return [await ping_ms(quiet) for _ in range(60)]

    with sidecar() as process:
        said = ready(process)
        watched = psutil.Process(said["pid"])
        before = watched.memory_info().rss
        with subprocess.Popen(
            [sys.executable, str(FLOOD), str(said["port"]), kind], stdout=subprocess.PIPE, env=ENVIRONMENT
        ) as flood:
            assert flood.stdout
            assert flood.stdout.readline() == b"flooding\n"
            took = asyncio.run(measure(said["port"]))
            grown = watched.memory_info().rss - before
            assert flood.poll() is None, "the flood ended early"
            flood.kill()
    p95 = statistics.quantiles(took, n=20)[-1]
    print(f"{kind}: median {statistics.median(took):.1f} ms, p95 {p95:.1f} ms, memory +{grown / 2**20:.1f} MiB")
    assert p95 < 500
    assert grown < 64 << 20


async def ping_ms(peer: Peer) -> float:
    await asyncio.sleep(0.01)  # a pace, not a wait: pings that are spread over the flood
    started = time.perf_counter()
    await peer.ask("session.ping")
    return (time.perf_counter() - started) * 1000
