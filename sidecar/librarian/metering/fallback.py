"""Asks another model when the chosen one cannot answer; only of providers that the person allowed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final

from librarian.chat.conversation import Chat, Event, Limits, Message
from librarian.errors import (
    LibrarianError,
    ModelError,
    ProviderBusy,
    ProviderFailed,
    ProviderResting,
    ProviderUnreachable,
)
from librarian.metering.answering import closed

UNWELL: Final = (ProviderUnreachable, ProviderBusy, ProviderFailed, ProviderResting)
"""What another provider may do better; a wrong key, a refused text or an exceeded budget is told."""
Opening = Callable[[], Awaitable[Chat]]
"""Makes a model when it is needed. May raise ModelError, as without a key."""


class Fallback:
    """A `Chat` of several: the first that is well answers."""

    def __init__(self, chosen: Chat, others: Sequence[Opening] = ()) -> None:
        """``others``: in the order in which they are asked, and none but those that notes may be sent to."""
        self._chosen = chosen
        self._others = others
        self._answers = chosen

    @property
    def provider(self) -> str:
        """Of the model that answered last, so that it can be told."""
        return self._answers.provider

    @property
    def model(self) -> str:
        return self._answers.model

    async def stream(self, messages: Sequence[Message], limits: Limits) -> AsyncIterator[Event]:
        """As every `Chat`. Raises what the chosen model raised where no other answers; never asks another once a piece
        of an answer is there.
        """
        away: ModelError | None = None
        for opening in (None, *self._others):
            begun = False
            events: AsyncIterator[Event] | None = None
            try:
                self._answers = self._chosen if opening is None else await opening()
                events = self._answers.stream(messages, limits)
                async for event in events:
                    begun = True
                    yield event
                return
            except LibrarianError as error:
                if begun or (opening is None and not isinstance(error, UNWELL)):
                    raise
                # What ails a stand-in is not what the person must know.
                away = away or (error if isinstance(error, UNWELL) else None)
            finally:
                if events is not None:
                    await closed(events)
        self._answers = self._chosen
        if away is not None:
            raise away

    async def close(self) -> None:
        """The models are closed by who opens them."""
