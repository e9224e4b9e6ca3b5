"""Related: which notes belong together although nobody linked them."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from librarian.errors import NoteNotFound
from librarian.paths import resolve
from librarian.ranking import Neighbour
from librarian.relation import Mentions, RelatedAnswer, RelatedNote

if TYPE_CHECKING:
    from librarian.indexing import Indexing
    from librarian.lexical import LexicalIndex
    from librarian.semantics import Semantics
    from librarian.tier import Tier

LINKED_SPARE = 50
"""Linked notes that may stand among the nearest when they are left out."""


class Related:
    """Answers about the company of a note, or of a text."""

    def __init__(self, root: Path, lexical: LexicalIndex, indexing: Indexing, semantics: Semantics) -> None:
        self._root = root
        self._lexical = lexical
        self._indexing = indexing
        self._semantics = semantics

    async def of_note(self, path: str, *, limit: int, include_linked: bool) -> RelatedAnswer:
        """Notes close in meaning to the one at ``path``, never itself. PathRefused, NoteNotFound."""
        started = time.perf_counter()
        if not (await asyncio.to_thread(resolve, self._root, path)).is_file():
            raise NoteNotFound(path)
        most = limit if include_linked else limit + LINKED_SPARE
        linked, found = await asyncio.gather(self._linked(path), self._semantics.related(path, most))
        tier = self._semantics.serving
        kept = [row for row in found or () if include_linked or linked is None or row["path"] not in linked][:limit]
        return await self._answer([(_neighbour(row), float(row["score"])) for row in kept], tier, linked, started)

    async def of_text(self, text: str, *, limit: int) -> RelatedAnswer:
        """Notes close in meaning to a text."""
        started = time.perf_counter()
        await self._semantics.opened()
        near = await self._semantics.search(text, limit)
        if near is None:
            return await self._answer([], None, set(), started)
        return await self._answer([(each, each.cosine) for each in near.neighbours], near.tier, set(), started)

    async def mentions(self, path: str, *, limit: int) -> Mentions:
        """Where the note names others without a link, and where others name it. PathRefused, NoteNotFound."""
        started = time.perf_counter()
        if not (await asyncio.to_thread(resolve, self._root, path)).is_file():
            raise NoteNotFound(path)
        found = await self._lexical.mentions(path, limit)
        return Mentions(**found, took_ms=round((time.perf_counter() - started) * 1000, 3))

    async def _linked(self, path: str) -> set[str] | None:
        """Notes that link to this one or that it links to; None while the catalog is not true yet."""
        if not self._indexing.ready().catalog:
            return None
        catalog = await self._indexing.catalog()
        rows = await catalog.rows(
            "SELECT DISTINCT CASE WHEN path = $1 THEN resolved ELSE path END FROM links "
            "WHERE (path = $1 AND resolved IS NOT NULL) OR resolved = $1",
            [path],
        )
        return {str(row[0]) for row in rows}

    async def _answer(
        self, found: list[tuple[Neighbour, float]], tier: Tier | None, linked: set[str] | None, started: float
    ) -> RelatedAnswer:
        neighbours = [neighbour for neighbour, _ in found]
        passages = await asyncio.to_thread(tier.passages, neighbours) if tier is not None else [None] * len(found)
        hits = [
            _hit(neighbour, score, linked, passage)
            for (neighbour, score), passage in zip(found, passages, strict=True)
            # None of a note that is gone since it was embedded.
            if passage is not None
        ]
        return RelatedAnswer(
            hits=tuple(hits),
            coverage=self._indexing.coverage(by_meaning=True),
            took_ms=round((time.perf_counter() - started) * 1000, 3),
        )


def _hit(neighbour: Neighbour, score: float, linked: set[str] | None, passage: dict[str, Any]) -> RelatedNote:
    return RelatedNote.model_validate(
        {
            "path": neighbour.path,
            "title": PurePosixPath(neighbour.path).stem,
            "similarity": round(min(score, 1.0), 3),
            "linked": None if linked is None else neighbour.path in linked,
            "passage": passage,
        }
    )


def _neighbour(row: dict[str, Any]) -> Neighbour:
    return Neighbour(row["path"], row["ordinal"], row["digest"], row["cosine"])
