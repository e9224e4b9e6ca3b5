"""Search: a person's words in, notes with their best passages out."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from librarian.errors import StoreCorrupt
from librarian.passage import Hit, Mode, SavedSearch, SearchAnswer

if TYPE_CHECKING:
    from librarian.indexing import Indexing
    from librarian.ledger import Ledger
    from librarian.lexical import LexicalIndex


class Search:
    """Answers queries over one vault and keeps those that were given a name."""

    def __init__(self, lexical: LexicalIndex, indexing: Indexing, ledger: Ledger) -> None:
        self._lexical = lexical
        self._indexing = indexing
        self._ledger = ledger

    async def query(self, text: str, *, limit: int = 20, offset: int = 0, mode: Mode = "hybrid") -> SearchAnswer:
        """The ``limit`` best notes after ``offset``. Every mode answers by keyword as long as no embedder is ready."""
        del mode
        started = time.perf_counter()
        try:
            found = await self._lexical.search(text, limit, offset)
        except StoreCorrupt as error:
            await self._indexing.recover(error)
            found = await self._lexical.search(text, limit, offset)
        return SearchAnswer(
            hits=tuple(Hit.model_validate(hit) for hit in found["hits"]),
            total=found["total"],
            coverage=self._indexing.coverage(),
            mode="keyword",
            took_ms=round((time.perf_counter() - started) * 1000, 3),
        )

    async def save(self, name: str, text: str, mode: Mode) -> SavedSearch:
        """Keep a query under a name, replacing one of the same name."""
        return await self._ledger.save_search(name, text, mode)

    async def saved(self) -> tuple[SavedSearch, ...]:
        return await self._ledger.saved_searches()

    async def forget(self, name: str) -> None:
        """SavedSearchNotFound when there is none of this name."""
        await self._ledger.forget_search(name)
