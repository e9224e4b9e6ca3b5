"""What one note is made of and connected to."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from librarian.errors import NoteNotFound, PathRefused, VaultNotOpen
from librarian.methods.vault import OfVault
from librarian.note import Links, Outline
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
