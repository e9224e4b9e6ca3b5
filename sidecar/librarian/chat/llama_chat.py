"""A model file (GGUF) that runs here: llama.cpp's server in a worker, asked as any other server of its kind."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from importlib import util
from pathlib import Path
from typing import Final

from librarian.chat.address import LONGEST_S, Bounds, Place, parse
from librarian.chat.conversation import Event, Limits, Message
from librarian.chat.openai_chat import Dialect, OpenAIChat
from librarian.chat.secret import Secret
from librarian.errors import ModelNotFound, NoProvider, ProviderUnreachable, WorkerDied, WorkerFailed
from librarian.worker import Worker

LIBRARY: Final = "xllamacpp"
MAGIC: Final = b"GGUF"
CONTEXT_TOKENS: Final = 8192
IDLE_S: Final = LONGEST_S + 60
"""The worker sees no answers, only their beginnings; after so long without one its memory is given back."""


class LlamaChat:
    """A model from a file. It is loaded when it is asked first; both calls and loading wait for one another."""

    def __init__(
        self,
        provider: str,
        path: str,
        *,
        bounds: Bounds | None = None,
        now_s: Callable[[], float] = time.time,
        key: Callable[[], str] = lambda: secrets.token_urlsafe(32),
    ) -> None:
        """Nothing is loaded yet. Raises NoProvider when more has to be installed, ModelNotFound."""
        if util.find_spec(LIBRARY) is None:
            raise NoProvider(
                "To run model files here, more has to be installed. From a clone: uv tool install '.[llamacpp]'",
                provider=provider,
            )
        self.provider = provider
        self.model = path
        self._path = usable(provider, path)
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
            "threads": os.cpu_count() or 1,
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
        dialect = Dialect(thinking="chat_template_kwargs")
        self._chat = (url, OpenAIChat(place, "default", dialect, bounds=self._bounds, now_s=self._now_s))


def usable(provider: str, path: str) -> Path:
    """The file, if it can be a model. Raises ModelNotFound: nothing is loaded from inside a vault."""
    file = Path(path).expanduser()
    try:
        is_model = file.is_absolute() and file.is_file() and _begins(file) == MAGIC
        whole = file.resolve()
    except (OSError, ValueError, RuntimeError):
        is_model, whole = False, file
    if not is_model:
        raise ModelNotFound(provider, path, "Give the whole path of a model file (GGUF).")
    if any((folder / ".obsidian").exists() for folder in whole.parents):
        raise ModelNotFound(provider, path, "Nothing is loaded from inside a vault.")
    return whole


def _begins(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(len(MAGIC))
