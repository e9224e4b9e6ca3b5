"""A slow model through our worker beside the library's own ``encode``: the same texts, threads and batches, in turn.

Runs in the environment that `make test-transformers` makes; texts come as a JSON list on stdin, rates leave as one JSON
object on stdout.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import cast

from librarian.embedding import SlowEmbedder, open_embedder

ROUNDS = 3
BATCH_TEXTS = 32
MODEL = Path(sys.prefix) / "all-MiniLM-L6-v2"


async def measure(folder: Path, texts: list[str]) -> dict[str, float]:
    """Texts embedded a second: by us, and by sentence-transformers itself."""
    from sentence_transformers import SentenceTransformer

    threads = os.cpu_count() or 1
    theirs = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    ours = cast("SlowEmbedder", open_embedder(str(folder), folder.parent, threads=threads))
    took: dict[str, list[float]] = {"ours": [], "sentence-transformers": []}
    try:
        await ours.embed(texts[:BATCH_TEXTS])
        theirs.encode(texts[:BATCH_TEXTS], show_progress_bar=False)
        for _ in range(ROUNDS):
            began = time.perf_counter()
            await ours.embed(texts)
            took["ours"].append(time.perf_counter() - began)
            began = time.perf_counter()
            theirs.encode(texts, batch_size=BATCH_TEXTS, normalize_embeddings=True, show_progress_bar=False)
            took["sentence-transformers"].append(time.perf_counter() - began)
    finally:
        await ours.close()
    return {name: len(texts) / min(seconds) for name, seconds in took.items()}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(MODEL, json.load(sys.stdin)))))
