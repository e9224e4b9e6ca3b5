"""Who can be asked to write, and whether that works."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from librarian.chat.provider import Provider, Tested
from librarian.errors import (
    AddressRefused,
    AnswerBroken,
    KeyMissing,
    KeyRefused,
    NoProvider,
    ProviderBusy,
    ProviderFailed,
    ProviderUnreachable,
    StorageFull,
    StoreError,
    VaultNotOpen,
)
from librarian.rpc.contract import Call, Params, method
from librarian.value import Value

Name = Annotated[str, Field(max_length=80)]


class OfProviders(Params):
    vault_id: Annotated[str, Field(max_length=200)] | None = None
    """Whose choices count; without it those for every vault."""


class OfProvider(OfProviders):
    provider: Name | None = None
    """Without it, the one that is chosen; likewise the next."""
    base_url: Annotated[str, Field(max_length=1024)] | None = None


class TestProvider(OfProvider):
    model: Annotated[str, Field(max_length=1024)] | None = None


class Providers(Value):
    """Every provider there is to choose."""

    providers: tuple[Provider, ...]


class ProviderModels(Value):
    """The models that a provider has now."""

    provider: str
    models: tuple[str, ...]


@method("providers.list", errors=(VaultNotOpen,))
async def list_(call: Call, params: OfProviders) -> Providers:
    """Tell which providers of models there are, which is chosen, and where each has its key from; asks none of them."""
    choice = call.library.choice(params.vault_id)
    return Providers(providers=await call.library.chats.providers(choice))


@method(
    "providers.models",
    errors=(
        VaultNotOpen, NoProvider, KeyMissing, AddressRefused, ProviderUnreachable, ProviderBusy, KeyRefused,
        ProviderFailed, AnswerBroken,
    ),
)  # fmt: skip
async def models(call: Call, params: OfProvider) -> ProviderModels:
    """Ask a provider which models it has now."""
    choice = call.library.choice(params.vault_id, provider=params.provider, base_url=params.base_url)
    return ProviderModels(provider=choice.provider, models=await call.library.chats.models(choice))


@method("providers.test", errors=(VaultNotOpen, StorageFull, StoreError))
async def test(call: Call, params: TestProvider) -> Tested:
    """Ask a model for one word, and tell in words what is wrong or that it works. It costs as much as that word.

    What is not chosen yet can be tested before it is: parameters go before the settings. A model whose price is not
    known can be, too, once at a time: that is told, and counted by ``usage.summary`` as of unknown price.
    """
    choice = call.library.choice(
        params.vault_id, provider=params.provider, model=params.model, base_url=params.base_url
    )
    return await call.library.test(choice, params.vault_id)
