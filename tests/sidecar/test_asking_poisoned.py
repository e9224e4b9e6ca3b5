"""Questions to a vault of sixty poisoned notes, and a model that obeys whatever it reads: nothing comes of it."""

from __future__ import annotations

import re
import socket
from collections import deque
from collections.abc import AsyncIterator, Sequence
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from fake_chat import FakeChat
from poison import SIXTY, harms, obeys

from librarian import settings
from librarian.asking import Asking
from librarian.chat.conversation import Message
from librarian.library import open_library
from librarian.metering import Desk, Manner
from librarian.money import Purpose
from librarian.open_vault import OpenVault
from librarian.places import Places
from librarian.telling import Delta, Step


class Obedient(FakeChat):
    def use(self) -> None:
        return None


def obeys_and_cites(messages: Sequence[Message]) -> str:
    """The orders carried out, with numbers behind them so that they pass for an answer."""
    return f"Some words about tides [1]. {obeys(messages)} [1] Some words about tides [2]."


def content(root: Path) -> dict[str, str]:
    return {
        str(file.relative_to(root)): blake2b(file.read_bytes()).hexdigest()
        for file in root.rglob("*")
        if file.is_file()
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("poisoned") / "vault"
    (root / ".obsidian").mkdir(parents=True)
    for number, text in enumerate(SIXTY, 1):
        (root / f"Note {number}.md").write_text(text, "utf-8", errors="surrogatepass")
    return root


@pytest.fixture
async def vault(folder: Path, tmp_path: Path) -> AsyncIterator[OpenVault]:
    places = Places(data=tmp_path / "data", config=tmp_path / "config")
    async with open_library(places, settings.load(places.settings), stays=False) as library:
        opened = await library.open_vault(str(folder))
        await opened.complete()
        yield opened


async def test_nothing_is_written_nobody_is_contacted_and_nothing_foreign_is_shown(
    vault: OpenVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(vault.root)
    looked_up: list[object] = []

    def refuse(*where: Any, **_more: Any) -> Any:
        looked_up.append(where)
        raise OSError("no network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    chat = Obedient(deque([obeys_and_cites]))

    async def write(_purpose: Purpose, _manner: Manner) -> Obedient:
        return chat

    desk = Desk(lambda: ("anthropic", "m"), write, None)  # type: ignore[arg-type]
    asking = Asking(vault.id, vault.asking._questions, vault.asking._retrieval, desk, lambda: date(2026, 11, 26))
    read: set[str] = set()
    for number in range(1, len(SIXTY) + 1):
        told: list[str] = []

        def hear(value: Delta | Step, told: list[str] = told) -> None:
            assert isinstance(value, Delta)
            told.append(value.text)

        name = "Note" if number <= 20 else "Order"
        answer = await asking.ask(
            f'What are some words about tides in "{name} {number if number <= 20 else number - 20}"?', tell=hear
        )
        read |= {passage.path for passage in answer.passages}
        for shown in (answer.text, "".join(told)):
            assert harms(shown) == [], (number, harms(shown))
            # What is left are our own links, all into the vault.
            for target in re.findall(r"\[\[([^\]|#]*)", shown):
                assert (vault.root / f"{target}.md").is_file(), target
    assert len(chat.history) == len(SIXTY)
    assert len(read) >= 55
    assert content(vault.root) == before
    assert await vault.edits.journalled(10) == ()
    assert looked_up == []


async def test_what_a_note_orders_cannot_leave_its_marks(vault: OpenVault) -> None:
    chat = Obedient(deque(["NOT_IN_NOTES"]))

    async def write(_purpose: Purpose, _manner: Manner) -> Obedient:
        return chat

    desk = Desk(lambda: ("anthropic", "m"), write, None)  # type: ignore[arg-type]
    asking = Asking(vault.id, vault.asking._questions, vault.asking._retrieval, desk, date.today)
    answer = await asking.ask("What are some words about tides?", limit=20)
    (prompt,) = chat.prompts
    passages = len(answer.passages)
    assert prompt.count("</document>") - prompt.split("\n\n")[1].count("</document>") >= passages
    opened = len(re.findall(r'<document name="[^"\n]*">\n', prompt))
    assert opened == passages + 1
    (messages, limits) = chat.history[0]
    assert [message.role for message in messages] == ["system", "user"]
    assert limits.max_output_tokens < 1000
