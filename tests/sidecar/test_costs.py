"""What a person allows holds at once and over all vaults; the books are opened when they are needed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from fake_chat import FakeChat, says

from librarian import settings
from librarian.chat import Limits, Message, Usage
from librarian.errors import BudgetExceeded, PriceUnknown, SettingInvalid, StoreError
from librarian.library import Library, open_library
from librarian.metering import Metered
from librarian.money import Purpose
from librarian.places import Places

ASKED = [Message("user", "What grows in the salt marsh?")]
LIMITS = Limits(max_output_tokens=1_000)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(data=tmp_path / "data", config=tmp_path / "config")


@pytest.fixture
async def library(places: Places) -> AsyncIterator[Library]:
    async with open_library(places, settings.load(places.settings), stays=False) as opened:
        yield opened


async def metered(library: Library, model: str = "gpt-5-mini", vault_id: str | None = None) -> Metered:
    chat = FakeChat.of(says("x", usage=Usage(input_tokens=1_000, output_tokens=1_000)), model=model)
    return (await library.costs.meter()).chat(chat, Purpose("summary", vault_id=vault_id))


async def ask(chat: Metered) -> None:
    async for _ in chat.stream(ASKED, LIMITS):
        pass


async def test_a_budget_that_is_changed_holds_from_the_next_call(library: Library, places: Places) -> None:
    chat = await metered(library)
    await ask(chat)
    settings.change(places.settings, "budget_day_usd", "0.003")
    with pytest.raises(BudgetExceeded) as refused:
        await ask(chat)
    assert (refused.value.data["cap"], refused.value.data["leftUsd"]) == ("day", "0.00075")
    settings.change(places.settings, "budget_day_usd", "1")
    await ask(chat)
    assert (await library.costs.summary("model")).total_usd == "0.0045"


async def test_a_vault_may_have_caps_of_its_own_on_what_all_spend(library: Library, places: Places) -> None:
    settings.change(places.settings, "budget_day_usd", "0.004", vault_id="garden-1")
    await ask(await metered(library, vault_id="other-1"))
    with pytest.raises(BudgetExceeded):
        await ask(await metered(library, vault_id="garden-1"))
    await ask(await metered(library, vault_id="other-1"))
    caps = {cap.cap: (cap.limit_usd, cap.left_usd) for cap in (await library.costs.budget("garden-1")).caps}
    assert caps["day"] == ("0.004", "0.00")
    assert {cap.cap: cap.limit_usd for cap in (await library.costs.budget()).caps} == {
        "call": "0.50", "run": "2.00", "day": "5.00", "month": "20.00",
    }  # fmt: skip


async def test_a_price_that_is_given_in_answer_to_the_question_holds_at_once(library: Library, places: Places) -> None:
    chat = await metered(library, model="gpt-99")
    with pytest.raises(PriceUnknown):
        await ask(chat)
    settings.change(places.settings, "model_prices", ["openai/gpt-99=1/2"])
    await ask(chat)
    assert chat.receipts[-1].cost_micro == 3_000


async def test_the_books_are_made_when_they_are_needed_and_reopened_when_they_were_closed(
    library: Library, places: Places
) -> None:
    assert not places.spend.exists()
    assert (await library.costs.summary("day")).rows == ()
    assert places.spend.stat().st_mode & 0o077 == 0
    await ask(await metered(library))
    await library.costs.close()
    await library.costs.close()
    today = date.fromisoformat((await library.costs.budget()).day)
    assert [row.calls for row in (await library.costs.summary("day", today, today)).rows] == [1]


async def test_two_libraries_of_one_person_share_the_books(library: Library, places: Places) -> None:
    async with open_library(places, settings.load(places.settings), stays=False) as other:
        await ask(await metered(other))
        await ask(await metered(library))
        assert (await other.costs.summary("model")).total_usd == "0.0045"


async def test_without_room_for_books_no_model_is_asked(places: Places) -> None:
    places.data.parent.mkdir(exist_ok=True)
    places.data.write_text("a file where the folder should be")
    async with open_library(places, settings.load(places.settings), stays=False) as library:
        with pytest.raises(StoreError, match="none is asked"):
            await library.costs.meter()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("budget_day_usd", 5), ("budget_day_usd", "-1"), ("budget_day_usd", "1.0000001"), ("budget_day_usd", "five"),
        ("budget_day_usd", "1e3"), ("budget_day_usd", ""), ("budget_day_usd", "9999999"), ("budget_day_usd", "٣"),
        ("model_prices", ["gpt=1/2"]), ("model_prices", ["a/b=1"]), ("model_prices", "a/b=1/2"),
        ("fallback_providers", ["Open AI"]), ("fallback_providers", [""]),
    ],
)  # fmt: skip
def test_money_is_not_taken_from_what_is_none(places: Places, name: str, value: object) -> None:
    with pytest.raises(SettingInvalid):
        settings.change(places.settings, name, value)


def test_amounts_are_read_from_a_command_line_as_they_are_written() -> None:
    assert settings.parse("budget_day_usd", "3") == "3"
    assert settings.parse("budget_day_usd", "0.10") == "0.10"
    assert settings.parse("model_prices", "a/b=1/2, c/d/e=3/4") == ("a/b=1/2", "c/d/e=3/4")
