"""What a model will cost is told within 15 % of what is settled, on the recorded runs."""

from __future__ import annotations

from tests.quality import report
from tests.quality.estimates import GOAL, Figure, measure


def test_every_recorded_run_costs_what_it_was_estimated_at() -> None:
    runs, tokens, calls = measure()
    assert (len(runs.ratios), runs.within, tokens.within) == (4, 1.0, 1.0)
    assert abs(runs.worst - 1) <= GOAL
    assert calls.within >= 0.75
    assert abs(calls.median - 1) < 0.05


def test_an_estimate_that_is_far_off_misses_the_goal() -> None:
    figure = Figure("a run", (1.0, 0.98, 1.3), has_goal=True)
    assert (round(figure.within, 2), figure.median, figure.worst, figure.is_met) == (0.67, 1.0, 1.3, False)
    assert "| a run | 3 | all | **67%** (missed) | 1.00 | 1.30 |" in report.estimates([figure])
