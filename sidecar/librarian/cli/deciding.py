"""Commands that decide on a group of duplicates: merge, dismiss, restore, dismissed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from librarian.cli import asking, resolving
from librarian.cli.group import KINDS, SHOWN_ID, asked_for, headline, kind_option, named_group, threshold_option
from librarian.cli.naming import meant_note
from librarian.cli.reach import Reached, json_option, runs, vault_option, with_vault
from librarian.cli.terminal import clean_line, print_json

DIM: dict[str, Any] = {"dim": True}
LEAST_ID = 4
"""Characters of an id that have to be typed."""


def group_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what says which group is meant, where its id alone does not."""
    return kind_option(threshold_option(vault_option(json_option(command))))


@click.command()
@click.argument("group")
@click.option("--keep", metavar="NOTE", help="The note to keep; else the one that the listing suggests.")
@click.option(
    "--only", metavar="NOTE", multiple=True, help="Only this one gives way (may be repeated); else all others."
)
@click.option("--stub", "action", flag_value="stub", help="Leave a short note that links to the one that is kept.")
@click.option("--trash", "action", flag_value="trash", help="Take nothing over from the others.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@group_options
@runs
async def merge(  # options of one command
    group: str,
    keep: str | None,
    only: tuple[str, ...],
    action: str | None,
    yes: bool,
    threshold: float,
    kind: tuple[str, ...],
    vault: Path | None,
    as_json: bool,
) -> int:
    """Make one note of a group, and lead every link to it.

    Shows what would change, and asks.

    GROUP is the beginning of its id, or one of its notes. The note that is kept takes in every word, property and tag
    that the others have and it has not; the others go into the trash.

    \b
    librarian duplicates merge 3fa9
    librarian duplicates merge "Rye Sourdough" --keep "Rye Sourdough (revised)"
    librarian duplicates merge 3fa9 --stub           the others become links to it
    librarian duplicates merge 3fa9 --trash          the others are not merged, only their links are led to it
    librarian duplicates merge 3fa9 --json           the plan only; nothing is done without --yes

    'librarian undo' takes it back. Ends with exit code 1 when it was not done.
    """
    if not (yes or as_json or asking.is_there()):
        raise click.UsageError("Nobody can be asked here: add --yes to have it done, or --json to see the plan.")
    asked = asked_for(threshold=threshold, kind=kind)
    return await _merge(vault, group, asked, keep, only, action or "merge", yes, as_json) or 0


@with_vault
async def _merge(  # options of one command
    vault: Reached,
    named: str,
    asked: dict[str, Any],
    keep: str | None,
    only: tuple[str, ...],
    action: str,
    yes: bool,
    as_json: bool,
) -> int:
    await vault.ask("statistics.overview")
    group = await named_group(vault, named, asked)
    keeper = await _path(vault, keep) if keep else group["keeper"]
    planned = await resolving.plan(vault, group, keeper, action, [await _path(vault, note) for note in only])
    if as_json:
        applied = await resolving.carry_out(vault, planned) if yes else None
        print_json({"plan": planned, "applied": applied})
        return 1 if applied and applied["conflicts"] else 0
    resolving.print_plan(planned)
    if not yes and not await asking.confirmed("Do it?"):
        click.echo("Nothing was changed.")
        return 1
    applied = await resolving.carry_out(vault, planned)
    resolving.print_applied(applied)
    return 1 if applied["conflicts"] else 0


async def _path(vault: Reached, note: str) -> str:
    path, _ = await meant_note(vault, note, lambda path: vault.ask("duplicates.ofNote", path=path))
    return path


@click.command()
@click.argument("group")
@group_options
@runs
async def dismiss(group: str, threshold: float, kind: tuple[str, ...], vault: Path | None, as_json: bool) -> int:
    """Say that a group is none: it is not listed any more.

    GROUP is the beginning of its id, or one of its notes. It holds as long as the notes say what they say now, or
    nearly so; moving them does not end it. 'librarian duplicates restore' takes it back.
    """
    return await _dismiss(vault, group, asked_for(threshold=threshold, kind=kind), as_json) or 0


@with_vault
async def _dismiss(vault: Reached, named: str, asked: dict[str, Any], as_json: bool) -> None:
    group = await named_group(vault, named, asked)
    await vault.ask("duplicates.dismiss", groupId=group["id"])
    if as_json:
        print_json({"dismissed": group["id"]})
    else:
        click.echo(f"Dismissed {clean_line(headline(group))}.")
        click.echo(f"To take it back: librarian duplicates restore {group['id'][:SHOWN_ID]}")


@click.command()
@click.argument("group")
@vault_option
@json_option
@runs
async def restore(group: str, vault: Path | None, as_json: bool) -> int:
    """List a dismissed group again.

    GROUP is the beginning of its id, as 'librarian duplicates dismissed' shows it.
    """
    return await _restore(vault, group, as_json) or 0


@with_vault
async def _restore(vault: Reached, named: str, as_json: bool) -> None:
    groups = (await vault.ask("duplicates.dismissed"))["groups"]
    ids = [each["groupId"] for each in groups if len(named) >= LEAST_ID and each["groupId"].startswith(named)]
    if len(ids) > 1:
        raise click.UsageError(f"{named!r} means several groups; give more of its id.")
    await vault.ask("duplicates.restore", groupId=ids[0] if ids else named)
    print_json({"restored": ids[0]}) if as_json else click.echo("It is listed again, if its notes still are alike.")


@click.command()
@vault_option
@json_option
@runs
async def dismissed(vault: Path | None, as_json: bool) -> int:
    """List the groups that were dismissed, the last first."""
    return await _dismissed(vault, as_json) or 0


@with_vault
async def _dismissed(vault: Reached, as_json: bool) -> None:
    answer = await vault.ask("duplicates.dismissed")
    if as_json:
        print_json(answer)
        return
    for group in answer["groups"]:
        told = "" if group["stands"] else click.style("  is over: its notes changed, or are gone", fg="yellow")
        day = click.style(group["dismissedAt"][:10], **DIM)
        click.echo(f"{group['groupId'][:SHOWN_ID]}  {day}  {KINDS[group['kind']]}{told}")
        for path in group["notes"]:
            click.echo(f"  {clean_line(path)}")
    if not answer["groups"]:
        click.echo("Nothing is dismissed.")
