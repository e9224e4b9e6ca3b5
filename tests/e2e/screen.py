"""A command at a terminal of its own: what it shows, and keys pressed for it."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_AT_ITS_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""Only the terminal that controls a process sends it what Ctrl-C means."""
_STYLES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Screen:
    """A running command; ``shown`` is everything that it has drawn so far, without styles."""

    def __init__(self, process: subprocess.Popen[bytes], terminal: int) -> None:
        self.process = process
        self._terminal = terminal
        self._drawn = b""
        self._seen = 0

    @property
    def shown(self) -> str:
        return _STYLES.sub("", self._drawn.decode("utf-8", "replace")).replace("\r\n", "\n")

    def until(self, text: str, *, seconds: float = 60.0) -> str:
        """What is shown from where the last wait ended to this text, once it is there."""
        deadline = time.monotonic() + seconds
        while text not in self.shown[self._seen :]:
            assert time.monotonic() < deadline, f"{text!r} never came:\n{self.shown[self._seen :]}"
            assert self._read(deadline) or text in self.shown[self._seen :], f"it ended without {text!r}:\n{self.shown}"
        end = self.shown.index(text, self._seen) + len(text)
        part, self._seen = self.shown[self._seen : end], end
        return part

    def press(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def end(self) -> int:
        """The exit code, once everything is shown."""
        deadline = time.monotonic() + 60
        while self._read(deadline):
            assert time.monotonic() < deadline, f"it goes on:\n{self.shown[self._seen :]}"
        return self.process.wait(60)

    def _read(self, deadline: float) -> bool:
        if not select.select([self._terminal], [], [], max(0.0, deadline - time.monotonic()))[0]:
            return True
        try:
            read = os.read(self._terminal, 65536)
        except OSError:  # what Linux says of a terminal that nobody writes to any more
            return False
        self._drawn += read
        return bool(read)


@contextmanager
def screen(
    command: Sequence[str], *, cwd: Path, environment: dict[str, str], columns: int = 100, rows: int = 50
) -> Iterator[Screen]:
    """Run a command at a terminal of this size."""
    import fcntl
    import termios

    terminal, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", _AT_ITS_TERMINAL, *command], cwd=cwd, env=environment | {"TERM": "xterm"},
        stdin=other, stdout=other, stderr=other, start_new_session=True,
    )  # fmt: skip
    os.close(other)
    try:
        yield Screen(process, terminal)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait(30)
        os.close(terminal)
