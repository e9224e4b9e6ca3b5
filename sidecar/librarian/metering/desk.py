"""The model of one vault, as its abilities know it: who it is, how it is asked, and what that costs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from librarian.chat.conversation import Limits, Message
from librarian.metering.meter import RunEstimate
from librarian.metering.metered import Manner
from librarian.metering.writer import Writer
from librarian.money import Purpose

Write = Callable[[Purpose, Manner], Awaitable[Writer]]
"""The vault's model. Raises NoProvider and other errors of models."""


class Price(Protocol):
    """What requests to the vault's model will take together, and whose it is. Raises NoProvider, PriceUnknown."""

    async def __call__(
        self, requests: Iterable[tuple[Sequence[Message], Limits]], *, expected_output_tokens: int
    ) -> RunEstimate: ...


@dataclass(frozen=True)
class Desk:
    """Everything that is asked about the vault's model."""

    provider: Callable[[], tuple[str, str]]
    """Its provider and name. Raises NoProvider."""
    write: Write
    price: Price
