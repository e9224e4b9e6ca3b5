"""Summaries of notes: by sentences of their own, or by a model; how dear that is; and how one is put into a note."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence

from librarian.batching import Batches, Propose
from librarian.change import Plan
from librarian.edit import Edit
from librarian.errors import ModelError, MoneyError, NoProvider, PathRefused
from librarian.gathering import TOLD, Gathered, Gathering, Material
from librarian.metering import Desk, Manner, Writer
from librarian.money import Purpose
from librarian.prompts.summary import VERSION
from librarian.quoting import Quoting
from librarian.sampling import is_read_whole
from librarian.summarising import Reading, Summarising, room_of
from librarian.summary import (
    LeftOut,
    Method,
    NoteSummary,
    Place,
    Subject,
    Summary,
    SummaryEstimate,
    SummarySource,
    Wish,
)
from librarian.telling import Step, Tell
from librarian.usage import CostEstimate

NO_MODEL = "No model was asked, so these are sentences of the notes themselves. "
EXCLUDED = "The note lies in a folder that is left out, of which nothing is sent to a model."
CUT = "The model reached the limit of its answer."
EMPTY = "There is nothing to read."
SAMPLED = "it is long, so it is read in parts from everywhere"


class Summaries:
    """Summarises notes of one vault."""

    def __init__(  # noqa: PLR0913  # what it works with
        self,
        vault_id: str,
        gathering: Gathering,
        desk: Desk,
        quoting: Quoting,
        batches: Batches,
        propose: Propose,
        *,
        new_id: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        self._vault_id = vault_id
        self._gathering = gathering
        self._desk = desk
        self._quoting = quoting
        self._batches = batches
        self._propose = propose
        self._new_id = new_id

    async def create(self, subject: Subject, wish: Wish, method: Method, tell: Tell) -> Summary:
        """Summarise. Without a model, and where ``method`` is ``auto``, by the notes' own sentences.

        Raises PathRefused, NoteNotFound, NoteUnreadable; and with ``method`` ``model``, or where one is chosen,
        ModelError and MoneyError, of which ``data`` then has ``partial``, what was written by then, and of several
        notes ``run``, how far it came.
        """
        started = time.perf_counter()
        why = self._why_not(subject, method)
        if method == "extractive" or why is not None:
            return await self._extracted(await self._gathering.of(subject), wish, why, started)
        if not subject.is_one:
            return await self._of_several(subject, wish, method, tell, started)
        gathered = await self._gathering.of(subject)
        reading = await self._reading(gathered.materials[0], wish)
        if reading is None:
            return await self._extracted(gathered, wish, EMPTY, started)
        return await self._written(reading, tell, started)

    async def estimate(
        self, subject: Subject, wish: Wish, method: Method = "auto", *, each: bool = False
    ) -> SummaryEstimate:
        """What a summary will take of a model, before it is made; ``each``: of each note, without one of all together.

        Raises as `create`, and PriceUnknown.
        """
        if not subject.is_one:
            return await self._batches.estimate(subject, wish, method, together=not each)
        asks = method != "extractive" and self._why_not(subject, method) is None
        gathered = await self._gathering.of(subject)
        reading = await self._reading(gathered.materials[0], wish)
        cost = CostEstimate.of_nobody()
        if asks and reading is not None:
            rehearsal = await self._desk.rehearse(*self._asks(wish, self._new_id()))
            await Summarising(rehearsal, lambda _value: None).note(reading)
            cost = await rehearsal.estimate()
        return SummaryEstimate(**dict(cost), notes=1 if reading else 0, left_out=_cut(reading))

    async def place(self, path: str, text: str, where: Place, more: Sequence[NoteSummary] = ()) -> Plan:
        """A plan that puts a summary into a note, or beside it; one of ours that is there already is replaced.

        ``more``: other notes with theirs, in the same plan. Raises PathRefused, NoteNotFound, EditRefused,
        NoteChanged, VaultUnavailable.
        """
        all_of_them = [(path, text), *((each.path, each.text) for each in more)]

        def edits() -> list[Edit]:
            return [self._gathering.placed(each, said, where) for each, said in all_of_them]

        reason = f"Summary of {path}" if not more else f"Summaries of {len(all_of_them):,} notes"
        return await self._propose(await asyncio.to_thread(edits), actor="summary", reason=reason)

    def _why_not(self, subject: Subject, method: Method) -> str | None:
        """Why no model can be asked, where that is not an error."""
        if method == "extractive":
            return None
        if subject.path is not None and self._gathering.is_excluded(subject.path):
            if method == "model":
                raise PathRefused(subject.path, "nothing of its folder is sent to a model")
            return EXCLUDED
        try:
            self._desk.provider()
        except NoProvider as error:
            if method == "model":
                raise
            return NO_MODEL + error.message
        return None

    async def _reading(self, material: Material, wish: Wish) -> Reading | None:
        try:
            room = room_of(self._desk.provider()[0])
        except NoProvider:
            room = room_of(None)
        return await asyncio.to_thread(Reading.of, material, wish, room)

    async def _extracted(self, gathered: Gathered, wish: Wish, why: str | None, started: float) -> Summary:
        materials = gathered.materials
        picked, text = await self._quoting.of([each.text for each in materials], wish)
        left_out = (*await asyncio.to_thread(_sampled, materials), *gathered.left_out)
        sources = [
            SummarySource(path=material.path, line=material.line + each.sentence.line, text=each.sentence.text)
            for each in picked
            for material in (materials[each.note],)
        ]
        parts = []
        for material in materials if len(materials) > 1 else ():
            _, said = await self._quoting.of([material.text], wish)
            if said and material.path:
                parts.append(NoteSummary(path=material.path, text=said))
        return Summary(
            text=text,
            method="extractive",
            why=why if text else EMPTY,
            sources=tuple(sources),
            notes=len(materials),
            parts=tuple(parts),
            left_out=left_out[:TOLD],
            more=max(0, len(left_out) - TOLD),
            took_ms=_since(started),
        )

    async def _writer(self, wish: Wish, run_id: str) -> Writer:
        return await self._desk.write(*self._asks(wish, run_id))

    def _asks(self, wish: Wish, run_id: str) -> tuple[Purpose, Manner]:
        purpose = Purpose("summary", vault_id=self._vault_id, run_id=run_id)
        return purpose, Manner(prompt_version=f"summary/{VERSION}", fresh=wish.fresh)

    async def _written(self, reading: Reading, tell: Tell, started: float) -> Summary:
        writer = await self._writer(reading.wish, self._new_id())
        work = Summarising(writer, tell)
        try:
            text = await work.note(reading)
        except (ModelError, MoneyError) as error:
            error.data["partial"] = work.text
            raise
        return Summary(
            text=text,
            method="model",
            why=CUT if work.is_cut else None,
            sources=reading.sources(),
            notes=1,
            left_out=_cut(reading),
            usage=writer.use(),
            took_ms=_since(started),
        )

    async def _of_several(self, subject: Subject, wish: Wish, method: Method, tell: Tell, started: float) -> Summary:
        """Each note by itself, and then all of them together."""
        run, asked = await self._batches.worked(subject, wish, method, tell)
        kept = await self._batches.kept(run.run_id)
        parts = [NoteSummary(path=path, text=note.text) for path, note in sorted(kept.items()) if note.text]
        left_out = [LeftOut(path=path, reason=note.reason) for path, note in sorted(kept.items()) if note.reason]
        text, is_cut = (parts[0].text if parts else ""), False
        writer = asked or await self._writer(wish, run.run_id)
        if len(parts) > 1:
            tell(Step(phase="putting together", done=0, total=1, run_id=run.run_id))
            work = Summarising(writer, tell)
            said = [(Material(each.path, "").label, each.text) for each in parts]
            try:
                text, is_cut = await work.together(said, wish, room_of(self._desk.provider()[0])), work.is_cut
            except (ModelError, MoneyError) as error:
                error.data |= {"partial": work.text, "run": run.model_dump(by_alias=True)}
                raise
        return Summary(
            text=text,
            method="model",
            why=CUT if is_cut else None if parts else EMPTY,
            sources=tuple(SummarySource(path=each.path, line=0, text="") for each in parts),
            notes=len(parts),
            parts=tuple(parts),
            left_out=tuple(left_out[:TOLD]),
            more=max(0, len(left_out) - TOLD),
            usage=writer.use(),
            run_id=run.run_id,
            took_ms=_since(started),
        )


def _cut(reading: Reading | None) -> tuple[LeftOut, ...]:
    """That not all of a text is read, where that is so."""
    if reading is None or reading.cut_told is None:
        return ()
    return (LeftOut(path=reading.material.path or "", reason=reading.cut_told),)


def _sampled(materials: Sequence[Material]) -> list[LeftOut]:
    """Which texts were not read whole for a summary of their own sentences."""
    return [LeftOut(path=each.path or "", reason=SAMPLED) for each in materials if not is_read_whole(each.text)]


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
