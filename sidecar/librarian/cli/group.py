"""Which group of duplicates a person means: the beginning of its id, or one of its notes."""

from __future__ import annotations

import re
from typing import Any

import click

from librarian.cli import asking
from librarian.cli.naming import named_note
from librarian.cli.reach import Reached
from librarian.cli.terminal import clean_line
from librarian.errors import GroupNotFound, NoteNotFound

SHOWN_ID = 8
"""Characters of an id that are shown; the first four will do where they are enough."""
_ID = re.compile(r"[0-9a-f]{4,}")
LEAST_THRESHOLD = 0.3
KINDS = {
    "identical": "the same text",
    "near": "nearly the same",
    "contained": "a passage in common",
    "meaning": "the same in other words",
}

threshold_option = click.option(
    "--threshold",
    default=0.5,
    show_default=True,
    type=click.FloatRange(0.3, 1.0),
    help="How much of their text two notes share at least (Jaccard's index of five words in a row).",
)


folder_option = click.option("--folder", metavar="FOLDER", help="Only among the notes of this folder of the vault.")
kind_option = click.option(
    "--kind", type=click.Choice(list(KINDS)), multiple=True, help="Only this kind (may be repeated)."
)


def asked_for(
    limit: int | None = None, threshold: float = 0.5, kind: tuple[str, ...] = (), folder: str | None = None
) -> dict[str, Any]:
    """Options as parameters of the wire."""
    narrowed = {"limit": limit, "kinds": list(kind), "scope": folder}
    return {"threshold": threshold} | {key: value for key, value in narrowed.items() if value}


async def named_group(vault: Reached, named: str, asked: dict[str, Any]) -> dict[str, Any]:
    """The group that is meant, as the wire tells it; ``asked``: threshold and kinds as for a look at the vault.

    Raises GroupNotFound, NoteNotFound; UsageError when several are meant and nobody can be asked which.
    """
    if _ID.fullmatch(named) and (found := await _of_id(vault, named, asked)):
        return await _only(found, named)
    kinds = asked.get("kinds")
    path, answer = await _of_note(vault, named, asked["threshold"])
    groups = [each for each in answer["groups"] if not kinds or each["kind"] in kinds]
    if not groups:
        error = GroupNotFound(path)
        error.message = f"{path!r} has no duplicates; a lower --threshold finds more."
        raise error
    return await _only(groups, named)


async def _of_note(vault: Reached, named: str, threshold: float) -> tuple[str, dict[str, Any]]:
    try:
        return await named_note(vault, "duplicates.ofNote", named, threshold=threshold)
    except NoteNotFound as error:
        if _ID.fullmatch(named):
            raise GroupNotFound(named) from error
        raise


async def _of_id(vault: Reached, beginning: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Groups of which the id begins so. They may have been listed with the lowest threshold, or of any kind, too."""
    lowest = asked | {"threshold": LEAST_THRESHOLD}
    for attempt in (asked, lowest, {"kinds": list(KINDS)} | asked):
        answer = await vault.watch("duplicates.scan", **attempt)
        found = [group for group in answer["groups"] if group["id"].startswith(beginning)]
        if found:
            return found
    return []


async def _only(groups: list[dict[str, Any]], named: str) -> dict[str, Any]:
    """The only one of these, or the one that is chosen."""
    if len(groups) == 1:
        return groups[0]
    for place, group in enumerate(groups[:9], start=1):
        click.echo(f"  {place}  {clean_line(headline(group))}", err=not asking.is_there())
    if not asking.is_there():
        raise click.UsageError(f"{named!r} means several groups; say which, with more of its id or with --kind.")
    chosen = await asking.key("Which?", "".join(map(str, range(1, min(9, len(groups)) + 1))))
    return groups[int(chosen) - 1]


def headline(group: dict[str, Any]) -> str:
    """A group in a line of plain text."""
    first, *others = (note["path"] for note in group["notes"])
    more = f" and {len(others) - 1:,} more" if len(others) > 1 else ""
    return f"{group['kind']}: {first}, {others[0]}{more} ({group['id'][:SHOWN_ID]})"
