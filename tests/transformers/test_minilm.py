"""The real all-MiniLM-L6-v2 through sentence-transformers in a worker."""

from __future__ import annotations

import array
import asyncio
import json
import math
import os
import struct
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from librarian.embedding import SlowEmbedder, open_embedder
from librarian.errors import WorkerDied

TEXTS = (
    "Flour, water and salt; knead the dough, let it rise, bake it in a hot oven.",
    "Snails with a conical shell cling to rocks between the tides and graze algae.",
    "The ministry published the budget for the coming year.",
)


@asynccontextmanager
async def opened(minilm: Path, threads: int = 1) -> AsyncIterator[SlowEmbedder]:
    """The model by its name, as the settings call it."""
    embedder = open_embedder(minilm.name, minilm.parent, threads=threads)
    assert not embedder.is_instant
    try:
        yield embedder  # type: ignore[misc]  # what is not instant is slow
    finally:
        await embedder.close()


def halves(vectors: bytes, dimensions: int) -> list[list[float]]:
    numbers = struct.unpack(f"<{len(vectors) // 2}e", vectors)
    return [list(numbers[at : at + dimensions]) for at in range(0, len(numbers), dimensions)]


def cosine(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


async def test_what_means_the_same_is_near_and_nothing_heavy_is_loaded_here(minilm: Path) -> None:
    async with opened(minilm) as embedder:
        assert (embedder.dimensions, embedder.passage_words) == (384, 120)
        vectors = halves(await embedder.embed(TEXTS), 384)
        for question, best in (("baking bread at home", 0), ("molluscs of the shore", 1), ("public spending", 2)):
            query = list(array.array("f", await embedder.query(question)))
            assert math.isclose(cosine(query, query), 1, abs_tol=1e-5)
            near = [cosine(query, vector) for vector in vectors]
            assert near.index(max(near)) == best
            assert max(near) > 0.3
    assert not {"torch", "sentence_transformers", "numpy", "transformers"} & {
        name.partition(".")[0] for name in sys.modules
    }


async def test_a_text_has_the_same_vector_whatever_shares_its_batch_and_more_than_the_model_reads_is_cut(
    minilm: Path,
) -> None:
    async with opened(minilm) as embedder:
        alone = halves(await embedder.embed(TEXTS[:1]), 384)[0]
        among = halves(await embedder.embed([*TEXTS, "word " * 2000, "", "潮池"] * 9), 384)
        assert cosine(alone, among[0]) > 0.999
        long = halves(await embedder.embed(["word " * 2000, "word " * 3000]), 384)
        assert cosine(*long) > 0.999
        assert all(math.isclose(cosine(vector, vector), 1, abs_tol=2e-3) for vector in among)


async def test_killed_while_it_embeds_it_goes_on_at_the_next_call(minilm: Path) -> None:
    async with opened(minilm) as embedder:
        await embedder.load()
        work = asyncio.create_task(embedder.embed([TEXTS[0] * 5] * 500))
        await asyncio.sleep(0.5)
        children = psutil.Process().children()
        assert len(children) == 1
        children[0].kill()
        with pytest.raises(WorkerDied):
            await work
        assert len(await embedder.embed(TEXTS)) == 3 * 2 * 384


REFERENCE = """
import json, sys, time
from sentence_transformers import SentenceTransformer
import torch
torch.set_num_threads(1)
texts = json.loads(sys.stdin.readline())
model = SentenceTransformer(sys.argv[1], device="cpu", local_files_only=True)
model.encode(texts[:32])
for line in sys.stdin:
    started = time.process_time()
    model.encode(json.loads(line), batch_size=32, normalize_embeddings=True, show_progress_bar=False)
    print(time.process_time() - started, flush=True)
"""


@pytest.mark.timeout(900)
async def test_it_takes_no_more_than_a_tenth_longer_than_the_library_itself(minilm: Path) -> None:
    """Both take turns on the same texts, and processor time is compared, which other work on the machine changes little."""
    texts = [" ".join([TEXTS[number % 3]] * (1 + number * 7 % 5)) for number in range(128)]
    theirs = await asyncio.create_subprocess_exec(
        sys.executable, "-c", REFERENCE, str(minilm), stdin=-1, stdout=-1, limit=1 << 20,
        env={**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    assert theirs.stdin is not None
    assert theirs.stdout is not None
    theirs.stdin.write(json.dumps(texts).encode() + b"\n")
    async with opened(minilm, threads=1) as embedder:
        await embedder.embed(texts[:32])
        child = next(child for child in psutil.Process().children() if child.pid != theirs.pid)
        ratios = []
        for _ in range(3):
            theirs.stdin.write(json.dumps(texts).encode() + b"\n")
            their_seconds = float(await theirs.stdout.readline())
            before, here = child.cpu_times(), time.process_time()
            await embedder.embed(texts)
            after = child.cpu_times()
            our_seconds = after.user + after.system - before.user - before.system + time.process_time() - here
            ratios.append(our_seconds / their_seconds)
    theirs.stdin.close()
    await theirs.wait()
    print(f"processor time beside sentence-transformers' own: {sorted(ratios)}")
    assert sorted(ratios)[1] < 1.1
