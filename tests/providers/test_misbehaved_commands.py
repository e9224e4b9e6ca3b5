"""Commands of all abilities that ask a model, with a provider that fails, breaks off, is busy or falls silent."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from librarian import settings
from providers.conftest import Begin, Run
from providers.protocols import OpenAISpeech
from providers.scenes import answers, says
from providers.server import Request, Server, Talk

SPEECH = OpenAISpeech()
NOTE = "# Tide\n\nThe tide comes twice a day.\n"
FOLDER = {"Day 1.md": "## Log\n\nOne.\n", "Day 2.md": "## Log\n\nTwo.\n", "Day 3.md": "## Log\n\nThree.\n"}
COMMANDS = {
    "summarise": ("summarise", "Tide.md"),
    "ask": ("ask", "When does the tide come?"),
    "rewrite": ("rewrite", "Tide.md", "Shorter", "--yes"),
    "continue": ("continue", "Tide.md", "--yes"),
    "write": ("write", "A list", "--to", "Tide.md", "--yes"),
}


@pytest.fixture(params=COMMANDS)
def command(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Each test that asks for it runs once for each ability."""
    return COMMANDS[request.param]


@pytest.fixture
def note(server: Server, tmp_path: Path) -> Path:
    """A note of a vault for which the server writes."""
    (tmp_path / ".obsidian").mkdir()
    (tmp_path / "Tide.md").write_text(NOTE)
    for name, value in (("provider", "llamacpp"), ("base_url", f"{server.url}/v1"), ("chat_model", "tiny")):
        settings.change(tmp_path / "config" / "settings.json", name, value)
    return tmp_path / "Tide.md"


async def test_a_provider_that_fails_is_told_in_words(
    run: Run, server: Server, note: Path, command: tuple[str, ...]
) -> None:
    server.turns += [answers(500, {}), answers(500, {})]
    code, _, told = await run(*command)
    assert (code, len(server.requests), note.read_text()) == (5, 2, NOTE)
    assert "librarian: llamacpp failed (HTTP status 500). Try again later." in told


async def test_what_came_before_an_answer_broke_off_is_shown(
    run: Run, server: Server, note: Path, command: tuple[str, ...]
) -> None:
    server.turns.append(
        says([SPEECH.answer()[0], SPEECH.piece("It comes twice "), SPEECH.piece("a d"), b"data: {]\n\n"])
    )
    code, shown, told = await run(*command)
    assert (code, note.read_text()) == (5, NOTE)
    assert shown.startswith("It comes twice")
    assert "librarian: The answer of llamacpp is broken" in told


async def test_a_provider_that_is_busy_is_asked_once_more(
    run: Run, server: Server, note: Path, command: tuple[str, ...]
) -> None:
    server.turns += [answers(429, {}), says(SPEECH.answer("It comes twice a day [1]."))]
    code, shown, told = await run(*command)
    assert (code, len(server.requests)) == (0, 2)
    assert "It comes twice a day" in shown
    assert "$0.00" in told


@pytest.mark.elsewhere(sys.platform == "win32", reason="no SIGINT for one process alone")
async def test_ctrl_c_while_it_is_silent_ends_the_request_itself(
    begin: Begin, server: Server, note: Path, command: tuple[str, ...]
) -> None:
    is_silent = asyncio.Event()

    async def turn(_request: Request, talk: Talk) -> None:
        await talk.events([SPEECH.answer()[0], SPEECH.piece("It comes ")], ends=False)
        is_silent.set()
        await talk.hang()

    server.turns.append(turn)
    process = await begin(*command)
    await asyncio.wait_for(is_silent.wait(), 60)
    process.send_signal(signal.SIGINT)
    _, told = await asyncio.wait_for(process.communicate(), 60)
    assert (process.returncode, b"Traceback" in told, note.read_text()) == (130, False, NOTE)
    await asyncio.wait_for(server.requests[0].gone.wait(), 5)


async def test_a_template_has_a_name_and_hints_of_a_model_and_what_they_cost(
    run: Run, server: Server, note: Path
) -> None:
    infer = diary(note)
    hints = {"name": "Day", "hints": [{"heading": "Log", "hint": "What happened."}]}
    server.turns.append(says(SPEECH.answer(json.dumps(hints))))
    code, shown, told = await run(*infer)
    assert (code, shown.splitlines()[0]) == (0, "Day")
    assert "%% What happened. %%" in shown
    assert "tiny of llamacpp, $0.00" in told


@pytest.mark.parametrize(
    ("turns", "told"),
    [
        (
            [says(SPEECH.answer("Certainly!")), says(SPEECH.answer("Here."))],
            "The model did not answer as it was asked to.",
        ),
        ([answers(429, {}), answers(429, {})], "llamacpp takes no more requests now."),
        ([answers(500, {}), answers(500, {})], "llamacpp failed (HTTP status 500)."),
    ],
    ids=["nonsense", "busy", "fails"],
)
async def test_a_template_is_told_all_the_same(
    run: Run, server: Server, note: Path, turns: list[Callable[[Request, Talk], Awaitable[None]]], told: str
) -> None:
    infer = diary(note)
    server.turns += turns
    code, shown, said = await run(*infer)
    assert (code, len(server.requests)) == (0, 2)
    assert "## Log" in shown
    assert f"no name and hints: {told}" in said


def diary(note: Path) -> tuple[str, ...]:
    """Notes that are made alike, and the command that tells how."""
    (note.parent / "Daily").mkdir()
    for name, text in FOLDER.items():
        (note.parent / "Daily" / name).write_text(text)
    return ("template", "infer", "Daily", "--model")
