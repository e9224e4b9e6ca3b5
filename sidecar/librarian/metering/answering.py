"""One request to a provider from the moment that money is put aside for it until it is settled, however it ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from librarian import tokens
from librarian.chat.conversation import Chat, Delta, Event, Finish, Limits, Message, Usage
from librarian.errors import AnswerBroken, ModelError, ProviderUnreachable, StoreError
from librarian.metering.answers import Kept

if TYPE_CHECKING:
    from librarian.money import Estimate
    from librarian.pricing import Prices
    from librarian.spend import Spend

log = logging.getLogger(__name__)

UNSEEN_A_SECOND: Final = 200
"""Tokens that a model writes in a second at most, where it may have been thinking and did not come to tell."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one call took."""

    provider: str
    model: str
    usage: Usage
    cost_micro: int
    took_ms: int
    cached: bool = False
    """It was answered from what is kept here. ``usage`` is what it took when it was made; it costs nothing now."""
    is_priced: bool = True
    """Otherwise nobody knows what it cost, which is not nothing."""


class Answering:
    """Made when money is put aside; `begin`, then `next` until it is None, and `settle` whatever happens."""

    def __init__(
        self,
        chat: Chat,
        asked: tuple[Sequence[Message], Limits],
        books: tuple[Spend, Prices],
        call: tuple[str, Estimate],
        monotonic: Callable[[], float],
    ) -> None:
        """``call``: its id in the books, and what was put aside for it."""
        self._chat = chat
        self._messages, self._limits = asked
        self._spend, self._prices = books
        self._call_id, self._estimate = call
        self._monotonic = monotonic
        self._pieces: list[str] = []
        self._usage: Usage | None = None
        self._finish: Finish | None = None
        self._events: AsyncIterator[Event] | None = None
        self._started = monotonic()

    def whole(self) -> Kept | None:
        """The answer, if it came to an end of itself."""
        if self._usage is None or self._finish is None or self._finish.reason != "stop":
            return None
        return Kept(text="".join(self._pieces), usage=self._usage)

    async def begin(self) -> Event:
        """Send it, and give the first that comes back. Raises ModelError."""
        self._started = self._monotonic()
        self._events = aiter(self._chat.stream(self._messages, self._limits))
        try:
            return self._noted(await anext(self._events))
        except StopAsyncIteration:
            raise AnswerBroken(self._chat.provider, "nothing came") from None

    async def next(self) -> Event | None:
        """What comes after it; None at the end. Raises ModelError."""
        if self._events is None:
            return None
        try:
            return self._noted(await anext(self._events))
        except StopAsyncIteration:
            return None

    def _noted(self, event: Event) -> Event:
        if isinstance(event, Delta):
            self._pieces.append(event.text)
        elif isinstance(event, Finish):
            self._finish = event
        else:
            self._usage = event
        return event

    async def settle(self, error: BaseException | None = None) -> Receipt:
        """End the request if it still runs, and count what it took; nothing is counted where nothing can have been
        charged. Who is called off meanwhile leaves the books in order all the same.
        """
        sent = self._events is not None
        took_s = self._monotonic() - self._started if sent else 0.0
        free = not sent or (self._usage is None and not self._pieces and was_free(error))
        usage = Usage() if free else self._usage or self._counted(took_s)
        priced = self._estimate.is_priced
        cost = self._prices.price(self._chat.provider, self._chat.model, usage) if priced else 0
        took_ms = round(took_s * 1000)
        try:
            if self._events is not None:
                await closed(self._events)
        finally:
            if free:
                entry = self._spend.release(self._call_id)
            else:
                entry = self._spend.settle(self._call_id, cost, usage, took_ms)
            await entered(entry)
        return Receipt(self._chat.provider, self._chat.model, usage, cost, took_ms, is_priced=priced)

    def _counted(self, took_s: float) -> Usage:
        """What it can have taken, told from the text and the time; never more than was put aside."""
        text = "".join(self._pieces)
        written = tokens.at_most(text)
        if self._limits.reasoning != "none":
            written = max(written, round(took_s * UNSEEN_A_SECOND))
        return Usage(
            input_tokens=round(self._estimate.input_tokens * 1.1),
            output_tokens=min(written, max(self._limits.max_output_tokens, tokens.expected(text))),
            estimated=True,
        )


def was_free(error: BaseException | None) -> bool:
    """Whether a request that ended before anything came back was surely not charged."""
    if isinstance(error, ProviderUnreachable):
        return not error.data["sent"]
    return isinstance(error, ModelError) and not isinstance(error, AnswerBroken)


async def closed(events: AsyncIterator[Event]) -> None:
    """End a stream in its midst, which aborts its request; in the task that read it, as streams want."""
    close = getattr(events, "aclose", None)
    if close is not None:
        await close()


async def entered(entry: Coroutine[Any, Any, None]) -> None:
    """Make an entry in the books to its end, whoever is called off meanwhile."""
    try:
        await asyncio.shield(asyncio.ensure_future(entry))
    except StoreError as error:
        # What was asked for is there and paid. What was put aside for it stays counted.
        log.error("what a model cost could not be entered into the books: %s", error)
