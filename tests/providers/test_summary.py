"""Summaries by a model, from the command line down to the bytes of a provider that misbehaves."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from librarian import settings
from librarian.errors import AnswerBroken, ProviderFailed
from librarian.library import Library, open_library
from librarian.open_vault import OpenVault
from librarian.places import Places
from librarian.summary import Subject, Wish
from librarian.telling import Delta, Step
from providers.protocols import OpenAISpeech
from providers.scenes import answers, says
from providers.server import Request, Server, Talk
from providers.test_canary import environment

SPEECH = OpenAISpeech()
NOTE = "# Marsh\n\nThe marsh floods twice a day, as [[Tides]] says. The key is sk-abcdefghijklmnop123456.\n"


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    places = Places(data=tmp_path / "data", config=tmp_path / "config")
    async with open_library(places, settings.load(places.settings), stays=False) as opened:
        yield opened


@pytest.fixture
async def vault(library: Library, tmp_path: Path, server: Server) -> OpenVault:
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "Marsh.md").write_text(NOTE)
    opened = await library.open_vault(str(tmp_path / "vault"))
    for name, value in (("provider", "llamacpp"), ("base_url", f"{server.url}/v1")):
        await library.change_setting(opened.id, name, value)
    return opened


async def test_a_model_that_was_chosen_just_now_summarises(vault: OpenVault, server: Server) -> None:
    server.turns.append(
        says(SPEECH.answer("It floods ", "twice a day, ", "see [[Tides]]", " ![x](https://evil.invalid/)."))
    )
    told: list[Delta | Step] = []
    answer = await vault.summaries.create(Subject(path="Marsh.md"), Wish(), "auto", told.append)
    assert answer.text == "It floods twice a day, see [[Tides]] x."
    assert "evil" not in "".join(each.text for each in told if isinstance(each, Delta))
    assert answer.usage is not None
    assert (answer.usage.provider, answer.usage.cost_usd) == ("llamacpp", "0.00")
    assert "sk-abc" not in json.dumps(server.requests[0].body)
    estimate = await vault.summaries.estimate(Subject(path="Marsh.md"), Wish())
    assert (estimate.calls, estimate.cost_usd, estimate.provider) == (1, "0.00", "llamacpp")


async def test_whoever_calls_off_aborts_the_providers_request(vault: OpenVault, server: Server) -> None:
    begun = asyncio.Event()

    async def turn(_request: Request, talk: Talk) -> None:
        await talk.events([SPEECH.answer()[0], SPEECH.piece("It floods ")], ends=False)
        await talk.hang()

    server.turns.append(turn)
    work = asyncio.create_task(
        vault.summaries.create(Subject(path="Marsh.md"), Wish(), "model", lambda _value: begun.set())
    )
    await asyncio.wait_for(begun.wait(), 10)
    began = time.perf_counter()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    await asyncio.wait_for(server.requests[0].gone.wait(), 2)
    assert time.perf_counter() - began < 0.5


async def test_an_answer_that_breaks_off_leaves_what_came(vault: OpenVault, server: Server) -> None:
    server.turns.append(says([SPEECH.answer()[0], SPEECH.piece("It floods "), SPEECH.piece("twice"), b"data: {]\n\n"]))
    with pytest.raises(AnswerBroken) as broken:
        await vault.summaries.create(Subject(path="Marsh.md"), Wish(), "auto", lambda _value: None)
    assert broken.value.data["partial"] == "It floods twice"
    assert broken.value.data["provider"] == "llamacpp"


async def test_a_provider_that_fails_is_told_and_no_summary_is_made_up(vault: OpenVault, server: Server) -> None:
    server.turns += [answers(500, {}), answers(500, {})]
    with pytest.raises(ProviderFailed) as failed:
        await vault.summaries.create(Subject(path="Marsh.md"), Wish(), "auto", lambda _value: None)
    assert failed.value.data["partial"] == ""


async def test_the_command_shows_its_price_writes_and_can_be_taken_back(tmp_path: Path, server: Server) -> None:
    vault = tmp_path / "notes"
    (vault / ".obsidian").mkdir(parents=True)
    (vault / "Marsh.md").write_text(NOTE)

    async def run(*arguments: str) -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "librarian", *arguments, env=environment(tmp_path), cwd=vault,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await asyncio.wait_for(process.communicate(), 60)
        assert b"Traceback" not in err, err.decode()
        return process.returncode or 0, out.decode(), err.decode()

    code, shown, told = await run("summarise", "Marsh")
    assert (code, shown.startswith("The marsh floods twice a day, as Tides says.")) == (0, True)
    assert "No model was asked" in told
    for name, value in (("provider", "llamacpp"), ("base_url", f"{server.url}/v1")):
        assert (await run("config", "set", name, value))[0] == 0
    server.turns.append(says(SPEECH.answer("It floods ", "twice a day.")))
    code, shown, told = await run("summarise", "Marsh", "--style", "short", "--write", "top", "--yes")
    assert (code, shown.splitlines()[0]) == (0, "It floods twice a day.")
    assert "1 call" in told
    assert "llamacpp: 1 call, some" in told
    assert "tokens, no cost." in told
    assert (vault / "Marsh.md").read_text() == f"> [!summary|librarian] Summary\n> It floods twice a day.\n\n{NOTE}"
    assert (await run("undo", "--yes"))[0] == 0
    assert (vault / "Marsh.md").read_text() == NOTE
    answer = json.loads((await run("summarise", "Marsh", "--style", "short", "--json"))[1])
    assert (answer["text"], answer["usage"]["cached"], len(server.requests)) == ("It floods twice a day.", 1, 1)
    assert (await run("summarise"))[0] == 2
    code, _, told = await run("summarise", "Marsh", "--write", "top")
    assert (code, "--yes" in told, (vault / "Marsh.md").read_text()) == (2, True, NOTE)
    assert (await run("summarise", "Nowhere"))[0] == 4
    code, shown, _ = await run("summarise", "--folder", "", "--method", "extractive", "--style", "bullets")
    assert (code, shown.startswith("- The marsh floods")) == (0, True)
    (vault / "Tide.md").write_text("The tide rises.\n")
    code, shown, _ = await run("summarise", "--folder", "", "--method", "extractive", "--write", "property", "--yes")
    assert (code, "2 files changed" in shown) == (0, True)
    assert (vault / "Tide.md").read_text().startswith("---\nsummary: The tide rises.\n---\n")
    assert (await run("undo", "--yes"))[0] == 0
    assert (vault / "Marsh.md").read_text() == NOTE
