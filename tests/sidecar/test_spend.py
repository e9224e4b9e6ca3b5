"""Money is put aside, settled and never counted less than it is, whatever happens to the process."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import librarian
from librarian.chat.conversation import Usage
from librarian.errors import BudgetExceeded, StoreError
from librarian.ledger import Ledger
from librarian.money import Caps, Estimate, Purpose
from librarian.places import Running
from librarian.spend import MIGRATIONS, Spend

CAPS = Caps(call=500, run=2_000, day=5_000, month=20_000)
LOOSE = Caps(*[10**12] * 4)
SUMMARY = Purpose("summary", vault_id="v1")
TOLD = Usage(input_tokens=10, output_tokens=5)
BERLIN = ZoneInfo("Europe/Berlin")


class Clock:
    """Local time that a test sets."""

    def __init__(self, at: datetime) -> None:
        self.now = at

    def __call__(self) -> datetime:
        return self.now


def noon(*date: int) -> Clock:
    return Clock(datetime(*date, 12, tzinfo=BERLIN))  # type: ignore[arg-type, misc]


def upto(micro: int) -> Estimate:
    return Estimate(counted_tokens=10, input_tokens=10, expected_micro=micro // 2, at_most_micro=micro)


@asynccontextmanager
async def opened(path: Path, clock: Clock | None = None, **others: object) -> AsyncIterator[Spend]:
    spend = await Spend.open(path / "spend.sqlite", clock=clock or noon(2026, 3, 10), **others)  # type: ignore[arg-type]
    try:
        yield spend
    finally:
        await spend.close()


async def reserve(spend: Spend, micro: int, purpose: Purpose = SUMMARY, caps: Caps = CAPS) -> str:
    return await spend.reserve(purpose, "openai", "gpt-5-mini", upto(micro), caps)


async def spent(spend: Spend) -> dict[str, str]:
    return {each.cap: each.spent_usd for each in (await spend.budget(CAPS)).caps}


async def test_what_is_put_aside_counts_until_the_true_cost_is_known(tmp_path: Path) -> None:
    async with opened(tmp_path) as spend:
        call = await reserve(spend, 400)
        assert (await spent(spend))["day"] == "0.0004"
        await spend.settle(call, 120, TOLD, 30)
        assert (await spent(spend))["day"] == "0.00012"
        other = await reserve(spend, 300)
        await spend.release(other)
        assert (await spent(spend))["month"] == "0.00012"
        (row,) = await spend.summary("feature")
        assert (row.key, row.calls, row.input_tokens, row.cost_usd, row.estimated) == ("summary", 1, 10, "0.00012", 0)


async def test_a_call_is_settled_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as spend:
        call = await reserve(spend, 400)
        await spend.settle(call, 120, TOLD, 30)
        await spend.settle(call, 1, TOLD, 30)
        await spend.release(call)
        assert (await spent(spend))["day"] == "0.00012"


async def test_a_call_that_cost_more_than_was_put_aside_counts_in_full(tmp_path: Path) -> None:
    async with opened(tmp_path) as spend:
        await spend.settle(await reserve(spend, 400), 19_900, TOLD, 30)
        assert (await spent(spend))["day"] == "0.0199"
        with pytest.raises(BudgetExceeded) as refused:
            await reserve(spend, 1)
        assert refused.value.data["cap"] == "day"


@pytest.mark.parametrize(("cap", "limit"), [("call", 500), ("run", 2_000), ("day", 5_000), ("month", 20_000)])
async def test_each_cap_holds_to_the_last_micro_dollar(tmp_path: Path, cap: str, limit: int) -> None:
    caps = Caps(**{name: limit if name == cap else 10**9 for name in ("call", "run", "day", "month")})
    purpose = Purpose("batch", run_id="r1")
    async with opened(tmp_path) as spend:
        if cap != "call":
            await reserve(spend, 1, purpose, caps)
            limit -= 1
        with pytest.raises(BudgetExceeded) as refused:
            await reserve(spend, limit + 1, purpose, caps)
        assert refused.value.data["cap"] == cap
        await reserve(spend, limit, purpose, caps)


async def test_a_run_stops_at_the_cap_that_was_agreed_for_it(tmp_path: Path) -> None:
    agreed = Purpose("batch", run_id="r1", run_at_most_micro=250)
    async with opened(tmp_path) as spend:
        await reserve(spend, 100, agreed)
        await spend.settle(await reserve(spend, 100, agreed), 20, TOLD, 1)
        assert await spend.run_spent("r1") == 120
        with pytest.raises(BudgetExceeded) as refused:
            await reserve(spend, 131, agreed)
        assert refused.value.data["setting"] is None
        await reserve(spend, 131, Purpose("batch", run_id="r2", run_at_most_micro=250))


async def test_an_agreed_cap_does_not_lift_that_of_the_settings(tmp_path: Path) -> None:
    async with opened(tmp_path) as spend:
        for _ in range(4):
            await reserve(spend, 500, Purpose("batch", run_id="r1", run_at_most_micro=10**9))
        with pytest.raises(BudgetExceeded) as refused:
            await reserve(spend, 1, Purpose("batch", run_id="r1", run_at_most_micro=10**9))
        assert refused.value.data["setting"] == "budget_run_usd"


async def test_what_costs_nothing_passes_no_cap(tmp_path: Path) -> None:
    async with opened(tmp_path) as spend:
        await spend.settle(await reserve(spend, 400), 30_000, TOLD, 1)
        call = await spend.reserve(SUMMARY, "ollama", "gemma3", upto(0), CAPS, local=True)
        await spend.settle(call, 0, TOLD, 1_500)
        row = next(row for row in await spend.summary("model") if row.key == "ollama/gemma3")
        assert (row.cost_usd, row.local_ms) == ("0.00", 1_500)


async def test_an_endless_plan_stops_at_the_cap(tmp_path: Path) -> None:
    done = 0
    async with opened(tmp_path) as spend:
        with pytest.raises(BudgetExceeded):
            while True:
                await spend.settle(await reserve(spend, 400), 399, TOLD, 1)
                done += 1
    assert done == 12


async def test_many_at_once_never_pass_a_cap_together(tmp_path: Path) -> None:
    async with opened(tmp_path) as one, opened(tmp_path) as other:
        asked = [reserve(spend, 300, caps=LOOSE_CALLS) for spend in (one, other) for _ in range(40)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert sum(isinstance(each, str) for each in answers) == 16
        assert (await spent(one))["day"] == (await spent(other))["day"] == "0.0048"


LOOSE_CALLS = Caps(call=10**9, run=10**9, day=5_000, month=10**9)


async def test_who_is_called_off_while_money_is_put_aside_leaves_none_there(tmp_path: Path) -> None:
    async with opened(tmp_path) as spend:
        for turns in range(12):
            task = asyncio.create_task(reserve(spend, 400))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await spend.release(await task)
        assert (await spent(spend))["day"] == "0.00"
    assert set(states(tmp_path)) <= {"released"}


# Time


async def test_a_day_ends_at_midnight_where_the_person_is(tmp_path: Path) -> None:
    clock = Clock(datetime(2026, 3, 10, 23, 59, 59, tzinfo=BERLIN))
    async with opened(tmp_path, clock) as spend:
        late = await reserve(spend, 400)
        clock.now += timedelta(seconds=1)
        assert await spent(spend) == {"call": "0.00", "run": "0.00", "day": "0.00", "month": "0.0004"}
        await spend.settle(late, 350, TOLD, 2_000)
        assert await spent(spend) == {"call": "0.00", "run": "0.00", "day": "0.00", "month": "0.00035"}
        assert [row.key for row in await spend.summary("day")] == ["2026-03-10"]
        assert (await spend.budget(CAPS)).day == "2026-03-11"


async def test_a_month_ends_with_its_last_day(tmp_path: Path) -> None:
    clock = Clock(datetime(2028, 2, 29, 23, 30, tzinfo=BERLIN))
    async with opened(tmp_path, clock) as spend:
        await reserve(spend, 400)
        clock.now += timedelta(minutes=29)
        assert (await spent(spend))["month"] == "0.0004"
        clock.now += timedelta(minutes=1)
        assert (await spent(spend))["month"] == "0.00"


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25)])
async def test_a_day_on_which_clocks_are_changed_is_one_day(tmp_path: Path, day: tuple[int, ...], hours: int) -> None:
    start = datetime(*day, tzinfo=BERLIN).astimezone(ZoneInfo("UTC"))  # type: ignore[arg-type, misc]
    clock = Clock(start.astimezone(BERLIN))
    async with opened(tmp_path, clock) as spend:
        for hour in range(hours):
            clock.now = (start + timedelta(hours=hour)).astimezone(BERLIN)
            await reserve(spend, 10)
        assert (await spent(spend))["day"] == f"{hours / 100_000:.5f}".rstrip("0")
        clock.now = (start + timedelta(hours=hours)).astimezone(BERLIN)
        assert (await spent(spend))["day"] == "0.00"


async def test_a_clock_that_is_set_back_brings_no_money_back(tmp_path: Path) -> None:
    clock = noon(2026, 3, 10)
    async with opened(tmp_path, clock) as spend:
        await reserve(spend, 400)
        clock.now = datetime(2026, 3, 9, 12, tzinfo=BERLIN)
        assert (await spent(spend))["month"] == "0.0004"
        clock.now = datetime(2026, 3, 10, 1, tzinfo=BERLIN)
        assert (await spent(spend))["day"] == "0.0004"


# Processes that end


A_PROCESS = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from librarian.ledger import Ledger
from librarian.money import Caps, Estimate, Purpose
from librarian.spend import Spend

async def main():
    spend = await Spend.open(Path(sys.argv[1]), clock=lambda: datetime(2026, 3, 10, 12, tzinfo=UTC))
    await spend.reserve(Purpose("summary"), "openai", "gpt-5-mini", Estimate(1, 1, 1, 400), Caps(*[10**9] * 4))
    print("reserved", flush=True)
    sys.stdin.read()

asyncio.run(main())
"""

MANY = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from librarian.errors import BudgetExceeded
from librarian.ledger import Ledger
from librarian.money import Caps, Estimate, Purpose
from librarian.spend import Spend

async def main():
    print("ready", flush=True)
    sys.stdin.readline()
    spend = await Spend.open(Path(sys.argv[1]), clock=lambda: datetime(2026, 3, 10, 12, tzinfo=UTC))
    made = 0
    for _ in range(60):
        try:
            await spend.reserve(Purpose("batch"), "openai", "gpt-5-mini", Estimate(1, 1, 1, 100), Caps(10**9, 10**9, 7_000, 10**9))
            made += 1
        except BudgetExceeded:
            pass
    print(made, flush=True)
    sys.stdin.readline()

asyncio.run(main())
"""


def process(code: str, path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, str(path / "spend.sqlite")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(librarian.__file__).parents[1])},
    )  # fmt: skip


def say(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()


def heard(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    return child.stdout.readline().strip()


async def today(path: Path) -> str:
    async with opened(path) as spend:
        return (await spent(spend))["day"]


async def test_what_a_killed_process_put_aside_stays_counted(tmp_path: Path) -> None:
    child = process(A_PROCESS, tmp_path)
    try:
        assert await asyncio.to_thread(heard, child) == "reserved"
        assert await today(tmp_path) == "0.0004"
        assert states(tmp_path) == ["reserved"]
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert await today(tmp_path) == "0.0004"
        assert states(tmp_path) == ["presumed"]
    finally:
        child.kill()
        child.communicate()


async def test_two_processes_that_begin_at_once_share_one_budget(tmp_path: Path) -> None:
    children = [process(MANY, tmp_path) for _ in range(2)]
    try:
        assert [await asyncio.to_thread(heard, child) for child in children] == ["ready", "ready"]
        for child in children:
            say(child)
        made = [int(await asyncio.to_thread(heard, child)) for child in children]
        assert sum(made) == 70
    finally:
        for child in children:
            child.kill()
            child.communicate()


def states(path: Path) -> list[str]:
    connection = sqlite3.connect(path / "spend.sqlite")
    try:
        return [row[0] for row in connection.execute("select state from calls order by number")]
    finally:
        connection.close()


async def test_what_is_settled_late_takes_the_place_of_what_was_presumed(tmp_path: Path) -> None:
    async with opened(tmp_path) as mine:
        call = await reserve(mine, 400)
        # To whom our process cannot be seen, such as one in a container.
        async with opened(tmp_path, lives=lambda _: False) as other:
            assert (await spent(other))["day"] == "0.0004"
        await mine.settle(call, 100, TOLD, 5)
        assert (await spent(mine))["day"] == "0.0001"


async def test_closing_counts_what_is_not_settled(tmp_path: Path) -> None:
    async with opened(tmp_path) as spend:
        await reserve(spend, 400)
    assert states(tmp_path) == ["presumed"]
    with pytest.raises(StoreError):
        await reserve(spend, 1)


async def test_a_number_that_another_process_got_is_no_life(tmp_path: Path) -> None:
    me = Running.this()
    assert me.lives()
    assert not Running(me.pid, me.created - 60).lives()


async def test_an_unreadable_record_is_kept_aside_and_told(tmp_path: Path) -> None:
    async with opened(tmp_path) as spend:
        await reserve(spend, 400)
    (tmp_path / "spend.sqlite").write_bytes(b"no database at all, but long enough to be taken for one" * 100)
    async with opened(tmp_path) as spend:
        notice = (await spend.budget(CAPS)).notice
        assert notice is not None
        assert "spend.sqlite.corrupt-" in notice
        await reserve(spend, 400)


# What is told


async def test_use_is_told_by_feature_model_day_and_vault(tmp_path: Path) -> None:
    clock = noon(2026, 3, 10)
    async with opened(tmp_path, clock) as spend:
        for feature, vault, model, cost in [
            ("summary", "v1", "a", 10),
            ("answer", "v2", "b", 30),
            ("answer", None, "a", 5),
        ]:
            purpose = Purpose(feature, vault_id=vault)
            call = await spend.reserve(purpose, "openai", model, upto(50), CAPS)
            await spend.settle(call, cost, TOLD, 1)
            clock.now += timedelta(days=1)
        await spend.note_cached(Purpose("answer", "v2"), "openai", "b")

        async def told(by: str, **days: object) -> list[tuple[str, int, str, int]]:
            rows = await spend.summary(by, **days)  # type: ignore[arg-type]
            return [(row.key, row.calls, row.cost_usd, row.cached) for row in rows]

        assert await told("feature") == [("answer", 3, "0.000035", 1), ("summary", 1, "0.00001", 0)]
        assert await told("model") == [("openai/b", 2, "0.00003", 1), ("openai/a", 2, "0.000015", 0)]
        assert await told("vault") == [("v2", 2, "0.00003", 1), ("v1", 1, "0.00001", 0), ("", 1, "0.000005", 0)]
        days = ["2026-03-13", "2026-03-12", "2026-03-11", "2026-03-10"]
        assert [key for key, *_ in await told("day")] == days
        some = {"since": datetime(2026, 3, 11).date(), "until": datetime(2026, 3, 12).date()}
        assert [key for key, *_ in await told("day", **some)] == days[1:3]


async def test_how_a_model_counts_is_learnt_from_what_it_told(tmp_path: Path) -> None:
    async with opened(tmp_path) as spend:
        assert await spend.ratio("openai", "gpt-5-mini") == 1.0
        for told in (12, 14):
            await spend.settle(await reserve(spend, 10), 5, Usage(input_tokens=told - 2, cache_read_tokens=2), 1)
        await spend.settle(await reserve(spend, 10), 5, Usage(input_tokens=900, estimated=True), 1)
        assert await spend.ratio("openai", "gpt-5-mini") == pytest.approx(1.3)
        await spend.settle(await reserve(spend, 10), 5, Usage(input_tokens=900), 1)
        assert await spend.ratio("openai", "gpt-5-mini") == 3.0


async def test_the_use_of_one_vault_is_told_by_itself(tmp_path: Path) -> None:
    async with opened(tmp_path) as spend:
        for vault, cost in (("v1", 100), ("v2", 200), (None, 300)):
            call = await reserve(spend, 400, Purpose("summary", vault_id=vault), LOOSE)
            await spend.settle(call, cost, TOLD, 5)
        told = {
            vault: [row.cost_usd for row in await spend.summary("feature", vault_id=vault)]
            for vault in ("v1", "v2", "v3", None)
        }
    assert told == {"v1": ["0.0001"], "v2": ["0.0002"], "v3": [], None: ["0.0006"]}


async def test_books_from_before_a_test_could_be_unpriced_are_read_on(tmp_path: Path) -> None:
    old = await Ledger.open(tmp_path / "spend.sqlite", migrations=MIGRATIONS[:1])
    await old.close()
    async with opened(tmp_path) as spend:
        await spend.settle(await reserve(spend, 400), 100, TOLD, 5)
        (row,) = await spend.summary("feature")
    assert (row.calls, row.unpriced) == (1, 0)
    assert spend.moved_aside is None
