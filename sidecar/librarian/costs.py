"""What models cost a person, and the meter through which every ability asks them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from pathlib import Path

from librarian.metering import Meter, Terms
from librarian.money import micro_usd, usd
from librarian.spend import Spend, local_time
from librarian.usage import Budget, By, UsageSummary

log = logging.getLogger(__name__)


class Costs:
    """The books of one person in this process. They are opened when they are first needed."""

    def __init__(
        self,
        path: Path,
        terms: Callable[[str | None], Awaitable[Terms]],
        *,
        clock: Callable[[], datetime] = local_time,
    ) -> None:
        """``terms``: what a person allows and has said of prices, for one vault or for all."""
        self._path = path
        self._terms = terms
        self._clock = clock
        self._opening = asyncio.Lock()
        self._spend: Spend | None = None
        self._meter: Meter | None = None

    async def summary(
        self, by: By, since: date | None = None, until: date | None = None, vault_id: str | None = None
    ) -> UsageSummary:
        """Use of models from one day to another, both counted in. Raises StoreTooNew, StorageFull, StoreError."""
        rows = await (await self._books()).summary(by, since, until, vault_id)
        return UsageSummary(by=by, rows=rows, total_usd=usd(sum(micro_usd(row.cost_usd) for row in rows)))

    async def budget(self, vault_id: str | None = None) -> Budget:
        """Every cap as it holds for a vault, and what is left of it. Raises StoreTooNew, StorageFull, StoreError."""
        return await (await self._books()).budget((await self._terms(vault_id)).caps)

    async def run_spent(self, run_id: str) -> int:
        """What one run has cost so far, in micro-dollars. Raises StoreTooNew, StorageFull, StoreError."""
        return await (await self._books()).run_spent(run_id)

    async def meter(self) -> Meter:
        """What makes models that are asked within limits. Raises StoreTooNew, StorageFull, StoreError."""
        spend = await self._books()
        if self._meter is None:
            self._meter = Meter(spend, self._terms, clock=self._clock)
        return self._meter

    def learn(self, provider: str, headers: Mapping[str, str]) -> None:
        """Take in what an answer's headers say of how much a provider takes."""
        if self._meter is not None:
            self._meter.learn(provider, headers)

    async def close(self) -> None:
        """Count what is put aside and not settled as spent, and let go."""
        async with self._opening:
            spend, self._spend, self._meter = self._spend, None, None
            if spend is not None:
                await spend.close()

    async def _books(self) -> Spend:
        async with self._opening:
            if self._spend is None:
                self._spend = await Spend.open(self._path, clock=self._clock)
                if self._spend.moved_aside:
                    log.error("what models cost could not be read and was moved to %s", self._spend.moved_aside)
            return self._spend
