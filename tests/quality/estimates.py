"""What recorded calls were estimated to cost against what they were settled at, each through the books that the product keeps.

The record has notes of the example vault as they would be summarised by four models, in eight languages: input tokens counted
with a public list of tokens, and lengths of answers around those that were asked for. What is learnt from one call corrects the
estimate of the next, as it does for a person; each model begins with empty books.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from librarian.chat.conversation import Limits, Message, Usage
from librarian.metering import Meter, Terms
from librarian.money import Caps, Purpose, micro_usd
from librarian.pricing import Prices
from librarian.spend import Spend

RECORD = Path(__file__).parents[1] / "sidecar" / "recorded_usage.json"
GOAL = 0.15
"""How far an estimate may be from what was settled."""
LIMITS = Limits(max_output_tokens=400, expected_output_tokens=150)
LOOSE = Caps(*[10**12] * 4)
SUMMARY = Purpose("summary")


@dataclass(frozen=True)
class Figure:
    """One kind of estimate, held against what was settled."""

    what: str
    ratios: tuple[float, ...]
    """What was estimated, for one of what was settled."""
    has_goal: bool = False

    @property
    def within(self) -> float:
        """The share of estimates that are near enough."""
        return sum(abs(ratio - 1) <= GOAL for ratio in self.ratios) / len(self.ratios)

    @property
    def median(self) -> float:
        return median(self.ratios)

    @property
    def worst(self) -> float:
        return max(self.ratios, key=lambda ratio: abs(ratio - 1))

    @property
    def is_met(self) -> bool:
        return not self.has_goal or self.within == 1


class Named:
    """A model that is not asked: only its name counts."""

    def __init__(self, provider: str, model: str) -> None:
        self.provider, self.model = provider, model


async def _spent(rows: Sequence[dict[str, object]]) -> list[tuple[int, int]]:
    """For each call what was told before, and what it was settled at; in micro-dollars."""
    prices, told = Prices(), []

    async def terms(_vault: str | None) -> Terms:
        return Terms(LOOSE, prices)

    with tempfile.TemporaryDirectory(prefix="librarian-estimates-") as folder:
        spend = await Spend.open(Path(folder) / "spend.sqlite")
        try:
            meter = Meter(spend, terms)
            for row in rows:
                chat = Named(str(row["provider"]), str(row["model"]))
                asked = ([Message("user", str(row["text"]))], LIMITS)
                before = await meter.estimate(chat, SUMMARY, [asked])  # type: ignore[arg-type]
                estimate = prices.estimate(chat.provider, chat.model, *asked)
                usage = Usage(input_tokens=int(str(row["inputTokens"])), output_tokens=int(str(row["outputTokens"])))
                cost = prices.price(chat.provider, chat.model, usage)
                call = await spend.reserve(SUMMARY, chat.provider, chat.model, estimate, LOOSE)
                await spend.settle(call, cost, usage, 1_000)
                told.append((micro_usd(before.cost_usd or "0"), cost))
        finally:
            await spend.close()
    return told


def measure() -> list[Figure]:
    """Runs of all calls of one model, calls one by one, and the part of them that is known before."""
    rows = json.loads(RECORD.read_text("utf-8"))
    models = sorted({(row["provider"], row["model"]) for row in rows})
    runs = [asyncio.run(_spent([row for row in rows if (row["provider"], row["model"]) == each])) for each in models]
    calls = [call for run in runs for call in run]
    input_tokens = [
        Prices().estimate(row["provider"], row["model"], [Message("user", row["text"])], LIMITS).input_tokens / row["inputTokens"]
        for row in rows
    ]  # fmt: skip
    return [
        Figure("cost of a run: all calls of a model", tuple(_ratio(run) for run in runs), has_goal=True),
        Figure("tokens that are sent, each call", tuple(input_tokens), has_goal=True),
        Figure("cost of each call, however long its answer became", tuple(_ratio([call]) for call in calls)),
    ]


def _ratio(calls: Sequence[tuple[int, int]]) -> float:
    return sum(told for told, _ in calls) / sum(cost for _, cost in calls)
