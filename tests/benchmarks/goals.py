"""The goals, and what a run reached of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import ratios

Results = Mapping[str, Any]


@dataclass(frozen=True)
class Goal:
    """Something promised: a limit that a figure stays under, or reaches when ``at_least``."""

    what: str
    limit: float
    unit: str
    reached: Callable[[Results], float]
    """Raises KeyError when the run has not measured it."""
    at_least: bool = False

    def wanted(self) -> str:
        return f"{'≥' if self.at_least else '<'} {self.limit:,g} {self.unit}".rstrip()


@dataclass(frozen=True)
class Outcome:
    """A goal beside what was reached; ``reached`` and ``met`` are None when the run did not measure it."""

    goal: Goal
    reached: float | None

    @property
    def met(self) -> bool | None:
        if self.reached is None:
            return None
        return self.reached >= self.goal.limit if self.goal.at_least else self.reached < self.goal.limit

    @property
    def ratio(self) -> float | None:
        """How many times over the goal was reached; under 1 it was missed."""
        if not self.reached:
            return None
        return self.reached / self.goal.limit if self.goal.at_least else self.goal.limit / self.reached


def outcomes(results: Results) -> list[Outcome]:
    return [Outcome(goal, _reached(goal, results)) for goal in GOALS]


def _reached(goal: Goal, results: Results) -> float | None:
    try:
        return goal.reached(results)
    except KeyError:
        return None


def _slowest(bench: str) -> Callable[[Results], float]:
    """The slowest rate of a bench: the one that binds."""
    return lambda results: min(results["cores"][bench].values())


def _folder_share(*stores: str) -> Callable[[Results], float]:
    """The size of these stores over that of the text; of everything when none is named."""

    def reached(results: Results) -> float:
        ours = results["ours"]
        size = sum(ours["stores"][store] for store in stores) if stores else ours["folderBytes"]
        return float(size / ours["textBytes"])

    return reached


def _growth(name: str) -> Callable[[Results], float]:
    """How many times more it takes on the whole vault than on the small one."""

    def reached(results: Results) -> float:
        evenness = ratios.of(results)[f"growth {name}"]
        times = results["ours"]["notes"] / results["oursSmall"]["notes"]
        return float(1 / evenness if name == "query p95" else times / evenness)

    return reached


def _rate(peer: str, *kind: str) -> Callable[[Results], float]:
    """How many times the peer's rate ours is, both of one run; ``kind``: where the rates stand."""

    def reached(results: Results) -> float:
        rates = results["embedding"]
        for key in kind:
            rates = rates[key]
        return float(rates["ours"] / rates[peer])

    return reached


def _found(ours: str, peer: str) -> Callable[[Results], float]:
    """How many times the peer's rate ours is, from texts to pairs of duplicates."""

    def reached(results: Results) -> float:
        engines = results["duplicates"]["engines"]
        return float(engines[ours]["textsPerS"] / engines[peer]["textsPerS"])

    return reached


def _recalled(ours: str, *peers: str) -> Callable[[Results], float]:
    """The share of the labelled pairs that we found over that which the best of these peers found."""

    def reached(results: Results) -> float:
        engines = results["duplicates"]["engines"]
        return float(engines[ours]["recall"] / max(engines[peer]["recall"] for peer in peers))

    return reached


def _ratio(name: str) -> Callable[[Results], float]:
    return lambda results: ratios.of(results)[name]


def _fastest_peer(as_typed: bool) -> Callable[[Results], float]:
    """The p95 of the fastest peer over ours: of all, or of those that know unfinished and misspelt words as we do."""

    def reached(results: Results) -> float:
        ours = results["ours"]
        found = [
            measured["latency"]["p95_ms"]
            for peer in results["peers"].values()
            if peer.get("vault") == ours["vault"]
            for measured in peer["passes"]
            if measured["asTyped"] or not as_typed
        ]
        if not found:
            raise KeyError("peers")
        return float(min(found) / ours["queries"]["latency"]["p95_ms"])

    return reached


GOALS = (
    Goal(
        "never-seen vault → first answer, by words, process start included",
        5000,
        "ms",
        lambda r: r["ours"]["unseen"]["firstAnswerMs"]["median_ms"],
    ),
    Goal(
        "never-seen vault → statistics, process start included",
        5000,
        "ms",
        lambda r: r["ours"]["unseen"]["statisticsMs"]["median_ms"],
    ),
    Goal(
        "never-seen vault → `ready.semantic`, process start included",
        60_000,
        "ms",
        lambda r: r["ours"]["unseen"]["semanticMs"]["median_ms"],
    ),
    Goal("known vault: process start → first answer", 1000, "ms", lambda r: r["ours"]["known"]["median_ms"]),
    Goal("`search.query` keyword over the socket, p95", 10, "ms", lambda r: r["ours"]["queries"]["latency"]["p95_ms"]),
    Goal("`search.query` hybrid over the socket, p95", 20, "ms", lambda r: r["ours"]["hybrid"]["latency"]["p95_ms"]),
    Goal("`notes.related` over the socket, p95", 30, "ms", lambda r: r["ours"]["related"]["latency"]["p95_ms"]),
    Goal(
        "`answer.ask` without a model, over the socket, p95",
        60,
        "ms",
        lambda r: r["ours"]["asked"]["latency"]["p95_ms"],
    ),
    Goal(
        "`summary.create` of 5,000 words without a model, p95",
        100,
        "ms",
        lambda r: r["ours"]["summaries"]["latency"]["p95_ms"],
    ),
    Goal(
        "added to the first token of a provider, over the socket, p95",
        30,
        "ms",
        lambda r: r["firstToken"]["added"]["p95_ms"],
    ),
    Goal("save → findable by its words, p95", 250, "ms", lambda r: r["ours"]["saved"]["p95_ms"]),
    Goal("save → findable by meaning, p95", 500, "ms", lambda r: r["ours"]["savedByMeaning"]["p95_ms"]),
    Goal(
        "recall@10 of the vectors against exact search", 0.98, "", lambda r: r["ours"]["recall"]["share"], at_least=True
    ),
    Goal(
        "`duplicates.scan` by words, first look of a process",
        10_000,
        "ms",
        lambda r: r["ours"]["duplicates"]["firstMs"],
    ),
    Goal(
        "`duplicates.scan` by words, after a note was changed",
        3000,
        "ms",
        lambda r: r["ours"]["duplicates"]["againMs"],
    ),
    Goal("`duplicates.scan` by meaning", 30_000, "ms", lambda r: r["ours"]["duplicates"]["meaningMs"]),
    Goal("`duplicates.ofNote` over the socket, p95", 50, "ms", lambda r: r["ours"]["duplicates"]["ofNote"]["p95_ms"]),
    Goal("plugin: `onload`", 50, "ms", lambda r: r["plugin"]["onload_ms"]),
    Goal(
        "plugin: key → results painted, 10k notes, p95",
        50,
        "ms",
        lambda r: r["plugin"]["search"]["keyToResults"]["p95_ms"],
    ),
    Goal(
        "plugin: frame while a draft streams, p95", 16.9, "ms", lambda r: r["plugin"]["streaming"]["frames"]["p95_ms"]
    ),
    Goal(
        "plugin: Escape → the provider's request is cut, p95",
        200,
        "ms",
        lambda r: r["plugin"]["streaming"]["escapeToAborted"]["p95_ms"],
    ),
    Goal(
        "`templates.infer` of 500 notes over the socket, first look of a process",
        2000,
        "ms",
        lambda r: r["templates"]["firstMs"],
    ),
    Goal("private memory at rest, every store whole", 400, "MB", lambda r: r["ours"]["restMb"]),
    Goal("private memory at rest after this run's queries and saves", 400, "MB", lambda r: r["ours"]["restAfterUseMb"]),
    Goal("private memory at the indexing peak", 700, "MB", lambda r: r["ours"]["peakMb"]),
    Goal("data folder ÷ text, all stores", 2, "×", _folder_share()),
    Goal("keyword index and catalog ÷ text", 0.8, "×", _folder_share("lexical", "catalog.duckdb")),
    Goal("`librarian --help`", 200, "ms", lambda r: r["help"]["median_ms"]),
    Goal("word tokenising, one core", 100, "MB/s", _slowest("tokens"), at_least=True),
    Goal("digesting, one core", 1000, "MB/s", _slowest("digest"), at_least=True),
    Goal("parsing, one core", 60, "MB/s", _slowest("note"), at_least=True),
    Goal("static embedding, ours ÷ model2vec's", 5, "×", _rate("model2vec", "textsPerS"), at_least=True),
    Goal("static embedding, ours ÷ wordllama's", 5, "×", _rate("wordllama", "textsPerS"), at_least=True),
    Goal("tokenising by pairs, ours ÷ tokie's", 1, "×", _rate("tokie", "tokenisedMbPerS", "pairs"), at_least=True),
    Goal("tokenising by pieces, ours ÷ tokie's", 1, "×", _rate("tokie", "tokenisedMbPerS", "pieces"), at_least=True),
    Goal(
        "transformer embedding, ours ÷ sentence-transformers' own",
        0.9,
        "×",
        _rate("sentence-transformers", "transformer"),
        at_least=True,
    ),
    Goal("near-duplicates, ours ÷ rensa's", 3, "×", _found("ours", "rensa"), at_least=True),
    Goal("near-duplicates, ours ÷ datasketch's", 20, "×", _found("ours", "datasketch"), at_least=True),
    Goal("duplicates by meaning, ours ÷ SemHash's", 1, "×", _found("oursMeaning", "semhash"), at_least=True),
    Goal(
        "near-duplicates, recall, ours ÷ the best peer's",
        1,
        "×",
        _recalled("ours", "rensa", "datasketch"),
        at_least=True,
    ),
    Goal("duplicates by meaning, recall, ours ÷ SemHash's", 1, "×", _recalled("oursMeaning", "semhash"), at_least=True),
    Goal("opening, whole vault ÷ 10k notes", 12, "×", _growth("opening")),
    Goal("opening with statistics, whole vault ÷ 10k notes", 12, "×", _growth("statistics")),
    Goal("query p95, whole vault ÷ 10k notes", 2, "×", _growth("query p95")),
    Goal("indexing, MiniSearch's time ÷ ours", 10, "×", _ratio("minisearch indexing"), at_least=True),
    Goal("peak memory, MiniSearch's ÷ ours", 5, "×", _ratio("minisearch memory"), at_least=True),
    Goal(
        "query p95, fastest peer's that knows prefixes and typos ÷ ours",
        1,
        "×",
        _fastest_peer(as_typed=True),
        at_least=True,
    ),
    Goal("query p95, fastest peer's ÷ ours", 1, "×", _fastest_peer(as_typed=False), at_least=True),
)
