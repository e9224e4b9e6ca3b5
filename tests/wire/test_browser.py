"""A real page in a real browser knocks at the sidecar's door."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from librarian.server import Serving, serve

from .fake_library import FakeLibrary
from .peer import TOKEN

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="NO BROWSER: chromium proves that a web page is refused"),
    pytest.mark.timeout(120),
]

PAGE = """<!doctype html><meta charset="utf-8"><script type="module">
const knock = (url, protocols) => new Promise(resolve => {
  let socket;
  try { socket = new WebSocket(url, protocols); } catch (error) { resolve("threw " + error.name); return; }
  socket.onopen = () => { socket.send('{"jsonrpc":"2.0","id":1,"method":"session.ping"}'); };
  socket.onmessage = event => resolve("answered " + event.data);
  socket.onclose = event => resolve("closed " + event.code);
});
const read = async url => {
  try { const answer = await fetch(url); return "read " + answer.status; }
  catch (error) { return "threw " + error.name; }
};
const attempts = %s;
const report = {origin: location.origin};
for (const [name, kind, url, protocols] of attempts) {
  report[name] = kind === "socket" ? await knock(url, protocols) : await read(url);
}
await fetch("/report", {method: "POST", body: JSON.stringify(report)});
</script>"""


class Site:
    """A web site of an attacker, which hears what its page found out."""

    def __init__(self, attempts: list[tuple[str, str, str, list[str]]]) -> None:
        self._loop = asyncio.get_running_loop()
        self.report: asyncio.Future[dict[str, Any]] = self._loop.create_future()
        site, page = self, (PAGE % json.dumps(attempts)).encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(page)

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self._answer(b"")
                site._loop.call_soon_threadsafe(site.report.set_result, body)

            def _answer(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@asynccontextmanager
async def browser(url: str, *flags: str) -> AsyncIterator[None]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            str(CHROMIUM), *FLAGS, *flags, f"--user-data-dir={profile}", "--remote-debugging-port=0", url,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, start_new_session=True,
            env={**os.environ, "HOME": profile},
        )  # fmt: skip
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def visit(attempts: list[tuple[str, str, str, list[str]]]) -> dict[str, Any]:
    """Open a page that makes these attempts and give what it reported."""
    site = Site(attempts)
    try:
        async with browser(f"http://127.0.0.1:{site.port}/"):
            return await asyncio.wait_for(site.report, 60)
    finally:
        site.close()


def sockets(host: str) -> list[tuple[str, str, str, list[str]]]:
    return [
        ("no token", "socket", f"ws://{host}/", []),
        ("a guess", "socket", f"ws://{host}/", ["librarian.v1", "bearer.guess"]),
        ("the token", "socket", f"ws://{host}/", ["librarian.v1", f"bearer.{TOKEN}"]),
        ("plain", "fetch", f"http://{host}/", []),
    ]


async def test_a_page_is_refused_even_with_the_token(serving: Serving) -> None:
    report = await visit(sockets(f"127.0.0.1:{serving.port}"))
    assert report["origin"].startswith("http://127.0.0.1:")
    assert report["no token"] == report["a guess"] == report["the token"] == "closed 1006"
    assert report["plain"] == "threw TypeError"  # no CORS header, so not even the refusal can be read
    assert not serving.sessions


async def test_a_rebound_name_is_refused_even_with_an_origin_that_is_allowed(library: FakeLibrary) -> None:
    """The page's own origin is let in here, so that the host alone decides; its true name proves that it could work."""
    async with serve(library, token=TOKEN, origins=["http://rebound.example"]) as serving:
        true_name = f"ws://127.0.0.1:{serving.port}/"
        control = ("through its true name", "socket", true_name, ["librarian.v1", f"bearer.{TOKEN}"])
        site = Site([*sockets(f"rebound.example:{serving.port}"), control])
        # The first rule that fits is taken: the page comes from the name's default port, so that its origin is fixed.
        rules = f"MAP rebound.example:80 127.0.0.1:{site.port}, MAP rebound.example 127.0.0.1"
        try:
            async with browser("http://rebound.example/", f"--host-resolver-rules={rules}"):
                report = await asyncio.wait_for(site.report, 60)
        finally:
            site.close()
    assert report["origin"] == "http://rebound.example"
    assert report["no token"] == report["a guess"] == report["the token"] == "closed 1006"
    assert report["through its true name"].startswith("answered")
