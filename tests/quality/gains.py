"""What meaning has to add to words: the goals of hybrid search over all judged sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.quality.relevance_sets import Relevance

UNSATURATED = ("cranfield", "cacm", "npl-vaswani", "anchors-obsidian-help-en")
"""The English sets on which words leave room. German is there across languages only, see `CROSS_LINGUAL`."""
CROSS_LINGUAL = "help-xling-de2en"
"""German titles for English pages: words alone cannot do it, so its gain flatters a mean."""
LEAST_MEAN = 0.02
LEAST_ANY = -0.005
"""No set, of whatever language, may lose more than the sets can tell."""


@dataclass(frozen=True)
class Goal:
    what: str
    least: float
    reached: float | None
    """None when a set that it is made of was not asked."""
    where: str = ""
    """The set that decides."""

    @property
    def is_missed(self) -> bool:
        return self.reached is not None and round(self.reached, 3) < self.least


def goals(relevance: Sequence[Relevance]) -> list[Goal]:
    """All three, over the sets that were asked."""
    gains = {row.name: row.gain for row in relevance}
    lowest = min(gains, key=gains.__getitem__, default="")
    return [
        Goal(f"mean gain over {', '.join(UNSATURATED)}", LEAST_MEAN, _mean(gains, UNSATURATED)),
        Goal(f"the same with {CROSS_LINGUAL}", LEAST_MEAN, _mean(gains, (*UNSATURATED, CROSS_LINGUAL))),
        Goal("smallest gain of any set", LEAST_ANY, gains.get(lowest), lowest),
    ]


def _mean(gains: dict[str, float], names: Sequence[str]) -> float | None:
    return sum(gains[name] for name in names) / len(names) if gains.keys() >= set(names) else None
