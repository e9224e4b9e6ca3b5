"""Order statistics of measured times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least ``percent`` of the values do not exceed: a measured one, by nearest rank."""
    if not values:
        raise ValueError("no values")
    if not 0 < percent <= 100:
        raise ValueError(f"{percent} is not a percentage above 0")
    return sorted(values)[math.ceil(percent / 100 * len(values)) - 1]


@dataclass(frozen=True)
class Latency:
    """How long one kind of call took, in milliseconds."""

    count: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float

    @classmethod
    def of(cls, took_ms: Sequence[float]) -> Latency:
        p50, p95, p99 = (percentile(took_ms, percent) for percent in (50, 95, 99))
        return cls(len(took_ms), p50, p95, p99, max(took_ms))

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


@dataclass(frozen=True)
class Repeated:
    """One duration measured several times, in milliseconds: the median speaks, the rest shows how far to trust it."""

    median_ms: float
    all_ms: tuple[float, ...]

    @classmethod
    def of(cls, took_ms: Sequence[float]) -> Repeated:
        return cls(median(took_ms), tuple(took_ms))

    def as_dict(self) -> dict[str, object]:
        return asdict(self)
