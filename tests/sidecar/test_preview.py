"""A preview shows the lines that change, and no others."""

from __future__ import annotations

import pytest
from hypothesis import given
from test_edit import rewrite, rewrites

from librarian.change import Hunk
from librarian.edit import Create, Replacement, Rewrite, Trash, decoded, rewritten
from librarian.errors import EditRefused
from librarian.preview import MAX_CHARACTERS, MAX_HUNKS, hunks, planned

TEXT = "one\ntwo two\r\nthree\n\nfive"


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(0, 3, "1")], [(0, "one", "1")]),
        ([(4, 7, "2"), (8, 11, "zwei")], [(1, "two two", "2 zwei")]),
        ([(0, 0, "x"), (13, 13, "y")], [(0, "one", "xone"), (2, "three", "ythree")]),
        ([(3, 4, " ")], [(0, "one\ntwo two", "one two two")]),
        ([(18, 19, ""), (20, 20, "4")], [(2, "three\n", "three"), (4, "five", "4five")]),
        ([(24, 24, "\nsix")], [(4, "five", "five\nsix")]),
        ([], []),
    ],
)  # fmt: skip
def test_lines_that_change_are_shown_before_and_after(
    spans: list[tuple[int, int, str]], expected: list[tuple[int, str, str]]
) -> None:
    found = hunks(rewrite(*spans), TEXT)
    assert [(each.line, each.removed, each.added) for each in found] == expected


@given(rewrites())
def test_what_is_shown_stands_in_the_text(made: tuple[bytes, str, tuple[Replacement, ...]]) -> None:
    content, text, replacements = made
    edit = Rewrite(path="a.md", digest="", replacements=replacements)
    try:
        after = decoded("a.md", rewritten(edit, content))
    except EditRefused:
        return
    last = -1
    for hunk in hunks(edit, text):
        assert hunk.line > last
        lines = text.split("\n")[hunk.line : hunk.line + hunk.removed.count("\n") + 1]
        assert "\n".join(lines) in (hunk.removed, hunk.removed + "\r")
        assert hunk.added in after
        last = hunk.line + hunk.removed.count("\n")


def test_long_ones_are_cut_and_many_are_counted() -> None:
    text = "x\n" * 50
    many = planned(rewrite(*((2 * line, 2 * line + 1, "y" * 3000) for line in range(50))), text.encode())
    assert (len(many.hunks), many.more) == (MAX_HUNKS, 50 - MAX_HUNKS)
    assert many.hunks[0].added == "y" * (MAX_CHARACTERS - 1) + "…"
    made = planned(Create(path="n.md", content="new\n"))
    assert made.hunks == (Hunk(line=0, removed="", added="new\n"),)
    assert planned(Trash(path="n.md", digest="00")).hunks == ()
