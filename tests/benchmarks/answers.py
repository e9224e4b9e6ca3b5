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


WORDED = ["identical", "near", "contained"]
"""Kinds of duplicates that are told by words."""


def duplicate_times(sidecar: Sidecar, vault_id: str, vault: Vault, notes: int) -> dict[str, Any]:
    """A first look for duplicates, one after a note was changed, one by meaning, and those of single notes."""
    changed = vault.files[len(vault.files) // 2]
    path = vault.root / changed
    before = path.read_bytes()
    found: dict[str, Any] = {}
    try:
        found["firstMs"], first = _scanned(sidecar, vault_id, kinds=WORDED)
        path.write_bytes(before + b"\nOne more line, so that this note is another.\n")
        sidecar.call("vault.changed", vaultId=vault_id, changes=[{"kind": "modified", "path": changed}])
        found["againMs"], _ = _scanned(sidecar, vault_id, kinds=WORDED)
    finally:
        path.write_bytes(before)
        sidecar.call("vault.changed", vaultId=vault_id, changes=[{"kind": "modified", "path": changed}])
    sidecar.call("vault.status", vaultId=vault_id, wait=True)
    found["meaningMs"], meaning = _scanned(sidecar, vault_id, kinds=["meaning"])
    found["thresholdMs"], _ = _scanned(sidecar, vault_id, kinds=WORDED, threshold=0.7)
    found["groups"] = {"by words": first["total"], "by meaning": meaning["total"]}
    drawn = random.Random(SEED).sample(vault.files, min(notes + WARM, len(vault.files)))
    took = []
    for path_of in drawn:
        began = time.perf_counter()
        sidecar.call("duplicates.ofNote", vaultId=vault_id, path=path_of)
        took.append((time.perf_counter() - began) * 1000)
    return {**found, "ofNote": Latency.of(took[min(WARM, len(took) - 1) :]).as_dict()}


def _scanned(sidecar: Sidecar, vault_id: str, **asked: Any) -> tuple[float, dict[str, Any]]:
    began = time.perf_counter()
    answer = sidecar.call("duplicates.scan", vaultId=vault_id, limit=100, **asked)
    return (time.perf_counter() - began) * 1000, answer


SUMMARISED_WORDS = 5_000


def summary_times(sidecar: Sidecar, vault_id: str, vault: Vault, times: int) -> dict[str, Any]:
    """``summary.create`` without a model of texts of 5,000 words, each made of other notes of the vault."""
    drawn = random.Random(SEED)
    took, said = [], 0
    for number in range(times + 2):
        text, words = [], 0
        while words < SUMMARISED_WORDS:
            note = (vault.root / drawn.choice(vault.files)).read_text("utf-8", "replace")
            text.append(note)
            words += len(note.split())
        began = time.perf_counter()
        answer = sidecar.call("summary.create", vaultId=vault_id, text="\n\n".join(text), method="extractive")
        if number >= 2:
            took.append((time.perf_counter() - began) * 1000)
            said += bool(answer["text"])
    return {"latency": Latency.of(took).as_dict(), "answeredShare": said / times}


def by_meaning(sidecar: Sidecar, vault_id: str, queries: Sequence[Query], limit: int) -> dict[str, list[str]]:
    """The first notes by meaning alone, by query text; without the queries that are too short to mean anything."""
    found = {}
    for query in queries:
        answer = sidecar.call("search.query", vaultId=vault_id, text=query.text, limit=limit, mode="semantic")
        if answer["mode"] == "semantic":
            found[query.text] = [hit["path"] for hit in answer["hits"]]
    return found


def asked_times(sidecar: Sidecar, vault_id: str, queries: Sequence[Query]) -> dict[str, Any]:
    """``answer.ask`` without a model: from a question to the passages that a model would be given.

    The questions are made of the mix's words and phrases; of two at a time, every fourth.
    """
    texts = [query.text for query in queries if query.kind in ("words", "rare", "frequent", "phrase", "cjk")]
    questions = [f"What is known about {text.strip(chr(34))}?" for text in texts]
    questions += [
        f"How does {one} differ from {other}, and when was it?" for one, other in zip(texts, texts[7:], strict=False)
    ][::4]
    for question in questions[:WARM]:
        sidecar.call("answer.ask", vaultId=vault_id, question=question, method="passages")
    took, inside, found = [], [], 0
    for question in questions:
        began = time.perf_counter()
        answer = sidecar.call("answer.ask", vaultId=vault_id, question=question, method="passages")
        took.append((time.perf_counter() - began) * 1000)
        inside.append(answer["retrievalMs"])
        found += not answer["abstained"]
    return {
        "latency": Latency.of(took).as_dict(),
        "inside": Latency.of(inside).as_dict(),
        "answeredShare": found / len(questions),
    }
