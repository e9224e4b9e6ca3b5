"""Summaries of many notes on the command line: with a price, stopped by Ctrl-C and gone on with, put into the notes."""

from __future__ import annotations

import asyncio
from datetime import datetime
from decimal import Decimal
from typing import Any

import click

from librarian.cli import asking
from librarian.cli.agreeing import wanted
from librarian.cli.reach import Reached
from librarian.cli.resolving import carry_out, print_applied, print_plan
from librarian.cli.terminal import clean_line, print_json
from librarian.cli.text import DIM, TITLE, WARNING
from librarian.errors import LibrarianError


class Going:
    """How far a run is, as it was told last; and what to say when it stops there."""

    def __init__(self, vault: Reached, price: dict[str, Any] | None) -> None:
        """``price``: what was told before it began."""
        self._bar = vault.bar
        self._price = price
        self._last: dict[str, Any] = {}
        self._bar.open()

    def hear(self, value: dict[str, Any]) -> None:
        """Draw how far it is."""
        if value.get("kind") == "step":
            self._bar.tell(value)
            self._last |= {key: each for key, each in value.items() if each is not None}

    def make_room(self) -> None:
        """Take the bar away before something is printed."""
        self._bar.close()

    def tell_paused(self) -> None:
        """Say how to go on after Ctrl-C."""
        self._bar.close()
        if "runId" in self._last:
            left = self._last["total"] - self._last["done"]
            self._print(self._last, self._of_the_rest(left), left)

    async def tell_broken_off(self, vault: Reached, error: LibrarianError) -> None:
        """Say how to go on after a fault, or at the end of a budget."""
        self._bar.close()
        run = error.data.get("run")
        if run is not None:
            left = run["total"] - run["done"] - run["leftOut"]
            estimate = await vault.ask("summary.estimate", runId=run["runId"])
            self._print(run, estimate["costUsd"], left)

    def _of_the_rest(self, left: int) -> str | None:
        """The price of so many notes, as a share of what all would have cost."""
        if self._price is None or self._price["costUsd"] is None or not self._price["notes"]:
            return None
        return f"{Decimal(self._price['costUsd']) * left / self._price['notes']:.2f}"

    def _print(self, run: dict[str, Any], rest_usd: str | None, left: int) -> None:
        spent = f", ${run['costUsd']} so far" if run.get("costUsd") else ""
        rest = f"; the other {left:,} will take about ${rest_usd}" if rest_usd is not None and left else ""
        click.echo(f"{run['done']:,} of {run['total']:,} notes are done and kept{spent}{rest}.", err=True)
        click.echo(f"To go on: librarian summarise --resume {run['runId']}", err=True)


async def summarise_each(
    vault: Reached, asked: dict[str, Any], how: dict[str, Any], write: str | None, *, yes: bool, as_json: bool
) -> int:
    """Summarise notes each by itself, or go on with that, and put the summaries where they are wanted."""
    is_wanted, price = await wanted(vault, "summary.estimate", asked | how | {"each": True}, yes=yes, quiet=as_json)
    if not is_wanted:
        return 1
    going = Going(vault, price)
    try:
        run = await vault.caller.call("summary.run", {"vaultId": vault.vault_id, **asked, **how}, hear=going.hear)
    except LibrarianError as error:
        await going.tell_broken_off(vault, error)
        raise
    except asyncio.CancelledError:
        going.tell_paused()
        raise
    vault.bar.close()
    if not as_json:
        await _tell_made(vault, run)
    applied = await _placed(vault, run, write, yes=yes) if write else None
    if as_json:
        print_json(run if applied is None else run | {"applied": applied})
    elif applied is not None:
        print_applied(applied)
    elif not write and run["done"]:
        click.echo(f"To put them into the notes: librarian summarise --resume {run['runId']} --write top")
    return 0 if run["done"] else 1


async def resume(vault: Reached, run_id: str, write: str | None, *, yes: bool, as_json: bool) -> int:
    """Go on with a run. Raises RunNotFound."""
    return await summarise_each(vault, {"runId": run_id}, {}, write, yes=yes, as_json=as_json)


async def print_runs(vault: Reached, *, as_json: bool) -> int:
    """List what can be gone on with, or put into notes."""
    answer = await vault.ask("summary.runs")
    if as_json:
        print_json(answer)
        return 0
    for run in answer["runs"]:
        _print_run(run)
    if not answer["runs"]:
        click.echo("There are no summaries that are not finished, or wait to be put into notes.")
        return 1
    click.echo("To go on: librarian summarise --resume RUN; with --write they are put into the notes.")
    return 0


def _print_run(run: dict[str, Any]) -> None:
    what = next(f"{name} {run[name] or 'of all'!r}" for name in ("folder", "tag", "query") if run[name] is not None)
    whose = f"{clean_line(run['model'])} of {run['provider']}" if run["provider"] else "the notes' own sentences"
    begun = datetime.fromisoformat(run["begunAt"]).astimezone().strftime("%Y-%m-%d %H:%M")
    cost = f", ${run['costUsd']}" if run["costUsd"] is not None else ""
    left_out = f", {run['leftOut']:,} left out" if run["leftOut"] else ""
    click.echo(click.style(clean_line(f"{what}, {run['style']}"), **TITLE))
    click.echo(f"  {run['done']:,} of {run['total']:,} notes{left_out}{cost}")
    click.echo(click.style(f"  {run['runId']}  {begun}  {whose}", **DIM))


async def _tell_made(vault: Reached, run: dict[str, Any]) -> None:
    cost = f", ${run['costUsd']}" if run["costUsd"] is not None else ""
    notes = "1 note is" if run["done"] == 1 else f"{run['done']:,} notes are"
    click.echo(f"{notes} summarised{cost}.")
    if run["leftOut"]:
        notes = (await vault.ask("summary.notes", runId=run["runId"], limit=1000))["notes"]
        first = next((each for each in notes if each["text"] is None), None)
        such_as = f", such as {clean_line(first['path'])}: {clean_line(first['reason'])}" if first else "."
        click.echo(click.style(f"{run['leftOut']:,} left out{such_as}", **WARNING), err=True)


async def _placed(vault: Reached, run: dict[str, Any], where: str, *, yes: bool) -> dict[str, Any] | None:
    """Put every summary of a run into its note, all in one change; what is done with is forgotten."""
    planned = await vault.ask("summary.placeAll", runId=run["runId"], where=where)
    for each in planned["leftOut"]:
        told = f"{clean_line(each['path'])} is left as it is: {clean_line(each['reason'])}"
        click.echo(click.style(told, **WARNING), err=True)
    if planned["plan"] is None:
        click.echo(click.style("There is nothing to write.", **WARNING), err=True)
        return None
    if not yes:
        print_plan(planned["plan"])
        if not await asking.confirmed("Write this?"):
            return None
    applied = await carry_out(vault, planned["plan"])
    is_whole = not applied["conflicts"] and not planned["leftOut"]
    if is_whole and run["done"] == run["total"]:
        await vault.ask("summary.forget", runId=run["runId"])
    return applied
