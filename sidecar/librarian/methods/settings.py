"""What a person can choose about the sidecar's work on a vault."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from librarian.errors import (
    ModelUnusable,
    NoProvider,
    PriceNotAgreed,
    SettingInvalid,
    StorageFull,
    StoreError,
    VaultNotOpen,
)
from librarian.methods.vault import OfVault
from librarian.rpc.contract import Call, method
from librarian.setting import SettingValue, VaultSettings


class ChangeSetting(OfVault):
    name: Annotated[str, Field(max_length=200)]
    value: SettingValue | None
    """None takes the choice back."""
    for_every_vault: bool = False
    """Choose for all vaults that have no choice of their own, and not for this one."""


@method("settings.read", errors=(VaultNotOpen, StorageFull, StoreError))
async def read(call: Call, params: OfVault) -> VaultSettings:
    """Tell every setting: its value for this vault as it is chosen now, its default, and what it does."""
    return await call.library.read_settings(params.vault_id)


@method(
    "settings.change",
    errors=(VaultNotOpen, SettingInvalid, ModelUnusable, NoProvider, PriceNotAgreed, StorageFull, StoreError),
)
async def change(call: Call, params: ChangeSetting) -> VaultSettings:
    """Choose a value for one vault or for all, and tell every setting.

    Pausing takes effect at once; what else does not hold yet is marked, and does when the vault is opened anew.
    """
    return await call.library.change_setting(
        params.vault_id, params.name, params.value, for_every_vault=params.for_every_vault
    )
