"""Models that read one vault for its vectors: opened by name, and those of providers tried, priced and agreed to."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from librarian import _native
from librarian.chat.presets import reader as named_choice
from librarian.consent import FEATURE, Consent
from librarian.embedding import open_embedder
from librarian.errors import BudgetExceeded, ModelUnusable, PriceNotAgreed
from librarian.metering.meter import Meter, RunEstimate
from librarian.metering.provider_embedder import ProviderEmbedder, Ways, as_sent, measured
from librarian.metering.reader import (
    PASSAGE_WORDS,
    SHORT,
    Reader,
    is_shortened,
    known_dimensions,
    remember_dimensions,
)
from librarian.money import MICRO, Purpose, micro_usd, usd
from librarian.pricing import local_providers
from librarian.tier import passage_texts
from librarian.usage import EmbeddingEstimate

if TYPE_CHECKING:
    from librarian.chat import Chats, Choice
    from librarian.embedding import Embedder
    from librarian.embedding.queries import QueryCache
    from librarian.lexical import LexicalIndex
    from librarian.tier import Tier

SAMPLE: Final = 4000
"""Notes that are counted; where there are more, the others are taken to be like them."""
CENT: Final = MICRO // 100
SAFETY: Final = 1.1
"""Of the agreed sum beyond the worst that was counted, for what is counted otherwise and for notes that change
meanwhile; a cent more, for sums so small that rounding counts."""


@dataclass(frozen=True)
class Unread:
    """Where the notes are and how they are read."""

    root: Path
    lexical: LexicalIndex
    max_note_bytes: int
    threads: int


class Readers:
    """Of one vault."""

    def __init__(  # noqa: PLR0913  # whose notes, then by whom, then with what
        self,
        vault_id: str,
        notes: Unread,
        consent: Consent,
        chats: Chats,
        meter: Callable[[], Awaitable[Meter]],
        *,
        models: Path,
        threads: int,
        cache: QueryCache,
    ) -> None:
        """``models``: the folder of those on this machine; ``threads``: that a slow one may use."""
        self._vault_id = vault_id
        self._notes = notes
        self._consent = consent
        self._chats = chats
        self._meter = meter
        self._models = models
        self._threads = threads
        self._cache = cache
        self._sums: dict[str, str] = {}
        """By identity, what reading would cost, in words."""

    def open(self, model: str) -> Embedder:
        """The model that is called so; nobody is asked. It belongs in a thread.

        Raises ModelUnusable, NoProvider, and PriceNotAgreed for a provider's model that was never tried.
        """
        choice = named_choice(model)
        if choice is None:
            root = self._notes.root
            return open_embedder(model, self._models, threads=self._threads, vault=root, cache=self._cache)
        is_own = choice.provider in local_providers(choice.provider, choice.base_url)
        return ProviderEmbedder(self._known(choice, model), self._ways(), is_own=is_own, cache=self._cache)

    async def estimate(self, model: str, lacking: Callable[[str], Awaitable[list[str] | None]]) -> EmbeddingEstimate:
        """What it would take to have the vault read by a provider's model, which is tried with one short text.

        ``lacking``: notes that the model of an identity has not read, None where it has read none.
        Raises ModelUnusable, ModelError, MoneyError, StoreError.
        """
        started = time.perf_counter()
        choice = _choice(model)
        url = self._chats.address(choice)
        purpose, wanted = Purpose(FEATURE, self._vault_id), SHORT if is_shortened(choice) else None
        reader = Reader(choice, url, await measured(choice, wanted, self._ways(), purpose))
        await asyncio.to_thread(remember_dimensions, self._models, choice, reader.dimensions)
        paths = await lacking(reader.identity)
        passages, run = await self._counted(reader, await self._all() if paths is None else paths)
        free = await (await self._meter()).is_free(choice, self._vault_id)
        return EmbeddingEstimate(
            model=reader.name,
            passages=passages,
            tokens=run.input_tokens,
            cost_usd=None if free else usd(run.expected_micro),
            at_most_usd=None if free else usd(_at_most(run)),
            dimensions=reader.dimensions,
            told=_told(passages, run, free=free),
            took_ms=round((time.perf_counter() - started) * 1000),
        )

    async def agree(self, model: str, at_most_usd: str) -> None:
        """Let a model that was tried read the vault for no more than this.

        Raises ModelUnusable, NoProvider, PriceNotAgreed, and BudgetExceeded where a run may not cost so much.
        """
        reader = await asyncio.to_thread(self._known, _choice(model), model)
        wanted = micro_usd(at_most_usd)
        run = (await (await self._meter()).caps(self._vault_id)).run
        if wanted > run:
            raise BudgetExceeded("run", limit_micro=run, spent_micro=0, wanted_micro=wanted)
        await self._consent.give(reader.identity, wanted)

    async def agreed(self, tier: Tier) -> None:
        """Return if a tier's model may read what it lacks. Raises PriceNotAgreed with what that would cost."""
        embedder = tier.embedder
        if not isinstance(embedder, ProviderEmbedder):
            return
        given = await self._consent.given(embedder.identity)
        if given is not None and given.is_whole and tier.copy.notes == 0:
            # It read the vault, and that was thrown away: to pay once more is to be agreed to once more.
            await self._consent.withdraw(embedder.identity)
        try:
            await self._purpose(embedder.reader)
        except PriceNotAgreed:
            identity = embedder.identity
            if identity not in self._sums:
                passages, run = await self._counted(embedder.reader, (await tier.lacks())[0])
                self._sums[identity] = f": {_told(passages, run, free=False)}"
            raise PriceNotAgreed(embedder.name, self._sums[identity]) from None

    async def whole(self, tier: Tier) -> None:
        """A tier's model has read the vault."""
        await self._consent.fulfilled(tier.embedder.identity)

    async def _purpose(self, reader: Reader) -> Purpose:
        free = await (await self._meter()).is_free(reader.choice, self._vault_id)
        return await self._consent.purpose(reader.identity, reader.name, free=free)

    def _ways(self) -> Ways:
        return Ways(self._chats.reader, self._meter, self._purpose)

    def _known(self, choice: Choice, model: str) -> Reader:
        """Reads a file. Raises NoProvider, and PriceNotAgreed for a model that was never tried."""
        dimensions = known_dimensions(self._models, choice)
        if dimensions is None:
            raise PriceNotAgreed(model)
        return Reader(choice, self._chats.address(choice), dimensions)

    async def _counted(self, reader: Reader, paths: list[str]) -> tuple[int, RunEstimate]:
        """Passages of these notes, and what they will take."""
        step = max(1, len(paths) // SAMPLE)
        sample, notes = paths[::step], self._notes
        texts = await asyncio.to_thread(
            lambda: passage_texts(
                notes.root, sample, words=PASSAGE_WORDS, max_note_bytes=notes.max_note_bytes, threads=notes.threads
            )
        )
        sent = await asyncio.to_thread(as_sent, reader, texts)
        run = await (await self._meter()).embedding_estimate(reader.choice, self._vault_id, sent)
        share = len(paths) / max(1, len(sample))
        scaled = RunEstimate(
            calls=run.calls,
            input_tokens=round(run.input_tokens * share),
            expected_micro=round(run.expected_micro * share),
            at_most_micro=round(run.at_most_micro * share),
        )
        return round(len(texts) * share), scaled

    async def _all(self) -> list[str]:
        """All notes that have passages."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            nothing = _native.PassageVectors(folder, model="", dimensions=1)
            return (await asyncio.to_thread(self._notes.lexical.without_vectors, nothing))[0]


def _choice(model: str) -> Choice:
    choice = named_choice(model)
    if choice is None:
        raise ModelUnusable(f"{model[:80]!r} names no model of a provider, such as openai/text-embedding-3-small.")
    return choice


def _at_most(run: RunEstimate) -> int:
    """The sum to agree to, in micro-dollars."""
    return round(run.at_most_micro * SAFETY) + CENT


def _told(passages: int, run: RunEstimate, *, free: bool) -> str:
    size = f"{passages:,} passages, some {run.input_tokens:,} tokens"
    if free:
        return f"{size}, for nothing, since it runs on your own machines"
    about = "less than a cent" if run.expected_micro < CENT else f"about ${_cents(run.expected_micro)}"
    return (
        f"{size}: {about}, at most ${_cents(_at_most(run))}. Notes that change later, and searches, cost little more, "
        "within the budgets of a day and a month"
    )


def _cents(micro: int) -> str:
    return usd(-(-micro // CENT) * CENT)
