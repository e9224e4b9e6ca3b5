"""Semantics: keeps the vectors of a vault's passages true to its notes, and finds what is near.

Modelled on cataloguing: it compares what it has with what the lexical index knows and brings in the difference, so it
can be stopped anywhere and goes on from there. The compact copy in the core answers from a process's first moment on.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import shutil
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from librarian import _native
from librarian.embedding import StaticEmbedder
from librarian.errors import LibrarianError, ModelUnusable, StorageFull, StoreError, StoreTooNew
from librarian.ranking import Neighbour
from librarian.status import Part

if TYPE_CHECKING:
    from librarian.lexical import LexicalIndex

log = logging.getLogger(__name__)

T = TypeVar("T")

BATCH_NOTES = 2000
"""Notes embedded between two looks at whether to stop."""
SMALL_VAULT = 2000
"""A process that does not stay embeds no more missing notes than this."""
RETRY_SECONDS = 5.0
"""Between two attempts after a failure."""
STORE = "semantic index"


class Semantics:
    """The passages of one vault as vectors."""

    def __init__(  # noqa: PLR0913  # what it keeps, then how
        self,
        folder: Path,
        root: Path,
        lexical: LexicalIndex,
        searching: Executor,
        *,
        embedder: Callable[[], StaticEmbedder] | None,
        max_note_bytes: int,
        threads: int,
        stays: bool,
    ) -> None:
        """``embedder`` opens the model, None when that is switched off; ``stays``: there is time for large vaults."""
        self._folder = folder
        self._root = root
        self._lexical = lexical
        self._searching = searching
        self._open_embedder = embedder
        self._max_note_bytes = max_note_bytes
        self._threads = threads
        self._stays = stays
        self._on_part: Callable[[Part, str], None] = lambda _part, _phase: None
        self._before: Callable[[], Awaitable[object]] | None = None
        self._copy: _native.PassageVectors | None = None
        self._embedder: StaticEmbedder | None = None
        self._opened = asyncio.Event()
        """The copy is there, or it is known why it is not."""
        self._wake = asyncio.Event()
        self._true = asyncio.Event()
        self._settled = asyncio.Event()
        """There was a first comparison, whatever came of it."""
        self._closing = False
        self._task: asyncio.Task[None] | None = None
        self.took_ms: float | None = None
        """How long the first comparison took, with everything that was embedded."""

    def listen(self, on_part: Callable[[Part, str], None]) -> None:
        self._on_part = on_part

    @property
    def is_ready(self) -> bool:
        """Whether every passage of the vault is embedded."""
        return self._true.is_set()

    @property
    def embedded(self) -> int | None:
        """Notes whose passages can be found by meaning; None when none can."""
        return self._copy.notes if self._copy is not None else None

    def start(self, before: Callable[[], Awaitable[object]] | None = None) -> None:
        """Open what is there. Notes are embedded once they were looked at (`changed`) and ``before`` is over."""
        if self._open_embedder is None:
            self._opened.set()
            self._on_part(Part(name="semantic", state="absent", detail="switched off in the settings"), "")
            return
        self._before = before
        self._task = asyncio.create_task(self._keep(self._open_embedder), name="semantics")

    def changed(self) -> None:
        """The lexical index knows something new."""
        self._true.clear()
        self._wake.set()

    async def whole(self) -> None:
        """Return when every passage is embedded, or it is known why that cannot be (at once when switched off)."""
        if not self._stays:
            self._stays = True
            self._wake.set()
        if self._task is not None:
            waits = [asyncio.create_task(self._true.wait()), self._task]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            waits[0].cancel()

    async def close(self) -> None:
        self._closing = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def reset(self) -> None:
        """Throw the copy away and fill it anew."""
        if self._task is None or self._open_embedder is None:
            return
        await self.close()
        self._closing = False
        self._copy = None
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
        self.start(self._before)
        self.changed()

    async def search(self, text: str, limit: int, allowed: _native.Allowed | None = None) -> list[Neighbour]:
        """The notes with the passages nearest to a text, best first; none when nothing can be found by meaning."""
        copy, embedder = self._copy, self._embedder
        if copy is None or embedder is None:
            return []
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._searching, lambda: copy.search(embedder.vector(text), limit, allowed))
        return [Neighbour(*row) for row in found]

    def trust(self, text: str) -> float:
        """How far the model knows a query's words, 0 to 1."""
        return self._embedder.trust(text) if self._embedder is not None else 0.0

    async def related(self, path: str, limit: int) -> list[dict[str, Any]] | None:
        """As the core gives them; None when nothing can be found by meaning."""
        await self.opened()
        if self._copy is None:
            return None
        return await asyncio.get_running_loop().run_in_executor(self._searching, self._copy.related, path, limit)

    async def opened(self) -> None:
        """Return when it is known whether anything can be found by meaning.

        In a process that does not stay, that is once what it has the time for is embedded.
        """
        await self._opened.wait()
        if not self._stays and self._copy is not None and self._copy.notes == 0:
            await self._settled.wait()

    async def usable(self) -> None:
        """Return when a search should go on: at once in a process that stays, whose first answers come by words."""
        if not self._stays:
            await self.opened()

    def passage(self, neighbour: Neighbour) -> dict[str, object] | None:
        """The passage as it stands in the note now; None when the note cannot be read any more. Reads a file."""
        assert self._embedder is not None, "there are no neighbours without a model"  # noqa: S101
        return _native.passage_at(
            self._root,
            neighbour.path,
            neighbour.ordinal,
            neighbour.digest,
            words=self._embedder.passage_words,
            max_note_bytes=self._max_note_bytes,
        )

    async def _keep(self, open_embedder: Callable[[], StaticEmbedder]) -> None:
        while True:
            try:
                embedder, copy = await asyncio.to_thread(self._open, open_embedder)
                self._embedder, self._copy = embedder, copy
                self._opened.set()
                await self._follow(embedder, copy)
            except (ModelUnusable, StoreTooNew) as error:
                # Only a person can help; a new start looks again.
                log.error("nothing is found by meaning: %s", error.message)
                self._on_part(Part(name="semantic", state="failed", detail=error.message), "")
                self._opened.set()
                self._settled.set()
                return
            except LibrarianError as error:
                log.warning("embedding is paused: %s", error.message)
                self._on_part(Part(name="semantic", state="paused", detail=error.message), "")
            except Exception:
                log.exception("embedding failed")
                detail = "Embedding failed in a way it should not; the log says how."
                self._on_part(Part(name="semantic", state="failed", detail=detail), "")
            self._opened.set()
            self._settled.set()
            await asyncio.sleep(RETRY_SECONDS)
            self._wake.set()

    def _open(self, open_embedder: Callable[[], StaticEmbedder]) -> tuple[StaticEmbedder, _native.PassageVectors]:
        embedder = self._embedder or open_embedder()
        with self._errors():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                return embedder, self._open_copy(embedder)
            except _native.VectorsCorrupt as error:
                # Derived data: what cannot be read, or is of another model, is made again.
                log.warning("the semantic index is made again: %s", error)
                shutil.rmtree(self._folder)
                self._folder.mkdir(mode=0o700)
                return embedder, self._open_copy(embedder)

    def _open_copy(self, embedder: StaticEmbedder) -> _native.PassageVectors:
        return _native.PassageVectors(self._folder, model=embedder.identity, dimensions=embedder.dimensions)

    async def _follow(self, embedder: StaticEmbedder, copy: _native.PassageVectors) -> None:
        is_first = True
        self._tell("building" if copy.notes == 0 else "checking", copy.notes, copy.notes)
        while True:
            await self._wake.wait()
            self._wake.clear()
            if is_first and self._before is not None:
                # Statistics are wanted before meaning, and both want all cores. Whether they succeed is not asked here.
                await asyncio.wait([asyncio.ensure_future(_told_elsewhere(self._before()))])
            started = time.perf_counter()
            left = await self._bring_in(embedder, copy)
            if is_first:
                self.took_ms = round((time.perf_counter() - started) * 1000, 1)
            is_first = False
            self._settled.set()
            if not left and not self._wake.is_set():
                self._true.set()
                self._tell("ready", copy.notes, copy.notes)
            elif left:
                # A note changed while it was read; the pass that takes it in wakes us.
                self._tell("checking", copy.notes, copy.notes + left)

    async def _bring_in(self, embedder: StaticEmbedder, copy: _native.PassageVectors) -> int:
        """Embed what the copy lacks; how many notes are still missing, because they changed meanwhile."""
        stale, gone = await self._in_thread(lambda: self._lexical.without_vectors(copy))
        if gone:
            await self._in_thread(lambda: copy.put(None, gone))
        if not self._stays and len(stale) > SMALL_VAULT:
            return len(stale)
        for start in range(0, len(stale), BATCH_NOTES):
            if len(stale) > BATCH_NOTES:
                self._tell("building", start, len(stale))
            batch = stale[start : start + BATCH_NOTES]
            await self._in_thread(lambda batch=batch: self._embed(embedder, copy, batch))  # type: ignore[misc]
        if stale or gone:
            await self._in_thread(copy.save)
        if len(stale) > BATCH_NOTES:
            embedder.model.rest()
            await asyncio.to_thread(_native.release_memory)
        if not stale:
            return 0
        left, _ = await self._in_thread(lambda: self._lexical.without_vectors(copy))
        return len(left)

    def _embed(self, embedder: StaticEmbedder, copy: _native.PassageVectors, paths: list[str]) -> None:
        rows = _native.passages(
            self._root,
            paths,
            max_note_bytes=self._max_note_bytes,
            words=embedder.passage_words,
            model=embedder.model,
            threads=self._threads,
            progress=lambda _phase, _done, _total: not self._closing,
        )
        if not self._closing:
            copy.put(rows)

    async def _in_thread(self, call: Callable[[], T]) -> T:
        def translated() -> T:
            with self._errors():
                return call()

        return await asyncio.to_thread(translated)

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except _native.VectorsTooNew as error:
            found, known = error.args
            raise StoreTooNew(STORE, found, known) from error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull(str(self._folder)) from error
            raise StoreError(f"The {STORE} cannot be used: {error}") from error

    def _tell(self, state: str, done: int, total: int) -> None:
        part = Part.model_validate({"name": "semantic", "state": state, "done": done, "total": total})
        self._on_part(part, "embedding")


async def _told_elsewhere(work: Awaitable[object]) -> None:
    """Wait for work of others, whose failure they tell themselves."""
    with contextlib.suppress(LibrarianError, asyncio.CancelledError):
        await work
