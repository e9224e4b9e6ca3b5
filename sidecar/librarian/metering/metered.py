"""A model that is asked within limits: cost estimated, money put aside, the provider's pace kept, faults tried again,
and what was used settled to the last token.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from librarian.chat.conversation import Chat, Delta, Event, Finish, Limits, Message, Usage
from librarian.errors import ProviderBusy, StoreError
from librarian.metering.answering import Answering, Receipt
from librarian.metering.answers import Answers, Kept, answer_key
from librarian.metering.retrying import BACKGROUND, SOMEONE_WAITS, retried
from librarian.money import Purpose, usd
from librarian.usage import ModelUse

if TYPE_CHECKING:
    from librarian.metering.meter import Meter

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Manner:
    """How an ability asks."""

    waits: bool = True
    """Whether a person waits for the answer."""
    prompt_version: str = ""
    """The version of the prompt; answers to another are not taken from what is kept."""
    fresh: bool = False
    """Ask even where an answer is kept, and keep the new one."""
    even_unpriced: bool = False
    """Ask also where the price is not known, which the books then say."""
    waits_for: Callable[[float], None] | None = None
    """Hears for how many seconds nothing is asked, where that is longer than a moment."""


class Metered:
    """A `Chat` that asks another within limits. Make one for each act of a person with `Meter.chat`."""

    def __init__(
        self,
        chat: Chat,
        meter: Meter,
        asks: tuple[Purpose, Manner],
        answers: Answers | None = None,
        receipts: list[Receipt] | None = None,
    ) -> None:
        self._chat = chat
        self._meter = meter
        self._purpose, self._manner = asks
        self._answers = answers
        self.receipts = [] if receipts is None else receipts
        """What each call took, in the order in which they ended, also of those that failed."""

    @property
    def provider(self) -> str:
        return self._chat.provider

    @property
    def model(self) -> str:
        return self._chat.model

    def __repr__(self) -> str:
        return f"Metered({self._chat!r})"

    async def stream(self, messages: Sequence[Message], limits: Limits) -> AsyncIterator[Event]:
        """As every `Chat`; a failed request is tried again, but not once a piece of the answer is there.

        Raises ModelError, BudgetExceeded, PriceUnknown, and what the ledger raises: what cannot be counted is not sent.
        """
        key = answer_key(self.provider, self.model, self._manner.prompt_version, messages, limits)
        kept = await self._kept(key)
        if kept is not None:
            if kept.text:
                yield Delta(kept.text)
            yield Finish("stop")
            yield kept.usage
            return
        patience = SOMEONE_WAITS if self._manner.waits else BACKGROUND
        answering, first, admitted = await retried(
            lambda: self._begin(messages, limits), patience, self._meter.random, self._manner.waits_for
        )
        event: Event | None = first
        try:
            while event is not None:
                yield event
                event = await answering.next()
        except BaseException as error:
            self._meter.breaker(self.provider).failed(error, admitted)
            raise
        else:
            self._meter.breaker(self.provider).worked()
        finally:
            self.receipts.append(await answering.settle())
        if self._answers is not None and (whole := answering.whole()) is not None:
            await self._answers.put(key, whole)

    async def close(self) -> None:
        await self._chat.close()

    async def _kept(self, key: str) -> Kept | None:
        if self._answers is None or self._manner.fresh:
            return None
        kept = await self._answers.get(key)
        if kept is not None:
            try:
                await self._meter.note_cached(self._purpose, self._chat)
            except StoreError as error:
                # It costs nothing, so that nothing has to be counted.
                log.warning("a kept answer is not entered into the books: %s", error)
            self.receipts.append(Receipt(self.provider, self.model, kept.usage, 0, 0, cached=True))
        return kept

    async def _begin(self, messages: Sequence[Message], limits: Limits) -> tuple[Answering, Event, int]:
        """Send one request, and give the first that comes back, and how it was admitted."""
        meter, breaker = self._meter, self._meter.breaker(self.provider)
        admitted = breaker.admit()
        try:
            asked = (messages, limits)
            answering, estimate = await meter.put_aside(self._chat, self._purpose, asked, self._manner)
        except BaseException:
            breaker.skipped(admitted)
            raise
        try:
            await meter.admit(self._chat, estimate, limits, self._manner)
        except BaseException as error:
            breaker.skipped(admitted)
            await answering.settle(error)
            raise
        try:
            first = await answering.begin()
        except BaseException as error:
            breaker.failed(error, admitted)
            if isinstance(error, ProviderBusy) and error.retry_after_s is not None:
                meter.pause(self.provider, error.retry_after_s)
            receipt = await answering.settle(error)
            if receipt.usage != Usage():
                self.receipts.append(receipt)
            raise
        breaker.heard()
        return answering, first, admitted


def total(receipts: Sequence[Receipt]) -> ModelUse | None:
    """What several calls took together, named by the last of them that answered; None without a call."""
    if not receipts:
        return None
    paid = [each for each in receipts if not each.cached]
    named = next((each for each in reversed(receipts) if each.usage.output_tokens), receipts[-1])
    return ModelUse(
        provider=named.provider,
        model=named.model,
        calls=len(receipts),
        cached=len(receipts) - len(paid),
        input_tokens=sum(
            each.usage.input_tokens + each.usage.cache_read_tokens + each.usage.cache_write_tokens for each in paid
        ),
        output_tokens=sum(each.usage.output_tokens for each in paid),
        cost_usd=usd(sum(each.cost_micro for each in paid)),
        estimated=any(each.usage.estimated for each in paid),
        took_ms=sum(each.took_ms for each in paid),
    )
