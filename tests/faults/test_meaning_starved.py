"""No room for vectors: told as what it is, words go on answering, and meaning comes once there is room."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests.sidecar import model_folders

from . import disks, meaning, vaults
from .product import Sidecar, places, until
from .test_meaning_damaged import all_answers, right_again

NOTES = 300
ROOMY = "size=300m"


class Case:
    """A vault, the slow model that is to read it, and what is answered where there is room enough."""

    def __init__(self, vault: Path, model: Path, wanted: dict[str, Any]) -> None:
        self.vault = vault
        self.model = model
        self.wanted = wanted


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("starved")
    vault, data = vaults.make(folder / "vault", NOTES), folder / "data"
    model = model_folders.transformer(folder / "slow-model")
    meaning.choose(data, model=str(model))
    async with meaning.running(data, vault) as running:
        await meaning.complete(running)
        wanted: dict[str, Any] = await all_answers(running)
        await right_again(running, wanted)
    return Case(vault, model, wanted)


async def paused_for_room(running: Sidecar) -> None:
    async def is_paused() -> bool:
        """the semantic part is paused, and says that there is no room"""
        part = await running.part("semantic")
        return part["state"] == "paused" and "No room" in (part.get("detail") or "")

    await until(is_paused, seconds=60)


@pytest.mark.parametrize(
    ("kilobytes", "answers_by_meaning"),
    [(4, False), (100, False), (296, True)],
    ids=["not a byte", "not for the instant model", "not for the slow model"],
)
async def test_vectors_that_do_not_fit_wait_for_room(
    case: Case, tmp_path: Path, kilobytes: int, answers_by_meaning: bool
) -> None:
    data = tmp_path / "data"
    meaning.choose(data, model=str(case.model))
    folder = places(data, case.vault).vectors
    folder.mkdir(parents=True)
    with disks.mounted(folder, megabytes=1) as disk:
        disks.remount(disk, f"size={kilobytes}k")
        async with meaning.running(data, case.vault) as running:
            await paused_for_room(running)
            answer = await running.call("search.query", text="marsh", limit=5, mode="hybrid")
            assert len(answer["hits"]) == 5
            assert (await running.status())["ready"]["semantic"] is answers_by_meaning
            disks.remount(disk, ROOMY)
            await meaning.complete(running)
            await right_again(running, case.wanted)
            assert running.process.returncode is None


async def test_a_record_that_does_not_fit_costs_no_answer_and_is_made_once_there_is_room(
    case: Case, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    meaning.choose(data, model=str(case.model))
    async with meaning.running(data, case.vault) as running:
        await meaning.complete(running)
    [tier] = meaning.tiers(data, case.vault)
    fingerprint = meaning.opened(tier).fingerprint
    shutil.rmtree(tier / "record", ignore_errors=True)
    (tier / "record").mkdir()
    with disks.mounted(tier / "record", megabytes=1) as disk:
        disks.remount(disk, "size=24k")
        async with meaning.running(data, case.vault) as running:

            async def is_told() -> bool:
                """the log tells why the record has to wait"""
                return "have to wait: No room" in running.log

            await until(is_told, seconds=60)
            await right_again(running, case.wanted)
            disks.remount(disk, ROOMY)
            await running.call("vault.status", wait=True)
            await meaning.recorded(data, case.vault, tier, fingerprint)
            assert running.process.returncode is None
