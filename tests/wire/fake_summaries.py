"""Summaries without notes and models: says what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from librarian.change import Plan
from librarian.edit import Replacement, Rewrite
from librarian.errors import ProviderUnreachable, RunNotFound
from librarian.summary import LeftOut, Subject, Summary, SummaryEstimate, SummarySource, Wish
from librarian.summary_run import PlannedSummaries, RunNote, RunNotes, SummaryRun
from librarian.telling import Delta, Step, Tell
from wire.fake_models import estimated


class FakeSummaries:
    """Writes a text word by word; of ``gone.md`` only a part."""

    async def create(self, subject: Subject, wish: Wish, method: str, tell: Tell) -> Summary:
        if subject.path == "gone.md":
            error = ProviderUnreachable("openai", "it is gone", sent=True)
            error.data |= {"partial": "It floods"}
            raise error
        tell(Step(phase="summarising", done=1, total=2))
        for word in ("It ", "floods ", "twice."):
            tell(Delta(text=word))
        await asyncio.sleep(0)
        source = SummarySource(path=subject.path, line=3, text="Marsh")
        return Summary(
            text=f"It floods twice. {wish.words}", method="extractive" if method == "extractive" else "model",
            sources=(source,), notes=1, took_ms=0.5,
        )  # fmt: skip

    async def estimate(self, subject: Subject, wish: Wish, method: str, *, each: bool = False) -> SummaryEstimate:
        return SummaryEstimate(**dict(estimated(wish.words)) | {"calls": 1 if each else 2}, notes=1)

    async def place(self, path: str, text: str, where: str, more: Sequence[Any] = ()) -> Plan:
        edit = Rewrite(
            path=path, digest="00", replacements=(Replacement(start=0, end=0, text=f"{where} {text}{len(more) or ''}"),)
        )
        return Plan(plan_id="p1", edits=(edit,), preview=(), confirmation=None)


class FakeBatches:
    """Knows one run, ``r1``, of two notes; of the tag ``gone`` only one is done."""

    def _run(self, subject: Subject, wish: Wish, done: int) -> SummaryRun:
        return SummaryRun(
            run_id="r1", folder=subject.folder, tag=subject.tag, query=subject.query, style=wish.style,
            length=wish.length, language=wish.language, method="model", provider="openai", model="m",
            begun_at="2026-01-02T03:04:05+00:00", total=2, done=done, left_out=0, cost_usd="0.01",
        )  # fmt: skip

    async def run(self, subject: Subject, wish: Wish, method: str, tell: Tell) -> SummaryRun:
        tell(Step(phase="summarising", done=1, total=2, run_id="r1", cost_usd="0.01"))
        await asyncio.sleep(0)
        if subject.tag == "gone":
            error = ProviderUnreachable("openai", "it is gone", sent=True)
            error.data["run"] = self._run(subject, wish, 1).model_dump(by_alias=True)
            raise error
        return self._run(subject, wish, 2)

    async def runs(self) -> tuple[SummaryRun, ...]:
        return (self._run(Subject(folder="A"), Wish(), 1),)

    async def notes(self, run_id: str, after: int, limit: int) -> RunNotes:
        self._known(run_id)
        notes = (
            RunNote(number=3, path="a.md", text="It floods.", reason=None),
            RunNote(number=5, path="b.md", text=None, reason="it says nothing"),
        )
        return RunNotes(notes=tuple(each for each in notes if each.number > after)[:limit])

    async def place(self, run_id: str, where: str) -> PlannedSummaries:
        self._known(run_id)
        edit = Rewrite(path="a.md", digest="00", replacements=(Replacement(start=0, end=0, text=where),))
        plan = Plan(plan_id="p1", edits=(edit,), preview=(), confirmation=None)
        return PlannedSummaries(plan=plan, left_out=(LeftOut(path="b.md", reason="it is gone"),))

    async def forget(self, run_id: str) -> None:
        self._known(run_id)

    def _known(self, run_id: str) -> None:
        if run_id != "r1":
            raise RunNotFound(run_id)
