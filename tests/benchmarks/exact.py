"""The vector answers against an exact search: every passage embedded again in single precision, every product taken."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from librarian import _native
from librarian.embedding import StaticEmbedder, default_embedder

from .corpus import Vault

DEPTH = 10
BATCH_NOTES = 5000
MAX_NOTE_BYTES = 20_000_000
"""As the setting ``max_note_mb`` has it."""
SAME = 1e-5
"""Scores nearer than this are equals, of which either may stand in an answer: copies of a note, rounding."""

Floats = npt.NDArray[np.float32]


def recall(found: Mapping[str, Sequence[str]], vault: Vault, depth: int = DEPTH) -> float:
    """The share of the ``depth`` nearest notes that the answers have; ``found``: paths by query text, best first."""
    paths, scores = exact(vault, list(found))
    return recall_against(list(found.values()), paths, scores, depth)


def recall_against(found: Sequence[Sequence[str]], paths: Sequence[str], scores: Floats, depth: int) -> float:
    """``scores``: of each answer's query the exact score of each of ``paths``. Equals of the last one count as it does."""
    places = {path: place for place, path in enumerate(paths)}
    depth = min(depth, len(paths))
    shares = []
    for answer, row in zip(found, scores, strict=True):
        least = np.partition(row, -depth)[-depth] - SAME
        shares.append(sum(row[places[path]] >= least for path in answer[:depth] if path in places) / depth)
    return float(sum(shares) / len(shares))


def exact(vault: Vault, texts: Sequence[str]) -> tuple[list[str], Floats]:
    """Every note, and of each text the cosine of each note: that of its nearest passage, as the product groups."""
    embedder = default_embedder()
    queries = _vectors(embedder, texts)
    notes: list[str] = []
    scores: list[Floats] = []
    for paths, vectors in _passages(vault, embedder):
        firsts = [place for place, path in enumerate(paths) if place == 0 or path != paths[place - 1]]
        notes += [paths[place] for place in firsts]
        scores.append(np.maximum.reduceat(queries @ vectors.T, firsts, axis=1))
    return notes, np.concatenate(scores, axis=1)


def _passages(vault: Vault, embedder: StaticEmbedder) -> Iterator[tuple[list[str], Floats]]:
    """The path and the vector of every passage, those of one note side by side."""
    for start in range(0, len(vault.files), BATCH_NOTES):
        rows = pa.table(
            _native.passages(
                vault.root,
                vault.files[start : start + BATCH_NOTES],
                max_note_bytes=MAX_NOTE_BYTES,
                words=embedder.passage_words,
                model=None,
                threads=os.cpu_count() or 1,
            )
        )
        yield rows["path"].to_pylist(), _vectors(embedder, rows["text"].to_pylist())


def _vectors(embedder: StaticEmbedder, texts: Sequence[str]) -> Floats:
    return np.frombuffer(embedder.model.embed(texts), np.float32).reshape(len(texts), -1)
