"""The goals of hybrid search over all sets, and how they are told."""

from __future__ import annotations

import pytest
from tests.quality.gains import CROSS_LINGUAL, UNSATURATED, goals
from tests.quality.known_items import Known
from tests.quality.relevance_sets import Ranked, Relevance
from tests.quality.report import known, tables


def judged(name: str, gain: float, keyword: float = 0.8) -> Relevance:
    modes = {"keyword": Ranked(keyword, 0.9), "semantic": Ranked(0.3, None), "hybrid": Ranked(keyword + gain, 0.95)}
    return Relevance(name, 1000, 100, modes)


def missed(gains: dict[str, float]) -> list[bool]:
    return [goal.is_missed for goal in goals([judged(name, gain) for name, gain in gains.items()])]


EVEN = dict.fromkeys(UNSATURATED, 0.02)


def test_the_mean_is_over_the_unsaturated_sets_and_other_sets_do_not_count():
    mean, *_ = goals([judged(name, gain) for name, gain in {**EVEN, "cacm": 0.06, "xquad-de": 0.0}.items()])
    assert mean.reached == pytest.approx(0.03)


def test_a_gain_across_languages_does_not_hide_a_mean_that_is_too_small():
    assert missed({**dict.fromkeys(UNSATURATED, 0.01), CROSS_LINGUAL: 0.15}) == [True, False, False]


def test_a_set_that_loses_is_named_and_missed_below_the_third_decimal():
    lost = goals([judged("xquad-zh", -0.0056), judged("cacm", 0.1)])[-1]
    assert lost.where == "xquad-zh"
    assert lost.is_missed
    assert missed({**EVEN, "xquad-zh": -0.0054}) == [False, False, False]


def test_a_mean_of_sets_that_were_not_all_asked_is_neither_reached_nor_missed():
    assert [goal.reached is None for goal in goals([judged("cacm", -0.001)])] == [True, True, False]
    assert missed({"cacm": -0.001}) == [False, False, False]
    assert missed({}) == [False, False, False]


def test_every_row_of_a_table_has_as_many_cells_and_misses_stand_out():
    items = [Known("an alias", 10, {"keyword": [], "hybrid": [("query", "path")]})]
    report = tables({"default model": [judged("cacm", -0.01)], "other": [judged("cacm", 0.02)]})
    report += f"\n\n{known(items)}"
    for table in report.split("\n\n"):
        assert len({line.count("|") for line in table.splitlines()}) == 1
    assert "| cacm | 0.800 | 0.300 | 0.790 | **-0.010** (missed) | 0.950 |" in report
    assert "| cacm | 0.800 | 0.300 | 0.820 | +0.020 | 0.950 |" in report
    assert "| smallest gain of any set | ≥ -0.005 | **-0.010 cacm** (missed) | +0.020 cacm |" in report
    assert "| an alias | 10 | 95% | 100.0% | **90.0%** (missed) |" in report


def test_what_was_not_asked_has_no_table():
    assert (tables({"default model": []}), known([])) == ("", "")
