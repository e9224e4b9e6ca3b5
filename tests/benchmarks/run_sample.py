"""A small made-up run, whole in shape, for the tests of what is computed from runs."""

from __future__ import annotations

from typing import Any


def latency(p50: float, p95: float) -> dict[str, float]:
    return {"count": 300, "p50_ms": p50, "p95_ms": p95, "p99_ms": p95 * 2, "max_ms": p95 * 3}


def repeated(median: float) -> dict[str, Any]:
    return {"median_ms": median, "all_ms": [median]}


def opened(notes: int, factor: float, p95: float) -> dict[str, Any]:
    parts = {
        "readyMs": 200, "openMs": 2000, "firstAnswerMs": 2300, "catalogReadyMs": 3000, "statisticsMs": 3300,
        "semanticMs": 45_000, "settledMs": 70_000,
    }  # fmt: skip
    return {
        "vault": f"vault-{notes}",
        "files": notes,
        "notes": notes,
        "textBytes": notes * 2000,
        "folderBytes": notes * 3000,
        "stores": {"catalog.duckdb": notes * 300, "lexical": notes * 900, "vectors": notes * 1800},
        "unseen": {part: repeated(took * factor) for part, took in parts.items()},
        "known": repeated(500),
        "peakMb": 400.0,
        "restMb": 120.0,
        "restAfterUseMb": 130.0,
        "restAfterDuplicatesMb": 160.0,
        "duplicates": {
            "firstMs": 5000 * factor,
            "againMs": 1000 * factor,
            "thresholdMs": 500 * factor,
            "meaningMs": 6000 * factor,
            "groups": {"by words": 8000, "by meaning": 300},
            "ofNote": latency(30, 45),
        },
        "saved": latency(40, 90),
        "savedByMeaning": latency(200, 300),
        "queries": asked(p95),
        "hybrid": asked(p95 * 2),
        "related": {"latency": latency(10, 40), "answeredShare": 1.0},
        "asked": {"latency": latency(20, 40), "inside": latency(18, 37), "answeredShare": 0.9},
        "summaries": {"latency": latency(60, 90), "answeredShare": 1.0},
        "recall": {"at": 10, "queries": 280, "share": 0.99},
    }


def asked(p95: float) -> dict[str, Any]:
    return {
        "latency": latency(1, p95),
        "inside": latency(0.5, p95 / 2),
        "foundShare": 0.75,
        "byKind": {"typo": latency(2, 4), "cjk": latency(1, 2)},
    }


def peer(vault: str, **changed: Any) -> dict[str, Any]:
    return {
        "what": "MiniSearch (Omnisearch's engine)",
        "version": "7.2.0",
        "documents": 100_000,
        "vault": vault,
        "readMs": 6000,
        "indexMs": 94_000,
        "peakMb": 1600.0,
        "restMb": 1500.0,
        "folderBytes": None,
        "failures": [],
        "passes": [
            {
                "name": "MiniSearch",
                "configured": "prefixes | typos",
                "asTyped": True,
                "asked": 300,
                "answered": 300,
                "latency": latency(50, 800),
                "foundShare": 0.5,
            }
        ],
    } | changed


def spread() -> dict[str, float]:
    return {"count": 100, "p50_ms": 20.0, "p95_ms": 40.0, "max_ms": 90.0}


def whole_run() -> dict[str, Any]:
    return {
        "machine": {"processor": "a | b", "cores": "2"},
        "vault": {"notes": 100_000, "textBytes": 200_000_000},
        "help": repeated(110),
        "ours": opened(100_000, 1.0, 8.0),
        "oursSmall": opened(10_000, 0.125, 4.0),
        "embedding": {
            "textsPerS": {"ours": 60.0, "model2vec": 10.0, "wordllama": 15.0},
            "tokenisedMbPerS": {"pairs": {"ours": 44.0, "tokie": 40.0}, "pieces": {"ours": 30.0, "tokie": 40.0}},
            "transformer": {"ours": 19.0, "sentence-transformers": 20.0},
        },
        "duplicates": {
            "texts": 15_000,
            "labelled": 1600,
            "versions": {"rensa": "0.5.0", "datasketch": "2.0.0", "semhash": "0.5.0"},
            "shinglingS": 3.5,
            "engines": {
                name: {"textsPerS": rate, "pairs": 4000, "recall": recall}
                for name, rate, recall in (
                    ("ours", 20_000.0, 0.998),
                    ("oursOneThread", 11_000.0, 0.998),
                    ("rensa", 2500.0, 0.98),
                    ("datasketch", 800.0, 0.97),
                    ("oursMeaning", 10_000.0, 0.8),
                    ("semhash", 2000.0, 0.5),
                )
            },
        },
        "plugin": {
            "notes": 10_000,
            "betweenKeys_ms": 110,
            "onload_ms": 2.0,
            "search": {name: spread() for name in ("keyToResults", "askToAnswer", "inTheSidecar", "frames")},
            "editorWhileReading": {name: spread() for name in ("keyToPicture", "frames")},
            "streaming": {"deltas": 3000, "noteLines": 2000, "frames": spread(), "escapeToAborted": spread()},
        },
        "firstToken": {
            "calls": 60,
            "rows": [
                {"name": "anthropic, a line", "ours": latency(9, 14), "sdk": latency(3, 4), "added": latency(6, 11)}
            ],
            "added": latency(6, 11),
        },
        "templates": {"notes": 500, "firstMs": 900.0, "againMs": repeated(700)},
        "peers": {"minisearch": peer("vault-100000")},
        "cores": {"tokens": {"mixed": 150.0, "cjk": 90.0}, "digest": {"blake3": 2000.0}, "note": {"parse": 70.0}},
    }
