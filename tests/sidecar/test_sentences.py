"""Sentences of every script, without markup, each with its line; and those that say most."""

from __future__ import annotations

import time
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librarian.embedding import StaticEmbedder, default_embedder
from librarian.extraction import chosen
from librarian.portions import portions
from librarian.sentences import sentences, words


@cache
def model() -> StaticEmbedder:
    return default_embedder()


def texts(note: str) -> list[str]:
    return [each.text for each in sentences(note)]


@pytest.mark.parametrize(
    ("note", "found"),
    [
        ("Dr. Smith came at 5 p.m. with J. Doe. He left!", ["Dr. Smith came at 5 p.m. with J. Doe.", "He left!"]),
        ("Am 3. März war es kalt, z.B. nachts. Dann nicht.", ["Am 3. März war es kalt, z.B. nachts.", "Dann nicht."]),
        ("It is 3.5 m high. See e.g. the map.", ["It is 3.5 m high.", "See e.g. the map."]),
        ("你好世界。这是第二句！「对吗？」是的", ["你好世界。", "这是第二句！", "「对吗？」", "是的"]),
        ("これは一つ目。二つ目です。", ["これは一つ目。", "二つ目です。"]),
        ("שלום עולם. מה שלומך? טוב.", ["שלום עולם.", "מה שלומך?", "טוב."]),
        ("مرحبا بالعالم. كيف حالك؟ بخير.", ["مرحبا بالعالم.", "كيف حالك؟", "بخير."]),
        ("यह पहला है। यह दूसरा है।", ["यह पहला है।", "यह दूसरा है।"]),
        ("He said “Go.” Then he went.", ["He said “Go.”", "Then he went."]),
        ("One... two. Three", ["One... two.", "Three"]),
        ("", []),
        ("---\na: b\n---\n", []),
    ],
)
def test_sentences_end_where_their_script_ends_them(note: str, found: list[str]) -> None:
    assert texts(note) == found


def test_markup_is_read_as_it_is_shown() -> None:
    note = (
        "---\ntitle: not me\n---\n# Not me\n\n"
        "See **[[Tides|the tides]]** and [a page](https://x.example/a) at `low` water[^1]. %%not me%% ![[not me]]\n\n"
        "- [ ] first task ^id\n  - second\n\n> [!note] Not me\n> A callout.\n\n```\nnot me\n```\n\n| not | me |\n|---|---|\n\n"
        "$$not = me$$\n\n> [!summary|librarian] Summary\n> not me, I am a summary\n\n[^1]: not me\n"
    )
    assert texts(note) == [
        "See the tides and a page at low water.", "first task", "second", "A callout.",
    ]  # fmt: skip


def test_each_sentence_knows_its_line() -> None:
    note = "---\na: 1\n---\n# H\n\nOne. Two\nstill two. Three.\n\n- item\n\n> q one.\n> Q two.\n"
    assert [(each.text, each.line) for each in sentences(note)] == [
        ("One.", 5), ("Two still two.", 5), ("Three.", 6), ("item", 8), ("q one.", 10), ("Q two.", 11),
    ]  # fmt: skip


@given(st.text(max_size=300))
def test_any_text_has_sentences_that_stand_on_lines_of_it(note: str) -> None:
    lines = note.count("\n") + 1
    assert all(0 <= each.line < lines and each.text.strip() for each in sentences(note))


@pytest.mark.parametrize("piece", ["[[", "a. ", "> ", "**a", "%%", "`", "- x\n", "a[^", "[a](", "。", "<a ", "_a "])
def test_hostile_notes_take_linear_time(piece: str) -> None:
    started = time.perf_counter()
    sentences(piece * 10_000)
    assert time.perf_counter() - started < 5


def test_words_are_counted_in_every_script() -> None:
    assert [words(text) for text in ("two words", "你好世界", "don't stop", "", "שלום עולם")] == [2, 2, 2, 0, 2]


NOTE = """# Gate

Good morning. The board met in the old school, and coffee was late.

The gate will be rebuilt in 2027, because the tide gate of 1962 leaks and floods the road twice a year.

Somebody had brought cake. The window was open.

The rebuilt gate costs 1.2 million euros, of which the county pays two thirds of the cost for the tide gate.

The gate that leaks floods the road, so that the tide gate will be rebuilt in 2027.

Lunch was soup.
"""


def test_the_sentences_that_say_most_are_chosen_once_and_in_their_order() -> None:
    for vectors in (model().model.embed, None):
        picked = chosen([sentences(NOTE)], 40, vectors)
        said = " ".join(each.sentence.text for each in picked)
        assert "2027" in said
        assert "1.2 million" in said or vectors is None
        assert "soup" not in said
        assert said.count("2027") == 1 or vectors is None
        assert [each.order for each in picked] == sorted(each.order for each in picked)


def test_a_tiny_note_gives_itself() -> None:
    picked = chosen([sentences("Only this. And that.")], 50, None)
    assert [each.sentence.text for each in picked] == ["Only this.", "And that."]


def test_of_several_notes_each_may_speak_and_the_same_is_said_once() -> None:
    same = "The tide gate floods the road twice a year and will be rebuilt."
    notes = [f"{same} Here is number {number} with words of its own about {word} and more." for number, word in enumerate(
        ["eelgrass", "geese", "mud", "bread", "drones"])]  # fmt: skip
    picked = chosen([sentences(note) for note in notes], 45, model().model.embed)
    said = [each.sentence.text for each in picked]
    assert len(said) == len(set(said))
    assert len({each.note for each in picked}) >= 3


@given(st.lists(st.text(alphabet="ab .\n-[]#>", max_size=60), max_size=4), st.integers(10, 60))
def test_what_is_chosen_are_sentences_of_the_notes(notes: list[str], length: int) -> None:
    read = [sentences(note) for note in notes]
    for each in chosen(read, length, None):
        assert each.sentence == read[each.note][each.order]


def test_a_note_is_cut_along_its_headings_and_nothing_is_lost() -> None:
    note = "---\nsecret: no\n---\nIntro.\n\n" + "\n\n".join(
        f"## Part {number}\n\n" + "Words of this part that go on. " * 60 for number in range(8)
    )
    found = portions(note, 1000)
    assert len(found) > 3
    assert all(each.text.startswith(("## Part", "Intro")) for each in found)
    body = "".join(note.partition("---\nIntro")[1:]).removeprefix("---\n").split()
    assert " ".join(each.text for each in found).split() == body
    lines = note.split("\n")
    assert all(lines[each.line] == each.text.split("\n")[0] for each in found)
    assert "secret" not in found[0].text


def test_no_part_of_a_private_key_is_in_a_portion() -> None:
    key = "\n".join(
        [
            "-----BEGIN PGP PRIVATE KEY BLOCK-----",
            "",
            *["q83vEjRWeJCrze8S" * 4] * 60,
            "-----END PGP PRIVATE KEY BLOCK-----",
        ]
    )
    found = portions(f"Keys.\n\n{key}\n\nThat is all.\n", 200)
    assert "q83v" not in "".join(each.text for each in found)
    assert found[-1].text.endswith("That is all.")


@given(st.text(alphabet="ab# \n.>-`", max_size=400), st.integers(5, 50))
def test_portions_hold_every_word(note: str, room: int) -> None:
    found = portions("x" + note, room)
    assert "".join("".join(each.text for each in found).split()) == "".join(("x" + note).split())
