"""What a person agreed to pay for having a vault read by a provider's model, kept in the vault's ledger."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final

from librarian.errors import PriceNotAgreed
from librarian.money import Purpose

if TYPE_CHECKING:
    from librarian.ledger import Ledger

FEATURE: Final = "embedding"
"""By which its money is added up."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """A sum for one reading of all that a model has not read."""

    at_most_micro: int
    run_id: str
    is_whole: bool = False
    """The vault was read. What changes from then on goes by the budgets of a day and a month."""


class Consent:
    """Of one vault. A model is known by the identity of its vectors: another size of them is another sum."""

    def __init__(self, ledger: Ledger, vault_id: str, *, new_id: Callable[[], str] = lambda: uuid.uuid4().hex) -> None:
        self._ledger = ledger
        self._vault_id = vault_id
        self._new_id = new_id

    async def given(self, identity: str) -> Agreed | None:
        """What was agreed for a model, if anything."""
        kept = await self._ledger.watermark(_name(identity))
        try:
            return Agreed(**json.loads(kept)) if kept else None
        except (ValueError, TypeError):
            return None

    async def give(self, identity: str, at_most_micro: int) -> None:
        """Let a model read what it has not read yet, for no more than this."""
        await self._put(identity, Agreed(at_most_micro, self._new_id()))

    async def fulfilled(self, identity: str) -> None:
        """The model has read the vault."""
        agreed = await self.given(identity)
        if agreed is not None and not agreed.is_whole:
            await self._put(identity, replace(agreed, is_whole=True))

    async def withdraw(self, identity: str) -> None:
        """As if nothing had been agreed."""
        await self._ledger.forget_watermark(_name(identity))

    async def purpose(self, identity: str, model: str, *, free: bool) -> Purpose:
        """What passages are sent for. Raises PriceNotAgreed where they cost something and nobody agreed to it."""
        agreed = await self.given(identity)
        if agreed is None and not free:
            raise PriceNotAgreed(model)
        if agreed is None or agreed.is_whole:
            return Purpose(FEATURE, self._vault_id)
        return Purpose(FEATURE, self._vault_id, agreed.run_id, agreed.at_most_micro)

    async def _put(self, identity: str, agreed: Agreed) -> None:
        await self._ledger.set_watermark(_name(identity), json.dumps(asdict(agreed)))


def _name(identity: str) -> str:
    return f"embedding/agreed/{hashlib.blake2b(identity.encode(), digest_size=12).hexdigest()}"
