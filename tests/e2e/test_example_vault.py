"""What was planted in the example vault is found: known items, broken links, orphans."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.conftest import ROOT, Desk

from librarian.library import open_library
from librarian.places import Places
from librarian.settings import load

PLANTED: dict[str, Any] = json.loads((ROOT / "tests" / "example_vault.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def first_hits(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Query to the paths of its best hits, from one opening of the vault."""
    home = tmp_path_factory.mktemp("known")
    places = Places(data=home / "data", config=home / "config")

    async def ask() -> dict[str, list[str]]:
        async with open_library(places, load(places.settings), stays=False) as library:
            vault = await library.open_vault(str(ROOT / "example-vault"))
            return {
                item["query"]: [hit.path for hit in (await vault.search.query(item["query"], limit=5)).hits]
                for item in PLANTED["known_items"]
            }

    return asyncio.run(ask())


@pytest.mark.parametrize("item", PLANTED["known_items"], ids=lambda item: item["query"])
def test_a_known_item_is_the_first_hit(first_hits: dict[str, list[str]], item: dict[str, Any]):
    hits = first_hits[item["query"]]
    assert set(hits[:1]) & {item["path"], *item.get("or", ())}, (item["why"], hits)


def test_broken_links_are_those_that_were_planted(desk: Desk):
    found = {(row["source"], row["text"]) for row in desk.json("stats")["brokenLinks"]}
    assert found == {(each["source"], each["target"]) for each in PLANTED["broken_links"]}


def test_a_broken_link_is_told_by_its_note(desk: Desk):
    for each in PLANTED["broken_links"]:
        assert each["target"] in [link["text"] for link in desk.json("links", each["source"])["unresolved"]]


def test_orphans_are_those_that_were_planted(desk: Desk):
    overview = desk.json("stats")
    assert sorted(overview["orphans"]) == sorted(PLANTED["orphans"])
    assert overview["orphanCount"] == len(PLANTED["orphans"])


def test_the_note_with_malformed_properties_is_found_by_its_text(desk: Desk):
    for path in PLANTED["malformed_properties"]:
        assert desk.json("outline", path)["frontmatterError"]
        assert path in desk.text("search", Path(path).stem, "--paths")


def test_duplicates_of_every_kind_are_those_that_were_planted(desk: Desk):
    found = {
        (group["kind"], frozenset(note["path"] for note in group["notes"]))
        for group in desk.json("duplicates", "-n", "1000")["groups"]
    }
    contained = [(each["whole"], each["part"]) for each in PLANTED["contained"]]
    planted = {"contained": contained} | {kind: PLANTED[kind] for kind in ("identical", "near", "meaning")}
    assert found == {(kind, frozenset(paths)) for kind, groups in planted.items() for paths in groups}


def test_a_contained_passage_is_told_by_the_lines_of_its_section(desk: Desk):
    groups = desk.json("duplicates", "--kind", "contained")["groups"]
    for each in PLANTED["contained"]:
        [part] = [note for group in groups for note in group["notes"] if note["path"] == each["part"]]
        lines = (ROOT / "example-vault" / each["whole"]).read_text("utf-8").splitlines()
        above = lines[: part["passage"]["firstNoteLine"] + 1]
        assert [line.lstrip("# ") for line in above if line.startswith("#")][-1] == each["section"]
