"""Cataloguing: fills the catalog from what passes over the vault found, and heals it where it lags behind."""

from __future__ import annotations

import asyncio
import logging
import time
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from librarian import _native
from librarian.errors import LibrarianError, StoreError
from librarian.status import Part

if TYPE_CHECKING:
    from librarian.catalog import Catalog
    from librarian.ledger import Ledger
    from librarian.lexical import LexicalIndex, Report

log = logging.getLogger(__name__)

WATERMARK = "catalog"
"""The ledger's name for the last change that the catalog took in."""
RETRY_SECONDS = 5.0
"""Between two attempts at a catalog that failed."""
_ALL_LINKS = "SELECT path, position, target FROM links WHERE NOT external ORDER BY path, position"


class CatalogKeeper:
    """Opens the catalog behind everyone's back, and applies the reports of passes to it in their order."""

    def __init__(self, path: Path, ledger: Ledger, *, memory_mb: int, threads: int) -> None:
        self._path = path
        self._ledger = ledger
        self._memory_mb = memory_mb
        self._threads = threads
        self._reports: asyncio.Queue[tuple[Report, bool] | None] = asyncio.Queue()
        self._waiting = asyncio.Event()
        """Set once there was a report."""
        self._catalog: Catalog | None = None
        self._ready: asyncio.Future[Catalog] | None = None
        self._task: asyncio.Task[None] | None = None
        self._on_part: Callable[[Part, str], None] = lambda _part, _phase: None
        self._applied = 0
        self._interrupted = False
        self._behind = 0
        """Reports that were not taken in yet."""
        self._moved = asyncio.Event()
        """Set when that is less than it was, or when the catalog is closed."""
        self.took_ms: float | None = None
        """How long it took to become true to the vault."""

    def listen(self, on_part: Callable[[Part, str], None]) -> None:
        self._on_part = on_part

    @property
    def is_ready(self) -> bool:
        """Whether it answers over the whole vault as the index knows it."""
        return self._behind == 0 and self._is_open

    @property
    def _is_open(self) -> bool:
        return (
            self._ready is not None
            and self._ready.done()
            and not self._ready.cancelled()
            and not self._ready.exception()
        )

    async def ready(self) -> Catalog:
        """The catalog once it is true. Raises why it cannot be."""
        assert self._ready is not None, "start() comes first"  # noqa: S101
        if self._is_open and self._catalog is not None and (self._catalog.damaged or not self._path.exists()):
            self._ready = asyncio.get_running_loop().create_future()
            self._reports.put_nowait(None)
        return await asyncio.shield(self._ready)

    async def current(self) -> Catalog:
        """The catalog once it has taken in every report that there is. Raises why it cannot be."""
        while True:
            catalog = await self.ready()
            if self._behind == 0:
                return catalog
            self._moved.clear()
            await self._moved.wait()

    async def popular(self) -> dict[str, int]:
        """How many links lead to each note; nothing while that is not known."""
        if not self._is_open or self._catalog is None:
            return {}
        rows = await self._catalog.rows(
            "SELECT resolved, count(*) FROM links WHERE resolved IS NOT NULL GROUP BY resolved"
        )
        return {str(path): int(str(count)) for path, count in rows}

    def start(self, lexical: LexicalIndex) -> None:
        """Begin to fill the catalog, unless that was begun already."""
        if self._ready is not None:
            return
        self._ready = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._keep(lexical), name="catalog")

    def put(self, report: Report, *, whole: bool) -> None:
        """Queue what a pass found. ``whole`` says that the pass saw the whole vault."""
        if whole or report.touched or report.removed:
            self._behind += 1
            self._reports.put_nowait((report, whole))
            self._waiting.set()

    async def reset(self, lexical: LexicalIndex) -> None:
        """Throw the catalog's rows away; it is filled by the next report."""
        await self._stop()
        self._ready = None
        self._reports = asyncio.Queue()
        self._behind = 0
        self._moved.set()
        catalog, self._catalog = self._catalog, None
        if catalog is not None:
            await catalog.close()
        # A catalog without its watermark is started over.
        await self._ledger.set_watermark(WATERMARK, "rebuild")
        self.start(lexical)

    async def close(self) -> None:
        await self._stop()
        if self._catalog is not None:
            await self._catalog.close()

    async def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._ready is not None and not self._ready.done():
            self._ready.cancel()

    async def _keep(self, lexical: LexicalIndex) -> None:
        # The import of DuckDB alone would delay the first answer, so it waits until that can be given.
        await self._waiting.wait()
        is_first = True
        while True:
            try:
                await self._follow(lexical, is_first=is_first)
            except LibrarianError as error:
                self._fail(error)
            except Exception:
                log.exception("the catalog failed")
                self._fail(StoreError("The catalog failed in a way it should not; the log says how."))
            else:
                log.error("the catalog was damaged, it is made again")
                await self._ledger.set_watermark(WATERMARK, "damaged")
            await self._let_go()
            is_first = False
            if self._ready is not None and self._ready.done():
                await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self, lexical: LexicalIndex, *, is_first: bool) -> None:
        """Make the catalog true and keep it so; returns when it was found damaged."""
        started = time.perf_counter()
        self._on_part(Part(name="catalog", state="building"), "opening")
        self._catalog = catalog = await self._open()
        # Only after a look at the whole vault is it known what is missing.
        while is_first and not await self._take_next(lexical, catalog):
            pass
        await self._heal(lexical, catalog)
        if self._interrupted:
            await self._resolve_again(lexical, catalog, None)
        self.took_ms = round((time.perf_counter() - started) * 1000, 1)
        assert self._ready is not None  # noqa: S101
        if self._ready.done():
            self._ready = asyncio.get_running_loop().create_future()
        self._ready.set_result(catalog)
        while True:
            self._on_part(Part(name="catalog", state="ready"), "")
            if await self._take_next(lexical, catalog) is None:
                return

    async def _take_next(self, lexical: LexicalIndex, catalog: Catalog) -> bool | None:
        """Take in one report and let go of it; says whether it was of the whole vault, None for a damaged catalog."""
        found = await self._reports.get()
        if found is None:
            return None
        report, whole = found
        if not self._is_open:
            self._on_part(Part(name="catalog", state="building", total=len(report.touched)), "filling")
        await self._take_in(lexical, catalog, report, whole=whole)
        self._behind -= 1
        self._moved.set()
        del found, report
        if whole:
            # A first pass leaves a great many rows behind.
            await asyncio.to_thread(_native.release_memory)
        return whole

    async def _let_go(self) -> None:
        catalog, self._catalog = self._catalog, None
        # Whatever was being taken in is brought in when it is healed.
        self._behind = self._reports.qsize()
        self._moved.set()
        if catalog is not None:
            try:
                await catalog.close()
            except LibrarianError as error:
                log.warning("the catalog could not be closed: %s", error.message)

    async def _open(self) -> Catalog:
        from librarian.catalog import Catalog

        watermark = await self._ledger.watermark(WATERMARK)
        catalog = await Catalog.open(self._path, watermark, memory_mb=self._memory_mb, threads=self._threads)
        applied = (await catalog.rows("SELECT watermark FROM meta"))[0][0]
        self._interrupted = not catalog.fresh and applied != watermark
        if catalog.moved_aside:
            log.error("the catalog could not be read and is made again; the old one is %s", catalog.moved_aside)
        return catalog

    async def _heal(self, lexical: LexicalIndex, catalog: Catalog) -> None:
        """Bring in whatever the index knows and the catalog does not, and the other way round."""
        missing, gone = await catalog.stale(await lexical.manifest())
        if missing or gone:
            report = await lexical.describe(missing)
            await self._apply(lexical, catalog, report, gone, [*missing, *gone])

    async def _take_in(self, lexical: LexicalIndex, catalog: Catalog, report: Report, *, whole: bool) -> None:
        came_or_went: list[str] = []
        is_first = whole and report.unchanged == 0 and not report.removed and report.added == len(report.touched)
        # In a first pass every link was resolved against the whole vault. Later, a file that comes or goes changes
        # where other notes' links lead.
        if (report.added or report.removed) and not is_first:
            came_or_went = [*report.touched, *report.removed]
        await self._apply(lexical, catalog, report, [], came_or_went)

    async def _apply(
        self, lexical: LexicalIndex, catalog: Catalog, report: Report, gone: Sequence[str], came_or_went: Sequence[str]
    ) -> None:
        self._applied += 1
        watermark = f"{time.time_ns()}-{self._applied}"
        await catalog.apply(report.tables(), [*report.removed, *gone], [], watermark)
        if came_or_went:
            await self._resolve_again(lexical, catalog, came_or_went)
        # Last of all: a catalog ahead of it was interrupted before its links were resolved.
        await self._ledger.set_watermark(WATERMARK, watermark)

    async def _resolve_again(self, lexical: LexicalIndex, catalog: Catalog, paths: Sequence[str] | None) -> None:
        """Look up anew where links to files of these names lead, or all links."""
        import pyarrow

        from librarian.catalog import LinkRow

        if paths is None:
            rows = [LinkRow(*row) for row in await catalog.rows(_ALL_LINKS)]
        else:
            rows = await catalog.links_with_keys(sorted({_key(path) for path in paths}))
        targets = await lexical.resolve([(row.path, row.target) for row in rows])
        if rows:
            await catalog.resolve_again(
                pyarrow.table(
                    {
                        "path": pyarrow.array([row.path for row in rows], pyarrow.string()),
                        "position": pyarrow.array([row.position for row in rows], pyarrow.uint32()),
                        "resolved": pyarrow.array(targets, pyarrow.string()),
                    }
                )
            )

    def _fail(self, error: LibrarianError) -> None:
        log.error("the catalog failed: %s", error.message)
        self._on_part(Part(name="catalog", state="failed", detail=error.message), "")
        assert self._ready is not None  # noqa: S101
        if self._ready.done():
            self._ready = asyncio.get_running_loop().create_future()
        self._ready.set_exception(error)
        # Nobody may be waiting; the failure is told by the part as well.
        self._ready.exception()


def _key(path: str) -> str:
    """The name a link to ``path`` is looked up by, as the core makes it."""
    name = unicodedata.normalize("NFC", path.rsplit("/", 1)[-1]).lower()
    return name.removesuffix(".md")
