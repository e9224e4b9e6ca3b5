from __future__ import annotations

import pytest
from tests.quality.metrics import ndcg, recall


def test_a_perfect_ranking_has_ndcg_one():
    assert ndcg(["a", "b", "x"], {"a": 3, "b": 1}) == pytest.approx(1.0)


def test_ndcg_is_what_a_hand_computes():
    # gains 0, 3, 2 at ranks 1, 2, 3: 3/log2(3) + 2/log2(4) = 1.8928 + 1; ideal 3 + 2/log2(3) = 4.2619.
    assert ndcg(["x", "a", "b"], {"a": 3, "b": 2}) == pytest.approx(2.8928 / 4.2619, abs=1e-4)


def test_hits_behind_the_depth_and_negative_gains_count_nothing():
    assert ndcg(["x"] * 10 + ["a"], {"a": 1}) == 0.0
    assert ndcg(["b", "a"], {"a": 1, "b": -1}) == pytest.approx(0.6309, abs=1e-4)
    assert ndcg(["a"], {}) == 0.0


def test_recall_counts_relevant_items_only():
    assert recall(["a", "x", "b"], {"a": 1, "b": 2, "c": 1, "d": 0}) == pytest.approx(2 / 3)
    assert recall(["x", "a"], {"a": 1}, depth=1) == 0.0
