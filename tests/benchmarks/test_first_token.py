"""A real sidecar asks the scripted provider, and what it adds is told of each protocol."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from .first_token import KINDS, LONG_CHARACTERS, SDKS, measure

LIBRARIAN = Path(sys.executable).with_name("librarian")


def test_both_ways_are_measured_with_every_provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    measured = measure(LIBRARIAN, calls=3)
    assert [row["name"] for row in measured["rows"]] == [f"{sdk}, {kind.name}" for sdk in SDKS for kind in KINDS]
    for row in measured["rows"]:
        assert row["ours"]["count"] == row["sdk"]["count"] == 3
        assert row["sdk"]["p50_ms"] > 0
        assert row["added"]["max_ms"] == pytest.approx(row["ours"]["max_ms"] - row["sdk"]["p50_ms"])
    assert measured["added"]["count"] == 3 * len(measured["rows"])


def test_texts_are_of_the_length_that_is_told_and_each_its_own():
    short, long = KINDS
    assert len(long.params(1)["text"]) == LONG_CHARACTERS
    assert all(kind.params(1) != kind.params(2) for kind in (short, long))
