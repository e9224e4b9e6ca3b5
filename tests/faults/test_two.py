"""One vault, two sidecars: the second is told who has it, and gets it the moment the first is gone."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import psutil
import pytest

from librarian.errors import VaultHeld

from . import vaults
from .product import BACK_SECONDS, SLOWNESS, doomed, places, sidecar


async def test_the_second_is_told_who_holds_the_vault_and_opens_it_once_that_one_is_killed(tmp_path: Path) -> None:
    vault, data = vaults.make(tmp_path / "vault", 20), tmp_path / "data"
    async with sidecar(data) as second:
        async with doomed(data, vault) as first:
            with pytest.raises(VaultHeld) as held:
                await second.open(vault)
            assert held.value.data["pid"] == first.process.pid
            assert await first.found("marsh")
        started = time.monotonic()
        assert (await second.open(vault))["notes"] == 20
        assert time.monotonic() - started < BACK_SECONDS * SLOWNESS
        assert await second.found("marsh")


async def test_closing_lets_the_other_one_in(tmp_path: Path) -> None:
    vault, data = vaults.make(tmp_path / "vault", 20), tmp_path / "data"
    async with sidecar(data, vault) as first, sidecar(data) as second:
        await first.call("vault.close")
        await second.open(vault)
        with pytest.raises(VaultHeld) as held:
            await first.open(vault)
        assert held.value.data["pid"] == second.process.pid


@pytest.mark.parametrize("record", ["recycled", "garbage", "absent"])
async def test_a_stale_record_of_the_owner_keeps_nobody_out(tmp_path: Path, record: str) -> None:
    vault, data = vaults.make(tmp_path / "vault", 20), tmp_path / "data"
    async with doomed(data, vault):
        pass
    owner = places(data, vault).owner
    assert owner.exists()
    if record == "recycled":
        me = psutil.Process()
        owner.write_text(json.dumps({"pid": os.getpid(), "created": me.create_time() - 500, "socket": None}))
    elif record == "garbage":
        owner.write_bytes(b"\xff{")
    else:
        owner.unlink()
    async with sidecar(data) as running:
        assert (await running.open(vault))["notes"] == 20
        assert json.loads(owner.read_text())["pid"] == running.process.pid
