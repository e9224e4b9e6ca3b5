"""``python -m tests.quality [--write] [--known] [SET …]``: measure, print, exit 1 when a goal is missed."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.corpora import REPOSITORY, CorpusMissing, corpus
from tests.quality import known_items, relevance_sets
from tests.quality.report import tables, write_section
from tests.quality.vault_index import VaultIndex, write_vault


def judged(name: str) -> relevance_sets.Relevance:
    loaded = relevance_sets.load(corpus("ir") / "ir" / name)
    with tempfile.TemporaryDirectory(prefix="librarian-quality-") as scratch:
        vault = Path(scratch) / "vault"
        write_vault(loaded.notes, vault)
        return relevance_sets.measure(loaded, VaultIndex(vault, Path(scratch) / "index"))


def known(show_missed: int) -> list[known_items.Known]:
    vault = corpus("vault-100k")
    drawn = known_items.items(vault, vault.rglob("*.md"))
    with tempfile.TemporaryDirectory(prefix="librarian-quality-") as scratch:
        found = known_items.measure(drawn, VaultIndex(vault, Path(scratch) / "index"))
    for item in found:
        for query, path in item.missed[:show_missed]:
            print(f"missed, {item.kind}: {query!r} gave {path}", file=sys.stderr)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description="Relevance of keyword search.")
    parser.add_argument("sets", nargs="*", metavar="SET", help="judged sets (default: all, and the known items)")
    parser.add_argument("--known", action="store_true", help="known items, also when sets are named")
    parser.add_argument("--missed", type=int, default=0, metavar="N", help="show N misses of each kind")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/benchmarks.md")
    options = parser.parse_args(arguments)
    is_whole = not options.sets and not options.known
    names = options.sets or (list(relevance_sets.REFERENCES) if is_whole else [])
    try:
        relevance = [judged(name) for name in names]
        found = known(options.missed) if is_whole or options.known else []
    except CorpusMissing as missing:
        print(f"quality: nothing measured, {missing}", file=sys.stderr)
        return 2
    report = tables(relevance, found)
    print(report)
    if options.write:
        write_section(REPOSITORY / "docs" / "benchmarks.md", report)
    goals_met = all(row.is_reached for row in relevance) and all(item.share >= known_items.GOAL for item in found)
    return 0 if goals_met else 1


if __name__ == "__main__":
    sys.exit(main())
