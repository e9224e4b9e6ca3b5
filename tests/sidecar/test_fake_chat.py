"""The fake keeps the protocol's promises, so that what is tested with it holds with a real model."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest
from fake_chat import FakeChat

from librarian.chat import Chat, Delta, Finish, Limits, Message, Usage
from librarian.errors import ProviderBusy

ASKED = (Message("user", "Say something short"),)


async def test_it_says_what_is_in_its_queue_and_remembers_what_it_was_asked() -> None:
    fake = FakeChat.of("Two words", lambda messages: messages[0].text.upper())
    chat: Chat = fake
    assert [event async for event in chat.stream(ASKED, Limits())] == [
        Delta("Two "), Delta("words"), Finish("stop"), Usage(input_tokens=3, output_tokens=2),
    ]  # fmt: skip
    again = [event async for event in chat.stream(ASKED, Limits())]
    assert again[:3] == [Delta("SAY "), Delta("SOMETHING "), Delta("SHORT")]
    assert fake.prompts == ["Say something short"] * 2


async def test_it_fails_when_told_to_and_notices_when_nobody_listens() -> None:
    fake = FakeChat.of([Delta("Half "), ProviderBusy("fake", 3)], [Delta("Two "), asyncio.Event()])
    heard = []
    with pytest.raises(ProviderBusy):
        async for event in fake.stream(ASKED, Limits()):
            heard.append(event)  # noqa: PERF401  # what came before the error counts
    assert (heard, fake.aborted) == ([Delta("Half ")], 0)
    async with aclosing(fake.stream(ASKED, Limits())) as events:
        assert await anext(events) == Delta("Two ")
    assert fake.aborted == 1
