"""A note that is too long is read in parts from everywhere, whatever it is made of, and all others whole."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

import pytest

from librarian.quoting import Quoting
from librarian.sampling import MOST_LETTERS, is_read_whole, read_parts
from librarian.sentences import sentences
from librarian.summary import Wish

SENTENCE = "The tide of day {0} rises over the marsh and the harbour before anybody of number {0} wakes. "
DAYS = [SENTENCE.format(number) for number in range(20_000)]


def diary(days: int) -> str:
    """Two sentences a paragraph, and a heading for each ten."""
    pairs = ("".join(DAYS[number : number + 2]) for number in range(0, days, 2))
    return "\n\n".join(f"## Week {number}\n\n{pair}" if number % 5 == 0 else pair for number, pair in enumerate(pairs))


def test_of_a_note_that_is_too_long_every_section_is_read() -> None:
    note = diary(20_000)
    assert len(note) > 3 * MOST_LETTERS
    read = sentences(note)
    assert sum(len(each.text) for each in read) <= MOST_LETTERS
    assert sum(len(each.text) for each in read) > 0.9 * MOST_LETTERS
    lines = note.split("\n")
    assert all(lines[each.line].startswith(each.text) or each.text in lines[each.line] for each in read)
    found = {each.text for each in read}
    assert all(DAYS[number].strip() in found for number in range(0, 20_000, 10))
    assert not is_read_whole(note)


def test_a_note_that_is_not_too_long_is_read_whole() -> None:
    note = diary(4_000)
    assert len(sentences(note)) == 4_000
    assert is_read_whole(note)
    code = f"Words.\n\n```\n{'x' * MOST_LETTERS}\n```\n"
    assert (is_read_whole(code), len(sentences(code))) == (True, 1)


@pytest.mark.parametrize(
    "note",
    ["".join(DAYS), "\n".join(DAYS), "".join(f"- {day}\n" for day in DAYS), "潮" * 4 * MOST_LETTERS, "# A\n\nb\n\n" * 300_000],
    ids=["one line", "one paragraph", "a list", "no blanks at all", "more sections than letters"],
)  # fmt: skip
def test_parts_are_of_everywhere_whatever_it_is_made_of(note: str) -> None:
    parts = read_parts(note)
    assert 0.9 * MOST_LETTERS < sum(part.end - part.start for part in parts) <= MOST_LETTERS or len(parts) == 300_000
    tenths = {part.start * 10 // len(note) for part in parts}
    assert tenths == set(range(10))
    assert all(one.end <= other.start for one, other in pairwise(parts))
    assert sentences(note)


def test_a_summary_of_a_book_takes_hardly_longer_than_of_a_chapter() -> None:
    def seconds(days: int) -> float:
        note, started = diary(days), time.process_time()
        asyncio.run(Quoting(None).of([note], Wish()))
        return time.process_time() - started

    seconds(100)
    assert seconds(20_000) < 4 * seconds(4_000)
