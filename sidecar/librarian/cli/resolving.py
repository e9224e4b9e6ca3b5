"""Carrying out what becomes of a group of duplicates: planned, shown, asked for, and told how to take back."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

import click

from librarian.cli.reach import Reached
from librarian.cli.terminal import clean, clean_line, shortened, width
from librarian.cli.text import DIM, WARNING

SHOWN_FILES = 12
SHOWN_LINES = 12
"""Of one file."""
_WILL = {"rewrite": "changes", "create": "makes", "rename": "moves", "trash": "trashes"}
_STANDS = {
    "changed": "was changed since",
    "missing": "is not there any more",
    "exists": "is there already",
    "refused": "is not given up by the editor",
}


async def plan(
    vault: Reached, group: dict[str, Any], keeper: str, action: str, notes: list[str] | None = None
) -> dict[str, Any]:
    """What would become of a group; ``notes``: those that give way, all others when it is None."""
    asked: dict[str, Any] = {"groupId": group["id"], "keeper": keeper, "action": action}
    if notes:
        asked["notes"] = notes
    answer: dict[str, Any] = await vault.ask("duplicates.plan", **asked)
    return answer


async def carry_out(vault: Reached, planned: dict[str, Any]) -> dict[str, Any]:
    """Do what was shown."""
    asked = {"planId": planned["planId"], "confirmation": planned["confirmation"]}
    answer: dict[str, Any] = await vault.ask("edits.apply", **{key: each for key, each in asked.items() if each})
    return answer


def print_plan(planned: dict[str, Any]) -> None:
    """What a plan would do, file by file, with lines as they are and as they would be."""
    edits = planned["preview"]
    for edit in edits[:SHOWN_FILES]:
        to = f" → {clean_line(edit['to'])}" if edit["to"] else ""
        click.echo(f"{_WILL[edit['kind']]:>8}  {click.style(clean_line(edit['path']), bold=True)}{to}")
        _print_hunks(edit)
    rest = edits[SHOWN_FILES:]
    for kind, does in _WILL.items():
        count = sum(edit["kind"] == kind for edit in rest)
        if count:
            click.echo(f"{does:>8}  {count:,} more file{'s' if count > 1 else ''}")


def _print_hunks(edit: dict[str, Any]) -> None:
    rows = [row for hunk in edit["hunks"] for row in _rows(hunk["removed"], hunk["added"])]
    for sign, line in rows[:SHOWN_LINES]:
        click.echo(click.style(f"{'':10}{sign} {line}", fg="red" if sign == "-" else "green"))
    more = len(rows) - SHOWN_LINES + edit["more"]
    if more > 0:
        click.echo(click.style(f"{'':12}and {more:,} more", **DIM))


def _rows(removed: str, added: str) -> list[tuple[str, str]]:
    """The lines of a difference that are not on both sides, each cut to the part that differs."""
    old, new = (clean(side).splitlines() for side in (removed, added))
    while old and new and old[0] == new[0]:
        old, new = old[1:], new[1:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    room = width() - 14
    start = 0
    if len(old) == len(new) == 1:
        # A paragraph is one line, and a link may stand far inside it.
        same = takewhile(lambda pair: pair[0] == pair[1], zip(old[0], new[0], strict=False))
        start = max(0, sum(1 for _ in same) - room // 3)
    rows = [("-", line) for line in old if line.strip()] + [("+", line) for line in new if line.strip()]
    return [(sign, shortened(("…" if start else "") + line[start:].rstrip(), room)) for sign, line in rows]


def print_applied(applied: dict[str, Any]) -> None:
    """What was done, and how to take it back."""
    count = len(applied["applied"])
    # A change that was given up has an id, too: the journal keeps what its files said.
    if count and applied["changeId"]:
        files = "1 file" if count == 1 else f"{count:,} files"
        click.echo(f"Done: {files} changed. To take it back: librarian undo {applied['changeId']}")
    elif applied["conflicts"]:
        click.echo("Nothing was changed.")
    print_conflicts(applied)


def print_conflicts(applied: dict[str, Any]) -> None:
    """Files that are not what they should be, and stay."""
    for conflict in applied["conflicts"]:
        told = f"{clean_line(conflict['path'])} {_STANDS[conflict['reason']]}, and is left as it is."
        click.echo(click.style(told, **WARNING), err=True)
