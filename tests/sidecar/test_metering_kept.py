"""Answers are kept and told to be; other providers answer only where they may."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from fake_chat import FakeChat, says
from metering_desk import ASKED, LIMITS, Desk, ask, at_desk, text

from librarian.chat.conversation import Delta, Finish, Limits, Message, Usage
from librarian.errors import (
    BudgetExceeded,
    KeyRefused,
    ProviderFailed,
    ProviderUnreachable,
)
from librarian.metering import Fallback, Manner, total
from librarian.money import Caps


def test_the_same_question_is_paid_once_and_says_so(tmp_path: Path) -> None:
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

    at_desk(tmp_path, test)


def test_another_text_prompt_model_or_parameter_is_another_question(tmp_path: Path) -> None:
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

    at_desk(tmp_path, test)


def test_only_whole_answers_are_kept(tmp_path: Path) -> None:
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

    at_desk(tmp_path, test)


def test_a_kept_answer_is_given_when_no_money_is_left_and_the_provider_is_away(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of(says("x"), (ProviderUnreachable("openai", "no network"),))
        await ask(desk.metered(chat, kept=True))
        desk.caps = Caps(0, 0, 0, 0)
        assert text(await ask(desk.metered(chat, kept=True))) == "x"

    at_desk(tmp_path, test)


# Other providers


def test_another_provider_is_asked_only_if_the_person_allowed_it(tmp_path: Path) -> None:
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

    at_desk(tmp_path, test)


@pytest.mark.parametrize(
    "error", [KeyRefused("openai"), BudgetExceeded("day", limit_micro=1, spent_micro=1, wanted_micro=1)]
)
def test_what_the_person_must_know_is_not_covered_up_by_another_provider(tmp_path: Path, error: Exception) -> None:
    async def test(desk: Desk) -> None:
        del desk
        other = FakeChat.of(says("x"), provider="anthropic")
        with pytest.raises(type(error)):
            await ask(Fallback(FakeChat.of((error,)), [other], {"anthropic"}))
        assert other.history == []

    at_desk(tmp_path, test)


def test_no_second_voice_ends_what_the_first_began(tmp_path: Path) -> None:
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

    at_desk(tmp_path, test)
