"""Changing notes by plans that others made, and taking changes back."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from librarian.change import Applied, JournalledChange
from librarian.errors import (
    ChangeNotFound,
    ConfirmationNeeded,
    EditRefused,
    PathRefused,
    PlanNotFound,
    StorageFull,
    StoreError,
    VaultNotOpen,
    VaultUnavailable,
    VaultUnwritable,
)
from librarian.methods.vault import OfVault
from librarian.methods.workspace import editor_of
from librarian.rpc.contract import Call, method
from librarian.value import Value

_CANNOT_WRITE = (VaultUnavailable, VaultUnwritable, StorageFull, StoreError)


class Apply(OfVault):
    plan_id: Annotated[str, Field(max_length=200)]
    confirmation: Annotated[str, Field(max_length=200)] | None = None
    """From the plan, where it has one: more than 20 notes, or a tenth of the vault, are not changed without it."""


class ListChanges(OfVault):
    limit: Annotated[int, Field(ge=1, le=1000)] = 20


class Undo(OfVault):
    change_id: Annotated[str, Field(max_length=200)]
    confirmation: Annotated[str, Field(max_length=200)] | None = None
    """From the error `ConfirmationNeeded`, which tells of how many notes: as for a plan, many are not changed without.
    """


class Changes(Value):
    """The journal, newest first."""

    changes: tuple[JournalledChange, ...]


@method(
    "edits.apply", errors=(VaultNotOpen, PlanNotFound, ConfirmationNeeded, EditRefused, PathRefused, *_CANNOT_WRITE)
)
async def apply(call: Call, params: Apply) -> Applied:
    """Carry out a plan as one change: wholly, or not at all where a note is no longer what it was for the plan.

    Answered once the change can be found. A change that has begun goes on to its end even when the call is cancelled.
    """
    vault = call.library.vault(params.vault_id)
    return await vault.edits.apply(params.plan_id, params.confirmation, editor=await editor_of(call, vault))


@method("edits.list", errors=(VaultNotOpen, StoreError))
async def list_(call: Call, params: ListChanges) -> Changes:
    """List the last changes that can be taken back: 30 days of them, or 1 GiB."""
    return Changes(changes=await call.library.vault(params.vault_id).edits.journalled(params.limit))


@method("edits.undo", errors=(VaultNotOpen, ChangeNotFound, ConfirmationNeeded, *_CANNOT_WRITE))
async def undo(call: Call, params: Undo) -> Applied:
    """Take a change back, where notes are still what it left; what was changed since stays, and is told.

    Taking back is a change itself, and can be taken back.
    """
    vault = call.library.vault(params.vault_id)
    return await vault.edits.undo(params.change_id, params.confirmation, editor=await editor_of(call, vault))
