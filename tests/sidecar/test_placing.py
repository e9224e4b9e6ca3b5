"""A summary put into a note: where it is wanted, once, and with all else as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librarian.edit import rewritten
from librarian.errors import EditRefused
from librarian.merging.anatomy import anatomy
from librarian.placing import beside, placed
from librarian.summary import MARK

CALLOUT = f"{MARK} Summary\n> One.\n> Two.\n"


def after(note: str, text: str, where: str) -> str:
    content = note.encode()
    return rewritten(placed("a.md", content, text, where), content).decode()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("note", "then"),
    [
        ("Body.\n", CALLOUT + "\nBody.\n"),
        ("---\na: 1\n---\n# H\n", "---\na: 1\n---\n" + CALLOUT + "\n# H\n"),
        ("---\na: 1\n---", "---\na: 1\n---\n" + CALLOUT),
        ("---\na: 1\n---\n\nBody.\n", "---\na: 1\n---\n" + CALLOUT + "\nBody.\n"),
        ("", CALLOUT),
        ("\ufeffBody.\n", "\ufeff" + CALLOUT + "\nBody.\n"),
    ],
)
def test_it_stands_below_the_properties(note: str, then: str) -> None:
    assert after(note, "One.\nTwo.", "top") == then


def test_lines_end_as_they_do_in_the_note() -> None:
    assert after("A\r\nB\r\n", "One.", "top") == f"{MARK} Summary\r\n> One.\r\n\r\nA\r\nB\r\n"


def test_it_stands_at_the_end() -> None:
    assert after("Body.\n\n", "One.\nTwo.", "end") == "Body.\n\n" + CALLOUT
    assert after("Body 🌊", "One.\nTwo.", "end") == "Body 🌊\n\n" + CALLOUT
    assert after("---\na: 1\n---", "One.\nTwo.", "end") == "---\na: 1\n---\n" + CALLOUT


@pytest.mark.parametrize("where", ["top", "end"])
def test_one_of_ours_is_replaced_where_it_stands_and_others_stay(where: str) -> None:
    note = "🌊 Intro.\n\n> [!summary] Mine\n> stays\n\n> [!summary|librarian] Summary\n> old\n> older\n\nRest.\n"
    assert after(note, "New.", where) == note.replace("> old\n> older", "> New.")


def test_a_property_is_added_and_then_replaced_and_its_neighbours_stay() -> None:
    note = "---\n# mine\na:   1   # kept\ntags: [x]\n---\nBody.\n"
    once = after(note, 'One: "two".\n- three', "property")
    assert once == note.replace("[x]\n", '[x]\nsummary: "One: \\"two\\". three"\n')
    assert after(once, "Two", "property") == note.replace("[x]\n", "[x]\nsummary: Two\n")
    assert after("Body.\n", "Two", "property") == "---\nsummary: Two\n---\nBody.\n"
    folded = "---\nSummary: >\n  old\n  text\nb: 2\n---\n"
    assert after(folded, "Two", "property") == "---\nsummary: Two\nb: 2\n---\n"


def test_properties_that_cannot_be_read_are_left_alone() -> None:
    with pytest.raises(EditRefused):
        placed("a.md", b"---\na: [1\nb: }\n---\n", "x", "property")
    with pytest.raises(EditRefused):
        placed("a.md", b"\xff\xfe\xff", "x", "top")
    with pytest.raises(EditRefused):
        placed("a.md", b"x", "<!-- -->", "top")


def test_what_would_load_or_run_is_not_written() -> None:
    written = after(
        "Body.\n", "See ![x](https://evil.example/?q) <script>a</script> <% tp %> ![[Secret]] [[Tides]]", "top"
    )
    assert "evil" not in written
    assert "<script" not in written
    assert "<%" not in written
    assert "![[" not in written
    assert "[[Tides]]" in written


def test_a_new_note_takes_a_name_that_is_free() -> None:
    taken = {"d/A (summary).md"}
    edit = beside("d/A.md", "One.", lambda path: path not in taken)
    assert (edit.path, edit.content) == ("d/A (summary 2).md", "Summary of [[A]]\n\nOne.\n")


@given(st.text(alphabet="ab\n-: >#`🌊[!]", max_size=120), st.sampled_from(["top", "end"]))
def test_every_word_stays_and_twice_is_as_once(note: str, where: str) -> None:
    once = after(note, "Said.", where)
    left = once.replace(f"{MARK} Summary\n> Said.", "", 1)
    assert "".join(left.split()) == "".join(note.split())
    if anatomy(once).text.count(MARK) == 1 and any(once.startswith(MARK, each.start) for each in anatomy(once).blocks):
        assert after(once, "Said.", where) == once
