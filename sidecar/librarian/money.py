"""Money, in whole micro-dollars: sums of integers never drift, and no call is so cheap that it counts as nothing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Literal

MICRO = 1_000_000
"""Micro-dollars in a US dollar."""

Cap = Literal["call", "run", "day", "month"]
SETTING_OF: dict[Cap, str] = {
    "call": "budget_call_usd",
    "run": "budget_run_usd",
    "day": "budget_day_usd",
    "month": "budget_month_usd",
}


def micro_usd(dollars: Decimal | str) -> int:
    """US dollars as micro-dollars, rounded up. Raises ValueError for what is no amount, or is below nothing."""
    try:
        amount = Decimal(dollars)
    except InvalidOperation as error:
        raise ValueError(f"{dollars!r} is no amount of money") from error
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{dollars!r} is no amount of money")
    return int((amount * MICRO).to_integral_value(ROUND_CEILING))


def usd(micro: int) -> str:
    """Micro-dollars as a decimal number of US dollars, without needless zeros beyond cents: ``0.50``, ``0.000125``."""
    sign, micro = ("-", -micro) if micro < 0 else ("", micro)
    whole, rest = divmod(micro, MICRO)
    cents = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{sign}{whole}.{cents}"


@dataclass(frozen=True, slots=True)
class Caps:
    """What may be spent at most, in micro-dollars."""

    call: int
    run: int
    day: int
    month: int

    @classmethod
    def of(cls, *, call: str, run: str, day: str, month: str) -> Caps:
        """From amounts in US dollars."""
        return cls(micro_usd(call), micro_usd(run), micro_usd(day), micro_usd(month))


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a call is thought to take before it is made."""

    counted_tokens: int
    """Input tokens as we count them; the provider's own count is compared with this later."""
    input_tokens: int
    """Those that the provider will likely count."""
    expected_micro: int
    """What it will cost, as well as that can be told."""
    at_most_micro: int
    """What is put aside for it: every figure as bad as it may be."""
    output_tokens: int = 0
    """How long the answer will likely be."""
    is_priced: bool = True
    """Otherwise nobody knows what it costs, and nothing can be put aside."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a call is made for, by which money is added up."""

    feature: str
    """The ability, such as ``summary``."""
    vault_id: str | None = None
    run_id: str | None = None
    """Calls with one id are one run, and have its budget together."""
    run_at_most_micro: int | None = None
    """A run's own cap, where a person agreed to one that is lower than the setting."""
