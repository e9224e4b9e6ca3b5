"""Summaries of many notes, each by itself: what is done is kept at once, so that whoever stops whenever loses nothing.

Why so: docs/decisions/0029-summaries-of-many-notes.md.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from librarian.edit import Edit
from librarian.errors import (
    AnswerBroken,
    BudgetExceeded,
    ContentRefused,
    LibrarianError,
    ModelError,
    NoProvider,
    NoteError,
    PromptTooLong,
    RequestRefused,
)
from librarian.gathering import TOLD, Gathering, Material
from librarian.metering import Desk, Manner, Writer
from librarian.money import Purpose, usd
from librarian.outstanding import NOT_SENT, NOTHING, UNREAD, Counting, Outstanding, outstanding
from librarian.portions import digest_of
from librarian.prompts.summary import VERSION
from librarian.quoting import Quoting
from librarian.summarising import Reading, Summarising, room_of
from librarian.summary import LeftOut, Method, Place, Subject, SummaryEstimate, Wish
from librarian.summary_run import PlannedSummaries, RunNotes, SummaryRun
from librarian.summary_runs import Asked, Kept, Run, Runs
from librarian.telling import Delta, Step, Tell
from librarian.usage import CostEstimate

if TYPE_CHECKING:
    from librarian.change import Plan

OF_ONE_NOTE = (NoteError, ContentRefused, PromptTooLong, AnswerBroken, RequestRefused)
"""What is wrong with one note, and keeps no other from being summarised."""
IN_A_ROW = 5
"""Notes that a model fails at, one after the other, from which on it is not the notes."""
CHANGED = "it was changed since it was summarised"


class Propose(Protocol):
    """Keeps edits as one change that waits to be carried out."""

    async def __call__(self, edits: Sequence[Edit], *, actor: str, reason: str) -> Plan: ...


@dataclass
class Batch:
    """One run under way."""

    run: Run
    provider: str | None
    """None where no model is asked."""
    tell: Tell
    writer: Writer | None = None
    total: int = 0
    settled: int = 0
    """Notes of which something came: a summary, or a reason why there is none."""
    failed_in_a_row: int = 0

    @property
    def run_id(self) -> str:
        return self.run.told.run_id

    @property
    def wish(self) -> Wish:
        return self.run.asked.wish


class Batches:
    """Runs of summaries of one vault."""

    def __init__(  # noqa: PLR0913  # what it works with
        self,
        vault_id: str,
        gathering: Gathering,
        desk: Desk,
        quoting: Quoting,
        runs: Runs,
        propose: Propose,
        *,
        spent: Callable[[str], Awaitable[int]],
        new_id: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        """``spent``: what a run has cost so far, with what is put aside for it, in micro-dollars."""
        self._vault_id = vault_id
        self._gathering = gathering
        self._desk = desk
        self._quoting = quoting
        self._runs = runs
        self._propose = propose
        self._spent = spent
        self._new_id = new_id
        self._alone: dict[str, asyncio.Lock] = {}

    async def run(self, subject: Subject, wish: Wish, method: Method, tell: Tell) -> SummaryRun:
        """Summarise each note of a folder, a tag or a query that is not done yet, or says something else by now.

        Whoever asks for the same meanwhile waits. Raises ModelError, MoneyError, StoreError, of which ``data`` then has
        ``run``: how far it came.
        """
        run, _ = await self.worked(subject, wish, method, tell)
        return run

    async def worked(
        self, subject: Subject, wish: Wish, method: Method, tell: Tell
    ) -> tuple[SummaryRun, Writer | None]:
        """The same, with the model that was asked."""
        asked, whose = self._asked(subject, wish, method)
        async with self._alone.setdefault(asked.key(), asyncio.Lock()):
            run = await self._runs.begin(asked, whose, self._new_id())
            return await self._worked(Batch(run, whose[0] if whose else None, tell))

    async def go_on(self, run_id: str, tell: Tell) -> SummaryRun:
        """Go on with one run, by the model that is chosen now. Raises as `run`, and RunNotFound."""
        asked = (await self._runs.of(run_id)).asked
        async with self._alone.setdefault(asked.key(), asyncio.Lock()):
            provider = self._desk.provider()[0] if asked.method == "model" else None
            run, _ = await self._worked(Batch(await self._runs.of(run_id), provider, tell))
            return run

    async def estimate(
        self,
        subject: Subject,
        wish: Wish,
        method: Method = "auto",
        *,
        together: bool = False,
        run_id: str | None = None,
    ) -> SummaryEstimate:
        """What it will take to summarise what is not done yet; and, ``together``, to make one summary of all.

        ``run_id``: to go on with that run, whatever else is asked. Raises PriceUnknown, RunNotFound.
        """
        run = await self._runs.of(run_id) if run_id else None
        if run is not None:
            subject, wish = run.asked.subject, run.asked.wish
        asked, whose = self._asked(subject, wish, run.asked.method if run else method)
        if run is None and not wish.fresh:
            run = await self._runs.same(asked, whose)
        known = await self._runs.kept(run.told.run_id) if run else {}
        paths, too_many = await self._gathering.paths(subject)
        room = room_of(whose[0] if whose else None)
        counting = Counting(self._gathering, paths, known, wish, room, together, list(too_many))
        cost = CostEstimate.of_nobody()
        try:
            if whose is not None:
                asks = self._asks(wish, run.told.run_id if run else self._new_id())
                cost = await self._desk.price(*asks, counting.requests())
            else:
                await asyncio.to_thread(lambda: sum(1 for _ in counting.requests()))
        finally:
            counting.given_up.set()
        return SummaryEstimate(
            **dict(cost),
            notes=counting.notes,
            done=counting.done,
            left_out=tuple(counting.left_out[:TOLD]),
            more=max(0, len(counting.left_out) - TOLD),
        )

    async def runs(self) -> tuple[SummaryRun, ...]:
        """Every run that is kept, finished or not, the last begun first."""
        return tuple([await self._with_cost(run.told) for run in await self._runs.all()])

    async def notes(self, run_id: str, after: int, limit: int) -> RunNotes:
        """What came of the notes of a run that were done after one of that number. Raises RunNotFound."""
        return RunNotes(notes=await self._runs.notes(run_id, after, limit))

    async def kept(self, run_id: str) -> dict[str, Kept]:
        """What came of every note of a run, by path. Raises RunNotFound."""
        return await self._runs.kept(run_id)

    async def forget(self, run_id: str) -> None:
        """Forget a run, and every summary that was made in it. Raises RunNotFound."""
        await self._runs.forget(run_id)

    async def place(self, run_id: str, where: Place) -> PlannedSummaries:
        """A plan that puts every summary of a run into its note, or beside it. Raises RunNotFound, VaultUnavailable."""
        edits, left_out = await asyncio.to_thread(self._edits, await self._runs.kept(run_id), where)
        plan = None
        if edits:
            plan = await self._propose(edits, actor="summary", reason=f"Summaries of {len(edits):,} notes")
        return PlannedSummaries(plan=plan, left_out=tuple(left_out[:TOLD]), more=max(0, len(left_out) - TOLD))

    def _edits(self, kept: Mapping[str, Kept], where: Place) -> tuple[list[Edit], list[LeftOut]]:
        edits: list[Edit] = []
        left_out: list[LeftOut] = []
        for path, note in sorted(kept.items()):
            if note.text is None:
                continue
            try:
                if digest_of(self._gathering.read(path).text) == note.digest:
                    edits.append(self._gathering.placed(path, note.text, where))
                else:
                    left_out.append(LeftOut(path=path, reason=CHANGED))
            except NoteError as error:
                left_out.append(LeftOut(path=path, reason=error.message))
        return edits, left_out

    def _asked(self, subject: Subject, wish: Wish, method: Method) -> tuple[Asked, tuple[str, str] | None]:
        """What is meant, and who writes it: nobody where no model is chosen, unless one is asked for."""
        whose: tuple[str, str] | None = None
        if method != "extractive":
            try:
                whose = self._desk.provider()
            except NoProvider:
                if method == "model":
                    raise
        return Asked(subject, wish, "model" if whose else "extractive"), whose

    async def _writer(self, batch: Batch, *, fresh: bool) -> Writer:
        def waits(seconds: float) -> None:
            phase = f"waiting {seconds:.0f} s, as {batch.provider} asks"
            batch.tell(Step(phase=phase, done=batch.settled, total=batch.total, run_id=batch.run_id))

        purpose, manner = self._asks(batch.wish, batch.run_id)
        return await self._desk.write(purpose, replace(manner, fresh=fresh, waits_for=waits))

    def _asks(self, wish: Wish, run_id: str) -> tuple[Purpose, Manner]:
        manner = Manner(waits=False, prompt_version=f"summary/{VERSION}", fresh=wish.fresh)
        return Purpose("summary", vault_id=self._vault_id, run_id=run_id), manner

    async def _worked(self, batch: Batch) -> tuple[SummaryRun, Writer | None]:
        try:
            await self._work(batch)
        except LibrarianError as error:
            error.data["run"] = (await self._told(batch.run_id)).model_dump(by_alias=True)
            raise
        return await self._told(batch.run_id), batch.writer

    async def _work(self, batch: Batch) -> None:
        paths, _ = await self._gathering.paths(batch.run.asked.subject)
        found = await self._outstanding(batch, paths)
        await self._runs.found(batch.run_id, len(paths), found.gone, found.moved)
        # What failed is tried again once nothing else is left, and then not answered from what is kept.
        todo = found.new or found.failed
        if batch.provider is not None:
            batch.writer = await self._writer(batch, fresh=batch.wish.fresh or not found.new)
        batch.total, batch.settled = len(paths), len(paths) - len(todo)
        await self._step(batch)
        for path in todo:
            note = await self._note(batch, path)
            # It is paid: whoever stops now still has it.
            await asyncio.shield(asyncio.ensure_future(self._runs.keep(batch.run_id, path, note)))
            batch.settled += 1
            await self._step(batch)

    async def _outstanding(self, batch: Batch, paths: Sequence[str]) -> Outstanding:
        known, given_up = await self._runs.kept(batch.run_id), threading.Event()
        sends = batch.provider is not None
        try:
            return await asyncio.to_thread(outstanding, self._gathering, paths, known, given_up, sends=sends)
        finally:
            given_up.set()

    async def _step(self, batch: Batch) -> None:
        cost = usd(await self._spent(batch.run_id)) if batch.writer is not None else None
        batch.tell(Step(phase="summarising", done=batch.settled, total=batch.total, run_id=batch.run_id, cost_usd=cost))

    async def _note(self, batch: Batch, path: str) -> Kept:
        """What comes of one note: what is wrong with it alone is kept as well, and told."""
        if batch.writer is not None and self._gathering.is_excluded(path):
            return Kept(UNREAD, None, NOT_SENT)
        digest = UNREAD
        try:
            material = await asyncio.to_thread(self._gathering.read, path)
            digest = await asyncio.to_thread(digest_of, material.text)
            text, reason = await self._summary(batch, material)
        except (*OF_ONE_NOTE, BudgetExceeded) as error:
            if isinstance(error, BudgetExceeded) and error.data["cap"] != "call":
                raise
            batch.failed_in_a_row += isinstance(error, ModelError)
            if batch.failed_in_a_row >= IN_A_ROW:
                raise
            return Kept(digest, None, error.message)
        batch.failed_in_a_row = 0
        return Kept(digest, text or None, reason)

    async def _summary(self, batch: Batch, material: Material) -> tuple[str, str | None]:
        """A note's summary; and why there is none, or what it leaves out."""
        if batch.writer is None:
            _, text = await self._quoting.of([material.text], batch.wish)
            return text, None if text else NOTHING
        reading = await asyncio.to_thread(Reading.of, material, batch.wish, room_of(batch.provider))
        if reading is None:
            return "", NOTHING
        text = await Summarising(batch.writer, _unheard).note(reading)
        return text, reading.cut_told

    async def _told(self, run_id: str) -> SummaryRun:
        return await self._with_cost((await self._runs.of(run_id)).told)

    async def _with_cost(self, run: SummaryRun) -> SummaryRun:
        if run.method == "extractive":
            return run
        return run.model_copy(update={"cost_usd": usd(await self._spent(run.run_id))})


def _unheard(_told: Delta | Step) -> None:
    """Nobody reads along with one note of many."""
