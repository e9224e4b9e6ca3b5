"""A vault in figures."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from librarian.errors import QueryRefused, VaultNotOpen
from librarian.methods.vault import OfVault
from librarian.overview import Overview, Table
from librarian.rpc.contract import Call, Method, Params, method


class Sql(OfVault):
    sql: Annotated[str, Field(min_length=1, max_length=100_000)]


@method("statistics.overview", errors=(VaultNotOpen,))
async def overview(call: Call, params: OfVault) -> Overview:
    """Count notes, words, links and tags, now and over time, and name what is loose or broken."""
    return await call.library.vault(params.vault_id).statistics.overview()


@method("statistics.query", errors=(VaultNotOpen, QueryRefused))
async def query(call: Call, params: Sql) -> Table:
    """Run one read-only SQL statement over the vault's catalog, within limits of time and rows."""
    return await call.library.vault(params.vault_id).statistics.query(params.sql)


def record(call: Call, method: Method[Any], params: Params, took_ms: float) -> None:
    """Keep how long a call on a vault took, for the panels that show the librarian's own speed."""
    vault_id = getattr(params, "vault_id", None)
    if vault_id is None:
        return
    try:
        vault = call.library.vault(vault_id)
    except VaultNotOpen:
        return  # the call was the one that closed it
    vault.statistics.record(method.name, took_ms)
