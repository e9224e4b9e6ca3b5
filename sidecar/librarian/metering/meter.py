"""What all that ask models in one process share: the books, the providers' pace, and who of them is left alone."""

from __future__ import annotations

import asyncio
import random as chance
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from librarian.chat.conversation import Chat, Limits, Message, Usage
from librarian.metering.answering import Answering, Receipt, entered, was_free
from librarian.metering.answers import Answers
from librarian.metering.breaker import Breaker, Breakers
from librarian.metering.metered import Manner, Metered
from librarian.metering.rate import Rates
from librarian.metering.retrying import BACKGROUND, SOMEONE_WAITS, WORTH_TELLING_S
from librarian.money import Caps, Estimate, Purpose
from librarian.pricing import Prices
from librarian.spend import Spend, local_time


@dataclass(frozen=True, slots=True)
class Terms:
    """What a person allows and has said of prices, as it is when a call is made."""

    caps: Caps
    prices: Prices


@dataclass(frozen=True, slots=True)
class RunEstimate:
    """What many calls may take, to be shown before the first."""

    calls: int
    input_tokens: int
    expected_micro: int
    at_most_micro: int


class Meter:
    """Makes `Metered` models. Belongs to one event loop."""

    def __init__(
        self,
        spend: Spend,
        terms: Callable[[str | None], Awaitable[Terms]],
        *,
        rates: Rates | None = None,
        clock: Callable[[], datetime] = local_time,
        random: Callable[[], float] = chance.random,
    ) -> None:
        """``terms``: what holds for a vault, asked before each call, so that a budget that is raised holds at once."""
        self._spend = spend
        self._terms = terms
        self._rates = rates or Rates()
        self._breakers = Breakers(_seconds, clock)
        self.random = random

    def chat(
        self,
        chat: Chat,
        purpose: Purpose,
        manner: Manner | None = None,
        *,
        answers: Answers | None = None,
        receipts: list[Receipt] | None = None,
    ) -> Metered:
        """The same model, asked within limits. ``answers``: where whole answers are kept; ``receipts`` are added to."""
        return Metered(chat, self, (purpose, manner or Manner()), answers, receipts)

    def learn(self, provider: str, headers: Mapping[str, str]) -> None:
        """Take in what an answer's headers say of the provider's limits."""
        self._rates.learn(provider, headers)

    async def run_estimate(
        self,
        chat: Chat,
        vault_id: str | None,
        requests: Iterable[tuple[Sequence[Message], Limits]],
        *,
        expected_output_tokens: int | None = None,
    ) -> RunEstimate:
        """What these requests will take together. Raises PriceUnknown."""
        prices = (await self._terms(vault_id)).prices
        ratio = await self._spend.ratio(chat.provider, chat.model)
        estimate = partial(
            prices.estimate, chat.provider, chat.model, expected_output_tokens=expected_output_tokens, ratio=ratio
        )
        estimates = await asyncio.to_thread(lambda: [estimate(*asked) for asked in requests])
        return RunEstimate(
            calls=len(estimates),
            input_tokens=sum(each.input_tokens for each in estimates),
            expected_micro=sum(each.expected_micro for each in estimates),
            at_most_micro=sum(each.at_most_micro for each in estimates),
        )

    async def embedding_estimate(
        self, provider: str, model: str, vault_id: str | None, texts: Sequence[str]
    ) -> RunEstimate:
        """What it will take to embed these texts. Raises PriceUnknown."""
        estimate, _ = await self._embedding(provider, model, vault_id, texts)
        return RunEstimate(len(texts), estimate.input_tokens, estimate.expected_micro, estimate.at_most_micro)

    @asynccontextmanager
    async def embedding(
        self, provider: str, model: str, purpose: Purpose, texts: Sequence[str]
    ) -> AsyncIterator[Callable[[int], None]]:
        """Embed these texts inside, within limits, and call what is given with the tokens that the provider told.

        Raises PriceUnknown, BudgetExceeded, ProviderResting, ProviderBusy, StoreError before anything is sent.
        """
        breaker = self.breaker(provider)
        breaker.admit()
        told: list[int] = []
        try:
            estimate, terms = await self._embedding(provider, model, purpose.vault_id, texts)
            local = terms.prices.is_local(provider)
            call_id = await self._spend.reserve(purpose, provider, model, estimate, terms.caps, local=local)
        except BaseException:
            breaker.skipped()
            raise
        began, failure, sent = _seconds(), None, False
        try:
            await self._rates.admit(
                provider, input_tokens=estimate.input_tokens, output_tokens=0, patience_s=BACKGROUND.wait_s
            )
            sent = True
            yield told.append
            breaker.worked()
        except BaseException as error:
            failure = error
            breaker.failed(error) if sent else breaker.skipped()
            raise
        finally:
            tokens_read = sum(told) or round(estimate.input_tokens * 1.1)
            usage = Usage(input_tokens=tokens_read, estimated=not told)
            if not sent or (failure is not None and not told and was_free(failure)):
                entry = self._spend.release(call_id)
            else:
                cost = terms.prices.price(provider, model, usage)
                entry = self._spend.settle(call_id, cost, usage, round((_seconds() - began) * 1000))
            await entered(entry)

    async def _embedding(
        self, provider: str, model: str, vault_id: str | None, texts: Sequence[str]
    ) -> tuple[Estimate, Terms]:
        terms = await self._terms(vault_id)
        ratio = await self._spend.ratio(provider, model)
        return await asyncio.to_thread(terms.prices.embedding, provider, model, texts, ratio=ratio), terms

    def breaker(self, provider: str) -> Breaker:
        return self._breakers.of(provider)

    def pause(self, provider: str, seconds: float) -> None:
        """Send nothing to a provider for so long."""
        self._rates.pause(provider, seconds)

    async def note_cached(self, purpose: Purpose, chat: Chat) -> None:
        """Remember that an answer was there already."""
        await self._spend.note_cached(purpose, chat.provider, chat.model)

    async def put_aside(
        self, chat: Chat, purpose: Purpose, asked: tuple[Sequence[Message], Limits], manner: Manner
    ) -> tuple[Answering, Estimate]:
        """Put money aside for a request. Raises PriceUnknown, BudgetExceeded, StoreError."""
        terms = await self._terms(purpose.vault_id)
        ratio = await self._spend.ratio(chat.provider, chat.model)
        # Long texts take a while to count, and the list of prices to load.
        estimate = await asyncio.to_thread(
            partial(
                terms.prices.estimate,
                chat.provider,
                chat.model,
                *asked,
                expected_output_tokens=manner.expected_output_tokens,
                ratio=ratio,
            )
        )
        local = terms.prices.is_local(chat.provider)
        call_id = await self._spend.reserve(purpose, chat.provider, chat.model, estimate, terms.caps, local=local)
        return Answering(chat, asked, (self._spend, terms.prices), (call_id, estimate), _seconds), estimate

    async def admit(self, chat: Chat, estimate: Estimate, limits: Limits, manner: Manner) -> None:
        """Return when the provider's pace allows a request. Raises ProviderBusy."""
        pause_s = self._rates.pause_s(chat.provider)
        if manner.waits_for is not None and pause_s >= WORTH_TELLING_S:
            manner.waits_for(pause_s)
        await self._rates.admit(
            chat.provider,
            input_tokens=estimate.input_tokens,
            output_tokens=limits.max_output_tokens,
            patience_s=(SOMEONE_WAITS if manner.waits else BACKGROUND).wait_s,
        )


def _seconds() -> float:
    """By the clock of the event loop, as all waits are."""
    return asyncio.get_running_loop().time()
