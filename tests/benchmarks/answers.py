"""How long the librarian's answers take over its socket, and which notes they name."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from .client import Sidecar
from .corpus import SEED, Vault
from .figures import Latency
from .peers import LIMIT, WARM
from .queries import Query


def query_times(sidecar: Sidecar, vault_id: str, queries: Sequence[Query], mode: str) -> dict[str, Any]:
    """The mix one by one: all together, by kind, and as the sidecar itself counts."""
    for query in queries[:WARM]:
        sidecar.call("search.query", vaultId=vault_id, text=query.text, limit=LIMIT, mode=mode)
    took: dict[str, list[float]] = defaultdict(list)
    inside, found = [], 0
    for query in queries:
        began = time.perf_counter()
        answer = sidecar.call("search.query", vaultId=vault_id, text=query.text, limit=LIMIT, mode=mode)
        took[query.kind].append((time.perf_counter() - began) * 1000)
        inside.append(answer["tookMs"])
        found += any(hit["path"] == query.path for hit in answer["hits"])
    return {
        "latency": Latency.of([each for kind in took.values() for each in kind]).as_dict(),
        "inside": Latency.of(inside).as_dict(),
        "byKind": {kind: Latency.of(values).as_dict() for kind, values in took.items()},
        "foundShare": found / len(queries),
    }


def related_times(sidecar: Sidecar, vault_id: str, vault: Vault, notes: int) -> dict[str, Any]:
    """``notes.related`` of a seeded sample of the vault's notes, after some that warm up."""
    drawn = random.Random(SEED).sample(vault.files, min(notes + WARM, len(vault.files)))
    took, found = [], 0
    for number, path in enumerate(drawn):
        began = time.perf_counter()
        answer = sidecar.call("notes.related", vaultId=vault_id, path=path)
        if number >= WARM:
            took.append((time.perf_counter() - began) * 1000)
            found += bool(answer["hits"])
    return {"latency": Latency.of(took).as_dict(), "answeredShare": found / len(took)}


def by_meaning(sidecar: Sidecar, vault_id: str, queries: Sequence[Query], limit: int) -> dict[str, list[str]]:
    """The first notes by meaning alone, by query text; without the queries that are too short to mean anything."""
    found = {}
    for query in queries:
        answer = sidecar.call("search.query", vaultId=vault_id, text=query.text, limit=limit, mode="semantic")
        if answer["mode"] == "semantic":
            found[query.text] = [hit["path"] for hit in answer["hits"]]
    return found
