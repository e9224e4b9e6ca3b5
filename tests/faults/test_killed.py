"""kill -9 at any moment: back at once, nothing acknowledged lost, and in the end what one clean run gives."""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from librarian.errors import NobodyThere

from . import vaults
from .product import BACK_SECONDS, SLOWNESS, Sidecar, doomed, sidecar, stores

NOTES = 2000
ROUNDS_OPENING = 10
ROUNDS_UPDATING = 20


async def answers(running: Sidecar) -> dict[str, Any]:
    """What every query gives, without the times."""
    given = {query: await running.search(query) for query in vaults.QUERIES}
    return {query: (answer["total"], [hit["path"] for hit in answer["hits"]]) for query, answer in given.items()}


async def whole(data: Path, vault: Path) -> tuple[dict[str, Any], dict[str, list[tuple[Any, ...]]]]:
    """Answers and stores of a sidecar that is left in peace."""
    async with sidecar(data, vault) as running:
        await running.settled()
        given = await answers(running)
    return given, stores(data, vault)


def matches(given: dict[str, Any]) -> dict[str, Any]:
    """How many notes match, and which is the first. The order further down also depends on how often a word stands in
    notes that were removed, until the index is rebuilt.
    """
    return {query: (total, paths[0]) for query, (total, paths) in given.items()}


async def update(running: Sidecar, vault: Path, round_number: int, kept: dict[int, int]) -> None:
    """Change notes in bursts until killed; ``kept`` gets the seed of every note whose change was acknowledged."""
    for burst in range(1000):
        seed = 1 + round_number * 1000 + burst
        numbers = vaults.sample(NOTES, 7, seed)
        for number in numbers:
            kept.pop(number, None)
        paths = [vaults.write(vault, number, notes=NOTES, seed=seed) for number in numbers]
        gone = vaults.place(NOTES + round_number * 1000 + burst - 1)
        (vault / gone).unlink(missing_ok=True)
        fresh = vaults.write(vault, NOTES + round_number * 1000 + burst, notes=NOTES, seed=seed)
        await running.changed(*paths, gone, fresh)
        kept.update(dict.fromkeys(numbers, seed))


async def test_thirty_kills_leave_what_one_clean_run_gives(tmp_path: Path) -> None:
    vault, data = vaults.make(tmp_path / "vault", NOTES), tmp_path / "data"
    dice = random.Random(30)
    slowest = 0.0
    for _ in range(ROUNDS_OPENING):
        async with doomed(data) as running:
            opening = asyncio.ensure_future(running.open(vault))
            await asyncio.wait([opening], timeout=dice.uniform(0, 0.8))
            running.kill()
            with suppress(NobodyThere):
                await opening
    kept: dict[int, int] = {}
    async with sidecar(data, vault):
        pass
    for round_number in range(ROUNDS_UPDATING):
        started = time.monotonic()
        async with doomed(data, vault) as running:
            assert await running.found("marsh")
            slowest = max(slowest, time.monotonic() - started)
            for number, seed in list(kept.items())[-5:]:
                assert vaults.place(number) in await running.found(f'"unique{number}x{seed}"'), (round_number, number)
            updating = asyncio.ensure_future(update(running, vault, round_number, kept))
            await asyncio.wait([updating], timeout=dice.uniform(0.05, 0.9))
            running.kill()
            with suppress(NobodyThere):
                await updating
    assert kept, "no change was ever acknowledged"
    assert slowest < BACK_SECONDS * SLOWNESS
    given, held = await whole(data, vault)
    wanted_given, wanted_held = await whole(tmp_path / "clean", vault)
    assert matches(given) == matches(wanted_given)
    for name, rows in wanted_held.items():
        assert held[name] == rows, name
    assert "is built again" not in (tmp_path / "data.log").read_text(), "a kill cost the whole index"
    async with sidecar(data, vault) as running:
        await running.call("vault.rebuild")
        await running.settled()
        assert await answers(running) == wanted_given
