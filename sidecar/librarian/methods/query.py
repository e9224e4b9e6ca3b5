"""Reading questions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from librarian.answer import Turn, Understanding
from librarian.errors import ModelError, MoneyError, StorageFull, StoreError, VaultNotOpen
from librarian.methods.search import QueryText
from librarian.methods.vault import OfVault
from librarian.rpc.contract import Call, method

Earlier = Annotated[tuple[Turn, ...], Field(max_length=50)]


class Asked(OfVault):
    text: QueryText
    history: Earlier = ()
    """What was asked before, oldest first: a question may go on from there."""
    method: Literal["rules", "model"] = "rules"
    """``model``: the model that is chosen adds other words for it; where it fails, rules have read it. It is sent the
    question and no note, and writes 400 tokens at most: that price is counted, and not told before.
    """


@method("query.understand", errors=(VaultNotOpen, ModelError, MoneyError, StorageFull, StoreError))
async def understand(call: Call, params: Asked) -> Understanding:
    """Read a question: which filters it names, what it is about, and which questions it is made of.

    Folders and tags become filters where the vault has such. It can be changed and sent to ``answer.ask``.
    """
    asking = call.library.vault(params.vault_id).asking
    return await asking.understand(params.text, params.history, by_model=params.method == "model")
