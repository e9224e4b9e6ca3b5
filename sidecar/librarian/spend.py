"""What models cost: money is put aside before a call and settled after it, so that no cap is ever passed.

One ledger for a person, over all vaults and processes; see docs/decisions/0019. A call is a row from the moment that
money is put aside for it. Whatever happens to the process, that row counts with the whole sum until its true cost is
known.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from librarian.errors import BudgetExceeded, StoreError
from librarian.ledger import Ledger
from librarian.money import Cap, Caps, Estimate, Purpose
from librarian.places import Running, alone, private_folder
from librarian.usage import Budget, By, Spent, UsageRow, left

if TYPE_CHECKING:
    import sqlite3

    from librarian.chat.conversation import Usage

MIGRATIONS: tuple[str, ...] = (
    """
    create table owners (
        id text primary key, pid integer not null, created real not null, opened_at text not null
    ) strict;
    create table calls (
        number integer primary key autoincrement, id text not null unique, owner text not null,
        state text not null check (state in ('reserved', 'settled', 'presumed', 'released')),
        reserved_at text not null, day text not null, settled_at text,
        feature text not null, vault_id text, run_id text, provider text not null, model text not null,
        counted_micro integer not null check (counted_micro >= 0),
        expected_micro integer not null, at_most_micro integer not null, counted_tokens integer not null,
        input_tokens integer not null default 0, output_tokens integer not null default 0,
        cache_read_tokens integer not null default 0, cache_write_tokens integer not null default 0,
        thinking_tokens integer not null default 0,
        estimated integer not null default 0, cached integer not null default 0, local integer not null default 0,
        took_ms integer not null default 0
    ) strict;
    create index calls_of_day on calls (day);
    create index calls_of_run on calls (run_id) where run_id is not null;
    create index calls_open on calls (owner) where state = 'reserved';
    create index calls_of_model on calls (provider, model, number);
    """,
    "alter table calls add column unpriced integer not null default 0;",
)
"""Schema steps, as those of the ledger. ``counted_micro`` is what a call counts for now; ``day`` is that of the
person's own calendar on which it began, and it counts for that one though it may end on the next.
"""
RECENT = 50
"""Calls of a model that tell how it counts tokens."""
LIKELY = (0.5, 3.0)
"""Within these a model's way of counting tokens is believed, and what its calls cost beside what was expected."""
DOUBT = 3
"""As many calls as were expected rightly are added to those that are known: one long answer is no rule."""
WRITING = 10
"""How many tokens a model on one's own machine reads in the time in which it writes one, more or less."""


def local_time() -> datetime:
    """The time of day where the person is."""
    return datetime.now().astimezone()


class Spend:
    """Open it with :meth:`open`. Every method that writes has written to the disk when it returns."""

    def __init__(self, ledger: Ledger, owner: str, clock: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._ledger = ledger
        self._owner = owner
        self._clock = clock
        self._new_id = new_id

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        clock: Callable[[], datetime] = local_time,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
        process: Running | None = None,
        lives: Callable[[Running], bool] = Running.lives,
    ) -> Spend:
        """Open or create the ledger at ``path``, and count what processes that died had put aside as spent.

        Raises StoreTooNew, StorageFull, StoreError. ``clock`` tells local time, with its offset.
        """
        process = process or Running.this()
        ledger = await _opened(path, clock)
        try:
            spend = cls(ledger, new_id(), clock, new_id)
            await spend._begin(process, lives)
        except BaseException:
            await ledger.close()
            raise
        return spend

    @property
    def moved_aside(self) -> Path | None:
        """Where an unreadable ledger went; what was spent before is not known then."""
        return self._ledger.moved_aside

    async def close(self) -> None:
        """Count what was put aside and is not settled as spent, and let go. Safe to call twice."""
        with suppress(StoreError):
            await self._ledger.together(lambda connection: _bury(connection, self._owner, self._ledger.stamp()))
        await self._ledger.close()

    async def reserve(
        self, purpose: Purpose, provider: str, model: str, estimate: Estimate, caps: Caps, *, local: bool = False
    ) -> str:
        """Put the most that a call may cost aside, and give the call's id. Raises BudgetExceeded."""
        call_id, today = self._new_id(), self._clock().date()
        row = (call_id, self._owner, self._ledger.stamp(), today.isoformat(), purpose.feature, purpose.vault_id,
               purpose.run_id, provider, model, estimate.at_most_micro, estimate.expected_micro, estimate.at_most_micro,
               estimate.counted_tokens, local, not estimate.is_priced)  # fmt: skip

        def write(connection: sqlite3.Connection) -> None:
            _check(connection, purpose, estimate.at_most_micro, caps, today)
            connection.execute(
                "insert into calls (id, owner, state, reserved_at, day, feature, vault_id, run_id, provider, model, "
                "counted_micro, expected_micro, at_most_micro, counted_tokens, local, unpriced) "
                "values (?, ?, 'reserved', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )

        try:
            await self._ledger.together(write)
        except asyncio.CancelledError:
            # The ledger may be writing it already; what nobody knows of, nobody would settle.
            await asyncio.shield(asyncio.ensure_future(self.release(call_id)))
            raise
        return call_id

    async def settle(self, call_id: str, cost_micro: int, usage: Usage, took_ms: int) -> None:
        """Count what a call did cost in place of what was put aside; also where that was presumed spent meanwhile."""
        values = (cost_micro, self._ledger.stamp(), usage.input_tokens, usage.output_tokens, usage.cache_read_tokens,
                  usage.cache_write_tokens, usage.thinking_tokens, usage.estimated, took_ms, call_id)  # fmt: skip
        await self._ledger.together(
            lambda connection: connection.execute(
                "update calls set state = 'settled', counted_micro = ?, settled_at = ?, input_tokens = ?, "
                "output_tokens = ?, cache_read_tokens = ?, cache_write_tokens = ?, thinking_tokens = ?, estimated = ?, "
                "took_ms = ? where id = ? and state in ('reserved', 'presumed')",
                values,
            )
        )

    async def release(self, call_id: str) -> None:
        """Give back what was put aside for a call that cost nothing."""
        values = (self._ledger.stamp(), call_id)
        await self._ledger.together(
            lambda connection: connection.execute(
                "update calls set state = 'released', counted_micro = 0, settled_at = ? "
                "where id = ? and state in ('reserved', 'presumed')",
                values,
            )
        )

    async def note_cached(self, purpose: Purpose, provider: str, model: str) -> None:
        """Remember that an answer was there already and cost nothing."""
        stamp = self._ledger.stamp()
        row = (self._new_id(), self._owner, stamp, self._clock().date().isoformat(), stamp, purpose.feature,
               purpose.vault_id, purpose.run_id, provider, model)  # fmt: skip
        await self._ledger.together(
            lambda connection: connection.execute(
                "insert into calls (id, owner, state, reserved_at, day, settled_at, feature, vault_id, run_id, "
                "provider, model, counted_micro, expected_micro, at_most_micro, counted_tokens, cached) "
                "values (?, ?, 'settled', ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 1)",
                row,
            )
        )

    async def budget(self, caps: Caps) -> Budget:
        """What may be spent, and what is left of it today and this month."""
        today = self._clock().date()
        spent = await self._ledger.together(
            lambda connection: Spent(day=_spent_on(connection, today), month=_spent_in(connection, today))
        )
        return left(caps, spent, today, notice=_lost(self.moved_aside))

    async def run_spent(self, run_id: str) -> int:
        """What a run has cost so far, with what is put aside for it; in micro-dollars."""
        return await self._ledger.together(lambda connection: _spent_by(connection, run_id))

    async def summary(
        self, by: By, since: date | None = None, until: date | None = None, vault_id: str | None = None
    ) -> tuple[UsageRow, ...]:
        """Calls, tokens and cost, the dearest first; by day the last first. Both days are of the person's own calendar
        and counted in. ``vault_id``: those for one vault only.
        """
        days = (since.isoformat() if since else "", until.isoformat() if until else "9999")
        return await self._ledger.together(lambda connection: _summary(connection, by, days, vault_id))

    async def ratio(self, provider: str, model: str) -> float:
        """How many input tokens a model lately counted for one of our expected ones; 1 where that is not known."""

        def read(connection: sqlite3.Connection) -> float:
            expected, told = connection.execute(
                "select total(counted_tokens), total(input_tokens + cache_read_tokens + cache_write_tokens) from "
                "(select * from calls where provider = ? and model = ? and state = 'settled' and not estimated "
                "and not cached and counted_tokens > 0 and input_tokens > 0 order by number desc limit ?)",
                (provider, model, RECENT),
            ).fetchone()
            return min(max(told / expected, LIKELY[0]), LIKELY[1]) if expected else 1.0

        return await self._ledger.together(read)

    async def correction(self, feature: str, provider: str, model: str) -> float:
        """What an ability's calls of a model lately cost for one of what was expected; near 1 after few of them."""

        def read(connection: sqlite3.Connection) -> float:
            expected, told, calls = connection.execute(
                "select total(expected_micro), total(counted_micro), count(*) from "
                "(select * from calls where provider = ? and model = ? and feature = ? and state = 'settled' "
                "and not estimated and not cached and expected_micro > 0 order by number desc limit ?)",
                (provider, model, feature, RECENT),
            ).fetchone()
            doubt = DOUBT * expected / calls if calls else 1.0
            paid: float = (told + doubt) / (expected + doubt)
            return min(max(paid, LIKELY[0]), LIKELY[1])

        return await self._ledger.together(read)

    async def pace(self, provider: str, model: str) -> float | None:
        """Milliseconds in which a model on one's own machine lately read a token; one that is written takes ten of
        them. None where that is not known.
        """

        def read(connection: sqlite3.Connection) -> float | None:
            took_ms, tokens = connection.execute(
                "select total(took_ms), total(input_tokens + ? * output_tokens) from "
                "(select * from calls where provider = ? and model = ? and local and state = 'settled' "
                "and not cached order by number desc limit ?)",
                (WRITING, provider, model, RECENT),
            ).fetchone()
            pace: float | None = took_ms / tokens if tokens else None
            return pace

        return await self._ledger.together(read)

    async def _begin(self, process: Running, lives: Callable[[Running], bool]) -> None:
        """Enter our name, and settle for those who died."""
        stamp = self._ledger.stamp()
        others = await self._ledger.together(
            lambda connection: connection.execute("select id, pid, created from owners").fetchall()
        )
        dead = [owner for owner, pid, created in others if not lives(Running(pid, created))]

        def write(connection: sqlite3.Connection) -> None:
            for owner in dead:
                _bury(connection, owner, stamp)
            row = (self._owner, process.pid, process.created, stamp)
            connection.execute("insert into owners values (?, ?, ?, ?)", row)

        await self._ledger.together(write)


async def _opened(path: Path, clock: Callable[[], datetime]) -> Ledger:
    """Two that make the ledger at once would be in each other's way, so one waits."""

    def enter() -> Any:
        private_folder(path.parent)
        waiting = alone(path.with_name(path.name + ".lock"))
        waiting.__enter__()
        return waiting

    try:
        held = await asyncio.to_thread(enter)
    except OSError as error:
        raise StoreError(f"What models cost cannot be recorded, so none is asked: {error}") from error
    try:
        return await Ledger.open(path, clock=clock, migrations=MIGRATIONS)
    finally:
        await asyncio.to_thread(held.__exit__, None, None, None)


def _bury(connection: sqlite3.Connection, owner: str, stamp: str) -> None:
    """What an owner had put aside counts as spent, and it is gone."""
    connection.execute(
        "update calls set state = 'presumed', settled_at = ?, estimated = 1 where owner = ? and state = 'reserved'",
        (stamp, owner),
    )
    connection.execute("delete from owners where id = ?", (owner,))


def _check(connection: sqlite3.Connection, purpose: Purpose, wanted: int, caps: Caps, today: date) -> None:
    """Raise BudgetExceeded for the first cap that would be passed. What costs nothing passes none."""
    if not wanted:
        return
    agreed = purpose.run_at_most_micro
    is_agreed = agreed is not None and agreed < caps.run
    run = caps.run if agreed is None else min(agreed, caps.run)
    spent_by_run = _spent_by(connection, purpose.run_id) if purpose.run_id is not None else 0
    checks: tuple[tuple[Cap, int, int], ...] = (
        ("call", caps.call, 0),
        ("run", run, spent_by_run),
        ("day", caps.day, _spent_on(connection, today)),
        ("month", caps.month, _spent_in(connection, today)),
    )
    for cap, limit, spent in checks:
        if spent + wanted > limit:
            raise BudgetExceeded(
                cap, limit_micro=limit, spent_micro=spent, wanted_micro=wanted, agreed=cap == "run" and is_agreed
            )


def _spent_by(connection: sqlite3.Connection, run_id: str) -> int:
    return _sum(connection, "run_id = ?", run_id)


def _spent_on(connection: sqlite3.Connection, day: date) -> int:
    return _sum(connection, "day = ?", day.isoformat())


def _spent_in(connection: sqlite3.Connection, day: date) -> int:
    """In the month of this day."""
    month = day.isoformat()[:7]
    return _sum(connection, "day between ? and ?", f"{month}-01", f"{month}-31")


def _sum(connection: sqlite3.Connection, where: str, *values: str) -> int:
    total: int = connection.execute(
        f"select coalesce(sum(counted_micro), 0) from calls where {where}",  # noqa: S608  # only our own text
        values,
    ).fetchone()[0]
    return total


_KEYS: dict[By, str] = {
    "feature": "feature",
    "model": "provider || '/' || model",
    "day": "day",
    "vault": "coalesce(vault_id, '')",
}


def _summary(
    connection: sqlite3.Connection, by: By, days: tuple[str, str], vault_id: str | None
) -> tuple[UsageRow, ...]:
    order = "key desc" if by == "day" else "sum(counted_micro) desc, key"
    rows = connection.execute(
        f"select {_KEYS[by]} as key, count(*), sum(input_tokens), sum(output_tokens), sum(cache_read_tokens), "  # noqa: S608
        "sum(cache_write_tokens), sum(thinking_tokens), sum(counted_micro), sum(cached), "
        "count(*) filter (where estimated or state = 'reserved'), coalesce(sum(took_ms) filter (where local), 0), "
        "sum(unpriced) "
        "from calls where state <> 'released' and day >= ? and day <= ? and coalesce(vault_id = ?, ? is null) "
        f"group by key order by {order}",
        (*days, vault_id, vault_id),
    )
    return tuple(UsageRow.of(*row) for row in rows)


def _lost(aside: Path | None) -> str | None:
    if aside is None:
        return None
    return f"The record of what was spent could not be read and starts anew; the old one is {aside}."
