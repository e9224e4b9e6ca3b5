"""Summaries of many notes: paused, killed, gone on with, and put into their notes; with real stores and real books."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from fake_chat import FakeChat, says
from summary_table import Table, laid

from librarian.cache import Cache
from librarian.chat.conversation import Usage
from librarian.errors import (
    AnswerBroken,
    BudgetExceeded,
    ContentRefused,
    KeyRefused,
    NoProvider,
    PromptTooLong,
    ProviderBusy,
    RunNotFound,
)
from librarian.ledger import Ledger
from librarian.money import Caps
from librarian.summary import Subject, Wish
from librarian.summary_runs import KEPT_DAYS, Asked, Kept, Runs
from librarian.telling import Step

TIDES = {f"Tides/{n}.md": f"Tide number {n} rises by {n} metres.\n" for n in range(5)}
FOLDER = Subject(folder="Tides")


def numbered(messages: object) -> str:
    """An answer that says which note it is of."""
    text = str(messages)
    return f"It rises by {text[text.index(' rises by ') + 10]}."


@pytest_asyncio.fixture
async def table(tmp_path: Path) -> AsyncIterator[Table]:
    async with laid(tmp_path, TIDES) as found:
        found.chat.queue[0] = numbered
        yield found


async def done(table: Table, run_id: str) -> dict[str, str | None]:
    return {each.path: each.text for each in (await table.batches.notes(run_id, 0, 1000)).notes}


async def paused(table: Table, after: int) -> Step:
    """A run that is stopped once so many notes are done; the model falls silent at the next."""
    table.chat.queue.clear()
    table.chat.queue.extend([*[numbered] * after, [asyncio.Event()]])
    work = asyncio.create_task(table.run(FOLDER))
    while len(table.chat.history) <= after:  # the model has no event to tell that it was asked
        await asyncio.sleep(0.005)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    table.chat.queue.clear()
    table.chat.queue.append(numbered)
    return next(each for each in reversed(table.told) if isinstance(each, Step))


async def test_each_note_is_summarised_and_progress_tells_how_far_and_how_dear(table: Table) -> None:
    run = await table.run(FOLDER)
    assert (run.total, run.done, run.left_out, run.left, run.method) == (5, 5, 0, 0, "model")
    assert await done(table, run.run_id) == {f"Tides/{n}.md": f"It rises by {n}." for n in range(5)}
    steps = [each for each in table.told if isinstance(each, Step)]
    assert [(each.done, each.total, each.run_id) for each in steps] == [(n, 5, run.run_id) for n in range(6)]
    costs = [float(each.cost_usd or "nan") for each in steps]
    assert costs == sorted(costs)
    assert costs[-1] == float(run.cost_usd or "nan") > 0


async def test_what_is_paused_goes_on_where_it_was_and_asks_for_the_rest_only(table: Table) -> None:
    last = await paused(table, after=2)
    assert (last.done, last.total, table.chat.aborted) == (2, 5, 1)
    (run,) = await table.batches.runs()
    assert (run.done, run.left, run.cost_usd != "0.00") == (2, 3, True)
    estimate = await table.batches.estimate(FOLDER, Wish())
    assert (estimate.done, estimate.notes, estimate.calls) == (2, 3, 3)
    asked = len(table.chat.history)
    again = await table.run(FOLDER)
    assert (again.run_id, again.done, len(table.chat.history) - asked) == (run.run_id, 5, 3)
    assert await done(table, run.run_id) == {f"Tides/{n}.md": f"It rises by {n}." for n in range(5)}


async def test_what_is_done_outlives_the_cache_and_the_process(table: Table, tmp_path: Path) -> None:
    await paused(table, after=3)
    await table.books.cache.close()
    shutil.rmtree(tmp_path / "cache")
    table.books.cache = Cache(tmp_path / "cache")
    other = await Ledger.open(tmp_path / "runs.sqlite")  # as the next process finds it, without a farewell of this one
    table.ledger, mine = other, table.ledger
    await mine.close()
    asked = len(table.chat.history)
    run = await table.run(FOLDER)
    assert (run.done, len(table.chat.history) - asked) == (5, 2)


async def test_notes_that_say_something_else_are_asked_anew_and_others_are_not(table: Table) -> None:
    await paused(table, after=3)
    root = table.vault.root
    (root / "Tides/0.md").write_text("---\ntags: x\n---\nTide number 0   rises by 0 metres.\n")
    (root / "Tides/1.md").write_text("Tide number 1 rises by 9 metres.\n")
    (root / "Tides/2.md").rename(root / "Tides/moved.md")
    (root / "Tides/3.md").unlink()
    await table.vault.complete()
    await table.vault.indexing.checked()
    await table.vault.rebuild()
    asked = len(table.chat.history)
    run = await table.run(FOLDER)
    found = await done(table, run.run_id)
    assert found == {
        "Tides/0.md": "It rises by 0.", "Tides/1.md": "It rises by 9.", "Tides/moved.md": "It rises by 2.",
        "Tides/4.md": "It rises by 4.",
    }  # fmt: skip
    assert len(table.chat.history) - asked == 2


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (ContentRefused("openai"), str(ContentRefused("openai"))),
        (PromptTooLong("openai", "m"), str(PromptTooLong("openai", "m"))),
        ("<!-- nothing -->", str(AnswerBroken("openai", "it is empty"))),
    ],
    ids=["refused", "too long", "empty"],
)
async def test_what_is_wrong_with_one_note_is_told_and_the_others_go_on(
    table: Table, fault: Exception | str, reason: str
) -> None:
    (table.vault.root / "Tides/2.md").write_bytes(b"\xff\xfe\xfa")
    (table.vault.root / "Tides/3.md").write_text("---\na: 1\n---\n")

    def answer(messages: object) -> str:
        if "number 1" in str(messages):
            if isinstance(fault, Exception):
                raise fault
            return fault
        return numbered(messages)

    table.chat.queue[0] = answer
    run = await table.run(FOLDER)
    assert (run.done, run.left_out, run.left) == (2, 3, 0)
    reasons = {each.path: each.reason for each in (await table.batches.notes(run.run_id, 0, 10)).notes if each.reason}
    assert set(reasons) == {"Tides/1.md", "Tides/2.md", "Tides/3.md"}
    assert reasons["Tides/1.md"] == reason
    assert reasons["Tides/3.md"] == "it says nothing"
    table.chat.queue[0] = numbered
    again = await table.run(FOLDER)
    assert (again.run_id, again.done) == (run.run_id, 3), "what failed is tried again when nothing else is left"


async def test_a_model_that_fails_at_every_note_ends_the_run(table: Table) -> None:
    table.chat.queue[0] = ContentRefused("openai")
    with pytest.raises(ContentRefused) as failed:
        await table.run(FOLDER)
    assert (failed.value.data["run"]["leftOut"], failed.value.data["run"]["done"]) == (4, 0)


async def test_a_fault_that_is_not_the_notes_stops_and_tells_how_far_it_came(table: Table) -> None:
    table.chat.queue.clear()
    table.chat.queue.extend([numbered, numbered, KeyRefused("openai")])
    with pytest.raises(KeyRefused) as stopped:
        await table.run(FOLDER)
    assert (stopped.value.data["run"]["done"], stopped.value.data["run"]["total"]) == (2, 5)


async def test_a_run_stops_at_its_cap_and_goes_on_when_that_is_raised(table: Table) -> None:
    table.chat.queue[0] = says("Said.", usage=Usage(input_tokens=1000, output_tokens=2000))
    estimate = await table.batches.estimate(FOLDER, Wish())
    most = int(float(estimate.at_most_usd or "nan") * 1e6)
    table.books.caps = Caps(call=most, run=most // 2, day=most * 10, month=most * 10)
    with pytest.raises(BudgetExceeded) as stopped:
        await table.run(FOLDER)
    count = stopped.value.data["run"]["done"]
    assert 0 < count < 5
    asked = len(table.chat.history)
    with pytest.raises(BudgetExceeded):
        await table.run(FOLDER)
    assert len(table.chat.history) == asked, "pausing is no way around a budget"
    table.books.caps = Caps(call=most, run=most * 10, day=most * 10, month=most * 10)
    assert (await table.run(FOLDER)).done == 5
    assert len(table.chat.history) - asked == 5 - count


async def test_progress_says_that_the_provider_makes_it_wait(table: Table) -> None:
    table.chat.queue.clear()
    table.chat.queue.extend([numbered, ProviderBusy("openai", 2.0), numbered])
    run = await table.run(FOLDER)
    assert run.done == 5
    waits = [each for each in table.told if isinstance(each, Step) and each.phase.startswith("waiting")]
    assert [(each.phase, each.done, each.total) for each in waits] == [("waiting 2 s, as openai asks", 1, 5)]


async def test_another_model_goes_on_with_what_is_not_finished_and_begins_anew_otherwise(table: Table) -> None:
    await paused(table, after=2)
    table.chat = FakeChat.of("By another.", model="gpt-5")
    finished = await table.run(FOLDER)
    assert sorted(text or "" for text in (await done(table, finished.run_id)).values()) == [
        "By another.", "By another.", "By another.", "It rises by 0.", "It rises by 1.",
    ]  # fmt: skip
    anew = await table.run(FOLDER)
    assert (anew.run_id != finished.run_id, anew.model, anew.done) == (True, "gpt-5", 5)
    fresh = await table.run(FOLDER, Wish(fresh=True))
    assert fresh.run_id not in (anew.run_id, finished.run_id)
    assert [run.run_id for run in await table.batches.runs()] == [fresh.run_id, anew.run_id, finished.run_id]


async def test_an_older_run_is_gone_on_with_by_its_id(table: Table) -> None:
    old = await paused(table, after=2)
    await table.run(FOLDER, Wish(fresh=True))
    asked = len(table.chat.history)
    estimate = await table.batches.estimate(Subject(), Wish(), run_id=old.run_id)
    assert (estimate.done, estimate.notes) == (2, 3)
    run = await table.batches.go_on(old.run_id or "", table.told.append)
    assert (run.run_id, run.done) == (old.run_id, 5)
    assert len(table.chat.history) == asked, "the cache has the others"
    with pytest.raises(RunNotFound):
        await table.batches.go_on("nothing", table.told.append)


async def test_another_wish_is_another_run(table: Table) -> None:
    one = await table.run(FOLDER)
    other = await table.run(FOLDER, Wish("short"))
    assert one.run_id != other.run_id


async def test_without_a_model_sentences_are_chosen_and_kept_the_same_way(table: Table) -> None:
    table.is_there = False
    run = await table.run(FOLDER)
    assert (run.method, run.done, run.cost_usd, run.provider, table.chat.history) == ("extractive", 5, None, None, [])
    assert (await done(table, run.run_id))["Tides/3.md"] == "Tide number 3 rises by 3 metres."
    with pytest.raises(NoProvider):
        await table.run(FOLDER, method="model")
    estimate = await table.batches.estimate(FOLDER, Wish())
    assert (estimate.done, estimate.notes, estimate.cost_usd) == (5, 0, None)


async def test_nothing_of_an_excluded_folder_is_sent(table: Table) -> None:
    run = await table.run(Subject(folder=""), excluded=["Tides/"])
    assert (run.done, run.left_out, table.chat.history) == (0, 5, [])


async def test_whoever_asks_for_the_same_meanwhile_waits_and_nothing_is_asked_twice(table: Table) -> None:
    runs = await asyncio.gather(*(table.run(FOLDER) for _ in range(1)))
    batches = table.batches
    both = await asyncio.gather(
        *(batches.run(FOLDER, Wish("short"), "auto", table.told.append) for _ in range(2))
    )  # fmt: skip
    assert both[0].run_id == both[1].run_id != runs[0].run_id
    assert len(table.chat.history) == 10


async def test_every_summary_is_placed_by_one_plan_but_those_of_notes_that_changed(table: Table) -> None:
    run = await table.run(FOLDER)
    (table.vault.root / "Tides/1.md").write_text("Something else.\n")
    (table.vault.root / "Tides/2.md").unlink()
    planned = await table.batches.place(run.run_id, "top")
    assert [each.path for each in planned.left_out] == ["Tides/1.md", "Tides/2.md"]
    assert planned.plan is not None
    applied = await table.vault.edits.apply(planned.plan.plan_id, planned.plan.confirmation)
    assert applied.applied == ("Tides/0.md", "Tides/3.md", "Tides/4.md")
    assert (table.vault.root / "Tides/3.md").read_text().startswith("> [!summary|librarian] Summary\n> It rises by 3.")
    asked, table.chat.queue[0] = len(table.chat.history), "Said."
    await table.run(FOLDER)
    assert len(table.chat.history) - asked == 1, "a summary of ours makes no other note of it"


async def test_a_run_is_forgotten_when_that_is_wanted_and_after_a_month(tmp_path: Path) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    ledger = await Ledger.open(tmp_path / "ledger.sqlite", clock=lambda: now)
    runs = Runs(ledger)
    asked = Asked(FOLDER, Wish(), "extractive")
    first = await runs.begin(asked, None, "a")
    await runs.keep("a", "x.md", Kept(b"1", "Said.", None))
    await runs.found("a", 2, [], [])
    now += timedelta(days=KEPT_DAYS - 1)
    assert (await runs.begin(asked, None, "b")).told.run_id == first.told.run_id
    await runs.found("a", 2, [], [])
    now += timedelta(days=KEPT_DAYS - 1)
    assert [each.told.run_id for each in await runs.all()] == ["a"], "it was worked at since"
    now += timedelta(days=2)
    assert await runs.all() == ()
    await runs.begin(asked, None, "c")
    await runs.forget("c")
    for act in (runs.forget("c"), runs.of("c"), runs.kept("c"), runs.notes("c", 0, 1), runs.found("c", 1, [], [])):
        with pytest.raises(RunNotFound):
            await act
    await ledger.close()


async def test_more_notes_than_one_message_holds_are_summarised_and_placed_in_one_change(tmp_path: Path) -> None:
    count = 600
    async with laid(tmp_path, {f"N/{n}.md": f"Note {n} says a thing." for n in range(count)}) as table:
        table.is_there = False
        run = await table.run(Subject(folder="N"))
        assert run.done == count
        planned = await table.batches.place(run.run_id, "property")
        assert planned.plan is not None
        assert len(planned.plan.edits) == count
        assert planned.plan.confirmation is not None
        applied = await table.vault.edits.apply(planned.plan.plan_id, planned.plan.confirmation)
        assert len(applied.applied) == count
