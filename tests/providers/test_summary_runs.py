"""Summaries of many notes on the command line, stopped in every way, with a provider that speaks its real protocol."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from providers.protocols import OpenAISpeech
from providers.scenes import answers, says
from providers.server import Request, Server, Talk
from providers.test_canary import environment

SPEECH = OpenAISpeech()
COUNT = 6


@dataclass
class Desk:
    """A vault with a model, and the command line."""

    home: Path
    vault: Path

    async def begin(self, *arguments: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "librarian", *arguments, env=environment(self.home), cwd=self.vault,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip

    async def run(self, *arguments: str) -> tuple[int, str, str]:
        return await ended(await self.begin(*arguments))

    async def runs(self) -> list[dict[str, Any]]:
        runs: list[dict[str, Any]] = json.loads((await self.run("summarise", "--resume", "--json"))[1])["runs"]
        return runs


async def ended(process: asyncio.subprocess.Process) -> tuple[int, str, str]:
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert b"Traceback" not in err, err.decode()
    return process.returncode or 0, out.decode(), err.decode()


@pytest.fixture
async def desk(tmp_path: Path, server: Server) -> Desk:
    vault = tmp_path / "notes"
    (vault / ".obsidian").mkdir(parents=True)
    (vault / "Tides").mkdir()
    for number in range(COUNT):
        (vault / "Tides" / f"{number}.md").write_text(f"Tide number {number} rises.\n")
    found = Desk(tmp_path, vault)
    for name, value in (("provider", "llamacpp"), ("base_url", f"{server.url}/v1"), ("chat_model", "tiny")):
        assert (await found.run("config", "set", name, value))[0] == 0
    return found


async def silent(_request: Request, talk: Talk) -> None:
    await talk.events([SPEECH.answer()[0], SPEECH.piece("It ris")], ends=False)
    await talk.hang()


async def until_asked(server: Server, count: int) -> None:
    while len(server.requests) < count:  # another process asks it
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL])
async def test_a_command_that_is_stopped_is_gone_on_with_for_the_rest(desk: Desk, server: Server, stop: int) -> None:
    server.turns += [says(SPEECH.answer("One.")), says(SPEECH.answer("Two.")), silent]
    process = await desk.begin("summarise", "--folder", "Tides", "--write", "top", "--yes")
    await asyncio.wait_for(until_asked(server, 3), 60)
    os.kill(process.pid, stop)
    code, _, told = await ended(process)
    (run,) = await desk.runs()
    assert (run["done"], run["total"], run["folder"]) == (2, COUNT, "Tides")
    if stop == signal.SIGINT:
        assert code == 130
        assert f"2 of {COUNT} notes are done and kept, $0.00 so far; the other 4 will take about $0.00." in told
        assert f"librarian summarise --resume {run['runId']}" in told
    (desk.vault / "Tides/0.md").write_text("Tide number 0 is another now.\n")
    server.turns += [says(SPEECH.answer(f"{word}.")) for word in ("Zero", "Three", "Four", "Five", "Six")]
    code, shown, told = await desk.run("summarise", "--resume", run["runId"], "--write", "top", "--yes")
    assert (code, len(server.requests)) == (0, 3 + COUNT - 1), "the one that changed, and those that were not done"
    assert "1 done already" in told
    assert f"{COUNT} notes are summarised, $0.00." in shown
    assert (desk.vault / "Tides/1.md").read_text() == "> [!summary|librarian] Summary\n> Two.\n\nTide number 1 rises.\n"
    assert "> Zero." in (desk.vault / "Tides/0.md").read_text()
    assert await desk.runs() == [], "what is in the notes is done with"
    assert (await desk.run("undo", "--yes"))[0] == 0
    assert (desk.vault / "Tides/1.md").read_text() == "Tide number 1 rises.\n"


async def test_one_summary_of_all_is_paused_and_made_in_the_end(desk: Desk, server: Server) -> None:
    server.turns += [*[says(SPEECH.answer("One.")) for _ in range(COUNT)], silent]
    process = await desk.begin("summarise", "--folder", "Tides")
    await asyncio.wait_for(until_asked(server, COUNT + 1), 60)
    process.send_signal(signal.SIGINT)
    code, _, _ = await ended(process)
    assert code == 130
    server.turns.append(says(SPEECH.answer("All of them rise.")))
    code, shown, _ = await desk.run("summarise", "--folder", "Tides")
    assert (code, shown.strip(), len(server.requests)) == (0, "All of them rise.", COUNT + 2)


async def test_a_fault_tells_what_is_kept_and_how_to_go_on(desk: Desk, server: Server) -> None:
    server.turns += [says(SPEECH.answer("One.")), answers(401, {})]
    code, _, told = await desk.run("summarise", "--folder", "Tides", "--write", "end", "--yes")
    (run,) = await desk.runs()
    assert (code, run["done"]) == (5, 1)
    assert f"1 of {COUNT} notes are done and kept" in told
    assert f"librarian summarise --resume {run['runId']}" in told
    assert (await desk.run("summarise", "--forget", run["runId"]))[0] == 0
    assert (await desk.run("summarise", "--forget", run["runId"]))[0] == 4
    code, shown, _ = await desk.run("summarise", "--resume")
    assert (code, "There are no summaries" in shown) == (1, True)
    assert (await desk.run("summarise", "--resume", "nothing"))[0] == 4


async def test_a_provider_that_asks_for_patience_is_waited_for_and_asked_again(desk: Desk, server: Server) -> None:
    busy = answers(429, {}, **{"retry-after": "2"})
    server.turns += [says(SPEECH.answer("One.")), busy, *[says(SPEECH.answer("More.")) for _ in range(COUNT - 1)]]
    code, shown, _ = await desk.run("summarise", "--folder", "Tides", "--write", "property", "--yes")
    assert (code, f"{COUNT} notes are summarised" in shown, len(server.requests)) == (0, True, COUNT + 1)
