"""Stores of meaning deleted, cut, flipped or zeroed: the same answers afterwards, and no note is read again in vain."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests.sidecar import model_folders

from librarian.errors import LibrarianError

from . import meaning, vaults
from .product import Sidecar, places, until
from .test_damaged import DAMAGE, answers

NOTES = 150
STORES = ("copy", "record", "cache", "lexical", "catalog")


class Case:
    """A vault that a slow model has read, with stores of its own, and what it answers."""

    def __init__(self, vault: Path, data: Path, model: Path, wanted: dict[str, Any]) -> None:
        self.vault = vault
        self.data = data
        self.model = model
        self.wanted = wanted

    def files(self, store: str) -> Iterator[Path]:
        place = places(self.data, self.vault)
        [tier] = meaning.tiers(self.data, self.vault)
        patterns = {
            "copy": (tier, "passages.*"),
            "record": (tier / "record", "**/*"),
            "cache": (place.cache, "**/*"),
            "lexical": (place.lexical, "**/*"),
            "catalog": (place.catalog.parent, "catalog.duckdb*"),
        }
        folder, pattern = patterns[store]
        yield from (path for path in folder.glob(pattern) if path.is_file() and path.stat().st_size)

    def spoil(self, store: str, kind: str) -> None:
        spoiled = list(self.files(store))
        assert spoiled, f"there is no {store} to be {kind}"
        for path in spoiled:
            change = DAMAGE[kind]
            if change is None:
                path.unlink()
                continue
            # In place: whoever has the file open, or mapped, sees it.
            content = change(path.read_bytes())
            with path.open("rb+") as file:
                file.write(content)
                file.truncate()


async def all_answers(running: Sidecar) -> dict[str, Any]:
    await meaning.answering_by_meaning(running)
    return await answers(running) | {"meaning": await meaning.answers(running)}


async def right_again(running: Sidecar, wanted: dict[str, Any]) -> None:
    """Wait until all that is answered is as it was."""
    last: list[Any] = []

    async def is_right() -> bool:
        """the answers are as before"""
        try:
            last[:] = [await all_answers(running)]
        except LibrarianError as error:
            # Told, while it heals.
            last[:] = [error.message]
        return bool(last[0] == wanted)

    try:
        await until(is_right, seconds=25)
    except AssertionError:
        assert last[0] == wanted
        raise


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def original(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("meaning")
    vault, data = vaults.make(folder / "vault", NOTES), folder / "data"
    model = model_folders.transformer(folder / "slow-model")
    meaning.choose(data, model=str(model))
    async with meaning.running(data, vault) as running:
        await meaning.complete(running)
        await running.call("search.save", name="kept", text="marsh tide")
        await right_again(running, wanted := await all_answers(running))
    [tier] = meaning.tiers(data, vault)
    fingerprint = meaning.opened(tier).fingerprint
    # It is recorded at once by a process that has nothing else to do.
    async with meaning.running(data, vault):
        await meaning.recorded(data, vault, tier, fingerprint)
    return Case(vault, data, model, wanted)


@pytest.fixture
def case(original: Case, tmp_path: Path) -> Case:
    data = tmp_path / "data"
    shutil.copytree(original.data, data, ignore=shutil.ignore_patterns("doors"))
    meaning.choose(data, model=str(original.model))
    return Case(original.vault, data, original.model, original.wanted)


@pytest.mark.parametrize("kind", DAMAGE)
async def test_what_the_copy_lost_comes_back_from_the_record_and_no_note_is_read_again(case: Case, kind: str) -> None:
    read = meaning.texts_read(case.model)
    case.spoil("copy", kind)
    async with meaning.running(case.data, case.vault) as running:
        await right_again(running, case.wanted)
    # Queries are in the cache; loading the model is a text.
    assert meaning.texts_read(case.model) == read + 1


@pytest.mark.parametrize("kind", DAMAGE)
async def test_all_stores_damaged_while_closed_are_healed_at_the_next_start(case: Case, kind: str) -> None:
    for store in STORES:
        case.spoil(store, kind)
    async with meaning.running(case.data, case.vault) as running:
        await right_again(running, case.wanted)


async def test_a_damaged_record_is_made_anew_and_serves_again(case: Case) -> None:
    [tier] = meaning.tiers(case.data, case.vault)
    fingerprint = meaning.opened(tier).fingerprint
    for store in ("copy", "record"):
        case.spoil(store, "flipped")
    async with meaning.running(case.data, case.vault) as running:
        await right_again(running, case.wanted)
    async with meaning.running(case.data, case.vault):
        await meaning.recorded(case.data, case.vault, tier, fingerprint)
    read = meaning.texts_read(case.model)
    case.spoil("copy", "deleted")
    async with meaning.running(case.data, case.vault) as running:
        await right_again(running, case.wanted)
    assert meaning.texts_read(case.model) == read + 1


@pytest.mark.parametrize("kind", [kind for kind in DAMAGE if kind != "truncated"])
@pytest.mark.parametrize("stores", [("copy", "record", "cache"), STORES], ids=["meaning", "all"])
async def test_damage_mid_use_leaves_search_by_words_and_is_healed(
    case: Case, kind: str, stores: tuple[str, ...]
) -> None:
    async with meaning.running(case.data, case.vault) as running:
        await right_again(running, case.wanted)
        for store in stores:
            case.spoil(store, kind)
        for text in meaning.TEXTS:
            for mode in ("semantic", "hybrid"):
                try:
                    await running.call("search.query", text=text, limit=5, mode=mode)
                except LibrarianError as error:
                    assert "incident" not in error.message, error.message
        note = case.vault / vaults.place(5)
        before = note.stat()
        vaults.write(case.vault, 5, notes=NOTES, seed=1)
        await running.changed(vaults.place(5))
        assert vaults.place(5) in await running.found('"unique5x1"')
        vaults.write(case.vault, 5, notes=NOTES)
        # Filters list the newest first.
        os.utime(note, ns=(before.st_atime_ns, before.st_mtime_ns))
        await running.changed(vaults.place(5))
        assert running.process.returncode is None
    async with meaning.running(case.data, case.vault) as running:
        await right_again(running, case.wanted)


async def test_a_copy_that_is_cut_mid_use_is_healed_at_the_latest_by_a_new_start(case: Case) -> None:
    """A mapped file that is cut ends a process that reads on (SIGBUS); whoever supervises it starts it again."""
    try:
        async with meaning.running(case.data, case.vault) as running:
            await right_again(running, case.wanted)
            case.spoil("copy", "truncated")
            for text in meaning.TEXTS:
                await running.call("search.query", text=text, limit=5, mode="semantic")
    except LibrarianError as error:
        assert "gone away" in error.message, error.message
    async with meaning.running(case.data, case.vault) as running:
        await right_again(running, case.wanted)
