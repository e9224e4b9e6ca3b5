"""A catalog that was killed, damaged or starved comes back whole or comes back empty, and says which."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import disks
import pytest
import shelf

from librarian.catalog import Catalog, probe
from librarian.errors import StorageFull, StoreError

WRITER = """
import asyncio, sys
from pathlib import Path
import shelf
from librarian.catalog import Catalog
async def main():
    catalog = await Catalog.open(Path(sys.argv[1]), sys.argv[2] or None)
    print(f"fresh {catalog.fresh}", flush=True)
    for number in range(int(sys.argv[3]), 100_000):
        rows = [shelf.note(f"{number} {part}.md", "x" * 500) for part in range(50)]
        links = [shelf.link(row["path"], n, "A", None) for row in rows for n in range(20)]
        print(f"start {number}", flush=True)
        await catalog.apply(shelf.batches(notes=rows, links=links), [], [], str(number))
        print(f"done {number}", flush=True)
asyncio.run(main())
"""


async def filled(path: Path, *, notes: int = 300) -> Catalog:
    catalog = await Catalog.open(path, None)
    await catalog.apply(shelf.many(notes), [], [], "w1")
    return catalog


async def test_a_change_is_whole_or_absent_when_the_process_is_killed(tmp_path: Path) -> None:
    path, rounds, recorded, number = tmp_path / "c", 5, "", 0
    for round_number in range(rounds):
        command = [sys.executable, "-c", WRITER, path, recorded, str(number)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent) as child:
            assert child.stdout is not None
            assert next(child.stdout) == ("fresh True\n" if round_number == 0 else "fresh False\n")
            told = [next(child.stdout) for _ in range(random.Random(round_number).randrange(3, 12))]
            child.kill()
            told += [line for line in child.stdout if line.endswith("\n")]
        done = [int(line.split()[1]) for line in told if line.startswith("done")]
        recorded = str(done[-1])
        again = await Catalog.open(path, recorded)
        assert again.moved_aside is None
        assert not again.fresh
        counts = dict(
            await again.rows("select regexp_extract(path, '^[0-9]+')::int, count(path) from notes group by 1")
        )
        assert set(counts.values()) == {50}
        assert set(range(done[-1] + 1)) <= set(counts) <= set(range(done[-1] + 2))
        assert await again.rows("select count(path) from links") == [(len(counts) * 50 * 20,)]
        recorded, number = str(max(counts)), max(counts) + 1
        await again.close()


def flip(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:64] + bytes(byte ^ 0x5A for byte in content[64:middle]) + content[middle:]


DAMAGE = {
    "flip": flip,
    "truncate": lambda content: content[: len(content) // 3],
    "zero": lambda content: bytes(len(content)),
    "other": lambda content: b"this is a text file\n" * 500,
    "empty": lambda content: b"",
}


@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize("unclean", [False, True], ids=["clean", "unclean"])
async def test_a_damaged_file_is_replaced_by_a_fresh_one(tmp_path: Path, kind: str, unclean: bool) -> None:
    path = tmp_path / "c"
    await (await filled(path)).close()
    damaged = DAMAGE[kind](path.read_bytes())
    for _ in range(2):
        path.write_bytes(damaged)
        if unclean:
            (tmp_path / "c.dirty").touch()
        again = await Catalog.open(path, "w1")
        assert again.fresh
        assert await again.known() == {}
        assert again.moved_aside is not None
        assert again.moved_aside.read_bytes() == damaged
        await again.apply(shelf.many(10), [], [], "w2")
        await again.close()
    assert len(list(tmp_path.glob("c.corrupt-*"))) == 1


@pytest.mark.parametrize("seed", range(6))
async def test_a_damaged_log_never_passes_for_a_whole_one(tmp_path: Path, seed: int) -> None:
    """Bytes of the write-ahead log flipped or cut: either every row is there, or the catalog says that it is fresh."""
    path, random_source = tmp_path / "c", random.Random(seed)
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, path, "", "0"], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent
    ) as child:
        assert child.stdout is not None
        told = [next(child.stdout) for _ in range(9)]
        child.kill()
        told += [line for line in child.stdout if line.endswith("\n")]
    last = max(int(line.split()[1]) for line in told if line.startswith("done"))
    log = path.with_name("c.wal")
    content = bytearray(log.read_bytes())
    assert content
    if seed % 2:
        del content[random_source.randrange(len(content)) :]
    else:
        content[random_source.randrange(len(content))] ^= 1 << random_source.randrange(8)
    log.write_bytes(content)
    again = await Catalog.open(path, str(last))
    notes = len(await again.known())
    assert notes == 0 if again.fresh else notes >= (last + 1) * 50
    await again.close()


def test_the_probe_fails_for_what_cannot_be_opened(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"nothing of the kind" * 1000)
    assert not probe.opens(broken)
    assert not probe.opens(tmp_path / "no folder" / "c")


async def test_a_catalog_that_another_program_has_open_is_not_thrown_away(tmp_path: Path) -> None:
    path = tmp_path / "c"
    await (await filled(path)).close()
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert next(child.stdout) == "open\n"
        for unclean in (False, True):
            if unclean:
                (tmp_path / "c.dirty").touch()
            with pytest.raises(StoreError, match="Another program"):
                await Catalog.open(path, "w1")
        child.kill()
    again = await Catalog.open(path, "w1")
    assert not again.fresh
    await again.close()


async def test_a_full_disk_is_told_and_what_was_taken_stays(tmp_path: Path) -> None:
    with disks.small(tmp_path / "disk", megabytes=12) as folder:
        catalog = await Catalog.open(folder / "c", None)
        await catalog.apply(shelf.batches(notes=[shelf.note("A.md", "kept")]), [], [], "w1")
        last = "w1"
        with pytest.raises(StorageFull):
            for number in range(20):
                await catalog.apply(shelf.many(20_000, links_each=30), [], [], f"big {number}")
                last = f"big {number}"
        assert await catalog.rows("select title from notes where path = 'A.md'") == [("A",)]
        await catalog.close()
        again = await Catalog.open(folder / "c", last)
        assert not again.fresh
        assert "A.md" in await again.known()
        await again.close()


async def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        await Catalog.open(tmp_path / "no folder" / "c", None)
