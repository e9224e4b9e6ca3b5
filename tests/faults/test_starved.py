"""No room, no right to write: told as what it is, search goes on, and all is well once there is room again."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from librarian.errors import LibrarianError, StorageFull, StoreError

from . import disks, vaults
from .product import Sidecar, places, sidecar, until

NOTES = 300
BIG_NOTES = 8
BIG_WORDS = 60_000


def grow(vault: Path) -> list[str]:
    """Add notes of words that no index can make small."""
    dice = random.Random(5)
    for number in range(BIG_NOTES):
        words = " ".join(f"{dice.randrange(1 << 60):x}" for _ in range(BIG_WORDS))
        (vault / f"Big {number}.md").write_text(f"bigger {words}")
    return [f"Big {number}.md" for number in range(BIG_NOTES)]


async def healthy(running: Sidecar) -> None:
    async def is_healthy() -> bool:
        """everything works again"""
        try:
            parts = {part["name"]: part["state"] for part in (await running.status())["parts"]}
            rows = await running.sql("select count(*) from notes where path like 'Big%'")
            found = await running.search("bigger")
        except LibrarianError:
            return False
        return parts["keyword"] == parts["catalog"] == "ready" and rows == [[BIG_NOTES]] and found["total"] >= BIG_NOTES

    await until(is_healthy, seconds=60)


async def test_a_disk_that_fills_up_pauses_and_recovers(tmp_path: Path) -> None:
    vault = vaults.make(tmp_path / "vault", NOTES)
    with disks.mounted(tmp_path / "disk", megabytes=24) as disk:
        async with sidecar(disk / "data", vault) as running:
            await running.settled()
            await running.call("search.save", name="kept", text="marsh")
            ballast = disks.fill(disk)
            paths = grow(vault)
            with pytest.raises(StorageFull):
                await running.changed(*paths)
            keyword = await running.part("keyword")
            assert keyword["state"] == "paused"
            assert "No room" in keyword["detail"]
            assert len(await running.found("marsh")) > 10
            with pytest.raises(StorageFull):
                await running.call("vault.rebuild")
            assert len(await running.found("marsh")) > 10
            with pytest.raises(StorageFull):
                await running.call("search.save", name="another", text="tide" * 1000)
            ballast.unlink()
            disks.remount(disk, "size=300m")
            await healthy(running)
            assert [row["name"] for row in (await running.call("search.saved"))["searches"]] == ["kept"]
            assert running.process.returncode is None


async def test_a_vault_that_does_not_fit_is_told_so_and_fits_later(tmp_path: Path) -> None:
    vault = vaults.make(tmp_path / "vault", 5)
    grow(vault)
    with disks.mounted(tmp_path / "disk", megabytes=3) as disk:
        async with sidecar(disk / "data") as running:
            for _ in range(2):
                with pytest.raises(StorageFull):
                    await running.open(vault)
            disks.remount(disk, "size=300m")
            assert (await running.open(vault))["notes"] == 5 + BIG_NOTES
            await healthy(running)


async def test_a_full_disk_refuses_a_new_vault_by_name(tmp_path: Path) -> None:
    with disks.mounted(tmp_path / "disk", megabytes=1) as disk:
        async with sidecar(disk / "data") as running:
            ballast = disks.fill(disk)
            with pytest.raises(StorageFull):
                await running.open(vaults.make(tmp_path / "vault", 5))
            ballast.unlink()


async def test_a_read_only_data_folder_is_told_and_search_goes_on(tmp_path: Path) -> None:
    vault, data = vaults.make(tmp_path / "vault", NOTES), tmp_path / "data"
    async with sidecar(data, vault) as running:
        await running.settled()
        with disks.read_only(places(data, vault).folder):
            path = vaults.write(vault, 3, notes=NOTES, seed=2)
            with pytest.raises(StoreError, match="written"):
                await running.changed(path)
            assert (await running.part("keyword"))["state"] == "failed"
            assert len(await running.found("marsh")) > 10
        await running.changed(path)
        assert (await running.found('"unique3x2"'))[0] == path
        assert (await running.part("keyword"))["state"] == "ready"


async def test_a_data_folder_that_is_read_only_from_the_start_is_told(tmp_path: Path) -> None:
    vault, data = vaults.make(tmp_path / "vault", 5), tmp_path / "data"
    async with sidecar(data) as running:
        with disks.read_only(data), pytest.raises(StoreError, match="written"):
            await running.open(vault)
        assert (await running.open(vault))["notes"] == 5
