"""Servers that answer under any name with the model that they run: kept answers are that model's alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from librarian import settings
from librarian.chat import Delta, Keys, Limits, running
from librarian.library import open_library
from librarian.metering import Writer
from librarian.money import Purpose
from librarian.places import Places
from providers.protocols import OpenAISpeech
from providers.scenes import ASKED, says
from providers.server import Server

ONE, OTHER = {"model_path": "/models/one.gguf"}, {"model_path": "/models/other.gguf"}


async def text(writer: Writer) -> str:
    events = [event async for event in writer.stream(ASKED, Limits(max_output_tokens=200, timeout_s=5))]
    return "".join(event.text for event in events if isinstance(event, Delta))


def begin(server: Server, model: dict[str, str]) -> None:
    server.runs = model


class Asker:
    """Opens a vault as a new process does, and asks its model the same."""

    def __init__(self, folder: Path, server: Server, provider: str) -> None:
        self._places = Places(folder / "data", folder / "config")
        self._vault = folder / "vault"
        self._vault.mkdir()
        for name, value in {"provider": provider, "base_url": f"{server.url}/v1", "watch": False}.items():
            settings.change(self._places.settings, name, value)
        self._server = server

    async def __call__(self, *answers: str, between: Callable[[], None] = lambda: None) -> list[str]:
        """What is answered in one process, one time after another, where the server would say these."""
        said = []
        async with open_library(self._places, settings.load(self._places.settings), keys=Keys()) as library:
            vault = await library.open_vault(str(self._vault))
            for answer in answers:
                self._server.turns.clear()
                self._server.turns.append(says(OpenAISpeech().answer(answer)))
                said.append(await text(await library.writer(Purpose("summary", vault_id=vault.id))))
                between()
        return said


@pytest.fixture
def asker(tmp_path: Path, server: Server) -> Asker:
    return Asker(tmp_path, server, "llamacpp")


async def test_an_answer_is_kept_for_the_model_that_runs(asker: Asker, server: Server) -> None:
    server.runs = ONE
    assert await asker("one") == ["one"]
    server.runs = OTHER
    assert await asker("other") == ["other"]
    server.runs = ONE
    assert await asker("again") == ["one"]


async def test_another_model_is_noticed_within_a_process(
    asker: Asker, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "KNOWN_S", 0.0)
    server.runs = ONE
    assert await asker("one", "two", between=lambda: begin(server, OTHER)) == ["one", "two"]


async def test_a_server_is_not_asked_in_front_of_each_answer(asker: Asker, server: Server) -> None:
    assert await asker("one", "two", "three") == ["one"] * 3
    assert server.told == 1


@pytest.mark.parametrize("told", [None, {}, {"build_info": "b1"}])
async def test_what_a_server_that_does_not_tell_answered_is_not_kept_beyond_the_process(
    asker: Asker, server: Server, told: dict[str, str] | None
) -> None:
    server.runs = told
    assert await asker("one", "two") == ["one", "one"]
    assert await asker("three") == ["three"]


async def test_text_generation_inference_tells_too(tmp_path: Path, server: Server) -> None:
    asker = Asker(tmp_path, server, "tgi")
    server.runs = {"model_id": "a/b", "model_sha": "1", "docker_label": "x"}
    assert await asker("one") == ["one"]
    server.runs = {"model_id": "a/b", "model_sha": "1", "docker_label": "y"}
    assert await asker("two") == ["one"]
    server.runs = {"model_id": "a/b", "model_sha": "2", "docker_label": "y"}
    assert await asker("two") == ["two"]


async def test_a_provider_whose_names_are_of_one_model_is_not_asked(tmp_path: Path, server: Server) -> None:
    asker = Asker(tmp_path, server, "ollama")
    settings.change(Places(tmp_path / "data", tmp_path / "config").settings, "chat_model", "gemma3")
    assert await asker("one") == ["one"]
    assert await asker("two") == ["one"]
    assert server.told == 0
