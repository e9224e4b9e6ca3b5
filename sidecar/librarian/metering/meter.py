"""What all that ask models in one process share: the books, the providers' pace, and who of them is left alone."""

from __future__ import annotations

import asyncio
import random as chance
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from librarian.chat.conversation import Chat, Limits, Message, Usage
from librarian.chat.presets import Choice
from librarian.errors import PriceUnknown, ProviderBusy
from librarian.metering.answering import Answering, Receipt, entered, was_free
from librarian.metering.answers import Answers
from librarian.metering.breaker import Breaker, Breakers
from librarian.metering.metered import Manner, Metered
from librarian.metering.rate import Rates
from librarian.metering.retrying import BACKGROUND, SOMEONE_WAITS, WORTH_TELLING_S
from librarian.money import Caps, Estimate, Purpose, usd
from librarian.pricing import Prices
from librarian.spend import WRITING, Spend, local_time
from librarian.usage import CostEstimate, exceeded, least_left


@dataclass(frozen=True, slots=True)
class Terms:
    """What a person allows and has said of prices, as it is when a call is made."""

    caps: Caps
    prices: Prices
    ask_from_micro: int = 0
    """What a person wants to be asked about first, in micro-dollars."""


@dataclass(frozen=True, slots=True)
class RunEstimate:
    """What it may take to embed many texts, to be shown before the first."""

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

    async def estimate(
        self, chat: Chat, purpose: Purpose, requests: Sequence[tuple[Sequence[Message], Limits]], *, cached: int = 0
    ) -> CostEstimate:
        """What these requests will take together, beside ``cached`` that are answered already. Raises PriceUnknown."""
        terms, (provider, model) = await self._terms(purpose.vault_id), (chat.provider, chat.model)
        ratio = await self._spend.ratio(provider, model)
        correction = await self._spend.correction(purpose.feature, provider, model)
        estimate = partial(terms.prices.estimate, provider, model, ratio=ratio)
        estimates = await asyncio.to_thread(lambda: [estimate(*asked) for asked in requests])
        at_most = sum(each.at_most_micro for each in estimates)
        expected = min(round(correction * sum(each.expected_micro for each in estimates)), at_most)
        dearest = max(estimates, key=lambda each: each.at_most_micro, default=None)
        budget = await self._spend.budget(terms.caps)
        return CostEstimate(
            provider=provider,
            model=model,
            local=terms.prices.is_local(provider),
            calls=len(estimates) + cached,
            cached=cached,
            input_tokens=sum(each.input_tokens for each in estimates),
            cost_usd=usd(expected),
            at_most_usd=usd(at_most),
            expected_ms=await self._expected_ms(chat, terms.prices, estimates),
            asks=0 < expected >= terms.ask_from_micro,
            left_usd=usd(least_left(budget)),
            exceeds=exceeded(
                budget,
                call_micro=dearest.at_most_micro if dearest else 0,
                # Until the last of them each has left behind what it really cost.
                run_micro=max(expected - dearest.expected_micro, 0) + dearest.at_most_micro if dearest else 0,
            ),
        )

    async def _expected_ms(self, chat: Chat, prices: Prices, estimates: Sequence[Estimate]) -> int | None:
        if not prices.is_local(chat.provider):
            return None
        pace = await self._spend.pace(chat.provider, chat.model)
        tokens = sum(each.input_tokens + WRITING * each.output_tokens for each in estimates)
        return None if pace is None else round(pace * tokens)

    async def embedding_estimate(self, choice: Choice, vault_id: str | None, texts: Sequence[str]) -> RunEstimate:
        """What it will take to embed these texts. Raises PriceUnknown."""
        estimate, _, _ = await self._embedding(choice, vault_id, texts)
        return RunEstimate(len(texts), estimate.input_tokens, estimate.expected_micro, estimate.at_most_micro)

    @asynccontextmanager
    async def embedding(
        self, choice: Choice, purpose: Purpose, texts: Sequence[str], *, waits: bool = False
    ) -> AsyncIterator[Callable[[int], None]]:
        """Embed these texts inside, within limits, and call what is given with the tokens that the provider told.

        ``waits``: a person does. Raises PriceUnknown, BudgetExceeded, ProviderResting, ProviderBusy, StoreError before
        anything is sent.
        """
        provider, model = choice.provider, choice.model
        breaker = self.breaker(provider)
        admitted = breaker.admit()
        told: list[int] = []
        try:
            estimate, prices, caps = await self._embedding(choice, purpose.vault_id, texts)
            local = prices.is_local(provider)
            call_id = await self._spend.reserve(purpose, provider, model, estimate, caps, local=local)
        except BaseException:
            breaker.skipped(admitted)
            raise
        began, failure, sent = _seconds(), None, False
        try:
            patience = SOMEONE_WAITS if waits else BACKGROUND
            await self._rates.admit(
                provider, input_tokens=estimate.input_tokens, output_tokens=0, patience_s=patience.wait_s
            )
            sent = True
            yield told.append
            breaker.worked()
        except BaseException as error:
            failure = error
            breaker.failed(error, admitted) if sent else breaker.skipped(admitted)
            if sent and isinstance(error, ProviderBusy) and error.retry_after_s is not None:
                self.pause(provider, error.retry_after_s)
            raise
        finally:
            tokens_read = sum(told) or round(estimate.input_tokens * 1.1)
            usage = Usage(input_tokens=tokens_read, estimated=not told)
            if not sent or (failure is not None and not told and was_free(failure)):
                entry = self._spend.release(call_id)
            else:
                cost = prices.price(provider, model, usage)
                entry = self._spend.settle(call_id, cost, usage, round((_seconds() - began) * 1000))
            await entered(entry)

    async def is_free(self, choice: Choice, vault_id: str | None) -> bool:
        """Whether a model that embeds costs nothing. Raises PriceUnknown."""
        prices = (await self._terms(vault_id)).prices.at(choice.provider, choice.base_url)
        many = Usage(input_tokens=1_000_000)
        return await asyncio.to_thread(prices.price, choice.provider, choice.model, many) == 0

    async def caps(self, vault_id: str | None) -> Caps:
        """What may be spent at most now."""
        return (await self._terms(vault_id)).caps

    async def _embedding(
        self, choice: Choice, vault_id: str | None, texts: Sequence[str]
    ) -> tuple[Estimate, Prices, Caps]:
        terms = await self._terms(vault_id)
        prices = terms.prices.at(choice.provider, choice.base_url)
        ratio = await self._spend.ratio(choice.provider, choice.model)
        estimate = await asyncio.to_thread(prices.embedding, choice.provider, choice.model, texts, ratio=ratio)
        return estimate, prices, terms.caps

    def breaker(self, provider: str) -> Breaker:
        return self._breakers.of(provider)

    def pause(self, provider: str, seconds: float) -> None:
        """Send nothing to a provider for so long."""
        self._rates.pause(provider, seconds)

    async def note_cached(self, purpose: Purpose, chat: Chat) -> None:
        """Remember that an answer was there already."""
        await self._spend.note_cached(purpose, chat.provider, chat.model)

    async def put_aside(
        self,
        chat: Chat,
        purpose: Purpose,
        asked: tuple[Sequence[Message], Limits],
        manner: Manner,
        terms: Terms | None = None,
    ) -> tuple[Answering, Estimate]:
        """Put money aside for a request. Raises PriceUnknown unless it may be unknown, BudgetExceeded, StoreError.

        ``terms``: in place of those that hold for the model that is chosen.
        """
        terms = terms or await self._terms(purpose.vault_id)
        ratio = await self._spend.ratio(chat.provider, chat.model)
        # Long texts take a while to count, and the list of prices to load.
        estimated = partial(terms.prices.estimate, chat.provider, chat.model, *asked, ratio=ratio)
        try:
            estimate = await asyncio.to_thread(estimated)
        except PriceUnknown:
            if not manner.even_unpriced:
                raise
            estimate = Estimate(0, 0, 0, 0, is_priced=False)
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
