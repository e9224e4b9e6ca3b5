"""rensa, datasketch and SemHash over the same texts, each from texts to pairs of duplicates.

Reads a job named on the command line, writes one JSON object on stdout. Runs in an environment of its own and imports
nothing of the project.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from datasketch import MinHash, MinHashLSH
from model2vec import StaticModel
from rensa import RMinHash, RMinHashLSH
from safetensors.numpy import load_file
from semhash import SemHash
from tokenizers import Tokenizer

PERMUTATIONS = 128
BANDS = 32
THRESHOLD = 0.5
"""Jaccard's index; of 32 bands of four, half of all pairs with an index of 0.42 are candidates."""
COSINE = 0.9
"""SemHash's own default."""
SHINGLE = 5
WORD = re.compile(r"\w+")

Pairs = Iterable[tuple[int, int]]


def shingles(text: str) -> set[str]:
    words = WORD.findall(text.lower())
    return {" ".join(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1))}


def with_rensa(sets: Sequence[set[str]]) -> Pairs:
    sketches = RMinHash.from_token_sets(sets, PERMUTATIONS, 42)
    index = RMinHashLSH(THRESHOLD, PERMUTATIONS, BANDS)
    for key, sketch in enumerate(sketches):
        index.insert(key, sketch)
    for key, sketch in enumerate(sketches):
        for other in index.query(sketch):
            if other > key and sketch.jaccard(sketches[other]) >= THRESHOLD:
                yield key, other


def with_datasketch(sets: Sequence[set[str]]) -> Pairs:
    index = MinHashLSH(params=(BANDS, PERMUTATIONS // BANDS), num_perm=PERMUTATIONS)
    sketches = []
    for key, own in enumerate(sets):
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch([shingle.encode() for shingle in own])
        index.insert(key, sketch)
        sketches.append(sketch)
    for key, sketch in enumerate(sketches):
        for other in index.query(sketch):
            if other > key and sketch.jaccard(sketches[other]) >= THRESHOLD:
                yield key, other


def with_semhash(texts: Sequence[str], model: StaticModel) -> Pairs:
    records = [{"id": str(place), "text": text} for place, text in enumerate(texts)]
    found = SemHash.from_records(records, columns=["text"], model=model).self_deduplicate(threshold=COSINE)
    for each in found.filtered:
        pair = sorted((int(each.record["id"]), int(each.duplicate_of["id"])))
        yield pair[0], pair[1]


def timed(work: Callable[[], Pairs]) -> dict[str, Any]:
    began = time.perf_counter()
    pairs = sorted(set(work()))
    return {"s": time.perf_counter() - began, "pairs": pairs}


def main(job: dict[str, Any]) -> dict[str, Any]:
    texts = job["texts"]
    (table,) = load_file(job["weights"]).values()
    model = StaticModel(vectors=np.asarray(table, np.float32), tokenizer=Tokenizer.from_file(job["tokenizer"]))
    began = time.perf_counter()
    sets = [shingles(text) for text in texts]
    shingling_s = time.perf_counter() - began
    return {
        "versions": {name: version(name) for name in ("rensa", "datasketch", "semhash")},
        "shinglingS": shingling_s,
        "rensa": timed(lambda: with_rensa(sets)),
        "datasketch": timed(lambda: with_datasketch(sets)),
        "semhash": timed(lambda: with_semhash(texts, model)),
    }


if __name__ == "__main__":
    print(json.dumps(main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
