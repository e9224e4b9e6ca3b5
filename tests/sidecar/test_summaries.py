"""Summaries of a vault's notes, with a model that says what a test has queued, real stores and real books."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from fake_chat import says
from poison import POISONED, harms, obeys
from summary_table import Table, laid
from woven import KEY_LINE, leaks, pem

from librarian.chat.conversation import Delta as Piece
from librarian.chat.conversation import Usage
from librarian.cleaning import redacted
from librarian.errors import (
    AnswerBroken,
    BudgetExceeded,
    ConfirmationNeeded,
    ContentRefused,
    KeyRefused,
    NoProvider,
    NoteNotFound,
    PathRefused,
)
from librarian.money import Caps
from librarian.sampling import MOST_LETTERS
from librarian.summaries import EMPTY, EXCLUDED, SAMPLED
from librarian.summary import NoteSummary, Subject, Wish
from librarian.telling import Delta, Step

MARSH = (
    "---\npassword: hunter22\n---\n# Marsh\n\nThe marsh floods twice a day. See [[Tides]]. My api_key: abc123def456\n"
)
LONG = "# Long\n\n" + "\n\n".join(f"## Part {n}\n\n" + f"Part {n} says a thing about mud. " * 900 for n in range(1, 5))


@pytest_asyncio.fixture
async def table(tmp_path: Path) -> AsyncIterator[Table]:
    notes = {"Marsh.md": MARSH, "Long.md": LONG, "Private/Diary.md": "I am secret. #tides"}
    notes |= {f"Tide {n}.md": f"Tide {n} rises. It is number {n}. #tides/{n}\n" for n in range(3)}
    async with laid(tmp_path, notes) as found:
        yield found


async def test_a_note_is_summarised_and_shown_as_it_is_written(table: Table) -> None:
    table.chat.queue[0] = "It floods twice a day, see [[Tides]]."
    answer = await table.create(Subject(path="Marsh.md"))
    assert answer.text == "It floods twice a day, see [[Tides]]."
    assert "".join(each.text for each in table.told if isinstance(each, Delta)).startswith("It floods twice a day, see")
    assert (answer.method, answer.notes, answer.why) == ("model", 1, None)
    assert answer.usage is not None
    assert (answer.usage.calls, answer.usage.cost_usd) != (0, "0.00")
    (prompt,) = table.chat.prompts
    assert prompt.count("<document") == 2, "one in the rules, one around the note"
    assert "hunter22" not in prompt
    assert "abc123def456" not in prompt
    (_, limits) = table.chat.history[0]
    assert limits.reasoning == "none"


async def test_an_answer_that_was_given_before_costs_nothing(table: Table) -> None:
    first, second = [await table.create(Subject(path="Marsh.md")) for _ in range(2)]
    assert first.text == second.text
    assert second.usage is not None
    assert (second.usage.cached, second.usage.cost_usd, len(table.chat.history)) == (1, "0.00", 1)


async def test_a_long_note_is_read_in_portions_and_put_together(table: Table) -> None:
    table.chat.queue.extend(["- part"] * 20)
    answer = await table.create(Subject(path="Long.md"))
    assert len(table.chat.history) >= 3
    assert '<document name="Long › Part 1">' in table.chat.prompts[0] or "Long › " in table.chat.prompts[0]
    assert "summaries of the parts" in table.chat.prompts[-1]
    steps = [each for each in table.told if isinstance(each, Step)]
    assert [each.done for each in steps] == list(range(1, len(table.chat.history) + 1))
    assert {each.total for each in steps} == {len(table.chat.history)}
    assert answer.sources[0].text == "Long"
    fresh = await table.summaries().estimate(Subject(path="Long.md"), Wish(fresh=True))
    assert (fresh.calls, fresh.cached) == (len(table.chat.history), 0)
    kept = await table.summaries().estimate(Subject(path="Long.md"), Wish())
    assert (kept.calls, kept.cached, kept.cost_usd) == (fresh.calls, fresh.calls, "0.00")
    # Another length makes another request of the last step only: the parts are kept.
    other = await table.summaries().estimate(Subject(path="Long.md"), Wish(length=60))
    assert (other.calls, other.cached) == (fresh.calls, fresh.calls - 1)


async def test_by_sentences_it_has_no_price(table: Table) -> None:
    estimate = await table.summaries().estimate(Subject(path="Marsh.md"), Wish(), "extractive")
    assert (estimate.provider, estimate.cost_usd, estimate.calls) == (None, None, 0)


async def test_without_a_model_sentences_of_the_note_are_given_and_it_is_told(table: Table) -> None:
    table.is_there = False
    answer = await table.create(Subject(path="Marsh.md"))
    assert (answer.method, answer.usage, table.chat.history) == ("extractive", None, [])
    assert answer.why is not None
    assert "librarian" not in answer.text
    assert answer.sources[0].line == 5
    assert answer.text.startswith("The marsh floods twice a day.")
    with pytest.raises(NoProvider):
        await table.create(Subject(path="Marsh.md"), method="model")
    estimate = await table.summaries().estimate(Subject(path="Marsh.md"), Wish())
    assert (estimate.calls, estimate.cost_usd, estimate.notes, estimate.provider) == (0, None, 1, None)


async def test_lines_of_a_note_and_text_that_is_not_saved_can_be_meant(table: Table) -> None:
    answer = await table.create(Subject(path="Long.md", lines=(2, 5)), Wish("bullets", 20), "extractive")
    assert all(each.line in range(2, 5) for each in answer.sources)
    assert answer.text.startswith("- ")
    answer = await table.create(Subject(path="Marsh.md", lines=(7, 8), text="Unsaved words."), method="extractive")
    assert [(each.line, each.text) for each in answer.sources] == [(7, "Unsaved words.")]


async def test_of_a_part_of_a_note_no_part_of_a_secret_is_shown(table: Table) -> None:
    note = f"Router.\r\npassword: hunter22secret and words.\r\n\r\n{pem(3)}\r\nThe end of it."
    (table.vault.root / "Keys.md").write_bytes(note.encode())
    chosen = [note[note.index("ter22") : note.index(KEY_LINE[:20]) + 30], f"{KEY_LINE[:64]}", "22secret and words."]
    for subject in (
        *(Subject(path="Keys.md", text=text.replace("\r\n", "\n")) for text in chosen),
        *(Subject(path="Keys.md", lines=lines) for lines in ((4, 5), (5, 6), (1, 6), (7, 10))),
    ):
        await table.create(subject)
    shown = "".join(table.chat.prompts)
    assert leaks(shown) == set()
    assert "and words." in shown
    assert "The end of it." in shown
    answer = await table.create(Subject(path="New.md", text="Words of a note that is not there yet."))
    assert "not there yet" in table.chat.prompts[-1]
    assert answer.text


async def test_lines_are_counted_as_editors_do(table: Table) -> None:
    (table.vault.root / "Odd.md").write_bytes(
        "One\u2028goes on.\x0cAnd on.\r\nTwo is here.\r\nThree ends it.\r\n".encode()
    )
    answer = await table.create(Subject(path="Odd.md", lines=(1, 2)), method="extractive")
    assert [(each.line, each.text) for each in answer.sources] == [(1, "Two is here.")]


async def test_several_notes_are_summarised_each_and_together(table: Table) -> None:
    table.chat.queue.clear()
    table.chat.queue.extend(["First.", "Second.", "Third.", "All of them."])
    answer = await table.create(Subject(tag="#Tides"), excluded=["Private"])
    assert [(each.path, each.text) for each in answer.parts] == [
        ("Tide 0.md", "First."), ("Tide 1.md", "Second."), ("Tide 2.md", "Third."),
    ]  # fmt: skip
    assert answer.text == "All of them."
    assert "secret" not in "".join(table.chat.prompts)
    folder = await table.create(Subject(folder="Private"), method="extractive")
    assert folder.text == "I am secret. #tides"
    by_sentences = await table.create(Subject(tag="tides"), Wish("short", 10), "extractive", excluded=["Private"])
    assert [each.path for each in by_sentences.parts] == [
        "Private/Diary.md", "Tide 0.md", "Tide 1.md", "Tide 2.md",
    ]  # fmt: skip
    found = await table.create(Subject(query="Tide rises"), Wish("short"), "extractive")
    assert {"Tide 0.md", "Tide 1.md", "Tide 2.md"} <= {each.path for each in found.sources}


@pytest.mark.parametrize("folder", ["Private", "private/", "Private/Diary.md"])
async def test_nothing_of_an_excluded_folder_leaves(table: Table, folder: str) -> None:
    answer = await table.create(Subject(path="Private/Diary.md"), excluded=[folder])
    assert (answer.method, answer.why) == ("extractive", EXCLUDED)
    with pytest.raises(PathRefused):
        await table.create(Subject(path="Private/Diary.md", text="I am secret."), method="model", excluded=[folder])
    await table.create(Subject(folder="Private"), excluded=[folder])
    assert table.chat.history == []


async def test_what_was_written_before_a_fault_is_kept_in_the_error(table: Table) -> None:
    table.chat.queue[0] = [Piece("It floods twice "), Piece("a day"), AnswerBroken("openai", "it broke off")]
    with pytest.raises(AnswerBroken) as broken:
        await table.create(Subject(path="Marsh.md"))
    assert broken.value.data["partial"] == "It floods twice a day"
    table.chat.queue.clear()
    table.chat.queue.extend(["First.", KeyRefused("openai")])
    with pytest.raises(KeyRefused) as away:
        await table.create(Subject(tag="tides"), excluded=["Private"])
    assert (away.value.data["run"]["done"], away.value.data["run"]["total"]) == (1, 4)
    table.chat.queue.clear()
    table.chat.queue.extend(["Second.", "Third.", "All."])
    again = await table.create(Subject(tag="tides"), excluded=["Private"])
    assert [each.text for each in again.parts] == ["First.", "Second.", "Third."]
    assert again.usage is not None
    assert again.usage.calls == 3, "what is done is not asked again"


async def test_a_run_stops_at_its_cap_and_keeps_what_is_done(table: Table) -> None:
    table.chat.queue[0] = says("Said.", usage=Usage(input_tokens=1000, output_tokens=2000))
    estimate = await table.summaries().estimate(Subject(tag="tides"), Wish())
    assert estimate.at_most_usd is not None
    most = int(float(estimate.at_most_usd) * 1e6)
    table.books.caps = Caps(call=most, run=most // 2, day=most * 10, month=most * 10)
    with pytest.raises(BudgetExceeded) as stopped:
        await table.create(Subject(tag="tides"))
    done = stopped.value.data["run"]["done"]
    assert 0 < done < 4
    table.books.caps = Caps(call=most, run=most * 10, day=most * 10, month=most * 10)
    again = await table.create(Subject(tag="tides"))
    assert again.usage is not None
    assert again.usage.calls == 4 + 1 - done


async def test_an_answer_that_is_refused_empty_or_cut_is_told(table: Table) -> None:
    table.chat.queue[0] = says("No.", reason="refused")
    with pytest.raises(ContentRefused):
        await table.create(Subject(path="Marsh.md"))
    table.chat.queue[0] = says("<!-- nothing -->")
    with pytest.raises(AnswerBroken):
        await table.create(Subject(path="Marsh.md"))
    table.chat.queue[0] = says("Half a", reason="length")
    answer = await table.create(Subject(path="Marsh.md"), Wish(fresh=True))
    assert answer.why is not None
    table.chat.queue.clear()
    table.chat.queue.extend([says("<!-- nothing -->"), says("At last.")])
    assert (await table.create(Subject(path="Marsh.md"), Wish(fresh=True))).text == "At last."


async def test_what_is_not_there_is_an_error_and_a_note_that_says_nothing_gives_nothing(table: Table) -> None:
    with pytest.raises(NoteNotFound):
        await table.create(Subject(path="Nowhere.md"))
    (table.vault.root / "Empty.md").write_text("---\na: 1\n---\n\n")
    answer = await table.create(Subject(path="Empty.md"))
    assert (answer.text, answer.method, answer.why, table.chat.history) == ("", "extractive", EMPTY, [])
    table.is_there = False
    for content in ("", "---\na: 1\n---\n", "```python\nx = 1\n```\n"):
        (table.vault.root / "Empty.md").write_text(content)
        for method in ("auto", "extractive"):
            assert (await table.create(Subject(path="Empty.md"), method=method)).why == EMPTY


async def test_of_a_text_that_is_too_long_it_is_told_that_not_all_is_read(table: Table) -> None:
    long = "".join(f"Tide number {number} rises.\n\n" for number in range(MOST_LETTERS // 20))
    answer = await table.create(Subject(path="Marsh.md", text=long), method="extractive")
    assert [(each.path, each.reason) for each in answer.left_out] == [("Marsh.md", SAMPLED)]
    assert (await table.create(Subject(path="Marsh.md"), method="extractive")).left_out == ()


async def test_a_summary_is_placed_by_a_plan_and_not_summarised_again(table: Table) -> None:
    plan = await table.summaries().place("Marsh.md", "It floods.", "top")
    assert (table.vault.root / "Marsh.md").read_text() == MARSH
    applied = await table.vault.edits.apply(plan.plan_id, plan.confirmation)
    assert "> [!summary|librarian] Summary\n> It floods.\n" in (table.vault.root / "Marsh.md").read_text()
    await table.create(Subject(path="Marsh.md"))
    assert "It floods." not in table.chat.prompts[0]
    assert applied.change_id is not None
    with pytest.raises(ConfirmationNeeded) as asked:
        await table.vault.edits.undo(applied.change_id)
    await table.vault.edits.undo(applied.change_id, asked.value.data["confirmation"])
    assert (table.vault.root / "Marsh.md").read_text() == MARSH


async def test_summaries_of_several_notes_are_written_and_taken_back_together(table: Table) -> None:
    others = [NoteSummary(path=f"Tide {number}.md", text=f"Number {number}.") for number in (1, 2)]
    plan = await table.summaries().place("Tide 0.md", "Number 0.", "property", others)
    applied = await table.vault.edits.apply(plan.plan_id, plan.confirmation)
    assert applied.applied == ("Tide 0.md", "Tide 1.md", "Tide 2.md")
    assert (table.vault.root / "Tide 2.md").read_text().startswith("---\nsummary: Number 2.\n---\nTide 2 rises.")


@pytest.mark.parametrize("note", POISONED, ids=range(1, len(POISONED) + 1))
async def test_a_model_that_obeys_a_poisoned_note_writes_nothing_and_leads_nowhere(table: Table, note: str) -> None:
    table.chat.queue[0] = obeys
    before = {path: path.read_bytes() for path in table.vault.root.rglob("*.md")}
    answer = await table.create(Subject(text=note))
    shown = "".join(each.text for each in table.told if isinstance(each, Delta))
    assert (harms(answer.text), harms(shown)) == ([], [])
    assert before == {path: path.read_bytes() for path in table.vault.root.rglob("*.md")}
    (prompt,) = table.chat.prompts
    user = prompt.partition("remarks about your task.")[2]
    assert user.lower().count("<document") == user.lower().count("</document") == 1


def test_the_poisoned_notes_are_harmful_as_they_are() -> None:
    assert [number for number, note in enumerate(POISONED, 1) if not harms(note)] == []
    assert redacted(POISONED[0]) == POISONED[0]
