"""The model that writes for one act of a person, as every ability is given it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from librarian.chat.conversation import Chat, Event, Limits, Message
from librarian.metering.answering import Receipt
from librarian.metering.answers import Answers
from librarian.metering.fallback import Fallback, Opening
from librarian.metering.meter import Meter
from librarian.metering.metered import Manner, total
from librarian.money import Purpose
from librarian.usage import ModelUse


class Writer:
    """A `Chat`: the chosen model, or one that may take its place, each asked within limits."""

    def __init__(  # what an ability needs, once
        self,
        chosen: Chat,
        others: Sequence[tuple[Opening, Answers | None]],
        meter: Meter,
        purpose: Purpose,
        manner: Manner,
        answers: Answers | None,
    ) -> None:
        """``others``: models of the providers that the person allowed, each with where its whole answers are kept;
        ``answers``: where those of the chosen one are.
        """
        self.receipts: list[Receipt] = []
        """What each call took so far."""

        def limited(chat: Chat, kept: Answers | None) -> Chat:
            return meter.chat(chat, purpose, manner, answers=kept, receipts=self.receipts)

        def limited_when_opened(opening: Opening, kept: Answers | None) -> Opening:
            async def opened() -> Chat:
                return limited(await opening(), kept)

            return opened

        self._model = Fallback(limited(chosen, answers), [limited_when_opened(*each) for each in others])

    @property
    def provider(self) -> str:
        """Of the model that answered last."""
        return self._model.provider

    @property
    def model(self) -> str:
        return self._model.model

    def stream(self, messages: Sequence[Message], limits: Limits) -> AsyncIterator[Event]:
        """As every `Chat`. Raises ModelError, MoneyError, StoreError."""
        return self._model.stream(messages, limits)

    async def close(self) -> None:
        """Connections are closed with the library, since others use them too."""

    def use(self) -> ModelUse | None:
        """What was used so far, to be told with the answer; None before the first call."""
        return total(self.receipts)
