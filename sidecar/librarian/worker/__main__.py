"""The child's side: reads calls from what was its standard input and answers on what was its standard output.

Run as ``python -m librarian.worker MODULE NICENESS``. It ends at once when its standard input does, in the middle of a
call as well, so it never outlives the process that started it, however that one ended.
"""

from __future__ import annotations

import importlib
import io
import os
import queue
import sys
import threading
import traceback
from collections.abc import Mapping
from typing import Any

from librarian.worker import frame

MAX_MESSAGE_CHARACTERS = 2000


class Wire:
    """The two pipes to the parent, out of reach of whatever libraries print or read."""

    def __init__(self) -> None:
        # Duplicates are not inherited by processes that a library may start.
        self._calls = io.FileIO(os.dup(0), "rb")
        self._answers = io.FileIO(os.dup(1), "wb")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        if sys.platform == "win32":
            import msvcrt

            for pipe in (self._calls, self._answers):
                msvcrt.setmode(pipe.fileno(), os.O_BINARY)

    def read(self) -> tuple[dict[str, Any], bytes]:
        """The next call. Raises EOFError when there will be none."""
        head_bytes, payload_bytes = frame.sizes(self._exactly(frame.SIZES.size))
        return frame.head(self._exactly(head_bytes)), self._exactly(payload_bytes)

    def write(self, head: Mapping[str, Any], payload: bytes = b"") -> None:
        for part in (frame.packed(head, len(payload)), payload):
            left = memoryview(part)
            while left:
                left = left[self._answers.write(left) :]

    def _exactly(self, size: int) -> bytes:
        buffer = bytearray(size)
        left = memoryview(buffer)
        while left:
            count = self._calls.readinto(left)
            if not count:
                raise EOFError
            left = left[count:]
        return bytes(buffer)


def main(module: str, niceness: int) -> None:
    wire = Wire()
    if niceness and hasattr(os, "nice"):
        os.nice(niceness)
    calls: queue.SimpleQueue[tuple[dict[str, Any], bytes]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(wire, calls), name="calls", daemon=True).start()
    while True:
        _answer(wire, module, *calls.get())


def _listen(wire: Wire, calls: queue.SimpleQueue[tuple[dict[str, Any], bytes]]) -> None:
    """Take calls in. A thread of its own, so that the end of the pipe is noticed while a call runs."""
    try:
        while True:
            calls.put(wire.read())
    except (EOFError, OSError, frame.FrameInvalid) as error:
        # The interpreter's own way out would wait for the call that runs.
        os._exit(0 if isinstance(error, EOFError) else 1)


def _answer(wire: Wire, module: str, head: dict[str, Any], payload: bytes) -> None:
    def tell(done: int, total: int) -> None:
        wire.write({"progress": [done, total]})

    try:
        function = importlib.import_module(module).CALLS[head["call"]]
        values, answer = function(head["params"], payload, tell)
        wire.write({"answer": values}, answer)
    except Exception as error:  # noqa: BLE001  # whatever a library raises is the parent's to judge
        traceback.print_exc()
        failure = {"kind": type(error).__name__, "message": str(error)[:MAX_MESSAGE_CHARACTERS]}
        wire.write({"failed": failure})


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
