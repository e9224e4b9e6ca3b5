"""What one note is made of and connected to."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from librarian.errors import NoteNotFound, PathRefused, VaultNotOpen
from librarian.methods.vault import OfVault
from librarian.note import Links, Outline
from librarian.relation import Mentions, RelatedAnswer
from librarian.rpc.contract import Call, method


class OfNote(OfVault):
    """Names one note of one vault."""

    path: Annotated[str, Field(max_length=4096)]
    """Relative to the vault, with ``/`` and extension, as spelled on disk."""


@method("notes.outline", errors=(VaultNotOpen, NoteNotFound, PathRefused))
async def outline(call: Call, params: OfNote) -> Outline:
    """Show a note at a glance: properties, tags, headings, tasks."""
    return await call.library.vault(params.vault_id).notes.outline(params.path)


@method("notes.links", errors=(VaultNotOpen, NoteNotFound, PathRefused))
async def links(call: Call, params: OfNote) -> Links:
    """List where a note leads, what leads to it, and which of its links lead nowhere."""
    return await call.library.vault(params.vault_id).notes.links(params.path)


class RelatedTo(OfVault):
    """Names a note, or gives a text: one of the two."""

    path: Annotated[str, Field(max_length=4096)] | None = None
    """Relative to the vault, as for ``notes.outline``."""
    text: Annotated[str, Field(min_length=1, max_length=100_000)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 20
    include_linked: bool = True
    """False leaves out notes that link to it, or that it links to."""

    @model_validator(mode="after")
    def _one_of_the_two(self) -> RelatedTo:
        if (self.path is None) == (self.text is None):
            raise ValueError("give either path or text")
        return self


class MentionsOf(OfNote):
    limit: Annotated[int, Field(ge=1, le=500)] = 50


@method("notes.related", errors=(VaultNotOpen, NoteNotFound, PathRefused))
async def related(call: Call, params: RelatedTo) -> RelatedAnswer:
    """Find notes that say much the same as a note or a text, linked ones marked; never the note itself."""
    of_vault = call.library.vault(params.vault_id).related
    if params.path is not None:
        return await of_vault.of_note(params.path, limit=params.limit, include_linked=params.include_linked)
    return await of_vault.of_text(params.text or "", limit=params.limit)


@method("notes.mentions", errors=(VaultNotOpen, NoteNotFound, PathRefused))
async def mentions(call: Call, params: MentionsOf) -> Mentions:
    """Find where a note names others without a link, and where others name it."""
    return await call.library.vault(params.vault_id).related.mentions(params.path, limit=params.limit)
