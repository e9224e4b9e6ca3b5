"""A model is asked within limits of money, pace and patience, and what it took is settled however the call ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from librarian.cache import Cache
from librarian.chat.conversation import Chat, Delta, Event, Finish, Limits, Message, Usage
from librarian.errors import (
    AnswerBroken,
    BudgetExceeded,
    KeyRefused,
    LibrarianError,
    PriceUnknown,
    ProviderBusy,
    ProviderFailed,
    ProviderResting,
    ProviderUnreachable,
    StoreError,
)
from librarian.metering import Fallback, Manner, Meter, Metered, Terms, total
from librarian.metering.answers import Answers
from librarian.money import Caps, Purpose
from librarian.pricing import Prices, given
from librarian.spend import Spend

from fake_chat import FakeChat, Pause, says
from virtual_time import run

ASKED = [Message("system", "Be short."), Message("user", "What grows in the salt marsh? " * 20)]
LIMITS = Limits(max_output_tokens=400)
CAPS = Caps(call=500_000, run=2_000_000, day=5_000_000, month=20_000_000)
SUMMARY = Purpose("summary", vault_id="v1")
NOON = datetime(2026, 3, 10, 12, tzinfo=ZoneInfo("Europe/Berlin"))
PRICE = "openai/gpt-5-mini=0.25/2"
BACKGROUND = Manner(waits=False)


class Desk:
    """A meter with its books in a temporary folder."""

    def __init__(self, spend: Spend, folder: Path) -> None:
        self.spend = spend
        self.caps = CAPS
        self.prices = Prices(given([PRICE, "anthropic/claude-sonnet-4-5=3/15"]))
        self.meter = Meter(spend, self.terms, clock=lambda: NOON, random=lambda: 0.5)
        self.cache = Cache(folder / "cache")

    async def terms(self, vault_id: str | None) -> Terms:
        assert vault_id in ("v1", None)
        return Terms(self.caps, self.prices)

    def metered(self, chat: Chat, manner: Manner | None = None, *, kept: bool = False) -> Metered:
        return self.meter.chat(chat, SUMMARY, manner, answers=Answers(self.cache) if kept else None)

    async def spent(self) -> int:
        caps = (await self.spend.budget(self.caps)).caps
        return round(float(next(each.spent_usd for each in caps if each.cap == "day")) * 1e6)


@asynccontextmanager
async def desk(folder: Path) -> AsyncIterator[Desk]:
    spend = await Spend.open(folder / "spend.sqlite", clock=lambda: NOON)
    found = Desk(spend, folder)
    try:
        yield found
    finally:
        await found.cache.close()
        await spend.close()


@pytest.fixture
def at_desk(tmp_path: Path) -> Callable[[Callable[[Desk], Coroutine[Any, Any, None]]], None]:
    """Run a test in virtual time."""

    def at(test: Callable[[Desk], Coroutine[Any, Any, None]]) -> None:
        async def main() -> None:
            async with desk(tmp_path) as found:
                await test(found)

        run(main())

    return at


AtDesk = Callable[[Callable[[Desk], Coroutine[Any, Any, None]]], None]


async def ask(chat: Chat, limits: Limits = LIMITS) -> list[Event]:
    return [event async for event in chat.stream(ASKED, limits)]


def text(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Delta))


# Money


def test_an_answer_is_passed_on_as_it_is_and_settled_by_what_the_provider_told(at_desk: AtDesk) -> None:
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

    at_desk(test)


def test_money_is_put_aside_before_anything_is_sent(at_desk: AtDesk) -> None:
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

    at_desk(test)


def test_a_model_of_unknown_price_is_not_asked(at_desk: AtDesk) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of(says("x"), model="gpt-99")
        with pytest.raises(PriceUnknown):
            await ask(desk.metered(chat))
        desk.prices = Prices(given(["openai/gpt-99=1/1"]))
        await ask(desk.metered(chat))
        assert len(chat.history) == 1

    at_desk(test)


def test_a_model_on_this_machine_is_asked_when_nothing_is_left_to_spend(at_desk: AtDesk) -> None:
    async def test(desk: Desk) -> None:
        desk.caps = Caps(0, 0, 0, 0)
        metered = desk.metered(FakeChat.of((Pause(2), *says("Here.")), provider="ollama", model="gemma3"))
        assert text(await ask(metered)) == "Here."
        (row,) = await desk.spend.summary("model")
        assert (row.key, row.cost_usd, row.local_ms) == ("ollama/gemma3", "0.00", 2_000)

    at_desk(test)


def test_an_endless_plan_stops_at_the_cap_and_what_is_done_is_kept(at_desk: AtDesk) -> None:
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

    at_desk(test)


def test_a_run_is_estimated_before_it_begins(at_desk: AtDesk) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of(says("x"))
        run_of = [(ASKED, LIMITS)] * 3
        estimate = await desk.meter.run_estimate(chat, "v1", run_of, expected_output_tokens=20)
        assert (estimate.calls, chat.history) == (3, [])
        assert 0 < estimate.expected_micro < estimate.at_most_micro

    at_desk(test)


def test_an_answer_that_is_called_off_is_settled_by_what_came(at_desk: AtDesk) -> None:
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

    at_desk(test)


def test_a_task_that_is_cancelled_aborts_the_request_and_settles(at_desk: AtDesk) -> None:
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

    at_desk(test)


def test_time_in_which_it_may_have_been_thinking_is_counted(at_desk: AtDesk) -> None:
    async def test(desk: Desk) -> None:
        costs = []
        for reasoning in ("none", None, "high"):
            metered = desk.metered(FakeChat.of((Delta("A"), Pause(1.5), AnswerBroken("openai", "it fell silent"))))
            with pytest.raises(AnswerBroken):
                await ask(metered, Limits(max_output_tokens=1_000, reasoning=reasoning))  # type: ignore[arg-type]
            costs.append(metered.receipts[0].usage.output_tokens)
        assert costs == [1, 300, 300]

    at_desk(test)


def test_a_fault_before_anything_came_costs_nothing_if_it_surely_was_not_charged(at_desk: AtDesk) -> None:
    async def test(desk: Desk) -> None:
        free = [KeyRefused("openai"), ProviderBusy("openai"), ProviderFailed("openai", 500),
                ProviderUnreachable("openai", "nothing answers")]  # fmt: skip
        for error in free:
            with pytest.raises(type(error)):
                await ask(desk.metered(FakeChat.of((error,))))
            desk.meter.breaker("openai").worked()
        assert await desk.spent() == 0
        lost = ProviderUnreachable("openai", "it does not answer in time")
        lost.data["sent"] = True
        for error in (AnswerBroken("openai", "half a line"), lost):
            before = await desk.spent()
            with pytest.raises(type(error)):
                await ask(desk.metered(FakeChat.of((error,))))
            assert await desk.spent() > before

    at_desk(test)


def test_a_ledger_that_cannot_be_written_keeps_calls_from_being_made(at_desk: AtDesk) -> None:
    async def test(desk: Desk) -> None:
        await desk.spend.close()
        chat = FakeChat.of(says("x"))
        with pytest.raises(StoreError):
            await ask(desk.metered(chat))
        assert chat.history == []

    at_desk(test)


# Patience


def test_what_may_pass_is_tried_again_twice_when_someone_waits_and_five_times_else(at_desk: AtDesk) -> None:
    async def test(desk: Desk) -> None:
        for manner, tries in ((Manner(), 2), (BACKGROUND, 5)):
            chat = FakeChat.of((ProviderFailed("openai", 500),), provider=f"p{tries}", model="gpt-5-mini")
            desk.prices = Prices(given([f"p{tries}/gpt-5-mini=1/1"]))
            with pytest.raises(ProviderFailed):
                await ask(desk.metered(chat, manner))
            assert len(chat.history) == tries
        # Half a second, doubled each time, spread between half and one and a half of it.
        waits = [later - sooner for sooner, later in zip(chat.sent_at, chat.sent_at[1:], strict=False)]
        assert waits == pytest.approx([0.5, 1, 2, 4])

    at_desk(test)


def test_a_second_try_that_works_is_all_that_is_seen(at_desk: AtDesk) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of((ProviderBusy("openai"),), says("Well."))
        metered = desk.metered(chat)
        assert text(await ask(metered)) == "Well."
        assert await desk.spent() == metered.receipts[0].cost_micro == 65
        assert len(metered.receipts) == 1

    at_desk(test)


@pytest.mark.parametrize(("asked_s", "tries", "manner"), [(3, 2, Manner()), (30, 1, Manner()), (30, 5, BACKGROUND)])
def test_a_provider_that_says_when_is_not_asked_sooner(
    at_desk: AtDesk, asked_s: float, tries: int, manner: Manner
) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of((ProviderBusy("openai", asked_s),))
        with pytest.raises(ProviderBusy):
            await ask(desk.metered(chat, manner))
        assert len(chat.history) == tries
        waits = [later - sooner for sooner, later in zip(chat.sent_at, chat.sent_at[1:], strict=False)]
        assert all(asked_s <= wait <= asked_s * 1.2 for wait in waits)

    at_desk(test)


def test_nothing_is_tried_again_once_a_piece_is_there(at_desk: AtDesk) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of((Delta("Half"), ProviderFailed("openai")))
        seen = []
        with pytest.raises(ProviderFailed):
            async for event in desk.metered(chat, BACKGROUND).stream(ASKED, LIMITS):
                seen.append(event)
        assert (seen, len(chat.history)) == ([Delta("Half")], 1)
        assert await desk.spent() > 0

    at_desk(test)


@pytest.mark.parametrize("error", [KeyRefused("openai"), RuntimeError("a fault of ours"), ValueError()])
def test_what_does_not_pass_is_not_tried_again(at_desk: AtDesk, error: Exception) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of((error,))
        with pytest.raises(type(error)):
            await ask(desk.metered(chat, BACKGROUND))
        assert len(chat.history) == 1

    at_desk(test)


def test_a_provider_that_keeps_failing_is_left_alone_and_tried_again_later(at_desk: AtDesk) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of((ProviderUnreachable("openai", "nothing answers"),))
        for _ in range(3):
            with pytest.raises((ProviderUnreachable, ProviderResting)):
                await ask(desk.metered(chat))
        assert len(chat.history) == 5
        with pytest.raises(ProviderResting) as resting:
            await ask(desk.metered(chat))
        assert "left alone until 12:00:" in resting.value.message
        assert len(chat.history) == 5
        await asyncio.sleep(31)
        # One request tries it, and not two.
        chat.queue.clear()
        chat.queue.append((Pause(1), ProviderFailed("openai", 500)))
        answers = await asyncio.gather(*(ask(desk.metered(chat)) for _ in range(3)), return_exceptions=True)
        assert {type(each) for each in answers} == {ProviderResting}
        assert len(chat.history) == 6
        await asyncio.sleep(31)
        chat.queue.clear()
        chat.queue.append(says("Back."))
        assert text(await ask(desk.metered(chat))) == "Back."
        assert text(await ask(desk.metered(chat))) == "Back."

    at_desk(test)


def test_a_wrong_key_is_no_sign_of_an_ailing_provider_and_a_trial_that_is_called_off_says_nothing(
    at_desk: AtDesk,
) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of((KeyRefused("openai"),))
        for _ in range(9):
            with pytest.raises(KeyRefused):
                await ask(desk.metered(chat))
        chat.queue = type(chat.queue)([(ProviderFailed("openai"),)])
        for _ in range(3):
            with suppress(LibrarianError):
                await ask(desk.metered(chat))
        await asyncio.sleep(31)
        chat.queue = type(chat.queue)([(Pause(9), *says("x"))])
        task = asyncio.create_task(ask(desk.metered(chat)))
        await asyncio.sleep(1)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert text(await ask(desk.metered(chat))) == "x"

    at_desk(test)


# Pace


def test_requests_keep_to_the_pace_that_the_headers_told(at_desk: AtDesk) -> None:
    async def test(desk: Desk) -> None:
        desk.meter.learn("openai", {"x-ratelimit-limit-requests": "6", "x-ratelimit-limit-tokens": "1000000"})
        chat = FakeChat.of(says("x"))
        await asyncio.gather(*(ask(desk.metered(chat, BACKGROUND)) for _ in range(9)))
        began = chat.sent_at[0]
        assert [round(at - began) for at in chat.sent_at] == [0] * 6 + [10, 20, 30]

    at_desk(test)


def test_tokens_keep_to_it_too_and_too_large_a_request_is_not_stuck(at_desk: AtDesk) -> None:
    async def test(desk: Desk) -> None:
        desk.meter.learn("openai", {"x-ratelimit-limit-tokens": "100"})
        chat = FakeChat.of(says("x"))
        await asyncio.gather(*(ask(desk.metered(chat, BACKGROUND)) for _ in range(2)))
        assert chat.sent_at[1] - chat.sent_at[0] == pytest.approx(60)

    at_desk(test)


def test_someone_who_waits_is_told_that_it_would_take_long(at_desk: AtDesk) -> None:
    async def test(desk: Desk) -> None:
        desk.meter.learn("openai", {"x-ratelimit-limit-requests": "1"})
        chat = FakeChat.of(says("x"))
        await ask(desk.metered(chat))
        with pytest.raises(ProviderBusy):
            await ask(desk.metered(chat))
        assert len(chat.history) == 1
        assert await desk.spent() == 65, "what was put aside is given back"

    at_desk(test)


@pytest.mark.parametrize(
    ("left", "reset", "wait_s"),
    [
        ("x-ratelimit-remaining-requests", "1m2s", 60), ("x-ratelimit-remaining-tokens", "250ms", 0.25),
        ("x-ratelimit-remaining-tokens", "6", 6), ("x-ratelimit-remaining-tokens", "soon", 0),
        ("anthropic-ratelimit-requests-remaining", "2026-03-10T11:00:20Z", 20),
        ("anthropic-ratelimit-input-tokens-remaining", "2026-03-10T11:00:20", 0),
    ],
)  # fmt: skip
def test_a_provider_that_has_nothing_left_is_asked_when_it_has(
    at_desk: AtDesk, left: str, reset: str, wait_s: float
) -> None:
    from librarian.metering.rate import Rates

    async def test(desk: Desk) -> None:
        del desk
        rates = Rates(now=lambda: NOON)
        reset_name = left.replace("remaining", "reset")
        rates.learn("openai", {left: "0", reset_name: reset})
        began = asyncio.get_running_loop().time()
        await rates.admit("openai", input_tokens=1, output_tokens=1, patience_s=120)
        await rates.admit("anthropic", input_tokens=1, output_tokens=1, patience_s=0)
        assert asyncio.get_running_loop().time() - began == pytest.approx(wait_s)

    at_desk(test)


@pytest.mark.parametrize("value", ["", "x", "-1", "0", "nan", "inf", "1e999", "9" * 99, "½"])
def test_headers_that_make_no_sense_limit_nothing(at_desk: AtDesk, value: str) -> None:
    async def test(desk: Desk) -> None:
        desk.meter.learn("openai", {"x-ratelimit-limit-requests": value, "x-ratelimit-remaining-tokens": value})
        chat = FakeChat.of(says("x"))
        for _ in range(3):
            await ask(desk.metered(chat))
        assert len(set(chat.sent_at)) == 1

    at_desk(test)


# Kept answers


def test_the_same_question_is_paid_once_and_says_so(at_desk: AtDesk) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of(says("Glass", "wort."))
        await ask(desk.metered(chat, kept=True))
        again = desk.metered(chat, kept=True)
        assert await ask(again) == [Delta("Glasswort."), Finish("stop"), Usage(input_tokens=100, output_tokens=20)]
        assert len(chat.history) == 1
        use = total(again.receipts)
        assert use is not None
        assert (use.calls, use.cached, use.cost_usd, use.input_tokens) == (1, 1, "0.00", 0)
        assert await desk.spent() == 65
        (row,) = await desk.spend.summary("feature")
        assert (row.calls, row.cached) == (2, 1)

    at_desk(test)


def test_another_text_prompt_model_or_parameter_is_another_question(at_desk: AtDesk) -> None:
    async def test(desk: Desk) -> None:
        chat, other = FakeChat.of(says("x")), FakeChat.of(says("y"), provider="anthropic", model="claude-sonnet-4-5")
        await ask(desk.metered(chat, kept=True))
        await ask(desk.metered(chat, kept=True), Limits(max_output_tokens=400, timeout_s=7))
        assert len(chat.history) == 1, "how long to wait is no part of the question"
        await ask(desk.metered(chat, kept=True), Limits(max_output_tokens=399))
        await ask(desk.metered(chat, Manner(prompt_version="2"), kept=True))
        await ask(desk.metered(chat, Manner(fresh=True), kept=True))
        async for _ in desk.metered(chat, kept=True).stream([*ASKED, Message("user", "More.")], LIMITS):
            pass
        assert len(chat.history) == 5
        assert text(await ask(desk.metered(other, kept=True))) == "y"

    at_desk(test)


def test_only_whole_answers_are_kept(at_desk: AtDesk) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of(
            says("Cut at the", reason="length"),
            (Delta("Half"), ProviderFailed("openai")),
            says("No.", reason="refused"),
            says("Whole."),
        )
        for _ in range(4):
            with suppress(ProviderFailed):
                await ask(desk.metered(chat, kept=True))
        stream = desk.metered(chat, Manner(fresh=True), kept=True).stream(ASKED, LIMITS)
        await anext(stream)
        await stream.aclose()
        assert len(chat.history) == 5
        assert text(await ask(desk.metered(chat, kept=True))) == "Whole."
        assert len(chat.history) == 5

    at_desk(test)


def test_a_kept_answer_is_given_when_no_money_is_left_and_the_provider_is_away(at_desk: AtDesk) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of(says("x"), (ProviderUnreachable("openai", "no network"),))
        await ask(desk.metered(chat, kept=True))
        desk.caps = Caps(0, 0, 0, 0)
        assert text(await ask(desk.metered(chat, kept=True))) == "x"

    at_desk(test)


# Other providers


def test_another_provider_is_asked_only_if_the_person_allowed_it(at_desk: AtDesk) -> None:
    async def test(desk: Desk) -> None:
        for allowed, asked in (((), 0), (("anthropic",), 1)):
            away = desk.metered(FakeChat.of((ProviderUnreachable("openai", "no network"),)))
            other = FakeChat.of(says("From elsewhere."), provider="anthropic", model="claude-sonnet-4-5")
            both = Fallback(away, [desk.metered(other)], allowed)
            if asked:
                assert text(await ask(both)) == "From elsewhere."
                assert (both.provider, both.model) == ("anthropic", "claude-sonnet-4-5")
            else:
                with pytest.raises(ProviderUnreachable):
                    await ask(both)
                assert both.provider == "openai"
            assert len(other.history) == asked

    at_desk(test)


@pytest.mark.parametrize(
    "error", [KeyRefused("openai"), BudgetExceeded("day", limit_micro=1, spent_micro=1, wanted_micro=1)]
)
def test_what_the_person_must_know_is_not_covered_up_by_another_provider(at_desk: AtDesk, error: Exception) -> None:
    async def test(desk: Desk) -> None:
        del desk
        other = FakeChat.of(says("x"), provider="anthropic")
        with pytest.raises(type(error)):
            await ask(Fallback(FakeChat.of((error,)), [other], {"anthropic"}))
        assert other.history == []

    at_desk(test)


def test_no_second_voice_ends_what_the_first_began(at_desk: AtDesk) -> None:
    async def test(desk: Desk) -> None:
        del desk
        other = FakeChat.of(says("x"), provider="anthropic")
        begun = FakeChat.of((Delta("Half"), ProviderFailed("openai")))
        with pytest.raises(ProviderFailed):
            await ask(Fallback(begun, [other], {"anthropic"}))
        assert other.history == []
        both = Fallback(begun, [other], {"anthropic"})
        stream = both.stream(ASKED, LIMITS)
        await anext(stream)
        await stream.aclose()
        assert begun.aborted == 1
        await both.close()
        assert begun.is_closed
        assert other.is_closed

    at_desk(test)
