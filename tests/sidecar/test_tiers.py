"""A slow model over a real vault: filled behind the instant one, taken over, kept true, recorded, given back."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import model_folders
import pytest

import librarian
from librarian.library import open_library
from librarian.open_vault import OpenVault
from librarian.places import Places
from librarian.settings import Loaded, Settings
from librarian.status import Change, Part
from librarian.tiers import interleaved

PRETEND = Path(__file__).parent / "pretend"
PATIENCE_S = 60.0


@pytest.fixture(autouse=True)
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the stand-in be found instead of sentence-transformers."""
    monkeypatch.syspath_prepend(str(PRETEND))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(PRETEND), str(Path(librarian.__file__).parents[1])]))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return model_folders.transformer(tmp_path / "slow")


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    for number in range(100):
        write(
            folder,
            f"{number % 7}/Note {number}.md",
            f"The first thing about {number}.\n\n## More\n\nAnd {number} again.",
        )
    return folder


def write(vault: Path, path: str, text: str) -> None:
    (vault / path).parent.mkdir(parents=True, exist_ok=True)
    (vault / path).write_text(text, "utf-8")


@asynccontextmanager
async def opened(vault: Path, model: Path | str, **settings: Any) -> AsyncIterator[OpenVault]:
    data = vault.parent / "data"
    loaded = Loaded(Settings(watch=False, model=str(model), **settings), {}, ())
    async with open_library(Places(data, data), loaded) as library:
        yield await library.open_vault(str(vault))


def tiers(vault: Path) -> list[Path]:
    """The folders of all models' vectors."""
    return sorted((vault.parent / "data").glob("vaults/*/vectors/*"))


def embedded(model: Path) -> int:
    """Texts that the slow model has read."""
    lines = (model / "log.md").read_text().splitlines() if (model / "log.md").exists() else []
    return sum(int(line.split()[0]) for line in lines if line.split()[1:2] == ["texts"])


async def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        await asyncio.sleep(0.02)


async def part(vault: OpenVault) -> Part:
    return next(part for part in (await vault.status()).parts if part.name == "semantic")


async def change(vault: OpenVault, *paths: str) -> None:
    await vault.changed([Change(kind="modified", path=path) for path in paths])
    await vault.semantics.whole()


async def test_the_instant_model_answers_until_the_slow_one_is_whole(vault: Path, model: Path) -> None:
    async with opened(vault, model) as found:
        await found.complete()
        answers_first = found.semantics.model
        assert answers_first is not None
        assert answers_first.startswith("wordllama")
        assert found.opened().ready.semantic
        await found.settled()
        assert found.semantics.model == "slow"
        assert (await part(found)).state == "ready"
        [folder] = tiers(vault)
        assert (folder / "record").is_dir()
    async with opened(vault, model) as again:
        await again.complete()
        assert again.semantics.model == "slow"


async def test_only_what_changed_is_read_by_a_slow_model(vault: Path, model: Path) -> None:
    async with opened(vault, model) as found:
        await found.settled()
        before = embedded(model)
        write(vault, "0/Note 0.md", "The first thing about 0.\n\n## More\n\nAnd something else altogether.")
        await change(found, "0/Note 0.md")
        assert embedded(model) == before + 1
        (vault / "1/Note 1.md").rename(vault / "Moved.md")
        await change(found, "1/Note 1.md", "Moved.md")
        # Its name is what a renamed note says anew.
        assert embedded(model) == before + 2
        (vault / "2/Note 2.md").rename(vault / "6/Note 2.md")
        await change(found, "2/Note 2.md", "6/Note 2.md")
        assert embedded(model) == before + 2


async def test_an_interrupted_filling_goes_on_where_it_was(vault: Path, model: Path) -> None:
    passages = 0
    for _ in range(20):
        async with opened(vault, model) as found:
            await found.complete()
            done = found.semantics.filled
            await until(lambda found=found, done=done: found.semantics.filled != done)  # type: ignore[misc]
            if found.semantics.model == "slow" and found.semantics.serving is not None:
                passages = found.semantics.serving.copy.passages
                break
    assert passages
    # What a slice had begun when it was ended is read again, no more than that.
    assert passages <= embedded(model) <= passages * 2


async def test_a_paused_model_reads_nothing_until_it_is_told(vault: Path, model: Path) -> None:
    async with opened(vault, model, embedding_paused=True) as found:
        await found.settled()
        told = await part(found)
        assert (told.state, embedded(model)) == ("paused", 0)
        assert (await found.search.query("the first thing", mode="semantic")).hits
        found.semantics.resume()
        await until(lambda: found.semantics.model == "slow")
        assert (await part(found)).state == "ready"


async def test_a_model_that_cannot_be_used_is_told_and_the_instant_one_answers(vault: Path) -> None:
    async with opened(vault, vault.parent / "nowhere") as found:
        await found.complete()
        told = await part(found)
        assert told.state == "ready"
        assert told.detail
        assert "nowhere" in told.detail
        assert (await found.search.query("the first thing", mode="semantic")).hits


async def test_a_lost_copy_is_given_back_by_the_record(vault: Path, model: Path) -> None:
    async with opened(vault, model) as found:
        await found.settled()
        before = await answers(found)
    read = embedded(model)
    [folder] = tiers(vault)
    (folder / "passages.vectors").unlink()
    async with opened(vault, model) as again:
        await again.complete()
        assert again.semantics.model == "slow"
        assert await answers(again) == before
    # A query is read again, passages are not.
    assert embedded(model) <= read + 1


async def test_a_lost_record_is_made_again_from_the_copy(vault: Path, model: Path) -> None:
    async with opened(vault, model) as found:
        await found.settled()
        before = await answers(found)
    read = embedded(model)
    [folder] = tiers(vault)
    shutil.rmtree(folder / "record")
    async with opened(vault, model) as again:
        await again.settled()
        assert await answers(again) == before
    (folder / "passages.vectors").unlink()
    async with opened(vault, model) as third:
        await third.complete()
        # Bytes, and not the numbers they were made of, came back.
        given = dict(await answers(third))
        assert given == pytest.approx(dict(before), abs=0.01)
    assert embedded(model) <= read + 2


async def test_lost_altogether_all_is_read_again(vault: Path, model: Path) -> None:
    async with opened(vault, model) as found:
        await found.settled()
        before = await answers(found)
    shutil.rmtree(tiers(vault)[0])
    async with opened(vault, model) as again:
        await again.settled()
        assert again.semantics.model == "slow"
        assert await answers(again) == before


async def test_words_answer_while_a_slow_model_loads(vault: Path, model: Path) -> None:
    async with opened(vault, model) as found:
        await found.settled()
    (model / "seconds.md").write_text("1")
    async with opened(vault, model) as again:
        await again.complete()
        answer = await again.search.query("the first thing")
        assert answer.mode == "keyword"
        assert answer.hits
        await until(lambda: again.semantics.near.is_loaded)
        assert (await again.search.query("the first thing")).mode == "hybrid"


async def test_a_text_that_a_model_makes_nothing_of_keeps_no_other_from_being_read(vault: Path, model: Path) -> None:
    write(vault, "Odd.md", "Please make nothing of this.")
    async with opened(vault, model) as found:
        await found.settled()
        assert found.semantics.model == "slow"
        assert found.semantics.embedded == 101
        assert [hit.path for hit in (await found.search.query('"make nothing"', mode="keyword")).hits] == ["Odd.md"]


async def test_another_slow_model_waits_behind_the_one_before(vault: Path, model: Path, tmp_path: Path) -> None:
    async with opened(vault, model) as found:
        await found.settled()
    other = model_folders.transformer(tmp_path / "other")
    async with opened(vault, other, embedding_paused=True) as found:
        await found.complete()
        assert found.semantics.model == "slow"
        found.semantics.resume()
        await until(lambda: found.semantics.model == "other")
        await until(lambda: len(tiers(vault)) == 1)


async def answers(vault: OpenVault) -> list[tuple[str, float]]:
    await until_loaded(vault)
    hits = (await vault.search.query("the first thing", mode="semantic", limit=30)).hits
    return [(hit.path, round(hit.score, 3)) for hit in hits]


async def until_loaded(vault: OpenVault) -> None:
    await vault.search.query("load the model", mode="semantic")
    await until(lambda: vault.semantics.near.is_loaded)


def test_new_notes_and_linked_ones_come_in_turn() -> None:
    assert interleaved(["new", "b", "c", "much linked"], {"much linked": 9, "c": 1}) == ["new", "much linked", "b", "c"]
    assert interleaved([], {"a": 1}) == []
