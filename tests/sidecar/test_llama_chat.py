"""A model file in a process of our own, with a stand-in for llama.cpp; the real one is tested in tests/llamacpp."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest

import librarian
from librarian.chat import Chats, Choice, Delta, Event, Finish, Keys, Limits, Message, Usage
from librarian.chat.llama_chat import LlamaChat
from librarian.chat.model_files import Pin
from librarian.errors import AnswerBroken, ModelNotFound, NoProvider, ProviderUnreachable

PRETEND = Path(__file__).parent / "pretend"
ASKED = (Message("user", "hello"),)


def free(chat):
    """The model as it is tested, in nobody's books."""
    chat.cost_usd = "0.00"
    return chat


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the stand-in be found instead of xllamacpp."""
    monkeypatch.syspath_prepend(str(PRETEND))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(PRETEND), str(Path(librarian.__file__).parents[1])]))


def model(folder: Path, wish: str = "works") -> Path:
    file = folder / "model.gguf"
    file.write_text(f"GGUF {wish}")
    return file


async def heard(chat: LlamaChat) -> list[Event]:
    return [event async for event in chat.stream(ASKED, Limits(timeout_s=10))]


def loaded(file: Path) -> int:
    return len(file.with_suffix(".log").read_text().splitlines())


@pytest.mark.usefixtures("library")
async def test_a_model_file_answers_and_is_loaded_once(tmp_path: Path) -> None:
    chat = LlamaChat("embedded", str(model(tmp_path)))
    expected = [
        Delta("You"), Delta(" said: "), Delta("hello"), Finish("stop"), Usage(input_tokens=4, output_tokens=3),
    ]  # fmt: skip
    assert [await heard(chat), await heard(chat)] == [expected, expected]
    assert loaded(tmp_path / "model.gguf") == 1
    await chat.close()


@pytest.mark.usefixtures("library")
async def test_its_server_answers_nobody_without_the_key(tmp_path: Path) -> None:
    chat = LlamaChat("embedded", str(model(tmp_path)))
    await heard(chat)
    stranger = LlamaChat("embedded", str(model(tmp_path)))
    assert stranger._key != chat._key
    stranger._worker.call = chat._worker.call  # type: ignore[method-assign]  # the other's server, by a key of one's own
    with pytest.raises(Exception, match="does not accept the key"):
        await heard(stranger)
    await stranger.close()
    await chat.close()


@pytest.mark.usefixtures("library")
async def test_a_process_that_ended_is_started_anew(tmp_path: Path) -> None:
    file = model(tmp_path, "breaks off")
    chat = LlamaChat("embedded", str(file))
    for _ in range(2):
        events: list[Event] = []
        with pytest.raises(AnswerBroken):
            async for event in chat.stream(ASKED, Limits(timeout_s=10)):
                events.append(event)  # noqa: PERF401  # what came before the error counts
        assert events == [Delta("You")]
    file.write_text("GGUF works")
    assert (await heard(chat))[2] == Delta("hello")
    assert loaded(file) == 3
    await chat.close()


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(("wish", "told"), [("cannot be loaded", "is it whole?"), ("crashes", "its process ended")])
async def test_a_file_that_cannot_be_loaded_is_told(tmp_path: Path, wish: str, told: str) -> None:
    chat = LlamaChat("embedded", str(model(tmp_path, wish)))
    with pytest.raises(ProviderUnreachable, match="cannot be reached") as caught:
        await heard(chat)
    assert told in str(caught.value)
    await chat.close()


@pytest.mark.usefixtures("library")
async def test_it_is_chosen_like_any_other(tmp_path: Path) -> None:
    chats = Chats(Keys())
    choice = Choice("embedded", str(model(tmp_path)))
    assert [(await chats.test(choice, free)).works for _ in range(2)] == [True, True]
    assert loaded(tmp_path / "model.gguf") == 1
    tested = await chats.test(Choice("embedded"), free)
    assert "Choose a model" in tested.told
    await chats.close()


@pytest.mark.usefixtures("library")
async def test_a_file_that_was_downloaded_is_offered_and_asked_by_its_name(tmp_path: Path) -> None:
    chats = Chats(Keys(), tmp_path)
    with pytest.raises(NoProvider, match="No model file is downloaded") as told:
        await chats.models(Choice("embedded"))
    assert "librarian models download" in told.value.with_hint
    file = model(tmp_path)
    pin = Pin("owner/model", "0" * 40, file.name, "0" * 64, file.stat().st_size)
    (tmp_path / "model.gguf.json").write_text(json.dumps(asdict(pin)))
    assert await chats.models(Choice("embedded")) == ("model.gguf",)
    chosen = Choice("embedded", "model.gguf")
    assert chats.lacks(chosen) is None
    assert (await chats.test(chosen, free)).told.startswith("model.gguf works")
    await chats.close()


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("gone.gguf", "There is no such file"),
        ("text.gguf", "That is no model file"),
        ("vault/model.gguf", "Nothing is loaded from inside a vault"),
    ],
)
async def test_a_test_says_what_is_wrong_with_a_file(tmp_path: Path, place: str, told: str) -> None:
    (tmp_path / "vault" / ".obsidian").mkdir(parents=True)
    model(tmp_path / "vault")
    (tmp_path / "text.gguf").write_text("no model")
    chats, choice = Chats(Keys(), tmp_path), Choice("embedded", str(tmp_path / place))
    tested = await chats.test(choice, free)
    assert not tested.works
    assert told in tested.told
    assert told in (chats.lacks(choice) or "")
    await chats.close()


@pytest.mark.usefixtures("library")
def test_nothing_is_loaded_from_a_vault_nor_what_is_no_model(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    (vault / ".obsidian").mkdir(parents=True)
    (vault / "deep").mkdir()
    (tmp_path / "other.gguf").write_text("no model")
    (tmp_path / "link.gguf").symlink_to(model(vault / "deep"))
    for path in (
        vault / "deep" / "model.gguf",
        tmp_path / "other.gguf",
        tmp_path / "link.gguf",
        tmp_path,
        "x.gguf",
        "\0",
    ):
        with pytest.raises(ModelNotFound):
            LlamaChat("embedded", str(path))


def test_without_the_library_it_is_told_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("librarian.chat.model_files.LIBRARY", "xllamacpp_that_is_not_there")
    with pytest.raises(NoProvider, match="llamacpp"):
        LlamaChat("embedded", str(model(tmp_path)))


async def test_without_the_library_a_test_a_list_and_the_doctor_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("librarian.chat.model_files.LIBRARY", "xllamacpp_that_is_not_there")
    chats, choice = Chats(Keys(), tmp_path), Choice("embedded", str(model(tmp_path)))
    told = "uv tool install '.[llamacpp]'"
    assert told in (await chats.test(choice, free)).told
    assert told in (chats.lacks(choice) or "")
    with pytest.raises(NoProvider, match="llamacpp"):
        await chats.models(choice)
