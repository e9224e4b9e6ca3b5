"""A provider's model that makes vectors, asked within limits: the price was agreed to, money is put aside for each
request, the provider's pace is kept, and what may pass is tried again.

Passages come without the secrets that their whole note tells (`tier.HIDING`); what looks like one in a text by itself
is taken out here. What a provider does not take is sent shorter, or not at all: cut when it has no secrets any more.
"""

from __future__ import annotations

import asyncio
import logging
import struct
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from librarian import tokens
from librarian.embedding.queries import Queries, QueryCache
from librarian.errors import ContentRefused, PromptTooLong, ProviderUnreachable
from librarian.metering.reader import PASSAGE_WORDS, Reader
from librarian.metering.retrying import BACKGROUND, SOMEONE_WAITS, retried
from librarian.redaction import redacted

if TYPE_CHECKING:
    from librarian.chat.openai_embeddings import Embedded
    from librarian.chat.presets import Choice
    from librarian.metering.meter import Meter
    from librarian.money import Purpose
    from librarian.worker import Progress

log = logging.getLogger(__name__)

BATCH_TEXTS: Final = 256
BATCH_TOKENS: Final = 100_000
"""At most; OpenAI takes 2,048 texts and 300,000 tokens at once."""
OWN_BATCH_TEXTS: Final = 32
"""For a server on one's own machines, which does not answer a query meanwhile."""
TEXT_BYTES: Final = 8_000
"""No tokenizer makes more tokens than bytes, and few models read more than 8,191 tokens."""
LEAST_BYTES: Final = 400
"""A text so short is not made shorter for a model that calls it too long."""
PASSAGES_S: Final = 120.0
QUERY_S: Final = 5.0
"""So long may a query take in all; whoever asks may not wait so long."""


class Embeds(Protocol):
    """A provider's model."""

    async def embed(
        self, texts: Sequence[str], *, dimensions: int | None, asks: bool, timeout_s: float
    ) -> Embedded: ...


@dataclass(frozen=True, slots=True)
class Ways:
    """How a provider's model is reached, paid and kept to what was agreed."""

    open: Callable[[Choice], Awaitable[Embeds]]
    """Raises NoProvider, KeyMissing, AddressRefused."""
    meter: Callable[[], Awaitable[Meter]]
    purpose: Callable[[Reader], Awaitable[Purpose]]
    """What a text is sent for. Raises PriceNotAgreed."""


class ProviderEmbedder:
    """A `SlowEmbedder` somewhere else."""

    is_instant = False
    may_be_away = True
    is_loaded = True
    """Here is nothing to load."""
    passage_words = PASSAGE_WORDS

    def __init__(self, reader: Reader, ways: Ways, *, is_own: bool, cache: QueryCache | None = None) -> None:
        """``is_own``: it is on one's own machines."""
        self.reader = reader
        self.name = reader.name
        self.identity = reader.identity
        self.dimensions = reader.dimensions
        self._ways = ways
        self._batch_texts = OWN_BATCH_TEXTS if is_own else BATCH_TEXTS
        self._queries = Queries(reader.identity, reader.dimensions, self._query, cache)

    def trust(self, text: str) -> float:
        """1: no provider tells which languages a model knows."""
        del text
        return 1.0

    def reads(self, text: str) -> bool:
        del text
        return True

    async def load(self) -> None:
        """Nothing has to be loaded."""

    async def query(self, text: str) -> bytes:
        """The vector of a query. Raises ModelError, MoneyError, ModelUnusable, StoreError."""
        return await self._queries.vector(text)

    async def embed(self, texts: Sequence[str], progress: Progress | None = None) -> bytes:
        """The vectors of passages. Raises ModelError, MoneyError, ModelUnusable, StoreError."""
        vectors: list[bytes] = []
        for batch in self._batches(as_sent(self.reader, texts)):
            vectors += await self._made(batch)
            if progress is not None:
                progress(len(vectors), len(texts))
        return b"".join(vectors)

    async def close(self) -> None:
        """Connections are closed with the library, since others use them too."""
        await self._queries.close()

    def _batches(self, texts: Sequence[str]) -> list[list[str]]:
        """Texts in their order, as many together as a provider takes."""
        batches: list[list[str]] = []
        room = 0
        for text in texts:
            size = tokens.at_most(text)
            if not batches or size > room or len(batches[-1]) == self._batch_texts:
                batches.append([])
                room = BATCH_TOKENS
            batches[-1].append(text)
            room -= size
        return batches

    async def _made(self, texts: list[str]) -> list[bytes]:
        """Half-precision vectors, zeros for what cannot be read; a batch that is not taken is tried in halves."""
        sent = [text for text in texts if text.strip()]
        if len(sent) < len(texts):
            made = iter(await self._made(sent) if sent else [])
            return [next(made) if text.strip() else bytes(2 * self.dimensions) for text in texts]
        meter = await self._ways.meter()
        try:
            return await retried(lambda: self._ask(texts, "e", PASSAGES_S, waits=False), BACKGROUND, meter.random)
        except (PromptTooLong, ContentRefused) as error:
            if len(texts) > 1:
                half = len(texts) // 2
                return await self._made(texts[:half]) + await self._made(texts[half:])
            size = len(texts[0].encode())
            if isinstance(error, PromptTooLong) and size > LEAST_BYTES:
                return await self._made([_cut(texts[0], size // 2)])
            log.warning("a passage is found by its words only: %s", error.message)
            return [bytes(2 * self.dimensions)]

    async def _query(self, text: str) -> bytes:
        """Asked once: words answer in the place of what comes too late."""
        try:
            async with asyncio.timeout(QUERY_S):
                asked = [_cut(self.reader.prompts.query + redacted(text), TEXT_BYTES)]
                return (await self._ask(asked, "f", QUERY_S, waits=True))[0]
        except TimeoutError:
            raise ProviderUnreachable(self.reader.choice.provider, "it does not answer in time", sent=True) from None

    async def _ask(self, texts: list[str], kind: str, timeout_s: float, *, waits: bool) -> list[bytes]:
        """One request. ``kind`` of numbers, as `struct` calls them."""
        reader, ways = self.reader, self._ways
        purpose, model, meter = await ways.purpose(reader), await ways.open(reader.choice), await ways.meter()
        async with meter.embedding(reader.choice, purpose, texts, waits=waits) as told:
            answer = await model.embed(texts, dimensions=reader.dimensions, asks=reader.asks, timeout_s=timeout_s)
            if answer.tokens is not None:
                told(answer.tokens)
        form = struct.Struct(f"<{reader.dimensions}{kind}")
        return await asyncio.to_thread(lambda: [form.pack(*vector) for vector in answer.vectors])


def as_sent(reader: Reader, passages: Sequence[str]) -> list[str]:
    """What of passages is sent, and counted before: with the model's prompt, without secrets, cut to what any reads."""
    return [_cut(reader.prompts.passage + redacted(text), TEXT_BYTES) for text in passages]


async def measured(choice: Choice, dimensions: int | None, ways: Ways, purpose: Purpose) -> int:
    """How many numbers the model's vectors have, by one short text; ``dimensions``: how many it is told to give.

    Raises ModelError, MoneyError, ModelUnusable, StoreError.
    """
    model, meter = await ways.open(choice), await ways.meter()
    texts = ["A note."]

    async def ask() -> int:
        async with meter.embedding(choice, purpose, texts, waits=True) as told:
            answer = await model.embed(texts, dimensions=dimensions, asks=dimensions is not None, timeout_s=PASSAGES_S)
            if answer.tokens is not None:
                told(answer.tokens)
        return len(answer.vectors[0])

    return await retried(ask, SOMEONE_WAITS, meter.random)


def _cut(text: str, most_bytes: int) -> str:
    """The beginning of a text, in whole letters; a half of a letter that takes two becomes a question mark."""
    return text.encode("utf-8", "replace")[:most_bytes].decode("utf-8", "ignore")
