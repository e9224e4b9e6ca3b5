"""How differences are cut to what a terminal can show."""

from __future__ import annotations

from typing import Any

import pytest

from librarian.cli.difference import _shortened, _text, _wrapped, excerpt
from librarian.cli.terminal import cells


def line(left: str | None, right: str | None) -> dict[str, Any]:
    sides = {"left": left, "right": right}
    return {name: None if text is None else [{"text": text, "same": True}] for name, text in sides.items()}


def test_an_excerpt_has_the_wanted_lines_of_the_second_note_and_where_they_are_in_both():
    lines = [line("a", "a"), line("b", None), line("c", None), line("d", "d"), line(None, "e"), line("f", "f")]
    answer = {"hunks": [{"leftLine": 10, "rightLine": 20, "lines": lines}], "same": 3}
    cut = excerpt(answer, 21, 22)
    assert cut["same"] == 3
    assert cut["hunks"] == [{"leftLine": 13, "rightLine": 21, "lines": lines[3:5]}]
    assert excerpt(answer, 30, 40)["hunks"] == []


@pytest.mark.parametrize("columns", [1, 5, 12, 80])
@pytest.mark.parametrize(
    "text", ["", "a few words of one line", "oneverylongwordwithoutspaces", "今日は良い天気ですね", "   indented  far"]
)
def test_rows_are_the_whole_line_and_none_is_too_wide(text: str, columns: int):
    rows = list(_wrapped([(character, True) for character in text], columns))
    assert "".join(character for row in rows for character, _ in row) == text
    assert rows
    for row in rows:
        assert cells(_text(row)) <= max(columns, 2)


def test_what_is_the_same_is_shown_near_a_change_only():
    same = " ".join(f"word{number}" for number in range(60))
    assert _shortened(same, is_first=True, is_last=False).startswith("… ")
    assert _shortened(same, is_first=False, is_last=True).endswith(" …")
    middle = _shortened(same, is_first=False, is_last=False)
    assert middle.startswith("word0 word1")
    assert middle.endswith("word58 word59")
    assert len(middle) < 130
    assert _shortened("short", is_first=False, is_last=False) == "short"
