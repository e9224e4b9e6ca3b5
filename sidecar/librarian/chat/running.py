"""Which model runs on a server that answers with it under any name: answers of one are not another's."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Protocol

from librarian.errors import ModelError

if TYPE_CHECKING:
    from librarian.chat.presets import Choice

log = logging.getLogger(__name__)

KNOWN_S: Final = 10.0
"""So long is a server not asked again: nobody begins it with another model and asks it the same sooner."""
PATIENCE_S: Final = 2.0
FIELDS: Final = ("model_path", "model_id", "model_sha")
"""Of llama.cpp, then of Text Generation Inference."""


class Tells(Protocol):
    """A model whose server tells of itself."""

    async def told(self, path: str) -> object: ...


class Running:
    """What servers said of the models they run."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._said: dict[Choice, tuple[float, str]] = {}
        self._nobody_knows = f"?{uuid.uuid4().hex}"
        """In the place of what a server does not tell: another in each process, so that no answer outlives it."""

    async def of(self, choice: Choice, model: Tells, path: str) -> str:
        """A digest of what the server tells at this path."""
        at, said = self._said.get(choice, (-KNOWN_S, ""))
        if not said or self._clock() - at >= KNOWN_S:
            said = await self._asked(model, path)
            self._said[choice] = self._clock(), said
        return said

    async def _asked(self, model: Tells, path: str) -> str:
        try:
            async with asyncio.timeout(PATIENCE_S):
                told = await model.told(path)
        except (ModelError, TimeoutError) as error:
            # An old server has no such path, and one that is away answers nothing else either, and says so then.
            log.info("a server does not tell which model it runs: %s", error)
            return self._nobody_knows
        named = {name: told[name] for name in FIELDS if name in told} if isinstance(told, dict) else {}
        if not named:
            return self._nobody_knows
        return hashlib.blake2b(json.dumps(named, sort_keys=True).encode(), digest_size=16).hexdigest()
