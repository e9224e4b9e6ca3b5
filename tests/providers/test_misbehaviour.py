"""Whatever a provider does wrong ends in an error of ours at once, with what came before it kept."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from typing import Any

import pytest

from librarian.chat import Delta, Limits
from librarian.chat.address import Bounds
from librarian.errors import (
    AnswerBroken,
    ContentRefused,
    CreditUsedUp,
    KeyRefused,
    ModelError,
    ModelNotFound,
    PromptTooLong,
    ProviderBusy,
    ProviderFailed,
    ProviderUnreachable,
    RequestRefused,
)
from providers.protocols import KEY, Speech
from providers.scenes import ASKED, answers, heard, says
from providers.server import Request, Server, Talk, serving

IMPATIENT = Limits(timeout_s=0.2)


async def fails(server: Server, speech: Speech, **options: Any) -> tuple[list[Any], ModelError]:
    """What was heard before the error, and the error."""
    chat = speech.chat(server.url, bounds=options.pop("bounds", None))
    events: list[Any] = []
    with pytest.raises(ModelError) as caught:
        async for event in chat.stream(ASKED, options.pop("limits", IMPATIENT)):
            events.append(event)  # noqa: PERF401  # what came before the error counts
    await chat.close()
    return events, caught.value


@pytest.mark.parametrize(
    ("status", "kind", "message", "expected"),
    [
        (400, "invalid_request_error", "messages.0: bad", RequestRefused),
        (400, "invalid_request_error", "prompt is too long: 250000 tokens > 200000 maximum", PromptTooLong),
        (400, "context_length_exceeded", "This model's maximum context length is 8192 tokens.", PromptTooLong),
        (400, "exceed_context_size_error", "the request exceeds the available context size", PromptTooLong),
        (400, "invalid_request_error", "Your credit balance is too low", CreditUsedUp),
        (400, "content_policy_violation", "Your request was rejected by our safety system", ContentRefused),
        (400, "invalid_request_error", "API key not valid. Please pass a valid API key.", KeyRefused),
        (401, "authentication_error", "invalid x-api-key", KeyRefused),
        (402, "billing_error", "pay first", CreditUsedUp),
        (403, "permission_error", "no", KeyRefused),
        (403, "forbidden", "Input was flagged by moderation", ContentRefused),
        (404, "not_found_error", "model: claude-nope", ModelNotFound),
        (404, "model_not_found", "The model `gpt-nope` does not exist", ModelNotFound),
        (413, "request_too_large", "too large", PromptTooLong),
        (422, "validation_error", "unprocessable", RequestRefused),
        (429, "rate_limit_error", "slow down", ProviderBusy),
        (429, "insufficient_quota", "You exceeded your current quota", CreditUsedUp),
        (500, "api_error", "oh no", ProviderFailed),
        (500, "server_error", "the input exceeds the available context size", PromptTooLong),
        (502, "bad_gateway", "oh no", ProviderFailed),
        (503, "unavailable", "loading model", ProviderBusy),
        (529, "overloaded_error", "Overloaded", ProviderBusy),
    ],
)
async def test_a_status_becomes_the_error_it_means(
    server: Server, speech: Speech, status: int, kind: str, message: str, expected: type[ModelError]
) -> None:
    server.turns.append(answers(status, speech.error(kind, message)))
    events, error = await fails(server, speech)
    assert (events, type(error)) == ([], expected)
    assert len(server.requests) == 1, "retries are for those who know the budget"


@pytest.mark.parametrize("body", [b"", b"<html>oops</html>", b"[1, 2]", b'"text"', b"null", b'{"error": "words"}'])
@pytest.mark.parametrize(("status", "expected"), [(500, ProviderFailed), (429, ProviderBusy), (400, RequestRefused)])
async def test_a_status_says_enough_when_its_document_does_not(
    server: Server, speech: Speech, body: bytes, status: int, expected: type[ModelError]
) -> None:
    server.turns.append(answers(status, body))
    assert type((await fails(server, speech))[1]) is expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "0.5"}, 0.5),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "-3"}, None),
        ({"retry_after": "inf"}, None),
        ({"retry_after": "999999999"}, 86_400.0),
        ({"retry_after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry_after": "2", "retry_after_ms": "1500"}, 1.5),
    ],
)
async def test_how_long_to_wait_is_passed_on(
    server: Server, speech: Speech, headers: dict[str, str], expected: float | None
) -> None:
    server.turns.append(answers(429, speech.error("rate_limit_error", "slow down"), **headers))
    _, error = await fails(server, speech)
    assert isinstance(error, ProviderBusy)
    assert error.retry_after_s == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("overloaded_error", ProviderBusy), ("api_error", ProviderFailed), ("invalid_request_error", ProviderFailed)],
)
async def test_an_error_in_the_midst_of_an_answer_keeps_what_came_before(
    server: Server, speech: Speech, kind: str, expected: type[ModelError]
) -> None:
    begin = speech.answer()[0]
    server.turns.append(says([begin, speech.piece("Half "), speech.broken(kind, "oh")]))
    events, error = await fails(server, speech)
    assert (events, type(error)) == ([Delta("Half ")], expected)


async def test_nobody_there_is_told_with_the_question_whether_it_runs(speech: Speech) -> None:
    async with serving() as gone:
        pass
    _, error = await fails(gone, speech)
    assert isinstance(error, ProviderUnreachable)
    assert "is it running?" in str(error)


async def test_silence_before_the_answer_ends_when_patience_does(server: Server, speech: Speech) -> None:
    async def turn(_request: Request, talk: Talk) -> None:
        await talk.hang()

    server.turns.append(turn)
    events, error = await fails(server, speech)
    assert (events, type(error)) == ([], ProviderUnreachable)
    await asyncio.wait_for(server.requests[0].gone.wait(), 2)


async def test_silence_in_the_midst_of_an_answer_keeps_what_came_before(server: Server, speech: Speech) -> None:
    async def turn(_request: Request, talk: Talk) -> None:
        await talk.events([speech.answer()[0], speech.piece("Half ")], ends=False)
        await talk.hang()

    server.turns.append(turn)
    events, error = await fails(server, speech)
    assert (events, type(error)) == ([Delta("Half ")], AnswerBroken)
    assert "silent" in str(error)
    await asyncio.wait_for(server.requests[0].gone.wait(), 2)


async def test_a_connection_that_is_dropped_is_a_broken_answer(server: Server, speech: Speech) -> None:
    async def turn(_request: Request, talk: Talk) -> None:
        await talk.events([speech.answer()[0], speech.piece("Half "), speech.piece("a word")[:20]], ends=False)
        talk.cut()

    server.turns.append(turn)
    events, error = await fails(server, speech)
    assert type(error) is AnswerBroken
    assert events in ([], [Delta("Half ")]), "a reset may overtake what was sent before it"


async def test_a_connection_that_is_dropped_before_the_answer_is_no_answer(server: Server, speech: Speech) -> None:
    async def turn(_request: Request, talk: Talk) -> None:
        talk.cut()

    server.turns.append(turn)
    assert type((await fails(server, speech))[1]) is ProviderUnreachable


@pytest.mark.parametrize(
    "tail",
    [
        b"",
        b'data: {"type": "content_bl',
        b"data: {]\n\n",
        b"event: x\ndata: \xff\xfe\n\n",
        b"data: " + b"[" * 100_000 + b"\n\n",
    ],
    ids=["closed early", "half a line", "invalid JSON", "invalid UTF-8", "too deep"],
)
async def test_an_answer_that_is_not_whole_is_broken(server: Server, speech: Speech, tail: bytes) -> None:
    if tail.startswith(b"data: ") and speech.name == "anthropic":
        tail = b"event: content_block_delta\n" + tail
    server.turns.append(says([speech.answer()[0], speech.piece("Half "), tail]))
    events, error = await fails(server, speech)
    assert (events, type(error)) == ([Delta("Half ")], AnswerBroken)


@pytest.mark.parametrize("content", [b"<html>Log in to the hotel's network</html>", b"{}", b"", b"\0" * 9999])
async def test_what_is_no_answer_at_all_raises_the_question_of_the_address(
    server: Server, speech: Speech, content: bytes
) -> None:
    server.turns.append(answers(200, content, content_type="text/html"))
    _, error = await fails(server, speech)
    assert type(error) is AnswerBroken
    assert "is the address right?" in str(error)


@pytest.mark.parametrize("kind", ["text/event-stream", "text/plain"])
async def test_a_piece_of_ten_megabytes_stops_the_answer(server: Server, speech: Speech, kind: str) -> None:
    async def turn(_request: Request, talk: Talk) -> None:
        await talk.head(content_type=kind)
        for piece in (speech.answer()[0], speech.piece("Half "), speech.piece("a" * 10_000_000)):
            await talk.send(piece)
        await talk.hang()

    server.turns.append(turn)
    events, error = await fails(server, speech, limits=Limits(timeout_s=5))
    assert (events, type(error)) == ([Delta("Half ")], AnswerBroken)


async def test_an_answer_that_is_longer_than_agreed_is_stopped(server: Server, speech: Speech) -> None:
    server.turns.append(says([speech.answer()[0], *[speech.piece("word " * 100)] * 100]))
    events, error = await fails(server, speech, limits=Limits(max_output_tokens=10))
    assert type(error) is AnswerBroken
    assert sum(len(event.text) for event in events) < 10_000


async def test_an_answer_that_never_ends_is_stopped_though_it_is_never_silent(server: Server, speech: Speech) -> None:
    async def turn(_request: Request, talk: Talk) -> None:
        await talk.events([speech.answer()[0]], ends=False)
        while True:
            await talk.send(b": still there\n\n")
            await asyncio.sleep(0.01)

    server.turns.append(turn)
    _, error = await fails(server, speech, bounds=Bounds(seconds=0.3))
    assert type(error) is AnswerBroken


async def test_a_packed_answer_is_refused_before_it_is_unpacked(server: Server, speech: Speech) -> None:
    server.turns.append(answers(200, b"\x1f\x8b" + b"\0" * 100, content_encoding="gzip"))
    assert type((await fails(server, speech))[1]) is AnswerBroken
    assert server.requests[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_the_key_does_not_follow_to_another_address(server: Server, speech: Speech, status: int) -> None:
    async with serving() as elsewhere:
        server.turns.append(answers(status, b"", location=f"{elsewhere.url}/v1/messages"))
        _, error = await fails(server, speech)
        assert type(error) is ProviderUnreachable
        assert elsewhere.requests == []
    assert elsewhere.url not in str(error)


async def test_closing_the_answer_is_seen_by_the_provider_at_once(server: Server, speech: Speech) -> None:
    async def turn(_request: Request, talk: Talk) -> None:
        await talk.events([speech.answer()[0], speech.piece("Half ")], ends=False)
        await talk.hang()

    server.turns.append(turn)
    chat = speech.chat(server.url)
    async with aclosing(chat.stream(ASKED, Limits())) as events:
        assert await anext(events) == Delta("Half ")
        began = time.perf_counter()
    await asyncio.wait_for(server.requests[0].gone.wait(), 2)
    took_s = time.perf_counter() - began
    await chat.close()
    assert took_s < 0.2


@pytest.mark.parametrize("speaks", [False, True], ids=["before the answer", "in its midst"])
async def test_cancelling_whoever_listens_is_seen_by_the_provider_at_once(
    server: Server, speech: Speech, speaks: bool
) -> None:
    silent = asyncio.Event()

    async def turn(_request: Request, talk: Talk) -> None:
        if speaks:
            await talk.events([speech.answer()[0], speech.piece("Half ")], ends=False)
        silent.set()
        await talk.hang()

    server.turns.append(turn)
    listening = asyncio.create_task(heard(speech.chat(server.url)))
    await silent.wait()
    began = time.perf_counter()
    listening.cancel()
    await asyncio.wait_for(server.requests[0].gone.wait(), 2)
    took_s = time.perf_counter() - began
    with pytest.raises(asyncio.CancelledError):
        await listening
    assert took_s < 0.2


async def test_a_provider_that_failed_answers_the_next_call(server: Server, speech: Speech) -> None:
    server.turns += [answers(500, b"oops"), says([b"data: {]\n\n"]), says(speech.answer("Yes."))]
    chat = speech.chat(server.url)
    for _ in range(2):
        with pytest.raises(ModelError):
            [event async for event in chat.stream(ASKED, Limits())]
    assert (await heard(chat))[0] == Delta("Yes.")


async def test_no_word_of_the_provider_comes_into_an_error(server: Server, speech: Speech) -> None:
    told = f"Incorrect API key provided: {KEY}. You asked: CANARY-prompt"
    for status in (302, 400, 401, 403, 404, 413, 422, 429, 500, 503, 529):
        server.turns.append(answers(status, speech.error("invalid_request_error", told), x_canary="CANARY-header"))
        _, error = await fails(server, speech)
        assert error.__cause__ is None
        assert error.__suppress_context__
        assert "CANARY" not in f"{error} {error!r} {error.data}"


async def test_an_event_that_has_no_end_is_not_kept_in_memory(server: Server, speech: Speech) -> None:
    server.turns.append(says([speech.answer()[0], speech.piece("Half "), *[b": " + b"x" * 500] * 9]))
    events, error = await fails(server, speech, bounds=Bounds(line_bytes=2000))
    assert (events, type(error)) == ([Delta("Half ")], AnswerBroken)
    assert "larger" in str(error)


async def test_an_answer_of_many_small_events_has_an_end_too(server: Server, speech: Speech) -> None:
    server.turns.append(says([speech.answer()[0], *[b": waiting\n\n"] * 1000, *speech.answer("Yes.")[1:]]))
    _, error = await fails(server, speech, bounds=Bounds(bytes=8000))
    assert type(error) is AnswerBroken
    assert "larger" in str(error)


async def test_a_list_of_models_that_is_one_long_line_is_read(server: Server, speech: Speech) -> None:
    names = [f"model-{number}" for number in range(500)]
    server.turns.append(answers(200, speech.models(*names)))
    chat = speech.chat(server.url, bounds=Bounds(line_bytes=2000))
    assert len(await chat.models()) == 500
    await chat.close()
