"""What is told about the use of models: calls, tokens, cost and caps. Money is text: JSON's numbers are not exact."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from librarian.money import SETTING_OF, Cap, Caps, micro_usd, usd
from librarian.value import Value

By = Literal["feature", "model", "day", "vault"]


class UsageRow(Value):
    """Calls that have something in common."""

    key: str
    """The feature, the model as `provider/model`, the day as `2026-11-26`, or the vault's id, empty for none."""
    calls: int
    input_tokens: int
    """Without those read from or written to a provider's cache."""
    output_tokens: int
    """With those spent on thinking."""
    cache_read_tokens: int
    cache_write_tokens: int
    thinking_tokens: int
    cost_usd: str
    """US dollars, as a decimal number."""
    cached: int
    """Calls that were answered from what is kept here, for nothing."""
    estimated: int
    """Calls whose cost is not what the provider told, but rather too high: running, cut short, or told nothing."""
    local_ms: int
    """How long models on this machine took, which cost nothing else."""
    unpriced: int
    """Tests of models of which nobody knew what they cost: they are not in the sum."""

    @classmethod
    def of(cls, key: str, calls: int, *figures: int) -> UsageRow:
        """From a row of sums, of which the sixth is micro-dollars."""
        asked, answered, read, written, thought, micro, cached, estimated, local_ms, unpriced = figures
        return cls(
            key=key, calls=calls, input_tokens=asked, output_tokens=answered, cache_read_tokens=read,
            cache_write_tokens=written, thinking_tokens=thought, cost_usd=usd(micro), cached=cached,
            estimated=estimated, local_ms=local_ms, unpriced=unpriced,
        )  # fmt: skip


class UsageSummary(Value):
    """Use of models over some days."""

    by: By
    rows: tuple[UsageRow, ...]
    total_usd: str


class CapLeft(Value):
    """One cap."""

    cap: Cap
    limit_usd: str
    spent_usd: str
    """Nothing for `call` and `run`, which begin anew each time."""
    left_usd: str
    setting: str
    """The setting that holds it."""


class Budget(Value):
    """Every cap on spending, over all vaults, and what is left."""

    day: str
    """Today where the sidecar runs: `2026-11-26`."""
    caps: tuple[CapLeft, ...]
    notice: str | None = None
    """What a person must know about these figures."""


class ModelUse(Value):
    """What an answer took of models."""

    provider: str
    model: str
    calls: int
    cached: int
    """Calls that were answered from what is kept here, for nothing."""
    input_tokens: int
    """All that was read, from a provider's cache or not."""
    output_tokens: int
    cost_usd: str
    """US dollars, as a decimal number; `0.00` for models on this machine."""
    estimated: bool
    """A part was counted here, since the provider did not tell, rather too high."""
    took_ms: int


class CostEstimate(Value):
    """What an act will take of models, before it is begun."""

    provider: str | None
    """None where no model will be asked, since none is chosen or wanted; likewise the next."""
    model: str | None
    local: bool
    """It runs on the person's own machines and costs nothing but time."""
    calls: int
    """With those that are answered from what is kept."""
    cached: int
    """Calls that are answered from what is kept here, for nothing."""
    input_tokens: int
    """That will be sent."""
    cost_usd: str | None
    """What it will likely cost, in US dollars; `0.00` for models on this machine; None where no model will be asked."""
    at_most_usd: str | None
    expected_ms: int | None
    """How long a model on this machine will likely take; None where that is not known."""
    asks: bool
    """It costs as much as a person wants to be asked about first: the setting `ask_from_usd`."""
    left_usd: str | None
    """What may still be spent today, or this month where that is less."""
    exceeds: CapLeft | None
    """The cap that ends it, before it begins or in its midst; None where all leave room."""

    @classmethod
    def of_nobody(cls) -> CostEstimate:
        """No model will be asked."""
        return cls(
            provider=None, model=None, local=False, calls=0, cached=0, input_tokens=0, cost_usd=None, at_most_usd=None,
            expected_ms=None, asks=False, left_usd=None, exceeds=None,
        )  # fmt: skip


class EmbeddingEstimate(Value):
    """What it would take to have a vault read by a provider's model."""

    model: str
    passages: int
    """That it has not read yet."""
    tokens: int
    cost_usd: str | None
    """What it will likely cost, in US dollars; None: nothing, since it runs on the person's own machines."""
    at_most_usd: str | None
    """What it may cost at most: the sum to agree to."""
    dimensions: int
    """Numbers in a vector, a byte each."""
    told: str
    """The same in words."""
    took_ms: int


class Spent(NamedTuple):
    """Micro-dollars, with what is put aside."""

    day: int
    month: int


def left(caps: Caps, spent: Spent, today: date, *, notice: str | None = None) -> Budget:
    """The caps as they are told."""
    figures: tuple[tuple[Cap, int, int], ...] = (
        ("call", caps.call, 0),
        ("run", caps.run, 0),
        ("day", caps.day, spent.day),
        ("month", caps.month, spent.month),
    )
    return Budget(
        day=today.isoformat(),
        caps=tuple(
            CapLeft(
                cap=cap,
                limit_usd=usd(limit),
                spent_usd=usd(used),
                left_usd=usd(max(0, limit - used)),
                setting=SETTING_OF[cap],
            )
            for cap, limit, used in figures
        ),
        notice=notice,
    )


def least_left(budget: Budget) -> int:
    """What may still be spent before a cap of days or months ends it, in micro-dollars."""
    return min(micro_usd(each.left_usd) for each in budget.caps if each.cap in ("day", "month"))


def exceeded(budget: Budget, *, call_micro: int, run_micro: int) -> CapLeft | None:
    """The first cap that does not leave room for the dearest call, or for all. What costs nothing passes none."""
    if not run_micro:
        return None
    needs = {each.cap: call_micro if each.cap == "call" else run_micro for each in budget.caps}
    return next((each for each in budget.caps if needs[each.cap] > micro_usd(each.left_usd)), None)
