"""The query mix is drawn by rules a seed repeats, from what stands in the notes."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .queries import SHARES, Lines, draw, misspell, read_lines

NOTES = [
    Lines(
        f"{name}.md",
        f"{name} garden plan",
        ("Sowing early carrots", "Watering by hand"),
        (f"the {name} beds want compost in spring", "the hens like the garden", f"庭の{name}野菜を育てる方法について"),
    )
    for name in ("northern", "southern", "eastern", "western", "sheltered", "terraced")
]
FEW = {kind: 3 for kind in SHARES}


def test_the_same_seed_draws_the_same_mix_and_another_seed_another():
    assert draw(NOTES, FEW, seed=1) == draw(NOTES, FEW, seed=1)
    assert draw(NOTES, FEW, seed=1) != draw(NOTES, FEW, seed=2)


def test_every_kind_has_its_share_without_repeats():
    mix = draw(NOTES, FEW)
    for kind, wanted in FEW.items():
        texts = [query.text for query in mix if query.kind == kind]
        assert len(texts) == len(set(texts)) == wanted


def test_phrases_rare_words_and_characters_stand_in_their_note():
    whole = {note.path: "\n".join([note.title, *note.headings, *note.body]) for note in NOTES}
    for query in draw(NOTES, FEW):
        if query.kind in ("phrase", "rare", "cjk", "frequent"):
            assert query.text.strip('"') in whole[query.path]


def test_a_prefix_stops_inside_a_word():
    words = {word for note in NOTES for line in note.prominent() for word in line.lower().split()}
    for query in draw(NOTES, FEW):
        if query.kind == "prefix":
            last = query.text.split()[-1]
            assert any(word.startswith(last) and word != last for word in words)


def test_notes_that_cannot_give_a_kind_are_an_error():
    plain = [Lines("a.md", "garden plan", (), ("the hens like the garden",))]
    with pytest.raises(ValueError, match="0 of 1 queries of kind 'cjk'"):
        draw(plain, {"cjk": 1})


@given(st.text("abcdefgh", min_size=5, max_size=12), st.integers())
def test_a_slip_keeps_the_first_letter_and_changes_at_most_one_place(word: str, seed: int):
    slip = misspell(word, random.Random(seed))
    assert slip != word
    assert slip[0] == word[0]
    assert abs(len(slip) - len(word)) <= 1


def test_front_matter_and_code_are_not_quoted(tmp_path: Path):
    (tmp_path / "n.md").write_text(
        "---\ntags: [hidden]\n---\n# Title\n\nSome text.\n```sh\n# not a heading\n```\n## Part\n", encoding="utf-8"
    )
    assert read_lines(tmp_path, "n.md") == Lines("n.md", "n", ("Title", "Part"), ("Some text.",))
