"""Summaries of notes: by sentences of their own, or by a model; how dear that is; and how one is put into a note."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from librarian.change import Plan
from librarian.cleaning import cleaned, links_of
from librarian.edit import Edit
from librarian.errors import ModelError, ModelUnusable, MoneyError, NoProvider, PathRefused
from librarian.extraction import Candidate, Vectors, chosen
from librarian.gathering import TOLD, Gathered, Gathering, Material
from librarian.metering import Desk, Manner
from librarian.money import Purpose
from librarian.pricing import LOCAL
from librarian.prompts.summary import VERSION
from librarian.sentences import Sentence, sentences
from librarian.summarising import LARGE, SMALL, Course, Summarising
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
from librarian.telling import Tell
from librarian.usage import CostEstimate

if TYPE_CHECKING:
    from librarian.embedding import StaticEmbedder

NO_MODEL = "No model was asked, so these are sentences of the notes themselves. "
EXCLUDED = "The note lies in a folder that is left out, of which nothing is sent to a model."
CUT = "The model reached the limit of its answer."


class Propose(Protocol):
    """Keeps edits as one change that waits to be carried out."""

    async def __call__(self, edits: Sequence[Edit], *, actor: str, reason: str) -> Plan: ...


class Summaries:
    """Summarises notes of one vault."""

    def __init__(
        self,
        vault_id: str,
        gathering: Gathering,
        desk: Desk,
        embedder: Callable[[], StaticEmbedder] | None,
        propose: Propose,
        *,
        new_id: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        """``embedder``: loads the model that knows what sentences mean, in a thread; None where it is not wanted."""
        self._vault_id = vault_id
        self._gathering = gathering
        self._desk = desk
        self._embedder = embedder
        self._propose = propose
        self._loaded: StaticEmbedder | None = None
        self._new_id = new_id

    async def create(self, subject: Subject, wish: Wish, method: Method, tell: Tell) -> Summary:
        """Summarise. Without a model, and where ``method`` is ``auto``, by the notes' own sentences.

        Raises PathRefused, NoteNotFound, NoteUnreadable; and with ``method`` ``model``, or where one is chosen,
        ModelError and MoneyError, of which ``data`` then has ``partial`` and ``parts``: what was written by then.
        """
        started = time.perf_counter()
        why = self._why_not(subject, method)
        gathered = await self._gathering.of(subject)
        if method == "extractive" or why is not None:
            return await self._extracted(gathered, wish, why, started)
        return await self._written(gathered, wish, tell, started)

    async def estimate(self, subject: Subject, wish: Wish, method: Method = "auto") -> SummaryEstimate:
        """What a summary will take of a model, before it is made. Raises as `create`, and PriceUnknown."""
        why = self._why_not(subject, method)
        gathered = await self._gathering.of(subject)
        provider = None if why or method == "extractive" else self._desk.provider()[0]
        course = await asyncio.to_thread(self._course, gathered, wish, provider)
        cost = CostEstimate.of_nobody()
        if provider and course.readings:
            rehearsal = await self._desk.rehearse(*self._asks(wish))
            await Summarising(rehearsal, course, lambda _value: None).run()
            cost = await rehearsal.estimate()
        told = self._told(gathered, course.left_out)
        return SummaryEstimate(
            **dict(cost), notes=len(course.readings), left_out=told[:TOLD], more=max(0, len(told) - TOLD)
        )

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

    async def _extracted(self, gathered: Gathered, wish: Wish, why: str | None, started: float) -> Summary:
        vectors = await asyncio.to_thread(self._model)
        picked = await asyncio.to_thread(_picked, gathered.materials, wish.words, vectors)
        sources = [
            SummarySource(path=material.path, line=material.line + each.sentence.line, text=each.sentence.text)
            for each in picked
            for material in (gathered.materials[each.note],)
        ]
        parts = (
            await asyncio.to_thread(_parts, gathered.materials, wish, vectors) if len(gathered.materials) > 1 else ()
        )
        told = self._told(gathered, ())
        return Summary(
            text=_shaped(picked, wish),
            method="extractive",
            why=why,
            sources=tuple(sources),
            notes=len(gathered.materials),
            parts=parts,
            left_out=told[:TOLD],
            more=max(0, len(told) - TOLD),
            took_ms=round((time.perf_counter() - started) * 1000, 3),
        )

    async def _written(self, gathered: Gathered, wish: Wish, tell: Tell, started: float) -> Summary:
        provider, _ = self._desk.provider()
        course = await asyncio.to_thread(self._course, gathered, wish, provider)
        if not course.readings:
            return await self._extracted(gathered, wish, "There is nothing to read.", started)
        writer = await self._desk.write(*self._asks(wish))
        work = Summarising(writer, course, tell)
        try:
            text = await work.run()
        except (ModelError, MoneyError) as error:
            error.data |= {"partial": work.text, "parts": [each.model_dump(by_alias=True) for each in work.parts]}
            raise
        told = self._told(gathered, course.left_out)
        return Summary(
            text=text,
            method="model",
            why=CUT if work.is_cut else None,
            sources=work.sources(),
            notes=len(course.readings),
            parts=tuple(work.parts),
            left_out=told[:TOLD],
            more=max(0, len(told) - TOLD),
            usage=writer.use(),
            took_ms=round((time.perf_counter() - started) * 1000, 3),
        )

    def _asks(self, wish: Wish) -> tuple[Purpose, Manner]:
        purpose = Purpose("summary", vault_id=self._vault_id, run_id=self._new_id())
        return purpose, Manner(prompt_version=f"summary/{VERSION}", fresh=wish.fresh)

    def _course(self, gathered: Gathered, wish: Wish, provider: str | None) -> Course:
        # Whatever is found, nothing of a folder that is left out is sent.
        materials = [each for each in gathered.materials if not (each.path and self._gathering.is_excluded(each.path))]
        return Course.of(materials, wish, SMALL if provider in LOCAL or provider == "custom" else LARGE)

    @staticmethod
    def _told(gathered: Gathered, more: Sequence[LeftOut]) -> tuple[LeftOut, ...]:
        return (*gathered.left_out, *more)

    def _model(self) -> StaticEmbedder | None:
        if self._loaded is None and self._embedder is not None:
            try:
                self._loaded = self._embedder()
            except ModelUnusable:
                return None
        return self._loaded


def _picked(materials: Sequence[Material], length: int, model: StaticEmbedder | None) -> list[Candidate]:
    read: list[list[Sentence]] = [sentences(each.text) for each in materials]
    sample = " ".join(sentence.text for note in read for sentence in note[:20])[:4000]
    vectors: Vectors | None = model.model.embed if model is not None and model.reads(sample) else None
    return chosen(read, length, vectors)


def _parts(materials: Sequence[Material], wish: Wish, model: StaticEmbedder | None) -> tuple[NoteSummary, ...]:
    """Each note by itself."""
    said = ((each.path, _shaped(_picked([each], wish.words, model), wish)) for each in materials)
    return tuple(NoteSummary(path=path, text=text) for path, text in said if path and text)


def _shaped(picked: Sequence[Candidate], wish: Wish) -> str:
    lines = [each.sentence.text for each in picked]
    text = "\n".join(f"- {line}" for line in lines) if wish.style == "bullets" else _joined(picked)
    return cleaned(text, frozenset().union(*map(links_of, lines)))


def _joined(picked: Sequence[Candidate]) -> str:
    """Sentences as running text; those of another block begin a line of their own where they end in no mark."""
    said: list[str] = []
    for each in picked:
        text = each.sentence.text
        if said and not said[-1].endswith(("。", "！", "？", "」", "』", "\n")):
            said.append(" " if _ends(said[-1]) else "\n")
        said.append(text)
    return "".join(said)


def _ends(text: str) -> bool:
    return text.rstrip("\"'”’»)")[-1:] in tuple(".!?…؟۔։।:;")
