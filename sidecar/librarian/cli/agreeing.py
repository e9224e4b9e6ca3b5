"""What an act of a model will cost, shown before it is begun; whether it is wanted, if that is much; what it took."""

from __future__ import annotations

from typing import Any

import click

from librarian.cli import asking
from librarian.cli.reach import Reached
from librarian.cli.terminal import clean_line
from librarian.cli.text import DIM, WARNING

SPANS = {"call": "one call", "run": "one run", "day": "today", "month": "this month"}


async def agreed(vault: Reached, method: str, params: dict[str, Any], *, yes: bool, quiet: bool = False) -> bool:
    """As `wanted`, for whoever needs no more than that."""
    is_wanted, _ = await wanted(vault, method, params, yes=yes, quiet=quiet)
    return is_wanted


async def wanted(
    vault: Reached, method: str, params: dict[str, Any], *, yes: bool, quiet: bool = False
) -> tuple[bool, dict[str, Any] | None]:
    """Show what ``method`` tells of the act with these parameters, and answer with it; and with False where a person
    does not want the act then.

    They are asked from the setting ``ask_from_usd`` on, and where a budget would end it, unless they said ``yes``
    before or nobody is there. ``quiet``: whoever reads JSON is neither shown nor asked anything. Raises as the act.
    """
    if quiet:
        return True, None
    estimate = await vault.ask(method, **params)
    if not estimate["calls"]:
        return True, estimate
    click.echo(click.style(f"{told(estimate)}.", **DIM), err=True)
    if (cap := estimate["exceeds"]) is not None:
        left = f"Of ${cap['limitUsd']} for {SPANS[cap['cap']]}, ${cap['leftUsd']} are left, which may end it."
        raising = f"To raise it: librarian config set {cap['setting']} AMOUNT"
        click.echo(click.style(f"{left} {raising}", **WARNING), err=True)
    if yes or not (estimate["asks"] or cap) or not asking.is_there():
        return True, estimate
    if await asking.confirmed("Go on?"):
        return True, estimate
    click.echo("Nothing was asked.", err=True)
    return False, estimate


def told(estimate: dict[str, Any]) -> str:
    """Model, work and price in one line."""
    calls = "1 call" if estimate["calls"] == 1 else f"{estimate['calls']:,} calls"
    if estimate.get("done"):
        calls = f"{estimate['done']:,} done already, {calls}"
    if estimate["cached"] == estimate["calls"]:
        work = f"{calls}, kept from before, no cost"
    else:
        kept = f" ({estimate['cached']:,} kept from before)" if estimate["cached"] else ""
        work = f"{calls}{kept}, some {estimate['inputTokens']:,} tokens, {_price(estimate)}"
    return f"{clean_line(estimate['model'])} of {estimate['provider']}: {work}"


def took(use: dict[str, Any]) -> str:
    """Model, price and time in one line, once it is done."""
    kept = " kept from before," if use["cached"] == use["calls"] else ""
    return f"{clean_line(use['model'])} of {use['provider']},{kept} ${use['costUsd']}, {use['tookMs'] / 1000:.1f} s"


def _price(estimate: dict[str, Any]) -> str:
    if not estimate["local"]:
        return f"about ${estimate['costUsd']}, at most ${estimate['atMostUsd']}"
    took_ms = estimate["expectedMs"]
    return "no cost" if took_ms is None else f"no cost, about {max(took_ms / 1000, 0.1):,.1f} s"
