"""Processes that spend are killed at any moment: what was charged is never counted less, and the cap holds."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import librarian
from librarian.money import Caps, micro_usd
from librarian.spend import Spend

DAY = 2_000_000
SPENDER = """
import asyncio, os, random, sys
from datetime import UTC, datetime
from pathlib import Path
from librarian.chat.conversation import Usage
from librarian.errors import BudgetExceeded
from librarian.money import Caps, Estimate, Purpose
from librarian.spend import Spend

async def main():
    chance = random.Random(int(sys.argv[2]))
    caps = Caps(10**9, 10**9, int(sys.argv[3]), 10**9)
    spend = await Spend.open(Path(sys.argv[1]), clock=lambda: datetime(2026, 3, 10, 12, tzinfo=UTC))
    os.write(1, b"0\\n")
    while True:
        most = chance.randint(100, 10_000)
        try:
            call = await spend.reserve(Purpose("x"), "p", "m", Estimate(1, 1, most, most), caps)
        except BudgetExceeded:
            os.write(1, b"0\\n")
            continue
        # What a provider charged is so from now on, whatever becomes of this process.
        cost = chance.randint(0, most)
        os.write(1, b"%d\\n" % cost)
        if chance.random() < 0.9:
            await spend.settle(call, cost, Usage(), 1)

asyncio.run(main())
"""


@pytest.mark.elsewhere(sys.platform == "win32", reason="Windows has no SIGKILL")
async def test_money_holds_whenever_a_process_is_killed(tmp_path: Path) -> None:
    chance = random.Random(6)
    path = tmp_path / "spend.sqlite"
    charged = 0
    for number in range(12):
        child = subprocess.Popen(
            [sys.executable, "-c", SPENDER, str(path), str(number), str(DAY)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(librarian.__file__).parents[1])},
        )
        assert child.stdout is not None
        # Killed after so many charges, in the midst of whatever comes next.
        for _ in range(chance.randint(1, 40)):
            charged += int(await asyncio.to_thread(child.stdout.readline))
        child.send_signal(signal.SIGKILL)
        rest, _ = child.communicate()
        charged += sum(int(line) for line in rest.split())
        assert charged <= await counted(path) <= DAY
    assert charged > 0


async def counted(path: Path) -> int:
    books = await Spend.open(path, clock=lambda: datetime(2026, 3, 10, 12, tzinfo=UTC))
    try:
        day = next(cap for cap in (await books.budget(Caps(0, 0, 0, 0))).caps if cap.cap == "day")
        return micro_usd(day.spent_usd)
    finally:
        await books.close()
