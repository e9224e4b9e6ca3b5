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
    NoteNotFound,
    NoteUnreadable,
    PathRefused,
    StorageFull,
    StoreError,
    VaultNotOpen,
    VaultUnavailable,
)
from librarian.methods.notes import OfNote
from librarian.methods.vault import VaultId
from librarian.rpc.contract import Call, Progressive, method
from librarian.summary import Method, NoteSummary, Place, Style, Subject, Summary, SummaryEstimate, Wish

Path = Annotated[str, Field(max_length=4096)]
Line = Annotated[int, Field(ge=0, le=100_000_000)]


class OfSubject(Progressive):
    vault_id: VaultId
    path: Path | None = None
    """A note, as for ``notes.outline``. One of path, text, folder, tag and query is given; text may come with path."""
    range: tuple[Line, Line] | None = None
    """Of the note, or of the text in it: from the first line to before the second, from 0."""
    text: Annotated[str, Field(min_length=1, max_length=2_000_000)] | None = None
    """As it is in an editor, where that is not saved yet."""
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

    @model_validator(mode="after")
    def _one_subject(self) -> OfSubject:
        given = [self.path is not None or self.text is not None, *(
            each is not None for each in (self.folder, self.tag, self.query)
        )]  # fmt: skip
        if sum(given) != 1:
            raise ValueError("give one of path, text, folder, tag and query")
        if self.range is not None and (self.range[0] > self.range[1] or not given[0]):
            raise ValueError("range is of a note, from a line to a later one")
        return self

    def subject(self) -> Subject:
        return Subject(self.path, self.range, self.text, self.folder, self.tag, self.query)

    def wish(self) -> Wish:
        return Wish(self.style, self.length, self.language)


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


ERRORS = (
    VaultNotOpen, NoteNotFound, NoteUnreadable, PathRefused, ModelError, MoneyError, VaultUnavailable, StorageFull,
    StoreError,
)  # fmt: skip


@method("summary.create", errors=ERRORS)
async def create(call: Call, params: Summarise) -> Summary:
    """Summarise a note, a part of one, a text, or the notes of a folder, a tag or a query.

    What a model writes is told as ``$/progress`` while it comes. Where it fails in the midst, or a budget ends, the
    error's data has ``partial``, the text by then, and ``parts``, the notes that are done; those are kept, and cost
    nothing when it is asked again.
    """
    summaries = call.library.vault(params.vault_id).summaries
    return await summaries.create(params.subject(), params.wish(), params.method, call.progress)


@method("summary.estimate", errors=ERRORS)
async def estimate(call: Call, params: Summarise) -> SummaryEstimate:
    """Tell what ``summary.create`` will take with the same parameters; no model is asked."""
    return await call.library.vault(params.vault_id).summaries.estimate(params.subject(), params.wish(), params.method)


@method("summary.place", errors=(VaultNotOpen, NoteNotFound, PathRefused, EditRefused, VaultUnavailable))
async def place(call: Call, params: PlaceSummary) -> Plan:
    """Plan to put a summary into a note, or beside it. Nothing is changed before ``edits.apply``."""
    return await call.library.vault(params.vault_id).summaries.place(
        params.path, params.text, params.where, params.more
    )
