"""Questions to whoever sits at the terminal, answered with one key."""

from __future__ import annotations

import asyncio
import sys

import click


def is_there() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


async def key(question: str, keys: str) -> str:
    """Ask until one of these keys is pressed; gives it in lower case. Ctrl-C and Ctrl-D end the command."""
    click.echo(question + " ", nl=False)
    while True:
        # Elsewhere than in the event loop, which has a connection to keep alive meanwhile.
        pressed = (await asyncio.to_thread(click.getchar)).lower()
        if pressed and pressed in keys:
            click.echo(pressed)
            return pressed


async def confirmed(question: str) -> bool:
    """Ask for a yes; anything else that is meant as an answer is a no."""
    return await key(f"{question} [y/n]", "yn") == "y"
