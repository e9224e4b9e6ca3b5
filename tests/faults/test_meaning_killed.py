"""kill -9 while notes are embedded, recorded, and read by another model: in the end the vectors of one clean run."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
from tests.sidecar import model_folders

from librarian.vectors.lance import LanceVectors

from . import meaning, vaults
from .product import BACK_SECONDS, SLOWNESS, Sidecar

ROUNDS = float(os.environ.get("LIBRARIAN_TEST_KILLS", "1"))
"""Thirty kills in all are multiplied by this."""
KILLS_EMBEDDING, KILLS_RECORDING, KILLS_SWITCHING = (round(kills * ROUNDS) for kills in (10, 10, 10))
NOTES = 2100
"""More than `semantics.SMALL_VAULT`, so that they are recorded at once."""
NOTES_READ_SLOWLY = 300


async def begins(running: Sidecar, *, seconds: float = 20) -> dict[str, Any]:
    """Wait until notes are being embedded, or all are."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        part = await running.part("semantic")
        if part["state"] == "ready" or (part["state"] == "building" and part["total"]):
            return part
        await asyncio.sleep(0.005)
    raise AssertionError("nothing was embedded")


async def records(running: Sidecar, *, seconds: float = 30) -> None:
    """Wait until LanceDB's worker is there."""
    sidecar = psutil.Process(running.process.pid)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for child in sidecar.children():
            try:
                if "librarian.vectors.process" in child.cmdline():
                    return
            except psutil.Error:
                continue
        await asyncio.sleep(0.02)
    raise AssertionError("nothing was recorded")


class Stopwatch:
    """How long the slowest sidecar took from its start to its first answer by words."""

    def __init__(self) -> None:
        self.slowest = 0.0

    async def first_answer(self, running: Sidecar, started: float) -> None:
        assert await running.found("marsh")
        self.slowest = max(self.slowest, time.monotonic() - started)


async def clean(data: Path, vault: Path) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    """Answers and vectors of a sidecar that is left in peace."""
    async with meaning.running(data, vault) as running:
        await meaning.complete(running)
        given = await meaning.answers(running)
    [tier] = meaning.tiers(data, vault)
    return given, meaning.held(tier)


async def test_twenty_kills_while_embedding_and_recording_leave_the_vectors_of_one_clean_run(tmp_path: Path) -> None:
    vault, data = vaults.make(tmp_path / "vault", NOTES), tmp_path / "data"
    wanted = await clean(data, vault)
    [tier] = meaning.tiers(data, vault)
    fingerprint = meaning.opened(tier).fingerprint
    dice, watch, left = random.Random(20), Stopwatch(), Counter[str]()
    for number in range(KILLS_EMBEDDING + KILLS_RECORDING):
        # In turn twice, so that the second time there is what the kill before has left of a record.
        embeds = number % 4 < 2
        if embeds:
            shutil.rmtree(tier)
        else:
            (tier / "passages.vectors").unlink(missing_ok=True)
        started = time.monotonic()
        async with meaning.dying(data, vault) as running:
            await watch.first_answer(running, started)
            if embeds:
                await begins(running)
                await asyncio.sleep(dice.uniform(0, 0.15))
            else:
                await records(running)
                await asyncio.sleep(dice.uniform(0, 3))
        left[how_far(tier)] += 1
    assert left["whole"] < KILLS_EMBEDDING + KILLS_RECORDING, left
    assert watch.slowest < BACK_SECONDS * SLOWNESS
    async with meaning.running(data, vault) as running:
        await meaning.complete(running)
        assert await meaning.answers(running) == wanted[0]
        await meaning.recorded(data, vault, tier, fingerprint)
    assert meaning.held(tier) == wanted[1]
    assert in_record(tier) == {(path, ordinal): digest for path, _, ordinal, digest, _ in wanted[1]}


def how_far(tier: Path) -> str:
    """What a kill left of the copy."""
    if not (tier / "passages.vectors").exists() or not (notes := meaning.opened(tier).notes):
        return "nothing"
    return "whole" if notes == NOTES else "part"


def in_record(tier: Path) -> dict[tuple[str, int], bytes]:
    """Digests of all passages in LanceDB."""
    copy = meaning.opened(tier)
    head = meaning.header(tier)
    store = LanceVectors(tier / "record", head.model, head.dimensions, "int8")
    assert store.size().notes == copy.notes
    return {(row["path"], row["ordinal"]): row["digest"] for batch in store.read(5000) for row in batch.to_pylist()}


async def test_ten_kills_while_the_model_is_switched_leave_the_vectors_of_one_clean_run(tmp_path: Path) -> None:
    vault, data = vaults.make(tmp_path / "vault", NOTES_READ_SLOWLY), tmp_path / "data"
    model = model_folders.transformer(tmp_path / "slow-model")
    wanted = await clean_with(tmp_path / "clean", vault, model)
    async with meaning.running(data, vault) as running:
        await meaning.complete(running)
    dice, watch, chosen, switched = random.Random(10), Stopwatch(), str(model), 0
    for _ in range(KILLS_SWITCHING):
        meaning.choose(data, model=chosen)
        started = time.monotonic()
        async with meaning.dying(data, vault) as running:
            await watch.first_answer(running, started)
            await begins(running)
            await asyncio.sleep(dice.uniform(0, 1.5))
            assert await running.call("search.query", text="tide sediment", limit=5, mode="semantic")
            is_over = (await running.part("semantic"))["state"] == "ready"
        if is_over:
            # There and back again.
            chosen, switched = "default" if chosen == str(model) else str(model), switched + 1
    assert watch.slowest < BACK_SECONDS * SLOWNESS
    assert await clean_with(data, vault, model) == wanted
    [tier] = meaning.tiers(data, vault)
    assert meaning.header(tier).dimensions == 8


async def clean_with(data: Path, vault: Path, model: Path) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    """Answers and vectors once the slow model has taken over."""
    meaning.choose(data, model=str(model))
    async with meaning.running(data, vault) as running:
        await meaning.complete(running)
    # The first search of a process does not wait for a slow model to be loaded.
    async with meaning.running(data, vault) as running:
        await meaning.answering_by_meaning(running)
        given = await meaning.answers(running)
    [tier] = meaning.tiers(data, vault)
    return given, meaning.held(tier)
