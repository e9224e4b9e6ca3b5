"""Answers of models that are kept, so that the same question is not paid twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Final

from librarian.chat.conversation import Usage
from librarian.value import Value

if TYPE_CHECKING:
    from librarian.cache import Cache
    from librarian.chat.conversation import Limits, Message

FORM: Final = 1
"""Raised when kept answers can no longer be read, or would be made otherwise."""
NO_PARAMETERS: Final = frozenset({"timeout_s", "expected_output_tokens"})
"""Limits that do not change what is answered."""


class Kept(Value):
    """A whole answer, and what it took when it was made."""

    text: str
    usage: Usage


def answer_key(provider: str, model: str, prompt_version: str, messages: Sequence[Message], limits: Limits) -> str:
    """What an answer depends on, as a digest: every text, the prompt's version, the model and its parameters."""
    parameters = {each.name: getattr(limits, each.name) for each in fields(limits) if each.name not in NO_PARAMETERS}
    texts = [[message.role, message.text] for message in messages]
    asked = json.dumps([FORM, provider, model, prompt_version, texts, parameters], sort_keys=True, default=dict)
    return f"answer:{hashlib.blake2b(asked.encode(), digest_size=24).hexdigest()}"


class Answers:
    """Kept answers of one vault."""

    def __init__(self, cache: Cache, address: str = "", running: Callable[[], Awaitable[str]] | None = None) -> None:
        """``address``: where the model is asked, where that is not its provider's own: another may answer there.
        ``running``: what tells the model there from others of its name; empty where nothing has to.
        """
        self._cache = cache
        self._address = address
        self._running = running

    def at(self, address: str, running: Callable[[], Awaitable[str]] | None = None) -> Answers:
        """Those of the model that is asked there."""
        return Answers(self._cache, address, running)

    async def get(self, key: str) -> Kept | None:
        """The answer, if there is one that can be read."""
        content = await self._cache.get(await self._place(key))
        if content is None:
            return None
        try:
            return Kept.model_validate_json(content)
        except ValueError:
            return None

    async def put(self, key: str, answer: Kept) -> None:
        """Keep a whole answer, if there is room, and if it is text that can be written."""
        try:
            content = answer.model_dump_json().encode()
        except ValueError:  # half of a character that takes two
            return
        await self._cache.put(await self._place(key), content)

    async def _place(self, key: str) -> str:
        running = await self._running() if self._running is not None else ""
        return f"{key}{'@' if self._address else ''}{self._address}{'#' if running else ''}{running}"
