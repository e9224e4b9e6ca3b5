"""Recall against an exact search: what counts as found, and that the exact search is one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from librarian.library import open_library
from librarian.places import Places
from librarian.settings import Loaded, Settings

from .corpus import vault_at
from .exact import DEPTH, exact, recall, recall_against

PATHS = ["a.md", "b.md", "c.md", "d.md"]


def of(found: list[list[str]], scores: list[list[float]], depth: int = 2) -> float:
    return recall_against(found, PATHS, np.array(scores, np.float32), depth)


def test_recall_is_the_share_of_the_nearest_notes_that_were_found():
    assert of([["a.md", "b.md"]], [[0.9, 0.8, 0.1, 0.0]]) == 1.0
    assert of([["a.md", "c.md"]], [[0.9, 0.8, 0.1, 0.0]]) == 0.5
    assert of([["a.md", "b.md"], ["c.md"]], [[0.9, 0.8, 0.1, 0.0], [0.9, 0.8, 0.1, 0.0]]) == 0.5


def test_either_of_two_equals_is_as_good():
    assert of([["a.md", "c.md"]], [[0.9, 0.5, 0.5, 0.0]]) == 1.0


def test_notes_behind_the_depth_and_notes_that_nobody_knows_count_nothing():
    assert of([["d.md", "a.md", "b.md"]], [[0.9, 0.8, 0.1, 0.0]]) == 0.5
    assert of([["gone.md", "a.md"]], [[0.9, 0.8, 0.1, 0.0]]) == 0.5


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    folder.mkdir()
    for number, topic in enumerate(("tides and limpets", "bread and ovens", "rent and savings", "cellos and violins")):
        for copy in range(8):
            sections = "\n\n".join(f"# Part {part}\n\nOf {topic}, {part * copy} times." for part in range(3))
            (folder / f"{number} {copy}.md").write_text(sections, "utf-8")
    return folder


def test_a_note_scores_as_its_nearest_passage(root: Path):
    paths, (scores,) = exact(vault_at(root), ["bread and ovens"])
    assert paths == sorted(path.name for path in root.iterdir())
    assert paths[scores.argmax()].startswith("1 ")
    assert scores.max() <= 1 + 1e-6


def test_the_product_finds_what_exact_search_finds(root: Path):
    texts = ["loaf in the oven", "snails on the shore", "money of the month", "music"]

    async def answers() -> dict[str, list[str]]:
        data = root.parent / "data"
        async with open_library(Places(data, data), Loaded(Settings(watch=False), {}, ())) as library:
            vault = await library.open_vault(str(root))
            await vault.complete()
            found = [await vault.search.query(text, limit=DEPTH, mode="semantic") for text in texts]
            return {text: [hit.path for hit in each.hits] for text, each in zip(texts, found, strict=True)}

    assert recall(asyncio.run(answers()), vault_at(root)) >= 0.98
