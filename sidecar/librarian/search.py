"""Search: a person's words in, notes with their best passages out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from librarian import _native
from librarian.errors import StoreCorrupt
from librarian.passage import Hit, Mode, SavedSearch, SearchAnswer
from librarian.ranking import DEPTH, Fused, by_meaning, fuse

if TYPE_CHECKING:
    from librarian.indexing import Indexing
    from librarian.ledger import Ledger
    from librarian.lexical import LexicalIndex
    from librarian.nearest import Near
    from librarian.semantics import Semantics

LEAST_LETTERS = 3
"""Fewer letters mean nothing yet to whoever types them."""


class _Found(NamedTuple):
    hits: list[Hit]
    total: int
    mode: Mode
    near: Near | None = None
    """What it was compared with by meaning."""


class Search:
    """Answers queries over one vault and keeps those that were given a name."""

    def __init__(
        self, root: Path, lexical: LexicalIndex, indexing: Indexing, semantics: Semantics, ledger: Ledger
    ) -> None:
        self._root = root
        self._lexical = lexical
        self._indexing = indexing
        self._semantics = semantics
        self._ledger = ledger

    async def query(self, text: str, *, limit: int = 20, offset: int = 0, mode: Mode = "hybrid") -> SearchAnswer:
        """The ``limit`` best notes after ``offset``.

        Answers by keyword when nothing can be found by meaning; ``mode`` of the answer says how it was found.
        """
        started = time.perf_counter()
        try:
            found = await self._find(text, limit, offset, mode)
        except StoreCorrupt as error:
            await self._indexing.recover(error)
            found = await self._find(text, limit, offset, mode)
        coverage = self._indexing.coverage()
        if found.near is not None:
            asked = {"embedded": found.near.tier.copy.notes, "notice": found.near.notice}
            coverage = coverage.model_copy(update=asked)
        return SearchAnswer(
            hits=tuple(found.hits),
            total=found.total,
            coverage=coverage,
            mode=found.mode,
            took_ms=round((time.perf_counter() - started) * 1000, 3),
        )

    async def _find(self, text: str, limit: int, offset: int, mode: Mode) -> _Found:
        meaning = _native.meaning_of(text)
        if mode == "keyword" or not await self._is_known_by_meaning(meaning):
            return await self._by_words(text, limit, offset)
        if meaning.split() == text.split():
            # Without filters neither side has to wait for the other.
            ranking, near = await asyncio.gather(self._lexical.rank(text), self._semantics.search(meaning, DEPTH))
        else:
            ranking = await self._lexical.rank(text)
            near = await self._semantics.search(meaning, DEPTH, ranking.allowed)
        if near is None:
            return await self._by_words(text, limit, offset)
        return await self._lexical.with_ranking(
            lambda: self._page(ranking, near, limit, offset, only_meaning=mode == "semantic")
        )

    async def _by_words(self, text: str, limit: int, offset: int) -> _Found:
        found = await self._lexical.search(text, limit, offset)
        return _Found([Hit.model_validate(hit) for hit in found["hits"]], found["total"], "keyword")

    async def _is_known_by_meaning(self, meaning: str) -> bool:
        """Whether there are words enough to mean something, and vectors to compare them with."""
        if sum(letter.isalnum() for letter in meaning) < LEAST_LETTERS:
            return False
        return await self._semantics.is_usable()

    def _page(self, ranking: _native.Ranking, near: Near, limit: int, offset: int, *, only_meaning: bool) -> _Found:
        page, total = self._fused(ranking, near, limit, offset, only_meaning=only_meaning)
        by_path = {hit["path"]: hit for hit in ranking.show(self._root, [note.path for note in page])}
        # A note that went away since it was embedded is not shown.
        shown = [note for note in page if note.path in by_path]
        neighbours = {
            note.path: note.neighbour for note in shown if note.keyword is None and note.neighbour is not None
        }
        passages = dict(zip(neighbours, near.tier.passages(list(neighbours.values())), strict=True))
        hits = [_hit(by_path[note.path], note, passages) for note in shown]
        shown_hits = [hit for hit in hits if hit is not None]
        return _Found(shown_hits, total, "semantic" if only_meaning else "hybrid", near)

    def _fused(
        self, ranking: _native.Ranking, near: Near, limit: int, offset: int, *, only_meaning: bool
    ) -> tuple[list[Fused], int]:
        """One page in the order of both sides, and how many notes there are.

        Only the best of either are fused, the same for every page; what matches further down follows in its own order.
        """
        if only_meaning:
            found = by_meaning(near.neighbours)
            return found[offset : offset + limit], len(found)
        top = ranking.top(max(DEPTH, offset + limit))
        keyword = dict(top[:DEPTH])
        paths = [neighbour.path for neighbour in near.neighbours]
        matching = zip(paths, ranking.scores(paths), strict=True)
        keyword |= {path: score for path, score in matching if score is not None}
        fused = fuse(keyword, near.neighbours, ideal=ranking.ideal, trust=near.trust)
        listed = {note.path for note in fused}
        rest = [Fused(path, score, score, None) for path, score in top[DEPTH:] if path not in listed]
        total = ranking.total + sum(note.keyword is None for note in fused)
        return [*fused, *rest][offset : offset + limit], total

    async def save(self, name: str, text: str, mode: Mode) -> SavedSearch:
        """Keep a query under a name, replacing one of the same name."""
        return await self._ledger.save_search(name, text, mode)

    async def saved(self) -> tuple[SavedSearch, ...]:
        return await self._ledger.saved_searches()

    async def forget(self, name: str) -> None:
        """SavedSearchNotFound when there is none of this name."""
        await self._ledger.forget_search(name)


def _hit(hit: dict[str, Any], note: Fused, passages: Mapping[str, dict[str, Any] | None]) -> Hit | None:
    """``passages`` of notes that have none of the words, None for those that cannot be read any more."""
    hit["score"] = note.score
    if note.neighbour is not None:
        why = {"field": "body", "term": "", "kind": "meaning", "similarity": round(note.neighbour.cosine, 3)}
        if note.neighbour.ordinal == 0:
            why["field"] = "title"
        if note.keyword is None:
            hit["passage"] = passages[note.path]
            if hit["passage"] is None:
                return None
            hit["why"] = []
        hit["why"].append(why)
    return Hit.model_validate(hit)
