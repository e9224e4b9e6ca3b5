"""Summaries without a model say more of what matters than the first three sentences do, in every language of the sets."""

from __future__ import annotations

from statistics import fmean

from tests.quality.summary_sets import measure

from librarian.embedding import default_embedder


def test_key_sentences_are_found_where_a_lead_misses_them() -> None:
    measured = measure(default_embedder())
    assert min(each.ours for each in measured) > 0.6
    assert fmean(each.ours for each in measured) >= 0.75
    assert fmean(each.ours for each in measured) > fmean(each.lead for each in measured) + 0.5
