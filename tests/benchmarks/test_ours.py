"""A measurement of a small vault, from the first process to the last, has every figure that the goals ask for."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from .corpus import vault_at
from .goals import outcomes
from .ours import Repeats, measure
from .queries import Query

LIBRARIAN = Path(sys.executable).with_name("librarian")
EXAMPLE = Path(__file__).parents[2] / "example-vault"
QUERIES = [
    Query("how bread is baked", "words", ""),
    Query("lighthouse", "rare", ""),
    Query('"the garden"', "phrase", ""),
]
OURS = (
    "never-seen",
    "known vault",
    "`search",
    "`notes",
    "`answer",
    "`summary",
    "`duplicates",
    "save →",
    "recall",
    "private memory",
    "data folder",
    "keyword index",
)
"""How the goals begin that one vault is enough for."""

pytestmark = pytest.mark.elsewhere(sys.platform != "linux", reason="memory is read from /proc")


def test_every_goal_of_ours_is_measured_and_the_vault_is_left_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(EXAMPLE, tmp_path / "vault")
    vault = vault_at(tmp_path / "vault")
    ours = measure(LIBRARIAN, vault, QUERIES, Repeats(unseen=2, known=1, saves=4, related=20))
    assert [
        each.goal.what for each in outcomes({"ours": ours}) if each.reached is None and each.goal.what.startswith(OURS)
    ] == []
    assert len(ours["unseen"]["firstAnswerMs"]["all_ms"]) == 2
    assert len(ours["unseen"]["semanticMs"]["all_ms"]) == 1
    assert ours["recall"]["queries"] == 2
    assert ours["recall"]["share"] >= 0.95
    assert ours["related"]["answeredShare"] == 1.0
    assert vault_at(tmp_path / "vault") == vault
