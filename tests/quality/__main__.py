"""``python -m tests.quality [--write] [--known] [--model FOLDER] [SET …]``: measure, print, exit 1 when a goal is missed."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.corpora import REPOSITORY, CorpusMissing, corpus
from tests.quality import (
    duplicate_sets,
    estimates,
    gains,
    known_items,
    questions,
    relevance_sets,
    report,
    summary_sets,
    template_sets,
)
from tests.quality.asking import NotMeasurable, opened, write_vault

from librarian.embedding import default_embedder
from librarian.errors import SettingInvalid

DEFAULT = "default model"
PARTS = ("known", "duplicates", "templates", "summaries", "answers", "estimates")
"""What can be measured by itself, beside the judged sets."""


async def judged(name: str, model: str | None) -> relevance_sets.Relevance:
    print(f"measuring {name}, {model or DEFAULT} …", file=sys.stderr, flush=True)
    loaded = relevance_sets.load(corpus("ir") / "ir" / name)
    with tempfile.TemporaryDirectory(prefix="librarian-quality-") as scratch:
        vault = Path(scratch) / "vault"
        write_vault(loaded.notes, vault)
        async with opened(vault, Path(scratch), model) as found:
            return await relevance_sets.measure(loaded, found)


async def known(show_missed: int) -> list[known_items.Known]:
    """With the default model: it has the whole scale corpus within a minute."""
    print("measuring known items …", file=sys.stderr, flush=True)
    vault = corpus("vault-100k")
    drawn = known_items.items(vault, vault.rglob("*.md"))
    with tempfile.TemporaryDirectory(prefix="librarian-quality-") as scratch:
        async with opened(vault, Path(scratch)) as found:
            measured = await known_items.measure(drawn, found)
    for item in measured:
        for mode, missed in item.missed.items():
            for query, path in missed[:show_missed]:
                print(f"missed, {item.kind}, {mode}: {query!r} gave {path}", file=sys.stderr)
    return measured


async def duplicates() -> list[duplicate_sets.Figure]:
    print("measuring duplicates …", file=sys.stderr, flush=True)
    return await duplicate_sets.measure()


def templates() -> list[template_sets.Score]:
    print("measuring templates …", file=sys.stderr, flush=True)
    return template_sets.measure()


def costs() -> list[estimates.Figure]:
    print("measuring estimates of cost …", file=sys.stderr, flush=True)
    return estimates.measure()


def summaries() -> list[summary_sets.Measured]:
    print("measuring summaries …", file=sys.stderr, flush=True)
    return summary_sets.measure(default_embedder())


async def answers(show_missed: int) -> questions.Figures:
    print("measuring answers …", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="librarian-quality-") as scratch:
        async with opened(questions.VAULT, Path(scratch)) as vault:
            figures, missed = await questions.measure(vault)
    for each in missed[:show_missed]:
        print(f"missed, {each}", file=sys.stderr)
    return figures


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.quality",
        description="Relevance of search in every mode, which duplicates are found, how much of templates is told, what "
        "summaries say, which questions are answered, and how near estimates of cost are.",
    )
    parser.add_argument("sets", nargs="*", metavar="SET", help="judged sets (default: all, and the known items)")
    parser.add_argument("--known", action="store_true", help="known items, also when sets are named")
    parser.add_argument("--duplicates", action="store_true", help="duplicate sets, also when sets are named")
    parser.add_argument("--templates", action="store_true", help="known templates, also when sets are named")
    parser.add_argument("--estimates", action="store_true", help="estimates of cost, also when sets are named")
    parser.add_argument("--summaries", action="store_true", help="summaries, also when sets are named")
    parser.add_argument(
        "--answers", action="store_true", help="questions to the example vault, also when sets are named"
    )
    parser.add_argument(
        "--model", type=Path, metavar="FOLDER", help="judge the sets with the model in this folder, too"
    )
    parser.add_argument("--missed", type=int, default=0, metavar="N", help="show N misses of each kind and mode")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/benchmarks.md")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    options = arguments(given)
    is_whole = not (options.sets or any(getattr(options, part) for part in PARTS))
    names = options.sets or (list(relevance_sets.REFERENCES) if is_whole else [])
    models = [None] if options.model is None else [None, str(options.model.resolve())]
    try:
        relevance = {
            Path(model).name if model else DEFAULT: [asyncio.run(judged(name, model)) for name in names]
            for model in models
        }
        found = asyncio.run(known(options.missed)) if is_whole or options.known else []
        alike = asyncio.run(duplicates()) if is_whole or options.duplicates else []
        moulds = templates() if is_whole or options.templates else []
        priced = costs() if is_whole or options.estimates else []
        said = summaries() if is_whole or options.summaries else []
        asked = asyncio.run(answers(options.missed)) if is_whole or options.answers else None
    except (CorpusMissing, SettingInvalid, NotMeasurable) as missing:
        print(f"quality: nothing measured, {missing}", file=sys.stderr)
        return 2
    page = REPOSITORY / "docs" / "benchmarks.md"
    sections = {
        report.RELEVANCE: report.tables(relevance),
        report.KNOWN: report.known(found),
        report.DUPLICATES: report.duplicates(alike),
        report.TEMPLATES: report.templates(moulds),
        report.ESTIMATES: report.estimates(priced),
        report.SUMMARIES: report.summaries(said),
        report.ANSWERS: report.answers(asked),
    }
    for name, section in sections.items():
        if section:
            print(section)
            if options.write:
                report.write_section(page, name, section)
    by_default = relevance[DEFAULT]
    is_met = all(row.is_reached for row in by_default) and all(item.is_reached for item in found)
    is_met = is_met and all(figure.is_met for figure in (*alike, *moulds, *said, *priced))
    is_met = is_met and (not said or summary_sets.mean(said).is_met)
    is_met = is_met and (asked is None or all(goal.is_met(asked) for goal in questions.GOALS))
    return 0 if is_met and not any(goal.is_missed for goal in gains.goals(by_default)) else 1


if __name__ == "__main__":
    sys.exit(main())
