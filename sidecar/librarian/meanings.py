"""Notes that say the same in other words: near in meaning, and by nothing else that would explain it.

Several gates keep notes that merely belong together apart. The core tells pairs that stand out from the notes around
them: two notes of one topic have others as near. Of those, the ones stay that are mostly their own words and not a
template's, that are not made from one mould about two things, and that are in a language which the model was made for,
since in all others every text looks the same to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from librarian import _native
from librarian.corpus import Corpus, Tell, watched
from librarian.grouping import Pair

if TYPE_CHECKING:
    from librarian.semantics import Alike, Semantics

LEAST_GAP = 0.7
"""How much of the way from its surroundings to sameness a pair goes at least."""
LEAST_COSINE = 0.85
LEAST_OWN = 0.5
"""Of the words of a note, as its shingles are weighted by how few notes have them, are its own at least."""
READ_BYTES = 4000
"""Of a note, to tell its language."""


class Meanings:
    """The pairs of one vault that mean the same."""

    def __init__(self, root: Path, semantics: Semantics, corpus: Corpus) -> None:
        self._root = root
        self._semantics = semantics
        self._corpus = corpus
        self._found: tuple[tuple[str | None, int], tuple[Pair, ...]] | None = None
        self._looking = asyncio.Lock()

    async def opened(self) -> None:
        """Return when it is known whether anything can be found by meaning."""
        await self._semantics.opened()

    @property
    def is_ready(self) -> bool:
        """Whether all notes are embedded."""
        return self._semantics.is_ready and self._semantics.version is not None

    async def pairs(self, tell: Tell) -> tuple[Pair, ...]:
        """All pairs, by their cosine; from the last look when nothing changed since."""
        async with self._looking:
            version = (self._semantics.version, self._corpus.version)
            if self._found is None or self._found[0] != version:
                alike = await watched(tell, lambda on: self._semantics.alike(LEAST_GAP, on))
                self._found = version, await self._gated(alike)
            return self._found[1]

    async def of_note(self, path: str) -> tuple[Pair, ...]:
        """Those of one note."""
        return await self._gated(await self._semantics.alike_to(path, LEAST_GAP))

    async def _gated(self, alike: Sequence[Alike]) -> tuple[Pair, ...]:
        pairs = [Pair(left, right, cosine) for left, right, cosine, _ in alike if cosine >= LEAST_COSINE]
        named = list(dict.fromkeys(path for pair in pairs for path in (pair.left, pair.right)))
        own = dict(zip(named, await self._corpus.own_shares(named), strict=True))
        pairs = [pair for pair in pairs if min(own[pair.left], own[pair.right]) >= LEAST_OWN]
        moulded = await self._corpus.of_one_mould([(pair.left, pair.right) for pair in pairs])
        pairs = [pair for pair, is_moulded in zip(pairs, moulded, strict=True) if not is_moulded]
        return await asyncio.to_thread(self._read, pairs)

    def _read(self, pairs: Sequence[Pair]) -> tuple[Pair, ...]:
        known: dict[str, bool] = {}
        for path in (path for pair in pairs for path in (pair.left, pair.right)):
            if path not in known:
                known[path] = self._reads(path)
        return tuple(pair for pair in pairs if known[pair.left] and known[pair.right])

    def _reads(self, path: str) -> bool:
        try:
            with (self._root / path).open("rb") as file:
                content = file.read(READ_BYTES)
        except OSError:
            return False
        return self._semantics.reads(_native.decode(content))
