"""Opening a vault, hearing of its state, and telling what changed in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from librarian.errors import (
    PathRefused,
    StorageFull,
    StoreError,
    StoreTooNew,
    VaultHeld,
    VaultNotFound,
    VaultNotOpen,
    VaultUnavailable,
)
from librarian.rpc.contract import Call, Notice, Params, Progressive, method
from librarian.status import Change, Opened, Progress, Status

if TYPE_CHECKING:
    from librarian.open_vault import OpenVault

PROGRESS = Notice("vault.progress", Progress, "Tells how far the work on one part of an open vault is.")

VaultId = Annotated[str, Field(max_length=200)]


class Open(Progressive):
    path: Annotated[str, Field(min_length=1, max_length=4096)]
    """The vault's folder, absolute."""


class OfVault(Params):
    """Names the vault that is meant."""

    vault_id: VaultId


class Changed(OfVault):
    changes: tuple[Change, ...]


class Rebuild(Progressive):
    vault_id: VaultId


@method("vault.open", errors=(VaultNotFound, VaultUnavailable, VaultHeld, StoreTooNew, StorageFull, StoreError))
async def open_(call: Call, params: Open) -> Opened:
    """Open a vault and return once every note can be found by its words.

    A vault that is known answers at once from its last index, with ``checking`` in the coverage of its answers while
    files are compared. The client hears ``vault.progress`` from then on.
    """
    vault = await call.library.open_vault(params.path, on_progress=call.progress)
    call.session.listen(vault.id, lambda: vault.listen(lambda progress: _tell(call, vault, progress)))
    return vault.opened()


def _tell(call: Call, vault: OpenVault, progress: Progress) -> None:
    call.session.notify(PROGRESS, progress, key=(vault.id, progress.part))


class StatusOf(OfVault):
    wait: bool = False
    """Answer once every index is true to the vault, however long that takes, a slow model's included."""


@method("vault.status", errors=(VaultNotOpen, VaultUnavailable, StorageFull, StoreError))
async def status(call: Call, params: StatusOf) -> Status:
    """Tell what every index of a vault is doing, what it holds and what was left out."""
    vault = call.library.vault(params.vault_id)
    if params.wait:
        await vault.settled()
    return await vault.status()


@method("vault.changed", errors=(VaultNotOpen, PathRefused, VaultUnavailable, StorageFull, StoreError))
async def changed(call: Call, params: Changed) -> None:
    """Tell the sidecar what happened to files; as a request it is answered once the changes can be found."""
    await call.library.vault(params.vault_id).changed(params.changes)


@method("vault.rebuild", errors=(VaultNotOpen, VaultUnavailable, StorageFull, StoreError))
async def rebuild(call: Call, params: Rebuild) -> Status:
    """Throw away every index of a vault and make it anew from the files."""
    vault = call.library.vault(params.vault_id)
    stop_listening = vault.listen(call.progress)
    try:
        return await vault.rebuild()
    finally:
        stop_listening()


@method("vault.close", errors=(VaultNotOpen,))
async def close(call: Call, params: OfVault) -> None:
    """Stop using a vault; its stores are released when no other client uses it."""
    vault = call.library.vault(params.vault_id)
    if call.session.unlisten(vault.id):
        await call.library.close_vault(vault.id)
