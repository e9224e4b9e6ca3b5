"""A model that is asked once, to see whether it works: paid for like all others, but never tried again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from librarian.chat.conversation import Chat, Event, Limits, Message
from librarian.metering.metered import Manner
from librarian.money import Purpose, usd

if TYPE_CHECKING:
    from librarian.metering.answering import Receipt
    from librarian.metering.meter import Meter, Terms


class Trial:
    """A `Chat` as it is asked before it is chosen, when its price need not be known yet."""

    def __init__(self, chat: Chat, meter: Meter, purpose: Purpose, terms: Terms) -> None:
        """``terms``: as they are where this model is the chosen one."""
        self._chat = chat
        self._meter = meter
        self._purpose = purpose
        self._terms = terms
        self._receipt: Receipt | None = None

    @property
    def provider(self) -> str:
        return self._chat.provider

    @property
    def model(self) -> str:
        return self._chat.model

    async def stream(self, messages: Sequence[Message], limits: Limits) -> AsyncIterator[Event]:
        """As every `Chat`. Raises ModelError, BudgetExceeded, StoreError."""
        manner = Manner(even_unpriced=True)
        answering, _ = await self._meter.put_aside(self._chat, self._purpose, (messages, limits), manner, self._terms)
        failure: BaseException | None = None
        try:
            event: Event | None = await answering.begin()
            # Whoever mends what was wrong and tries it need not wait until the provider is tried again.
            self._meter.breaker(self.provider).worked()
            while event is not None:
                yield event
                event = await answering.next()
        except BaseException as error:
            failure = error
            raise
        finally:
            self._receipt = await answering.settle(failure)

    @property
    def cost_usd(self) -> str | None:
        """What it cost, also where it failed; None where nobody knows its price."""
        if self._receipt is None:
            return usd(0)
        return usd(self._receipt.cost_micro) if self._receipt.is_priced else None

    async def close(self) -> None:
        await self._chat.close()
