"""Going through duplicates at a terminal, with keys."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from tests.e2e.conftest import Desk, bytes_of, sidecar

if sys.platform == "win32":
    pytest.skip("needs a terminal of Unix", allow_module_level=True)

from tests.e2e.screen import Screen, screen

RYE = ("Recipes/Rye Sourdough (revised).md", "Recipes/Rye Sourdough.md")


def at(desk: Desk, *arguments: str, columns: int = 100) -> AbstractContextManager[Screen]:
    return screen(desk.command(*arguments), cwd=desk.vault, environment=desk.environment, columns=columns)


def test_a_group_is_merged_and_another_dismissed_and_both_are_taken_back(own: Desk):
    before = bytes_of(own.vault)
    with at(own, "duplicates", "review", "--kind", "near") as shown:
        first = shown.until("Keep ")
        assert "3 left" in first
        assert "[m]erge  [1-2] keep another  [t]rash others" in first
        shown.until(".md: ")
        shown.press("d")
        undo_dismissal = re.search(r"librarian duplicates restore ([0-9a-f]{8})\n", shown.until("\n2 left"))
        shown.until("中文/茶叶蛋.md: ")
        shown.press("n")
        shown.until(f"Keep {RYE[0]}: ")
        shown.press("2")
        shown.until(f"Keep {RYE[1]}: ")
        shown.press("m")
        planned = shown.until("Do it? [y/n] ")
        assert f"trashes  {RYE[0]}" in planned
        assert bytes_of(own.vault) == before
        shown.press("y")
        assert shown.end() == 0
    undo_merge = re.search(r"librarian undo ([0-9a-f]{16})\n", shown.shown)
    assert "1 dismissed, 1 merged, none left." in shown.shown
    assert not (own.vault / RYE[0]).exists()
    assert undo_dismissal
    assert undo_merge
    own.text("undo", undo_merge[1])
    assert bytes_of(own.vault) == before
    own.text("duplicates", "restore", undo_dismissal[1])
    assert own.json("duplicates", "--kind", "near")["total"] == 3


def test_a_plan_that_is_refused_changes_nothing(own: Desk):
    before = bytes_of(own.vault)
    with at(own, "duplicates", "merge", "Challah") as shown:
        shown.until("Do it? [y/n] ")
        shown.press("xn")
        assert shown.end() == 1
    assert "Nothing was changed." in shown.shown
    assert bytes_of(own.vault) == before


def test_a_review_through_a_running_sidecar_is_the_same(own: Desk):
    with sidecar(own), at(own, "duplicates", "review", "--kind", "identical") as shown:
        shown.until("Keep Ecology/Redshank.md: ")
        shown.press("ty")
        assert "Done: " in shown.until("To take it back: librarian undo")
        shown.until("Keep Recipes/Challah.md: ")
        shown.press("q")
        assert shown.end() == 0
    assert "1 trashed, 1 left." in shown.shown


@pytest.mark.parametrize("stop", ["\x03", "\x04"])
def test_ctrl_c_ends_a_review_and_leaves_the_terminal_as_it_was(desk: Desk, stop: str):
    with at(desk, "duplicates", "review") as shown:
        shown.until("Keep ")
        shown.until(": ")
        shown.press(stop)
        assert shown.end() == 130
    assert "Stopped." in shown.shown


def test_an_arrow_or_a_letter_of_no_meaning_does_nothing(desk: Desk):
    with at(desk, "duplicates", "review", "--kind", "identical") as shown:
        shown.until("Redshank.md: ")
        shown.press("\x1b[3~")
        shown.press("é?q")
        assert shown.end() == 0
    assert "2 left." in shown.shown


def test_a_wide_terminal_shows_two_columns(desk: Desk):
    with at(desk, "duplicates", "compare", "Rye Sourdough", "Rye Sourdough (revised)", columns=130) as shown:
        assert shown.end() == 0
    assert re.search(r"- - 420 g water at 35 °C +│ \+ - 440 g water at 35 °C", shown.shown)


NewDesk = Callable[[dict[str, str]], Desk]


def test_a_look_shows_how_far_it_is_and_stops_at_ctrl_c(new_desk: NewDesk):
    notes = {}
    for number in range(1200):
        text = " ".join(f"word{number}x{place}" for place in range(4000))
        notes |= {f"{number}.md": text, f"copies/{number}.md": f"{text} and more"}
    desk = new_desk(notes)
    desk.text("index")
    _stop_in_the_middle(desk)
    with sidecar(desk):
        _stop_in_the_middle(desk)
        assert desk.json("duplicates", "-n", "1")["total"] == 1200


IMPATIENT = """
import sys
from librarian.cli import progress
from librarian.__main__ import main
progress.PATIENCE_SECONDS = 0
sys.argv[0] = "librarian"
main()
"""
"""A fast machine is done before anything is shown otherwise."""


def _stop_in_the_middle(desk: Desk) -> None:
    command = [sys.executable, "-c", IMPATIENT, "duplicates"]
    with screen(command, cwd=desk.vault, environment=desk.environment) as shown:
        shown.until(" notes ━")
        shown.process.send_signal(signal.SIGINT)
        assert shown.end() == 130
    assert "Stopped." in shown.shown
