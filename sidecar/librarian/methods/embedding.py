"""The model that is still reading a vault, and what one of a provider's would cost."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from librarian.errors import (
    AddressRefused,
    AnswerBroken,
    BudgetExceeded,
    KeyMissing,
    KeyRefused,
    ModelNotFound,
    ModelUnusable,
    NoProvider,
    PriceNotAgreed,
    PriceUnknown,
    ProviderBusy,
    ProviderFailed,
    ProviderResting,
    ProviderUnreachable,
    RequestRefused,
    StoreError,
    VaultNotOpen,
)
from librarian.methods.vault import OfVault
from librarian.rpc.contract import Call, method
from librarian.usage import EmbeddingEstimate


class OfReader(OfVault):
    model: Annotated[str, Field(max_length=1024)]
    """As the setting `model` has it: `PROVIDER/MODEL`, or `PROVIDER/MODEL@URL`."""


class Agree(OfReader):
    at_most_usd: Annotated[str, Field(pattern=r"^[0-9]{1,6}(\.[0-9]{1,6})?$")]
    """The sum that was told by `embedding.estimate`, or another."""


@method("embedding.pause", errors=(VaultNotOpen,))
async def pause(call: Call, params: OfVault) -> None:
    """Let a slow model rest until `embedding.resume`; what answers is kept true, and other vaults are not concerned."""
    call.library.vault(params.vault_id).semantics.pause()


@method("embedding.resume", errors=(VaultNotOpen,))
async def resume(call: Call, params: OfVault) -> None:
    """Let a slow model go on reading a vault's notes."""
    call.library.vault(params.vault_id).semantics.resume()


@method(
    "embedding.estimate",
    errors=(
        VaultNotOpen, ModelUnusable, NoProvider, KeyMissing, AddressRefused, KeyRefused, ModelNotFound, RequestRefused,
        ProviderUnreachable, ProviderBusy, ProviderFailed, ProviderResting, AnswerBroken, BudgetExceeded, PriceUnknown,
        StoreError,
    ),
)  # fmt: skip
async def estimate(call: Call, params: OfReader) -> EmbeddingEstimate:
    """Try a provider's model with one short text, and tell what it would take to have it read the notes of a vault that
    it has not read."""
    return await call.library.vault(params.vault_id).price_of(params.model)


@method(
    "embedding.agree",
    errors=(VaultNotOpen, ModelUnusable, NoProvider, PriceNotAgreed, BudgetExceeded, StoreError),
)
async def agree(call: Call, params: Agree) -> None:
    """Let a provider's model, once it is chosen, read a vault for no more than this sum; without that nothing is sent.

    Notes that change after it read the vault go by the budgets of a day and a month.
    """
    await call.library.vault(params.vault_id).agree(params.model, params.at_most_usd)
