"""From what a person chose to a model that answers, or to words about what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from librarian.chat import Chats, Choice, Delta, Keys, Limits
from librarian.chat.presets import PRESETS
from librarian.errors import AddressRefused, KeyMissing, NoProvider
from providers.protocols import KEY, AnthropicSpeech, OpenAISpeech, Speech
from providers.scenes import ASKED, answers, says
from providers.server import Request, Server, Talk, serving

OPENAI = OpenAISpeech()


def free(chat):
    """The model as it is tested, in nobody's books."""
    chat.cost_usd = "0.00"
    return chat


@pytest.fixture
async def chats() -> AsyncIterator[Chats]:
    ours = Chats(Keys({"openai": KEY, "anthropic": KEY}))
    yield ours
    await ours.close()


@pytest.fixture
async def keyless() -> AsyncIterator[Chats]:
    ours = Chats(Keys())
    yield ours
    await ours.close()


def at(server: Server, speech: Speech, model: str = "") -> Choice:
    return Choice(speech.name, model, server.url if speech.name == "anthropic" else f"{server.url}/v1")


async def test_a_choice_becomes_a_model_that_answers(chats: Chats, server: Server, speech: Speech) -> None:
    server.turns.append(says(speech.answer("Yes.")))
    chat = await chats.open(at(server, speech))
    events = [event async for event in chat.stream(ASKED, Limits())]
    assert events[0] == Delta("Yes.")
    assert server.requests[0].body["model"] == chat.model
    assert chat.model in {preset.model for preset in PRESETS}
    assert await chats.open(at(server, speech)) is chat
    assert await chats.open(at(server, speech, "another")) is not chat


@pytest.mark.parametrize(
    ("choice", "says_what"),
    [
        (Choice("none"), "No provider of models is chosen"),
        (Choice("nobody"), "No provider is called 'nobody'"),
        (Choice("ollama"), "Choose a model of Ollama"),
        (Choice("custom", "m"), "needs an address"),
    ],
)
async def test_a_choice_that_is_not_complete_says_what_lacks(chats: Chats, choice: Choice, says_what: str) -> None:
    with pytest.raises(NoProvider, match=says_what):
        await chats.open(choice)
    tested = await chats.test(choice, free) if choice.provider != "ollama" else None
    assert tested is None or (not tested.works and says_what in tested.told)


async def test_a_missing_key_is_told_before_anything_is_sent(keyless: Chats, server: Server, speech: Speech) -> None:
    with pytest.raises(KeyMissing, match="needs a key") as raised:
        await keyless.open(at(server, speech))
    assert f"librarian keys set {speech.name}" in raised.value.with_hint
    assert server.requests == []


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
async def test_a_key_is_not_sent_over_plain_http_to_another_machine(chats: Chats, provider: str) -> None:
    with pytest.raises(AddressRefused, match="https"):
        await chats.open(Choice(provider, "m", "http://192.0.2.1/v1"))


async def test_a_server_on_another_machine_of_ones_own_gets_no_key_over_plain_http() -> None:
    ours = Chats(Keys({"ollama": KEY}))
    place = ours._place(Choice("ollama", "m", "http://192.0.2.1:11434/v1"), ours._preset("ollama"))
    assert place.key is None
    assert ours._place(Choice("ollama", "m"), ours._preset("ollama")).key is not None
    assert ours._place(Choice("ollama", "m", "https://ollama.example/v1"), ours._preset("ollama")).key is not None


async def test_models_that_write_no_text_are_left_out_of_the_list(chats: Chats, server: Server) -> None:
    server.turns.append(answers(200, OPENAI.models("gpt-6-luna", "text-embedding-3-small", "whisper-1", "o3")))
    assert await chats.models(at(server, OPENAI)) == ("gpt-6-luna", "o3")


async def test_a_test_says_that_it_works_and_how_long_it_took(server: Server, speech: Speech) -> None:
    ticks = iter([10.0, 10.25])
    chats = Chats(Keys({speech.name: KEY}), clock=lambda: next(ticks))
    server.turns.append(says(speech.answer("yes")))
    tested = await chats.test(at(server, speech, "m-1"), free)
    await chats.close()
    assert (tested.works, tested.model, tested.took_ms) == (True, "m-1", 250)
    assert tested.told == "m-1 works, in 250 ms."


@pytest.mark.parametrize(
    ("status", "kind", "told"),
    [
        (401, "authentication_error", "does not accept the key"),
        (404, "not_found_error", "has no model 'm-1'"),
        (429, "rate_limit_error", "takes no more requests now"),
        (402, "billing_error", "has no credit left"),
        (500, "api_error", "failed (HTTP status 500)"),
    ],
)
async def test_a_test_says_in_words_what_is_wrong(
    chats: Chats, server: Server, speech: Speech, status: int, kind: str, told: str
) -> None:
    server.turns.append(answers(status, speech.error(kind, "no")))
    tested = await chats.test(at(server, speech, "m-1"), free)
    assert not tested.works
    assert told in tested.told


async def test_a_test_of_what_is_not_running_says_how_to_start_it(keyless: Chats) -> None:
    async with serving() as gone:
        pass
    tested = await keyless.test(Choice("ollama", "", f"{gone.url}/v1"), free)
    assert not tested.works
    assert "is it running? To start it: ollama serve" in tested.told


async def test_a_test_without_a_model_takes_the_first_there_is(keyless: Chats, server: Server) -> None:
    server.turns += [answers(200, OPENAI.models("gemma3:4b", "other")), says(OPENAI.answer("yes"))]
    tested = await keyless.test(Choice("ollama", "", f"{server.url}/v1"), free)
    assert (tested.works, tested.model) == (True, "gemma3:4b")
    server.turns.append(answers(200, {"object": "list", "data": None}))  # as Ollama answers when it has none
    tested = await keyless.test(Choice("ollama", "", f"{server.url}/v1"), free)
    assert not tested.works
    assert "has no models yet" in tested.told


async def test_a_test_uses_the_key_of_now(server: Server) -> None:
    environment = {"OPENAI_API_KEY": "sk-wrong"}
    chats = Chats(Keys({}, environment))
    server.turns += [answers(401, OPENAI.error("invalid_api_key", "no")), says(OPENAI.answer("yes"))]
    assert not (await chats.test(at(server, OPENAI), free)).works
    environment["OPENAI_API_KEY"] = "sk-right"
    assert (await chats.test(at(server, OPENAI), free)).works
    await chats.close()
    assert server.requests[1].headers["authorization"] == "Bearer sk-right"


async def test_a_test_does_not_cut_off_who_is_listening(chats: Chats, server: Server) -> None:
    go_on = asyncio.Event()

    async def turn(_request: Request, talk: Talk) -> None:
        first, *rest = OPENAI.answer("Half ", "and half.")
        await talk.events([first, rest[0]], ends=False)
        await go_on.wait()
        for piece in rest[1:]:
            await talk.send(piece)
        await talk.end()

    server.turns += [turn, says(OPENAI.answer("yes"))]
    chat = await chats.open(at(server, OPENAI))
    stream = chat.stream(ASKED, Limits())
    assert await anext(stream) == Delta("Half ")
    assert (await chats.test(at(server, OPENAI), free)).works
    go_on.set()
    assert await anext(stream) == Delta("and half.")
    await stream.aclose()


async def test_the_list_says_which_is_chosen_and_where_keys_are_from() -> None:
    chats = Chats(Keys({"anthropic": KEY}, {"OPENAI_API_KEY": KEY}))
    rows = await chats.providers(Choice("openai", base_url="https://proxy.example/v1"))
    assert {row.name: row.key_from for row in rows if row.key_from} == {"anthropic": "plugin", "openai": "environment"}
    assert [(row.name, row.base_url) for row in rows if row.chosen] == [("openai", "https://proxy.example/v1")]
    assert [row.name for row in rows] == [preset.name for preset in PRESETS]
    assert KEY not in repr(rows)


@pytest.mark.parametrize(
    ("provider", "reasoning", "sent"),
    [
        ("ollama", "none", {"reasoning_effort": "none"}),
        ("llamacpp", "none", {"chat_template_kwargs": {"enable_thinking": False}}),
        ("vllm", "high", {"chat_template_kwargs": {"enable_thinking": True}}),
        ("lmstudio", "none", {}),
        ("openrouter", "none", {"reasoning": {"enabled": False}}),
        ("openrouter", "low", {"reasoning": {"effort": "low"}}),
    ],
)
async def test_each_provider_is_told_in_its_own_way_how_long_to_think(
    server: Server, provider: str, reasoning: str, sent: dict[str, object]
) -> None:
    chats = Chats(Keys({"openrouter": KEY}))
    server.turns.append(says(OPENAI.answer("yes")))
    chat = await chats.open(Choice(provider, "m", f"{server.url}/v1"))
    [event async for event in chat.stream(ASKED, Limits(reasoning=reasoning))]  # type: ignore[arg-type]
    await chats.close()
    body = server.requests[0].body
    own = {"reasoning_effort", "chat_template_kwargs", "reasoning"}
    assert {name: value for name, value in body.items() if name in own} == sent
    assert "max_tokens" in body


async def test_thoughts_that_a_local_model_writes_into_its_answer_are_left_out(server: Server) -> None:
    chats = Chats(Keys())
    server.turns.append(says(OPENAI.answer("<th", "ink>Hm, ", "a word.</thi", "nk>\n\n", "Yes", ".")))
    chat = await chats.open(Choice("llamacpp", "", f"{server.url}/v1"))
    events = [event async for event in chat.stream(ASKED, Limits())]
    await chats.close()
    assert events[:2] == [Delta("Yes"), Delta(".")]


async def test_an_answer_of_anthropic_that_is_refused_is_told_so_by_the_test(chats: Chats, server: Server) -> None:
    server.turns.append(says(AnthropicSpeech().answer(reason="refused")))
    tested = await chats.test(at(server, AnthropicSpeech()), free)
    assert not tested.works
    assert "refused" in tested.told
