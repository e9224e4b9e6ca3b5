"""Evidence: notes cut into passages, passages weighed and chosen, sentences held against what they cite."""

from __future__ import annotations

import time

import pytest

from librarian.evidence import Found, Piece, chosen, cut, is_supported, link, quotation, rarity, weigh, widened
from librarian.stops import sentences
from librarian.terms import is_same, numbers, words
from librarian.tokens import expected

NOTE = """---
tags: [coast]
---
# Marsh

Glasswort grows on the mud.

It is eaten with butter.

## Birds

- redshank
- dunlin

```sh
# no heading
echo x

echo y
```
"""


def far(_one: str, _other: str) -> float:
    """No model: nothing is near."""
    return 0.0


def test_a_note_is_cut_under_its_headings_and_lines_are_those_of_the_file() -> None:
    pieces = cut(NOTE)
    assert [(piece.heading, piece.line) for piece in pieces] == [("Marsh", 5), ("Birds", 11)]
    lines = NOTE.split("\n")
    for piece in pieces:
        assert piece.text.split("\n") == lines[piece.line : piece.last_line + 1]
    assert "# no heading" in pieces[1].text
    assert "tags" not in "".join(piece.text for piece in pieces)


@pytest.mark.parametrize("text", ["", "\n\n", "---\na: 1\n---\n", "# Only a heading\n", "%% hidden %%", "```\n"])
def test_what_says_nothing_has_no_passage(text: str) -> None:
    assert cut(text) == []


def test_a_summary_that_was_put_into_the_note_is_no_passage_of_it() -> None:
    text = "# Marsh\n\n> [!summary|librarian] Summary\n> It floods.\n\nIt floods twice a day."
    assert [(each.text, each.line) for each in cut(text)] == [("It floods twice a day.", 5)]


def test_lines_are_counted_with_every_kind_of_line_end_and_in_one_long_line() -> None:
    assert [piece.line for piece in cut("# A\r\n\r\none\r\n\r\n# B\r\n\r\ntwo\r\n")] == [2, 6]
    long = " ".join(f"Sentence {number} of a paragraph that has no end." for number in range(200))
    pieces = cut(f"# A\n\n{long}\n\nafter\n")
    assert {piece.line for piece in pieces[:-1]} == {2}
    assert pieces[-1].text.endswith("after")
    assert all(len(piece.text) <= 1700 for piece in pieces)


@pytest.mark.parametrize(
    "text",
    ["# a" + " #" * 40_000, "# " + " \t" * 40_000 + "x", "%%" * 40_000, "<!--" * 20_000, "> " * 40_000, "```\n" * 20_000,
     "---\n" * 20_000, "\r" * 80_000],
)  # fmt: skip
def test_no_note_takes_long_to_cut(text: str) -> None:
    began = time.perf_counter()
    cut(text)
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("written", "heading"),
    [("# A #", "A"), ("## C# ##", "C#"), ("# C#", "C#"), ("# #", None), ("#", "none"), ("#### D ", "D")],
)
def test_headings_are_read_as_markdown_has_them(written: str, heading: str | None) -> None:
    (piece,) = cut(f"# none\n\n{written}\ntext\n")
    assert piece.heading == heading


def test_no_part_of_a_private_key_is_in_a_passage() -> None:
    key = "\n".join(
        ["-----BEGIN OPENSSH PRIVATE KEY-----", *["q83vEjRWeJCrze8S" * 4] * 60, "-----END OPENSSH PRIVATE KEY-----"]
    )
    for note in (
        f"# Server\n\nLog in.\n\n{key}\n\nThat is all.\n",
        f"# Server\n\nLog in.\n\n```\n{key}\n```\n\nThat is all.\n",
    ):
        pieces = cut(note)
        assert "q83v" not in "".join(piece.text for piece in pieces)
        for piece in pieces:
            assert note.split("\n")[piece.last_line] == piece.text.split("\n")[-1]


def test_a_very_long_note_is_cut_around_what_was_found() -> None:
    text = "# Start\n" + "filler line of no use\n" * 20_000 + "# End\n\nthe treasure is here\n"
    pieces = cut(text, (20_003,))
    assert sum(len(piece.text) for piece in pieces) < 20_000
    assert pieces[-1].heading == "End"
    assert text.split("\n")[pieces[-1].line] == "the treasure is here"


def weighed(text: str, wanted: dict[str, float], *, title: str = "Note", path: str = "a.md", rank: int = 0) -> Found:
    return weigh(Found(path, title, Piece(text, None, 0, 0)), [wanted], 0.0, rank)


def test_rare_words_say_more_than_common_ones() -> None:
    weights = rarity({"challah": 3, "day": 9000}, 10_000)
    assert weighed("the challah", weights).score > weighed("the day", weights).score
    assert weighed("the challah of the day", weights).coverage == pytest.approx(1.0)


def test_a_word_of_the_title_counts_less_than_one_of_the_text() -> None:
    weights = {"challah": 1.0, "honey": 1.0}
    named = weighed("80 g of honey", weights, title="Challah")
    assert weighed("nothing", weights, title="Challah").score < named.score < weighed("honey, challah", weights).score


def test_no_two_passages_that_are_chosen_say_the_same() -> None:
    text = "Glasswort grows on the mud of the lower marsh, where nothing else does, and turns red in autumn."
    weights = {"glasswort": 1.0}
    twins = [weighed(text, weights, path="a.md"), weighed(text + " So it is.", weights, path="b.md")]
    other = weighed("Glasswort is eaten with butter.", weights, path="c.md", rank=5)
    assert [found.path for found in chosen([*twins, other], 5, 5000)] == ["a.md", "c.md"]


def test_passages_fit_into_the_room_there_is_and_one_note_does_not_take_all() -> None:
    weights = {"kelp": 1.0}
    one = [weighed(f"kelp number {number} " + f"w{number} " * 20, weights) for number in range(9)]
    other = weighed("kelp elsewhere", weights, path="z.md", rank=9)
    kept = chosen([*one, other], 6, 10_000)
    assert "z.md" in {found.path for found in kept}
    assert len(kept) == 6
    assert sum(expected(found.piece.text) for found in chosen(one, 9, 150)) <= 150


def test_a_passage_comes_with_what_stands_around_it_under_its_heading() -> None:
    pieces = [
        Piece("before", "H", 4, 0),
        Piece("found", "H", 6, 1),
        Piece("after", "H", 9, 2),
        Piece("far", "I", 12, 3),
    ]
    (wide,) = widened([Found("a.md", "A", pieces[1])], {"a.md": pieces}, 1000)
    assert (wide.piece.text, wide.piece.line) == ("before\n\nfound\n\n\nafter", 4)
    (narrow,) = widened([Found("a.md", "A", pieces[1])], {"a.md": pieces}, 1)
    assert narrow.piece.text == "found"


PASSAGE = (
    "Dissolve 20 g of fresh yeast in 220 g of lukewarm water with a spoon of honey. Knead for twelve minutes. "
    "Bake at 180 °C for 28 minutes; [[Greta Moll]] gets the other loaf. In 1874 it cost 1,200 marks."
)


@pytest.mark.parametrize(
    "claim",
    [
        "20 g of fresh yeast are dissolved in 220 g of lukewarm water.",
        "It bakes for 28 minutes at 180 °C.",
        "The other loaf is for Greta Moll.",
        "In 1874 it cost 1200 marks.",
        "Yeast, water and a spoon of honey are dissolved.",
    ],
)
def test_a_sentence_that_the_passage_says_is_supported(claim: str) -> None:
    assert is_supported(claim, [PASSAGE], far)


@pytest.mark.parametrize(
    "claim",
    [
        "30 g of fresh yeast are dissolved in 220 g of lukewarm water.",
        "It bakes for 28 minutes at 250 °C.",
        "The other loaf is for Franz Weber.",
        "Cordgrass arose on the English coast.",
        "",
        "…",
        "It is what it is.",
    ],
)
def test_a_sentence_that_it_does_not_say_is_not(claim: str) -> None:
    assert not is_supported(claim, [PASSAGE], far)


@pytest.mark.parametrize(
    ("claim", "passage", "supported"),
    [
        ("盐角草在光秃的泥地上生长，高40厘米。", "盐角草长在光秃的泥地上，高达40厘米。", True),
        ("盐角草在沙丘上开红花。", "盐角草长在光秃的泥地上，高达40厘米。", False),
        ("アッケシソウは裸の泥に生え、高さは40cmです。", "アッケシソウは裸の泥に生える。高さ40cm。", True),
        ("アッケシソウは砂丘に生え、赤い花が咲く。", "アッケシソウは裸の泥に生える。高さ40cm。", False),
        ("ينمو الساليكورنيا على الطين العاري ويصل ارتفاعه إلى ٤٠ سم.", "ينمو نبات الساليكورنيا على الطين العاري بارتفاع 40 سم.", True),
        ("ينمو الساليكورنيا في الصحراء ويزهر أحمر.", "ينمو نبات الساليكورنيا على الطين العاري بارتفاع 40 سم.", False),
        ("Der Queller wächst auf nacktem Schlick.", "Queller: wächst auf dem nackten Schlick, bis 40 cm hoch.", True),
        ("Der Queller wächst in Dünen und blüht rot.", "Queller: wächst auf dem nackten Schlick, bis 40 cm hoch.", False),
    ],
)  # fmt: skip
def test_a_sentence_is_held_against_its_passage_in_every_script(claim: str, passage: str, supported: bool) -> None:
    assert is_supported(claim, [passage], far) is supported


def test_two_passages_may_say_together_what_neither_says_alone() -> None:
    claim = "Glasswort grows on mud and is eaten with butter."
    halves = ["Glasswort grows on the mud.", "It is eaten with butter."]
    assert is_supported(claim, halves, far)


def test_nearness_in_meaning_helps_but_never_with_a_number_that_is_not_there() -> None:
    def near(_one: str, _other: str) -> float:
        return 0.9

    assert is_supported("Der Queller steht im Schlick", ["Glasswort stands in the mud"], near)
    assert not is_supported("Der Queller wird 30 cm hoch", ["Glasswort is 40 cm tall"], near)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("grows", "grow", True), ("marsh", "marshes", True), ("baked", "bake", True), ("mud", "muds", False),
     ("1874", "18745", False), ("cordgrass", "cordage", False), ("salt", "salz", False)],
)  # fmt: skip
def test_forms_of_a_word_are_one(one: str, other: str, same: bool) -> None:
    assert is_same(one, other) is same


def test_words_and_numbers_are_compared_in_one_shape() -> None:
    assert words("Der Überblick") == ["der", "uberblick"]
    assert words("塩沼の草") == ["塩沼", "沼の", "の草"]
    assert numbers("1,200.50 and 3,5 and 12:30") == {"1200.50", "3.5", "12:30"}
    assert numbers("1 200 g") == {"1200"}
    assert numbers("٤٠ سم و ١٬٢٠٠٫٥ و ４２") == {"40", "1200.5", "42"}
    assert numbers("１，２００ と ３．５、1，2，3") == {"1200", "3.5", "1", "2", "3"}


def test_dots_in_the_midst_of_a_sentence_end_none() -> None:
    assert list(sentences("Wait… what is 3…5 cm.")) == ["Wait… what is 3…5 cm."]
    assert list(sentences("Wait… What is it?")) == ["Wait…", "What is it?"]
    assert list(sentences("真的？…当然。是的")) == ["真的？…", "当然。", "是的"]


LONG = "The board of the harbour met on Monday evening and, as usual,"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Samphire keeps\nin brine. It\nwilts.", ["Samphire keeps\nin brine.", "It\nwilts."]),
        (f"{LONG}\nGreta Moll spoke first.", [f"{LONG}\nGreta Moll spoke first."]),
        ("Roses\nViolets", ["Roses", "Violets"]),
        ("# Brine\nkeeps samphire", ["# Brine", "keeps samphire"]),
        ("- salt\n- brine\n1. salt\n2. brine", ["- salt", "- brine", "1. salt", "2. brine"]),
        ("taken by: Greta\ntaken on: Monday", ["taken by: Greta", "taken on: Monday"]),
        ("salt\n\nand brine", ["salt", "and brine"]),
    ],
)
def test_a_line_that_was_wrapped_goes_on_and_others_end_their_sentence(text: str, found: list[str]) -> None:
    assert list(sentences(text)) == found


def test_a_quotation_is_the_sentence_that_answers_and_its_line() -> None:
    text = "First line.\nGlasswort grows on the mud.\nIt is eaten."
    assert quotation(text, ["glasswort"]) == ("Glasswort grows on the mud.", 1)
    assert quotation(text, ["glasswort", "eaten"], 100) == ("Glasswort grows on the mud.\nIt is eaten.", 1)
    assert quotation("…", ["x"]) == ("…", 0)


@pytest.mark.parametrize(
    ("path", "heading", "written"),
    [
        ("Ecology/Glasswort.md", None, "[[Ecology/Glasswort|1]]"),
        ("a.md", "What we found", "[[a#What we found|1]]"),
        ("a.md", "A: [[b|c]] #x", "[[a#A b c x|1]]"),
        ("A [draft] #1.md", "H", "[1](<A %5Bdraft%5D %231.md#H>)"),
    ],
)
def test_a_link_leads_where_obsidian_can_follow(path: str, heading: str | None, written: str) -> None:
    assert link(path, heading, "1") == written
