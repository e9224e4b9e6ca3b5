"""A model file (GGUF) that runs here: llama.cpp's server in a worker, asked as any other server of its kind."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Final

from librarian.chat.address import LONGEST_S, Bounds, Place, parse
from librarian.chat.conversation import Event, Limits, Message
from librarian.chat.model_files import require_library, usable
from librarian.chat.openai_chat import Dialect, OpenAIChat
from librarian.chat.secret import Secret
from librarian.errors import ProviderUnreachable, WorkerDied, WorkerFailed
from librarian.worker import Worker

CONTEXT_TOKENS: Final = 8192
IDLE_S: Final = LONGEST_S + 60
"""The worker sees no answers, only their beginnings; after so long without one its memory is given back."""

MARKS: Final = ("<|im_end|>", "<|im_start|>")
"""A model without a template of its own is asked in one of which it may know the marks as plain text only."""


class LlamaChat:
    """A model from a file. It is loaded when it is asked first; both calls and loading wait for one another."""

    def __init__(
        self,
        provider: str,
        model: str,
        models: Path | None = None,
        *,
        bounds: Bounds | None = None,
        now_s: Callable[[], float] = time.time,
        key: Callable[[], str] = lambda: secrets.token_urlsafe(32),
    ) -> None:
        """``model``: a name in the folder ``models``, or the path of a file. Nothing is loaded yet.

        Raises NoProvider when more has to be installed, ModelNotFound.
        """
        require_library(provider)
        self.provider = provider
        self.model = model
        self._path = usable(provider, model, models)
        self._bounds = bounds
        self._now_s = now_s
        self._key = key()
        self._chat: tuple[str, OpenAIChat] | None = None
        self._starting = asyncio.Lock()
        self._worker = Worker("librarian.chat.llama_process", idle_seconds=IDLE_S)

    def __repr__(self) -> str:
        return f"LlamaChat({self.model!r})"

    async def stream(self, messages: Sequence[Message], limits: Limits) -> AsyncGenerator[Event, None]:
        chat = await self._served()
        async with aclosing(chat.stream(messages, limits)) as events:
            async for event in events:
                yield event

    async def models(self) -> tuple[str, ...]:
        """The file itself."""
        return (self.model,)

    async def close(self) -> None:
        await self._worker.close()
        if self._chat is not None:
            await self._chat[1].close()

    async def _served(self) -> OpenAIChat:
        """The model, loaded. Raises ProviderUnreachable when it cannot be."""
        async with self._starting:
            try:
                url = await self._asked_to_serve()
            except WorkerFailed as error:
                reason = f"the model file cannot be loaded ({error.data['kind']}); is it whole?"
                raise ProviderUnreachable(self.provider, reason) from error
            except WorkerDied as error:
                raise ProviderUnreachable(self.provider, f"its process ended: {error.data['reason']}") from error
            if self._chat is None or self._chat[0] != url:
                await self._met(url)
            assert self._chat is not None  # noqa: S101  # just made
            return self._chat[1]

    async def _asked_to_serve(self) -> str:
        """Where the server is. One that has ended since it last answered is started anew. Raises WorkerError."""
        params = {
            "path": str(self._path),
            "key": self._key,
            "threads": _cores(),
            "context_tokens": CONTEXT_TOKENS,
        }
        try:
            answer, _ = await self._worker.call("serve", params)
        except WorkerDied:
            if self._chat is None:
                raise
            answer, _ = await self._worker.call("serve", params)
        url: str = answer["url"]
        return url

    async def _met(self, url: str) -> None:
        if self._chat is not None:
            await self._chat[1].close()
        place = Place(self.provider, parse(self.provider, f"{url}/v1"), Secret(self._key))
        dialect = Dialect(thinking="chat_template_kwargs", stop=MARKS)
        self._chat = (url, OpenAIChat(place, "default", dialect, bounds=self._bounds, now_s=self._now_s))


def _cores() -> int:
    """How many this process may use: threads beyond those would wait for one another."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
