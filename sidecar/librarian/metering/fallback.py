"""Asks another model when the chosen one cannot answer; only of providers that the person allowed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Final

from librarian.chat.conversation import Chat, Event, Limits, Message
from librarian.errors import ModelError, ProviderBusy, ProviderFailed, ProviderResting, ProviderUnreachable
from librarian.metering.answering import closed

UNWELL: Final = (ProviderUnreachable, ProviderBusy, ProviderFailed, ProviderResting)
"""What another provider may do better; a wrong key, a refused text or an exceeded budget is told."""


class Fallback:
    """A `Chat` of several: the first that is well answers."""

    def __init__(self, chosen: Chat, others: Sequence[Chat], allowed: Collection[str]) -> None:
        """``allowed``: names of the providers among the others that notes may be sent to."""
        self._chats = (chosen, *(each for each in others if each.provider in allowed))
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
        first: ModelError | None = None
        for chat in self._chats:
            begun = False
            self._answers = chat
            events = chat.stream(messages, limits)
            try:
                async for event in events:
                    begun = True
                    yield event
                return
            except UNWELL as error:
                if begun:
                    raise
                first = first or error
            finally:
                await closed(events)
        self._answers = self._chats[0]
        assert first is not None  # noqa: S101  # there is always a chosen one, and it raised
        raise first

    async def close(self) -> None:
        for chat in self._chats:
            await chat.close()
