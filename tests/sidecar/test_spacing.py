"""A model's blank lines: one is shown of several, code keeps its own, and what is blank alone is no answer."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librarian.cleaning import Cleaning, cleaned

PIECES = [
    "\n",
    "\n\n\n",
    " ",
    "\t",
    "\u00a0",
    "\u200d",
    "a",
    "b c",
    "    x",
    "```",
    "~~~",
    "- ",
    "> ",
    "```py\n",
    "\n```\n",
]
texts = st.lists(st.sampled_from(PIECES), max_size=16).map("".join)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("One.\n\n\n\n\nTwo.", "One.\n\nTwo."),
        ("One.\n \n\t\n\u3000\n\nTwo.\n\n\n", "One.\n \nTwo."),
        ("\n\n\nOne.\n\u200d\n\nTwo.", "One.\n\nTwo."),
        ("One.\n\u00a0\n\u00a0\nTwo.", "One.\n\u00a0\nTwo."),
        ("```py\na\n\n\n\nb\n```\n\n\n\nTwo.", "```py\na\n\n\n\nb\n```\n\nTwo."),
        ("- ```py\n  a\n\n\n  b\n  ```\n\n\n- c", "- ```py\n  a\n\n\n  b\n  ```\n\n- c"),
        ("~~~\n```\n\n\n~~~~\n\n\nTwo.", "~~~\n```\n\n\n~~~~\n\nTwo."),
        ("    a\n\n\n    b\n\n\nTwo.", "    a\n\n\n    b\n\nTwo."),
        ("Not ```\n\n\nTwo.", "Not ```\n\nTwo."),
        ("\n \n\u00a0\n\u200d\n\ufeff\n", ""),
        ("<br>\n\n<!-- nothing -->\n\n", ""),
    ],
)
def test_one_blank_line_is_left_of_several(written: str, shown: str) -> None:
    assert cleaned(written) == shown
    for step in (1, 3):
        cleaning = Cleaning()
        told = "".join(cleaning.take(written[place : place + step]) for place in range(0, len(written), step))
        assert cleaning.whole() == shown.strip()
        assert shown.strip().startswith(told.rstrip())


@given(texts, st.integers(1, 5))
def test_no_line_is_shown_while_it_comes_that_the_whole_text_lacks(text: str, step: int) -> None:
    cleaning, told = Cleaning(), ""
    for place in range(0, len(text), step):
        told += cleaning.take(text[place : place + step])
        assert not told.endswith("\n"), "who knows whether there is another line"
        assert cleaning.whole().startswith(told.rstrip())
    assert cleaning.whole() == cleaned(text).strip()


@given(texts)
def test_what_is_spaced_stays_as_it_is(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)


@pytest.mark.parametrize("piece", ["\n", " ", "\n\u00a0", "a\n\n\n", "```\n\n"])
def test_it_takes_linear_time_as_it_comes(piece: str) -> None:
    def seconds(count: int) -> float:
        cleaning, started = Cleaning(), time.thread_time()
        for _ in range(count):
            cleaning.take(piece)
        cleaning.whole()
        return time.thread_time() - started

    seconds(500)
    assert seconds(16_000) < 10 * seconds(4_000) + 0.1, "the square would be sixteen times as long"
