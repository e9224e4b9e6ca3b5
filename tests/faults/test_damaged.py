"""Derived stores deleted, cut, flipped or zeroed: made again, told, and the same answers afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from librarian.errors import LibrarianError

from . import vaults
from .product import Sidecar, places, sidecar, until

NOTES = 120


def flip(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes(byte ^ 0x5A for byte in content[middle : middle + 64]) + content[middle + 64 :]


DAMAGE: dict[str, Callable[[bytes], bytes] | None] = {
    "deleted": None,
    "truncated": lambda content: content[: len(content) // 2],
    "flipped": flip,
    "zeroed": lambda content: bytes(len(content)),
}
STORES = {"lexical": ["lexical"], "catalog": ["catalog"], "both": ["lexical", "catalog"]}


def files(data: Path, vault: Path, store: str) -> Iterator[Path]:
    place = places(data, vault)
    if store == "catalog":
        yield from (
            path for path in (place.catalog, place.catalog.with_name(place.catalog.name + ".wal")) if path.exists()
        )
    else:
        yield from (path for path in place.lexical.rglob("*") if path.is_file() and path.stat().st_size)


def damage(data: Path, vault: Path, stores: list[str], kind: str) -> None:
    spoil = DAMAGE[kind]
    for store in stores:
        if spoil is None and store == "lexical":
            shutil.rmtree(places(data, vault).lexical)
            continue
        for path in files(data, vault, store):
            if spoil is None:
                path.unlink()
            else:
                # In place: whoever has the file open, or mapped, sees it.
                content = spoil(path.read_bytes())
                with path.open("rb+") as file:
                    file.write(content)
                    file.truncate()


async def answers(running: Sidecar) -> dict[str, Any]:
    found = {query: await running.found(query) for query in vaults.QUERIES}
    links = await running.call("notes.links", path=vaults.place(7))
    overview = await running.call("statistics.overview")
    for changing in ("tookMs", "history"):
        overview.pop(changing)
    status = await running.status()
    return {
        "found": found,
        "links": links,
        "overview": overview,
        "counts": status["counts"],
        "saved": await running.call("search.saved"),
    }


async def right_again(running: Sidecar, wanted: dict[str, Any]) -> None:
    last: list[Any] = []

    async def is_right() -> bool:
        """the answers are as before"""
        try:
            last[:] = [await answers(running)]
        except LibrarianError as error:
            # Told, while it heals.
            last[:] = [error.message]
        return last[0] == wanted

    try:
        await until(is_right, seconds=30)
    except AssertionError:
        assert last[0] == wanted
        raise


class Case:
    """A vault with stores of its own, and what it answers."""

    def __init__(self, vault: Path, data: Path, wanted: dict[str, Any]) -> None:
        self.vault = vault
        self.data = data
        self.wanted = wanted

    def spoil(self, stores: list[str], kind: str) -> None:
        damage(self.data, self.vault, stores, kind)

    def start(self) -> AbstractAsyncContextManager[Sidecar]:
        return sidecar(self.data, self.vault)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def original(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("damage")
    vault, data = vaults.make(folder / "vault", NOTES), folder / "data"
    async with sidecar(data, vault) as running:
        await running.settled()
        await running.call("search.save", name="kept", text="marsh tide")
        return Case(vault, data, await answers(running))


@pytest.fixture
def case(original: Case, tmp_path: Path) -> Case:
    shutil.copytree(original.data, tmp_path / "data", ignore=shutil.ignore_patterns("doors"))
    return Case(original.vault, tmp_path / "data", original.wanted)


@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize("which", STORES)
async def test_damage_while_closed_is_healed_at_the_next_start(case: Case, which: str, kind: str) -> None:
    case.spoil(STORES[which], kind)
    async with case.start() as running:
        await right_again(running, case.wanted)
        if kind != "deleted" and (which, kind) != ("catalog", "flipped"):
            # The bytes that were flipped may be some that the catalog does not use.
            assert "made again" in running.log or "built again" in running.log
    async with case.start() as running:
        # The first answers of a process may come before its vectors are there, by words alone.
        await right_again(running, case.wanted)


@pytest.mark.parametrize("kind", [kind for kind in DAMAGE if kind != "truncated"])
@pytest.mark.parametrize("which", ["lexical", "catalog"])
async def test_damage_mid_use_is_healed(case: Case, which: str, kind: str) -> None:
    async with case.start() as running:
        await running.settled()
        assert await answers(running) == case.wanted
        case.spoil(STORES[which], kind)
        for query in vaults.QUERIES:
            await running.search(query)
        vaults.write(case.vault, 5, notes=NOTES, seed=1)
        await running.changed(vaults.place(5))
        assert vaults.place(5) in await running.found('"unique5x1"')
        vaults.write(case.vault, 5, notes=NOTES)
        await running.changed(vaults.place(5))
        if which == "catalog" or kind == "deleted":
            await right_again(running, case.wanted)
        assert running.process.returncode is None
    async with case.start() as running:
        await right_again(running, case.wanted)


@pytest.mark.parametrize("which", ["both"])
async def test_a_cut_mid_use_is_healed_at_the_latest_by_a_new_start(case: Case, which: str) -> None:
    """A mapped file that is cut ends a process that reads on (SIGBUS); whoever supervises it starts it again."""
    try:
        async with case.start() as running:
            await running.settled()
            case.spoil(STORES[which], "truncated")
            for query in vaults.QUERIES:
                await running.search(query)
    except LibrarianError as error:
        assert "gone away" in error.message, error.message
    async with case.start() as running:
        await right_again(running, case.wanted)


async def test_everything_of_ours_deleted_but_the_ledger(case: Case) -> None:
    ledger = places(case.data, case.vault).ledger.name
    for path in places(case.data, case.vault).folder.iterdir():
        if not path.name.startswith(ledger):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    async with case.start() as running:
        await right_again(running, case.wanted)


async def test_a_corrupt_ledger_is_moved_aside_and_told(case: Case) -> None:
    ledger = places(case.data, case.vault).ledger
    ledger.write_bytes(b"no database" * 1000)
    async with case.start() as running:
        assert await running.call("search.saved") == {"searches": []}
        assert "was moved to" in running.log
        assert list(ledger.parent.glob(ledger.name + ".corrupt-*"))
        await running.settled()
        given = await answers(running)
        assert given["found"] == case.wanted["found"]
