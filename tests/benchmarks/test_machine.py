"""Other work on the machine is told, and called out where it spoils figures."""

from __future__ import annotations

import pytest

from .machine import busy_share, told


def test_the_busy_share_leaves_out_idle_and_waiting_ticks():
    before = [100, 0, 50, 1000, 10, 0, 0, 0]
    after = [130, 10, 60, 1130, 30, 0, 0, 0]
    assert busy_share(before, after) == pytest.approx(50 / 200)


@pytest.mark.parametrize(("before", "after", "provisional"), [(0.02, 0.1, False), (0.02, 0.11, True), (0.5, 0.0, True)])
def test_figures_of_a_busy_machine_are_called_provisional(before: float, after: float, provisional: bool):
    assert ("provisional" in told(before, after)) == provisional
    assert told(0.02, 0.5).startswith("2% of the cores before the run, 50% after it")
