"""Runs of summaries of many notes, kept in the ledger: what was paid for outlives the cache and the process."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from librarian.errors import RunNotFound, StoreError
from librarian.summary import Subject, Wish
from librarian.summary_run import RunNote, SummaryRun

if TYPE_CHECKING:
    import sqlite3

    from librarian.ledger import Ledger

KEPT_DAYS = 30
"""After somebody worked at it last."""
_RUN = (
    "select number, id, asked, fresh, provider, model, total, begun_at, "
    "(select count(*) from summary_run_notes where run = summary_runs.number and text is not null), "
    "(select count(*) from summary_run_notes where run = summary_runs.number and text is null) from summary_runs "
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is known by: the same again goes on with it."""

    subject: Subject
    wish: Wish
    method: Literal["extractive", "model"]

    def key(self) -> str:
        """As text, the same for the same."""
        subject, wish = self.subject, self.wish
        said = {"folder": subject.folder, "tag": subject.tag, "query": subject.query}
        said |= {name: value for name, value in asdict(wish).items() if name != "fresh"}
        return json.dumps(said | {"method": self.method}, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a note: a digest of what it said, and what came of it."""

    digest: bytes
    text: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it is kept."""

    asked: Asked
    told: SummaryRun


class Runs:
    """Runs of one vault; each change is on the disk when it returns."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def begin(self, asked: Asked, whose: tuple[str, str] | None, new_id: str) -> Run:
        """The last run of the same, or a new one: where it is wanted fresh, or all was done by another model."""
        now = self._ledger.stamp()

        def write(connection: sqlite3.Connection) -> Run:
            _forget_old(connection, now)
            before = None if asked.wish.fresh else _same(connection, asked, whose)
            if before is not None:
                return before
            connection.execute(
                "insert into summary_runs (id, asked, fresh, provider, model, total, begun_at, worked_at) "
                "values (?, ?, ?, ?, ?, 0, ?, ?)",
                (new_id, asked.key(), asked.wish.fresh, *(whose or (None, None)), now, now),
            )
            return _one(connection, new_id)

        return await self._ledger.together(write)

    async def same(self, asked: Asked, whose: tuple[str, str] | None) -> Run | None:
        """The run that `begin` would go on with, if there is one."""
        return await self._ledger.together(partial(_same, asked=asked, whose=whose))

    async def all(self) -> tuple[Run, ...]:
        """Every run that is kept, the last begun first."""
        now = self._ledger.stamp()

        def read(connection: sqlite3.Connection) -> tuple[Run, ...]:
            _forget_old(connection, now)
            return tuple(map(_run, connection.execute(f"{_RUN} order by number desc").fetchall()))

        return await self._ledger.together(read)

    async def of(self, run_id: str) -> Run:
        """One run. Raises RunNotFound."""
        return await self._ledger.together(partial(_one, run_id=run_id))

    async def kept(self, run_id: str) -> dict[str, Kept]:
        """What is known of each note, by path. Raises RunNotFound."""

        def read(connection: sqlite3.Connection) -> dict[str, Kept]:
            rows = connection.execute(
                "select path, digest, text, reason from summary_run_notes where run = ?", (_number(connection, run_id),)
            )
            return {path: Kept(digest, text, reason) for path, digest, text, reason in rows}

        return await self._ledger.together(read)

    async def found(self, run_id: str, total: int, gone: Collection[str], moved: Sequence[tuple[str, str]]) -> None:
        """Note how many notes there are; forget some that are not among them, and follow others to a new path."""
        now = self._ledger.stamp()

        def write(connection: sqlite3.Connection) -> None:
            number = _number(connection, run_id)
            connection.executemany(
                "delete from summary_run_notes where run = ? and path = ?", [(number, path) for path in gone]
            )
            connection.executemany(
                "update summary_run_notes set path = ? where run = ? and path = ?",
                [(to, number, path) for path, to in moved],
            )
            connection.execute(
                "update summary_runs set total = ?, worked_at = ? where number = ?", (total, now, number)
            )

        await self._ledger.together(write)

    async def keep(self, run_id: str, path: str, note: Kept) -> None:
        """Remember what came of a note, in place of what was known of it. Raises RunNotFound."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "insert or replace into summary_run_notes (run, path, digest, text, reason) values (?, ?, ?, ?, ?)",
                (_number(connection, run_id), path, note.digest, note.text, note.reason),
            )

        await self._ledger.together(write)

    async def notes(self, run_id: str, after: int, limit: int) -> tuple[RunNote, ...]:
        """Notes that were done after one of that number, in their order. Raises RunNotFound."""

        def read(connection: sqlite3.Connection) -> tuple[RunNote, ...]:
            rows = connection.execute(
                "select number, path, text, reason from summary_run_notes where run = ? and number > ? "
                "order by number limit ?",
                (_number(connection, run_id), after, limit),
            )
            return tuple(RunNote(number=number, path=path, text=text, reason=why) for number, path, text, why in rows)

        return await self._ledger.together(read)

    async def forget(self, run_id: str) -> None:
        """Forget a run with all that was made in it. Raises RunNotFound."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("delete from summary_runs where number = ?", (_number(connection, run_id),))

        await self._ledger.together(write)
        with suppress(StoreError):  # what it took stays with the ledger for a while
            await self._ledger.shrink()


def _same(connection: sqlite3.Connection, asked: Asked, whose: tuple[str, str] | None) -> Run | None:
    row = connection.execute(f"{_RUN} where asked = ? order by number desc limit 1", (asked.key(),)).fetchone()
    found = None if row is None else _run(row)
    return found if found is not None and (found.told.left or whose == _whose(found.told)) else None


def _forget_old(connection: sqlite3.Connection, now: str) -> None:
    oldest = datetime.fromisoformat(now) - timedelta(days=KEPT_DAYS)
    connection.execute("delete from summary_runs where worked_at < ?", (oldest.isoformat(timespec="seconds"),))


def _number(connection: sqlite3.Connection, run_id: str) -> int:
    row = connection.execute("select number from summary_runs where id = ?", (run_id,)).fetchone()
    if row is None:
        raise RunNotFound(run_id)
    return int(row[0])


def _one(connection: sqlite3.Connection, run_id: str) -> Run:
    row = connection.execute(f"{_RUN} where id = ?", (run_id,)).fetchone()
    if row is None:
        raise RunNotFound(run_id)
    return _run(row)


def _run(row: tuple[Any, ...]) -> Run:
    _, run_id, key, fresh, provider, model, total, begun_at, done, left_out = row
    said = json.loads(key)
    subject = Subject(folder=said["folder"], tag=said["tag"], query=said["query"])
    wish = Wish(said["style"], said["length"], said["language"], fresh=bool(fresh))
    told = SummaryRun(
        **said, run_id=run_id, provider=provider, model=model, begun_at=begun_at, total=total, done=done,
        left_out=left_out, cost_usd=None,
    )  # fmt: skip
    return Run(Asked(subject, wish, said["method"]), told)


def _whose(run: SummaryRun) -> tuple[str, str] | None:
    return (run.provider, run.model) if run.provider is not None and run.model is not None else None
