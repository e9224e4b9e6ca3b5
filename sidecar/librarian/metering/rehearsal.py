"""An act of a model gone through without asking anybody, so that its price is that of the requests it would send."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Final

from librarian.chat.conversation import Chat, Delta, Event, Finish, Limits, Message, Usage
from librarian.metering.answers import Answers, answer_key
from librarian.money import Purpose
from librarian.usage import CostEstimate

if TYPE_CHECKING:
    from librarian.metering.meter import Meter
    from librarian.metering.metered import Manner

FILLER: Final = "lorem "
"""Stands for a word that a model would write."""
TOKENS_OF_A_WORD: Final = 2
"""As `Limits.expected_output_tokens` are counted, for words of any language."""


class Rehearsal:
    """A `Chat` that answers from what is kept, else with words of no meaning, as many as an answer likely has."""

    def __init__(self, chat: Chat, meter: Meter, asks: tuple[Purpose, Manner], answers: Answers | None) -> None:
        self._chat = chat
        self._meter = meter
        self._purpose, self._manner = asks
        self._answers = answers
        self._requests: list[tuple[Sequence[Message], Limits]] = []
        self._cached = 0

    @property
    def provider(self) -> str:
        return self._chat.provider

    @property
    def model(self) -> str:
        return self._chat.model

    async def stream(self, messages: Sequence[Message], limits: Limits) -> AsyncIterator[Event]:
        """As every `Chat`. Raises nothing, and nothing leaves this machine."""
        yield Delta(await self.answer(messages, limits) or FILLER)
        yield Finish("stop")
        yield Usage()

    async def answer(self, messages: Sequence[Message], limits: Limits) -> str:
        """What would be answered, where one text is all that is asked for."""
        kept = None
        if self._answers is not None and not self._manner.fresh:
            version = self._manner.prompt_version
            kept = await self._answers.get(answer_key(self.provider, self.model, version, messages, limits))
        if kept is not None:
            self._cached += 1
            return kept.text
        self._requests.append((messages, limits))
        return FILLER * ((limits.expected_output_tokens or limits.max_output_tokens // 2) // TOKENS_OF_A_WORD)

    async def close(self) -> None:
        """There is nothing to let go of."""

    async def estimate(self) -> CostEstimate:
        """What all that was rehearsed will take. Raises PriceUnknown, StoreError."""
        return await self._meter.estimate(self._chat, self._purpose, self._requests, cached=self._cached)
