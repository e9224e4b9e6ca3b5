"""The whole way to a real model: what is proved is that it is loaded, asked, heard and let go, not what it says."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import psutil
import pytest

from librarian.chat import Chats, Choice, Delta, Event, Finish, Keys, Limits, Message, Usage
from librarian.chat.llama_chat import CONTEXT_TOKENS, LlamaChat
from librarian.errors import PromptTooLong

ASKED = (Message("system", "You are brief."), Message("user", "The sea is"))
PATIENT = Limits(max_output_tokens=12, temperature=0.0, timeout_s=240)


def free(chat):
    """The model as it is tested, in nobody's books."""
    chat.cost_usd = "0.00"
    return chat


@pytest.fixture
async def chat(gemma: Path) -> AsyncIterator[LlamaChat]:
    opened = LlamaChat("embedded", str(gemma))
    yield opened
    await opened.close()


async def heard(chat: LlamaChat, limits: Limits = PATIENT) -> list[Event]:
    return [event async for event in chat.stream(ASKED, limits)]


async def test_it_answers_in_pieces_and_counts_its_tokens(chat: LlamaChat) -> None:
    events = await heard(chat)
    *pieces, finish, usage = events
    assert pieces
    assert all(isinstance(piece, Delta) for piece in pieces)
    assert finish in (Finish("length"), Finish("stop"))
    assert isinstance(usage, Usage)
    assert not usage.estimated
    assert usage.output_tokens <= 12
    assert usage.input_tokens + usage.cache_read_tokens > 5


async def test_what_it_read_before_is_read_from_its_cache(chat: LlamaChat) -> None:
    first, second = (await heard(chat))[-1], (await heard(chat))[-1]
    assert isinstance(first, Usage)
    assert isinstance(second, Usage)
    assert (first.cache_read_tokens, second.cache_read_tokens > 0) == (0, True)
    whole = [usage.input_tokens + usage.cache_read_tokens for usage in (first, second)]
    assert whole[0] == whole[1]


async def test_its_answer_keeps_to_a_schema(chat: LlamaChat) -> None:
    schema = {
        "type": "object",
        "properties": {"wet": {"type": "boolean"}},
        "required": ["wet"],
        "additionalProperties": False,
    }
    limits = Limits(max_output_tokens=40, temperature=0.0, json_schema=schema, timeout_s=240, reasoning="none")
    text = "".join(event.text for event in await heard(chat, limits) if isinstance(event, Delta))
    assert json.loads(text)["wet"] in (True, False)


async def test_an_answer_that_is_closed_frees_it_for_the_next(chat: LlamaChat) -> None:
    await heard(chat)
    endless = Limits(max_output_tokens=4000, temperature=1.0, timeout_s=240)
    async with aclosing(chat.stream(ASKED, endless)) as events:
        await anext(events)
        began = time.perf_counter()
    closed_s = time.perf_counter() - began
    # It has one place to answer in: were the first answer still being written, this would take minutes.
    assert (await heard(chat, Limits(max_output_tokens=1, timeout_s=240)))[-1]
    assert closed_s < 0.2


async def test_more_than_it_reads_at_once_is_told(chat: LlamaChat) -> None:
    long = (Message("user", "word " * (CONTEXT_TOKENS + 1000)),)
    with pytest.raises(PromptTooLong):
        [event async for event in chat.stream(long, PATIENT)]


async def test_its_process_ends_with_it(gemma: Path) -> None:
    chat = LlamaChat("embedded", str(gemma))
    await heard(chat)
    assert chat._worker.pid is not None
    process = psutil.Process(chat._worker.pid)
    assert str(chat._key) not in " ".join(process.cmdline())
    await chat.close()
    assert not process.is_running()


async def test_the_test_button_says_that_it_works(gemma: Path) -> None:
    chats = Chats(Keys())
    tested = await chats.test(Choice("embedded", str(gemma)), free)
    await chats.close()
    assert tested.works, tested.told
