"""The model that is still reading a vault."""

from __future__ import annotations

from librarian.errors import VaultNotOpen
from librarian.methods.vault import OfVault
from librarian.rpc.contract import Call, method


@method("embedding.pause", errors=(VaultNotOpen,))
async def pause(call: Call, params: OfVault) -> None:
    """Let a slow model rest until `embedding.resume`; what answers is kept true, and other vaults are not concerned."""
    call.library.vault(params.vault_id).semantics.pause()


@method("embedding.resume", errors=(VaultNotOpen,))
async def resume(call: Call, params: OfVault) -> None:
    """Let a slow model go on reading a vault's notes."""
    call.library.vault(params.vault_id).semantics.resume()
