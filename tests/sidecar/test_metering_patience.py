"""A provider is asked again where that may help, left alone where it does not, and never faster than it allows."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from fake_chat import FakeChat, Pause, says
from metering_desk import ASKED, BACKGROUND, LIMITS, NOON, Desk, ask, at_desk, text

from librarian.chat.conversation import Delta
from librarian.errors import (
    KeyRefused,
    LibrarianError,
    ProviderBusy,
    ProviderFailed,
    ProviderResting,
    ProviderUnreachable,
)
from librarian.metering import Manner
from librarian.pricing import Prices, given


def test_what_may_pass_is_tried_again_twice_when_someone_waits_and_five_times_else(tmp_path: Path) -> None:
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

    at_desk(tmp_path, test)


def test_a_second_try_that_works_is_all_that_is_seen(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of((ProviderBusy("openai"),), says("Well."))
        metered = desk.metered(chat)
        assert text(await ask(metered)) == "Well."
        assert await desk.spent() == metered.receipts[0].cost_micro == 65
        assert len(metered.receipts) == 1

    at_desk(tmp_path, test)


@pytest.mark.parametrize(("asked_s", "tries", "manner"), [(3, 2, Manner()), (30, 1, Manner()), (30, 5, BACKGROUND)])
def test_a_provider_that_says_when_is_not_asked_sooner(
    tmp_path: Path, asked_s: float, tries: int, manner: Manner
) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of((ProviderBusy("openai", asked_s),))
        with pytest.raises(ProviderBusy):
            await ask(desk.metered(chat, manner))
        assert len(chat.history) == tries
        waits = [later - sooner for sooner, later in zip(chat.sent_at, chat.sent_at[1:], strict=False)]
        assert all(asked_s <= wait <= asked_s * 1.2 for wait in waits)

    at_desk(tmp_path, test)


def test_nothing_is_tried_again_once_a_piece_is_there(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of((Delta("Half"), ProviderFailed("openai")))
        stream = desk.metered(chat, BACKGROUND).stream(ASKED, LIMITS)
        assert await anext(stream) == Delta("Half")
        with pytest.raises(ProviderFailed):
            await anext(stream)
        assert len(chat.history) == 1
        assert await desk.spent() > 0

    at_desk(tmp_path, test)


@pytest.mark.parametrize("error", [KeyRefused("openai"), RuntimeError("a fault of ours"), ValueError()])
def test_what_does_not_pass_is_not_tried_again(tmp_path: Path, error: Exception) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of((error,))
        with pytest.raises(type(error)):
            await ask(desk.metered(chat, BACKGROUND))
        assert len(chat.history) == 1

    at_desk(tmp_path, test)


def test_a_provider_that_keeps_failing_is_left_alone_and_tried_again_later(tmp_path: Path) -> None:
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

    at_desk(tmp_path, test)


async def left_alone(desk: Desk) -> FakeChat:
    """A provider that failed until it was left alone, at the end of its rest."""
    chat = FakeChat.of((ProviderUnreachable("openai", "nothing answers"),))
    for _ in range(3):
        with suppress(ProviderUnreachable, ProviderResting):
            await ask(desk.metered(chat))
    await asyncio.sleep(31)
    chat.queue.clear()
    return chat


def test_others_are_asked_as_soon_as_a_provider_that_was_left_alone_begins_to_answer(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        chat = await left_alone(desk)
        chat.queue.extend([(Delta("A long "), Pause(60), *says("answer.")), says("Short.")])
        long = asyncio.create_task(ask(desk.metered(chat)))
        await asyncio.sleep(5)
        assert text(await ask(desk.metered(chat))) == "Short."
        assert text(await long) == "A long answer."

    at_desk(tmp_path, test)


def test_a_provider_that_comes_back_and_fails_in_the_midst_is_left_alone_again(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        chat = await left_alone(desk)
        chat.queue.append((Delta("Half an "), ProviderFailed("openai")))
        with pytest.raises(ProviderFailed):
            await ask(desk.metered(chat))
        with pytest.raises(ProviderResting):
            await ask(desk.metered(chat))

    at_desk(tmp_path, test)


def test_what_was_asked_before_a_provider_was_left_alone_ends_no_trial_by_failing_late(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        late = asyncio.create_task(ask(desk.metered(FakeChat.of((Pause(40), ProviderFailed("openai", 500))))))
        await asyncio.sleep(0)
        chat = await left_alone(desk)
        chat.queue.extend([(Pause(60), *says("Back.")), says("Well.")])
        trial = asyncio.create_task(ask(desk.metered(chat)))
        with pytest.raises((ProviderFailed, ProviderResting)):
            await late
        await asyncio.sleep(31)
        # One request tries it still, and not two.
        with pytest.raises(ProviderResting):
            await ask(desk.metered(chat))
        assert text(await trial) == "Back."
        assert text(await ask(desk.metered(chat))) == "Well."

    at_desk(tmp_path, test)


def test_a_wrong_key_is_no_sign_of_an_ailing_provider_and_a_trial_that_is_called_off_says_nothing(
    tmp_path: Path,
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

    at_desk(tmp_path, test)


# Pace


def test_requests_keep_to_the_pace_that_the_headers_told(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        desk.meter.learn("openai", {"x-ratelimit-limit-requests": "6", "x-ratelimit-limit-tokens": "1000000"})
        chat = FakeChat.of(says("x"))
        await asyncio.gather(*(ask(desk.metered(chat, BACKGROUND)) for _ in range(9)))
        began = chat.sent_at[0]
        assert [round(at - began) for at in chat.sent_at] == [0] * 6 + [10, 20, 30]

    at_desk(tmp_path, test)


def test_tokens_keep_to_it_too_and_too_large_a_request_is_not_stuck(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        desk.meter.learn("openai", {"x-ratelimit-limit-tokens": "100"})
        chat = FakeChat.of(says("x"))
        await asyncio.gather(*(ask(desk.metered(chat, BACKGROUND)) for _ in range(2)))
        assert chat.sent_at[1] - chat.sent_at[0] == pytest.approx(60)

    at_desk(tmp_path, test)


def test_someone_who_waits_is_told_that_it_would_take_long(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        desk.meter.learn("openai", {"x-ratelimit-limit-requests": "1"})
        chat = FakeChat.of(says("x"))
        await ask(desk.metered(chat))
        with pytest.raises(ProviderBusy):
            await ask(desk.metered(chat))
        assert len(chat.history) == 1
        assert await desk.spent() == 65, "what was put aside is given back"

    at_desk(tmp_path, test)


@pytest.mark.parametrize(
    ("left", "reset", "wait_s"),
    [
        ("x-ratelimit-remaining-requests", "1m2s", 60), ("x-ratelimit-remaining-tokens", "250ms", 0.25),
        ("x-ratelimit-remaining-tokens", "6", 6), ("x-ratelimit-remaining-tokens", "soon", 0),
        ("anthropic-ratelimit-requests-remaining", "2026-03-10T11:00:20Z", 20),
        ("anthropic-ratelimit-input-tokens-remaining", "2026-03-10T11:00:20", 0),
        ("anthropic-ratelimit-output-tokens-remaining", "2026-03-10T11:00:07Z", 7),
    ],
)  # fmt: skip
def test_a_provider_that_has_nothing_left_is_asked_when_it_has(
    tmp_path: Path, left: str, reset: str, wait_s: float
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

    at_desk(tmp_path, test)


@pytest.mark.parametrize("value", ["", "x", "-1", "0", "nan", "inf", "1e999", "9" * 99, "½"])
def test_headers_that_make_no_sense_limit_nothing(tmp_path: Path, value: str) -> None:
    async def test(desk: Desk) -> None:
        desk.meter.learn("openai", {"x-ratelimit-limit-requests": value, "x-ratelimit-remaining-tokens": value})
        chat = FakeChat.of(says("x"))
        for _ in range(3):
            await ask(desk.metered(chat))
        assert len(set(chat.sent_at)) == 1

    at_desk(tmp_path, test)
