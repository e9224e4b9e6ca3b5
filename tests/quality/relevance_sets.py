"""The judged development sets: loaded, written out as a vault, asked in every mode."""

from __future__ import annotations

import asyncio
import csv
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from tests.quality.asking import paths
from tests.quality.metrics import ndcg, recall

from librarian.open_vault import OpenVault
from librarian.passage import Mode

REFERENCES: dict[str, tuple[float | None, float | None]] = {
    "cranfield": (0.368, 0.388),
    "cacm": (0.455, None),
    "npl-vaswani": (0.393, None),
    "xquad-en": (0.967, 0.966),
    "xquad-de": (None, 0.925),
    "xquad-zh": (0.965, None),
    "jsquad-ja-valid": (0.945, None),
    "anchors-obsidian-help-en": (0.696, 0.729),
    "anchors-obsidian-help-ja": (0.666, None),
    "help-xling-de2en": (None, None),
}
"""nDCG@10 of plain and of stemmed BM25, from the page that comes with the data."""

ALLOWANCE = 0.005
"""What title and field weights may cost."""

DEPTHS: dict[Mode, int] = {"keyword": 100, "semantic": 10, "hybrid": 100}
"""Hits asked for in each mode. A hit costs a look into its file, so recall is told where it is read."""
AT_ONCE = 8
"""Queries under way, so that no core waits."""


@dataclass(frozen=True)
class RelevanceSet:
    name: str
    notes: dict[str, str]
    """Path in the vault → text."""
    ids: dict[str, str]
    """Path in the vault → document id."""
    queries: list[tuple[str, str]]
    gains: dict[str, dict[str, float]]


@dataclass(frozen=True)
class Ranked:
    """How well one mode ranks a set, averaged over its queries."""

    ndcg_10: float
    recall_100: float | None
    """None where so many hits were not asked for."""


@dataclass(frozen=True)
class Relevance:
    name: str
    notes: int
    queries: int
    modes: dict[Mode, Ranked]

    @property
    def goal(self) -> float | None:
        """What words alone have to reach."""
        known = [reference for reference in REFERENCES[self.name] if reference is not None]
        return max(known) - ALLOWANCE if known else None

    @property
    def is_reached(self) -> bool:
        return self.goal is None or round(self.modes["keyword"].ndcg_10, 3) >= round(self.goal, 3)

    @property
    def gain(self) -> float:
        """What meaning adds to words, in nDCG@10."""
        return self.modes["hybrid"].ndcg_10 - self.modes["keyword"].ndcg_10


def _lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]


def note(title: str, text: str, path: str) -> str:
    """A document as a person would keep it: its title as first heading unless the file is named after it."""
    if not title or title == Path(path).stem:
        return text
    return f"# {title}\n\n{text}"


def load(folder: Path) -> RelevanceSet:
    """Read one set; documents whose id is a path keep it, others are named by their id."""
    notes, ids = {}, {}
    for document in _lines(folder / "docs.jsonl"):
        path = document["id"] if document["id"].endswith(".md") else f"{document['id']}.md"
        notes[path] = note(document.get("title") or "", document.get("text") or "", path)
        ids[path] = document["id"]
    gains: dict[str, dict[str, float]] = defaultdict(dict)
    with (folder / "qrels.tsv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
            gains[row["query-id"]][row["corpus-id"]] = float(row["score"])
    judged = {query for query, found in gains.items() if max(found.values()) > 0}
    asked = [query for query in _lines(folder / "queries.jsonl") if query["id"] in judged]
    queries = [(query["id"], query["text"]) for query in asked]
    return RelevanceSet(folder.name, notes, ids, queries, dict(gains))


async def measure(relevance_set: RelevanceSet, vault: OpenVault) -> Relevance:
    """Ask every judged query in every mode and average."""
    modes = {mode: await _ranked(relevance_set, vault, mode) for mode in DEPTHS}
    return Relevance(relevance_set.name, len(relevance_set.notes), len(relevance_set.queries), modes)


async def _ranked(relevance_set: RelevanceSet, vault: OpenVault, mode: Mode) -> Ranked:
    gained = found = 0.0
    for start in range(0, len(relevance_set.queries), AT_ONCE):
        batch = relevance_set.queries[start : start + AT_ONCE]
        asked = [paths(vault, text, DEPTHS[mode], mode) for _, text in batch]
        for (query, _), answer in zip(batch, await asyncio.gather(*asked), strict=True):
            ranking = [relevance_set.ids[path] for path in answer]
            gained += ndcg(ranking, relevance_set.gains[query])
            found += recall(ranking, relevance_set.gains[query])
    count = len(relevance_set.queries)
    return Ranked(gained / count, found / count if DEPTHS[mode] >= 100 else None)
