"""Known templates are told again from notes, as well as is promised."""

from __future__ import annotations

import random

import pytest
from tests.quality import report
from tests.quality.template_notes import SPECS, Noise, drawn, written
from tests.quality.template_sets import Score, inferred, measure, parts


@pytest.fixture(scope="module")
def scores() -> list[Score]:
    return measure()


def test_every_goal_is_met(scores: list[Score]) -> None:
    assert [(each.what, each.recall, each.precision) for each in scores if not each.is_met] == []
    assert all(each.expected >= 20 for each in scores)


def test_twice_the_noise_still_leaves_most_of_a_template() -> None:
    loud = Noise(0.3, 0.3, 0.6, 0.25, 0.5, 0.1, 0.2)
    counts = dict.fromkeys(("headings", "properties"), (0, 0, 0))
    for seed in range(60):
        spec = (SPECS[seed % len(SPECS)], drawn(random.Random(seed)))[seed % 2]
        found = parts(spec, inferred(written(spec, 20, random.Random(seed), loud).notes))
        for what, (expected, told, right) in counts.items():
            wanted, have = found[what]
            counts[what] = expected + len(wanted), told + len(have), right + len(wanted & have)
    for what, count in counts.items():
        score = Score(what, *count, goal=0.95)
        assert score.is_met, (what, score.recall, score.precision)


def test_the_same_seed_writes_the_same_notes() -> None:
    one, other = (written(SPECS[1], 9, random.Random(4)).notes for _ in range(2))
    assert one == other
    assert drawn(random.Random(5)) == drawn(random.Random(5))


def test_a_score_knows_what_is_missing_and_what_is_too_much() -> None:
    score = Score("x", expected=10, told=8, right=6, goal=0.7)
    assert (score.recall, score.precision, score.is_met) == (0.6, 0.75, False)
    assert report.templates([score]).splitlines()[-1] == "| x | 10 | 8 | ≥ 70% | **60.0%** (missed) | 75.0% |"
