"""The ledger loses nothing that it has taken, and is never thrown away."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import disks
import pytest

from librarian import ledger as module
from librarian.errors import SavedSearchNotFound, StorageFull, StoreError, StoreTooNew
from librarian.ledger import LOG_BYTES, MIGRATIONS, SPARE_BYTES, Ledger

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.fixture
async def ledger(path: Path) -> AsyncIterator[Ledger]:
    opened = await Ledger.open(path, clock=lambda: NOON)
    yield opened
    await opened.close()


async def test_what_it_is_told_is_there_after_opening_again(path: Path) -> None:
    first = await Ledger.open(path, clock=lambda: NOON)
    await first.set_watermark("catalog", "w1")
    await first.set_watermark("catalog", "w2")
    await first.set_settings_version(1)
    saved = await first.save_search("Ünusual", 'tag:x "y"', "keyword")
    await first.count_day(notes=1, words=2, links=3, tags=4)
    await first.count_day(notes=5, words=6, links=7, tags=8)
    await first.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    second = await Ledger.open(path)
    assert second.moved_aside is None
    assert await second.watermark("catalog") == "w2"
    assert await second.watermark("other") is None
    assert await second.settings_version() == 1
    assert await second.saved_searches() == (saved,)
    assert saved.saved_at == "2026-03-01T12:00:00+00:00"
    assert [day.model_dump() for day in await second.day_counts()] == [
        {"day": "2026-03-01", "notes": 5, "words": 6, "links": 7, "tags": 8}
    ]
    await second.close()
    with pytest.raises(StoreError, match="closed"):
        await second.watermark("catalog")


async def test_forgetting_a_search_that_is_not_there_is_told(ledger: Ledger) -> None:
    await ledger.save_search("a", "x", "hybrid")
    await ledger.forget_search("a")
    with pytest.raises(SavedSearchNotFound):
        await ledger.forget_search("a")
    await ledger.set_watermark("w", "1")
    await ledger.forget_watermark("w")
    assert await ledger.watermark("w") is None


async def test_it_writes_through_and_is_private(ledger: Ledger, path: Path) -> None:
    pragmas = {
        name: (await ledger._read(f"pragma {name}"))[0][0] for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert path.stat().st_mode & 0o077 == 0


async def test_a_newer_schema_is_refused_and_left_alone(path: Path) -> None:
    await (await Ledger.open(path, migrations=[*MIGRATIONS, "create table later (x integer) strict;"])).close()
    before = path.read_bytes()
    with pytest.raises(StoreTooNew) as refused:
        await Ledger.open(path)
    assert refused.value.data == {"store": "ledger", "found": len(MIGRATIONS) + 1, "known": len(MIGRATIONS)}
    assert path.read_bytes() == before


async def test_a_migration_that_fails_half_way_leaves_the_old_schema(path: Path) -> None:
    await (await Ledger.open(path)).close()
    with pytest.raises(StoreError):
        await Ledger.open(path, migrations=[*MIGRATIONS, "create table half (x integer) strict; nonsense;"])
    again = await Ledger.open(path)
    assert await again._read("select name from sqlite_master where name = 'half'") == []
    assert await again._read("pragma user_version") == [(len(MIGRATIONS),)]
    await again.close()


def flipped(content: bytes) -> bytes:
    return content[:4096] + bytes(byte ^ 0xFF for byte in content[4096:12288]) + content[12288:]


@pytest.mark.parametrize(
    "damage",
    [flipped, lambda c: c[:5000], lambda c: bytes(len(c)), lambda c: b"not a database at all" * 99],
    ids=["flip", "truncate", "zero", "other"],
)
async def test_an_unreadable_ledger_is_moved_aside_and_told(path: Path, damage: object) -> None:
    first = await Ledger.open(path)
    for number in range(300):
        await first.set_watermark(f"name {number}", "x" * 50)
    await first.close()
    damaged = damage(path.read_bytes())  # type: ignore[operator]
    for _ in range(2):
        path.write_bytes(damaged)
        again = await Ledger.open(path, clock=lambda: NOON)
        assert again.moved_aside is not None
        assert again.moved_aside.read_bytes() == damaged
        assert await again.watermark("name 1") is None
        await again.close()
    assert len(list(path.parent.glob("ledger.sqlite.corrupt-*"))) == 2


KILLED = """
import asyncio, sys
from pathlib import Path
from librarian.ledger import Ledger
async def main():
    ledger = await Ledger.open(Path(sys.argv[1]))
    for number in range(100_000):
        await ledger.set_watermark("n", str(number))
        print(number, flush=True)
asyncio.run(main())
"""


async def test_nothing_acknowledged_is_lost_when_the_process_is_killed(path: Path) -> None:
    for count in (1, 7, 20):
        with subprocess.Popen([sys.executable, "-c", KILLED, path], stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            told = [int(next(child.stdout)) for _ in range(count)]
            child.kill()
            told += [int(line) for line in child.stdout if line.endswith("\n")]
        again = await Ledger.open(path)
        assert again.moved_aside is None
        assert int(await again.watermark("n") or -1) >= told[-1]
        await again.close()


async def test_a_backup_opens_as_a_ledger(ledger: Ledger, tmp_path: Path) -> None:
    target = tmp_path / "backup.sqlite"
    target.write_bytes(b"an older backup")
    await ledger.save_search("a", "x", "hybrid")
    await ledger.backup(target)
    copy = await Ledger.open(target)
    assert copy.moved_aside is None
    assert [saved.name for saved in await copy.saved_searches()] == ["a"]
    await copy.close()
    assert not list(tmp_path.glob("*.part"))
    with pytest.raises(StoreError):
        await ledger.backup(tmp_path / "no folder" / "x")


async def test_a_full_disk_is_told_and_what_was_taken_stays(tmp_path: Path) -> None:
    with disks.small(tmp_path / "disk", megabytes=1) as folder:
        ledger = await Ledger.open(folder / "ledger.sqlite")
        await ledger.set_watermark("first", "kept")
        with pytest.raises(StorageFull):
            for number in range(1000):
                await ledger.set_watermark(f"n{number}", "x" * 20_000)
        assert await ledger.watermark("first") == "kept"
        with pytest.raises(StorageFull):
            await ledger.backup(folder / "backup")
        await ledger.close()


@pytest.mark.elsewhere(os.name == "nt" or os.geteuid() == 0, reason="root writes where it may not")
async def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="cannot be opened"):
            await Ledger.open(tmp_path / "ledger.sqlite")
    finally:
        tmp_path.chmod(0o700)


def test_every_public_exception_of_sqlite_has_a_meaning() -> None:
    kinds = [kind for kind in vars(sqlite3).values() if isinstance(kind, type) and issubclass(kind, sqlite3.Error)]
    assert len(kinds) >= 9
    for kind in kinds:
        assert isinstance(module.translated(kind("reason"), Path("/data")), StoreError)


async def test_room_that_was_freed_is_given_back_to_the_disk(path: Path) -> None:
    ledger = await Ledger.open(path)
    megabytes = 40
    for number in range(megabytes):
        await ledger._write("insert into watermarks values (?, ?, '')", (str(number), "x" * (1 << 20)))
    await ledger._write("delete from watermarks", ())
    await ledger.shrink()
    await ledger.close()
    assert SPARE_BYTES // 2 < path.stat().st_size < SPARE_BYTES + (4 << 20)
    again = await Ledger.open(path)
    await again.set_watermark("a", "b")
    assert await again.watermark("a") == "b"
    await again.close()


async def test_the_log_is_cut_once_it_is_folded_in(path: Path) -> None:
    ledger = await Ledger.open(path)
    assert await ledger._read("pragma journal_size_limit") == [(LOG_BYTES,)]
    assert await ledger._read("pragma auto_vacuum") == [(2,)]
    await ledger.close()


async def test_an_older_ledger_learns_to_give_room_back_and_keeps_what_it_has(path: Path) -> None:
    old = sqlite3.connect(path)
    for step in MIGRATIONS[:2]:
        old.executescript(step)
    old.execute("insert into watermarks values ('a', 'b', '')")
    old.execute("pragma user_version = 2")
    old.commit()
    old.close()
    ledger = await Ledger.open(path)
    assert await ledger._read("pragma auto_vacuum") == [(2,)]
    assert await ledger.watermark("a") == "b"
    await ledger.close()
