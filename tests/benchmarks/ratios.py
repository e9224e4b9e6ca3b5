"""Ours against theirs in one run, and the gate that keeps the ratios from sinking."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parent / "recorded.json"
MAY_DROP = 0.30


@dataclass(frozen=True)
class Drop:
    """A ratio that is worse than it may be; ``now`` is None when the run no longer measures it."""

    name: str
    recorded: float
    now: float | None

    def __str__(self) -> str:
        now = "not measured" if self.now is None else f"{self.now:.2f}"
        return f"{self.name}: {now}, recorded {self.recorded:.2f}"


def of(results: Mapping[str, Any]) -> dict[str, float]:
    """All ratios a run allows, each the better the larger: times and memory of peers over ours; growth, 1 = linear.

    Reading the files counts on both sides: ours is the whole opening, theirs reading and indexing. A peer that could
    not take the whole vault gives no ratio.
    """
    ours = results.get("ours")
    if ours is None:
        return {}
    ratios: dict[str, float] = {}
    for key, peer in results.get("peers", {}).items():
        if peer.get("vault") == ours["vault"]:
            ratios |= _against(key, peer, ours)
    return ratios | _growth(ours, results.get("oursSmall"))


def _against(key: str, peer: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, float]:
    found = {
        f"{key} indexing": (peer["readMs"] + peer["indexMs"]) / ours["unseen"]["openMs"]["median_ms"],
        f"{key} memory": peer["peakMb"] / ours["peakMb"],
    }
    for number, measured in enumerate(peer["passes"]):
        name = key if number == 0 else f"{key} {number + 1}"
        for part in ("p50_ms", "p95_ms"):
            ours_ms = ours["queries"]["latency"][part]
            found[f"{name} query {part[:3]}"] = measured["latency"][part] / ours_ms
    return found


def _growth(large: Mapping[str, Any], small: Mapping[str, Any] | None) -> dict[str, float]:
    if small is None:
        return {}
    notes = large["notes"] / small["notes"]
    return {
        "growth opening": notes * _median(small, "openMs") / _median(large, "openMs"),
        "growth statistics": notes * _median(small, "catalogReadyMs") / _median(large, "catalogReadyMs"),
        "growth query p95": small["queries"]["latency"]["p95_ms"] / large["queries"]["latency"]["p95_ms"],
    }


def _median(ours: Mapping[str, Any], part: str) -> float:
    return float(ours["unseen"][part]["median_ms"])


def drops(now: Mapping[str, float], recorded: Mapping[str, float], may_drop: float = MAY_DROP) -> list[Drop]:
    """The recorded ratios that sank by ``may_drop`` or more, or that are gone."""
    return [
        Drop(name, before, now.get(name))
        for name, before in recorded.items()
        if name not in now or now[name] <= before * (1 - may_drop)
    ]


def read(path: Path = RECORDED) -> dict[str, float]:
    """The recorded ratios; none before the first recording."""
    if not path.exists():
        return {}
    ratios: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))["ratios"]
    return ratios


def record(ratios: Mapping[str, float], machine: Mapping[str, str], path: Path = RECORDED) -> None:
    """Make ``ratios`` the ones that later runs are held to."""
    kept = {name: round(value, 3) for name, value in sorted(ratios.items())}
    path.write_text(json.dumps({"machine": dict(machine), "ratios": kept}, indent=2) + "\n", encoding="utf-8")
