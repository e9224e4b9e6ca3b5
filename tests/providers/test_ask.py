"""Answers by a model, from the command line down to the bytes of a provider that misbehaves."""

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
from librarian.telling import Delta, Step
from providers.protocols import OpenAISpeech
from providers.scenes import answers, says
from providers.server import Request, Server, Talk
from providers.test_canary import environment

SPEECH = OpenAISpeech()
NOTE = "# Marsh\n\nThe marsh floods twice a day. The key is sk-abcdefghijklmnop123456.\n"
QUESTION = "How often does the marsh flood?"


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


async def test_a_model_that_was_chosen_just_now_answers(vault: OpenVault, server: Server) -> None:
    server.turns.append(says(SPEECH.answer("It floods ", "twice a day [", "1", "] ![x](https://evil.invalid/).")))
    told: list[Delta | Step] = []
    answer = await vault.asking.ask(QUESTION, tell=told.append)
    assert answer.text.startswith("It floods twice a day [[Marsh#Marsh|1]]")
    assert "evil" not in answer.text + "".join(each.text for each in told if isinstance(each, Delta))
    assert (answer.method, answer.usage and answer.usage.cost_usd) == ("model", "0.00")
    assert "sk-abc" not in json.dumps(server.requests[0].body)
    again = await vault.asking.ask(QUESTION)
    assert (again.text, again.usage and again.usage.cached, len(server.requests)) == (answer.text, 1, 1)


async def test_an_answer_is_not_taken_for_that_of_a_model_at_another_address(
    library: Library, vault: OpenVault, server: Server
) -> None:
    server.turns += [
        says(SPEECH.answer("It floods twice a day [1].")),
        says(SPEECH.answer("The marsh floods twice [1].")),
    ]
    assert (await vault.asking.ask(QUESTION)).text.startswith("It floods")
    await library.change_setting(vault.id, "base_url", f"{server.url}/other/v1")
    assert (await vault.asking.estimate(QUESTION)).cached == 0
    assert (await vault.asking.ask(QUESTION)).text.startswith("The marsh")
    assert len(server.requests) == 2


async def test_whoever_calls_off_aborts_the_providers_request(vault: OpenVault, server: Server) -> None:
    begun = asyncio.Event()

    async def turn(_request: Request, talk: Talk) -> None:
        await talk.events([SPEECH.answer()[0], SPEECH.piece("It floods every day ")], ends=False)
        await talk.hang()

    server.turns.append(turn)
    work = asyncio.create_task(vault.asking.ask(QUESTION, tell=lambda _value: begun.set()))
    await asyncio.wait_for(begun.wait(), 10)
    began = time.perf_counter()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    await asyncio.wait_for(server.requests[0].gone.wait(), 2)
    assert time.perf_counter() - began < 0.5


async def test_an_answer_that_breaks_off_leaves_what_came(vault: OpenVault, server: Server) -> None:
    server.turns.append(
        says([SPEECH.answer()[0], SPEECH.piece("It floods twice "), SPEECH.piece("a d"), b"data: {]\n\n"])
    )
    with pytest.raises(AnswerBroken) as broken:
        await vault.asking.ask(QUESTION)
    assert broken.value.data["partial"] == "It floods twice a d"


async def test_a_provider_that_fails_is_told_and_no_answer_is_made_up(vault: OpenVault, server: Server) -> None:
    server.turns += [answers(500, {}), answers(500, {})]
    with pytest.raises(ProviderFailed) as failed:
        await vault.asking.ask(QUESTION)
    assert failed.value.data["partial"] == ""


async def test_a_question_that_the_vault_does_not_answer_is_sent_to_nobody(vault: OpenVault, server: Server) -> None:
    answer = await vault.asking.ask("Who won the chess olympiad of 1998?")
    assert (answer.abstained, server.requests) == (True, [])


async def test_the_command_shows_the_answer_its_sources_and_what_it_cost(tmp_path: Path, server: Server) -> None:
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

    code, shown, told = await run("ask", QUESTION)
    assert code == 0
    assert "> The marsh floods twice a day." in shown
    assert "[1] Marsh.md:3" in shown
    assert "No model is chosen, so these are the passages themselves. Choose one: librarian providers" in told
    for name, value in (("provider", "llamacpp"), ("base_url", f"{server.url}/v1")):
        assert (await run("config", "set", name, value))[0] == 0
    server.turns.append(
        says(SPEECH.answer("It floods twice a day [1]. ", "It is 9 m deep [1]. So it is [8]. Birds drown."))
    )
    code, shown, told = await run("ask", QUESTION, "--understood")
    assert (code, shown.splitlines()[0]) == (
        0,
        "It floods twice a day [1]. It is 9 m deep [1?]. So it is. Birds drown. [?]",
    )
    assert "[1] Marsh.md:3  § Marsh" in shown
    assert "of llamacpp, $0.00" in told
    assert "made up and that are left out: 1." in told
    assert "looked for: marsh, flood" in told
    assert "[?]: the sentence names no passage." in told
    answer = json.loads((await run("ask", "--json", QUESTION))[1])
    assert (answer["method"], answer["usage"]["cached"], len(server.requests)) == ("model", 1, 1)
    code, shown, _ = await run("ask", "--passages", QUESTION)
    assert (code, "> The marsh floods" in shown, len(server.requests)) == (0, True, 1)
    code, _, told = await run("ask", "--passages", "What is it?", "--words", '"twice a" floods', "--filter", "path:Marsh",
                              "--understood")  # fmt: skip
    assert (code, told.splitlines()[1:3]) == (0, ["looked for: twice a, floods", "only: path:Marsh"])
    server.turns.append(says(SPEECH.answer('{"words": ["marsh"], "expansions": ["tide"], "sub_questions": []}')))
    _, _, told = await run("ask", "--passages", QUESTION, "--other-words", "--understood")
    assert told.splitlines()[1:3] == ["looked for: marsh", "or: tide"]
    code, shown, _ = await run("ask", "Who won the chess olympiad?")
    assert (code, shown.splitlines()[0]) == (1, "The vault does not say.")
    assert (await run("ask"))[0] == 2
