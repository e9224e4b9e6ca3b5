"""The cache: keeps bytes, forgets the oldest, and cannot be made to run code, leave its folder, or fail a search."""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import disks
import pytest

from librarian.cache import MAX_VALUE_BYTES, Cache


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@asynccontextmanager
async def opened(folder: Path, megabytes: int = 64) -> AsyncIterator[Cache]:
    cache = Cache(folder, megabytes=megabytes)
    try:
        yield cache
    finally:
        await cache.close()


async def filled(folder: Path) -> None:
    async with opened(folder) as cache:
        await cache.put("key", b"value")
        await cache.put("other", b"other value")


async def test_what_was_kept_is_there_in_the_next_process(folder: Path) -> None:
    values = {"a": b"", "b": b"\0\xff" * 1000, "c": os.urandom(300_000), "ключ": b"utf-8"}
    async with opened(folder) as cache:
        for key, value in values.items():
            await cache.put(key, value)
    async with opened(folder) as cache:
        assert {key: await cache.get(key) for key in values} == values
        assert await cache.get("absent") is None
    assert [path.name for path in folder.rglob("*.val")] == []
    assert folder.stat().st_mode & 0o077 == 0


async def test_the_oldest_are_thrown_away_when_there_are_too_many(folder: Path) -> None:
    async with opened(folder, megabytes=2) as cache:
        for number in range(60):
            await cache.put(str(number), os.urandom(100_000))
        assert await cache.get("0") is None
        assert await cache.get("59") is not None
    assert sum(file.stat().st_size for file in folder.iterdir()) < 8_000_000


async def test_a_value_that_is_too_large_is_not_kept(folder: Path) -> None:
    async with opened(folder) as cache:
        await cache.put("large", bytes(MAX_VALUE_BYTES + 1))
        assert await cache.get("large") is None


class Evil:
    """Runs a command when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, (f"touch '{self.file}'",)


def poison(folder: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as database:
        database.execute(sql, values)


async def test_a_pickle_in_a_row_is_never_loaded(folder: Path, tmp_path: Path) -> None:
    planted = tmp_path / "planted"
    evil = pickle.dumps(Evil(planted))
    for mode, row in ((4, evil), (1, evil), (4, None)):
        await filled(folder)
        poison(folder, "update Cache set mode = ?, value = ?, filename = 'e.val'", mode, row)
        (folder / "e.val").write_bytes(evil)
        async with opened(folder) as cache:
            assert await cache.get("key") is None
    await filled(folder)
    poison(folder, "update Cache set raw = 0, key = ? where key = 'key'", evil)
    async with opened(folder) as cache:
        assert await cache.get("key") is None
    assert not planted.exists()


@pytest.mark.parametrize("mode", [2, 3])
@pytest.mark.parametrize("name", ["../secret", "absolute", "..\\secret", "ab/../../secret", "link.val"])
async def test_a_file_that_a_row_names_is_neither_read_nor_removed(
    folder: Path, tmp_path: Path, name: str, mode: int
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("canary")
    await filled(folder)
    (folder / "link.val").symlink_to(secret)
    poison(
        folder,
        "update Cache set mode = ?, value = null, filename = ?",
        mode,
        str(secret) if name == "absolute" else name,
    )
    async with opened(folder) as cache:
        assert await cache.get("key") is None
    await filled(folder)
    poison(folder, "update Cache set filename = ?, expire_time = 1", str(secret) if name == "absolute" else name)
    async with opened(folder, megabytes=1) as cache:
        for number in range(30):
            await cache.put(str(number), os.urandom(100_000))
    assert secret.read_text() == "canary"


@pytest.mark.parametrize(
    ("sql", "values"),
    [
        ("update Cache set value = 'text'", ()),
        ("update Cache set value = 7", ()),
        ("insert into Settings values ('disk_directory', '/')", ()),
        ("insert into Settings values ('get', 'not callable')", ()),
        ("insert or replace into Settings values ('eviction_policy', 'none such')", ()),
        ("insert or replace into Settings values ('sqlite_mmap_size', 'x; drop table Cache')", ()),
        ("drop table Cache", ()),
        ("drop table Settings", ()),
    ],
)
async def test_a_database_that_says_strange_things_is_replaced(
    folder: Path, sql: str, values: tuple[object, ...]
) -> None:
    await filled(folder)
    poison(folder, sql, *values)
    async with opened(folder) as cache:
        assert await cache.get("key") in (None, b"value")
        await cache.put("new", b"value")
        assert await cache.get("new") == b"value"


def truncated(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def zeroed(file: Path) -> None:
    file.write_bytes(bytes(file.stat().st_size))


def randomised(file: Path) -> None:
    file.write_bytes(b"SQLite format 3\0" + os.urandom(file.stat().st_size))


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def turned_into_a_folder(file: Path) -> None:
    file.unlink()
    (file / "x").mkdir(parents=True)


@pytest.mark.parametrize("damage", [truncated, zeroed, randomised, emptied])
async def test_a_damaged_database_is_replaced_by_an_empty_one(folder: Path, damage: Callable[[Path], None]) -> None:
    await filled(folder)
    damage(folder / "cache.db")
    async with opened(folder) as cache:
        await cache.get("key")
        await cache.put("new", b"value")
        assert await cache.get("new") == b"value"


async def test_a_database_that_is_damaged_or_removed_while_it_is_open_costs_no_answer(folder: Path) -> None:
    async with opened(folder) as cache:
        for damage in (randomised, truncated, zeroed):
            await cache.put("key", b"value")
            damage(folder / "cache.db")
            await cache.get("key")
            await cache.put("new", b"value")
        shutil.rmtree(folder)
        await cache.get("key")
        await cache.put("key", b"value")


async def test_without_a_place_everything_goes_on_and_it_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    turned_into_a_folder_at = tmp_path / "folder" / "cache.db"
    (turned_into_a_folder_at / "x").mkdir(parents=True)
    for place in (tmp_path / "file", turned_into_a_folder_at.parent):
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            async with opened(place) as cache:
                for _ in range(3):
                    await cache.put("key", b"value")
                    assert await cache.get("key") in (None, b"value")
        assert len([record for record in caplog.records if "cannot be used" in record.message]) <= 1


async def test_a_full_disk_is_told_once_and_room_that_is_made_is_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with disks.small(tmp_path / "disk", megabytes=2) as disk:
        async with opened(disk / "cache") as cache:
            await cache.put("key", b"value")
            ballast = disk / "ballast"
            with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="space"):
                while True:
                    file.write(bytes(4096))
            with caplog.at_level(logging.WARNING):
                for number in range(20):
                    await cache.put(f"large {number}", os.urandom(200_000))
                assert await cache.get("key") in (None, b"value")
            assert len(caplog.records) == 1
            ballast.unlink()
            await cache.put("small", b"value")
            assert await cache.get("small") == b"value"


async def test_two_at_once_on_one_folder_agree(folder: Path) -> None:
    async with opened(folder) as one, opened(folder) as other:
        await asyncio.gather(
            *(
                cache.put(f"{name} {number}", name.encode())
                for number in range(100)
                for name, cache in (("one", one), ("other", other))
            )
        )
        assert await asyncio.gather(*(other.get(f"one {number}") for number in range(100))) == [b"one"] * 100
        assert await asyncio.gather(*(one.get(f"other {number}") for number in range(100))) == [b"other"] * 100


def test_diskcache_is_loaded_only_when_it_is_asked() -> None:
    code = "import librarian.cache, pathlib, sys; librarian.cache.Cache(pathlib.Path('x')); print({'diskcache', 'sqlite3'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
