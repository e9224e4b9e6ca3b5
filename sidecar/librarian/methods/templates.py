"""Templates: told from notes, kept, and applied to new notes and old ones."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from librarian.change import Plan
from librarian.errors import (
    EditRefused,
    ModelError,
    MoneyError,
    NoteChanged,
    NoteExists,
    NoteNotFound,
    NoteUnreadable,
    PathRefused,
    StorageFull,
    StoreError,
    TemplateUnusable,
    TooFewNotes,
    VaultNotOpen,
    VaultUnavailable,
)
from librarian.methods.notes import OfNote
from librarian.methods.vault import OfVault
from librarian.rpc.contract import Call, method
from librarian.template import InferredTemplate
from librarian.usage import CostEstimate

Path = Annotated[str, Field(max_length=4096)]
Text = Annotated[str, Field(max_length=1_000_000)]
Syntax = Literal["core", "templater"]


class MadeAlike(OfVault):
    """Names a folder or notes: one of the two."""

    folder: Path | None = None
    """Relative to the vault, empty for all of it; notes in folders below count, too. Of several kinds of notes the
    largest is taken, and the others are told.
    """
    notes: Annotated[tuple[Path, ...], Field(min_length=1, max_length=10_000)] | None = None
    """All of them are taken, whatever their kind."""
    least: Annotated[float, Field(ge=0.1, le=1.0)] = 0.5
    """The share of the notes that must have a property or heading, so that it is part of the template."""

    @model_validator(mode="after")
    def _one_of_the_two(self) -> MadeAlike:
        if (self.folder is None) == (self.notes is None):
            raise ValueError("give either folder or notes")
        return self


class InferTemplate(MadeAlike):
    syntax: Syntax = "core"
    """For Obsidian's own Templates, or for the plugin Templater."""
    use_model: bool = False
    """Have the model that is chosen find a name, and a hint for each heading. It sees headings and the names and types
    of properties, and no text of any note. Without it, or where it cannot be asked, the answer says so.
    """


class SaveTemplate(OfNote):
    text: Text
    """As it is to stand in the note: nothing in it is filled."""


class ApplyTemplate(OfVault):
    """Gives a template, or names the note that is one: one of the two."""

    text: Text | None = None
    template: Path | None = None
    notes: Annotated[tuple[Path, ...], Field(min_length=1, max_length=10_000)]
    """Those that are not there are made."""
    syntax: Syntax | None = None
    """Whose words in the template count; both when it is not given."""

    @model_validator(mode="after")
    def _one_of_the_two(self) -> ApplyTemplate:
        if (self.text is None) == (self.template is None):
            raise ValueError("give either text or template")
        return self


@method("templates.infer", errors=(VaultNotOpen, TooFewNotes, NoteNotFound, PathRefused, StoreError))
async def infer(call: Call, params: InferTemplate) -> InferredTemplate:
    """Tell from notes the template that they were made from: properties and their types, headings, lists, fixed text.

    Only the name and the hints below headings can be a model's, and only if that is asked for.
    """
    return await call.library.vault(params.vault_id).templates.infer(
        folder=params.folder,
        notes=params.notes or (),
        syntax=params.syntax,
        least=params.least,
        use_model=params.use_model,
    )


@method(
    "templates.estimate",
    errors=(VaultNotOpen, TooFewNotes, NoteNotFound, PathRefused, ModelError, MoneyError, StorageFull, StoreError),
)
async def estimate(call: Call, params: InferTemplate) -> CostEstimate:
    """Tell what ``templates.infer`` will take of a model with the same parameters; none is asked."""
    if not params.use_model:
        return CostEstimate.of_nobody()
    return await call.library.vault(params.vault_id).templates.estimate(
        folder=params.folder, notes=params.notes or (), least=params.least
    )


@method("templates.save", errors=(VaultNotOpen, NoteExists, EditRefused, PathRefused, VaultUnavailable))
async def save(call: Call, params: SaveTemplate) -> Plan:
    """Plan to keep a template as a new note. Nothing is written before ``edits.apply``."""
    return await call.library.vault(params.vault_id).templates.save(params.path, params.text)


@method(
    "templates.apply",
    errors=(
        VaultNotOpen, TemplateUnusable, NoteNotFound, NoteUnreadable, NoteChanged, EditRefused, PathRefused,
        VaultUnavailable, StoreError,
    ),
)  # fmt: skip
async def apply(call: Call, params: ApplyTemplate) -> Plan:
    """Plan to make notes from a template, and to add to those that are there what they lack of it.

    A note's own values win, lists are united, and no text of a note is lost or moved. Nothing is changed before
    ``edits.apply``; the plan has no edits when all notes have all of the template.
    """
    return await call.library.vault(params.vault_id).templates.apply(
        params.notes, text=params.text, template=params.template, syntax=params.syntax
    )
