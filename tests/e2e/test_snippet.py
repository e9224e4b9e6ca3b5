"""What of a passage is shown, row by row."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from librarian.cli.snippet import MAX_ROWS, snippet
from librarian.cli.terminal import cells, clean, padded, shortened

TEXTS = st.text(
    alphabet=st.sampled_from("ab \n#→é漢字カナ한שלום\u05b0\u0301\u200d😀👩🏽\x1b\x9b\t\u202e\r\ufe0f"), max_size=300
)


def passage(text: str, *words: str, heading: str | None = None, line: int = 0) -> dict[str, object]:
    """A passage of the wire in which ``words`` matched."""

    def units(before: str) -> int:
        return len(before.encode("utf-16-le")) // 2

    found = [each for word in words for each in re.finditer(re.escape(word), text)]
    ranges = [
        [units(text[: each.start()]), units(text[: each.end()])]
        for each in sorted(found, key=lambda each: each.start())
    ]
    return {"text": text, "heading": heading, "line": line, "ranges": ranges}


def matched(text: str, *words: str, columns: int = 40) -> list[str]:
    """The pieces shown as matches."""
    shown = snippet(passage(text, *words), columns)
    return [piece for row in shown.rows for piece, is_match in row.pieces if is_match]


def test_the_heading_is_not_repeated_as_text():
    shown = snippet(passage("## Tides\n\nThe tide comes.", "Tide", "tide", heading="Tides", line=4), 40)
    assert [row.text for row in shown.rows] == ["The tide comes."]
    assert shown.heading is not None
    assert shown.heading.pieces == (("Tide", True), ("s", False))
    assert shown.line == 6


def test_a_long_line_is_cut_around_what_matched():
    shown = snippet(passage("word " * 100 + "needle" + " word" * 100, "needle"), 40)
    assert any("needle" in row.text for row in shown.rows)
    assert shown.rows[0].text.startswith("…")
    assert shown.rows[-1].text.endswith("…")


def test_the_place_with_most_matches_is_shown():
    text = "a of b " + "filler " * 60 + "the window of opportunity" + " filler" * 60
    assert "window" in matched(text, "of", "window", "opportunity")


def test_matches_after_emoji_and_in_dense_scripts_are_marked_exactly():
    assert matched("😀😀 needle 😀", "needle") == ["needle"]
    assert matched("春天的红树林很美", "红树林") == ["红树林"]
    assert matched("שלום עולם", "עולם") == ["עולם"]
    assert matched("👩🏽‍🔬 e\u0301tu", "e") == ["e\u0301"]


def test_an_ideographic_space_and_a_joined_emoji_survive():
    assert clean("味噌\u3000汁 👩‍🔬 a\u00a0b") == "味噌\u3000汁 👩‍🔬 a\u00a0b"


def test_columns_count_wide_letters_twice_and_marks_not_at_all():
    assert cells("漢字ab") == 6
    assert cells("e\u0301") == 1
    assert padded("漢字", 6) == "漢字  "
    assert shortened("漢字漢字", 5) == "漢字…"


@given(TEXTS, st.integers(10, 60))
def test_rows_fit_and_hold_no_control_characters(text: str, columns: int):
    shown = snippet(passage(text, "a", "漢", "😀"), columns)
    assert len(shown.rows) <= MAX_ROWS
    for row in shown.rows:
        assert cells(row.text) <= columns + 1  # a wide letter never stands half in
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e]", row.text)


@given(TEXTS, st.integers(2, 60))
def test_padding_and_shortening_keep_their_columns(text: str, columns: int):
    line = clean(text).replace("\n", " ")
    assert cells(padded(line, columns)) == columns
    assert cells(shortened(line, columns)) <= columns
