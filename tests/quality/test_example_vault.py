"""What a person would look for in the example vault comes first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.corpora import REPOSITORY
from tests.quality.vault_index import VaultIndex

PLANTED = json.loads((REPOSITORY / "tests" / "example_vault.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> VaultIndex:
    return VaultIndex(REPOSITORY / "example-vault", tmp_path_factory.mktemp("index"))


@pytest.mark.parametrize("item", PLANTED["known_items"], ids=lambda item: item["query"])
def test_a_known_item_is_the_first_hit(index: VaultIndex, item: dict[str, Any]):
    hits = [hit["path"] for hit in index.hits(item["query"], 5)]
    assert hits
    assert hits[0] in {item["path"], *item.get("or", [])}, hits


@pytest.mark.parametrize("item", PLANTED["known_items"], ids=lambda item: item["query"])
def test_passages_are_of_the_note_and_not_of_its_properties(index: VaultIndex, item: dict[str, Any]):
    for hit in index.hits(item["query"], 5):
        passage = hit["passage"]
        if hit["kind"] == "note":
            text = Path(REPOSITORY / "example-vault" / hit["path"]).read_text("utf-8-sig")
            assert passage["text"] in text.replace("\r\n", "\n") or passage["text"] in text
            assert not passage["text"].startswith("---\n")
