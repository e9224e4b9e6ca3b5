"""Text that a person wants in a note."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from librarian.change import Applied
from librarian.errors import (
    EditRefused,
    NoteChanged,
    NoteNotFound,
    NoteUnreadable,
    PathRefused,
    StorageFull,
    StoreError,
    VaultNotOpen,
    VaultUnavailable,
    VaultUnwritable,
)
from librarian.methods.notes import OfNote
from librarian.methods.workspace import editor_of
from librarian.rpc.contract import Call, method

Place = Annotated[int, Field(ge=0)]
_NOTE = (VaultNotOpen, NoteNotFound, NoteUnreadable, NoteChanged, PathRefused, EditRefused, VaultUnavailable)
_CANNOT_WRITE = (VaultUnwritable, StorageFull, StoreError)


class Insert(OfNote):
    text: Annotated[str, Field(min_length=1, max_length=1_000_000)]
    range: tuple[Place, Place] | None = None
    """``[start, end)`` in UTF-16 units of the whole note, which the text takes the place of; both the same to put it
    between. Without it the note is made.
    """
    reason: Annotated[str, Field(min_length=1, max_length=200)] = "insert text"
    """What the journal calls it."""


@method("text.insert", errors=(*_NOTE, *_CANNOT_WRITE))
async def insert(call: Call, params: Insert) -> Applied:
    """Put a text into a note at once, or make a note of it: for text that a person asked for, and sees there.

    It is a change like others: journalled before it is made, and taken back by ``edits.undo``.
    """
    vault = call.library.vault(params.vault_id)
    plan = await vault.drafting.insertion(params.path, params.text, params.range, params.reason)
    return await vault.edits.apply(plan.plan_id, plan.confirmation, editor=await editor_of(call, vault))
