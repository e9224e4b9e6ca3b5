"""What models cost: usage."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from pathlib import Path
from typing import Any

import click

from librarian.cli.reach import find_vault, json_option, runs, vault_option
from librarian.cli.terminal import cells, clean_line, padded, print_json
from librarian.cli.text import DIM, TITLE, WARNING

CENT = Decimal("0.01")
TENTH_OF_A_CENT = Decimal("0.001")
DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--by", default="model", show_default=True, type=click.Choice(["model", "feature", "day", "vault"]))
@click.option("--since", type=DAY, metavar="DAY", help="The first day, as 2026-11-26.")
@click.option("--until", type=DAY, metavar="DAY", help="The last day, counted in.")
@vault_option
@json_option
@runs
async def usage(by: str, since: datetime | None, until: datetime | None, vault: Path | None, as_json: bool) -> None:
    """Show what models cost, over all vaults, and what is left of each budget.

    \b
    librarian usage
    librarian usage --by day --since 2026-11-01
    librarian usage --by feature --json

    With --vault the budgets are shown as that vault has them. To change one: librarian config set budget_day_usd 3
    """
    days = {"since": since.date().isoformat() if since else None, "until": until.date().isoformat() if until else None}
    summary, budget = await _asked({"by": by, **days}, vault)
    if as_json:
        print_json({"summary": summary, "budget": budget})
        return
    _print_rows(summary)
    _print_caps(budget)


async def _asked(params: dict[str, Any], vault: Path | None) -> tuple[Any, Any]:
    """The books are one person's and no vault's: they are read here, whoever else writes to them."""
    from librarian.library import open_library
    from librarian.places import Places, vault_id
    from librarian.settings import load

    places = Places.of()
    loaded = load(places.settings)
    for notice in loaded.notices:
        click.echo(f"{click.style('settings:', fg='yellow')} {notice}", err=True)
    async with open_library(places, loaded, stays=False) as library:
        from librarian.cli.direct import Direct

        caller = Direct(library)
        of = vault_id(find_vault(vault)) if vault is not None else None
        return await caller.call("usage.summary", params), await caller.call("usage.budget", {"vaultId": of})


def _print_rows(summary: dict[str, Any]) -> None:
    rows = summary["rows"]
    if not rows:
        click.echo("No model was asked in this time.")
        return
    table = [_cells(row) for row in rows]
    heads = (summary["by"], "calls", "kept", "read", "written", "US$", "local")
    widths = [max(cells(head), *(cells(line[place]) for line in table)) for place, head in enumerate(heads)]
    widths[0] = min(widths[0], 60)
    click.echo(click.style(_line(heads, widths), **TITLE))
    for line in table:
        click.echo(_line(line, widths))
    total = f"${_dollars(summary['totalUsd'])} in all"
    if any(row["estimated"] for row in rows):
        total += " · ~ has calls that were cut short or still run, counted rather too high"
    if any(row["unpriced"] for row in rows):
        total += " · ? has tests of models whose price is not known, not counted in"
    click.echo(click.style(total, **DIM))


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    read = row["inputTokens"] + row["cacheReadTokens"] + row["cacheWriteTokens"]
    return (
        clean_line(row["key"]) or "–",
        f"{row['calls']:,}",
        f"{row['cached']:,}" if row["cached"] else "",
        f"{read:,}",
        f"{row['outputTokens']:,}",
        ("?" if row["unpriced"] else "") + ("~" if row["estimated"] else "") + _dollars(row["costUsd"]),
        f"{row['localMs'] / 1000:,.1f} s" if row["localMs"] else "",
    )


def _dollars(exact: str) -> str:
    """An amount as people read it in a column: never nothing for something."""
    amount = Decimal(exact).quantize(TENTH_OF_A_CENT, ROUND_CEILING)
    return f"{amount:,}" if amount else "0"


def _line(line: tuple[str, ...], widths: list[int]) -> str:
    first, *others = line
    return "  ".join(
        [padded(first, widths[0]), *(each.rjust(columns) for each, columns in zip(others, widths[1:], strict=True))]
    ).rstrip()


CAPS = {"call": "one call", "run": "one run", "day": "today", "month": "this month"}


def _print_caps(budget: dict[str, Any]) -> None:
    click.echo()
    for cap in budget["caps"]:
        rest = Decimal(cap["leftUsd"]).quantize(CENT, ROUND_FLOOR)
        left = f"${rest:,} left of " if cap["cap"] in ("day", "month") else "at most "
        setting = click.style(f"  {cap['setting']}", **DIM)
        click.echo(f"{CAPS[cap['cap']]:<10}  {left}${cap['limitUsd']}{setting}")
    if budget["notice"]:
        click.echo(click.style(clean_line(budget["notice"]), **WARNING), err=True)
