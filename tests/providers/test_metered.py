"""Real protocols, asked within limits: what a provider does wrong is tried again or settled, to the micro-dollar."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from librarian.chat import Chat, Delta, Event, Limits
from librarian.errors import AnswerBroken, ProviderBusy, ProviderUnreachable
from librarian.metering import Manner, Meter, Metered, Terms
from librarian.money import Caps, Purpose
from librarian.pricing import Prices, given
from librarian.spend import Spend
from providers.protocols import Speech
from providers.scenes import ASKED, answers, says
from providers.server import Request, Server, Talk

QUICK = Limits(max_output_tokens=400, timeout_s=5, reasoning="none")


@pytest.fixture
async def spend(tmp_path: Path) -> AsyncIterator[Spend]:
    opened = await Spend.open(tmp_path / "spend.sqlite", clock=lambda: datetime.now().astimezone())
    yield opened
    await opened.close()


@pytest.fixture
def meter(spend: Spend) -> Meter:
    async def terms(_vault_id: str | None) -> Terms:
        caps = Caps(call=10**6, run=10**6, day=10**6, month=10**6)
        return Terms(caps, Prices(given(["anthropic/claude-test=1/10", "openai/gpt-test=1/10"])))

    return Meter(spend, terms, random=lambda: 0.0)


def metered(meter: Meter, chat: Chat) -> Metered:
    return meter.chat(chat, Purpose("test"), Manner())


async def spent(spend: Spend) -> tuple[str, int]:
    """Cost of all calls, and how many of them were counted here."""
    rows = await spend.summary("feature")
    return (rows[0].cost_usd, rows[0].estimated) if rows else ("0.00", 0)


async def test_an_answer_is_settled_by_what_the_provider_told(
    server: Server, speech: Speech, meter: Meter, spend: Spend
) -> None:
    server.turns.append(says(speech.answer("Shorter.")))
    chat = metered(meter, speech.chat(server.url))
    events = [event async for event in chat.stream(ASKED, QUICK)]
    assert events[0] == Delta("Shorter.")
    # 33 tokens read, 9 written, of which those of the cache are some.
    assert await spent(spend) == ("0.000123", 0)
    await chat.close()


async def test_a_busy_provider_is_asked_again_when_it_said(
    server: Server, speech: Speech, meter: Meter, spend: Spend
) -> None:
    asked_at: list[float] = []

    async def busy(request: Request, talk: Talk) -> None:
        asked_at.append(asyncio.get_running_loop().time())
        await answers(429, speech.error("rate_limit_error", "slow down"), retry_after_ms="300")(request, talk)

    async def well(request: Request, talk: Talk) -> None:
        asked_at.append(asyncio.get_running_loop().time())
        await says(speech.answer("Now."))(request, talk)

    server.turns.extend([busy, well])
    chat = metered(meter, speech.chat(server.url))
    assert Delta("Now.") in [event async for event in chat.stream(ASKED, QUICK)]
    assert asked_at[1] - asked_at[0] >= 0.3
    assert await spent(spend) == ("0.000123", 0)
    await chat.close()


async def test_one_that_stays_busy_costs_nothing(server: Server, speech: Speech, meter: Meter, spend: Spend) -> None:
    overloaded = answers(529, speech.error("overloaded_error", "Overloaded"))
    server.turns.extend([overloaded, overloaded])
    chat = metered(meter, speech.chat(server.url))
    with pytest.raises(ProviderBusy):
        await anext(chat.stream(ASKED, QUICK))
    assert len(server.requests) == 2
    assert await spent(spend) == ("0.00", 0)
    await chat.close()


async def test_half_an_answer_is_counted_and_not_asked_for_again(
    server: Server, speech: Speech, meter: Meter, spend: Spend
) -> None:
    async def half(_request: Request, talk: Talk) -> None:
        await talk.events(speech.answer("Half an answer")[: 4 if speech.name == "anthropic" else 2], ends=False)
        talk.cut()

    server.turns.append(half)
    chat = metered(meter, speech.chat(server.url))
    stream = chat.stream(ASKED, QUICK)
    assert await anext(stream) == Delta("Half an answer")
    with pytest.raises(AnswerBroken):
        await anext(stream)
    cost, estimated = await spent(spend)
    assert (float(cost) > 0.00005, estimated, len(server.requests)) == (True, 1, 1)
    await chat.close()


async def test_one_that_takes_the_question_and_never_answers_is_counted_each_time(
    server: Server, speech: Speech, meter: Meter, spend: Spend
) -> None:
    async def silent(_request: Request, talk: Talk) -> None:
        await talk.hang()

    server.turns.extend([silent, silent])
    chat = metered(meter, speech.chat(server.url))
    with pytest.raises(ProviderUnreachable):
        await anext(chat.stream(ASKED, Limits(max_output_tokens=400, timeout_s=0.2, reasoning="none")))
    (row,) = await spend.summary("feature")
    assert (row.calls, row.estimated, row.output_tokens) == (2, 2, 0)
    assert row.input_tokens > 0
    await chat.close()


async def test_nobody_there_costs_nothing(speech: Speech, meter: Meter, spend: Spend) -> None:
    chat = metered(meter, speech.chat("http://127.0.0.1:9"))
    with pytest.raises(ProviderUnreachable):
        await anext(chat.stream(ASKED, QUICK))
    assert await spent(spend) == ("0.00", 0)
    await chat.close()


async def test_calling_off_aborts_the_request_and_is_settled(
    server: Server, speech: Speech, meter: Meter, spend: Spend
) -> None:
    async def slow(_request: Request, talk: Talk) -> None:
        await talk.events(speech.answer("Glasswort")[: 4 if speech.name == "anthropic" else 2], ends=False)
        await talk.hang()

    server.turns.append(slow)
    chat = metered(meter, speech.chat(server.url))
    stream = chat.stream(ASKED, QUICK)
    assert await anext(stream) == Delta("Glasswort")
    await stream.aclose()
    await asyncio.wait_for(server.requests[0].gone.wait(), 5)
    assert (await spent(spend))[1] == 1
    await chat.close()


async def test_a_task_that_is_cancelled_while_it_waits_aborts_the_request_and_is_settled(
    server: Server, speech: Speech, meter: Meter, spend: Spend
) -> None:
    async def silent(_request: Request, talk: Talk) -> None:
        await talk.hang()

    server.turns.append(silent)
    chat = metered(meter, speech.chat(server.url))

    async def ask() -> list[Event]:
        return [event async for event in chat.stream(ASKED, QUICK)]

    task = asyncio.create_task(ask())
    await server.asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(server.requests[0].gone.wait(), 5)
    assert (await spent(spend))[1] == 1
    await chat.close()


async def test_limits_in_the_headers_of_an_answer_are_kept(server: Server, speech: Speech, meter: Meter) -> None:
    names = {
        "anthropic": "anthropic_ratelimit_requests_limit",
        "openai": "x_ratelimit_limit_requests",
    }

    async def strict(_request: Request, talk: Talk) -> None:
        await talk.events(speech.answer("One."), **{names[speech.name]: "2"})

    server.turns.extend([strict, strict, strict])
    chat = metered(meter, speech.chat(server.url, hear=partial(meter.learn, speech.name)))
    for _ in range(3):
        # The first taught it; two more are within the limit.
        async for _event in chat.stream(ASKED, QUICK):
            pass
    with pytest.raises(ProviderBusy):
        await anext(chat.stream(ASKED, QUICK))
    assert len(server.requests) == 3
    await chat.close()
