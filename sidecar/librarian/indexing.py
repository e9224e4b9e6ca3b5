"""Indexing: decides when a pass over the vault runs, and passes what it found on to the catalog.

One worker runs passes, one fills the catalog; both only ever move the indexes towards the vault, so each can be
stopped at any point and started again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from librarian.errors import (
    Cancelled,
    LibrarianError,
    StorageFull,
    StoreCorrupt,
    StoreError,
    VaultUnavailable,
)
from librarian.passage import Coverage
from librarian.status import Change, Counts, Opened, Part, Progress, Ready, Skipped, Status, Timings
from librarian.vault import watch

if TYPE_CHECKING:
    from librarian.catalog import Catalog
    from librarian.cataloguing import CatalogKeeper
    from librarian.lexical import LexicalIndex
    from librarian.semantics import Semantics

log = logging.getLogger(__name__)

PartName = Literal["keyword", "catalog", "semantic", "watcher"]

MANY_PATHS = 2000
"""From this many changed paths on, looking at the whole vault is cheaper."""
RETRY_SECONDS = 5.0
"""Between two looks at a vault that went away, or a disk that is full."""
SHOWN = 3
"""Folders, or filters, that are told by name."""
SHOWN_CHARACTERS = 80
"""Of a filter."""
UNKNOWN_FILTERS = "regular expressions of Obsidian's excluded files that cannot be read here leave nothing out"
POLL_SECONDS = 60.0
"""Between two looks at a vault that cannot be watched."""


class Indexing:
    """Keeps one vault's lexical index and catalog true to its files."""

    def __init__(  # noqa: PLR0913  # what it keeps, then how
        self,
        vault_id: str,
        root: Path,
        lexical: LexicalIndex,
        catalog: CatalogKeeper,
        semantics: Semantics,
        *,
        watches: bool,
        fills_catalog: bool = True,
    ) -> None:
        """``fills_catalog``: at once; else when somebody asks for it."""
        self._vault_id = vault_id
        self._root = root
        self._lexical = lexical
        self._catalog = catalog
        self._semantics = semantics
        self._watches = watches
        self._fills_catalog = fills_catalog
        self._parts: dict[PartName, Part] = {"semantic": Part(name="semantic", state="absent")}
        self._listeners: list[Callable[[Progress], None]] = []
        self._pending: set[str] = set()
        self._refresh_wanted = False
        self._checking = False
        self._trouble: LibrarianError | None = None
        self._wake = asyncio.Event()
        self._passing = asyncio.Lock()
        self._idle = asyncio.Event()
        self._closing = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._timings = Timings(scan_ms=0, keyword_ms=0)
        catalog.listen(self._catalog_part)
        semantics.listen(self._semantic_part)

    async def open(self) -> None:
        """Return when every note is keyword-searchable: at once for a vault whose last index is whole.

        Raises VaultUnavailable, StorageFull.
        """
        if self._lexical.recovered:
            log.warning("the keyword index is built again: %s", self._lexical.recovered)
        if self._fills_catalog:
            self._catalog.start(self._lexical)
        self._semantics.start(self._catalog.ready if self._fills_catalog else None)
        if self._lexical.is_complete:
            self._refresh_wanted = self._checking = True
            self._set_part("keyword", "checking")
        else:
            self._set_part("keyword", "building")
            await self._one_pass()
        self._wake.set()
        self._tasks.append(asyncio.create_task(self._work(), name="indexing"))
        if self._watches:
            self._tasks.append(asyncio.create_task(self._watch(), name="watcher"))

    async def close(self) -> None:
        """Stop all work; what was committed stays."""
        self._closing.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._semantics.close()
        async with self._passing:
            await self._catalog.close()

    def opened(self) -> Opened:
        return Opened(vault_id=self._vault_id, notes=self._lexical.counts()["notes"], ready=self.ready())

    def ready(self) -> Ready:
        return Ready(
            keyword=self._lexical.is_complete, catalog=self._catalog_is_true(), semantic=self._semantics_are_true()
        )

    def _catalog_is_true(self) -> bool:
        # While a pass is under way or due, the words may be ahead of what the catalog was told.
        return self._catalog.is_ready and not self._pending and not self._passing.locked()

    def _semantics_are_true(self) -> bool:
        return self._semantics.is_ready and not self._pending and not self._passing.locked()

    def coverage(self, *, by_meaning: bool = False) -> Coverage:
        """What an answer looks at; ``by_meaning``: also at vectors."""
        coverage = self._lexical.coverage(checking=self._checking)
        return coverage.model_copy(update={"embedded": self._semantics.embedded}) if by_meaning else coverage

    async def status(self) -> Status:
        try:
            skipped = await self._lexical.skipped()
        except StoreCorrupt as error:
            await self.recover(error)
            skipped = await self._lexical.skipped()
        counts = self._lexical.counts()
        order: tuple[PartName, ...] = ("keyword", "catalog", "semantic", "watcher")
        return Status(
            vault_id=self._vault_id,
            path=str(self._root),
            ready=self.ready(),
            parts=tuple(self._parts[name] for name in order if name in self._parts),
            counts=Counts(
                notes=counts["notes"],
                canvases=counts["canvases"],
                bases=counts["bases"],
                attachments=counts["attachments"],
            ),
            skipped=tuple(Skipped(path=path, reason=reason) for path, reason in skipped),
            timings=self._timings.model_copy(
                update={"catalog_ms": self._catalog.took_ms, "semantic_ms": self._semantics.took_ms}
            ),
        )

    def listen(self, on_progress: Callable[[Progress], None]) -> Callable[[], None]:
        """Be told progress until the returned function is called."""
        self._listeners.append(on_progress)
        return lambda: self._listeners.remove(on_progress) if on_progress in self._listeners else None

    def changed(self, changes: Sequence[Change]) -> None:
        """Take note of what happened to files; they are looked at in a moment."""
        for change in changes:
            self._pending.add(change.path)
            if change.new_path is not None:
                self._pending.add(change.new_path)
        self._nudge()

    async def followed(self, changes: Sequence[Change]) -> None:
        """Return when what happened to these files can be found. Raises as `checked` does."""
        self.changed(changes)
        await self.checked()

    async def checked(self) -> None:
        """Return when nothing is left to look at. Whoever waits sees the vault as it was at the call.

        Raises what keeps the indexes from following the vault; they are tried again without being asked.
        """
        await self._idle.wait()
        if self._trouble is not None:
            raise self._trouble

    async def catalog(self) -> Catalog:
        """The catalog once it was true to the vault; it may be a few changes behind since. Raises why it cannot be."""
        self._catalog.start(self._lexical)
        return await self._catalog.ready()

    async def current_catalog(self) -> Catalog:
        """The catalog with every change that is known at the call. Raises why it cannot be, or cannot be known."""
        await self.checked()
        self._catalog.start(self._lexical)
        return await self._catalog.current()

    async def rebuild(self) -> None:
        """Throw both indexes away and make them again. What is there answers until the new keyword index is whole."""
        async with self._passing:
            self._set_part("keyword", "building")
            try:
                await self._pass_now(anew=True)
            except LibrarianError as error:
                # The old index is still there; the next look tells whether it is true.
                self._set_part("keyword", "failed", error.message)
                self._refresh_wanted = True
                self._nudge()
                raise

    async def recover(self, error: StoreCorrupt) -> None:
        """Make the lexical index again after its files were found damaged."""
        damaged = self._lexical.generation
        async with self._passing:
            # Others may have found the same damage, and waited for the same repair.
            if self._lexical.generation == damaged:
                log.warning("the keyword index is built again: %s", error.message)
                await self._start_over()

    async def _work(self) -> None:
        while True:
            if not self._pending and not self._refresh_wanted:
                self._checking = False
                self._idle.set()
            await self._wake.wait()
            self._wake.clear()
            while self._pending or self._refresh_wanted:
                self._idle.clear()
                if not await self._attempt():
                    await self._pause()

    async def _attempt(self) -> bool:
        """One pass; False when it should be tried again later."""
        try:
            await self._one_pass()
        except (VaultUnavailable, StorageFull) as error:
            if self._trouble is None:
                log.warning("indexing is paused: %s", error.message)
            self._pause_for(error, "paused")
        except Cancelled:
            self._refresh_wanted = True
            return False
        except LibrarianError as error:
            log.error("a pass failed: %s", error.message)
            self._pause_for(error, "failed")
        except Exception:
            log.exception("a pass failed")
            self._pause_for(StoreError("The vault could not be looked at; the log says why."), "failed")
        else:
            self._trouble = None
            return True
        return False

    def _pause_for(self, error: LibrarianError, state: str) -> None:
        self._set_part("keyword", state, error.message)
        self._trouble = error
        self._refresh_wanted = True
        # Whoever waits is told rather than kept.
        self._idle.set()

    async def _pause(self) -> None:
        # A nudge (somebody changed a file) ends the pause early.
        with contextlib.suppress(TimeoutError):
            # Not `wait_for`: that of Python 3.11 loses a cancellation that comes as what it waits for does.
            async with asyncio.timeout(RETRY_SECONDS):
                await self._wake.wait()
        self._wake.clear()

    async def _one_pass(self) -> None:
        async with self._passing:
            try:
                await self._pass_now()
            except StoreCorrupt as error:
                log.warning("the keyword index is built again: %s", error.message)
                await self._start_over()

    async def _start_over(self) -> None:
        self._set_part("keyword", "building")
        await self._lexical.reset()
        self._refresh_wanted = True
        await self._pass_now()

    async def _pass_now(self, *, anew: bool = False) -> None:
        started = time.perf_counter()
        paths, self._pending = self._pending, set()
        whole = anew or self._refresh_wanted or not self._lexical.is_complete or len(paths) > MANY_PATHS
        self._refresh_wanted = False
        try:
            if anew:
                report = await self._lexical.rebuild(self._reporter())
                await self._catalog.reset(self._lexical)
                await self._semantics.reset()
            elif whole:
                report = await self._lexical.refresh(self._reporter())
            else:
                report = await self._lexical.apply(sorted(paths))
        except BaseException:
            # What was to be looked at is looked at next time.
            self._pending |= paths
            self._refresh_wanted |= whole
            raise
        self._refresh_wanted |= report.needs_refresh
        if whole:
            took_ms = (time.perf_counter() - started) * 1000
            self._timings = Timings(scan_ms=round(report.scan_ms, 1), keyword_ms=round(took_ms, 1))
        self._checking = bool(self._refresh_wanted)
        self._set_part("keyword", "ready", _told(report.unlisted, self._lexical.unknown_filters))
        self._catalog.put(report, whole=whole)
        if whole or report.touched or report.removed:
            self._semantics.changed()

    def _reporter(self) -> Callable[[str, int, int], bool]:
        loop = asyncio.get_running_loop()

        def report(phase: str, done: int, total: int) -> bool:
            if self._closing.is_set():
                return False
            loop.call_soon_threadsafe(self._tell, "keyword", phase, done, total)
            return True

        return report

    def _tell(self, part: Literal["keyword", "catalog", "semantic"], phase: str, done: int, total: int) -> None:
        state = self._parts[part].state if part in self._parts else "building"
        self._parts[part] = Part(name=part, state=state, done=done, total=total)
        progress = Progress(vault_id=self._vault_id, part=part, phase=phase, done=done, total=total)
        for listener in tuple(self._listeners):
            listener(progress)

    def _semantic_part(self, part: Part, phase: str) -> None:
        self._parts["semantic"] = part
        if part.state == "building":
            self._tell("semantic", phase, part.done, part.total)

    def _catalog_part(self, part: Part, phase: str) -> None:
        self._parts["catalog"] = part
        if part.state == "building":
            self._tell("catalog", phase, part.done, part.total)

    def _set_part(self, name: PartName, state: str, detail: str | None = None) -> None:
        total = self._lexical.counts()["notes"] if state == "ready" else 0
        self._parts[name] = Part.model_validate(
            {"name": name, "state": state, "done": total, "total": total, "detail": detail}
        )

    def _nudge(self) -> None:
        self._idle.clear()
        self._wake.set()

    async def _watch(self) -> None:
        self._parts["watcher"] = Part(name="watcher", state="ready")
        try:
            async for paths in watch(self._root, self._closing):
                if paths is None:
                    self._refresh_wanted = True
                else:
                    self._pending |= paths
                self._nudge()
        except Exception as error:  # noqa: BLE001 - whatever keeps us from watching, polling still works
            log.warning("the vault cannot be watched, it is checked every %d s: %s", POLL_SECONDS, error)
            detail = f"files are checked every {POLL_SECONDS:.0f} s, because they cannot be watched: {error}"
            self._parts["watcher"] = Part(name="watcher", state="failed", detail=detail)
            while True:
                await asyncio.sleep(POLL_SECONDS)
                self._refresh_wanted = True
                self._nudge()


def _told(unlisted: Sequence[tuple[str, str]], unknown: Sequence[str]) -> str | None:
    """What a person should know of a pass that went well: folders that were not seen, filters that were not heeded."""
    told = [f"{path or 'the vault'}: {reason}" for path, reason in unlisted[:SHOWN]]
    if unknown:
        named = ", ".join(each[:SHOWN_CHARACTERS] for each in unknown[:SHOWN])
        told.append(f"{UNKNOWN_FILTERS}: {named}{', …' if len(unknown) > SHOWN else ''}")
    return "; ".join(told) or None
