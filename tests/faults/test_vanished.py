"""A vault that goes away is waited for: nothing is removed, and what changed meanwhile is found."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from librarian.errors import VaultUnavailable

from . import disks, vaults
from .product import Sidecar, sidecar, until

NOTES = 60


async def paused(running: Sidecar) -> None:
    async def is_paused() -> bool:
        """the status says paused"""
        return (await running.part("keyword"))["state"] == "paused"

    await until(is_paused)


async def findable(running: Sidecar, text: str, path: str) -> None:
    async def is_found() -> bool:
        """the note is found"""
        return path in await running.found(text)

    await until(is_found)


async def goes_and_comes(
    running: Sidecar, vault: Path, leave: Callable[[], None], come_back: Callable[[], None]
) -> None:
    await running.settled()
    before = await running.found("marsh")
    leave()
    await paused(running)
    assert "mounted" in (await running.part("keyword"))["detail"]
    hits = (await running.search("marsh"))["hits"]
    assert [hit["path"] for hit in hits] == before
    assert (await running.status())["counts"]["notes"] == NOTES
    with pytest.raises(VaultUnavailable):
        await running.changed(vaults.place(1), kind="deleted")
    if not vault.exists():
        with pytest.raises(VaultUnavailable):
            await running.call("vault.rebuild")
    assert await running.found("marsh") == before
    come_back()
    await findable(running, '"unique3x9"', vaults.place(3))
    await running.settled()
    (vault / "After.md").write_text("afterwards came a pelican")
    await findable(running, "pelican", "After.md")
    (vault / "After.md").unlink()

    async def is_ready() -> bool:
        """the status says ready"""
        return (await running.part("keyword"))["state"] == "ready"

    await until(is_ready)


async def test_a_vault_that_is_renamed_away_comes_back_by_itself(tmp_path: Path) -> None:
    vault, away = vaults.make(tmp_path / "vault", NOTES), tmp_path / "away"

    def come_back() -> None:
        vaults.write(away, 3, notes=NOTES, seed=9)
        away.rename(vault)

    async with sidecar(tmp_path / "data", vault) as running:
        await goes_and_comes(running, vault, lambda: os.rename(vault, away), come_back)


async def test_an_emptied_mount_point_is_waited_for(tmp_path: Path) -> None:
    vault, copy = tmp_path / "vault", vaults.make(tmp_path / "copy", NOTES)
    with disks.mounted(vault, megabytes=8):
        shutil.copytree(copy, vault, dirs_exist_ok=True)

        def come_back() -> None:
            vaults.write(copy, 3, notes=NOTES, seed=9)
            copy.rename(tmp_path / "full")
            vault.rmdir()
            (tmp_path / "full").rename(vault)

        async with sidecar(tmp_path / "data", vault) as running:
            await goes_and_comes(running, vault, lambda: disks.unmount(vault), come_back)


async def test_a_vault_that_is_emptied_empties_the_index_only_when_told_to(tmp_path: Path) -> None:
    vault = vaults.make(tmp_path / "vault", 3)
    async with sidecar(tmp_path / "data", vault) as running:
        for number in range(3):
            shutil.rmtree(vault / f"Folder{number}")
        with pytest.raises(VaultUnavailable):
            await running.changed(*map(vaults.place, range(3)), kind="deleted")
        assert len(await running.found("note")) == 3
        await running.call("vault.rebuild")
        assert await running.found("note") == []


async def test_what_cannot_be_read_is_told_and_found_once_it_can(tmp_path: Path) -> None:
    """Root reads everything, so the sidecar gives up its right to override modes where it has it."""
    command = (
        ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"] if os.geteuid() == 0 else []
    )
    if command and not shutil.which("setpriv"):
        pytest.skip("SKIPPED unreadable files: root needs setpriv (util-linux) to feel file modes")
    vault = vaults.make(tmp_path / "vault", NOTES)
    locked_note, locked_folder = vault / vaults.place(1), vault / "Folder2"
    async with sidecar(tmp_path / "data", vault, command=command) as running:
        await running.settled()
        in_folder = len([path for path in await running.found("path:Folder2/") if path.startswith("Folder2/")])
        assert in_folder == NOTES // 20
        vaults.write(vault, 1, notes=NOTES, seed=4)
        locked_note.chmod(0)
        locked_folder.chmod(0)
        try:
            await running.changed(vaults.place(1))
            skipped = {row["path"]: row["reason"] for row in (await running.status())["skipped"]}
            assert "cannot be read" in skipped[vaults.place(1)]
            await running.changed("Folder2", "no such file.md")
            assert "Folder2" in (await running.part("keyword"))["detail"]
            assert (
                len([path for path in await running.found("path:Folder2/") if path.startswith("Folder2/")]) == in_folder
            )
        finally:
            locked_note.chmod(0o600)
            locked_folder.chmod(0o700)
        await running.changed(vaults.place(1), "Folder2")
        await findable(running, '"unique1x4"', vaults.place(1))
        assert (await running.status())["skipped"] == []
        assert (await running.part("keyword"))["detail"] is None


async def test_what_lies_behind_a_link_is_not_part_of_the_vault(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "Secret.md").write_text("the canary sings")
    vault = vaults.make(tmp_path / "vault", 5)
    (vault / "linked").symlink_to(outside)
    (vault / "Loop").symlink_to(vault)
    async with sidecar(tmp_path / "data", vault) as running:
        await running.changed(
            "linked/Secret.md", "../outside/Secret.md", str(outside / "Secret.md"), "Loop/Folder1/Note 1.md"
        )
        await asyncio.gather(*(running.changed(f"linked/{name}.md") for name in ("Secret", "a\0b", "Secret")))
        assert await running.found("canary") == []
        assert (await running.found('"unique1x0"'))[0] == vaults.place(1)
        assert {path.partition("/")[0] for path in await running.found("note")} <= {f"Folder{n}" for n in range(5)}
