"""Abilities of models on the command line with nobody chosen who writes: each still gives something, or says what it needs.

Questions and templates without a model are tried with those of models, in tests/providers/test_ask.py and in test_templates.py.
"""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from tests.e2e.conftest import Desk, bytes_of

NOTE = "Projects/Samphire Survey.md"


@pytest.mark.parametrize(
    "subject",
    [(NOTE,), ("--folder", "Meetings"), ("--tag", "recipe"), ("--query", "redshank nests")],
    ids=["note", "folder", "tag", "query"],
)
def test_a_summary_is_made_of_the_notes_own_sentences(desk: Desk, subject: tuple[str, ...]) -> None:
    answer = desk.json("summarise", *subject, "--style", "short")
    assert (answer["method"], answer["usage"]) == ("extractive", None)
    assert answer["text"]
    assert answer["sources"]
    done = desk.run("summarise", *subject, "--style", "short")
    assert (done.returncode, done.stdout.strip()) == (0, answer["text"])
    assert "No model was asked" in done.stderr


@pytest.mark.parametrize("where", ["top", "end", "property", "note"])
def test_a_summary_goes_wherever_it_is_wanted_and_is_taken_back(own: Desk, where: str) -> None:
    before = bytes_of(own.vault)
    text = own.text("summarise", NOTE, "--style", "short", "--write", where, "--yes").splitlines()[0]
    changed = {path for path, content in bytes_of(own.vault).items() if before.get(path) != content}
    assert changed == {NOTE.replace(".md", " (summary).md") if where == "note" else NOTE}
    assert text.encode() in bytes_of(own.vault)[changed.pop()]
    own.text("undo", "--yes")
    assert bytes_of(own.vault) == before


def test_every_note_of_a_folder_gets_its_own_and_is_taken_back_with_the_others(own: Desk) -> None:
    before = bytes_of(own.vault)
    shown = own.text("summarise", "--folder", "Meetings", "--style", "short", "--write", "top", "--yes")
    assert "8 notes are summarised." in shown
    changed = {path for path, content in bytes_of(own.vault).items() if before[path] != content}
    assert len(changed) == 8
    own.text("undo", "--yes")
    assert bytes_of(own.vault) == before


@pytest.mark.parametrize(
    "command",
    [
        ("rewrite", NOTE, "Shorter"),
        ("rewrite", PurePosixPath(NOTE).stem, "Shorter"),
        ("continue", NOTE),
        ("continue", PurePosixPath(NOTE).stem),
        ("write", "A list", "--to", NOTE),
    ],
    ids=lambda it: it[0],
)
def test_whoever_would_write_says_that_a_model_is_needed_and_how_to_choose_one(
    desk: Desk, command: tuple[str, ...]
) -> None:
    before = bytes_of(desk.vault)
    told = desk.error(*command, "--yes", code=5)
    assert "No provider of models is chosen." in told
    assert "librarian config set provider NAME" in told
    assert bytes_of(desk.vault) == before


def test_other_words_for_a_question_need_a_model(desk: Desk) -> None:
    told = desk.error("ask", "What do redshanks eat?", "--other-words", code=5)
    assert "librarian config set provider NAME" in told


def test_nothing_was_spent(desk: Desk) -> None:
    assert desk.text("usage").startswith("No model was asked in this time.")
