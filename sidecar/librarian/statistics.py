"""A vault in figures, and SQL over the catalog for those who want more."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from librarian.errors import LibrarianError
from librarian.overview import BrokenLink, Growth, Overview, Table, TagCount

if TYPE_CHECKING:
    from librarian.catalog import Catalog
    from librarian.ledger import Ledger

LISTED = 100
"""How many entries a list of the overview has at most."""
TIMINGS_A_BATCH = 256
CLOSING_SECONDS = 0.5
"""How long closing waits for a catalog that is still being filled, for the sake of the last timings."""
TIMINGS_KEPT = timedelta(days=90)

_TOTALS = """
select
    count(*) filter (kind = 'note'),
    coalesce(sum(words) filter (kind = 'note'), 0)::bigint,
    (select count(*) from links where not external),
    (select count(distinct key) from tags),
    count(*) filter (kind = 'attachment'),
    coalesce(sum(tasks_open), 0)::bigint,
    coalesce(sum(tasks_done), 0)::bigint
from notes
"""
_ORPHANS = """
with linked as (select distinct resolved as path from links where resolved is not null and resolved <> path),
    linking as (select distinct path from links where resolved is not null and resolved <> path)
select path, count(*) over () from notes anti join linked using (path) anti join linking using (path)
where kind = 'note' order by path limit ?
"""
_BROKEN = """
select path, line, target || coalesce('#' || subpath, ''), count(*) over () from links
where resolved is null and not external and target <> ''
order by path, position limit ?
"""
_TOP_TAGS = """
select arg_min(tag, path), count(distinct path) as notes from tags group by key order by notes desc, key limit ?
"""
_LARGEST = "select path, words from notes where kind = 'note' order by words desc, path limit ?"
_MOST_LINKED = """
select resolved, count(distinct path) as backlinks from links
where resolved is not null and resolved <> path group by resolved order by backlinks desc, resolved limit ?
"""
_GROWTH = """
with given as (
    select path, arg_min(try_cast(left(value ->> '$', 10) as date), lower(key)) as day from properties
    where lower(key) in ('created', 'date') and try_cast(left(value ->> '$', 10) as date) is not null group by path
), months as (
    select strftime(coalesce(g.day, n.created::date, n.modified::date), '%Y-%m') as month,
        count(*) as created, coalesce(sum(n.words), 0) as words
    from notes n left join given g using (path) where n.kind = 'note' group by month
)
select month, created, (sum(created) over (order by month))::bigint, (sum(words) over (order by month))::bigint
from months where month is not null order by month
"""
Clock = Callable[[], datetime]


class Statistics:
    """What can be counted in one vault, and how long its methods take."""

    def __init__(
        self,
        catalog: Callable[[], Awaitable[Catalog]],
        ledger: Ledger,
        *,
        records: bool = True,
        clock: Clock = lambda: datetime.now(UTC),
    ) -> None:
        """``catalog`` gives the catalog once it is true to the vault; ``records``: whether timings are kept."""
        self._catalog = catalog
        self._ledger = ledger
        self._records = records
        self._clock = clock
        self._timings: list[tuple[str, datetime, float]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def overview(self) -> Overview:
        """Count everything. Also notes today's totals, from which ``history`` grows."""
        started = time.perf_counter()
        listed = [LISTED]
        totals, orphans, broken, tags, largest, linked, growth = await (await self._catalog()).snapshot(
            [
                (_TOTALS, []),
                (_ORPHANS, listed),
                (_BROKEN, listed),
                (_TOP_TAGS, listed),
                (_LARGEST, listed),
                (_MOST_LINKED, listed),
                (_GROWTH, []),
            ]
        )
        notes, words, links, tag_count, attachments, tasks_open, tasks_done = totals[0]
        await self._ledger.count_day(notes=notes, words=words, links=links, tags=tag_count)
        return Overview(
            notes=notes,
            words=words,
            links=links,
            tags=tag_count,
            attachments=attachments,
            tasks_open=tasks_open,
            tasks_done=tasks_done,
            orphan_count=orphans[0][1] if orphans else 0,
            orphans=tuple(path for path, _ in orphans),
            broken_link_count=broken[0][3] if broken else 0,
            broken_links=tuple(BrokenLink(source=path, line=line, text=text) for path, line, text, _ in broken),
            top_tags=tuple(TagCount(tag=tag, notes=count) for tag, count in tags),
            largest=tuple((path, words or 0) for path, words in largest),
            most_linked=tuple((path, count) for path, count in linked),
            growth=tuple(Growth(month=m, created=c, notes=n, words=w) for m, c, n, w in growth),
            history=await self._ledger.day_counts(),
            took_ms=round((time.perf_counter() - started) * 1000, 3),
        )

    async def query(self, sql: str) -> Table:
        """Rows of one read-only query, at most a thousand. Raises :class:`QueryRefused`."""
        # So that a query over the timings sees the latest.
        await self.flush()
        return await (await self._catalog()).query(sql)

    def record(self, method: str, took_ms: float) -> None:
        """Note how long a call took; written in batches. Must be called in a running event loop."""
        if not self._records:
            return
        self._timings.append((method, self._clock().astimezone(UTC).replace(tzinfo=None), took_ms))
        if len(self._timings) >= TIMINGS_A_BATCH and (self._flushing is None or self._flushing.done()):
            self._flushing = asyncio.get_running_loop().create_task(self.flush())

    async def flush(self) -> None:
        """Write the timings noted so far."""
        if not self._timings:
            return
        batch, self._timings = self._timings, []
        keep_since = self._clock().astimezone(UTC).replace(tzinfo=None) - TIMINGS_KEPT
        await (await self._catalog()).record_timings(batch, keep_since=keep_since)

    async def close(self) -> None:
        """Write what is left, if the catalog can take it. The catalog and the ledger stay open."""
        if self._flushing is not None:
            await asyncio.gather(self._flushing, return_exceptions=True)
        with contextlib.suppress(LibrarianError, TimeoutError):
            async with asyncio.timeout(CLOSING_SECONDS):
                await self.flush()

    async def erase_usage(self) -> None:
        """Forget every timing, written or not."""
        if self._flushing is not None:
            await self._flushing
        self._timings.clear()
        await (await self._catalog()).erase_usage()
