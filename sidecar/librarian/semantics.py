"""Semantics: decides which model answers by meaning, and keeps its vectors true to the notes.

One tier answers. Where another model was chosen, its tier is filled behind it, slice by slice, and takes its place
when it is whole; the first to answer in a new vault is the static model, which needs seconds. What a tier has is
compared with what the lexical index knows, and the difference brought in, so it goes on wherever it was stopped.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from librarian.errors import LibrarianError, ModelError, ModelUnusable, MoneyError, StoreTooNew
from librarian.nearest import Near, Nearest
from librarian.status import Part
from librarian.tiers import Embedding, Tiers, interleaved
from librarian.waits import Waits, come

if TYPE_CHECKING:
    from librarian import _native
    from librarian.ledger import Ledger
    from librarian.lexical import LexicalIndex
    from librarian.tier import Tier

log = logging.getLogger(__name__)

BATCH_NOTES = 2000
"""Notes embedded by a static model between two looks at whether to stop."""
SLICE_NOTES = 32
"""The same for a slow model."""
SMALL_VAULT = 2000
"""A process that does not stay embeds no more missing notes than this."""
QUERY_SECONDS = 0.5
"""So long does a search wait for the vector of its words."""
RETRY_SECONDS = 5.0
"""Between two attempts after a failure."""
MEND_SECONDS = 60.0
"""The same where only a person can help, by mending the model."""
QUIET_SECONDS = 20.0
"""So long after the last change is it recorded; a new vault at once."""
RECORD_SECONDS = 300.0
"""Between two records of a slow model that is being filled: what a lost copy may cost."""


class Semantics:
    """The passages of one vault as vectors."""

    def __init__(  # noqa: PLR0913  # what it keeps, then how
        self,
        folder: Path,
        root: Path,
        lexical: LexicalIndex,
        ledger: Ledger,
        searching: Executor,
        *,
        embedding: Embedding | None,
        max_note_bytes: int,
        threads: int,
        stays: bool,
    ) -> None:
        """``embedding``: None when that is switched off; ``stays``: there is time for large vaults."""
        self._tiers = Tiers(folder, root, lexical, ledger, max_note_bytes=max_note_bytes, threads=threads)
        self.near = Nearest(searching)
        """Whom searches ask."""
        self._embedding = embedding
        self._stays = stays
        self._on_part: Callable[[Part, str], None] = lambda _part, _phase: None
        self._before: Callable[[], Awaitable[object]] | None = None
        self._filling: Tier | None = None
        """The tier that will serve once it is whole."""
        self._leaving: Tier | None = None
        """The tier that served before, while it is closed."""
        self._opened = asyncio.Event()
        """A tier is open, or it is known why none is."""
        self._wake = asyncio.Event()
        self._true = asyncio.Event()
        self._settled = asyncio.Event()
        """There was a first comparison, whatever came of it."""
        self._whole = asyncio.Event()
        """The chosen model is whole, and everything is recorded."""
        self._stuck = asyncio.Event()
        """The model that answers cannot be used, until somebody mends it."""
        self._unpaused = asyncio.Event()
        if embedding is None or not embedding.paused:
            self._unpaused.set()
        self._stirred = asyncio.Event()
        """There may be something to do behind what answers."""
        self._again = asyncio.Event()
        """What failed may be tried again at once."""
        self._waits = Waits()
        self._swapping = asyncio.Lock()
        """Held while the serving tier is brought up to date, and while another takes its place."""
        self._hurries = False
        self._record_due = 0.0
        self._trouble: LibrarianError | None = None
        """Why the chosen model cannot be used."""
        self._task: asyncio.Task[None] | None = None
        self._behind: asyncio.Task[None] | None = None
        self.took_ms: float | None = None
        """How long the first comparison took, with everything that was embedded."""

    def listen(self, on_part: Callable[[Part, str], None]) -> None:
        self._on_part = on_part

    @property
    def is_ready(self) -> bool:
        """Whether every passage of the vault is embedded."""
        return self._true.is_set()

    @property
    def serving(self) -> Tier | None:
        """The tier that answers; None when none does."""
        return self.near.serving

    @property
    def embedded(self) -> int | None:
        """Notes whose passages can be found by meaning; None when none can."""
        return self.serving.copy.notes if self.serving is not None else None

    @property
    def model(self) -> str | None:
        """The name of the model that answers."""
        return self.serving.embedder.name if self.serving is not None else None

    @property
    def filled(self) -> int | None:
        """Notes that the coming model has read; None when none is coming."""
        return self._filling.copy.notes if self._filling is not None else None

    @property
    def is_paused(self) -> bool:
        return not self._unpaused.is_set()

    def start(self, before: Callable[[], Awaitable[object]] | None = None) -> None:
        """Open what is there. Notes are embedded once they were looked at (`changed`) and ``before`` is over."""
        if self._embedding is None:
            self._opened.set()
            self._on_part(Part(name="semantic", state="absent", detail="switched off in the settings"), "")
            return
        self._before = before
        self._stuck.clear()
        self._task = asyncio.create_task(self._keep(self._embedding), name="semantics")
        self._behind = asyncio.create_task(self._keep_behind(self._embedding), name="semantics behind")

    def changed(self) -> None:
        """The lexical index knows something new."""
        self._true.clear()
        self._whole.clear()
        self._wake.set()

    def pause(self) -> None:
        """Fill no slow model until `resume`; what answers is kept true."""
        self._unpaused.clear()
        self._stirred.set()

    def resume(self) -> None:
        self._unpaused.set()
        self._again.set()
        self._stirred.set()

    async def agreed(self) -> None:
        """A person agreed to what a model costs: it may read now."""
        if self._trouble is None or self._task is None:
            self._again.set()
            self._stirred.set()
        else:
            await self.close()
            self.start(self._before)
            self.changed()

    async def whole(self) -> None:
        """Return when every passage is embedded, or it is known why that cannot be (at once when switched off)."""
        await self._reached(self._true)

    async def recorded(self) -> None:
        """Return when the chosen model is whole and recorded as well, or it is known why that cannot be."""
        self._hurries = True
        try:
            await self._reached(self._whole)
        finally:
            self._hurries = False

    async def _reached(self, state: asyncio.Event) -> None:
        if not self._stays:
            self._stays = True
            self._wake.set()
        self._stirred.set()
        if self._task is not None:
            waits = [asyncio.create_task(event.wait()) for event in (state, self._stuck)]
            await asyncio.wait([*waits, self._task], return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()

    async def close(self) -> None:
        tasks = [task for task in (self._task, self._behind) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for tier in filter(None, (self._filling, self._leaving)):
            await tier.close()
        self._filling = self._leaving = None
        await self.near.close()

    async def reset(self) -> None:
        """Throw the vectors away and make them anew."""
        if self._task is None:
            return
        await self.close()
        await self._tiers.discard()
        self.start(self._before)
        self.changed()

    async def search(self, text: str, limit: int, allowed: _native.Allowed | None = None) -> Near | None:
        """The notes with the passages nearest to a text; None when nothing can be found by meaning now."""
        return await self.near.search(text, limit, allowed, patience_s=QUERY_SECONDS if self._stays else None)

    async def related(self, path: str, limit: int) -> list[dict[str, Any]] | None:
        """As the core gives them; None when nothing can be found by meaning."""
        await self.opened()
        return await self.near.related(path, limit)

    async def lacking(self, identity: str) -> list[str] | None:
        """Notes that a model has not read; None where none of its vectors are open."""
        tiers = filter(None, (self.serving, self._filling))
        tier = next((tier for tier in tiers if tier.embedder.identity == identity), None)
        return (await tier.lacks())[0] if tier is not None else None

    async def opened(self) -> None:
        """Return when it is known whether anything can be found by meaning.

        In a process that does not stay, that is once what it has the time for is embedded.
        """
        await self._opened.wait()
        if not self._stays and self.embedded == 0:
            await self._settled.wait()

    async def is_usable(self) -> bool:
        """Whether a search should ask by meaning. In a process that stays, first answers do not wait for anything."""
        if not self._stays:
            await self.opened()
        if self.serving is None:
            return False
        if not self._stays or self.near.is_loaded:
            return True
        self.near.load()
        return False

    async def _keep(self, embedding: Embedding) -> None:
        while True:
            pause = RETRY_SECONDS
            try:
                if self.serving is None:
                    opened = await self._tiers.open(embedding)
                    self.near.standby, self._filling, self._trouble = opened.standby, opened.filling, opened.trouble
                    self.near.serving = opened.serving
                    self._opened.set()
                await self._follow()
            except StoreTooNew as error:
                # A newer librarian made it; this one will never read it.
                self._tell_failed(error)
                self._opened.set()
                self._settled.set()
                return
            except ModelUnusable as error:
                self._tell_failed(error)
                self._stuck.set()
                pause = MEND_SECONDS
            except LibrarianError as error:
                log.warning("embedding is paused: %s", error.message)
                self._on_part(Part(name="semantic", state="paused", detail=error.message), "")
                if isinstance(error, ModelError | MoneyError):
                    self._stuck.set()
                    pause = self._waits.after(error, QUIET_SECONDS)
            except Exception:
                log.exception("embedding failed")
                detail = "Embedding failed in a way it should not; the log says how."
                self._on_part(Part(name="semantic", state="failed", detail=detail), "")
            self._opened.set()
            self._settled.set()
            await come(self._again, pause)
            self._stuck.clear()
            self._wake.set()

    async def _follow(self) -> None:
        """Bring in what is new, again and again."""
        serving = self._served()
        self._tell("building" if serving.copy.notes == 0 else "checking", serving.copy.notes, serving.copy.notes)
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._before is not None:
                # Statistics are wanted before meaning, and both want all cores. Whether they succeed is not asked here.
                await asyncio.wait([asyncio.ensure_future(_told_elsewhere(self._before()))])
                self._before = None
            async with self._swapping:
                if self.near.standby is not None:
                    await self._embed(self.near.standby, *await self.near.standby.lacks())
                await self._bring_in(self._served())
            self._waits.over()
            self._stirred.set()

    async def _bring_in(self, tier: Tier) -> None:
        """Make the serving tier true, all at once."""
        started = time.perf_counter()
        stale, gone = await tier.lacks()
        if not self._stays and len(stale) > SMALL_VAULT:
            self._settled.set()
            return
        left = await self._embed(tier, stale, gone) if stale or gone else 0
        if self.took_ms is None:
            self.took_ms = round((time.perf_counter() - started) * 1000, 1)
        self._settled.set()
        if stale or gone:
            self._record_due = time.monotonic() + (0 if len(stale) > SMALL_VAULT else QUIET_SECONDS)
        if left:
            # A note changed while it was read; the pass that takes it in wakes us.
            self._tell("checking", tier.copy.notes, tier.copy.notes + left)
            return
        if self._filling is None and not self._wake.is_set():
            await self._is_whole(tier)
        if not self._wake.is_set():
            self._true.set()

    async def _embed(self, tier: Tier, stale: list[str], gone: list[str]) -> int:
        """How many notes are still missing, because they changed meanwhile."""
        size = BATCH_NOTES if tier.embedder.is_instant else SLICE_NOTES
        for start in range(0, len(stale), size):
            if len(stale) > size:
                self._tell("building", start, len(stale))
            await tier.embed(stale[start : start + size], gone)
        await tier.forget(gone)
        await tier.save()
        if len(stale) > BATCH_NOTES:
            await tier.rest()
        return len((await tier.lacks())[0]) if stale else 0

    async def _keep_behind(self, embedding: Embedding) -> None:
        """Fill the coming tier and record, while the serving one answers."""
        pause: float | None = None
        while True:
            await come(self._stirred, pause)
            try:
                pause = await self._go_on(embedding)
            except LibrarianError as error:
                # Nothing that is searched depends on it.
                log.warning("the vectors of the next model, or their record, have to wait: %s", error.message)
                if self._filling is not None:
                    self._tell_filling("paused", self._filling, error.message)
                self._whole.set()
                pause = self._waits.after(error, QUIET_SECONDS)
            except Exception:
                log.exception("filling or recording vectors failed")
                self._whole.set()
                pause = QUIET_SECONDS

    async def _go_on(self, embedding: Embedding) -> float | None:
        """Fill a slice, or record; in how many seconds there is more to do, None when only after a change."""
        if not self._true.is_set() or not self._stays:
            return None
        if self._filling is not None:
            if self.is_paused:
                self._tell_filling("paused", self._filling, "rests until it is resumed")
            elif await self._fill(embedding, self._filling):
                return 0
        tier = self._served()
        wait = self._record_due - time.monotonic()
        if wait > 0 and not self._hurries:
            return wait
        if not await tier.is_recorded():
            await tier.record()
            await tier.rest()
        if self._filling is None or self.is_paused:
            self._whole.set()
        return None

    async def _fill(self, embedding: Embedding, tier: Tier) -> bool:
        """Embed a slice of what the coming tier lacks; whether there is more. When it is whole, it takes over."""
        stale, gone = await tier.lacks()
        if not stale:
            return not await self._take_over(tier)
        await embedding.agreed(tier)
        self._tell_filling("building", tier, f"{self.model} answers until it is whole")
        size = BATCH_NOTES if tier.embedder.is_instant else SLICE_NOTES
        await tier.embed(interleaved(stale, await embedding.popular())[:size], gone)
        self._waits.over()
        await tier.forget(gone)
        await tier.save()
        if time.monotonic() > self._record_due + RECORD_SECONDS:
            await tier.record()
            self._record_due = time.monotonic()
        return True

    async def _take_over(self, tier: Tier) -> bool:
        """Let a tier that is whole answer; False when something changed at the last moment."""
        async with self._swapping:
            stale, gone = await tier.lacks()
            if stale:
                return False
            await tier.forget(gone)
            await self._is_whole(tier)
            self._leaving, self.near.serving, self._filling = self._served(), tier, None
            if tier.embedder.may_be_away and self._leaving.embedder.is_instant:
                self.near.standby, self._leaving = self._leaving, None
        if self._leaving is not None:
            await self._leaving.close()
            self._leaving = None
        await self._tiers.keep(*filter(None, (tier, self.near.standby)))
        return True

    async def _is_whole(self, tier: Tier) -> None:
        await self._tiers.answered(tier)
        if self._embedding is not None:
            await self._embedding.whole(tier)
        trouble = self._trouble
        # A provider's model may be there in a moment; a broken one is not.
        state = "ready" if trouble is None or isinstance(trouble, ModelUnusable) else "paused"
        self._tell(state, tier.copy.notes, tier.copy.notes, trouble.message if trouble else None)

    def _served(self) -> Tier:
        assert self.serving is not None, "a tier is open before it is followed"  # noqa: S101
        return self.serving

    def _tell(self, state: str, done: int, total: int, detail: str | None = None) -> None:
        part = Part.model_validate({"name": "semantic", "state": state, "done": done, "total": total, "detail": detail})
        self._on_part(part, "embedding")

    def _tell_failed(self, error: LibrarianError) -> None:
        log.error("new notes are not found by meaning: %s", error.message)
        self._on_part(Part(name="semantic", state="failed", detail=error.message), "")

    def _tell_filling(self, state: str, tier: Tier, detail: str) -> None:
        self._tell(state, tier.copy.notes, self._served().copy.notes, f"{tier.embedder.name}: {detail}")


async def _told_elsewhere(work: Awaitable[object]) -> None:
    """Wait for work of others, whose failure they tell themselves."""
    with contextlib.suppress(LibrarianError, asyncio.CancelledError):
        await work
