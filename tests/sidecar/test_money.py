"""Money is whole micro-dollars, said as decimal dollars."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librarian.errors import BudgetExceeded, PriceUnknown
from librarian.money import Caps, micro_usd, usd


@given(st.integers(0, 10**15))
def test_what_is_told_is_what_is_counted(micro: int) -> None:
    assert micro_usd(usd(micro)) == micro
    assert Decimal(usd(micro)) * 1_000_000 == micro


@given(st.decimals(0, 10**6, places=9))
def test_no_amount_counts_less_than_it_is(amount: Decimal) -> None:
    assert 0 <= Decimal(micro_usd(amount)) - amount * 1_000_000 < 1


@pytest.mark.parametrize("text", ["", "x", "-1", "NaN", "Infinity", "1,50", "$2"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no amount of money"):
        micro_usd(text)


def test_cents_are_always_shown_and_needless_zeros_are_not() -> None:
    assert [usd(each) for each in (0, 500_000, 125, 2_000_000, 1_234_560, -20_000)] == [
        "0.00", "0.50", "0.000125", "2.00", "1.23456", "-0.02",
    ]  # fmt: skip


def test_an_exceeded_budget_says_which_how_much_is_left_and_how_to_raise_it() -> None:
    error = BudgetExceeded("day", limit_micro=5_000_000, spent_micro=4_990_000, wanted_micro=20_000)
    assert error.message == ("This may cost up to $0.02; of $5.00 for today, $0.01 are left.")
    assert error.with_hint == f"{error.message} To raise it: librarian config set budget_day_usd AMOUNT"
    assert error.data == {
        "cap": "day", "limitUsd": "5.00", "leftUsd": "0.01", "wantedUsd": "0.02", "setting": "budget_day_usd",
        "hint": "To raise it: librarian config set budget_day_usd AMOUNT",
    }  # fmt: skip
    agreed = BudgetExceeded("run", limit_micro=1, spent_micro=9, wanted_micro=1, agreed=True)
    assert (agreed.data["leftUsd"], agreed.data["setting"]) == ("0.00", None)
    assert "config" not in agreed.with_hint


def test_an_unknown_price_says_how_to_give_it() -> None:
    assert 'librarian config set model_prices "openai/gpt-9=READ/WRITTEN"' in PriceUnknown("openai", "gpt-9").with_hint


def test_caps_are_read_from_dollars() -> None:
    assert Caps.of(call="0.50", run="2", day="5", month="20") == Caps(500_000, 2_000_000, 5_000_000, 20_000_000)
