"""The sidecar and its commands with a real model of one's own: a base model, so what it says is not judged, only that
it says it, and what that took.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psutil
import pytest
from tests.e2e.conftest import SIDECAR_TOKEN, Desk
from websockets.sync.client import ClientConnection, connect

SHORT, LONG = "Lamp.md", "Ecology/Redshank.md"
QUESTION = "Who lit the lamp of the harbour?"
PATIENCE_S = 240
"""A machine on which much else runs is slow."""


class Client:
    """An editor: asks, and hears what is told meanwhile."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._calls = 0
        self.vault_id = ""

    def open(self, desk: Desk) -> None:
        self.result("session.initialize", client={"name": "test", "version": "1"})
        self.vault_id = self.result("vault.open", path=str(desk.vault))["vaultId"]

    def send(self, method: str, /, **params: Any) -> int:
        self._calls += 1
        self._connection.send(json.dumps({"jsonrpc": "2.0", "id": self._calls, "method": method, "params": params}))
        return self._calls

    def cancel(self, call: int) -> None:
        self._connection.send(json.dumps({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": call}}))

    def heard(self, call: int) -> Iterator[dict[str, Any]]:
        """Everything that is told until the answer of a call, which is the last."""
        while True:
            said = json.loads(self._connection.recv(PATIENCE_S))
            yield said
            if said.get("id") == call:
                return

    def result(self, method: str, /, **params: Any) -> Any:
        *_, answer = self.heard(self.send(method, **params))
        assert "result" in answer, answer
        return answer["result"]

    def write(self, method: str, /, **params: Any) -> tuple[str, dict[str, Any]]:
        """What was told of the text before the answer, and the answer."""
        call = self.send(method, vaultId=self.vault_id, progressToken="text", method="model", **params)
        *told, answer = self.heard(call)
        assert "result" in answer, answer
        values = [each["params"]["value"] for each in told if each["method"] == "$/progress"]
        return "".join(value["text"] for value in values if value["kind"] == "delta"), answer["result"]


@contextmanager
def served(desk: Desk) -> Iterator[tuple[psutil.Popen, Client]]:
    """`librarian serve` with the vault open."""
    with psutil.Popen(
        desk.command("serve"), env=desk.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, encoding="utf-8",
    ) as process:  # fmt: skip
        try:
            process.stdin.write(json.dumps({"token": SIDECAR_TOKEN}) + "\n")
            process.stdin.flush()
            ready = json.loads(process.stdout.readline())
            protocols = ["librarian.v1", f"bearer.{SIDECAR_TOKEN}"]
            address = f"ws://127.0.0.1:{ready['port']}/"
            with connect(address, subprotocols=protocols, origin="app://obsidian.md", open_timeout=60) as connection:
                client = Client(connection)
                client.open(desk)
                yield process, client
        finally:
            with suppress(psutil.NoSuchProcess):
                process.kill()


@pytest.fixture(scope="module")
def sidecar(desk: Desk) -> Iterator[tuple[psutil.Popen, Client]]:
    with served(desk) as both:
        yield both


@pytest.fixture
def client(sidecar: tuple[psutil.Popen, Client]) -> Client:
    return sidecar[1]


def model_process(sidecar: psutil.Popen) -> psutil.Process:
    (found,) = [child for child in sidecar.children() if "librarian.chat.llama_process" in child.cmdline()]
    return found


def took(usage: dict[str, Any], desk: Desk) -> None:
    """What an answer took is what the model itself counted, and time instead of money."""
    assert usage["provider"] == "embedded"
    assert usage["model"] in desk.text("providers", "models").split()
    assert usage["inputTokens"] > 20
    assert usage["outputTokens"] > 0
    assert not usage["estimated"]
    assert (usage["calls"], usage["costUsd"]) == (1, "0.00")
    assert usage["tookMs"] > 0


def test_a_summary_arrives_piece_by_piece_and_then_whole(client: Client, desk: Desk) -> None:
    told, summary = client.write("summary.create", path=SHORT, style="short")
    assert told
    assert summary["text"]
    assert summary["method"] == "model"
    assert "<|im" not in summary["text"]
    assert summary["sources"][0]["path"] == SHORT
    took(summary["usage"], desk)


def test_a_question_is_answered_from_passages_or_not_at_all(client: Client, desk: Desk) -> None:
    _, answer = client.write("answer.ask", question=QUESTION, limit=1)
    assert answer["abstained"] or answer["citations"]
    assert [passage["path"] for passage in answer["passages"]] == [SHORT]
    assert {each["id"] for each in answer["citations"]} <= {1}
    took(answer["usage"], desk)


def test_a_summary_that_is_called_off_ends_at_once_and_frees_the_model(client: Client) -> None:
    call = client.send(
        "summary.create", vaultId=client.vault_id, progressToken="text", method="model", path=LONG, length=2000
    )
    heard = client.heard(call)
    next(said for said in heard if said.get("method") == "$/progress" and said["params"]["value"]["kind"] == "delta")
    began = time.monotonic()
    client.cancel(call)
    *_, answer = heard
    assert answer["error"]["code"] == -32800
    assert time.monotonic() - began < 10
    # It has one place to answer in: were it still writing, this would have to wait for thousands of words.
    assert client.result("providers.test", vaultId=client.vault_id)["works"]


def test_the_usage_is_told_with_time_instead_of_money(client: Client, gemma: Any) -> None:
    usage = client.result("usage.summary", by="model")
    (row,) = usage["rows"]
    assert row["key"] == f"embedded/{gemma.name}"
    assert row["calls"] >= 3
    assert row["localMs"] > 0
    assert usage["totalUsd"] == row["costUsd"] == "0.00"


def test_the_model_ends_with_the_sidecar(sidecar: tuple[psutil.Popen, Client]) -> None:
    process = sidecar[0]
    model = model_process(process)
    process.stdin.close()
    assert psutil.wait_procs([process, model], timeout=60)[1] == []


def test_the_model_ends_with_a_sidecar_that_is_killed(desk: Desk) -> None:
    with served(desk) as (process, client):
        assert client.result("providers.test", vaultId=client.vault_id)["works"]
        model = model_process(process)
        process.kill()
        assert psutil.wait_procs([process, model], timeout=60)[1] == []


def test_commands_summarise_and_ask(desk: Desk, gemma: Any) -> None:
    done = desk.run("summarise", SHORT, "--method", "model", "--style", "short", "--fresh")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert f"{gemma.name} of embedded, $0.00" in done.stderr
    # Another question: the answer to the first is kept.
    done = desk.run("ask", "When was the lamp of the harbour lit?", "-n", "1")
    assert (done.returncode, "The vault does not say" in done.stdout) in ((0, False), (1, True)), done.stderr
    assert f"{gemma.name} of embedded, $0.00" in done.stderr
