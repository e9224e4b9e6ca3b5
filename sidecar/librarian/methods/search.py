"""Finding notes, and keeping the searches worth keeping."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from librarian.errors import SavedSearchNotFound, VaultNotOpen
from librarian.methods.vault import OfVault
from librarian.passage import Mode, SavedSearch, SearchAnswer
from librarian.rpc.contract import Call, method
from librarian.value import Value

QueryText = Annotated[str, Field(max_length=10_000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Query(OfVault):
    text: QueryText
    """The query language of the search box; any text is a query."""
    limit: Annotated[int, Field(ge=1, le=1000)] = 20
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    mode: Mode = "hybrid"


class Save(OfVault):
    name: Name
    text: QueryText
    mode: Mode = "hybrid"


class Forget(OfVault):
    name: Name


class SavedSearches(Value):
    searches: tuple[SavedSearch, ...]


@method("search.query", errors=(VaultNotOpen,))
async def query(call: Call, params: Query) -> SearchAnswer:
    """Find notes: the best hits first, each with the passage that earned its place, and what the answer covered."""
    search = call.library.vault(params.vault_id).search
    return await search.query(params.text, limit=params.limit, offset=params.offset, mode=params.mode)


@method("search.save", errors=(VaultNotOpen,))
async def save(call: Call, params: Save) -> SavedSearch:
    """Keep a query under a name, in the place of an older one of that name."""
    return await call.library.vault(params.vault_id).search.save(params.name, params.text, params.mode)


@method("search.saved", errors=(VaultNotOpen,))
async def saved(call: Call, params: OfVault) -> SavedSearches:
    """List the queries that were kept."""
    return SavedSearches(searches=await call.library.vault(params.vault_id).search.saved())


@method("search.forget", errors=(VaultNotOpen, SavedSearchNotFound))
async def forget(call: Call, params: Forget) -> None:
    """Forget a query that was kept."""
    await call.library.vault(params.vault_id).search.forget(params.name)
