"""Templates as a person meets them: inferred, written, applied after a look, taken back."""

from __future__ import annotations

import sys

import pytest
from tests.e2e.conftest import Desk, bytes_of

MEETING = "Meetings/2026-05-07 Budget.md"


def test_a_folder_shows_the_template_that_its_notes_were_made_from(desk: Desk):
    shown = desk.text("template", "infer", "Meetings")
    assert shown.startswith(
        'Meetings\n---\ndate: "{{date:YYYY-MM-DD}}"\ntags: [meeting]\npeople: []\nproject:\n---\n# {{title}}\n'
    )
    assert "## Actions\n\n- [ ] \n" in shown
    assert "told from 8 of 8 notes · they have 100% of it" in shown
    assert "not in all: doi 83%" in desk.text("template", "infer", "Library")
    assert "<% tp.file.title %>" in desk.text("template", "infer", "Daily", "--syntax", "templater")
    answer = desk.json("template", "infer", "Recipes")
    assert [each["name"] for each in answer["properties"]] == ["tags", "serves", "time_min", "rating"]


def test_other_kinds_and_notes_that_are_left_out_are_named(desk: Desk):
    shown = desk.text("template", "infer", ".")
    assert "another kind, 20 notes: daily, as Daily/2026-03-02.md" in shown
    assert "left out: Inbox/Broken properties.md: line 3 of it" in shown
    answer = desk.json("template", "infer", *(f"Daily/2026-03-{day}" for day in ("02", "04", "09")))
    assert len(answer["notes"]) == 3


def test_a_folder_can_be_named_from_where_one_stands(desk: Desk):
    assert desk.text("template", "infer", ".", cwd=desk.vault / "Daily").startswith("Daily\n")


def test_what_cannot_be_inferred_is_told(desk: Desk):
    assert "from 3 notes at least" in desk.error("template", "infer", "Templates", code=5)
    assert "There is no folder 'Nowhere'" in desk.error("template", "infer", "Nowhere", code=2)
    assert "add --yes" in desk.error("template", "infer", "Daily", "--write", "T", code=2)
    done = desk.run("template", "infer", "Daily", "--model")
    assert (done.returncode, "no name and hints: No provider" in done.stderr) == (0, True)


def test_a_template_is_written_and_applied_and_taken_back(own: Desk):
    before = bytes_of(own.vault)
    shown = own.text("template", "infer", "Meetings", "--write", "Templates/New", "--yes")
    assert "To take it back: librarian undo" in shown
    shown = own.text("template", "apply", "Templates/New.md", MEETING, "--yes")
    assert f"makes  {MEETING}" in shown
    made = (own.vault / MEETING).read_text("utf-8")
    assert "# 2026-05-07 Budget\n\n## Present\n" in made
    own.text("undo")
    own.text("undo")
    assert bytes_of(own.vault) == before


def test_a_note_that_is_there_gets_what_it_lacks(own: Desk):
    note = own.vault / "Recipes" / "Challah.md"
    before = note.read_text("utf-8")
    plan = own.json("template", "apply", "Person template", "Recipes/Challah.md")
    assert plan["applied"] is None
    assert note.read_text("utf-8") == before
    own.text("template", "apply", "Person template", "Recipes/Challah.md", "--yes")
    after = note.read_text("utf-8")
    assert "tags: [recipe, cooking/bread, person]" in after
    assert "## How we met\n" in after
    assert [line for line in before.splitlines() if line not in after.splitlines()] == ["tags: [recipe, cooking/bread]"]
    again = own.text("template", "apply", "Person template", "Recipes/Challah.md", "--yes")
    assert again == "Nothing to do: every note has all of the template.\n"


def test_notes_that_cannot_be_changed_are_named(desk: Desk):
    assert "line 3 of it" in desk.error(
        "template", "apply", "Person template", "Inbox/Broken properties.md", "--yes", code=5
    )
    assert "no note at" in desk.error("template", "apply", "nope nope", "Recipes/Challah.md", "--yes", code=4)
    assert "add --yes" in desk.error("template", "apply", "Person template", "Recipes/Challah.md", code=2)


@pytest.mark.elsewhere(sys.platform == "win32", reason="Windows has no terminals of this kind")
def test_a_person_is_shown_what_would_change_and_asked(own: Desk):
    from tests.e2e.screen import screen

    before = bytes_of(own.vault)
    command = own.command("template", "apply", "Person template", "People/New.md")
    with screen(command, cwd=own.vault, environment=own.environment) as shown:
        assert "# New" in shown.until("Do it? [y/n]")
        shown.press("n")
        shown.until("Nothing was changed.")
        assert shown.end() == 1
    assert bytes_of(own.vault) == before
    command = own.command("template", "infer", "Daily", "--write", "Templates/Mine")
    with screen(command, cwd=own.vault, environment=own.environment) as shown:
        shown.until("Write it to Templates/Mine.md? [y/n]")
        shown.press("y")
        shown.until("librarian undo")
        assert shown.end() == 0
    assert (own.vault / "Templates" / "Mine.md").read_text("utf-8").startswith('---\ndate: "{{date:YYYY-MM-DD}}"\n')
