"""The figures as Markdown tables, and their place in ``docs/benchmarks.md``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.quality import gains, known_items, questions, summary_sets
from tests.quality.duplicate_sets import Figure
from tests.quality.estimates import GOAL
from tests.quality.estimates import Figure as Estimated
from tests.quality.known_items import Known
from tests.quality.questions import Figures
from tests.quality.relevance_sets import REFERENCES, Relevance
from tests.quality.summary_sets import Measured
from tests.quality.template_sets import Score

RELEVANCE, KNOWN, DUPLICATES, TEMPLATES = "quality", "known", "duplicates", "templates"
SUMMARIES, ANSWERS, ESTIMATES = "summaries", "answers", "estimates"
"""Sections of the page, each between two marks of its name."""


class MarkersMissing(Exception):
    """The page has no place for the section."""


def tables(relevance: Mapping[str, Sequence[Relevance]]) -> str:
    """The judged sets, goal and reached side by side. ``relevance``: by model, the default one first."""
    parts = [_words(next(iter(relevance.values()), ())), *map(_meaning, relevance, relevance.values())]
    parts.append(_goals(relevance))
    return "\n\n".join(part for part in parts if part)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _signed(value: float | None) -> str:
    # A zero is added so that what rounds to zero has no minus.
    return "–" if value is None else f"{round(value, 3) + 0.0:+.3f}"


def _told(reached: str, is_met: bool) -> str:
    return reached if is_met else f"**{reached}** (missed)"


def _words(relevance: Sequence[Relevance]) -> str:
    """What is found by words, beside what BM25 finds."""
    rows = [
        "| set | notes | queries | plain BM25 | stemmed BM25 | goal | keyword nDCG@10 | Recall@100 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in relevance:
        plain, stemmed = (_figure(reference) for reference in REFERENCES[row.name])
        words = row.modes["keyword"]
        rows.append(
            f"| {row.name} | {row.notes:,} | {row.queries:,} | {plain} | {stemmed} | {_figure(row.goal)} "
            f"| {_told(_figure(words.ndcg_10), row.is_reached)} | {_figure(words.recall_100)} |"
        )
    return "\n".join(rows) if relevance else ""


def _meaning(model: str, relevance: Sequence[Relevance]) -> str:
    """What is found by meaning, with one model."""
    rows = [f"| set, {model} | keyword | semantic | hybrid | gain | Recall@100 hybrid |", "|---|---|---|---|---|---|"]
    for row in relevance:
        figures = [_figure(row.modes[mode].ndcg_10) for mode in ("keyword", "semantic", "hybrid")]
        gain = _told(_signed(row.gain), is_met=round(row.gain, 3) >= gains.LEAST_ANY)
        rows.append(f"| {row.name} | {' | '.join(figures)} | {gain} | {_figure(row.modes['hybrid'].recall_100)} |")
    return "\n".join(rows) if relevance else ""


def _goals(relevance: Mapping[str, Sequence[Relevance]]) -> str:
    rows = ["| hybrid over keyword, nDCG@10 | goal | " + " | ".join(relevance) + " |"]
    rows.append("|---|---|" + "---|" * len(relevance))
    for of_each in zip(*map(gains.goals, relevance.values()), strict=True):
        reached = " | ".join(
            _told(f"{_signed(goal.reached)} {goal.where}".strip(), not goal.is_missed) for goal in of_each
        )
        rows.append(f"| {of_each[0].what} | ≥ {_signed(of_each[0].least)} | {reached} |")
    return "\n".join(rows) if any(relevance.values()) else ""


def known(items: Sequence[Known]) -> str:
    """How often the note that a known item is of comes first."""
    rows = ["| known by | asked | goal | " + " | ".join(f"first, {mode}" for mode in known_items.MODES) + " |"]
    rows.append("|---|---|---|" + "---|" * len(known_items.MODES))
    for item in items:
        shares = [item.share(mode) for mode in known_items.MODES]
        reached = " | ".join(_told(f"{share:.1%}", share >= known_items.GOAL) for share in shares)
        rows.append(f"| {item.kind} | {item.items} | {known_items.GOAL:.0%} | {reached} |")
    return "\n".join(rows) if items else ""


def duplicates(figures: Sequence[Figure]) -> str:
    """What was told of each labelled set."""
    rows = ["| duplicate set | pairs | told | goal | reached |", "|---|---|---|---|---|"]
    for figure in figures:
        goal = "–" if figure.goal is None else f"{'≥' if figure.at_least else '≤'} {figure.goal:.0%}"
        rows.append(
            f"| {figure.set_name}: {figure.what} | {figure.pairs:,} | {figure.told:,} | {goal} "
            f"| {_told(f'{figure.share:.1%}', is_met=figure.is_met)} |"
        )
    return "\n".join(rows) if figures else ""


def templates(scores: Sequence[Score]) -> str:
    """How much of each part of known templates was told, and how much of what was told is right."""
    rows = ["| notes of known templates | parts | told | goal | recall | precision |", "|---|---|---|---|---|---|"]
    for score in scores:
        recall, precision = (_told(f"{share:.1%}", share >= score.goal) for share in (score.recall, score.precision))
        rows.append(
            f"| {score.what} | {score.expected:,} | {score.told:,} | ≥ {score.goal:.0%} | {recall} | {precision} |"
        )
    return "\n".join(rows) if scores else ""


def estimates(figures: Sequence[Estimated]) -> str:
    """How near estimates are to what was settled."""
    rows = [
        f"| estimated against settled | number | goal | within {GOAL:.0%} | median ratio | worst ratio |",
        "|---|---|---|---|---|---|",
    ]
    for figure in figures:
        goal = "all" if figure.has_goal else "–"
        reached = _told(f"{figure.within:.0%}", is_met=figure.is_met)
        rows.append(
            f"| {figure.what} | {len(figure.ratios)} | {goal} | {reached} | {figure.median:.2f} | {figure.worst:.2f} |"
        )
    return "\n".join(rows) if figures else ""


def summaries(measured: Sequence[Measured]) -> str:
    """The share of key sentences that is said, beside that of the first three sentences."""
    if not measured:
        return ""
    rows = ["| text | goal | key sentences said | by the first three sentences |", "|---|---|---|---|"]
    rows += [
        f"| {each.name} | ≥ {each.goal:.0%} | {_told(f'{each.ours:.1%}', each.is_met)} | {each.lead:.1%} |"
        for each in (*measured, summary_sets.mean(measured))
    ]
    return "\n".join(rows)


def answers(figures: Figures | None) -> str:
    """What is found, said and checked of questions to the example vault."""
    rows = ["| questions to the example vault | goal | reached |", "|---|---|---|"]
    if figures is None:
        return ""
    for goal in questions.GOALS:
        sign = "≥" if goal.at_least else "≤"
        reached = _told(f"{getattr(figures, goal.share):.1%}", goal.is_met(figures))
        rows.append(f"| {goal.what} | {sign} {goal.limit:.0%} | {reached} |")
    return "\n".join(rows)


def write_section(page: Path, name: str, body: str) -> None:
    """Put ``body`` between the markers of ``page`` with this name. Raises MarkersMissing."""
    text = page.read_text("utf-8")
    opening, closing = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    before, begin, rest = text.partition(opening)
    _, end, after = rest.partition(closing)
    if not begin or not end:
        message = f"{page} has no {opening} … {closing}"
        raise MarkersMissing(message)
    page.write_text(f"{before}{opening}\n{body}\n{closing}{after}", "utf-8")
