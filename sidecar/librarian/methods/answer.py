"""Answers from a vault."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from librarian.answer import Answer, Understanding
from librarian.asking import PASSAGES, Method
from librarian.errors import ModelError, MoneyError, StorageFull, StoreError, VaultNotOpen
from librarian.methods.query import Earlier
from librarian.methods.vault import VaultId
from librarian.rpc.contract import Call, Progressive, method
from librarian.usage import CostEstimate


class Ask(Progressive):
    vault_id: VaultId
    question: Annotated[str, Field(min_length=1, max_length=10_000)]
    history: Earlier = ()
    """What was asked and answered before, oldest first."""
    understood: Understanding | None = None
    """What to look for, as ``query.understand`` told it or a person changed it; read from the question otherwise."""
    limit: Annotated[int, Field(ge=1, le=20)] = PASSAGES
    """Passages that the answer is made from, at most."""
    method: Method = "auto"
    """``auto``: by the model that is chosen, else the passages themselves. ``model``: an error where none is chosen."""


@method("answer.ask", errors=(VaultNotOpen, ModelError, MoneyError, StorageFull, StoreError))
async def ask(call: Call, params: Ask) -> Answer:
    """Answer a question from the notes of a vault, each sentence with a link to the passage it stands on.

    Where no passage comes near enough the vault does not say, and no model is asked. What a model writes is told as
    ``$/progress`` while it comes. Where it fails in the midst, the error's data has ``partial``, the text by then.
    """
    return await call.library.vault(params.vault_id).asking.ask(
        params.question,
        history=params.history,
        understood=params.understood,
        limit=params.limit,
        method=params.method,
        tell=call.progress,
    )


@method("answer.estimate", errors=(VaultNotOpen, ModelError, MoneyError, StorageFull, StoreError))
async def estimate(call: Call, params: Ask) -> CostEstimate:
    """Tell what ``answer.ask`` will take with the same parameters: passages are looked for, and no model is asked."""
    return await call.library.vault(params.vault_id).asking.estimate(
        params.question,
        history=params.history,
        understood=params.understood,
        limit=params.limit,
        method=params.method,
    )
