"""Answers are kept and told to be; other providers answer only where they may."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

import pytest
from fake_chat import FakeChat, says
from metering_desk import ASKED, LIMITS, SUMMARY, Desk, ask, at_desk, text

from librarian.chat.conversation import Chat, Delta, Finish, Limits, Message, Usage
from librarian.errors import (
    BudgetExceeded,
    KeyMissing,
    KeyRefused,
    ProviderFailed,
    ProviderUnreachable,
)
from librarian.metering import Fallback, Manner, Writer, total
from librarian.metering.answers import Answers, answer_key
from librarian.metering.fallback import Opening
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


def test_an_answer_that_cannot_be_written_is_not_kept_and_a_damaged_one_is_asked_anew(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        chat = FakeChat.of(says("\ud83d"), says("Whole."), says("Again."))
        assert text(await ask(desk.metered(chat, kept=True))) == "\ud83d"
        assert text(await ask(desk.metered(chat, kept=True))) == "Whole."
        key = answer_key("openai", "gpt-5-mini", "", ASKED, LIMITS)
        await desk.cache.put(key, b'{"text": 3}')
        assert text(await ask(desk.metered(chat, kept=True))) == "Again."

    at_desk(tmp_path, test)


def test_a_question_is_the_same_whatever_kind_of_mapping_its_schema_is() -> None:
    schemas = {"type": "object"}, MappingProxyType({"type": "object"})
    keys = {answer_key("p", "m", "1", ASKED, Limits(json_schema=schema)) for schema in schemas}
    assert len(keys) == 1


# Other providers


def ready(*chats: Chat, kept: Answers | None = None) -> list[tuple[Opening, Answers | None]]:
    """Models that need no opening any more."""

    def opening(chat: Chat) -> Opening:
        async def opened() -> Chat:
            return chat

        return opened

    return [(opening(chat), kept) for chat in chats]


def keyless(tried: list[str]) -> tuple[Opening, None]:
    async def opened() -> Chat:
        tried.append("keyless")
        raise KeyMissing("groq", "Groq", "GROQ_API_KEY")

    return opened, None


def test_another_provider_is_asked_when_the_chosen_one_is_away(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        away = FakeChat.of((ProviderUnreachable("openai", "no network"),))
        other = FakeChat.of(says("From elsewhere."), provider="anthropic", model="claude-sonnet-4-5")
        tried: list[str] = []
        writer = Writer(away, [keyless(tried), *ready(other)], desk.meter, SUMMARY, Manner(), None)
        assert text(await ask(writer)) == "From elsewhere."
        assert (writer.provider, writer.model) == ("anthropic", "claude-sonnet-4-5")
        assert (len(away.history), tried) == (2, ["keyless"])
        use = writer.use()
        assert use is not None
        assert (use.provider, use.calls, use.cost_usd) == ("anthropic", 1, "0.0006")

    at_desk(tmp_path, test)


def test_an_answer_of_a_stand_in_is_kept_where_it_was_asked(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        away = FakeChat.of((ProviderUnreachable("openai", "no network"),))
        other = FakeChat.of(says("x"), provider="anthropic", model="claude-sonnet-4-5")
        here, there = Answers(desk.cache, "here"), Answers(desk.cache, "there")
        await ask(Writer(away, ready(other, kept=there), desk.meter, SUMMARY, Manner(), here))
        for answers, times in ((there, 1), (here, 2)):
            assert text(await ask(Writer(other, [], desk.meter, SUMMARY, Manner(), answers))) == "x"
            assert len(other.history) == times

    at_desk(tmp_path, test)


def test_without_another_the_error_is_that_of_the_chosen_one(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        away = FakeChat.of((ProviderUnreachable("openai", "no network"),))
        dear = FakeChat.of(says("x"), provider="anthropic", model="nobody-knows-the-price")
        for others in ([], [keyless([])], ready(dear)):
            writer = Writer(away, others, desk.meter, SUMMARY, Manner(), None)
            desk.meter.breaker("openai").worked()
            with pytest.raises(ProviderUnreachable):
                await ask(writer)
            assert (writer.provider, writer.use()) == ("openai", None)
        assert dear.history == []

    at_desk(tmp_path, test)


@pytest.mark.parametrize(
    "error", [KeyRefused("openai"), BudgetExceeded("day", limit_micro=1, spent_micro=1, wanted_micro=1)]
)
def test_what_the_person_must_know_is_not_covered_up_by_another_provider(tmp_path: Path, error: Exception) -> None:
    async def test(desk: Desk) -> None:
        del desk
        other = FakeChat.of(says("x"), provider="anthropic")
        with pytest.raises(type(error)):
            await ask(Fallback(FakeChat.of((error,)), ready(other)))
        assert other.history == []

    at_desk(tmp_path, test)


def test_no_second_voice_ends_what_the_first_began(tmp_path: Path) -> None:
    async def test(desk: Desk) -> None:
        del desk
        other = FakeChat.of(says("x"), provider="anthropic")
        begun = FakeChat.of((Delta("Half"), ProviderFailed("openai")))
        with pytest.raises(ProviderFailed):
            await ask(Fallback(begun, ready(other)))
        assert other.history == []
        stream = Fallback(begun, ready(other)).stream(ASKED, LIMITS)
        await anext(stream)
        await stream.aclose()
        assert begun.aborted == 1

    at_desk(tmp_path, test)
