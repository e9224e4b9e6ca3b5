"""The commands that choose a provider's model and have it read a vault, run as a person would, and killed as one might."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from providers.embeddings import MODEL, embeds, hangs, texts
from providers.protocols import OpenAISpeech
from providers.scenes import answers
from providers.server import Server, serving
from providers.test_canary import AROUND, echoes, environment, found

Run = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    (folder / ".obsidian").mkdir(parents=True)
    for number in range(100):
        (folder / f"Note {number}.md").write_text(f"Pebble number {number} lies on the beach.")
    return folder


async def started(home: Path, vault: Path, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "librarian", *arguments, env=environment(home, OPENAI_API_KEY=AROUND), cwd=vault,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


@pytest.fixture
def run(tmp_path: Path, vault: Path) -> Run:
    """Runs a command; gives its exit code, what it printed, and what it complained of."""

    async def command(*arguments: str) -> tuple[int, str, str]:
        process = await started(tmp_path, vault, *arguments)
        out, err = await asyncio.wait_for(process.communicate(), 120)
        assert b"Traceback" not in err, err.decode()
        assert AROUND.encode() not in out + err
        return process.returncode or 0, out.decode(), err.decode()

    return command


def semantic(status: str) -> dict[str, str]:
    return next(part for part in json.loads(status)["parts"] if part["name"] == "semantic")


async def test_a_model_is_tried_priced_agreed_to_and_reads(run: Run, server: Server, tmp_path: Path) -> None:
    model = f"openai/{MODEL}@{server.url}/v1"
    server.otherwise = embeds
    code, _, told = await run("models", "use", model)
    assert (code, server.requests) == (2, [])
    assert "add --yes" in told
    server.turns.append(echoes(401))
    code, _, told = await run("models", "use", model, "--yes")
    assert code == 5
    assert "does not accept the key" in told
    code, shown, told = await run("models", "use", model, "--yes")
    assert code == 0, told
    assert "200 passages" in shown
    assert "at most $0.02" in shown
    assert texts(server) == []
    assert [row["name"] for row in json.loads((await run("models", "--json"))[1]) if row["inUse"]] == [model]
    code, shown, _ = await run("index", "--json")
    assert (semantic(shown)["state"], len(texts(server))) == ("ready", 200)
    usage = json.loads((await run("usage", "--by", "feature", "--json"))[1])
    assert "embedding" in json.dumps(usage)
    assert f"The model {model} can be asked" in (await run("doctor"))[1]
    assert found(tmp_path) == []


async def test_a_run_that_is_killed_goes_on_and_what_it_put_aside_counts(
    run: Run, server: Server, tmp_path: Path, vault: Path
) -> None:
    model = f"openai/{MODEL}@{server.url}/v1"
    server.otherwise = embeds
    assert (await run("models", "use", model, "--yes"))[0] == 0
    tried = len(server.requests)
    server.turns += [embeds, hangs]
    server.asked.clear()
    process = await started(tmp_path, vault, "index")
    async with asyncio.timeout(60):
        while len(server.requests) < tried + 2:
            server.asked.clear()
            await server.asked.wait()
    process.kill()
    await process.communicate()
    first = texts(server)
    code, shown, told = await run("index", "--json")
    assert code == 0, told
    assert semantic(shown)["state"] == "ready"
    again = set(texts(server)[len(first) :]) & set(first)
    # What was being asked when it was killed, and what came of it before it could be kept, at most.
    assert len(again) <= 64
    with closing(sqlite3.connect(tmp_path / "data" / "spend.sqlite")) as books:
        assert books.execute("select count(*) from calls where state = 'presumed'").fetchone()[0] == 1


async def test_without_the_provider_a_search_answers_and_says_so(run: Run, tmp_path: Path) -> None:
    async with serving() as server:
        server.otherwise = embeds
        assert (await run("models", "use", f"ollama/nomic-embed-text@{server.url}/v1", "--yes"))[0] == 0
        assert (await run("index"))[0] == 0
    began = time.monotonic()
    code, shown, told = await run("search", "pebble", "beach")
    assert time.monotonic() - began < 30
    assert (code, "Note " in shown) == (0, True)
    assert "a simpler model did" in told
    assert "is it running?" in told


async def test_what_a_provider_offers_is_listed_when_it_is_asked_for(run: Run, server: Server) -> None:
    server.turns.append(answers(200, OpenAISpeech().models("gemma3:4b", "nomic-embed-text:latest")))
    listed = ("models", "list", "--provider", "ollama", "--base-url", f"{server.url}/v1")
    assert (await run(*listed))[1].split() == ["ollama/nomic-embed-text:latest"]
    assert (await run("models", "list", "--provider", "nobody"))[0] == 5
    await run("models")
    assert len(server.requests) == 1
