"""Commands that work on the indexes: index, rebuild."""

from __future__ import annotations

from pathlib import Path

import click

from librarian.cli import text
from librarian.cli.reach import Reached, find_vault, json_option, runs, vault_option, with_vault
from librarian.cli.terminal import print_json


@click.command()
@vault_option
@json_option
@runs
async def index(vault: Path | None, as_json: bool) -> int:
    """Bring the indexes up to date and wait until they are.

    Every other command does this by itself; use it to prepare a vault, or in a scheduled job. It can be stopped at any
    time: the next run finishes the work.
    """
    return await _index(vault, as_json) or 0


@with_vault
async def _index(vault: Reached, as_json: bool) -> None:
    await vault.ask("vault.status", wait=True)
    await _report(vault, as_json)


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@vault_option
@json_option
@runs
async def rebuild(yes: bool, vault: Path | None, as_json: bool) -> int:
    """Throw the indexes away and make them again from the notes. Notes and saved searches are not touched."""
    find_vault(vault)  # before asking: a wrong folder should not be found out afterwards
    if not yes and not as_json:
        click.confirm("Throw the indexes away and make them again? (Your notes are not touched.)", abort=True, err=True)
    return await _rebuild(vault, as_json) or 0


@with_vault
async def _rebuild(vault: Reached, as_json: bool) -> None:
    await vault.ask("vault.rebuild")
    await vault.ask("vault.status", wait=True)
    await _report(vault, as_json)


async def _report(vault: Reached, as_json: bool) -> None:
    answer = await vault.ask("vault.status")
    if as_json:
        print_json(answer)
    else:
        text.print_status(answer)
