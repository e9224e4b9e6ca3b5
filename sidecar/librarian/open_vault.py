"""A vault that is open, with the subjects that answer about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from librarian.asking import Asking
from librarian.batching import Batches
from librarian.comparing import Comparing
from librarian.drafting import Drafting
from librarian.duplicates import Duplicates
from librarian.edits import Edits
from librarian.indexing import Indexing
from librarian.metering.answers import Answers
from librarian.notes import Notes
from librarian.readers import Readers
from librarian.related import Related
from librarian.resolving import Resolving
from librarian.search import Search
from librarian.semantics import Semantics
from librarian.settings import Settings
from librarian.statistics import Statistics
from librarian.status import Change, Opened, Progress, Status
from librarian.summaries import Summaries
from librarian.templates import Templates
from librarian.usage import EmbeddingEstimate


@dataclass(frozen=True)
class OpenVault:
    """A vault with its stores open."""

    id: str
    root: Path
    indexing: Indexing
    search: Search
    notes: Notes
    related: Related
    duplicates: Duplicates
    comparing: Comparing
    resolving: Resolving
    templates: Templates
    semantics: Semantics
    readers: Readers
    statistics: Statistics
    edits: Edits
    asking: Asking
    drafting: Drafting
    summaries: Summaries
    batches: Batches
    answers: Answers
    """Answers of models that are kept."""
    settings: Settings
    """Those it was opened with."""

    def opened(self) -> Opened:
        return self.indexing.opened()

    async def status(self) -> Status:
        return await self.indexing.status()

    async def complete(self) -> None:
        """Return when every index is true to the vault, however long that takes. Raises why one cannot be."""
        await self.indexing.checked()
        await self.indexing.catalog()
        await self.semantics.whole()

    async def settled(self) -> None:
        """Return when, beyond `complete`, the chosen model has read all notes and its vectors are recorded."""
        await self.complete()
        await self.semantics.recorded()

    async def price_of(self, model: str) -> EmbeddingEstimate:
        """What it would take to have these notes read by a provider's model. Raises as `Readers.estimate`."""
        return await self.readers.estimate(model, self.semantics.lacking)

    async def agree(self, model: str, at_most_usd: str) -> None:
        """Let a provider's model read these notes; at once where it is the chosen one. Raises as `Readers.agree`."""
        await self.readers.agree(model, at_most_usd)
        await self.semantics.agreed()

    def listen(self, on_progress: Callable[[Progress], None]) -> Callable[[], None]:
        """Be told progress until the returned function is called."""
        return self.indexing.listen(on_progress)

    async def changed(self, changes: Sequence[Change]) -> None:
        """Return when what happened to these files can be found."""
        await self.indexing.followed(changes)

    async def rebuild(self) -> Status:
        await self.indexing.rebuild()
        return await self.indexing.status()
