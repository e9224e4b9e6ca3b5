"""The figures as a Markdown table, and their place in ``docs/benchmarks.md``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.quality.known_items import GOAL, Known
from tests.quality.relevance_sets import REFERENCES, Relevance

BEGIN, END = "<!-- quality:begin -->", "<!-- quality:end -->"


class MarkersMissing(Exception):
    """The page has no place for the section."""


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def tables(relevance: Sequence[Relevance], known: Sequence[Known]) -> str:
    """Both tables, goal and reached side by side."""
    rows = [
        "| set | notes | queries | plain BM25 | stemmed BM25 | goal | nDCG@10 | Recall@100 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in relevance:
        plain, stemmed = (_figure(reference) for reference in REFERENCES[row.name])
        reached = f"{row.ndcg_10:.3f}" if row.is_reached else f"**{row.ndcg_10:.3f}** (missed)"
        rows.append(
            f"| {row.name} | {row.notes:,} | {row.queries:,} | {plain} | {stemmed} | {_figure(row.goal)} "
            f"| {reached} | {row.recall_100:.3f} |"
        )
    rows += ["", "| known by | asked | goal | first |", "|---|---|---|---|"]
    for item in known:
        reached = f"{item.share:.1%}" if item.share >= GOAL else f"**{item.share:.1%}** (missed)"
        rows.append(f"| {item.kind} | {item.items} | {GOAL:.0%} | {reached} |")
    return "\n".join(rows)


def write_section(page: Path, body: str) -> None:
    """Put ``body`` between the markers of ``page``. Raises MarkersMissing."""
    text = page.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        message = f"{page} has no {BEGIN} … {END}"
        raise MarkersMissing(message)
    page.write_text(f"{before}{BEGIN}\n{body}\n{END}{after}", "utf-8")
