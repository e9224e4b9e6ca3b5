"""A goal is met, missed or not measured, and says by how much."""

from __future__ import annotations

import pytest

from .goals import outcomes
from .run_sample import latency, peer, whole_run


def reached() -> dict[str, tuple[float | None, bool | None]]:
    return {each.goal.what: (each.reached, each.met) for each in outcomes(whole_run())}


@pytest.mark.parametrize(
    ("what", "figure", "met"),
    [
        ("known vault: process start → first answer", 500, True),
        ("data folder ÷ text, all stores", 1.5, True),
        ("keyword index and catalog ÷ text", 0.6, True),
        ("never-seen vault → `ready.semantic`, process start included", 45_000, True),
        ("`search.query` hybrid over the socket, p95", 16, True),
        ("`notes.related` over the socket, p95", 40, False),
        ("`answer.ask` without a model, over the socket, p95", 40, True),
        ("`summary.create` of 5,000 words without a model, p95", 90, True),
        ("added to the first token of a provider, over the socket, p95", 11, True),
        ("recall@10 of the vectors against exact search", 0.99, True),
        ("word tokenising, one core", 90, False),
        ("digesting, one core", 2000, True),
        ("static embedding, ours ÷ model2vec's", 6, True),
        ("static embedding, ours ÷ wordllama's", 4, False),
        ("tokenising by pairs, ours ÷ tokie's", 1.1, True),
        ("tokenising by pieces, ours ÷ tokie's", 0.75, False),
        ("transformer embedding, ours ÷ sentence-transformers' own", 0.95, True),
        ("`duplicates.scan` by words, first look of a process", 5000, True),
        ("`duplicates.ofNote` over the socket, p95", 45, True),
        ("plugin: key → results painted, 10k notes, p95", 40, True),
        ("plugin: frame while a draft streams, p95", 40, False),
        ("plugin: Escape → the provider's request is cut, p95", 40, True),
        ("`templates.infer` of 500 notes over the socket, first look of a process", 900, True),
        ("near-duplicates, ours ÷ rensa's", 8, True),
        ("near-duplicates, ours ÷ datasketch's", 25, True),
        ("duplicates by meaning, ours ÷ SemHash's", 5, True),
        ("duplicates by meaning, recall, ours ÷ SemHash's", 1.6, True),
        ("opening, whole vault ÷ 10k notes", 8, True),
        ("query p95, whole vault ÷ 10k notes", 2, False),
        ("peak memory, MiniSearch's ÷ ours", 4, False),
        ("query p95, fastest peer's ÷ ours", 100, True),
    ],
)
def test_a_whole_run_reaches(what: str, figure: float, met: bool):
    assert reached()[what] == (pytest.approx(figure), met)


def test_a_peer_without_prefixes_and_typos_counts_only_among_all_peers():
    run = whole_run()
    plain = {**run["peers"]["minisearch"]["passes"][0], "asTyped": False, "latency": latency(0.1, 0.8)}
    run["peers"]["tantivy"] = peer("vault-100000", passes=[plain])
    found = {each.goal.what: each.reached for each in outcomes(run)}
    assert found["query p95, fastest peer's that knows prefixes and typos ÷ ours"] == pytest.approx(100)
    assert found["query p95, fastest peer's ÷ ours"] == pytest.approx(0.1)


def test_every_goal_is_reached_or_missed_in_a_whole_run():
    assert None not in {met for _, met in reached().values()}


def test_what_a_run_did_not_measure_is_neither_met_nor_missed():
    for outcome in outcomes({"vault": {}, "machine": {}, "peers": {}}):
        assert (outcome.reached, outcome.met, outcome.ratio) == (None, None, None)


def test_times_over_is_above_one_exactly_when_the_goal_is_reached():
    for outcome in outcomes(whole_run()):
        assert outcome.ratio is not None
        assert (outcome.ratio > 1) == outcome.met or outcome.ratio == 1


def test_a_peer_that_a_run_lacks_leaves_only_its_own_goal_unmeasured():
    run = whole_run()
    del run["embedding"]["transformer"]
    unmeasured = [each.goal.what for each in outcomes(run) if each.met is None]
    assert unmeasured == ["transformer embedding, ours ÷ sentence-transformers' own"]
