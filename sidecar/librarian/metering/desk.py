"""One vault's model as abilities have it: who it is, how it is asked, what that will cost. They have no other way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from librarian.chat.conversation import Limits, Message
from librarian.metering.metered import Manner
from librarian.metering.rehearsal import Rehearsal
from librarian.metering.writer import Writer
from librarian.money import Purpose
from librarian.usage import CostEstimate


@dataclass(frozen=True)
class Desk:
    """Made by the library for each vault."""

    provider: Callable[[], tuple[str, str]]
    """Its provider and name. Raises NoProvider."""
    write: Callable[[Purpose, Manner], Awaitable[Writer]]
    """The model, to be asked for one act of a person. Raises NoProvider and other errors of models."""
    rehearse: Callable[[Purpose, Manner], Awaitable[Rehearsal]]
    """The same for an act whose price is asked. Raises as `write`."""

    async def price(
        self, purpose: Purpose, manner: Manner, requests: Iterable[tuple[Sequence[Message], Limits]]
    ) -> CostEstimate:
        """What these requests will take together. Raises as `write`, and PriceUnknown."""
        rehearsal = await self.rehearse(purpose, manner)
        # Texts are read and cut for them.
        for messages, limits in await asyncio.to_thread(list, requests):
            await rehearsal.answer(messages, limits)
        return await rehearsal.estimate()
