"""Duplicates as a person meets them: compared, dismissed, restored, looked for with a bar, stopped with Ctrl-C."""

from __future__ import annotations

import re

import pytest
from tests.e2e.conftest import Desk, bytes_of, sidecar

CHALLAH = ("Recipes/Challah.md", "Archive/Challah (old laptop).md")
RYE = ("Rye Sourdough", "Rye Sourdough (revised)")


def test_two_notes_are_compared_word_by_word_in_one_column_or_two(desk: Desk):
    shown = desk.text("duplicates", "compare", *RYE)
    assert shown.startswith("- Recipes/Rye Sourdough.md\n+ Recipes/Rye Sourdough (revised).md\n\nline 1\n")
    assert "- - [-420-] g water at 35 °C\n+ - {+440+} g water at 35 °C\n" in shown
    assert shown.rstrip().splitlines()[-1].startswith("61% in common · 21 lines the same · 8 changed")
    beside = desk.text("duplicates", "compare", *RYE, "--side-by-side")
    (row,) = [line for line in beside.splitlines() if "420" in line]
    assert re.fullmatch(r"- - \[-420-\] g water at 35 °C +│ \+ - \{\+440\+\} g water at 35 °C", row)
    assert max(len(line) for line in beside.splitlines() if "│" in line) <= 80


def test_colours_take_the_place_of_marks(desk: Desk):
    forced = Desk(desk.vault, desk.home, {"FORCE_COLOR": "1"})
    shown = forced.text("duplicates", "compare", *RYE, "--context", "0")
    assert "{+" not in shown
    assert "\x1b[32m\x1b[1m440\x1b[0m g water" in shown


def test_the_same_note_twice_says_the_same(desk: Desk):
    assert "say the same" in desk.text("duplicates", "compare", "Challah", "Challah")
    assert desk.json("duplicates", "compare", "Challah", "Challah")["hunks"] == []


def test_what_cannot_be_compared_is_told(desk: Desk):
    assert "no note at" in desk.error("duplicates", "compare", "Challah", "nope nope", code=4)
    desk.error("duplicates", "compare", "../outside.md", "Challah", code=4)
    (desk.vault / "latin.md").write_bytes(b"caf\xe9")
    try:
        assert "neither UTF-8" in desk.error("duplicates", "compare", "Challah", "latin.md", code=5)
    finally:
        (desk.vault / "latin.md").unlink()


@pytest.mark.parametrize("through_door", [False, True])
def test_a_group_is_dismissed_and_restored(desk: Desk, through_door: bool):
    if through_door:
        with sidecar(desk):
            _dismiss_and_restore(desk)
    else:
        _dismiss_and_restore(desk)


def _dismiss_and_restore(desk: Desk) -> None:
    total = desk.json("duplicates")["total"]
    shown = desk.text("duplicates")
    found = re.search(r"2 notes, the same text  ([0-9a-f]{8})\n  keep  Recipes/Challah.md", shown)
    assert found
    short = found[1]
    told = desk.text("duplicates", "dismiss", short[:4])
    assert f"To take it back: librarian duplicates restore {short}" in told
    assert desk.json("duplicates")["total"] == total - 1
    assert "has no duplicates" in desk.error("duplicates", "dismiss", "Challah", code=4)
    (group,) = desk.json("duplicates", "dismissed")["groups"]
    assert (tuple(group["notes"]), group["stands"]) == (CHALLAH, True)
    assert short in desk.text("duplicates", "dismissed")
    desk.text("duplicates", "restore", short)
    assert desk.json("duplicates")["total"] == total
    desk.error("duplicates", "restore", short, code=4)
    assert desk.text("duplicates", "dismissed") == "Nothing is dismissed.\n"


def test_a_group_is_named_by_one_of_its_notes(desk: Desk):
    desk.text("duplicates", "dismiss", "Challah")
    (group,) = desk.json("duplicates", "dismissed")["groups"]
    assert tuple(group["notes"]) == CHALLAH
    desk.text("duplicates", "restore", group["groupId"])
    assert "There is no group" in desk.error("duplicates", "dismiss", "0000", code=4)


def test_without_a_terminal_nothing_is_done_unasked(desk: Desk):
    assert "--yes" in desk.error("duplicates", "merge", "Challah", code=2)
    assert "needs a terminal" in desk.error("duplicates", "review", code=2)


def test_a_plan_is_shown_in_json_and_nothing_is_done(own: Desk):
    before = bytes_of(own.vault)
    answer = own.json("duplicates", "merge", "Rye Sourdough")
    assert answer["applied"] is None
    assert {edit["kind"] for edit in answer["plan"]["edits"]} == {"rewrite", "trash"}
    assert bytes_of(own.vault) == before


@pytest.mark.parametrize("through_door", [False, True])
def test_notes_become_one_and_all_is_taken_back_to_the_byte(own: Desk, through_door: bool):
    if through_door:
        with sidecar(own):
            _merge_and_take_back(own)
    else:
        _merge_and_take_back(own)


def _merge_and_take_back(own: Desk) -> None:
    before = bytes_of(own.vault)
    told = own.text("duplicates", "merge", "Rye Sourdough", "--keep", "Rye Sourdough", "--yes")
    assert " trashes  Recipes/Rye Sourdough (revised).md\nDone: 7 files changed." in told
    change = re.search(r"librarian undo ([0-9a-f]{16})$", told.strip())
    assert change
    kept = (own.vault / "Recipes/Rye Sourdough.md").read_text(encoding="utf-8")
    assert "420 g water" in kept
    assert "440 g water" in kept
    assert "Recipes/Rye Sourdough (revised).md" not in bytes_of(own.vault)
    unresolved = own.json("stats")["brokenLinkCount"]
    own.text("undo", change[1])
    assert bytes_of(own.vault) == before
    assert own.json("stats")["brokenLinkCount"] == unresolved


def test_stubs_and_trash_are_other_ways(own: Desk):
    archived = own.vault / "Archive/Challah (old laptop).md"
    told = own.text("duplicates", "merge", "Challah", "--stub", "--yes")
    assert "[[" in archived.read_text(encoding="utf-8")
    assert len(archived.read_text(encoding="utf-8")) < 200
    own.text("undo", told.split()[-1])
    own.text("duplicates", "merge", "Challah", "--trash", "--yes")
    assert not archived.exists()


def test_a_note_outside_the_group_cannot_be_kept(own: Desk):
    told = own.error("duplicates", "merge", "Challah", "--keep", "Rye Sourdough", "--yes", code=4)
    assert "is not in this group" in told
    assert "no note at" in own.error("duplicates", "merge", "Challah", "--keep", "nope nope", "--yes", code=4)


def test_a_note_of_several_groups_wants_one_named(new_desk):
    words = " ".join(f"word{number}" for number in range(60))
    desk = new_desk({"a.md": words, "b.md": words, "c.md": f"{words} and some more of them"})
    told = desk.error("duplicates", "dismiss", "a.md", code=2)
    assert "identical: a.md, b.md (" in told
    assert "near: a.md, c.md (" in told
    assert "Dismissed near: " in desk.text("duplicates", "dismiss", "a.md", "--kind", "near")
    assert [group["kind"] for group in desk.json("duplicates")["groups"]] == ["identical"]


def test_control_characters_of_notes_do_not_reach_the_terminal(new_desk):
    words = " ".join(f"word{number}" for number in range(60))
    evil = "\x1b]0;owned\x07 \x9b31m \u202etxt.exe\u202c \x08\x7f"
    desk = new_desk({"a.md": f"# {evil}\n\n{words}\n\n{evil} one\n", "b.md": f"# {evil} b\n\n{words}\n\n{evil} two\n"})
    hostile = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
    commands = (
        ("compare", "a.md", "b.md"), ("compare", "a.md", "b.md", "--side-by-side"), ("merge", "a.md", "--yes"),
    )  # fmt: skip
    for command in commands:
        assert not hostile.search(desk.text("duplicates", *command)), command
