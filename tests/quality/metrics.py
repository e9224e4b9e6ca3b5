"""nDCG and recall of one ranking against graded judgements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2


def ndcg(ranking: Sequence[str], gains: Mapping[str, float], depth: int = 10) -> float:
    """Normalised discounted cumulative gain, linear gains (Järvelin and Kekäläinen 2002). Negative gains count as 0."""
    reached = sum(max(gains.get(item, 0.0), 0.0) / log2(rank + 2) for rank, item in enumerate(ranking[:depth]))
    ideal = sorted((gain for gain in gains.values() if gain > 0), reverse=True)[:depth]
    best = sum(gain / log2(rank + 2) for rank, gain in enumerate(ideal))
    return reached / best if best else 0.0


def recall(ranking: Sequence[str], gains: Mapping[str, float], depth: int = 100) -> float:
    """The share of relevant items among the first ``depth``."""
    relevant = {item for item, gain in gains.items() if gain > 0}
    return len(relevant.intersection(ranking[:depth])) / len(relevant) if relevant else 0.0
