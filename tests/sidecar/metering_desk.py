"""Models that are asked within limits, with their books in a temporary folder and time that passes at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from virtual_time import run

from librarian.cache import Cache
from librarian.chat.conversation import Chat, Delta, Event, Limits, Message
from librarian.metering import Manner, Meter, Metered, Terms
from librarian.metering.answers import Answers
from librarian.money import Caps, Purpose
from librarian.pricing import Prices, given
from librarian.spend import Spend

ASKED = [Message("system", "Be short."), Message("user", "What grows in the salt marsh? " * 20)]
LIMITS = Limits(max_output_tokens=400)
CAPS = Caps(call=500_000, run=2_000_000, day=5_000_000, month=20_000_000)
SUMMARY = Purpose("summary", vault_id="v1")
NOON = datetime(2026, 3, 10, 12, tzinfo=ZoneInfo("Europe/Berlin"))
PRICE = "openai/gpt-5-mini=0.25/2"
BACKGROUND = Manner(waits=False)


class Desk:
    """A meter with its books in a temporary folder."""

    def __init__(self, spend: Spend, folder: Path) -> None:
        self.spend = spend
        self.caps = CAPS
        self.ask_from_micro = 50_000
        self.prices = Prices(given([PRICE, "anthropic/claude-sonnet-4-5=3/15"]))
        self.meter = Meter(spend, self.terms, clock=lambda: NOON, random=lambda: 0.5)
        self.cache = Cache(folder / "cache")

    async def terms(self, vault_id: str | None) -> Terms:
        assert vault_id in ("v1", None)
        return Terms(self.caps, self.prices, self.ask_from_micro)

    def metered(self, chat: Chat, manner: Manner | None = None, *, kept: bool = False) -> Metered:
        return self.meter.chat(chat, SUMMARY, manner, answers=Answers(self.cache) if kept else None)

    async def spent(self) -> int:
        caps = (await self.spend.budget(self.caps)).caps
        return round(float(next(each.spent_usd for each in caps if each.cap == "day")) * 1e6)


@asynccontextmanager
async def desk(folder: Path) -> AsyncIterator[Desk]:
    spend = await Spend.open(folder / "spend.sqlite", clock=lambda: NOON)
    found = Desk(spend, folder)
    try:
        yield found
    finally:
        await found.cache.close()
        await spend.close()


Test = Callable[[Desk], Coroutine[Any, Any, None]]


def at_desk(folder: Path, test: Test) -> None:
    """Run a test in virtual time."""

    async def main() -> None:
        async with desk(folder) as found:
            await test(found)

    run(main())


async def ask(chat: Chat, limits: Limits = LIMITS) -> list[Event]:
    return [event async for event in chat.stream(ASKED, limits)]


def text(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Delta))
