"""A slow model in its worker, with a stand-in for the library: order, batches, prompts, cache, and what goes wrong."""

from __future__ import annotations

import asyncio
import math
import os
import sqlite3
import struct
import sys
from contextlib import closing
from pathlib import Path

import model_folders
import pytest
from pretend.sentence_transformers import vector

import librarian
from librarian.cache import Cache
from librarian.embedding import SlowEmbedder, open_embedder
from librarian.errors import ModelUnusable, WorkerDied

PRETEND = Path(__file__).parent / "pretend"


@pytest.fixture(autouse=True)
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the stand-in be found instead of sentence-transformers."""
    monkeypatch.syspath_prepend(str(PRETEND))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(PRETEND), str(Path(librarian.__file__).parents[1])]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return model_folders.transformer(tmp_path / "my-e5-model")


def opened(folder: Path, cache: Cache | None = None, threads: int = 3) -> SlowEmbedder:
    embedder = open_embedder(str(folder), folder.parent / "models", threads=threads, cache=cache)
    assert not embedder.is_instant
    return embedder  # type: ignore[return-value]  # what is not instant is slow


def half(text: str) -> bytes:
    return struct.pack("<8e", *vector(text))


def full(text: str) -> bytes:
    return struct.pack("<8f", *vector(text))


def log(folder: Path) -> list[str]:
    return (folder / "log.md").read_text().splitlines()


async def test_vectors_come_in_the_order_of_the_texts_though_like_lengths_are_read_together(folder: Path) -> None:
    texts = [("word " * (number * 37 % 100)) + str(number) for number in range(100)]
    told: list[tuple[int, int]] = []
    embedder = opened(folder)
    made = await embedder.embed(texts, lambda done, total: told.append((done, total)))
    assert made == b"".join(half("passage: " + text) for text in texts)
    assert told == [(32, 100), (64, 100), (96, 100), (100, 100)]
    assert log(folder)[1].startswith("32 texts of at most 256 tokens: passage: ")
    await embedder.close()
    assert "sentence_transformers" not in sys.modules


async def test_nothing_to_embed_starts_nothing(folder: Path) -> None:
    embedder = opened(folder)
    assert await embedder.embed([]) == b""
    assert not embedder.is_loaded
    await embedder.close()
    assert not (folder / "log.md").exists()


async def test_a_query_is_answered_between_two_batches(folder: Path) -> None:
    embedder = opened(folder)
    await embedder.load()
    assert embedder.is_loaded
    filling = asyncio.create_task(embedder.embed(["text"] * 1000))
    await asyncio.sleep(0)
    assert await embedder.query("dough") == full("query: dough")
    assert not filling.done()
    await filling
    asked = next(number for number, line in enumerate(log(folder)) if "query: dough" in line)
    assert asked < 6
    await embedder.close()


async def test_a_query_that_is_taken_back_does_not_cost_the_model_that_loads(folder: Path, tmp_path: Path) -> None:
    (folder / "seconds.md").write_text("0.5")
    cache = Cache(tmp_path / "cache")
    embedder = opened(folder, cache)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(embedder.query("dough"), 0.05)
    assert await embedder.query("dough") == full("query: dough")
    assert [line for line in log(folder) if line == "loaded"] == ["loaded"]
    assert len(log(folder)) == 2
    await embedder.close()
    await cache.close()


async def test_a_query_asked_again_needs_no_model(folder: Path, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    first = opened(folder, cache)
    answer = await first.query("dough")
    await first.close()
    again = opened(folder, cache)
    assert await again.query("dough") == answer
    assert not again.is_loaded
    model_folders.write(folder, "sentence_bert_config.json", {"max_seq_length": 128})
    other = opened(folder, cache)
    assert other.identity != again.identity
    assert await other.query("dough") == answer
    assert other.is_loaded
    for embedder in (again, other):
        await embedder.close()
    await cache.close()


async def test_what_a_cache_gives_back_is_taken_only_when_it_is_a_vector(folder: Path, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    embedder = opened(folder, cache)
    answer = await embedder.query("dough")
    for odd in (
        b"",
        answer[:-1],
        struct.pack("<8f", *[math.nan] * 8),
        bytes(len(answer)),
        struct.pack("<8f", *[9] * 8),
    ):
        with closing(sqlite3.connect(tmp_path / "cache" / "cache.db", isolation_level=None)) as database:
            assert database.execute("update Cache set value = ?", (odd,)).rowcount == 1
        assert await embedder.query("dough") == answer
    await embedder.close()
    await cache.close()


async def test_vectors_that_are_none_are_refused(folder: Path) -> None:
    embedder = opened(folder)
    for text in ("make nothing", "make much"):
        with pytest.raises(ModelUnusable):
            await embedder.query(text)
    with pytest.raises(ModelUnusable):
        await embedder.embed(["make much"])
    await embedder.close()


async def test_a_passage_that_nothing_can_be_made_of_means_nothing_and_others_keep_their_vectors(folder: Path) -> None:
    embedder = opened(folder)
    made = await embedder.embed(["make nothing", "a longer text that is read"])
    assert made == bytes(16) + half("passage: a longer text that is read")
    await embedder.close()


async def test_a_model_whose_process_dies_is_loaded_again(folder: Path) -> None:
    embedder = opened(folder)
    with pytest.raises(WorkerDied):
        await embedder.embed(["die"])
    assert not embedder.is_loaded
    assert await embedder.embed(["live"]) == half("passage: live")
    assert await embedder.query("lone \ud800 surrogate") == full("query: lone ? surrogate")
    await embedder.close()


async def test_a_model_of_other_dimensions_than_it_says_is_refused(tmp_path: Path) -> None:
    embedder = opened(model_folders.transformer(tmp_path / "model", dimensions=16))
    with pytest.raises(ModelUnusable, match="other vectors"):
        await embedder.load()
    await embedder.close()


async def test_english_models_trust_only_what_is_written_in_latin_letters(folder: Path, tmp_path: Path) -> None:
    multilingual = opened(folder)
    english = opened(model_folders.transformer(tmp_path / "english", vocab_size=30522))
    assert multilingual.trust("潮池") == 1.0
    assert english.trust("tide pools, 2024") == 1.0
    assert english.trust("潮池") == 0.0
    assert english.trust("ab潮池") == 0.5
    assert english.trust("") == 1.0


def test_without_the_library_it_is_told_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("librarian.embedding.transformer.LIBRARY", "no_such_library")
    with pytest.raises(ModelUnusable, match=r"uv tool install '\.\[transformers\]'"):
        opened(folder)
