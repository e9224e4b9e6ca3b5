"""What an act of a model will take is told before it is begun: of the very requests it would send, and nobody is asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fake_chat import FakeChat, says
from metering_desk import ASKED, LIMITS, SUMMARY, Desk, ask, at_desk

from librarian.chat.conversation import Usage
from librarian.errors import BudgetExceeded, PriceUnknown, ProviderFailed, ProviderUnreachable
from librarian.metering import Manner, Rehearsal, Terms, Trial
from librarian.metering.answers import Answers
from librarian.money import Caps, Purpose
from librarian.pricing import Prices
from librarian.usage import CostEstimate

LIKELY = replace(LIMITS, expected_output_tokens=150)
TEST = Purpose("test")


async def rehearsed(desk: Desk, chat: FakeChat, *, calls: int = 1, manner: Manner | None = None) -> CostEstimate:
    rehearsal = Rehearsal(chat, desk.meter, (SUMMARY, manner or Manner()), Answers(desk.cache))
    for _ in range(calls):
        await rehearsal.answer(ASKED, LIKELY)
    return await rehearsal.estimate()


def test_a_price_is_told_and_nobody_is_asked(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of(says("x"))
        estimate = await rehearsed(desk, chat, calls=3)
        assert (estimate.provider, estimate.model, estimate.calls) == ("openai", "gpt-5-mini", 3)
        assert 0 < float(estimate.cost_usd or 0) < float(estimate.at_most_usd or 0)
        assert (estimate.local, estimate.expected_ms, estimate.left_usd) == (False, None, "5.00")
        assert (chat.history, await desk.spent()) == ([], 0)

    at_desk(tmp_path, test)


def test_what_is_kept_costs_nothing_unless_it_is_asked_anew(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of(says("Glasswort."))
        await ask(desk.metered(chat, kept=True), LIMITS)
        # How long an answer was thought to be is no part of what it is known by.
        kept = await rehearsed(desk, chat)
        assert (kept.calls, kept.cached, kept.cost_usd, kept.at_most_usd) == (1, 1, "0.00", "0.00")
        fresh = await rehearsed(desk, chat, manner=Manner(fresh=True))
        assert (fresh.calls, fresh.cached) == (1, 0)
        assert float(fresh.cost_usd or 0) > 0

    at_desk(tmp_path, test)


def test_a_price_that_nobody_knows_is_not_told_as_nothing(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        with pytest.raises(PriceUnknown):
            await rehearsed(desk, FakeChat.of(says("x"), model="gpt-99"))

    at_desk(tmp_path, test)


@pytest.mark.parametrize(("ask_from", "asks"), [(0, True), (300, True), (100_000, False)])
def test_a_person_is_asked_from_their_own_sum_on(tmp_path: Path, ask_from: int, asks: bool) -> None:
    async def test(desk: Desk) -> None:
        desk.ask_from_micro = ask_from
        assert (await rehearsed(desk, FakeChat.of(says("x")))).asks is asks

    at_desk(tmp_path, test)


def test_what_costs_nothing_is_never_asked_about(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        desk.ask_from_micro, desk.caps = 0, Caps(0, 0, 0, 0)
        local = FakeChat.of(
            says("x", usage=Usage(input_tokens=100, output_tokens=10)), provider="ollama", model="gemma3"
        )
        told = await rehearsed(desk, local)
        assert (told.asks, told.exceeds, told.local, told.cost_usd, told.expected_ms) == (
            False,
            None,
            True,
            "0.00",
            None,
        )

    at_desk(tmp_path, test)


def test_a_model_on_this_machine_has_its_time_told_once_it_is_known(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        call = await desk.spend.reserve(
            SUMMARY, "ollama", "gemma3", desk.prices.estimate("ollama", "gemma3", ASKED, LIKELY), desk.caps, local=True
        )
        await desk.spend.settle(call, 0, Usage(input_tokens=500, output_tokens=50), 10_000)
        told = await rehearsed(desk, FakeChat.of(says("x"), provider="ollama", model="gemma3"))
        # A token that is written takes as long as ten that are read: 500 and 50 of them took 10 seconds.
        assert told.expected_ms == round(10 * (told.input_tokens + 10 * 150))

    at_desk(tmp_path, test)


@pytest.mark.parametrize(
    ("caps", "cap"),
    [
        (Caps(100, 10**6, 10**6, 10**6), "call"),
        (Caps(10**6, 1_500, 10**6, 10**6), "run"),
        (Caps(10**6, 10**6, 1_500, 10**6), "day"),
        (Caps(10**6, 10**6, 10**6, 1_500), "month"),
        (Caps(10**6, 10**6, 10**6, 10**6), None),
    ],
)
def test_the_budget_that_would_end_it_is_told_before(tmp_path: Path, caps: Caps, cap: str | None) -> None:
    async def test(desk: Desk) -> None:
        desk.caps = caps
        told = await rehearsed(desk, FakeChat.of(says("x")), calls=5)
        assert (told.exceeds.cap if told.exceeds else None) == cap
        if told.exceeds is not None:
            assert told.exceeds.setting == f"budget_{cap}_usd"

    at_desk(tmp_path, test)


def test_one_call_exceeds_a_budget_if_and_only_if_it_is_refused(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        most = round(float((await rehearsed(desk, FakeChat.of(says("x")))).at_most_usd or 0) * 1e6)
        for cap, is_refused in ((most - 1, True), (most, False)):
            desk.caps = Caps(10**6, 10**6, cap, 10**6)
            chat = FakeChat.of(says("x"))
            told = await rehearsed(desk, chat)
            assert (told.exceeds is not None) is is_refused
            try:
                await ask(desk.metered(chat), LIKELY)
            except BudgetExceeded:
                assert is_refused
            else:
                assert not is_refused

    at_desk(tmp_path, test)


def test_what_answers_did_cost_corrects_what_is_told_but_not_at_once(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        first = float((await rehearsed(desk, FakeChat.of(says("x")))).cost_usd or 0)
        likely = round(first * 1e6)
        answer = says("x", usage=Usage(input_tokens=210, output_tokens=300))  # twice as long as it was thought to be
        told = []
        for _ in range(12):
            await ask(desk.metered(FakeChat.of(answer)), LIKELY)
            told.append(round(float((await rehearsed(desk, FakeChat.of(answer))).cost_usd or 0) * 1e6))
        cost = desk.prices.price("openai", "gpt-5-mini", Usage(input_tokens=210, output_tokens=300))
        assert likely < told[0] < likely + 0.4 * (cost - likely), "one long answer is no rule"
        assert told == sorted(told)
        assert told[-1] == pytest.approx(cost, rel=0.15)
        other = replace(SUMMARY, feature="answer")
        rehearsal = Rehearsal(FakeChat.of(answer), desk.meter, (other, Manner()), None)
        await rehearsal.answer(ASKED, LIKELY)
        assert float((await rehearsal.estimate()).cost_usd or 0) == pytest.approx(first, rel=0.2), (
            "of its own ability only"
        )

    at_desk(tmp_path, test)


# Tests of models


def trial(desk: Desk, chat: FakeChat, prices: Prices | None = None) -> Trial:
    return Trial(chat, desk.meter, TEST, Terms(desk.caps, prices or desk.prices))


def test_a_test_is_put_aside_and_settled_like_all_else(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        chat = trial(desk, FakeChat.of(says("yes", usage=Usage(input_tokens=400, output_tokens=50))))
        assert chat.cost_usd == "0.00"
        await ask(chat)
        (row,) = await desk.spend.summary("feature")
        assert (row.key, row.calls, row.cost_usd, row.unpriced) == ("test", 1, chat.cost_usd, 0)
        assert chat.cost_usd == "0.0002"

    at_desk(tmp_path, test)


def test_a_model_of_unknown_price_can_be_tested_and_is_never_counted_as_free(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        model = FakeChat.of(says("yes"), model="gpt-99")
        chat = trial(desk, model)
        await ask(chat)
        assert chat.cost_usd is None
        (row,) = await desk.spend.summary("model")
        assert (row.key, row.calls, row.cost_usd, row.unpriced, row.output_tokens) == (
            "openai/gpt-99",
            1,
            "0.00",
            1,
            20,
        )
        with pytest.raises(PriceUnknown):
            await ask(desk.metered(model))

    at_desk(tmp_path, test)


def test_a_test_passes_no_budget(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        desk.caps = Caps(0, 0, 0, 0)
        model = FakeChat.of(says("yes"))
        with pytest.raises(BudgetExceeded):
            await ask(trial(desk, model))
        assert model.history == []

    at_desk(tmp_path, test)


def test_a_test_is_tried_once_also_while_the_provider_is_left_alone_and_ends_that(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        gone = FakeChat.of(ProviderUnreachable("openai", "it is gone", sent=False))
        for _ in range(3):
            with pytest.raises(Exception, match=r"gone|left alone|again"):
                await ask(desk.metered(gone))
        chat = trial(desk, FakeChat.of(ProviderFailed("openai", 500)))
        with pytest.raises(ProviderFailed):
            await ask(chat)
        assert chat.cost_usd == "0.00"
        well = FakeChat.of(says("yes"))
        await ask(trial(desk, well))
        await ask(desk.metered(well))
        assert len(well.history) == 2

    at_desk(tmp_path, test)
