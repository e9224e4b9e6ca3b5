"""Percentiles are measured values, by nearest rank."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .figures import Latency, Repeated, percentile


def test_percentiles_of_one_to_twenty_are_the_nearest_ranks():
    values = list(range(20, 0, -1))
    assert [percentile(values, percent) for percent in (5, 50, 95, 96, 99, 100)] == [1, 10, 19, 20, 20, 20]


def test_one_value_is_every_percentile():
    assert {percentile([7.5], percent) for percent in (1, 50, 99, 100)} == {7.5}


@given(st.lists(st.integers(0, 50), min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_least_value_that_covers_its_share(values: list[int], percent: int):
    covering = [v for v in sorted(values) if 100 * sum(w <= v for w in values) >= percent * len(values)]
    assert percentile(values, percent) == covering[0]


@pytest.mark.parametrize(("values", "percent"), [([], 50), ([1.0], 0), ([1.0], 101), ([1.0], -5)])
def test_a_percentile_of_nothing_or_outside_a_hundred_is_an_error(values: list[float], percent: float):
    with pytest.raises(ValueError, match=r"no values|percentage"):
        percentile(values, percent)


def test_a_latency_tells_count_percentiles_and_the_worst():
    latency = Latency.of([float(each) for each in range(1, 201)])
    assert latency.as_dict() == {"count": 200, "p50_ms": 100, "p95_ms": 190, "p99_ms": 198, "max_ms": 200}


def test_a_repeated_duration_speaks_by_its_median_and_keeps_all():
    assert Repeated.of([30.0, 10.0, 20.0]) == Repeated(20.0, (30.0, 10.0, 20.0))
