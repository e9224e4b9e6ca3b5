"""The commands that list, choose and test providers, run as a person would."""

from __future__ import annotations

import json

import pytest

from providers.conftest import Run
from providers.protocols import OpenAISpeech
from providers.scenes import answers, says
from providers.server import Server


async def test_without_a_choice_nobody_is_asked_and_the_way_is_told(run: Run) -> None:
    code, shown, _ = await run("providers")
    assert code == 0
    assert "●" not in shown.splitlines()[0]
    assert "needs a key" in shown
    code, shown, _ = await run("providers", "test")
    assert code == 1
    assert "librarian config set provider NAME" in shown
    code, _, told = await run("providers", "models")
    assert code == 5
    assert "No provider of models is chosen" in told


async def test_a_provider_is_chosen_looked_at_and_tested(run: Run, server: Server) -> None:
    speech = OpenAISpeech()
    for name, value in (("provider", "ollama"), ("base_url", f"{server.url}/v1"), ("chat_model", "gemma3:4b")):
        assert (await run("config", "set", name, value))[0] == 0
    rows = json.loads((await run("providers", "--json"))[1])
    assert [(row["name"], row["baseUrl"]) for row in rows if row["chosen"]] == [("ollama", f"{server.url}/v1")]
    server.turns += [answers(200, speech.models("gemma3:4b", "qwen3:8b")), says(speech.answer("yes"))]
    assert (await run("providers", "models"))[1].split() == ["gemma3:4b", "qwen3:8b"]
    code, shown, _ = await run("providers", "test")
    assert code == 0
    assert "✓ gemma3:4b works, in" in shown
    server.turns.append(answers(404, speech.error("not_found", "model 'nope' not found, try pulling it first")))
    code, shown, _ = await run("providers", "test", "--model", "nope", "--json")
    assert code == 1
    assert "has no model 'nope'" in json.loads(shown)["told"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("provider", "nobody"), ("base_url", "localhost:11434"), ("base_url", "ftp://x"), ("chat_model", "two\nlines")],
)
async def test_what_cannot_be_chosen_is_refused(run: Run, name: str, value: str) -> None:
    code, _, told = await run("config", "set", name, value)
    assert code == 2
    assert name in told


async def test_doctor_says_what_the_chosen_provider_lacks(run: Run) -> None:
    assert "provider" not in (await run("doctor"))[1]
    await run("config", "set", "provider", "anthropic")
    assert "Anthropic needs a key" in (await run("doctor"))[1]
    await run("config", "set", "provider", "ollama")
    assert "Choose a model of Ollama" in (await run("doctor"))[1]
    await run("config", "set", "chat_model", "gemma3:4b")
    assert "The provider ollama can be asked" in (await run("doctor"))[1]
