"""The sidecar asks the editor to change notes, and lives with whatever it answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from librarian.change import EditorAnswer, EditorRefused
from librarian.edit import Change, Create, Rename
from librarian.errors import NobodyThere, RemoteFault
from librarian.methods.workspace import APPLY_EDIT, AT_ONCE, BYTES_AT_ONCE, ApplyEdit, AskedEditor, _batches
from librarian.rpc.session import Limits, Session
from librarian.server import Serving, serve

from .fake_library import FakeLibrary
from .peer import TOKEN, Peer, dial, request

ASKS = {"vaultId": "v1", "planId": "asks"}
NOTHING = {"changed": [], "refused": []}


@asynccontextmanager
async def editor(port: int, *folders: str) -> AsyncIterator[Peer]:
    """A client that declared vaults."""
    async with dial(port) as peer:
        client = {"name": "editor", "version": "1"}
        await peer.ask("session.initialize", {"client": client, "capabilities": {"applyEdit": list(folders)}})
        await peer.open_vault()
        yield peer


async def answer(peer: Peer, **said: Any) -> dict[str, Any]:
    """Wait for the next question, answer it, and give it."""
    asked = await peer.notice()
    assert asked["method"] == "workspace.applyEdit"
    await peer.send(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **said}))
    return asked


async def test_the_editor_that_declared_the_vault_is_asked_whoever_calls(
    serving: Serving, library: FakeLibrary
) -> None:
    async with editor(serving.port, "/elsewhere", "/vault") as plugin, dial(serving.port) as caller:
        await caller.initialize()
        await caller.send(request("edits.apply", ASKS, 7))
        first = await answer(plugin, result={"changed": [{"path": "0.md", "digest": "11"}], "refused": []})
        assert (first["id"], first["params"]["changeId"], first["params"]["vaultId"]) == ("librarian-1", "c9", "v1")
        assert first["params"]["edits"][0] == {"kind": "rename", "path": "0.md", "digest": "00", "to": "0.new"}
        second = await answer(plugin, result=NOTHING)
        assert [len(each["params"]["edits"]) for each in (first, second)] == [100, 50]
        assert (await caller.read())["result"]["changeId"] == "c9"
        (said,) = library.vault("v1").edits.said
        assert isinstance(said, EditorAnswer)
        assert [(each.path, each.digest) for each in said.changed] == [("0.md", "11")]


def test_what_is_asked_for_at_once_fits_into_a_message() -> None:
    half, large = "x" * (BYTES_AT_ONCE // 2), "x" * (2 * BYTES_AT_ONCE)
    contents = ["", half, half, "", large, "", *[""] * AT_ONCE]
    edits = [Create(path=f"{place}.md", content=content) for place, content in enumerate(contents)]
    batches = list(_batches(edits))
    assert [edit for batch in batches for edit in batch] == edits
    assert [len(batch) for batch in batches] == [2, 2, 1, AT_ONCE, 1]
    assert list(_batches([])) == []


async def test_an_editor_that_refuses_is_not_asked_for_the_rest(serving: Serving, library: FakeLibrary) -> None:
    async with editor(serving.port, "/vault") as plugin:
        await plugin.send(request("edits.apply", ASKS, 7))
        await answer(plugin, result={"changed": [], "refused": [{"path": "1.md", "reason": "not saved"}]})
        assert (await plugin.read())["id"] == 7
        refused = (EditorRefused(path="1.md", reason="not saved"),)
        assert library.vault("v1").edits.said == [EditorAnswer(changed=(), refused=refused)]


@pytest.mark.parametrize("folders", [(), ("/elsewhere",), ("vault", "\0")])
async def test_who_declared_another_vault_is_not_asked(
    serving: Serving, library: FakeLibrary, folders: tuple[str, ...]
) -> None:
    async with editor(serving.port, *folders) as plugin:
        assert (await plugin.ask("edits.apply", ASKS))["result"]["changeId"] == "c9"
        assert library.vault("v1").edits.said == [None]


@pytest.mark.parametrize(
    "said",
    [
        {"error": {"code": -32601, "message": "Method not found."}},
        {"result": None},
        {"result": {"changed": "all", "refused": []}},
        {"result": {**NOTHING, "more": 1}},
        {"result": {"changed": [{"path": 1, "digest": None}], "refused": []}},
    ],
)
async def test_an_answer_that_is_an_error_or_nonsense_is_a_fault_of_the_editor(
    serving: Serving, library: FakeLibrary, said: dict[str, Any]
) -> None:
    async with editor(serving.port, "/vault") as plugin:
        await plugin.send(request("edits.apply", ASKS, 7))
        await answer(plugin, **said)
        assert (await plugin.read())["id"] == 7
        (fault,) = library.vault("v1").edits.said
        assert isinstance(fault, RemoteFault)


async def test_an_editor_that_leaves_has_not_answered(serving: Serving, library: FakeLibrary) -> None:
    async with dial(serving.port) as caller:
        await caller.initialize()
        async with editor(serving.port, "/vault") as plugin:
            await caller.send(request("edits.apply", ASKS, 7))
            await plugin.notice()
        assert (await caller.read())["id"] == 7
        assert isinstance(library.vault("v1").edits.said[0], NobodyThere)


async def test_an_editor_that_is_too_slow_has_not_answered_and_its_late_answer_harms_nobody(
    library: FakeLibrary,
) -> None:
    async with (
        serve(library, token=TOKEN, limits=Limits(answer_seconds=0.05)) as serving,  # type: ignore[arg-type]
        editor(serving.port, "/vault") as plugin,
    ):
        assert (await plugin.ask("edits.apply", ASKS))["result"]["changeId"] == "c9"
        assert isinstance(library.vault("v1").edits.said[0], NobodyThere)
        asked, taken_back = plugin.notices
        assert (taken_back["method"], taken_back["params"]) == ("$/cancelRequest", {"id": asked["id"]})
        for _ in range(2):
            await plugin.send(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": NOTHING}))
        assert (await plugin.ask("session.ping", call_id="after"))["id"] == "after"


async def test_all_questions_of_one_change_have_one_deadline() -> None:
    class Asked:
        """A session whose clock goes on with every question."""

        def __init__(self) -> None:
            self.now = 7.0
            self.until: list[float] = []

        def answers_until(self) -> float:
            return self.now + 30

        async def ask(self, _question: object, _value: object, *, until: float) -> EditorAnswer:
            self.now += 20
            self.until.append(until)
            return EditorAnswer(changed=(), refused=())

    session = Asked()
    edits = tuple(Rename(path=f"{number}.md", digest="00", to=f"{number}.new") for number in range(250))
    await AskedEditor(session, "v1").carry_out(Change("c1", edits, "test", ""))  # type: ignore[arg-type]
    assert session.until == [37.0] * 3


async def test_a_client_that_has_gone_is_not_asked(library: FakeLibrary) -> None:
    async def nothing() -> AsyncIterator[str]:
        for text in ():
            yield text

    async def send(_text: str) -> None:
        raise AssertionError

    session = Session(library, None, send)  # type: ignore[arg-type]
    await session.run(nothing())
    with pytest.raises(NobodyThere):
        async with asyncio.timeout(1):
            await session.ask(APPLY_EDIT, ApplyEdit(vault_id="", change_id="", actor="", reason="", edits=()))


@pytest.mark.parametrize("identity", ["librarian-1", "librarian-", "librarian-x", "mine", ""])
async def test_an_answer_to_what_was_never_asked_is_refused(serving: Serving, identity: str) -> None:
    async with editor(serving.port, "/vault") as plugin:
        await plugin.send(json.dumps({"jsonrpc": "2.0", "id": identity, "result": NOTHING}))
        refused = await plugin.read()
        assert (refused["id"], refused["error"]["code"]) == (identity, -32600)


async def test_one_client_cannot_answer_for_another(serving: Serving, library: FakeLibrary) -> None:
    async with editor(serving.port, "/vault") as plugin, dial(serving.port) as other:
        await other.initialize()
        await plugin.send(request("edits.apply", ASKS, 7))
        asked = await plugin.notice()
        forged = {"changed": [], "refused": [{"path": "1.md", "reason": "forged"}]}
        await other.send(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": forged}))
        assert (await other.read())["error"]["code"] == -32600
        assert library.vault("v1").edits.said == []
        await plugin.send(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": NOTHING}))
        await answer(plugin, result=NOTHING)
        assert (await plugin.read())["id"] == 7


async def test_a_call_that_is_taken_back_while_the_editor_thinks_leaves_nothing_waiting(serving: Serving) -> None:
    async with editor(serving.port, "/vault") as plugin:
        await plugin.send(request("edits.apply", ASKS, 7))
        await plugin.notice()
        await plugin.send(request("$/cancelRequest", {"id": 7}, None))
        assert (await plugin.read())["error"]["code"] == -32800
        await asyncio.sleep(0)
        assert [session._asked for session in serving.sessions] == [{}]
