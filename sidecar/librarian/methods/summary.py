"""Summaries of notes."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import Field, model_validator

from librarian.change import Plan
from librarian.errors import (
    EditRefused,
    ModelError,
    MoneyError,
    NoteChanged,
    NoteNotFound,
    NoteUnreadable,
    PathRefused,
    RunNotFound,
    StorageFull,
    StoreError,
    VaultNotOpen,
    VaultUnavailable,
)
from librarian.methods.notes import OfNote
from librarian.methods.vault import OfVault, VaultId
from librarian.rpc.contract import Call, Progressive, method
from librarian.summary import Method, NoteSummary, Place, Style, Subject, Summary, SummaryEstimate, Wish
from librarian.summary_run import PlannedSummaries, RunNotes, SummaryRun
from librarian.value import Value

Path = Annotated[str, Field(max_length=4096)]
RunId = Annotated[str, Field(min_length=1, max_length=64)]
Line = Annotated[int, Field(ge=0, le=100_000_000)]


class OfMany(Progressive):
    vault_id: VaultId
    folder: Path | None = None
    """Every note of a folder and those in it; the empty one is the whole vault."""
    tag: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    """Every note with the tag, or with one below it."""
    query: Annotated[str, Field(min_length=1, max_length=10_000)] | None = None
    """The best notes for a query."""
    style: Style = "paragraph"
    length: Annotated[int, Field(ge=10, le=2000)] | None = None
    """Words, more or less; 50 for ``short``, else 150."""
    language: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    """As a person names it; that of the notes when it is not given. Only a model can write another."""

    def _sets(self) -> list[bool]:
        """Which sets of notes are named."""
        return [each is not None for each in (self.folder, self.tag, self.query)]

    def subject(self) -> Subject:
        return Subject(folder=self.folder, tag=self.tag, query=self.query)

    def wish(self) -> Wish:
        return Wish(self.style, self.length, self.language)


class OfSubject(OfMany):
    path: Path | None = None
    """A note, as for ``notes.outline``. One of path, text, folder, tag and query is given; text may come with path."""
    range: tuple[Line, Line] | None = None
    """Of the note, or of the text in it: from the first line to before the second, from 0."""
    text: Annotated[str, Field(min_length=1, max_length=2_000_000)] | None = None
    """As it is in an editor, where that is not saved yet."""

    @model_validator(mode="after")
    def _one_subject(self) -> OfSubject:
        given = [self.path is not None or self.text is not None, *self._sets()]
        if sum(given) != 1:
            raise ValueError("give one of path, text, folder, tag and query")
        if self.range is not None and (self.range[0] > self.range[1] or not given[0]):
            raise ValueError("range is of a note, from a line to a later one")
        return self

    def subject(self) -> Subject:
        return Subject(self.path, self.range, self.text, self.folder, self.tag, self.query)


class PlaceSummary(OfNote):
    text: Annotated[str, Field(min_length=1, max_length=100_000)]
    """Images, HTML and what plugins would run are taken out of it."""
    where: Place
    """``top``: a callout below the properties; ``end``: the same at the end; ``property``: the property ``summary``;
    ``note``: a new note beside it. A callout or property of ours that is there already is replaced.
    """
    more: Annotated[tuple[NoteSummary, ...], Field(max_length=500)] = ()
    """Other notes with theirs, which are written, and taken back, together with it."""


class Summarise(OfSubject):
    method: Method = "auto"
    """``auto``: by the model that is chosen, else by the notes' own sentences."""
    fresh: bool = False
    """Ask the model even where an answer of it is kept."""

    def wish(self) -> Wish:
        return replace(super().wish(), fresh=self.fresh)


class Estimate(Summarise):
    each: bool = False
    """As for ``summary.run``: each note by itself, without one summary of all."""
    run_id: RunId | None = None
    """What it will take to go on with this run, in the place of path, text, folder, tag and query."""

    def _sets(self) -> list[bool]:
        return [*super()._sets(), self.run_id is not None]


class RunSummaries(OfMany):
    method: Method = "auto"
    """As for ``summary.create``."""
    run_id: RunId | None = None
    """A run to go on with, in the place of folder, tag and query; all else is as when it began."""
    fresh: bool = False
    """Begin anew, where the same was begun before, and ask the model even where an answer of it is kept."""

    @model_validator(mode="after")
    def _one_set(self) -> RunSummaries:
        if sum((*self._sets(), self.run_id is not None)) != 1:
            raise ValueError("give one of folder, tag, query and runId")
        return self

    def wish(self) -> Wish:
        return replace(super().wish(), fresh=self.fresh)


class OfRun(OfVault):
    run_id: RunId


class ListNotes(OfRun):
    after: Annotated[int, Field(ge=0)] = 0
    """The number of the last note that is known already."""
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


class PlaceRun(OfRun):
    where: Place
    """As for ``summary.place``."""


class SummaryRuns(Value):
    """The last begun first."""

    runs: tuple[SummaryRun, ...]


ERRORS = (
    VaultNotOpen, NoteNotFound, NoteUnreadable, PathRefused, ModelError, MoneyError, VaultUnavailable, StorageFull,
    StoreError,
)  # fmt: skip


@method("summary.create", errors=ERRORS)
async def create(call: Call, params: Summarise) -> Summary:
    """Summarise a note, a part of one, a text, or the notes of a folder, a tag or a query.

    What a model writes is told as ``$/progress`` while it comes. Where it fails in the midst, or a budget ends, the
    error's data has ``partial``, the text by then. Of several notes, each is summarised first, as by ``summary.run``;
    ``run`` in the error's data then tells how far that came, and the same call goes on from there.
    """
    summaries = call.library.vault(params.vault_id).summaries
    return await summaries.create(params.subject(), params.wish(), params.method, call.progress)


@method("summary.estimate", errors=(*ERRORS, RunNotFound))
async def estimate(call: Call, params: Estimate) -> SummaryEstimate:
    """Tell what ``summary.create`` or ``summary.run`` will take with the same parameters; no model is asked."""
    vault = call.library.vault(params.vault_id)
    if params.run_id is not None:
        return await vault.batches.estimate(params.subject(), params.wish(), params.method, run_id=params.run_id)
    return await vault.summaries.estimate(params.subject(), params.wish(), params.method, each=params.each)


@method("summary.place", errors=(VaultNotOpen, NoteNotFound, PathRefused, EditRefused, VaultUnavailable))
async def place(call: Call, params: PlaceSummary) -> Plan:
    """Plan to put a summary into a note, or beside it. Nothing is changed before ``edits.apply``."""
    return await call.library.vault(params.vault_id).summaries.place(
        params.path, params.text, params.where, params.more
    )


@method("summary.run", errors=(*ERRORS, RunNotFound))
async def run(call: Call, params: RunSummaries) -> SummaryRun:
    """Summarise each note of a folder, a tag or a query by itself, and keep every summary as soon as it is there.

    Taking the call back pauses it. The same call goes on, whatever happened meanwhile, and asks about notes only that
    are not done, or say something else by now. A note that cannot be summarised is left out, with its reason, and
    keeps no other from it. ``$/progress`` tells how far it is, what it costs, and when the provider makes it wait.
    Where it fails, the error's data has ``run``.
    """
    batches = call.library.vault(params.vault_id).batches
    if params.run_id is not None:
        return await batches.go_on(params.run_id, call.progress)
    return await batches.run(params.subject(), params.wish(), params.method, call.progress)


@method("summary.runs", errors=(VaultNotOpen, StoreError))
async def runs(call: Call, params: OfVault) -> SummaryRuns:
    """List runs of summaries, finished or not, for 30 days after they were worked at, or until they are forgotten."""
    return SummaryRuns(runs=await call.library.vault(params.vault_id).batches.runs())


@method("summary.notes", errors=(VaultNotOpen, RunNotFound, StoreError))
async def notes(call: Call, params: ListNotes) -> RunNotes:
    """List what came of the notes of a run, also while it is under way."""
    return await call.library.vault(params.vault_id).batches.notes(params.run_id, params.after, params.limit)


@method("summary.placeAll", errors=(VaultNotOpen, RunNotFound, EditRefused, NoteChanged, VaultUnavailable, StoreError))
async def place_all(call: Call, params: PlaceRun) -> PlannedSummaries:
    """Plan to put every summary of a run into its note, or beside it. Nothing is changed before ``edits.apply``."""
    return await call.library.vault(params.vault_id).batches.place(params.run_id, params.where)


@method("summary.forget", errors=(VaultNotOpen, RunNotFound, StorageFull, StoreError))
async def forget(call: Call, params: OfRun) -> None:
    """Forget a run, with every summary that was made in it. What was put into notes stays."""
    await call.library.vault(params.vault_id).batches.forget(params.run_id)
