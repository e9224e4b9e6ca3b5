"""Notes that say the same in other words: near in meaning, and by nothing else that would explain it.

Several gates keep notes that merely belong together apart. The core tells pairs that stand out from the notes around
them: two notes of one topic have others as near. Of those, the ones stay that are mostly their own words and not a
template's, that are not made from one mould about two things, and that are in a language which the model was made for,
since in all others every text looks the same to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from librarian import _native
from librarian.content import beginning
from librarian.corpus import Corpus, Progress, Tell, watched
from librarian.errors import NoteError
from librarian.grouping import Pair

if TYPE_CHECKING:
    from librarian.semantics import Semantics
    from librarian.tier import Tier

LEAST_GAP = 0.75
"""How much of the way from its surroundings to sameness a pair goes at least."""
LEAST_COSINE = 0.85
LEAST_OWN = 0.5
"""Of the words of a note, as its shingles are weighted by how few notes have them, are its own at least."""
READ_BYTES = 4000
"""Of a note, to tell its language."""


Alike = tuple[str, str, float, float]
"""Two notes, the cosine of their vectors, and how far they are from their surroundings, up to 1."""


class Meanings:
    """The pairs of one vault that mean the same."""

    def __init__(self, root: Path, semantics: Semantics, corpus: Corpus, *, threads: int) -> None:
        self._root = root
        self._semantics = semantics
        self._corpus = corpus
        self._threads = threads
        self._found: tuple[tuple[str, str, int], tuple[Pair, ...]] | None = None
        self._looking = asyncio.Lock()

    async def opened(self) -> None:
        """Return when it is known whether anything can be found by meaning."""
        await self._semantics.opened()

    @property
    def is_ready(self) -> bool:
        """Whether all notes are embedded."""
        return self._semantics.is_ready and self._semantics.serving is not None

    async def pairs(self, tell: Tell) -> tuple[Pair, ...]:
        """All pairs, by their cosine; from the last look when nothing changed since."""
        async with self._looking:
            tier = self._semantics.serving
            if tier is None:
                return ()
            version = (tier.embedder.identity, tier.copy.fingerprint, await self._corpus.version())
            if self._found is None or self._found[0] != version:
                alike = await watched(tell, partial(self._alike, tier))
                self._found = version, await self._gated(alike, tier)
            return self._found[1]

    async def of_note(self, path: str) -> tuple[Pair, ...]:
        """Those of one note."""
        tier = self._semantics.serving
        if tier is None:
            return ()
        return await self._gated(await asyncio.to_thread(tier.copy.alike_to, path, least_gap=LEAST_GAP), tier)

    async def _alike(self, tier: Tier, goes_on: Progress) -> list[Alike]:
        call = partial(tier.copy.alike, least_gap=LEAST_GAP, threads=self._threads, progress=goes_on)
        return await asyncio.to_thread(call)

    async def _gated(self, alike: Sequence[Alike], tier: Tier) -> tuple[Pair, ...]:
        pairs = [Pair(left, right, cosine) for left, right, cosine, _ in alike if cosine >= LEAST_COSINE]
        named = list(dict.fromkeys(path for pair in pairs for path in (pair.left, pair.right)))
        own = dict(zip(named, await self._corpus.own_shares(named), strict=True))
        pairs = [pair for pair in pairs if min(own[pair.left], own[pair.right]) >= LEAST_OWN]
        moulded = await self._corpus.of_one_mould([(pair.left, pair.right) for pair in pairs])
        pairs = [pair for pair, is_moulded in zip(pairs, moulded, strict=True) if not is_moulded]
        return await asyncio.to_thread(self._read, pairs, tier)

    def _read(self, pairs: Sequence[Pair], tier: Tier) -> tuple[Pair, ...]:
        known: dict[str, bool] = {}
        for path in (path for pair in pairs for path in (pair.left, pair.right)):
            if path not in known:
                known[path] = self._reads(path, tier)
        return tuple(pair for pair in pairs if known[pair.left] and known[pair.right])

    def _reads(self, path: str, tier: Tier) -> bool:
        try:
            content = beginning(self._root, path, READ_BYTES)
        except NoteError:  # it is gone since it was embedded
            return False
        return tier.embedder.reads(_native.decode(content))
