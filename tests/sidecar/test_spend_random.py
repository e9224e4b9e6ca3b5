"""Whatever two processes do with one ledger, and however they end: what was spent is never counted less than it is, and no
cap is passed. Against a model that is a list.
"""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from librarian.chat.conversation import Usage
from librarian.errors import BudgetExceeded
from librarian.money import Caps, Estimate, Purpose, usd
from librarian.places import Running
from librarian.spend import Spend

CAPS = Caps(call=60, run=150, day=300, month=700)
RUNS = ("r1", "r2", None)
WHO = (0, 1)


@dataclass
class Call:
    id: str
    who: int
    life: int
    """Which of its process's lives it was made in."""
    run: str | None
    day: str
    at_most: int
    state: Literal["reserved", "presumed", "settled", "released"] = "reserved"
    counted: int = 0
    true: int = 0
    """What the provider will have charged in the end."""


class Spending(RuleBasedStateMachine):
    calls = Bundle("calls")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.now = datetime(2026, 3, 29, 0, 30, tzinfo=ZoneInfo("Europe/Berlin"))
        self.lives = {who: 0 for who in WHO}
        self.open: dict[int, Spend | None] = dict.fromkeys(WHO)
        self.made: list[Call] = []

    @initialize()
    def both_begin(self) -> None:
        for who in WHO:
            self.begin(who)

    def begin(self, who: int) -> None:
        for call in self.made:
            # Whoever begins settles for all that died.
            if call.state == "reserved" and (call.life < self.lives[call.who] or self.open[call.who] is None):
                call.state = "presumed"
        self.lives[who] += 1
        alive = lambda each: self.open[each.pid] is not None and each.created == self.lives[each.pid]  # noqa: E731
        self.open[who] = self.runner.run(
            Spend.open(
                Path(self.folder.name) / "spend.sqlite",
                clock=lambda: self.now,
                process=Running(who, self.lives[who]),
                lives=alive,
            )
        )

    def spend(self, who: int) -> Spend:
        if self.open[who] is None:
            self.begin(who)
        spend = self.open[who]
        assert spend is not None
        return spend

    @rule(
        target=calls,
        who=st.sampled_from(WHO),
        run=st.sampled_from(RUNS),
        at_most=st.integers(0, 80),
        true=st.integers(0, 80),
    )
    def reserve(self, who: int, run: str | None, at_most: int, true: int) -> object:
        spend, today = self.spend(who), self.now.date().isoformat()
        day = sum(call.counted for call in self.made if call.day == today)
        month = sum(call.counted for call in self.made if call.day[:7] == today[:7])
        of_run = sum(call.counted for call in self.made if run is not None and call.run == run)
        fits = not at_most or (
            at_most <= CAPS.call
            and of_run + at_most <= CAPS.run
            and day + at_most <= CAPS.day
            and month + at_most <= CAPS.month
        )
        estimate = Estimate(1, 1, at_most, at_most)
        try:
            call_id = self.runner.run(spend.reserve(Purpose("x", run_id=run), "p", "m", estimate, CAPS))
        except BudgetExceeded:
            assert not fits
            return multiple()
        assert fits
        call = Call(call_id, who, self.lives[who], run, today, at_most, counted=at_most, true=min(true, at_most))
        self.made.append(call)
        return call

    @rule(call=calls)
    def settle(self, call: Call) -> None:
        # By whoever is there: a process that was thought dead may settle late.
        spend = self.spend(call.who)
        self.runner.run(spend.settle(call.id, call.true, Usage(), 1))
        if call.state in ("reserved", "presumed"):
            call.state, call.counted = "settled", call.true

    @rule(call=consumes(calls))
    def release(self, call: Call) -> None:
        spend = self.spend(call.who)
        self.runner.run(spend.release(call.id))
        if call.state in ("reserved", "presumed"):
            call.state, call.counted, call.true = "released", 0, 0

    @rule(who=st.sampled_from(WHO))
    def crash(self, who: int) -> None:
        spend, self.open[who] = self.open[who], None
        if spend is not None:
            # The connection goes, as it does with a process; nothing is written.
            self.runner.run(spend._ledger.close())

    @rule(who=st.sampled_from(WHO))
    def close(self, who: int) -> None:
        spend, self.open[who] = self.open[who], None
        if spend is not None:
            self.runner.run(spend.close())
            for call in self.made:
                if call.state == "reserved" and (call.who, call.life) == (who, self.lives[who]):
                    call.state = "presumed"

    @rule(hours=st.integers(1, 30))
    def wait(self, hours: int) -> None:
        self.now = (self.now.astimezone(ZoneInfo("UTC")) + timedelta(hours=hours)).astimezone(self.now.tzinfo)

    @invariant()
    def what_is_told_is_the_model_and_no_less_than_the_truth(self) -> None:
        spend = next((each for each in self.open.values() if each is not None), None)
        if spend is None:
            return
        today = self.now.date().isoformat()
        told = {each.cap: each.spent_usd for each in self.runner.run(spend.budget(CAPS)).caps}
        for cap, length in (("day", 10), ("month", 7)):
            of_time = [call for call in self.made if call.day[:length] == today[:length]]
            counted = sum(call.counted for call in of_time)
            assert told[cap] == usd(counted)
            assert sum(call.true for call in of_time) <= counted <= getattr(CAPS, cap)

    def teardown(self) -> None:
        for who in WHO:
            self.crash(who)
        self.runner.close()
        self.folder.cleanup()


TestSpending = Spending.TestCase
TestSpending.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
