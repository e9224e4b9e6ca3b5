"""Fusion: one order from what was found by words and what was found by meaning.

Ranks alone would throw away how sure either side is, and a static model alone ranks worse than words do. Adding
normalised scores, with a small weight for meaning, is better than words alone (docs/decisions/0008-fusion.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DEPTH = 200
"""Notes of each side that are fused."""
WEIGHT = 0.06
"""What one standard deviation of similarity adds to a best keyword score of 1."""
LEAST_COSINE = 0.3
"""A note that has none of the words is shown only when it is at least so similar."""
LEAST_COSINE_ALONE = 0.4
"""The same where no note at all has any of the words: then they may be nonsense, which is near to something, too."""
LEAST_SHARE = 0.1
"""A best keyword score below this share of the ideal one is of words that are everywhere, and counts less."""
MOST_BY_MEANING = 50
"""Notes that have none of the words, at most."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A note with the passage that is nearest to a vector."""

    path: str
    ordinal: int
    digest: bytes
    cosine: float


@dataclass(frozen=True, slots=True)
class Fused:
    """A note in its place, and what either side said of it."""

    path: str
    score: float
    keyword: float | None
    """Score by words; None when none of them is in the note."""
    neighbour: Neighbour | None
    """None when its meaning is not among the nearest."""


def fuse(
    keyword: Mapping[str, float], semantic: Sequence[Neighbour], *, ideal: float = 0.0, trust: float = 1.0
) -> list[Fused]:
    """Order the notes of both sides, best first; equals by path.

    ``keyword``: score by path, also of notes in ``semantic`` that match further down. ``semantic``: best first.
    ``ideal``: the keyword score of a note with every word of the query.
    ``trust``: 0 to 1, how far the model knows the words of the query.
    """
    best = max(LEAST_SHARE * ideal, max(keyword.values(), default=0.0)) or 1.0
    deviation = _deviations([neighbour.cosine for neighbour in semantic])
    nearest = {neighbour.path: neighbour for neighbour in semantic}
    far = min(deviation, default=0.0)
    by_path = {neighbour.path: value for neighbour, value in zip(semantic, deviation, strict=True)}
    fused = [
        Fused(
            path=path,
            score=keyword.get(path, 0.0) / best + trust * WEIGHT * by_path.get(path, far),
            keyword=keyword.get(path),
            neighbour=nearest.get(path),
        )
        for path in {**dict.fromkeys(keyword), **dict.fromkeys(nearest)}
    ]
    fused.sort(key=lambda note: (-note.score, note.path))
    return _without_noise(fused, LEAST_COSINE if keyword else LEAST_COSINE_ALONE)


def _deviations(cosines: Sequence[float]) -> list[float]:
    """How many standard deviations each lies from their mean."""
    if not cosines:
        return []
    mean = math.fsum(cosines) / len(cosines)
    spread = math.sqrt(math.fsum((cosine - mean) ** 2 for cosine in cosines) / len(cosines))
    return [(cosine - mean) / spread if spread > 0 else 0.0 for cosine in cosines]


def _without_noise(fused: Sequence[Fused], least: float) -> list[Fused]:
    """Every note that has words; of the others those that are near enough to mean something."""
    kept, by_meaning = [], 0
    for note in fused:
        if note.keyword is None:
            if note.neighbour is None or note.neighbour.cosine < least or by_meaning == MOST_BY_MEANING:
                continue
            by_meaning += 1
        kept.append(note)
    return kept


def by_meaning(semantic: Sequence[Neighbour]) -> list[Fused]:
    """The notes of the semantic side alone, as near as they are."""
    near = [neighbour for neighbour in semantic if neighbour.cosine > 0]
    return [Fused(path=each.path, score=each.cosine, keyword=None, neighbour=each) for each in near]
