"""The commands by which a model writes, run as a person would: a real protocol, a real journal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from providers.conftest import Run
from providers.protocols import OpenAISpeech
from providers.scenes import says
from providers.server import Request, Server, Talk

NOTE = "---\ntags: [sea]\n---\n# Tide\n\nIt comes, lol.\nIt goes 👋.\n"


@pytest.fixture(autouse=True)
def _vault(tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "Tide.md").write_text(NOTE)


async def test_lines_are_rewritten_shown_put_in_for_nothing_more_and_taken_back(
    run: Run, server: Server, tmp_path: Path
) -> None:
    for name, value in (("provider", "llamacpp"), ("base_url", f"{server.url}/v1"), ("chat_model", "tiny")):
        assert (await run("config", "set", name, value))[0] == 0
    server.turns.append(says(OpenAISpeech().answer("It rises.")))
    note = tmp_path / "vault" / "Tide.md"
    asked = ("rewrite", "Tide", "More formal", "--lines", "6", "--vault", str(tmp_path / "vault"))
    code, shown, told = await run(*asked)
    assert (code, note.read_text()) == (0, NOTE)
    assert "- It comes, lol." in shown
    assert "+ It rises." in shown
    assert "tiny: $0.00" in told
    code, shown, told = await run(*asked, "--yes")
    assert (code, len(server.requests)) == (0, 1)
    assert "no cost" in told
    assert note.read_text() == NOTE.replace("It comes, lol.", "It rises.")
    assert (await run("undo", "--yes", "--vault", str(tmp_path / "vault")))[0] == 0
    assert note.read_text() == NOTE


async def test_a_note_is_gone_on_with_and_another_is_made(run: Run, server: Server, tmp_path: Path) -> None:
    vault = ("--vault", str(tmp_path / "vault"))
    for name, value in (("provider", "llamacpp"), ("base_url", f"{server.url}/v1"), ("chat_model", "tiny")):
        await run("config", "set", name, value)
    server.turns.append(says(OpenAISpeech().answer("And comes again.")))
    code, _, _ = await run("continue", "Tide", "--line", "7", "--yes", *vault)
    assert code == 0
    assert (tmp_path / "vault" / "Tide.md").read_text() == NOTE.replace("👋.", "👋. And comes again.")
    server.turns.clear()
    server.turns.append(says(OpenAISpeech().answer("Socks.")))
    code, shown, _ = await run("write", "A packing list", "--json", *vault)
    assert (code, json.loads(shown)["text"], json.loads(shown)["plan"]) == (0, "Socks.", None)
    code, _, _ = await run("write", "A packing list", "--to", "Lists/Sea.md", "--yes", *vault)
    assert (code, (tmp_path / "vault" / "Lists" / "Sea.md").read_text()) == (0, "Socks.\n")
    for named in ("Winter", "Tide"):
        server.turns.append(says(OpenAISpeech().answer(f"A {named}.")))
        assert (await run("write", f"A list of {named}", "--to", named, "--yes", *vault))[0] == 0
    assert (tmp_path / "vault" / "Winter.md").read_text() == "A Winter.\n"
    assert "A Tide." in (tmp_path / "vault" / "Tide.md").read_text()
    assert sorted(path.name for path in (tmp_path / "vault").glob("*") if path.is_file()) == ["Tide.md", "Winter.md"]


async def test_what_was_paid_for_is_shown_where_the_note_became_another_meanwhile(
    run: Run, server: Server, tmp_path: Path
) -> None:
    for name, value in (("provider", "llamacpp"), ("base_url", f"{server.url}/v1"), ("chat_model", "tiny")):
        await run("config", "set", name, value)
    note = tmp_path / "vault" / "Tide.md"

    async def turn(request: Request, talk: Talk) -> None:
        note.write_text("Another")
        await says(OpenAISpeech().answer("And comes again."))(request, talk)

    server.turns.append(turn)
    code, shown, told = await run("continue", "Tide.md", "--yes", "--vault", str(tmp_path / "vault"))
    assert (code, shown.strip(), note.read_text()) == (1, "And comes again.", "Another")
    assert "Tide.md was changed meanwhile" in told


async def test_without_a_model_it_is_told_how_to_choose_one(run: Run, tmp_path: Path) -> None:
    code, _, told = await run("write", "A list", "--vault", str(tmp_path / "vault"))
    assert code == 5
    assert "No provider of models is chosen" in told
    code, _, told = await run("rewrite", "Tide.md", "x", "--lines", "9-70", "--vault", str(tmp_path / "vault"))
    assert (code, "has 8 lines" in told) == (2, True)
