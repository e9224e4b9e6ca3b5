"""The catalog holds what it was told, in one piece, and reads while it writes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
import shelf
from hypothesis import given, settings
from hypothesis import strategies as st

from librarian.catalog import Catalog, LinkRow, engine
from librarian.errors import Cancelled, StoreError, StoreTooNew


@pytest.fixture
async def catalog(tmp_path: Path) -> AsyncIterator[Catalog]:
    opened = await Catalog.open(tmp_path / "catalog.duckdb", None)
    yield opened
    await opened.close()


async def test_an_empty_catalog_is_fresh_until_something_is_applied(tmp_path: Path) -> None:
    path = tmp_path / "catalog.duckdb"
    catalog = await Catalog.open(path, None)
    assert catalog.fresh
    await catalog.apply(shelf.batches(notes=[shelf.note("A.md", "one")]), [], [], "w1")
    await catalog.close()
    assert [file.name for file in tmp_path.iterdir()] == ["catalog.duckdb"]
    assert path.stat().st_mode & 0o077 == 0
    again = await Catalog.open(path, "w1")
    assert not again.fresh
    assert await again.known() == {"A.md": shelf.digest("one")}
    await again.close()
    await again.close()
    with pytest.raises(StoreError, match="closed"):
        await again.apply({}, [], [], "w2")


@pytest.mark.parametrize(
    ("recorded", "kept"), [("w3", True), ("w2", True), ("w1", False), ("w9", False), (None, False)]
)
async def test_only_the_recorded_watermark_or_the_next_one_is_trusted(
    tmp_path: Path, recorded: str | None, kept: bool
) -> None:
    catalog = await Catalog.open(tmp_path / "c", None)
    for mark in ("w1", "w2", "w3"):
        await catalog.apply(shelf.batches(notes=[shelf.note(f"{mark}.md")]), [], [], mark)
    await catalog.close()
    again = await Catalog.open(tmp_path / "c", recorded)
    assert again.fresh is not kept
    assert len(await again.known()) == (3 if kept else 0)
    await again.close()


async def test_every_column_comes_back_as_it_went_in(catalog: Catalog) -> None:
    rows = {
        "notes": [shelf.note("a/Ü 日本.md", "two words", skipped="too large", tasks_open=3)],
        "headings": [{"path": "a/Ü 日本.md", "position": 0, "level": 2, "text": "Head 👩‍🔬", "line": 4}],
        "links": [shelf.link("a/Ü 日本.md", 0, "B", "B.md", subpath="^x", display="see", kind="property")],
        "tags": [{"path": "a/Ü 日本.md", "tag": "Project/A", "key": "project/a", "inline": True, "line": 2}],
        "properties": [{"path": "a/Ü 日本.md", "key": "status", "type": "text", "value": '"done"'}],
        "blocks": [{"path": "a/Ü 日本.md", "id": "x1", "line": 9}],
        "aliases": [{"path": "a/Ü 日本.md", "alias": "Uu", "key": "uu"}],
    }
    await catalog.apply(shelf.batches(**rows), [], [], "w1")
    for table, given_rows in rows.items():
        names = list(shelf.SCHEMAS[table])
        expected = [tuple(row.get(name) for name in names) for row in given_rows]
        if table == "notes":
            at = datetime(2026, 3, 1, 12)
            expected = [
                tuple(at if name in {"created", "modified"} else row.get(name) for name in names) for row in given_rows
            ]
        assert await catalog.rows(f"select {', '.join(names)} from {table}") == expected


async def test_columns_may_come_in_any_order_and_width(catalog: Catalog) -> None:
    table = pa.table(
        {"key": pa.array(["uu"], pa.large_utf8()), "alias": pa.array(["Uu"], pa.string_view()), "path": ["A.md"]}
    )
    await catalog.apply(shelf.batches(notes=[shelf.note("A.md")]) | {"aliases": shelf.Stream(table)}, [], [], "w1")
    assert await catalog.rows("from aliases") == [("A.md", "Uu", "uu")]


async def test_a_changed_note_loses_all_its_old_rows(catalog: Catalog) -> None:
    old = shelf.batches(
        notes=[shelf.note("A.md", "old"), shelf.note("B.md")],
        tags=[{"path": p, "tag": "t", "key": "t", "inline": True} for p in ("A.md", "B.md")],
        links=[shelf.link("A.md", 0, "B", "B.md")],
    )
    await catalog.apply(old, [], [], "w1")
    await catalog.apply(shelf.batches(notes=[shelf.note("A.md", "new")]), [], [], "w2")
    assert await catalog.known() == {"A.md": shelf.digest("new"), "B.md": shelf.digest("")}
    assert await catalog.rows("select path from tags") == [("B.md",)]
    assert await catalog.rows("from links") == []


async def test_a_moved_note_keeps_its_rows_and_its_backlinks(catalog: Catalog) -> None:
    start = shelf.batches(
        notes=[shelf.note("x/A.md", "a"), shelf.note("B.md", "b")],
        links=[shelf.link("B.md", 0, "A", "x/A.md"), shelf.link("x/A.md", 0, "B", "B.md")],
    )
    await catalog.apply(start, [], [], "w1")
    await catalog.apply({}, [], [("x/A.md", "y/z/New name.v2.md")], "w2")
    assert await catalog.rows("select folder, title, digest from notes where path = 'y/z/New name.v2.md'") == [
        ("y/z", "New name.v2", shelf.digest("a"))
    ]
    assert await catalog.rows("select path, resolved from links order by path") == [
        ("B.md", "y/z/New name.v2.md"),
        ("y/z/New name.v2.md", "B.md"),
    ]


async def test_links_that_a_file_affects_are_found_and_resolved_again(catalog: Catalog) -> None:
    rows = [
        shelf.link("B.md", 0, "New", None),
        shelf.link("B.md", 1, "x/New", None),
        shelf.link("A.md", 0, "Other", None),
    ]
    await catalog.apply(shelf.batches(notes=[shelf.note("A.md"), shelf.note("B.md")], links=rows), [], [], "w1")
    assert await catalog.links_with_keys(["new.md", "absent.md"]) == [
        LinkRow("B.md", 0, "New"),
        LinkRow("B.md", 1, "x/New"),
    ]
    assert await catalog.links_with_keys([]) == []
    again = pa.table(
        {"path": ["B.md", "B.md"], "position": pa.array([0, 1], pa.uint32()), "resolved": ["x/New.md", None]}
    )
    await catalog.resolve_again(shelf.Stream(again))
    assert await catalog.rows("select position, resolved from links where path = 'B.md' order by position") == [
        (0, "x/New.md"),
        (1, None),
    ]


async def test_it_says_in_what_it_differs_from_the_files(catalog: Catalog) -> None:
    notes = [shelf.note(f"{name}.md", name) for name in ("same", "changed", "gone")]
    await catalog.apply(shelf.batches(notes=notes), [], [], "w1")
    files = {"same.md": "same", "changed.md": "other", "new.md": "new"}
    assert await catalog.stale(shelf.manifest(files)) == (["changed.md", "new.md"], ["gone.md"])
    assert await catalog.stale(shelf.manifest({})) == ([], ["changed.md", "gone.md", "same.md"])


async def test_a_batch_that_fails_changes_nothing(catalog: Catalog) -> None:
    await catalog.apply(shelf.batches(notes=[shelf.note("A.md", "old")]), [], [], "w1")
    bad = shelf.Stream(pa.table({"path": ["A.md"], "alias": pa.array([None], pa.utf8()), "key": ["x"]}))
    with pytest.raises(StoreError):
        await catalog.apply(shelf.batches(notes=[shelf.note("A.md", "new")]) | {"aliases": bad}, ["A.md"], [], "w2")
    with pytest.raises(ValueError, match="dreams"):
        await catalog.apply({"dreams": bad}, [], [], "w2")
    assert await catalog.known() == {"A.md": shelf.digest("old")}
    assert await catalog.rows("select watermark from meta") == [("w1",)]
    await catalog.apply(shelf.batches(notes=[shelf.note("A.md", "new")]), [], [], "w2")
    assert await catalog.known() == {"A.md": shelf.digest("new")}


names = st.sampled_from("ABCDE").map(lambda letter: f"{letter}.md")
step = st.tuples(
    st.dictionaries(names, st.sampled_from(["", "x", "y"]), max_size=3),
    st.lists(names, max_size=2, unique=True),
    st.lists(names, max_size=5, unique=True),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(step, max_size=6))
def test_any_changes_give_what_a_dictionary_gives(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[dict[str, str], list[str], list[str]]]
) -> None:
    """Removals first, then moves all at once, then new texts."""

    async def play() -> None:
        catalog = await Catalog.open(tmp_path_factory.mktemp("any") / "c", None)
        model: dict[str, str] = {}
        for number, (texts, removed, movers) in enumerate(steps):
            moved = [
                pair
                for pair in zip(movers, movers[1:] + movers[:1], strict=True)
                if pair[0] in model and pair[0] not in removed
            ]
            moved = moved if len(movers) > 1 else []
            for path in removed:
                model.pop(path, None)
            taken = {new: model.pop(old) for old, new in moved}
            model.update(taken)
            model.update(texts)
            rows = {
                "notes": [shelf.note(p, t) for p, t in texts.items()],
                "blocks": [{"path": p, "id": t, "line": 0} for p, t in texts.items()],
            }
            await catalog.apply(shelf.batches(**rows), removed, moved, f"w{number}")
        assert await catalog.known() == {path: shelf.digest(text) for path, text in model.items()}
        assert dict(await catalog.rows("select path, id from blocks")) == model
        await catalog.close()

    asyncio.run(play())


async def test_a_first_filling_leaves_no_holes_in_the_file(tmp_path: Path) -> None:
    filled = await Catalog.open(tmp_path / "c", None)
    await filled.apply(shelf.many(60_000, links_each=6), [], [], "w1")
    await filled.close()
    catalog = await Catalog.open(tmp_path / "c", "w1")
    [(used, free)] = await catalog.rows("select used_blocks, free_blocks from pragma_database_size()")
    assert used > 40
    # Two writers would leave a third of the file free, which nothing gives back.
    assert free <= 2
    await catalog.close()


async def test_reads_are_answered_while_a_write_runs_and_see_all_of_it_or_nothing(catalog: Catalog) -> None:
    await catalog.apply(shelf.batches(notes=[shelf.note("A.md")]), [], [], "w1")
    write = asyncio.create_task(catalog.apply(shelf.many(20_000), ["A.md"], [], "w2"))
    seen = []
    while not write.done():
        seen.append(
            (await catalog.snapshot([("select count(*) from notes", []), ("select count(*) from links", [])]))[:]
        )
    await write
    counts = {(notes[0][0], links[0][0]) for notes, links in seen}
    assert (1, 0) in counts
    assert counts <= {(1, 0), (20_000, 200_000)}


async def test_a_cancelled_change_is_whole_or_absent_and_the_next_one_works(catalog: Catalog) -> None:
    write = asyncio.create_task(catalog.apply(shelf.many(50_000), [], [], "w1"))
    await catalog.rows("select 1")
    write.cancel()
    with pytest.raises(asyncio.CancelledError):
        await write
    before = await catalog.snapshot([("select count(path) from notes", []), ("select count(path) from links", [])])
    assert before in ([[(0,)], [(0,)]], [[(50_000,)], [(500_000,)]])
    await catalog.apply(shelf.batches(notes=[shelf.note("A.md")]), [], [], "w2")
    assert len(await catalog.known()) == before[0][0][0] + 1


async def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "c"
    catalog = await Catalog.open(path, None)
    await catalog.apply(shelf.batches(notes=[shelf.note("A.md")]), [], [], "w1")
    await catalog._write(lambda connection: connection.execute("update meta set schema_version = 99"))
    await catalog.close()
    before = path.read_bytes()
    with pytest.raises(StoreTooNew) as refused:
        await Catalog.open(path, "w1")
    assert refused.value.data == {"store": "catalog", "found": 99, "known": len(engine.migrations())}
    assert path.read_bytes() == before


def test_migrations_run_once_each_and_in_order(tmp_path: Path) -> None:
    first = engine.migrations()[0]
    connection = engine.connect(tmp_path / "c", memory_mb=64, threads=1)
    engine.migrate(connection, [first])
    engine.migrate(connection, [first, "alter table notes add column mood text", "update notes set mood = 'fine'"])
    assert engine.schema_version(connection) == 3
    with pytest.raises(Exception, match="nonsense"):
        engine.migrate(connection, [first, "", "", "create table half (x integer); nonsense"])
    assert engine.schema_version(connection) == 3
    assert not connection.execute("select 1 from duckdb_tables() where table_name = 'half'").fetchall()
    connection.close()


def test_every_public_exception_of_duckdb_has_a_meaning() -> None:
    import duckdb

    kinds = [kind for kind in vars(duckdb).values() if isinstance(kind, type) and issubclass(kind, duckdb.Error)]
    assert len(kinds) > 20
    for kind in kinds:
        meaning = engine.translated(kind("Kind Error: reason\nstack of calls"), Path("/data"))
        assert isinstance(meaning, StoreError | Cancelled), kind
        assert "stack of calls" not in str(meaning)


def test_importing_the_catalog_loads_neither_duckdb_nor_pyarrow() -> None:
    code = "import sys, librarian.catalog, librarian.statistics, librarian.settings; sys.exit(bool({'duckdb', 'pyarrow', 'psutil'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


async def test_timings_are_kept_for_a_while_and_can_be_erased(catalog: Catalog) -> None:
    old, new = datetime(2026, 1, 1), datetime(2026, 3, 1)
    await catalog.record_timings([("search.query", old, 1.0)], keep_since=old)
    await catalog.record_timings([("search.query", new, 2.5), ("x", new, 0.0)], keep_since=datetime(2026, 2, 1))
    assert sorted(await catalog.rows("from timings")) == [("search.query", new, 2.5), ("x", new, 0.0)]
    await catalog.erase_usage()
    assert await catalog.rows("from timings") == []
