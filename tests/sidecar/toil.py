"""What a worker runs in the tests of it: every good and bad habit of a heavy library."""

from __future__ import annotations

import ctypes
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Tell = Callable[[int, int], None]
Answer = tuple[dict[str, Any], bytes]

seen: list[Any] = []
"""What this process was told to remember."""


def remember(params: dict[str, Any], _payload: bytes, _tell: Tell) -> Answer:
    seen.append(params["what"])
    return {"seen": seen, "pid": os.getpid()}, b""


def digest(_params: dict[str, Any], payload: bytes, _tell: Tell) -> Answer:
    return {"sha256": hashlib.sha256(payload).hexdigest()}, payload[::-1]


def count(params: dict[str, Any], _payload: bytes, tell: Tell) -> Answer:
    for done in range(params["to"]):
        tell(done, params["to"])
    return {}, b""


def surroundings(_params: dict[str, Any], _payload: bytes, _tell: Tell) -> Answer:
    niceness = os.nice(0) if hasattr(os, "nice") else 0
    return {"environment": dict(os.environ), "niceness": niceness, "folder": os.getcwd(), "path": sys.path}, b""


def chatter(params: dict[str, Any], _payload: bytes, _tell: Tell) -> Answer:
    """Print by every way there is, and read what is typed."""
    print("printed", params["what"], flush=True)
    os.write(1, b"\x00\xff\x01 written past Python\n")
    subprocess.run([sys.executable, "-c", "print('printed by a child')"], check=True)
    os.write(2, b"x" * params.get("stderr_bytes", 0))
    return {"typed": sys.stdin.read()}, b""


def fail(params: dict[str, Any], _payload: bytes, _tell: Tell) -> Answer:
    raise KeyError(params["what"])


def unspeakable(_params: dict[str, Any], _payload: bytes, _tell: Tell) -> Answer:
    return {"value": object()}, b""


def crash(_params: dict[str, Any], _payload: bytes, _tell: Tell) -> Answer:
    ctypes.string_at(0)
    return {}, b""


def leave(params: dict[str, Any], _payload: bytes, _tell: Tell) -> Answer:
    sys.exit(params["code"])


def linger(params: dict[str, Any], _payload: bytes, tell: Tell) -> Answer:
    """Take that many seconds, and say when it has begun and ended."""
    tell(0, 1)
    time.sleep(params["seconds"])
    if "file" in params:
        Path(params["file"]).touch()
    return {}, b""


CALLS = {
    function.__name__: function
    for function in (remember, digest, count, surroundings, chatter, fail, unspeakable, crash, leave, linger)
}
