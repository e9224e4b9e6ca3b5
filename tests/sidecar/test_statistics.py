"""Statistics count what is there, and a stranger's SQL reads the catalog and nothing else."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest
import shelf

from librarian.catalog import Catalog
from librarian.catalog import sandbox as sandbox_module
from librarian.catalog.sandbox import Sandbox
from librarian.errors import LibrarianError, QueryRefused
from librarian.ledger import Ledger
from librarian.statistics import TIMINGS_A_BATCH, Statistics


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def opened(catalog: Catalog) -> Callable[[], Awaitable[Catalog]]:
    async def ready() -> Catalog:
        return catalog

    return ready


class Stores(NamedTuple):
    catalog: Catalog
    statistics: Statistics
    clock: Clock
    folder: Path


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    clock = Clock()
    folder = tmp_path / "data"
    folder.mkdir()
    (tmp_path / "canary.csv").write_text("secret,canary\n1,2\n")
    catalog = await Catalog.open(folder / "catalog.duckdb", None)
    ledger = await Ledger.open(folder / "ledger.sqlite", clock=clock)
    statistics = Statistics(opened(catalog), ledger, clock=clock)
    yield Stores(catalog, statistics, clock, folder)
    await statistics.close()
    await catalog.close()
    await ledger.close()


def vault() -> dict[str, shelf.Stream]:
    january, march = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 3, 5, tzinfo=UTC)
    tags = [("A.md", "Project"), ("A.md", "project"), ("B.md", "project"), ("C.md", "other")]
    return shelf.batches(
        notes=[
            shelf.note("A.md", "one two three", created=march, tasks_open=2, tasks_done=1),
            shelf.note("B.md", "four", created=january),
            shelf.note("C.md", "five six", created=january),
            shelf.note("D.md", "", created=march, words=None, skipped="too large"),
            shelf.note("p.png", kind="attachment", words=None, tasks_open=None),
        ],
        links=[
            shelf.link("A.md", 0, "B", "B.md"),
            shelf.link("A.md", 1, "B", "B.md"),
            shelf.link("A.md", 2, "Nowhere", None, subpath="Head", line=7),
            shelf.link("A.md", 3, "https://example.org", None, external=True, key=None),
            shelf.link("B.md", 0, "", "B.md", subpath="Self"),
            shelf.link("C.md", 0, "", None, subpath="Gone"),
        ],
        tags=[{"path": path, "tag": tag, "key": tag.lower(), "inline": True, "line": 0} for path, tag in tags],
        properties=[
            {"path": "A.md", "key": "Created", "type": "date", "value": '"2025-12-24"'},
            {"path": "A.md", "key": "date", "type": "date", "value": '"2020-01-01"'},
            {"path": "B.md", "key": "date", "type": "text", "value": '"some day"'},
            {"path": "C.md", "key": "created", "type": "list", "value": "[1]"},
        ],
    )


async def test_the_overview_counts_what_is_there(stores: Stores) -> None:
    await stores.catalog.apply(vault(), [], [], "w1")
    seen = await stores.statistics.overview()
    assert (seen.notes, seen.words, seen.links, seen.tags, seen.attachments) == (4, 6, 5, 2, 1)
    assert (seen.tasks_open, seen.tasks_done) == (2, 1)
    assert (seen.orphans, seen.orphan_count) == (("C.md", "D.md"), 2)
    assert [broken.model_dump() for broken in seen.broken_links] == [
        {"source": "A.md", "line": 7, "text": "Nowhere#Head"}
    ]
    assert seen.broken_link_count == 1
    assert [(tag.tag, tag.notes) for tag in seen.top_tags] == [("Project", 2), ("other", 1)]
    assert seen.largest == (("A.md", 3), ("C.md", 2), ("B.md", 1), ("D.md", 0))
    assert seen.most_linked == (("B.md", 1),)
    assert [(g.month, g.created, g.notes, g.words) for g in seen.growth] == [
        ("2025-12", 1, 1, 3),
        ("2026-01", 2, 3, 6),
        ("2026-03", 1, 4, 6),
    ]
    assert seen.took_ms > 0


async def test_an_empty_vault_has_an_overview(stores: Stores) -> None:
    seen = await stores.statistics.overview()
    assert (seen.notes, seen.words, seen.orphan_count, seen.growth, seen.broken_links) == (0, 0, 0, (), ())


async def test_history_grows_by_a_day_and_survives_the_catalog(stores: Stores) -> None:
    await stores.statistics.overview()
    await stores.catalog.apply(vault(), [], [], "w1")
    await stores.statistics.overview()
    stores.clock.now += timedelta(days=1)
    await stores.catalog.apply({}, ["A.md"], [], "w2")
    seen = await stores.statistics.overview()
    assert [(day.day, day.notes) for day in seen.history] == [("2026-03-01", 4), ("2026-03-02", 3)]


async def test_lists_are_cut_and_counts_are_whole(stores: Stores) -> None:
    notes = [shelf.note(f"{n:03}.md") for n in range(150)]
    links = [shelf.link(f"{n:03}.md", 0, "Nowhere", None) for n in range(150)]
    await stores.catalog.apply(shelf.batches(notes=notes, links=links), [], [], "w1")
    seen = await stores.statistics.overview()
    assert (len(seen.orphans), seen.orphan_count, len(seen.broken_links), seen.broken_link_count) == (
        100,
        150,
        100,
        150,
    )


async def test_timings_are_written_in_batches_and_erased_whole(stores: Stores) -> None:
    for _ in range(TIMINGS_A_BATCH + 5):
        stores.statistics.record("search.query", 1.5)
    table = await stores.statistics.query("select method, count(*), sum(took_ms) from timings group by 1")
    assert table.rows == (("search.query", TIMINGS_A_BATCH + 5, 1.5 * (TIMINGS_A_BATCH + 5)),)
    stores.statistics.record("search.query", 1.5)
    await stores.statistics.erase_usage()
    await stores.statistics.flush()
    assert await stores.catalog.rows("from timings") == []


async def test_values_are_safe_for_json(stores: Stores) -> None:
    table = await stores.statistics.query(
        "select date '2026-03-01' d, timestamp '2026-03-01 12:00:00' t, timestamptz '2026-03-01 12:00:00+02' z, 1.50::decimal(5,2) m, 'a'::blob b,"
        " 'nan'::float n, '-inf'::double i, [1, null] l, {'k': 1.5::decimal(3,1)} s, map {'x': 2} p, interval 90 second v, 170141183460469231731687303715884105727 h,"
        " uuid '00000000-0000-0000-0000-000000000001' u, true f, null e, time '01:02:03' c, 'ü' s, 9007199254740993 w"
    )
    assert table.columns[:3] == ("d", "t", "z")
    assert table.rows == ((
        "2026-03-01", "2026-03-01T12:00:00", "2026-03-01 10:00:00+00", 1.5, "61", None, None, [1, None], {"k": 1.5}, {"x": 2}, 90.0,
        "170141183460469231731687303715884105727", "00000000-0000-0000-0000-000000000001", True, None, "01:02:03", "ü", "9007199254740993",
    ),)  # fmt: skip


@pytest.mark.parametrize(
    "sql",
    [
        "select 1", "SELECT 1;", "  -- why\n select 1 -- so", "with x as (select 1) select * from x", "from notes", "values (1)", "describe notes", "show tables",
        "summarize notes", "explain select 1", "select distinct path from notes order by 1 limit 3", "select 1 as x, 2 as x", "select now(), 1 as x, 2 as x",
    ],
)  # fmt: skip
async def test_reading_queries_are_answered(stores: Stores, sql: str) -> None:
    assert (await stores.statistics.query(sql)).columns


async def test_more_rows_than_the_limit_are_told(stores: Stores) -> None:
    whole = await stores.statistics.query("select * from range(1000)")
    cut = await stores.statistics.query("select * from range(1001)")
    assert (len(whole.rows), whole.truncated, len(cut.rows), cut.truncated) == (1000, False, 1000, True)
    large = await stores.statistics.query("select repeat('x', 1000000) from range(20)")
    assert len(large.rows) < 20
    assert large.truncated
    with pytest.raises(QueryRefused, match="single row"):
        await stores.statistics.query("select repeat('x', 6000000)")


async def test_a_query_sees_what_was_last_applied(stores: Stores) -> None:
    for number in range(3):
        await stores.catalog.apply(shelf.batches(notes=[shelf.note(f"{number}.md")]), [], [], f"w{number}")
        assert (await stores.statistics.query("select count(*) from notes")).rows == ((number + 1,),)


HOSTILE = [
    "", ";", "--", "/* */", "select", "selec 1", "select 1; select 2", "select 1; delete from notes", "select '\0'", "select '\ud800'", "select 1" + " " * 30_000,
    "delete from notes", "delete from notes returning *", "update notes set path = ''", "insert into notes select * from notes", "drop table notes", "truncate notes",
    "create table x (y int)", "create temp table x as select 1", "create view v as select 1", "create macro m() as 1", "alter table notes add column z int",
    "merge into notes using notes n on false when not matched then insert", "begin", "commit", "rollback", "checkpoint", "force checkpoint", "vacuum", "analyze",
    "explain analyze delete from notes", "explain delete from notes", "prepare p as delete from notes", "execute p", "deallocate p",
    "pragma database_size", "pragma memory_limit='9GB'", "set memory_limit='9GB'", "set enable_external_access=true", "set lock_configuration=false", "reset memory_limit",
    "call pragma_version()", "attach 'CANARY'", "attach ':memory:' as m", "detach catalog", "use memory", "install httpfs", "load httpfs", "load 'CANARY'",
    "copy notes to 'OUT'", "copy (select 1) to 'OUT'", "copy notes from 'CANARY'", "export database 'OUT'", "import database 'CANARY'",
    "select * from 'CANARY'", "select * from read_csv('CANARY')", "select * from read_text('CANARY')", "select * from read_blob('CANARY')", "select * from read_json('CANARY')",
    "select * from read_parquet('CANARY')", "select * from glob('/*')", "select * from sniff_csv('CANARY')", "select * from read_text('http://127.0.0.1:1/')",
    "select * from read_duckdb('CANARY')", "select * from query('select * from read_text(''CANARY'')')", "select * from query('delete from notes')",
    "select * from query_table('CANARY')", "select * from duckdb_secrets()", "select getenv('HOME')", "select * from enable_logging()", "select * from force_checkpoint()",
    "select * from arrow_scan(1, 2, 3)", "select * from pandas_scan(1)", "select * from python_map_function((select 1))", "select nextval('s')",
    "select * from sqlite_scan('CANARY', 'x')", "select * from json_execute_serialized_sql('x')", "pivot notes on path using count(*)", "select * from os", "select * from self",
    "select " + "(" * 5000 + "1" + ")" * 5000, "select " + "not " * 4000 + "true", "select " + "[" * 5000 + "]" * 5000, "select " + "1+" * 9000 + "1",
    "select * from " + "(select * from " * 1000 + "notes" + ")" * 1000, "select case " + "when true then case " * 600 + "1" + " end" * 600, "select error('boom')",
    "select 1/0::int % 0", "select cast('x' as int)", "select no_such_function(1)", "select no_such_column from notes", "select * from no_such_table",
]  # fmt: skip


async def test_hostile_sql_is_refused_and_leaves_no_trace(stores: Stores, tmp_path: Path) -> None:
    await stores.catalog.apply(vault(), [], [], "w1")
    answered = {}
    for sql in HOSTILE:
        written = sql.replace("CANARY", str(tmp_path / "canary.csv")).replace("OUT", str(tmp_path / "out"))
        try:
            answered[sql[:60]] = (await stores.statistics.query(written)).rows
        except QueryRefused as refused:
            assert refused.message
            assert "canary\n" not in refused.message
    # Harmless where it is not an error at all: arithmetic that gives NULL, deep nesting that is within the limits.
    assert not [
        sql
        for sql in answered
        if not sql.startswith(("select 1/0", "select (((", "select not", "select * from (select"))
    ]
    assert "secret" not in repr(answered)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["canary.csv", "data"]
    assert len(await stores.catalog.known()) == 5
    assert (await stores.statistics.query("select count(*) from notes")).rows == ((5,),)


GREEDY = [
    "select length(repeat('x', 4000000000))", "select lpad('x', 2000000000, 'y')", "select len(range(1000000000))", "select count(*) from range(1000000000000)",
    "select list(range) from range(100000000)", "select sleep_ms(60000)", "select max(a.range + b.range) from range(1000000) a, range(1000000) b",
    "with recursive t(i) as (select 1 union all select i + 1 from t) select max(i) from t",
    "with recursive t(s) as (select 'xxxxxxxxxxxxxxxx' union all select s || s from t) select max(length(s)) from t",
]  # fmt: skip


@pytest.mark.parametrize("sql", GREEDY)
async def test_a_greedy_query_is_stopped_in_time_and_within_memory(
    stores: Stores, sql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stores.catalog.apply(vault(), [], [], "w1")
    monkeypatch.setattr(
        stores.catalog, "_sandbox", Sandbox(stores.catalog._path, stores.catalog._hold_writer, max_seconds=1.5)
    )
    assert (await stores.statistics.query("select 1")).rows == ((1,),)
    pings = 0

    async def ping() -> None:
        nonlocal pings
        while True:
            await stores.catalog.rows("select 1")
            await asyncio.sleep(0.01)
            pings += 1

    pinging = asyncio.create_task(ping())
    peak, query = 0, asyncio.create_task(stores.statistics.query(sql))
    loop = asyncio.get_running_loop()
    started = loop.time()
    while not query.done():
        for child in psutil.Process().children():
            try:
                peak = max(peak, child.memory_info().rss)
            except psutil.Error:
                continue
        await asyncio.sleep(0.01)
    pinging.cancel()
    await asyncio.gather(pinging, return_exceptions=True)
    with pytest.raises(QueryRefused):
        await query
    assert loop.time() - started < 6
    assert peak < 1.6 * sandbox_module.MAX_MEMORY_MB * 1024 * 1024
    assert pings > 3 or loop.time() - started < 0.5
    assert (await stores.statistics.query("select count(*) from notes")).rows == ((5,),)
    await stores.catalog._sandbox.close()


async def test_no_process_and_no_copy_stay_behind(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_module, "IDLE_SECONDS", 0.0)
    await stores.catalog.apply(vault(), [], [], "w1")
    await stores.statistics.query("select 1")
    child = stores.catalog._sandbox._child
    assert child is not None
    await asyncio.wait_for(child.wait(), 20)
    await stores.catalog._sandbox.close()
    assert not list(stores.folder.glob("query-*"))


async def test_a_query_given_up_is_stopped(stores: Stores) -> None:
    await stores.statistics.query("select 1")
    child = stores.catalog._sandbox._child
    assert child is not None
    query = asyncio.create_task(stores.statistics.query("select sleep_ms(60000)"))
    await asyncio.sleep(0)
    query.cancel()
    with pytest.raises(asyncio.CancelledError):
        await query
    assert (await stores.statistics.query("select 2")).rows == ((2,),)


async def test_a_child_that_dies_is_replaced(stores: Stores) -> None:
    await stores.statistics.query("select 1")
    child = stores.catalog._sandbox._child
    assert child is not None
    os.kill(child.pid, 9)
    await child.wait()
    assert (await stores.statistics.query("select 2")).rows == ((2,),)


def test_a_refusal_is_told_on_the_wire() -> None:
    assert issubclass(QueryRefused, LibrarianError)
    assert QueryRefused.code == -32040
