"""What a person would look for in the example vault comes first, by words and with meaning."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from tests.corpora import REPOSITORY
from tests.quality.asking import opened

from librarian.passage import Hit, Mode

VAULT = REPOSITORY / "example-vault"
ITEMS = json.loads((REPOSITORY / "tests" / "example_vault.json").read_text("utf-8"))["known_items"]
MODES: tuple[Mode, ...] = ("keyword", "hybrid")

Answers = dict[tuple[str, Mode], tuple[Hit, ...]]


async def answered(scratch: Path) -> Answers:
    async with opened(VAULT, scratch) as vault:
        return {
            (item["query"], mode): (await vault.search.query(item["query"], limit=5, mode=mode)).hits
            for item in ITEMS
            for mode in MODES
        }


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    return asyncio.run(answered(tmp_path_factory.mktemp("quality")))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["query"])
def test_a_known_item_is_the_first_hit(answers: Answers, item: dict[str, str], mode: Mode):
    hits = [hit.path for hit in answers[item["query"], mode]]
    assert hits
    assert hits[0] in {item["path"], *item.get("or", [])}, hits


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["query"])
def test_passages_are_of_the_note_and_not_of_its_properties(answers: Answers, item: dict[str, str], mode: Mode):
    for hit in answers[item["query"], mode]:
        if hit.kind == "note":
            text = (VAULT / hit.path).read_text("utf-8-sig")
            assert hit.passage.text in text.replace("\r\n", "\n") or hit.passage.text in text
            assert not hit.passage.text.startswith("---\n")
