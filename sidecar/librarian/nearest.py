"""Who answers by meaning: the tier that serves, or one that stands in while the serving model is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from librarian.embedding import StaticEmbedder
from librarian.errors import LibrarianError
from librarian.ranking import Neighbour

if TYPE_CHECKING:
    from librarian import _native
    from librarian.embedding import SlowEmbedder
    from librarian.tier import Tier

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Near:
    """The notes with the passages nearest to a text, best first."""

    neighbours: Sequence[Neighbour]
    tier: Tier
    """Whose passages these are."""
    trust: float
    """How far its model knows the words of the text, 0 to 1."""
    notice: str | None = None
    """Why it is not the model that was chosen."""


class Nearest:
    """The tiers of one vault that can be asked."""

    def __init__(self, searching: Executor) -> None:
        self._searching = searching
        self.serving: Tier | None = None
        self.standby: Tier | None = None
        """Of an instant model, where the serving one may be away."""
        self._loading: asyncio.Task[None] | None = None

    @property
    def instant(self) -> StaticEmbedder | None:
        """A model that embeds in microseconds, if one is open."""
        embedders = (tier.embedder for tier in (self.serving, self.standby) if tier is not None)
        return next((each for each in embedders if isinstance(each, StaticEmbedder)), None)

    @property
    def is_loaded(self) -> bool:
        """Whether the model answers at once."""
        embedder = self.serving.embedder if self.serving is not None else None
        return embedder is not None and (embedder.is_instant or cast("SlowEmbedder", embedder).is_loaded)

    def load(self) -> None:
        """Begin to load a slow model."""
        if self._loading is None and self.serving is not None:
            slow = cast("SlowEmbedder", self.serving.embedder)
            self._loading = asyncio.create_task(self._load(slow), name="loading a model")

    async def search(
        self, text: str, limit: int, allowed: _native.Allowed | None, *, patience_s: float | None
    ) -> Near | None:
        """None when nothing can be found by meaning now."""
        tier, notice = self.serving, None
        if tier is None:
            return None
        try:
            # A slow model may still be loading, or busy with passages: words answer meanwhile.
            vector = await asyncio.wait_for(tier.embedder.query(text), patience_s)
        except (TimeoutError, LibrarianError) as error:
            reason = error.message if isinstance(error, LibrarianError) else "It takes too long."
            if self.standby is None:
                log.warning("answered by words only: %s", reason)
                return None
            notice = f"{tier.embedder.name} did not answer, and a simpler model did: {reason}"
            tier = self.standby
            vector = await tier.embedder.query(text)
        loop, copy = asyncio.get_running_loop(), tier.copy
        found = await loop.run_in_executor(self._searching, lambda: copy.search(vector, limit, allowed))
        return Near([Neighbour(*row) for row in found], tier, tier.embedder.trust(text), notice)

    async def related(self, path: str, limit: int) -> list[dict[str, Any]] | None:
        """As the core gives them; None when nothing can be found by meaning."""
        tier = self.serving
        if tier is None:
            return None
        return await asyncio.get_running_loop().run_in_executor(self._searching, tier.copy.related, path, limit)

    async def close(self) -> None:
        """Let go of all tiers."""
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)
        for tier in filter(None, (self.serving, self.standby)):
            await tier.close()
        self.serving = self.standby = None

    async def _load(self, embedder: SlowEmbedder) -> None:
        try:
            await embedder.load()
        except LibrarianError as error:
            log.warning("answers are by words only: %s", error.message)
        finally:
            self._loading = None
