"""From a choice of provider and model to a model that answers; and what is wrong with the choice, in words."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, cast

from librarian.chat import model_files
from librarian.chat.address import Bounds, Place, parse
from librarian.chat.conversation import Chat, Finish, Limits, Message
from librarian.chat.keys import Keys
from librarian.chat.presets import NONE, PRESETS, Choice, Preset
from librarian.chat.provider import Provider, Tested
from librarian.chat.running import Running, Tells
from librarian.errors import (
    AddressRefused,
    KeyMissing,
    ModelError,
    MoneyError,
    NoProvider,
    PriceUnknown,
    ProviderUnreachable,
)

if TYPE_CHECKING:
    from librarian.chat.openai_embeddings import OpenAIEmbeddings

TEST_LIMITS: Final = Limits(max_output_tokens=64, timeout_s=60, reasoning="none")
_TEST: Final = (Message("user", "Answer with the word: yes"),)
_FILES: Final = "Give the whole path of one (GGUF), or download one on the command line."
_FILES_HINT: Final = "Run: librarian models download NAME. The names: librarian models"
_NO_TEXT = re.compile(
    r"embed|whisper|tts|transcribe|dall-e|image|audio|realtime|moderation|rerank|sora|speech|computer-use",
    re.IGNORECASE,
)
_EMBEDS = re.compile(r"embed|minilm|nomic|arctic|jina|(?:^|[/_-])(?:bge|gte|e5)[_-]", re.IGNORECASE)


class Model(Chat, Protocol):
    """What the adapters make: a model that also knows its siblings."""

    async def models(self) -> tuple[str, ...]: ...


class Trying(Chat, Protocol):
    """A model that is tested."""

    @property
    def cost_usd(self) -> str | None:
        """What that cost, in US dollars; None where nobody knows its price."""


class Chats:
    """Every model in use, each with its connections."""

    def __init__(
        self,
        keys: Keys,
        files: Path | None = None,
        *,
        presets: Sequence[Preset] = PRESETS,
        bounds: Bounds | None = None,
        clock: Callable[[], float] = time.monotonic,
        hear: Callable[[str, Mapping[str, str]], None] | None = None,
    ) -> None:
        """``files``: the folder of model files that are called by their names; ``hear`` is told of the headers of each
        answer, with the provider's name.
        """
        self._keys = keys
        self._files = files
        self._hear = hear
        self._presets = {preset.name: preset for preset in presets}
        self._bounds = bounds
        self._clock = clock
        self._open: dict[Choice, Model] = {}
        self._readers: dict[Choice, OpenAIEmbeddings] = {}
        self._retired: list[Model | OpenAIEmbeddings] = []
        self._opening = asyncio.Lock()
        self._running = Running(clock)

    async def open(self, choice: Choice) -> Chat:
        """A model that answers, as far as can be known without asking; `close` closes it with all others.

        Raises NoProvider, KeyMissing, AddressRefused.
        """
        return await self._model(*self._whole(choice))

    async def running(self, choice: Choice) -> str:
        """What tells the model that answers from others that would under the same name; empty where its name does.

        Its server is asked, but not often. Raises NoProvider, KeyMissing, AddressRefused.
        """
        whole, preset = self._whole(choice)
        if not preset.tells:
            return ""
        return await self._running.of(whole, cast("Tells", await self._model(whole, preset)), preset.tells)

    async def reader(self, choice: Choice) -> OpenAIEmbeddings:
        """A model that makes vectors; closed with all others. Raises NoProvider, KeyMissing, AddressRefused."""
        preset = self._preset(choice.provider)
        async with self._opening:
            if choice not in self._readers:
                self._readers[choice] = await asyncio.to_thread(self._made_reader, choice, preset)
            return self._readers[choice]

    async def readers(self, choice: Choice) -> tuple[str, ...]:
        """Names of a provider's models that make vectors, as far as names tell; of one's own server all, where they do
        not. Raises ModelError."""
        names = await (await self.reader(choice)).models()
        found = tuple(name for name in names if _EMBEDS.search(name))
        return found or (names if self._preset(choice.provider).key == "taken" else ())

    def address(self, choice: Choice) -> str:
        """The URL at which it is asked. Raises NoProvider."""
        return self._url(choice, self._preset(choice.provider))

    def named(self, choice: Choice) -> tuple[str, str]:
        """Provider and model of a choice. Raises NoProvider where it is none."""
        whole, preset = self._whole(choice)
        return preset.name, whole.model

    def lacks(self, choice: Choice) -> str | None:
        """What has to be done before this choice can answer, as far as this machine knows; nobody is asked."""
        try:
            whole, preset = self._whole(choice)
            if preset.speaks == "llama":
                model_files.require_library(preset.name)
                model_files.usable(preset.name, whole.model, self._files)
            else:
                self._place(whole, preset)
        except ModelError as error:
            return error.with_hint
        return None

    async def models(self, choice: Choice) -> tuple[str, ...]:
        """Names of a provider's models, but for those that clearly write no text. Raises ModelError."""
        preset = self._preset(choice.provider)
        if preset.speaks == "llama":
            return await asyncio.to_thread(self._downloaded, preset)
        model = await self._model(choice, preset)
        return tuple(name for name in await model.models() if not _NO_TEXT.search(name))

    async def test(self, choice: Choice, trial: Callable[[Chat], Trying]) -> Tested:
        """Ask a model for one word and say in words how that went. Costs as much as a word.

        ``trial``: the same model, asked within limits of money. Raises StoreError.
        """
        began = self._clock()
        self._retire(choice.provider)
        works, model, chat, hint = False, choice.model, None, None
        try:
            preset = self._preset(choice.provider)
            if not (model or preset.model or preset.speaks == "llama"):
                choice = replace(choice, model=await self._any(choice))
            chat = trial(await self.open(choice))
            model = chat.model
            refused = [event async for event in chat.stream(_TEST, TEST_LIMITS) if event == Finish("refused")]
            works = not refused
            told = f"{model} answers, but it refused a harmless question." if refused else f"{model} works"
        except ModelError as error:
            told, hint = self._advice(choice, error), error.data.get("hint")
        except MoneyError as error:
            told, hint = error.message, error.data.get("hint")
        took_ms = round((self._clock() - began) * 1000)
        told = f"{told}, in {took_ms} ms." if works else told
        cost = chat.cost_usd if chat is not None else "0.00"
        if cost is None:
            told += " What it costs is not known, and nothing else is asked of it before it is."
            hint = PriceUnknown.way(choice.provider, model)
        return Tested(works=works, model=model, told=told, hint=hint, took_ms=took_ms, cost_usd=cost)

    async def providers(self, chosen: Choice) -> tuple[Provider, ...]:
        """Every provider that can be chosen, and which is."""
        return await asyncio.to_thread(lambda: tuple(self._told(each, chosen) for each in self._presets.values()))

    async def close(self) -> None:
        """Let go of every connection."""
        self._retire()
        while self._retired:
            await self._retired.pop().close()

    def _retire(self, provider: str | None = None) -> None:
        """Make a provider's models anew from now on, since its key may have changed; those in use go on until all are
        closed. A model that runs here has no key, and is not loaded twice.
        """
        for choice in tuple(self._open):
            if provider is None or (choice.provider == provider and self._presets[provider].key != "none"):
                self._retired.append(self._open.pop(choice))
        for choice in tuple(self._readers):
            if provider in (None, choice.provider):
                self._retired.append(self._readers.pop(choice))

    def _preset(self, name: str) -> Preset:
        if name == NONE:
            hint = "See which there are: librarian providers; choose one: librarian config set provider NAME"
            raise NoProvider("No provider of models is chosen.", hint=hint)
        try:
            return self._presets[name]
        except KeyError:
            raise NoProvider(
                f"No provider is called {name[:80]!r}. There are: {', '.join(self._presets)}.", provider=name[:80]
            ) from None

    def _whole(self, choice: Choice) -> tuple[Choice, Preset]:
        """The choice with a model. Raises NoProvider."""
        preset = self._preset(choice.provider)
        model = choice.model or preset.model
        if not model:
            is_file = preset.speaks == "llama"
            hint = f"Run: librarian config set chat_model NAME. Those it has: librarian providers models {preset.name}"
            raise NoProvider(
                f"Choose a model file. {_FILES}" if is_file else f"Choose a model of {preset.title}.",
                provider=preset.name,
                hint=_FILES_HINT if is_file else hint,
            )
        return replace(choice, model=model), preset

    async def _model(self, choice: Choice, preset: Preset) -> Model:
        async with self._opening:
            if choice not in self._open:
                self._open[choice] = await asyncio.to_thread(self._made, choice, preset)
            return self._open[choice]

    def _made(self, choice: Choice, preset: Preset) -> Model:
        """Runs in a thread: SDKs take seconds to import, and a keyring may ask somebody."""
        if preset.speaks == "llama":
            from librarian.chat.llama_chat import LlamaChat

            return LlamaChat(preset.name, choice.model, self._files, bounds=self._bounds)
        place = self._place(choice, preset)
        if preset.speaks == "anthropic":
            from librarian.chat.anthropic_chat import AnthropicChat

            return AnthropicChat(place, choice.model, bounds=self._bounds)
        from librarian.chat.openai_chat import Dialect, OpenAIChat

        return OpenAIChat(place, choice.model, Dialect(preset.limit, preset.thinking), bounds=self._bounds)

    def _made_reader(self, choice: Choice, preset: Preset) -> OpenAIEmbeddings:
        """Runs in a thread, as `_made` does."""
        from librarian.chat.openai_embeddings import OpenAIEmbeddings

        if preset.embeds is None:
            raise NoProvider(f"{preset.title} has no models that make vectors.", provider=preset.name)
        path = "embeddings" if choice.base_url else preset.embeds
        return OpenAIEmbeddings(self._place(choice, preset), choice.model, path, bounds=self._bounds)

    def _url(self, choice: Choice, preset: Preset) -> str:
        url = choice.base_url or preset.base_url
        if not url:
            hint = "Give it: librarian config set base_url https://…/v1; for one that reads notes: MODEL@https://…/v1"
            raise NoProvider(f"{preset.title} needs an address.", provider=preset.name, hint=hint)
        return url

    def _place(self, choice: Choice, preset: Preset) -> Place:
        """Where it is asked, and with which key. Raises KeyMissing, AddressRefused, NoProvider."""
        address = parse(preset.name, self._url(choice, preset))
        found = self._keys.find(preset)
        if found is None and preset.key == "needed":
            variable = preset.variables[0] if preset.variables else ""
            raise KeyMissing(preset.name, preset.title, variable)
        if preset.key == "needed" and not address.private:
            raise AddressRefused(preset.name, "keys are not sent over http:// to another machine; use https://")
        hear = partial(self._hear, preset.name) if self._hear is not None else None
        return Place(preset.name, address, found[0] if found and address.private else None, hear)

    def _downloaded(self, preset: Preset) -> tuple[str, ...]:
        """Names of model files. Raises NoProvider where there are none, and where none can be run."""
        model_files.require_library(preset.name)
        names = model_files.names(self._files) if self._files is not None else ()
        if not names:
            raise NoProvider(f"No model file is downloaded. {_FILES}", provider=preset.name, hint=_FILES_HINT)
        return names

    async def _any(self, choice: Choice) -> str:
        """A model to test where none is chosen. Raises ModelError."""
        names = await self.models(choice)
        if not names:
            preset = self._preset(choice.provider)
            raise NoProvider(f"{preset.title} has no models yet. {preset.begins}".strip(), provider=preset.name)
        return names[0]

    def _advice(self, choice: Choice, error: ModelError) -> str:
        preset = self._presets.get(choice.provider)
        if preset is not None and preset.begins and isinstance(error, ProviderUnreachable):
            return f"{error.message} To start it: {preset.begins}"
        return error.message

    def _told(self, preset: Preset, chosen: Choice) -> Provider:
        is_chosen = preset.name == chosen.provider
        found = self._keys.find(preset)
        return Provider(
            name=preset.name,
            title=preset.title,
            local=preset.local,
            base_url=(chosen.base_url if is_chosen else "") or preset.base_url,
            key=preset.key,
            key_from=found[1] if found else None,
            key_page=preset.key_page,
            default_model=preset.model,
            chosen=is_chosen,
        )
