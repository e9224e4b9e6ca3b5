"""A command whose words may begin with ``-``: ``search tide -carbon`` leaves carbon out, as in a search box."""

from __future__ import annotations

import re

import click

_GUARD = "\0"
"""Stands before a word that only looks like options. No argument of a process can hold a NUL of its own."""
_OPTION = re.compile(r"--|-[a-zA-Z]?$|-n[0-9]+$|-V[/.~]")


class Words(click.Command):
    """Tells words like ``-carbon`` from the command's options, which are single letters or begin with ``--``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [_guarded(arg) for arg in args])


def _guarded(argument: str) -> str:
    return _GUARD + argument if argument.startswith("-") and not _OPTION.match(argument) else argument


def query(_ctx: click.Context, _param: click.Parameter, words: tuple[str, ...]) -> str:
    """The words as one query."""
    return " ".join(words).replace(_GUARD, "")
