"""A sidecar as the plugin starts it, and a plain client of its websocket: everything is measured through these two."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from secrets import token_urlsafe as new_token
from types import TracebackType
from typing import Any

from websockets.sync.client import connect

START_S = 30.0
CALL_S = 300.0


class CallFailed(Exception):
    """The sidecar answered with an error."""

    def __init__(self, method: str, error: Mapping[str, Any]) -> None:
        super().__init__(f"{method}: {error.get('code')} {error.get('message')} {error.get('data', '')}")


class SidecarFailed(Exception):
    """The sidecar did not start, or ended."""


class Sidecar:
    """One spawned ``librarian serve`` with its client; leaving it shuts the sidecar down and waits for its end."""

    def __init__(self, librarian: Path, data: Path, *, secrets: Mapping[str, str] | None = None) -> None:
        """``secrets``: keys of providers of models, by their names."""
        self.began = time.perf_counter()
        token = new_token(32)
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - lives as long as the process that writes it
        self._process = subprocess.Popen(
            [str(librarian), "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=_environment(data),
        )
        try:
            self._write(json.dumps({"token": token, "secrets": dict(secrets or {})}))
            ready = self._ready()
            self.ready_ms = self.elapsed_ms()
            self._connection = ExitStack()
            self._socket = self._connection.enter_context(
                connect(
                    f"ws://127.0.0.1:{ready['port']}",
                    subprotocols=["librarian.v1", f"bearer.{token}"],
                    compression=None,
                    proxy=None,
                    max_size=None,
                    open_timeout=START_S,
                )
            )
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise
        self._next_id = 0

    @property
    def pid(self) -> int:
        """The process users pay for: what was spawned, its children counted with it where memory is weighed."""
        return self._process.pid

    def elapsed_ms(self) -> float:
        """Time since the moment before the process was started."""
        return (time.perf_counter() - self.began) * 1000

    def initialize(self) -> None:
        self.call("session.initialize", client={"name": "benchmarks", "version": "1"})

    def call(self, method: str, /, **params: Any) -> Any:
        """One request and its result; notices that arrive before it are dropped."""
        return self._answer(method, params, lambda _notice: None)

    def first_delta(self, method: str, /, **params: Any) -> float:
        """Milliseconds from a request to the first piece of the text that it writes; returns when all is written."""
        pieces_ms: list[float] = []
        began = time.perf_counter()

        def heard(notice: Mapping[str, Any]) -> None:
            if notice.get("method") == "$/progress" and notice["params"]["value"].get("kind") == "delta":
                pieces_ms.append((time.perf_counter() - began) * 1000)

        self._answer(method, {**params, "progressToken": "written"}, heard)
        return pieces_ms[0]

    def _answer(self, method: str, params: Mapping[str, Any], heard: Callable[[Mapping[str, Any]], None]) -> Any:
        self._next_id += 1
        self._socket.send(json.dumps({"jsonrpc": "2.0", "id": self._next_id, "method": method, "params": params}))
        deadline = time.monotonic() + CALL_S
        while True:
            message = json.loads(self._socket.recv(timeout=max(0.0, deadline - time.monotonic())))
            if message.get("id") != self._next_id:
                heard(message)
                continue
            if "error" in message:
                raise CallFailed(method, message["error"])
            return message["result"]

    def notify(self, method: str, **params: Any) -> None:
        self._socket.send(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}))

    def __enter__(self) -> Sidecar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.call("session.shutdown")
        finally:
            self._end()

    def _end(self) -> None:
        self._connection.close()
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise SidecarFailed("the sidecar did not end within 20 s of losing its stdin") from None
        finally:
            self._errors.close()
            if self._process.stdout is not None:
                self._process.stdout.close()

    def _write(self, line: str) -> None:
        if self._process.stdin is None:
            raise SidecarFailed("no stdin")
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _ready(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            self._errors.seek(0)
            raise SidecarFailed(f"no ready line; stderr ends: {self._errors.read()[-2000:]}")
        ready: dict[str, Any] = json.loads(line)
        return ready


def _environment(data: Path) -> dict[str, str]:
    """This environment with every place the librarian keeps things in moved below ``data``."""
    ours = {f"XDG_{place}": str(data / place) for place in ("DATA_HOME", "CONFIG_HOME", "CACHE_HOME", "RUNTIME_DIR")}
    for folder in ours.values():
        Path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIBRARIAN_")}
    return {**kept, **ours, "PYTHONUTF8": "1"}
