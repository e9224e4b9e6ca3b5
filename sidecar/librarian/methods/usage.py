"""What models cost."""

from __future__ import annotations

from datetime import date

from librarian.errors import StorageFull, StoreError, StoreTooNew
from librarian.methods.vault import VaultId
from librarian.rpc.contract import Call, Params, method
from librarian.usage import Budget, By, UsageSummary


class OfDays(Params):
    by: By
    since: date | None = None
    """The first day, as `2026-11-26`, of the calendar where the sidecar runs; likewise the next."""
    until: date | None = None
    """The last day, counted in."""
    vault_id: VaultId | None = None
    """Calls for this vault only; without it, those for all."""


class BudgetOf(Params):
    vault_id: VaultId | None = None
    """Whose caps are meant, where a vault has some of its own. What is spent is of all vaults."""


@method("usage.summary", errors=(StoreTooNew, StorageFull, StoreError))
async def summary(call: Call, params: OfDays) -> UsageSummary:
    """Add up calls of models, their tokens and what they cost, over all vaults or for one.

    The dearest come first; days, the last first. What is running counts with the most that it may cost.
    """
    return await call.library.costs.summary(params.by, params.since, params.until, params.vault_id)


@method("usage.budget", errors=(StoreTooNew, StorageFull, StoreError))
async def budget(call: Call, params: BudgetOf) -> Budget:
    """Tell every cap on what models may cost, and what is left of it."""
    return await call.library.costs.budget(params.vault_id)
