"""Questions to whoever sits at the terminal, answered with one key."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

_END = "\x04"
_ESCAPE = b"\x1b"


def is_there() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


async def key(question: str, keys: str) -> str:
    """Ask until one of these keys is pressed; gives it in lower case. Ctrl-C and Ctrl-D end the command."""
    with _undisturbed():
        click.echo(question + " ", nl=False)
        sys.stdout.flush()
        while True:
            pressed = (await _pressed()).lower()
            if pressed == _END:
                raise KeyboardInterrupt
            if pressed and pressed in keys:
                click.echo(pressed)
                return pressed


async def confirmed(question: str) -> bool:
    """Ask for a yes or a no."""
    return await key(f"{question} [y/n]", "yn") == "y"


if sys.platform == "win32":

    @contextmanager
    def _undisturbed() -> Iterator[None]:
        yield

    async def _pressed() -> str:
        # Elsewhere than in the event loop, which has a connection to keep alive meanwhile.
        return await asyncio.to_thread(click.getchar)

else:
    import select
    import termios

    @contextmanager
    def _undisturbed() -> Iterator[None]:
        """Keys come one by one and are not drawn. What is typed ahead is kept, Ctrl-C works as ever."""
        terminal = sys.stdin.fileno()
        before = termios.tcgetattr(terminal)
        now = termios.tcgetattr(terminal)
        now[3] &= ~(termios.ICANON | termios.ECHO)
        termios.tcsetattr(terminal, termios.TCSADRAIN, now)
        try:
            yield
        finally:
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)

    async def _pressed() -> str:
        """One key; nothing for one that is more than a letter, such as an arrow."""
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        terminal = sys.stdin.fileno()
        loop.add_reader(terminal, ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_reader(terminal)
        read = os.read(terminal, 1)
        if not read:
            return _END
        if read == _ESCAPE:
            _skip_sequence(terminal)
            return ""
        return read.decode("ascii", "ignore")

    def _skip_sequence(terminal: int) -> None:
        """Read over what a key sends after Escape: a letter, or after ``[`` or ``O`` all up to one."""
        part = b""
        while part in (b"", b"[", b"O") or part.isdigit() or part == b";":
            if not select.select([terminal], [], [], 0)[0]:
                return
            part = os.read(terminal, 1)
