"""Questions read by rules: what is a filter, what is a filler, and what is asked."""

from __future__ import annotations

from datetime import date

import pytest

from librarian.questions import completed, content_words, language, read

TODAY = date(2026, 11, 26)
"""A Thursday."""


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What grows in the salt marsh?", ("grows", "salt", "marsh")),
        ("Was wächst in der Salzwiese?", ("wächst", "Salzwiese")),
        ("Qu'est-ce que l'agneau de pré-salé ?", ("agneau", "pré-salé")),
        ("¿Qué crece en la marisma?", ("crece", "marisma")),
        ("Cosa cresce nella palude salata?", ("cresce", "palude", "salata")),
        ("Wat groeit er op de kwelder?", ("groeit", "kwelder")),
        ("מה גדל בביצה?", ("גדל", "בביצה")),
        ("塩沼には何が生えますか?", ("塩沼", "生え")),
        ("盐沼里长什么植物?", ("盐沼里长", "植物")),
        ("What's the dog's name?", ("dog", "name")),
        ("what is that?", ("what", "is", "that")),
        ("Kelp", ("Kelp",)),
        ("?!", ()),
        ("", ()),
    ],
)
def test_what_is_left_of_a_question_is_what_it_is_about(question: str, words: tuple[str, ...]) -> None:
    assert content_words(question) == words


@pytest.mark.parametrize(
    ("question", "filters"),
    [
        ("What did I bake last week?", ("after:2026-11-16", "before:2026-11-23")),
        ("Was habe ich gestern notiert?", ("after:2026-11-25", "before:2026-11-26")),
        ("What did we decide in March 2025?", ("after:2025-03-01", "before:2025-04-01")),
        ("Was geschah im März 2026?", ("after:2026-03-01", "before:2026-04-01")),
        ("Qu'ai-je écrit en décembre 2025 ?", ("after:2025-12-01", "before:2026-01-01")),
        ("¿Qué escribí en diciembre de 2025?", ("after:2025-12-01", "before:2026-01-01")),
        ("notes on kelp since 2026-02", ("after:2026-02-01",)),
        ("my notes before 2025", ("before:2025-01-01",)),
        ("what did I write on 2026-03-04", ("after:2026-03-04", "before:2026-03-05")),
        ("meetings of the last 3 days", ("after:2026-11-23", "before:2026-11-27")),
        ("last month's budget", ("after:2026-10-01", "before:2026-11-01")),
        # What a question is about is no time at which notes were changed.
        ("What did Darwin publish in 1859?", ()),
        ("Who won the cup in 2014?", ()),
        ("What happened in June 1944?", ()),
        ("on 2026-02-31 it rained", ()),
        ("What will be in 2031, in my opinion?", ()),
    ],
)
def test_times_become_filters_where_they_say_when_a_note_was_written(question: str, filters: tuple[str, ...]) -> None:
    assert read(question, TODAY).filters == filters


def test_a_filter_leaves_the_words() -> None:
    assert read("What did I write about kelp last week?", TODAY).words == ("kelp",)
    assert read("What did I note in folder Meetings?", TODAY).words == ()


@pytest.mark.parametrize(
    ("question", "folders", "tags"),
    [
        ("the budget in folder Meetings", ("Meetings",), ()),
        ('the budget in the folder "Old Meetings"', ("Old Meetings",), ()),
        ("the budget in my Meetings folder", ("Meetings",), ()),
        ("das Budget im Ordner Treffen", ("Treffen",), ()),
        ("notes tagged project/alpha", (), ("project/alpha",)),
        ("notes with the tag #kelp", (), ("kelp",)),
        ("what is #kelp good for?", (), ("kelp",)),
        ("a folder of maps", (), ()),
    ],
)
def test_folders_and_tags_are_named_in_words(question: str, folders: tuple[str, ...], tags: tuple[str, ...]) -> None:
    found = read(question, TODAY)
    assert (found.folders, found.tags) == (folders, tags)


def test_what_stands_in_quotes_stays_together() -> None:
    found = read('What is "blue carbon" and "mud"?', TODAY)
    assert found.phrases == ("blue carbon", "mud")
    assert read("Was ist „blauer Kohlenstoff“?", TODAY).phrases == ("blauer Kohlenstoff",)


def test_what_is_typed_in_the_query_language_stays_as_it_is() -> None:
    found = read('tag:coast path:"Old notes/" after:2025 what is accretion -draft -"first try" [status:open]', TODAY)
    assert found.filters == ("tag:coast", 'path:"Old notes/"', "after:2025", '-"first try"', "[status:open]")
    assert "accretion" in found.words


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("How much salt goes into challah and when is it baked?", ("salt challah", "baked")),
        ("What is glasswort? Where does cordgrass grow?", ("glasswort", "cordgrass grow")),
        ("What is the difference between glasswort and cordgrass?", ("glasswort", "cordgrass")),
        ("Glasswort vs. cordgrass", ("Glasswort", "cordgrass")),
        ("Was ist der Unterschied zwischen Queller und Schlickgras?", ("Queller", "Schlickgras")),
        ("What grows on mud and sand?", ()),
    ],
)
def test_a_question_of_several_is_taken_apart(question: str, parts: tuple[str, ...]) -> None:
    assert read(question, TODAY).sub_questions == parts


@pytest.mark.parametrize(
    ("question", "before", "words"),
    [
        ("And when does it flower?", ["What is glasswort?"], ("glasswort",)),
        ("Why?", ["What is glasswort?", "When does it flower?"], ("flower", "glasswort")),
        ("Und wo wächst er?", ["Was ist Queller?"], ("Queller",)),
        ("What about cordgrass?", ["How tall is glasswort?"], ("tall", "glasswort")),
        ("How is a tide gate built?", ["What is glasswort?"], ()),
        ("Why?", [], ()),
    ],
)
def test_a_question_that_goes_on_takes_the_words_of_the_one_before(
    question: str, before: list[str], words: tuple[str, ...]
) -> None:
    assert completed(question, before) == words


def test_the_language_of_a_question_is_told_by_its_small_words() -> None:
    asked = {
        "en": "Where is it?",
        "de": "Wo ist das?",
        "fr": "Où est-ce ?",
        "zh": "在哪里?",
        "ja": "どこですか",
        "ko": "어디?",
    }
    assert {language(question): question for question in asked.values()} == asked
    assert language("Xylem") == ""


@pytest.mark.parametrize(
    "text",
    [
        "[" * 5000,
        '"' * 5001,
        "in folder " * 2000,
        "a and what " * 2000,
        "#" * 9000,
        "a" + " " * 9990,
        "compare a " * 1000,
    ],
)
def test_any_text_is_read_in_no_time(text: str) -> None:
    read(text[:10_000], TODAY)
    completed(text[:10_000], [text[:10_000]])
