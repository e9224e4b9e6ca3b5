"""What comes of an answer that is as it should be, and what is asked for it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from librarian.chat import Delta, Finish, Limits, Usage
from providers.protocols import KEY, AnthropicSpeech, OpenAISpeech, Speech
from providers.scenes import ASKED, answers, heard, says
from providers.server import Request, Server, Talk


async def test_an_answer_comes_in_pieces_then_how_it_ended_then_what_it_took(server: Server, speech: Speech) -> None:
    server.turns.append(says(speech.answer("Short", "er. 🌊")))
    assert await heard(speech.chat(server.url)) == [
        Delta("Short"),
        Delta("er. 🌊"),
        Finish("stop"),
        Usage(input_tokens=21, output_tokens=9, cache_read_tokens=7, cache_write_tokens=5),
    ]


@pytest.mark.parametrize("reason", ["length", "refused"])
async def test_an_answer_says_why_it_ended(server: Server, speech: Speech, reason: str) -> None:
    server.turns.append(says(speech.answer("Half a", reason=reason)))
    assert Finish(reason) in await heard(speech.chat(server.url))


async def test_the_key_goes_in_its_header_and_nowhere_else(server: Server, speech: Speech) -> None:
    server.turns.append(says(speech.answer("Yes.")))
    await heard(speech.chat(server.url))
    (request,) = server.requests
    bearing = {name: value for name, value in request.headers.items() if KEY in value}
    assert bearing == ({"x-api-key": KEY} if speech.name == "anthropic" else {"authorization": f"Bearer {KEY}"})
    assert KEY not in request.path + repr(request.body)


async def test_without_a_key_none_is_sent(server: Server, speech: Speech) -> None:
    server.turns.append(says(speech.answer("Yes.")))
    await heard(speech.chat(server.url, key=None))
    assert {"x-api-key", "authorization"} & server.requests[0].headers.keys() == set()


async def test_nothing_of_the_environment_is_sent(
    server: Server, speech: Speech, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID"):
        monkeypatch.setenv(name, "CANARY-environment")
    for name in ("OPENAI_CUSTOM_HEADERS", "ANTHROPIC_CUSTOM_HEADERS"):
        monkeypatch.setenv(name, "X-Canary: CANARY-environment\nAuthorization: CANARY-environment")
    for name in ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/CANARY-environment")
    server.turns.append(says(speech.answer("Yes.")))
    await heard(speech.chat(server.url))
    assert "CANARY-environment" not in repr(server.requests)
    told = {"host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent"}
    assert server.requests[0].headers.keys() - told <= {"x-api-key", "authorization", "anthropic-version"}


async def test_anthropic_is_asked_in_its_own_words(server: Server) -> None:
    speech = AnthropicSpeech()
    server.turns.append(says(speech.answer("{}")))
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    limits = Limits(max_output_tokens=77, temperature=0.5, stop=("END",), json_schema=schema)
    await heard(speech.chat(server.url), limits)
    assert server.requests[0].path == "/v1/messages"
    assert server.requests[0].body == {
        "model": "claude-test",
        "max_tokens": 77,
        "stream": True,
        "temperature": 0.5,
        "stop_sequences": ["END"],
        "output_config": {"format": {"type": "json_schema", "schema": schema}},
        "system": [{"type": "text", "text": "You summarise.", "cache_control": {"type": "ephemeral"}}],
        "messages": [
            {"role": "user", "content": [
                {"type": "text", "text": "A long note.", "cache_control": {"type": "ephemeral"}}]},
            {"role": "user", "content": [{"type": "text", "text": "Sum it up."}]},
        ],
    }  # fmt: skip


async def test_openai_is_asked_in_its_own_words(server: Server) -> None:
    speech = OpenAISpeech()
    server.turns.append(says(speech.answer("{}")))
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    limits = Limits(max_output_tokens=77, temperature=0.5, stop=("END",), json_schema=schema, reasoning="low")
    await heard(speech.chat(server.url), limits)
    assert server.requests[0].path == "/v1/chat/completions"
    assert server.requests[0].body == {
        "model": "gpt-test",
        "max_completion_tokens": 77,
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.5,
        "stop": ["END"],
        "reasoning_effort": "low",
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": schema},
        },
        "messages": [
            {"role": "system", "content": "You summarise."},
            {"role": "user", "content": "A long note."},
            {"role": "user", "content": "Sum it up."},
        ],
    }


async def test_a_model_that_may_think_is_not_given_a_temperature_by_anthropics_rule(server: Server) -> None:
    server.turns.append(says(AnthropicSpeech().answer("Yes.")))
    await heard(AnthropicSpeech().chat(server.url), Limits(temperature=0.2, reasoning="low"))
    body = server.requests[0].body
    assert (body["thinking"], body["output_config"]) == ({"type": "adaptive"}, {"effort": "low"})
    assert "temperature" not in body


async def test_thoughts_are_not_told_but_counted(server: Server, speech: Speech) -> None:
    begin, *rest = speech.answer("Yes.", usage={})
    server.turns.append(says([begin, speech.thought("Let me think about that for a while. " * 9), *rest]))
    delta, _, usage = await heard(speech.chat(server.url))
    assert delta == Delta("Yes.")
    assert usage.estimated
    assert usage.output_tokens > 100


async def test_thoughts_that_openai_counts_are_told_apart(server: Server) -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 30, "completion_tokens_details": {"reasoning_tokens": 25}}
    server.turns.append(says(OpenAISpeech().answer("Yes.", usage=usage)))
    assert (await heard(OpenAISpeech().chat(server.url)))[-1] == Usage(
        input_tokens=9, output_tokens=30, thinking_tokens=25
    )


async def test_thoughts_that_are_counted_in_the_sum_only_are_paid(server: Server) -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 30, "total_tokens": 139}
    server.turns.append(says(OpenAISpeech().answer("Yes.", usage=usage)))
    assert (await heard(OpenAISpeech().chat(server.url)))[-1] == Usage(input_tokens=9, output_tokens=130)


async def test_what_a_sum_has_beyond_what_may_be_written_is_not_paid(server: Server) -> None:
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 5120}
    server.turns.append(says(OpenAISpeech().answer("Yes.", usage=usage)))
    chat = OpenAISpeech().chat(server.url)
    events = [event async for event in chat.stream(ASKED, Limits(max_output_tokens=400))]
    await chat.close()
    assert events[-1] == Usage(input_tokens=100, output_tokens=400, estimated=True)


async def test_requests_that_are_under_way_at_once_all_learn_from_the_first_that_is_refused(server: Server) -> None:
    speech = OpenAISpeech()
    refusal = {"error": {"message": "Unsupported parameter: 'temperature'", "param": "temperature"}}
    under_way = asyncio.Barrier(2)

    async def turn(request: Request, talk: Talk) -> None:
        if "temperature" in request.body:
            await under_way.wait()
            await answers(400, refusal)(request, talk)
        else:
            await says(speech.answer("Yes."))(request, talk)

    server.otherwise = turn
    chat = speech.chat(server.url)

    async def asked() -> object:
        first, *_ = [event async for event in chat.stream(ASKED, Limits(temperature=0.1))]
        return first

    assert await asyncio.gather(asked(), asked()) == [Delta("Yes."), Delta("Yes.")]
    await chat.close()
    assert ["temperature" in request.body for request in server.requests] == [True, True, False, False]


@pytest.mark.parametrize(
    "usage",
    [
        {},
        {"input_tokens": -3, "output_tokens": 5, "prompt_tokens": -3, "completion_tokens": 5},
        {"output_tokens": 5, "prompt_tokens": [12], "completion_tokens": 5},
        {"input_tokens": 12, "output_tokens": 0, "prompt_tokens": 12, "completion_tokens": 0},
        {"input_tokens": 0, "output_tokens": 5, "prompt_tokens": 0, "completion_tokens": 5},
        {"input_tokens": 10**15, "output_tokens": 5, "prompt_tokens": 10**15, "completion_tokens": 5},
    ],
    ids=["none", "negative", "half", "nothing written", "nothing read", "absurd"],
)
async def test_usage_that_is_missing_or_wrong_is_counted_and_said_to_be(
    server: Server, speech: Speech, usage: dict[str, Any]
) -> None:
    server.turns.append(says(speech.answer("Yes, it is.", usage=usage)))
    counted = (await heard(speech.chat(server.url)))[-1]
    assert counted == Usage(input_tokens=37, output_tokens=4, estimated=True)


@pytest.mark.parametrize(
    ("named", "asked"),
    [
        ("max_completion_tokens", Limits()),
        ("temperature", Limits(temperature=0.1)),
        ("stop", Limits(stop=("END",))),
        ("reasoning_effort", Limits(reasoning="none")),
        ("response_format", Limits(json_schema={"type": "object"})),
        ("stream_options", Limits()),
    ],
)
async def test_what_an_openai_model_refuses_is_left_out_from_then_on(server: Server, named: str, asked: Limits) -> None:
    speech = OpenAISpeech()
    message = f"Unsupported parameter: '{named}' is not supported with this model."
    refusal = {"error": {"message": message, "type": "invalid_request_error", "param": named, "code": "unsupported"}}
    server.turns += [answers(400, refusal), says(speech.answer("Yes.")), says(speech.answer("Again."))]
    chat = speech.chat(server.url)
    for expected in ("Yes.", "Again."):
        events = [event async for event in chat.stream(ASKED, asked)]
        assert events[0] == Delta(expected)
    await chat.close()
    assert [named in request.body for request in server.requests] == [True, False, False]
    if named == "max_completion_tokens":
        assert server.requests[2].body["max_tokens"] == asked.max_output_tokens


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ("temperature: this model does not take it", "temperature"),
        ("output_config.format: structured outputs are not supported by this model", "output_config"),
        ("thinking.type: 'disabled' is not supported by this model", "thinking"),
    ],
)
async def test_what_a_model_of_anthropic_refuses_is_left_out(server: Server, message: str, field: str) -> None:
    speech = AnthropicSpeech()
    server.turns += [answers(400, speech.error("invalid_request_error", message)), says(speech.answer("Yes."))]
    limits = Limits(temperature=0.1, json_schema={"type": "object"}, reasoning="none")
    assert (await heard(speech.chat(server.url), limits))[0] == Delta("Yes.")
    first, second = (request.body for request in server.requests)
    assert set(first) - set(second) == {field}


async def test_a_model_that_cannot_help_thinking_is_asked_to_think_as_little_as_it_can(server: Server) -> None:
    speech = OpenAISpeech()
    message = "Unsupported value: 'reasoning_effort' does not support '{}' with this model. Supported values are: 'low', 'high'."
    refusals = [
        {
            "error": {
                "message": message.format(each),
                "type": "x",
                "param": "reasoning_effort",
                "code": "unsupported_value",
            }
        }
        for each in ("none", "minimal")
    ]
    server.turns += [
        *(answers(400, each) for each in refusals),
        says(speech.answer("Yes.")),
        says(speech.answer("Yes.")),
    ]
    chat = speech.chat(server.url)
    for _ in range(2):
        first, *_ = [event async for event in chat.stream(ASKED, Limits(reasoning="none"))]
        assert first == Delta("Yes.")
    await chat.close()
    assert [each.body["reasoning_effort"] for each in server.requests] == ["none", "minimal", "low", "low"]


async def test_a_model_of_anthropic_that_cannot_help_thinking_is_asked_for_little_effort(server: Server) -> None:
    speech = AnthropicSpeech()
    refusal = speech.error("invalid_request_error", "thinking.type: 'disabled' is not supported by this model")
    server.turns += [answers(400, refusal), says(speech.answer("Yes."))]
    assert (await heard(speech.chat(server.url), Limits(reasoning="none")))[0] == Delta("Yes.")
    assert server.requests[1].body["output_config"] == {"effort": "low"}
    assert "thinking" not in server.requests[1].body


async def test_a_list_of_models_is_what_the_provider_says(server: Server, speech: Speech) -> None:
    server.turns.append(answers(200, speech.models("b", "a")))
    chat = speech.chat(server.url)
    assert await chat.models() == ("b", "a")
    await chat.close()
    assert server.requests[0].path.partition("?")[0] == "/v1/models"
