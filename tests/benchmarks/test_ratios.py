"""Ratios are theirs over ours in one run, and a run fails when one sinks by 30 % or disappears."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import ratios
from .ratios import Drop
from .run_sample import peer, whole_run


def test_ratios_are_theirs_over_ours_and_growth_against_linear():
    assert ratios.of(whole_run()) == pytest.approx(
        {
            "minisearch indexing": 50.0,
            "minisearch memory": 4.0,
            "minisearch query p50": 50.0,
            "minisearch query p95": 100.0,
            "growth opening": 1.25,
            "growth statistics": 1.25,
            "growth query p95": 0.5,
        }
    )


def test_a_peer_that_managed_only_a_smaller_vault_gives_no_ratio():
    run = whole_run()
    run["peers"] = {"orama": peer("vault-10000"), "lancedb": {"what": "LanceDB", "failures": ["…"]}}
    assert {name.split()[0] for name in ratios.of(run)} == {"growth"}


def test_a_second_way_of_asking_has_its_own_ratios():
    run = whole_run()
    run["peers"]["minisearch"]["passes"] *= 2
    assert ratios.of(run)["minisearch 2 query p95"] == pytest.approx(100.0)


def test_without_ours_there_are_no_ratios():
    run = whole_run()
    del run["ours"]
    assert ratios.of(run) == {}


@pytest.mark.parametrize(("now", "sunk"), [(10.0, False), (7.01, False), (7.0, True), (0.0, True), (99.0, False)])
def test_a_ratio_may_sink_by_less_than_thirty_percent(now: float, sunk: bool):
    expected = [Drop("indexing", 10.0, now)] if sunk else []
    assert ratios.drops({"indexing": now}, {"indexing": 10.0}) == expected


def test_a_recorded_ratio_that_is_no_longer_measured_is_a_drop_and_a_new_one_is_not():
    found = ratios.drops({"new": 1.0}, {"gone": 2.0})
    assert found == [Drop("gone", 2.0, None)]
    assert str(found[0]) == "gone: not measured, recorded 2.00"


def test_recorded_ratios_are_read_back(tmp_path: Path):
    page = tmp_path / "recorded.json"
    assert ratios.read(page) == {}
    ratios.record({"b": 2.00049, "a": 1.0}, {"cores": "2"}, page)
    assert ratios.read(page) == {"a": 1.0, "b": 2.0}
