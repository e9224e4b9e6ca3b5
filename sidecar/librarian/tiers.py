"""Tiers: which models' vectors a vault has on disk, which of them answers, and which is to."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from librarian.errors import LibrarianError, ModelError, ModelUnusable, MoneyError
from librarian.tier import MODEL_FILE, Tier, discard

if TYPE_CHECKING:
    from librarian.embedding import Embedder
    from librarian.ledger import Ledger
    from librarian.lexical import LexicalIndex

log = logging.getLogger(__name__)

UNUSABLE = (ModelUnusable, ModelError, MoneyError)
"""Why a model may not open."""
SERVING = "vectors/serving"
"""Watermark: the folder of the model that answered last."""


async def _agreed(_tier: Tier) -> None:
    """What costs nothing needs nobody's consent."""


@dataclass(frozen=True)
class Embedding:
    """Which models there are for a vault."""

    chosen: str
    """The one that a person wants."""
    instant: str
    """The one that answers until another is complete."""
    open: Callable[[str], Embedder]
    """Opens a model by name. ModelUnusable, ModelError, MoneyError."""
    popular: Callable[[], Awaitable[Mapping[str, int]]]
    """How many links lead to each note, as far as that is known."""
    paused: bool = False
    """A slow model is not filled."""
    agreed: Callable[[Tier], Awaitable[None]] = _agreed
    """Returns if a model may read what it has not read yet. PriceNotAgreed."""
    whole: Callable[[Tier], Awaitable[None]] = _agreed
    """Told when a model has read the vault."""


@dataclass(frozen=True)
class Opened:
    """Which tiers there are to begin with."""

    serving: Tier
    filling: Tier | None = None
    """The one that is to answer."""
    standby: Tier | None = None
    """Of the instant model, where the serving one may be away."""
    trouble: LibrarianError | None = None
    """Why the chosen model cannot be used."""


class Tiers:
    """The tiers of one vault."""

    def __init__(  # what a tier is made of
        self,
        folder: Path,
        root: Path,
        lexical: LexicalIndex,
        ledger: Ledger,
        *,
        max_note_bytes: int,
        threads: int,
    ) -> None:
        self._folder = folder
        self._root = root
        self._lexical = lexical
        self._ledger = ledger
        self._max_note_bytes = max_note_bytes
        self._threads = threads

    async def open(self, embedding: Embedding) -> Opened:
        """Open what is there, of the chosen model and of those that answer for it. Raises why no model can be used."""
        served = await self._ledger.watermark(SERVING)
        try:
            chosen = await self._opened_tier(embedding, embedding.chosen)
        except UNUSABLE as error:
            serving = await self._stopgap(embedding, served)
            if serving is None:
                raise
            return Opened(serving, trouble=error)
        answered = served in (None, chosen.folder.name) if chosen.embedder.is_instant else served == chosen.folder.name
        serving = standby = None
        if not answered or not (chosen.embedder.is_instant or chosen.copy.notes):
            serving = await self._stopgap(embedding, served)
        elif chosen.embedder.may_be_away:
            standby = await self._stopgap(embedding, None)
        await self.keep(*filter(None, [chosen, serving, standby]))
        return Opened(chosen, standby=standby) if serving is None else Opened(serving, filling=chosen)

    async def answered(self, tier: Tier) -> None:
        """Remember which model answers."""
        await self._ledger.set_watermark(SERVING, tier.folder.name)

    async def discard(self) -> None:
        """Forget the vectors of all models."""
        await self._ledger.forget_watermark(SERVING)
        await discard(self._folder)

    async def _stopgap(self, embedding: Embedding, served: str | None) -> Tier | None:
        """What answers until the chosen model is whole: the one that did, else the instant one."""
        for name in filter(None, (_model_of(self._folder, served), embedding.instant)):
            if name == embedding.chosen:
                continue
            try:
                tier = await self._opened_tier(embedding, name)
            except UNUSABLE as error:
                log.warning("%s cannot answer until %s is whole: %s", name, embedding.chosen, error.message)
                continue
            if name == embedding.instant or tier.folder.name == served:
                return tier
            # It is called the same, and is another one now.
            await tier.close()
        return None

    async def _opened_tier(self, embedding: Embedding, name: str) -> Tier:
        embedder = await asyncio.to_thread(embedding.open, name)
        tier = Tier(
            self._folder / _folder_of(embedder),
            self._root,
            self._lexical,
            self._ledger,
            name,
            embedder,
            max_note_bytes=self._max_note_bytes,
            threads=self._threads,
        )
        await tier.open()
        return tier

    async def keep(self, *tiers: Tier) -> None:
        """Remove the vectors of all other models."""
        wanted = {tier.folder for tier in tiers}
        for entry in await asyncio.to_thread(lambda: list(self._folder.iterdir())):
            if entry not in wanted:
                if entry.is_dir():
                    await discard(entry)
                else:
                    entry.unlink()


def interleaved(newest: Sequence[str], links: Mapping[str, int]) -> list[str]:
    """Notes in turn from the newest and from those that most links lead to, each once."""
    linked = sorted((path for path in newest if links.get(path)), key=lambda path: -links[path])
    mixed: dict[str, None] = {}
    for at, path in enumerate(newest):
        mixed[path] = None
        if at < len(linked):
            mixed[linked[at]] = None
    return list(mixed)


def _folder_of(embedder: Embedder) -> str:
    """A name that tells a person which model it is, and two versions of one apart."""
    plain = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in embedder.name)[-60:]
    return f"{plain}@{hashlib.blake2b(embedder.identity.encode(), digest_size=6).hexdigest()}"


def _model_of(folder: Path, served: str | None) -> str | None:
    """The name of the model whose vectors lie in a folder of ours."""
    if served is None:
        return None
    with contextlib.suppress(OSError, ValueError):
        return (folder / served / MODEL_FILE).read_text("utf-8")
    return None
