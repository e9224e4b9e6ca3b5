"""Keys go to their provider and nowhere else: real processes, searched for what must not be there."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import librarian
from providers.protocols import AnthropicSpeech, OpenAISpeech
from providers.server import Request, Server, Talk, Turn
from wire.peer import TOKEN, dial

GIVEN = "sk-CANARY-given-0123456789abcdef"
AROUND = "sk-CANARY-around-0123456789abcdef"
TYPED = "sk-CANARY-typed-0123456789abcdef"
CANARIES = (GIVEN, AROUND, TYPED)


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "SYSTEMROOT", "TMPDIR")}
    places = {"LIBRARIAN_DATA": str(home / "data"), "LIBRARIAN_CONFIG": str(home / "config")}
    return {**kept, **places, "PYTHONPATH": str(Path(librarian.__file__).parents[1]), "PYTHONUTF8": "1", **more}


@asynccontextmanager
async def sidecar(home: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """``librarian serve`` with a key on stdin and another in the environment, told to log as much as SDKs can."""
    loud = {"ANTHROPIC_LOG": "debug", "OPENAI_LOG": "debug", "OPENAI_API_KEY": AROUND}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "librarian", "serve", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=environment(home, **loud),
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps({"token": TOKEN, "secrets": {"anthropic": GIVEN}}).encode() + b"\n")
        yield process, json.loads(await process.stdout.readline())["port"]
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def echoes(status: int) -> Turn:
    """Fails with everything that it was sent, as some providers do."""

    async def turn(request: Request, talk: Talk) -> None:
        await talk.whole(status, {"error": {"type": "x", "message": f"{request.headers} {request.body}"}})

    return turn


def found(folder: Path) -> list[str]:
    """Files below a folder that hold a canary."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [str(file) for file in files if any(canary.encode() in file.read_bytes() for canary in CANARIES)]


async def test_a_key_is_in_no_answer_no_log_no_file_and_no_argument(server: Server, tmp_path: Path) -> None:
    statuses = (401, 400, 500, 302, 404)
    heard: list[Any] = []
    async with sidecar(tmp_path) as (process, port), dial(port) as peer:
        await peer.initialize()
        heard.append(await peer.ask("providers.list"))
        for speech in (AnthropicSpeech(), OpenAISpeech()):
            url = server.url if speech.name == "anthropic" else f"{server.url}/v1"
            for status in statuses:
                # What is echoed names parts of the request, so that it is made again without them a few times.
                server.turns += [echoes(status)] * 8
                asked = {"provider": speech.name, "baseUrl": url}
                heard += [await peer.ask("providers.test", asked), await peer.ask("providers.models", asked)]
                server.turns.clear()
        if sys.platform == "linux":
            arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes()
            assert not any(canary.encode() in arguments for canary in CANARIES)
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.close()
        log = (await process.stderr.read()).decode()
    sent = [request.headers.get("x-api-key") or request.headers.get("authorization") for request in server.requests]
    assert set(sent) == {GIVEN, f"Bearer {AROUND}"}, "otherwise this proves nothing"
    assert len(sent) >= 2 * 2 * len(statuses)
    assert not any(canary in json.dumps(heard) for canary in CANARIES)
    assert "CANARY" not in log
    assert "Answer with the word" not in log, "nor what was asked"
    assert found(tmp_path) == []


BACKEND = """
import json, pathlib
from keyring.backend import KeyringBackend
class File(KeyringBackend):
    priority = 9
    path = pathlib.Path(__file__).with_name("kept.json")
    def _kept(self): return json.loads(self.path.read_text()) if self.path.exists() else {}
    def get_password(self, service, username): return self._kept().get(username)
    def set_password(self, service, username, password): self.path.write_text(json.dumps({**self._kept(), username: password}))
    def delete_password(self, service, username): self.path.write_text(json.dumps({k: v for k, v in self._kept().items() if k != username}))
"""


@pytest.fixture
def typing(tmp_path: Path) -> Any:
    """The command line with a keyring that is a file, beside the folders where no key may be."""
    ring = tmp_path / "ring"
    ring.mkdir()
    (ring / "file_ring.py").write_text(BACKEND)
    (tmp_path / "home").mkdir()

    def run(*arguments: str, typed: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        around = environment(tmp_path / "home", **{"PYTHON_KEYRING_BACKEND": "file_ring.File", **more})
        around["PYTHONPATH"] += os.pathsep + str(ring)
        return subprocess.run(
            [sys.executable, "-m", "librarian", *arguments], input=typed, capture_output=True, encoding="utf-8",
            env=around, timeout=60, check=False, cwd=tmp_path,
        )  # fmt: skip

    return run


def test_a_key_that_is_typed_is_kept_in_the_keyring_and_nowhere_else(typing: Any, tmp_path: Path) -> None:
    done = typing("keys", "set", "openai", typed=f"{TYPED}\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "librarian providers test openai" in done.stdout
    assert TYPED in (tmp_path / "ring" / "kept.json").read_text()
    assert json.loads(typing("keys", "--json").stdout)["openai"] == "keyring"
    assert "key from the keyring" in typing("providers").stdout
    assert json.loads(typing("keys", "list", "--json", OPENAI_API_KEY=AROUND).stdout)["openai"] == "environment"
    assert typing("keys", "forget", "openai").returncode == 0
    assert typing("keys", "forget", "openai").returncode == 1
    assert TYPED not in done.stdout
    assert found(tmp_path) == []


def test_a_key_is_never_an_argument(typing: Any) -> None:
    done = typing("keys", "set", "openai", TYPED)
    assert done.returncode == 2
    assert typing("keys", "list").stdout.split("openai")[1].split()[0] == "none"


@pytest.mark.parametrize("typed", ["", "\n", "two words\x07\n", "ключ\n"])
def test_what_is_no_key_is_not_kept(typing: Any, typed: str) -> None:
    done = typing("keys", "set", "openai", typed=typed)
    assert done.returncode == 2
    assert "That is no key" in done.stderr


def test_without_a_keyring_the_way_out_is_told(typing: Any) -> None:
    none = typing("keys", "set", "openai", typed=f"{TYPED}\n", PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring")
    assert none.returncode == 5
    assert "environment variable" in none.stderr
    assert TYPED not in none.stderr + none.stdout


def test_an_unknown_provider_is_told_with_those_there_are(typing: Any) -> None:
    for command in (("keys", "set", "nobody"), ("keys", "forget", "nobody"), ("providers", "models", "nobody")):
        done = typing(*command, typed=TYPED)
        assert done.returncode in (2, 5)
        assert "anthropic, openai, ollama" in done.stderr
