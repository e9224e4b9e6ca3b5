"""Money is put aside before a model is asked, and what it took is settled however the call ends."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from fake_chat import FakeChat, Pause, says
from metering_desk import ASKED, BACKGROUND, LIMITS, SUMMARY, Desk, ask, at_desk, text

from librarian.chat.conversation import Delta, Finish, Limits, Usage
from librarian.chat.presets import Choice
from librarian.errors import (
    AnswerBroken,
    BudgetExceeded,
    KeyRefused,
    PriceUnknown,
    ProviderBusy,
    ProviderFailed,
    ProviderUnreachable,
    StoreError,
)
from librarian.metering import total
from librarian.money import Caps, Purpose
from librarian.pricing import Prices, given


def test_an_answer_is_passed_on_as_it_is_and_settled_by_what_the_provider_told(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        usage = Usage(input_tokens=1_000, output_tokens=100, thinking_tokens=40)
        chat = FakeChat.of(says("Glass", "wort.", usage=usage))
        metered = desk.metered(chat)
        assert await ask(metered) == [Delta("Glass"), Delta("wort."), Finish("stop"), usage]
        assert (metered.provider, metered.model) == ("openai", "gpt-5-mini")
        assert await desk.spent() == 450
        use = total(metered.receipts)
        assert use is not None
        assert (use.calls, use.input_tokens, use.cost_usd, use.estimated) == (1, 1_000, "0.00045", False)

    at_desk(tmp_path, test)


def test_money_is_put_aside_before_anything_is_sent(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of(says("Late."))
        stream = desk.metered(chat).stream(ASKED, LIMITS)
        await anext(stream)
        assert await desk.spent() > 800, "the whole answer and more"
        async for _ in stream:
            pass
        assert await desk.spent() == 65
        desk.caps = Caps(call=10, run=10**9, day=10**9, month=10**9)
        with pytest.raises(BudgetExceeded) as refused:
            await ask(desk.metered(chat))
        assert refused.value.data["cap"] == "call"
        assert len(chat.history) == 1

    at_desk(tmp_path, test)


def test_a_model_of_unknown_price_is_not_asked(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of(says("x"), model="gpt-99")
        with pytest.raises(PriceUnknown):
            await ask(desk.metered(chat))
        desk.prices = Prices(given(["openai/gpt-99=1/1"]))
        await ask(desk.metered(chat))
        assert len(chat.history) == 1

    at_desk(tmp_path, test)


def test_a_model_on_this_machine_is_asked_when_nothing_is_left_to_spend(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        desk.caps = Caps(0, 0, 0, 0)
        metered = desk.metered(FakeChat.of((Pause(2), *says("Here.")), provider="ollama", model="gemma3"))
        assert text(await ask(metered)) == "Here."
        (row,) = await desk.spend.summary("model")
        assert (row.key, row.cost_usd, row.local_ms) == ("ollama/gemma3", "0.00", 2_000)

    at_desk(tmp_path, test)


def test_an_endless_plan_stops_at_the_cap_and_what_is_done_is_kept(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of(says("Part.", usage=Usage(input_tokens=140, output_tokens=390)))
        run_of = Purpose("batch", vault_id="v1", run_id="r1", run_at_most_micro=10_000)
        metered = desk.meter.chat(chat, run_of, BACKGROUND)
        done: list[str] = []
        with pytest.raises(BudgetExceeded) as refused:
            while True:
                done.append(text(await ask(metered)))
        assert refused.value.data["cap"] == "run"
        assert done == ["Part."] * 12
        assert await desk.spend.run_spent("r1") == 12 * 815 < 10_000

    at_desk(tmp_path, test)


def test_a_run_is_estimated_before_it_begins(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of(says("x"))
        run_of = [(ASKED, replace(LIMITS, expected_output_tokens=20))] * 3
        estimate = await desk.meter.estimate(chat, SUMMARY, run_of)
        assert (estimate.calls, chat.history) == (3, [])
        assert 0 < float(estimate.cost_usd or 0) < float(estimate.at_most_usd or 0)

    at_desk(tmp_path, test)


def test_an_answer_that_is_called_off_is_settled_by_what_came(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of((Delta("Glasswort and sea lavender. "), Pause(60), *says("Never.")))
        metered = desk.metered(chat)
        stream = metered.stream(ASKED, Limits(max_output_tokens=400, reasoning="none"))
        assert await anext(stream) == Delta("Glasswort and sea lavender. ")
        await stream.aclose()
        assert chat.aborted == 1
        (receipt,) = metered.receipts
        assert receipt.usage.estimated
        assert 5 < receipt.usage.output_tokens < 20
        assert await desk.spent() == receipt.cost_micro > 0

    at_desk(tmp_path, test)


def test_a_task_that_is_cancelled_aborts_the_request_and_settles(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        for script in ((Pause(60), *says("Never.")), (Delta("A"), Pause(60), *says("Never."))):
            before = await desk.spent()
            chat = FakeChat.of(script)
            task = asyncio.create_task(ask(desk.metered(chat)))
            while not chat.history:
                await asyncio.sleep(0)
            await asyncio.sleep(1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert chat.aborted == 1
            assert await desk.spent() > before
            assert {row.estimated for row in await desk.spend.summary("feature")} <= {1, 2}

    at_desk(tmp_path, test)


def test_time_in_which_it_may_have_been_thinking_is_counted(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        costs = []
        for reasoning in ("none", None, "high"):
            metered = desk.metered(FakeChat.of((Delta("A"), Pause(1.5), AnswerBroken("openai", "it fell silent"))))
            with pytest.raises(AnswerBroken):
                await ask(metered, Limits(max_output_tokens=1_000, reasoning=reasoning))  # type: ignore[arg-type]
            costs.append(metered.receipts[0].usage.output_tokens)
        assert costs == [1, 300, 300]

    at_desk(tmp_path, test)


def test_a_fault_before_anything_came_costs_nothing_if_it_surely_was_not_charged(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        free = [KeyRefused("openai"), ProviderBusy("openai"), ProviderFailed("openai", 500),
                ProviderUnreachable("openai", "nothing answers")]  # fmt: skip
        for error in free:
            with pytest.raises(type(error)):
                await ask(desk.metered(FakeChat.of((error,))))
            desk.meter.breaker("openai").worked()
        assert await desk.spent() == 0
        lost = ProviderUnreachable("openai", "it does not answer in time", sent=True)
        for error in (AnswerBroken("openai", "half a line"), lost):
            before = await desk.spent()
            with pytest.raises(type(error)):
                await ask(desk.metered(FakeChat.of((error,))))
            assert await desk.spent() > before

    at_desk(tmp_path, test)


def test_a_ledger_that_cannot_be_written_keeps_calls_from_being_made(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        await desk.spend.close()
        chat = FakeChat.of(says("x"))
        with pytest.raises(StoreError):
            await ask(desk.metered(chat))
        assert chat.history == []

    at_desk(tmp_path, test)


def test_an_answer_that_was_paid_is_given_though_the_books_can_no_longer_be_written(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        metered = desk.metered(FakeChat.of(says("Still ", "here.")))
        stream = metered.stream(ASKED, LIMITS)
        await anext(stream)
        await desk.spend.close()
        assert text([event async for event in stream]) == "here."
        assert metered.receipts[0].cost_micro == 65

    at_desk(tmp_path, test)
    assert presumed(tmp_path) == 1


def presumed(folder: Path) -> int:
    connection = sqlite3.connect(folder / "spend.sqlite")
    try:
        return connection.execute("select count(*) from calls where state = 'presumed'").fetchone()[0]
    finally:
        connection.close()


# Embedding


TEXTS = ["The salt marsh is wide."] * 50
EMBEDDER = Choice("openai", "text-embedding-3-large")


def test_embedding_is_put_aside_and_settled_by_what_was_told(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        estimate = await desk.meter.embedding_estimate(EMBEDDER, "v1", TEXTS)
        assert (estimate.calls, estimate.expected_micro) == (50, 39)
        async with desk.meter.embedding(EMBEDDER, SUMMARY, TEXTS) as told:
            assert await desk.spent() == estimate.at_most_micro
            told(290)
        assert await desk.spent() == 38

    at_desk(tmp_path, test)


@pytest.mark.parametrize(
    ("error", "cost"),
    [
        (ProviderFailed("openai", 500), 0),
        (AnswerBroken("openai", "half a line"), 43),
        (asyncio.CancelledError(), 43),
        (None, 43),
    ],
)
def test_embedding_that_fails_is_counted_unless_it_was_surely_free(
    tmp_path: Path, error: BaseException | None, cost: int
) -> None:
    async def test(desk: Desk) -> None:
        with pytest.raises(type(error)) if error else nullcontext():
            async with desk.meter.embedding(EMBEDDER, SUMMARY, TEXTS):
                if error is not None:
                    raise error
        assert await desk.spent() == cost

    at_desk(tmp_path, test)


def test_embedding_does_not_pass_a_cap(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        desk.caps = Caps(30, 30, 30, 30)
        with pytest.raises(BudgetExceeded):
            async with desk.meter.embedding(EMBEDDER, SUMMARY, TEXTS):
                raise AssertionError("nothing is sent")

    at_desk(tmp_path, test)
