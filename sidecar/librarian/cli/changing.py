"""Commands about changes to notes: changes, undo."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from librarian.cli import asking
from librarian.cli.reach import Reached, json_option, runs, vault_option, with_vault
from librarian.cli.resolving import carry_out, print_applied, print_conflicts, print_plan
from librarian.cli.terminal import clean_line, print_json
from librarian.cli.text import DIM, TITLE, WARNING
from librarian.errors import ConfirmationNeeded

SHOWN_NOTES = 5
_DID = {"rewrite": "changed", "create": "made", "rename": "moved", "trash": "trashed"}


@click.command()
@click.option("--limit", "-n", default=10, show_default=True, type=click.IntRange(1, 1000), help="Changes to show.")
@vault_option
@json_option
@runs
async def changes(limit: int, vault: Path | None, as_json: bool) -> int:
    """List what the librarian changed in notes, newest first; each can be taken back for 30 days.

    \b
    librarian changes
    librarian changes -n 50 --json
    """
    return await _changes(vault, limit, as_json) or 0


@with_vault
async def _changes(vault: Reached, limit: int, as_json: bool) -> None:
    answer = await vault.ask("edits.list", limit=limit)
    if as_json:
        print_json(answer)
        return
    for change in answer["changes"]:
        _print_change(change)
    if not answer["changes"]:
        click.echo("The librarian has not changed anything in this vault.")


@click.command()
@click.argument("change_id", metavar="[ID]", required=False)
@click.option("--yes", is_flag=True, help="Do not ask, however many notes it is.")
@click.option("--parts", is_flag=True, help="Of notes that were changed since, take back what nobody touched.")
@vault_option
@json_option
@runs
async def undo(change_id: str | None, yes: bool, parts: bool, vault: Path | None, as_json: bool) -> int:
    """Take back the change ID, or the last one. Notes that were changed since are left alone, and named.

    Of those, the places that nobody touched since can be taken back all the same: what that would do is shown, and
    asked for, or done at once with --parts.

    Taking back is a change too: undo its ID to have the change again.

    \b
    librarian undo                        the last change that is not taken back yet
    librarian undo 3c68dc5e89934f26       one that 'librarian changes' shows
    """
    return await _undo(vault, change_id, yes, parts, as_json) or 0


@with_vault
async def _undo(vault: Reached, change_id: str | None, yes: bool, parts: bool, as_json: bool) -> int:
    wanted = change_id or await _last(vault)
    if wanted is None:
        print_json({"changeId": None, "applied": [], "conflicts": []}) if as_json else click.echo("Nothing to undo.")
        return 1
    answer = await _taken_back(vault, wanted, yes)
    if answer is None:
        click.echo("Nothing was changed.")
        return 1
    if as_json:
        if parts and answer["offer"]:
            answer |= {"parts": await carry_out(vault, answer["offer"])}
        print_json(answer)
    else:
        _print_undone(wanted, answer)
        if answer["offer"]:
            await _parts(vault, answer["offer"], parts)
    return 1 if answer["conflicts"] else 0


async def _parts(vault: Reached, offer: dict[str, Any], wanted: bool) -> None:
    """Take back what nobody touched of notes that were changed since, where that is wanted."""
    click.echo("What nobody touched since can be taken back in them, too:")
    print_plan(offer)
    if wanted or (asking.is_there() and await asking.confirmed("Take this back, too?")):
        print_applied(await carry_out(vault, offer))
    elif not asking.is_there():
        click.echo("To do that: the same with --parts.")


async def _taken_back(vault: Reached, change_id: str, yes: bool) -> Any:
    """The answer to taking a change back; None where that is not wanted, for all the notes that it is."""
    try:
        return await vault.ask("edits.undo", changeId=change_id)
    except ConfirmationNeeded as error:
        if not yes and not asking.is_there():
            notes = error.data["notes"]
            raise click.UsageError(f"It takes back changes to {notes:,} notes: add --yes if you want that.") from error
        if not yes and not await asking.confirmed(f"Take back changes to {error.data['notes']:,} notes?"):
            return None
        return await vault.ask("edits.undo", changeId=change_id, confirmation=error.data["confirmation"])


async def _last(vault: Reached) -> str | None:
    """The newest change that takes nothing back and is not taken back."""
    answer = await vault.ask("edits.list", limit=1000)
    return next(
        (str(each["changeId"]) for each in answer["changes"] if each["state"] == "done" and each["undoes"] is None),
        None,
    )


def _print_change(change: dict[str, Any]) -> None:
    made_at = datetime.fromisoformat(change["madeAt"]).astimezone().strftime("%Y-%m-%d %H:%M")
    state = "" if change["state"] == "done" else click.style(f"  {change['state']}", **WARNING)
    told = click.style(f"{change['changeId']}  {made_at}  {clean_line(change['actor'])}", **DIM)
    click.echo(f"{click.style(clean_line(change['reason']), **TITLE)}{state}\n  {told}")
    for note in change["notes"][:SHOWN_NOTES]:
        to = f" → {clean_line(note['to'])}" if note["to"] else ""
        click.echo(f"  {_DID[note['kind']]:<7}  {clean_line(note['path'])}{to}")
    if (more := len(change["notes"]) - SHOWN_NOTES + change["more"]) > 0:
        click.echo(f"  and {more:,} more")
    click.echo()


def _print_undone(change_id: str, answer: dict[str, Any]) -> None:
    count = len(answer["applied"])
    if answer["changeId"]:
        files = "1 file" if count == 1 else f"{count:,} files"
        click.echo(f"Took {change_id} back: {files}. To have it again: librarian undo {answer['changeId']}")
    elif not answer["conflicts"]:
        click.echo(f"{change_id} is taken back already.")
    print_conflicts(answer)
