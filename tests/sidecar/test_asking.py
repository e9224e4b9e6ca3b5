"""Questions asked of a real vault."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from librarian import settings
from librarian.answer import Turn, Understanding
from librarian.library import Library, open_library
from librarian.open_vault import OpenVault
from librarian.places import Places
from librarian.status import Change

NOTES = {
    "Plants/Glasswort.md": "# Glasswort\n\nGlasswort grows on bare mud, 40 cm high.\n\n## Kitchen\n\nIt is eaten with butter.\n",
    "Plants/Cordgrass.md": "# Cordgrass\n\nCordgrass arose on the English coast as a hybrid.\n",
    "Bread/Challah.md": "---\ntags: [recipe]\n---\n# Challah\n\nKnead 600 g of flour with 80 g of honey.\n\nBake at 180 °C.\n",
    "Bread/Challah (copy).md": "# Challah\n\nKnead 600 g of flour with 80 g of honey.\n\nBake at 180 °C.\n",
    "Private/Diary.md": "# Diary\n\nThe treasure is buried under the glasswort.\n",
    "Board.canvas": '{"nodes": [{"id": "1", "type": "text", "text": "Samphire soup on Friday", "x": 0, "y": 0}], "edges": []}',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path, text in NOTES.items():
        file = tmp_path / "vault" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return tmp_path / "vault"


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    places = Places(data=tmp_path / "data", config=tmp_path / "config")
    settings.change(places.settings, "excluded_folders", ("Private",))
    async with open_library(places, settings.load(places.settings), stays=False) as opened:
        yield opened


@pytest.fixture
async def vault(library: Library, folder: Path) -> OpenVault:
    opened = await library.open_vault(str(folder))
    await opened.complete()
    return opened


async def test_without_a_model_the_answer_is_what_the_notes_say(vault: OpenVault) -> None:
    answer = await vault.asking.ask("How much honey goes into the challah?")
    assert (answer.method, answer.abstained, answer.usage) == ("passages", False, None)
    assert answer.notice is not None
    assert "No model is chosen" in answer.notice
    first = answer.citations[0]
    assert (first.path.startswith("Bread/Challah"), first.heading, first.supported) == (True, "Challah", True)
    assert "80 g of honey" in first.quote
    lines = (vault.root / first.path).read_text("utf-8").split("\n")
    assert lines[first.line].startswith(first.quote.split("\n")[0])
    assert f"[[{first.path.removesuffix('.md')}#Challah|1]]" in answer.text


async def test_a_quoted_item_of_a_list_stands_in_one_quote_only(vault: OpenVault) -> None:
    (vault.root / "Quick.md").write_text("# Quick\n\n> - Samphire keeps in brine.\n")
    await vault.changed([Change(kind="created", path="Quick.md")])
    assert (await vault.asking.ask("Does samphire keep in brine?")).text.startswith(
        "> Samphire keeps in brine. [[Quick"
    )


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("> [!tip] Storing\n> - Samphire keeps in brine.\n> - Samphire freezes badly.", "Samphire keeps in brine. "),
        ("| Plant | Keeps |\n|---|:-:|\n| [[Glasswort\\|samphire]] | in brine |", "[[Glasswort|samphire]] · in brine"),
        ("1. Samphire keeps in brine,\n   for weeks.\n2. [ ] Buy salt.", "Samphire keeps in brine, for weeks."),
    ],
)
async def test_lines_of_lists_quotes_and_tables_are_told_without_their_marks(
    vault: OpenVault, written: str, told: str
) -> None:
    (vault.root / "Quick.md").write_text(f"# Quick\n\n{written}\n")
    await vault.changed([Change(kind="created", path="Quick.md")])
    said = (await vault.asking.ask("How does samphire keep in brine?")).text.split("\n\n")[0]
    assert told in said
    assert " - " not in said.split("[[Quick")[0]
    assert " > " not in said
    assert "---" not in said
    assert "[!tip]" not in said


async def test_two_notes_that_say_the_same_are_one_passage(vault: OpenVault) -> None:
    answer = await vault.asking.ask("honey in challah")
    texts = [passage.text for passage in answer.passages if "honey" in passage.text]
    assert len(texts) == 1


async def test_what_the_vault_does_not_say_is_said_with_what_comes_closest(vault: OpenVault) -> None:
    answer = await vault.asking.ask("Who won the chess olympiad of 1998?")
    assert (answer.abstained, answer.text, answer.citations) == (True, "The vault does not say.", ())
    german = await vault.asking.ask("Wer hat die Schacholympiade gewonnen und warum ist das so?")
    assert german.text == "Dazu steht nichts in den Notizen."


async def test_an_excluded_folder_is_never_read(vault: OpenVault) -> None:
    for question in ("Where is the treasure buried?", "Diary", 'in folder Private "treasure"'):
        answer = await vault.asking.ask(question)
        assert all(not passage.path.startswith("Private") for passage in answer.passages)
        assert "treasure" not in answer.text


async def test_a_folder_and_a_tag_are_filters_where_the_vault_has_them(vault: OpenVault) -> None:
    understood = await vault.asking.understand("What is baked in folder Bread tagged recipe?")
    assert understood.filters == ('path:"Bread/"', "tag:recipe")
    answer = await vault.asking.ask("What has butter or honey in folder Bread?")
    assert {passage.path.partition("/")[0] for passage in answer.passages} == {"Bread"}
    unknown = await vault.asking.understand("What is baked in folder Nowhere tagged nothing?")
    assert unknown.filters == ()
    assert "Nowhere" in unknown.words


async def test_a_question_whose_filter_finds_nothing_is_asked_plainly(vault: OpenVault) -> None:
    answer = await vault.asking.ask("What did I write about cordgrass in March 1995?")
    assert (answer.understood.method, answer.understood.filters) == ("plain", ())
    assert answer.passages[0].path == "Plants/Cordgrass.md"


async def test_a_question_goes_on_from_the_one_before(vault: OpenVault) -> None:
    history = [Turn(question="What is glasswort?")]
    answer = await vault.asking.ask("And how high does it grow?", history=history)
    assert "glasswort" in answer.understood.words
    assert answer.passages[0].path == "Plants/Glasswort.md"


async def test_what_was_understood_can_be_changed_by_a_person(vault: OpenVault) -> None:
    mine = Understanding(words=("cordgrass",), query="cordgrass", method="rules")
    answer = await vault.asking.ask("What is it?", understood=mine)
    assert answer.understood == mine
    assert answer.passages[0].path == "Plants/Cordgrass.md"
    changed = Understanding(words=("80 g", "honey"), filters=("tag:recipe",), method="rules")
    answer = await vault.asking.ask("What is it?", understood=changed)
    assert answer.understood.query == 'tag:recipe "80 g" honey'
    assert {passage.path for passage in answer.passages} == {"Bread/Challah.md"}


async def test_a_comparison_looks_for_both(vault: OpenVault) -> None:
    answer = await vault.asking.ask("What is the difference between glasswort and cordgrass?")
    assert {"Plants/Glasswort.md", "Plants/Cordgrass.md"} <= {passage.path for passage in answer.passages[:3]}


async def test_a_passage_has_the_line_it_starts_on(vault: OpenVault) -> None:
    for passage in (await vault.asking.ask("butter glasswort mud kitchen")).passages:
        lines = (vault.root / passage.path).read_text("utf-8").split("\n")
        assert lines[passage.line] == passage.text.split("\n")[0]


async def test_a_note_that_went_away_meanwhile_is_left_out(vault: OpenVault) -> None:
    (vault.root / "Plants/Cordgrass.md").unlink()
    answer = await vault.asking.ask("Where did cordgrass arise?")
    assert all(passage.path != "Plants/Cordgrass.md" for passage in answer.passages)


async def test_a_canvas_answers_with_the_card_that_was_found(vault: OpenVault) -> None:
    answer = await vault.asking.ask("What about samphire soup?")
    assert (answer.passages[0].path, answer.passages[0].text) == ("Board.canvas", "Samphire soup on Friday")


async def test_few_passages_can_be_asked_for(vault: OpenVault) -> None:
    assert len((await vault.asking.ask("glasswort cordgrass challah", limit=2)).passages) == 2
