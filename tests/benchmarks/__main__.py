"""The command behind ``make bench``: measure, compare, write the page, and fail when a ratio has sunk."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import (
    cores,
    corpus,
    duplicates,
    first_token,
    machine,
    ours,
    peers,
    plugin,
    queries,
    ratios,
    report,
    templates,
)

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
PARTS = ("ours", "cores", "embedding", "duplicates", "templates", "firstToken", "plugin", "peers")


def arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", help="measure only this part (may be repeated)")
    parser.add_argument("--peer", choices=[peer.key for peer in peers.PEERS], action="append", help="only these peers")
    parser.add_argument("--vault", type=Path, help="a folder of notes instead of the scale corpus (it is copied)")
    parser.add_argument("--librarian", type=Path, default=Path(sys.executable).with_name("librarian"))
    parser.add_argument("--record", action="store_true", help="hold later runs to the ratios of this one")
    parser.add_argument("--quick", action="store_true", help="10k notes, few repeats; writes no page, fails no ratio")
    parser.add_argument("--render", type=Path, help="write the page from an earlier run's raw results")
    chosen = parser.parse_args(given)
    if chosen.record and (chosen.quick or chosen.only or chosen.peer):
        parser.error("--record needs a whole run")
    return chosen


def main(given: Sequence[str]) -> int:
    chosen = arguments(given)
    if chosen.render:
        results: dict[str, Any] = json.loads(chosen.render.read_text(encoding="utf-8"))
    else:
        results = measure(chosen)
        raw = corpus.cache_folder() / "results.json"
        raw.write_text(json.dumps(results, indent=1, ensure_ascii=False), encoding="utf-8")
        print(f"raw results: {raw}")
    if chosen.record:
        ratios.record(ratios.of(results), results["machine"])
    section = report.section(results, ratios.read())
    print(section)
    if chosen.quick:
        return 0
    report.write(PAGE, section)
    return 0 if chosen.render else verdict(results, partial=bool(chosen.only or chosen.peer))


def measure(chosen: argparse.Namespace) -> dict[str, Any]:
    """Do the parts that were chosen, one after the other, so that none disturbs another."""
    parts = chosen.only or PARTS
    results: dict[str, Any] = {"machine": machine.describe()}
    busy_before = machine.other_work()
    source = chosen.vault or corpus.scale_corpus(_archives())
    whole = corpus.private_copy(corpus.vault_at(source), source.name)
    small = corpus.tenth(whole)
    mix = queries.query_mix(small)
    measured = small if chosen.quick else whole
    results["vault"] = {"notes": len(measured.files), "textBytes": measured.text_bytes}
    if "ours" in parts:
        repeats = ours.Repeats(unseen=1, known=2, saves=20, help=3) if chosen.quick else ours.Repeats()
        _say("the librarian, --help")
        results["help"] = ours.help_times(chosen.librarian, repeats.help).as_dict()
        if measured is not small:
            _say(f"the librarian, {len(small.files):,} notes")
            results["oursSmall"] = ours.measure(chosen.librarian, small, mix, repeats)
        _say(f"the librarian, {len(measured.files):,} notes")
        results["ours"] = ours.measure(chosen.librarian, measured, mix, repeats)
    if "peers" in parts:
        results["peers"] = _peers(chosen, [measured] if measured is small else [measured, small], mix)
    if "cores" in parts:
        _say("the core's own benches")
        results["cores"] = cores.measure(ROOT)
    # The bench of embedding is a module of its own; a run of a checkout without it has dashes.
    if "embedding" in parts and importlib.util.find_spec("tests.benchmarks.embedding"):
        _say("static embedding beside its peers")
        results["embedding"] = importlib.import_module("tests.benchmarks.embedding").measure()
    if "duplicates" in parts:
        _say("duplicates beside their peers")
        results["duplicates"] = duplicates.measure()
    if "plugin" in parts:
        _say("the plugin in Chromium")
        results["plugin"] = plugin.measure()
    if "templates" in parts:
        _say("templates")
        results["templates"] = templates.measure(chosen.librarian)
    if "firstToken" in parts:
        _say("the first token of a provider")
        results["firstToken"] = first_token.measure(chosen.librarian)
    results["machine"]["other work"] = machine.told(busy_before, machine.other_work())
    return results


def _peers(chosen: argparse.Namespace, vaults: Sequence[corpus.Vault], mix: Sequence[queries.Query]) -> dict[str, Any]:
    peers.install()
    found = {}
    for peer in peers.PEERS:
        if not chosen.peer or peer.key in chosen.peer:
            _say(f"{peer.what}, {len(vaults[0].files):,} notes")
            corpus.warm(vaults[0])
            found[peer.key] = peers.measure(peer, vaults, mix)
    return found


def _archives() -> Path:
    """Where the archives of the corpora lie: LIBRARIAN_CORPORA, or a folder beside the checkout."""
    return Path(os.environ.get("LIBRARIAN_CORPORA") or ROOT.parent / "shared" / "data")


def _say(what: str) -> None:
    print(f"measuring {what} …", file=sys.stderr, flush=True)


def verdict(results: dict[str, Any], partial: bool) -> int:
    """1 when a recorded ratio sank or is gone; a partial run is judged only by what it measured."""
    now = ratios.of(results)
    sunk = [drop for drop in ratios.drops(now, ratios.read()) if not (partial and drop.now is None)]
    for drop in sunk:
        print(f"ratio dropped by {ratios.MAY_DROP:.0%} or more: {drop}", file=sys.stderr)
    return 1 if sunk else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
