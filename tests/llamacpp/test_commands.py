"""Every ability on the command line with a real model of one's own: a base model, so what it says is not judged, only
that it is asked, heard and told; and where the librarian refuses what it said, that it says so.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from tests.e2e.conftest import Desk, bytes_of

LAMP, WATCH = "Lamp.md", "Watch"


@pytest.fixture(scope="module")
def harbour(desk: Desk) -> Desk:
    """Notes that are made alike, of a few words each."""
    (desk.vault / WATCH).mkdir()
    for day in (1, 2, 3):
        (desk.vault / WATCH / f"Day {day}.md").write_text(f"## Log\n\nThe lamp was lit {day} times.\n")
    desk.text("index")
    return desk


def tells(done: str, gemma: Path) -> None:
    """Who wrote is told, and that it cost nothing."""
    assert re.search(rf"{re.escape(gemma.name)}.*\$0\.00|embedded {re.escape(gemma.name)}: \$0\.00", done), done


def test_a_model_is_tested(harbour: Desk, gemma: Path) -> None:
    assert f"✓ {gemma.name} works, in" in harbour.text("providers", "test")


def test_each_note_of_a_folder_gets_a_summary_of_its_own(harbour: Desk) -> None:
    before = bytes_of(harbour.vault)
    done = harbour.run("summarise", "--folder", WATCH, "--style", "short", "--length", "10", "--write", "end", "--yes")
    assert done.returncode == 0, done.stderr
    assert "3 notes are summarised, $0.00." in done.stdout
    for day in (1, 2, 3):
        assert re.search(r"> \[!summary\|librarian\].*\n> .*\w", (harbour.vault / WATCH / f"Day {day}.md").read_text())
    harbour.text("undo", "--yes")
    assert bytes_of(harbour.vault) == before


@pytest.mark.parametrize(
    "command", [("rewrite", LAMP, "Say it more shortly."), ("continue", LAMP)],
    ids=lambda command: command[0],
)  # fmt: skip
def test_what_it_writes_is_put_in_and_taken_back_or_said_to_be_broken(
    harbour: Desk, gemma: Path, command: tuple[str, ...]
) -> None:
    before = bytes_of(harbour.vault)
    done = harbour.run(*command, "--yes")
    assert "Traceback" not in done.stderr
    if done.returncode:
        # A base model does not always come to an end.
        assert (done.returncode, "librarian: The answer of embedded is broken" in done.stderr) == (5, True), done.stderr
        assert bytes_of(harbour.vault) == before
        return
    tells(done.stderr, gemma)
    if bytes_of(harbour.vault) != before:
        harbour.text("undo", "--yes")
    assert bytes_of(harbour.vault) == before


@pytest.mark.elsewhere(sys.platform == "win32", reason="Windows has no terminals of this kind")
def test_a_new_text_is_seen_as_it_comes_and_ctrl_c_ends_it(harbour: Desk) -> None:
    """Ended by itself, it might go on for two thousand tokens."""
    from tests.e2e.screen import screen

    before = bytes_of(harbour.vault)
    command = harbour.command("write", "A name for a lamp", "--to", LAMP)
    with screen(command, cwd=harbour.vault, environment=harbour.environment) as shown:
        shown.until("no cost, about")
        shown.until(" s.\n")
        shown.until(" ", seconds=240)
        shown.press("\x03")
        assert shown.end() == 130
    assert bytes_of(harbour.vault) == before


def test_a_template_gets_a_name_and_hints_or_is_told_without(harbour: Desk, gemma: Path) -> None:
    done = harbour.run("template", "infer", WATCH, "--model")
    assert (done.returncode, "## Log" in done.stdout) == (0, True), done.stderr
    tells(done.stderr, gemma)


def test_other_words_for_a_question_are_asked_for(harbour: Desk) -> None:
    done = harbour.run("ask", "Who lit the lamp of the harbour?", "--passages", "--other-words", "--understood")
    assert done.returncode == 0, done.stderr
    assert "looked for: " in done.stderr


def test_all_of_it_is_in_the_books_with_its_time_and_for_nothing(harbour: Desk) -> None:
    rows = {row["key"]: row for row in harbour.json("usage", "--by", "feature")["summary"]["rows"]}
    assert {"summary", "rewrite", "continue", "generate", "templates", "question"} <= rows.keys()
    assert all(row["costUsd"] == "0.00" and row["localMs"] > 0 for row in rows.values())
