"""Rates are read from the lines a bench prints, whatever else it prints."""

from __future__ import annotations

from .cores import parse_rates


def test_rates_are_the_lines_with_a_name_the_unit_and_a_figure():
    printed = "running 3\nmixed notes MB/s 151.25\ncjk   MB/s  98\nMB/s\nno rate here 12\nspeed in MB/s unknown\n"
    assert parse_rates(printed) == {"mixed notes": 151.25, "cjk": 98.0}
