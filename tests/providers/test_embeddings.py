"""Vectors of a provider: as they come, made ours, and refused where they are none."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from librarian.chat import Chats, Choice, Keys
from librarian.chat.openai_embeddings import Embedded, OpenAIEmbeddings
from librarian.chat.presets import PRESETS, reader
from librarian.errors import (
    AnswerBroken,
    KeyMissing,
    KeyRefused,
    LibrarianError,
    ModelNotFound,
    ModelUnusable,
    NoProvider,
    PromptTooLong,
    ProviderBusy,
    ProviderFailed,
    ProviderUnreachable,
    RequestRefused,
)
from providers.embeddings import DIMENSIONS, embeds, embeds_but, hangs, packed, unit, vector
from providers.protocols import KEY, OpenAISpeech
from providers.scenes import answers
from providers.server import Server, Turn, serving

TEXTS = ["A salt marsh.", "潮池", "🌊 waves"]
ERROR = OpenAISpeech().error


@pytest.fixture
async def chats() -> AsyncIterator[Chats]:
    ours = Chats(Keys({"openai": KEY, "huggingface": KEY}))
    yield ours
    await ours.close()


@pytest.fixture
async def model(chats: Chats, server: Server) -> OpenAIEmbeddings:
    return await chats.reader(Choice("openai", "text-embedding-3-small", f"{server.url}/v1"))


async def embedded(
    model: OpenAIEmbeddings, texts: list[str] | None = None, *, dimensions: int | None = None, asks: bool = False
) -> Embedded:
    return await model.embed(texts or TEXTS, dimensions=dimensions, asks=asks, timeout_s=0.5)


async def test_vectors_come_in_the_order_of_their_texts_and_of_unit_length(model: Any, server: Server) -> None:
    server.turns.append(embeds_but(lambda told: {**told, "data": told["data"][::-1]}))
    made = await embedded(model)
    assert [list(each) for each in made.vectors] == [pytest.approx(unit(vector(text)), abs=1e-6) for text in TEXTS]
    assert made.tokens == 7
    request = server.requests[0]
    assert (request.path, request.headers["authorization"]) == ("/v1/embeddings", f"Bearer {KEY}")
    assert request.body == {"model": "text-embedding-3-small", "input": TEXTS, "encoding_format": "base64"}


async def test_a_model_that_can_give_fewer_numbers_is_asked_for_them(model: Any, server: Server) -> None:
    server.turns.append(embeds)
    made = await embedded(model, dimensions=16, asks=True)
    assert {len(each) for each in made.vectors} == {16}
    assert server.requests[0].body["dimensions"] == 16


async def test_a_server_that_knows_only_lists_is_asked_for_lists_from_then_on(model: Any, server: Server) -> None:
    server.turns += [
        answers(400, ERROR("invalid_request_error", "encoding_format 'base64' is unknown")),
        embeds,
        embeds,
    ]
    for _ in range(2):
        assert len((await embedded(model)).vectors) == 3
    assert [request.body["encoding_format"] for request in server.requests] == ["base64", "float", "float"]


async def test_a_server_that_refuses_lists_as_well_is_not_asked_for_ever(model: Any, server: Server) -> None:
    refusal = answers(400, ERROR("invalid_request_error", "encoding_format is unknown"))
    server.turns += [refusal, refusal]
    with pytest.raises(RequestRefused):
        await embedded(model)
    assert len(server.requests) == 2


async def test_a_server_that_answers_with_lists_whatever_is_asked_is_understood(model: Any, server: Server) -> None:
    rows = [{"index": at, "embedding": vector(text)} for at, text in enumerate(TEXTS)]
    server.turns.append(answers(200, {"data": rows}))
    made = await embedded(model)
    assert list(made.vectors[1]) == pytest.approx(unit(vector(TEXTS[1])))
    assert made.tokens is None


def with_vector(sent: Any) -> Turn:
    def change(told: dict[str, Any]) -> dict[str, Any]:
        told["data"][1]["embedding"] = sent
        return told

    return embeds_but(change)


@pytest.mark.parametrize(
    "turn",
    [
        with_vector([math.nan] * DIMENSIONS),
        with_vector(packed([math.nan] * DIMENSIONS)),
        with_vector([math.inf] * DIMENSIONS),
        with_vector([0.0] * DIMENSIONS),
        with_vector([1e308] * DIMENSIONS),
        with_vector(["1"] * DIMENSIONS),
        with_vector(packed([1.0] * (DIMENSIONS + 1))),
        with_vector([1.0] * (DIMENSIONS - 1)),
        with_vector([1.0] * 10_000),
        with_vector([]),
        with_vector(None),
        with_vector({"0": 1.0}),
        with_vector([[1.0] * DIMENSIONS]),
        with_vector("no base64!"),
        with_vector("AAA="),
        embeds_but(lambda told: {**told, "data": told["data"][:2]}),
        embeds_but(lambda told: {**told, "data": told["data"] * 2}),
        embeds_but(lambda told: {**told, "data": []}),
        embeds_but(lambda told: {**told, "data": [7, 8, 9]}),
    ],
)
async def test_what_is_no_vector_of_the_model_is_refused_in_words(model: Any, server: Server, turn: Turn) -> None:
    server.turns.append(turn)
    with pytest.raises(ModelUnusable, match="openai/text-embedding-3-small does not make vectors as it should"):
        await embedded(model, dimensions=DIMENSIONS)


async def test_other_dimensions_than_before_are_refused(model: Any, server: Server) -> None:
    server.turns.append(embeds)
    with pytest.raises(ModelUnusable, match=f"vectors have {DIMENSIONS} numbers, and not 7"):
        await embedded(model, dimensions=7)


@pytest.mark.parametrize(
    ("turn", "kind"),
    [
        (answers(429, ERROR("rate_limit_error", "no"), retry_after="7"), ProviderBusy),
        (answers(429, ERROR("rate_limit_error", "no")), ProviderBusy),
        (answers(500, ERROR("api_error", "no")), ProviderFailed),
        (answers(401, ERROR("invalid_api_key", KEY)), KeyRefused),
        (answers(404, ERROR("model_not_found", "no")), ModelNotFound),
        (answers(400, ERROR("invalid_request_error", "maximum context length is 8192 tokens")), PromptTooLong),
        (answers(307, {}, location="http://127.0.0.1:1/"), ProviderUnreachable),
        (answers(200, b"{]"), AnswerBroken),
        (answers(200, b"[" * 100_000), AnswerBroken),
        (answers(200, {"data": None}), AnswerBroken),
        (answers(200, b'"' + b"x" * 1000 + b'"'), AnswerBroken),
        (hangs, ProviderUnreachable),
    ],
)
async def test_what_goes_wrong_is_told_and_repeats_no_key(
    model: Any, server: Server, turn: Turn, kind: type[LibrarianError]
) -> None:
    server.turns.append(turn)
    with pytest.raises(kind) as told:
        await embedded(model)
    assert KEY not in f"{told.value} {told.value.data}"


async def test_how_long_a_provider_asks_to_wait_is_heard(model: Any, server: Server) -> None:
    server.turns.append(answers(429, ERROR("rate_limit_error", "no"), retry_after="7"))
    with pytest.raises(ProviderBusy) as busy:
        await embedded(model)
    assert busy.value.retry_after_s == 7


@pytest.mark.parametrize("tokens", [None, -3, 0, "12", True, 10**7, [5]])
async def test_tokens_that_cannot_be_true_are_not_believed(model: Any, server: Server, tokens: Any) -> None:
    server.turns.append(embeds_but(lambda told: {**told, "usage": {"prompt_tokens": tokens}}))
    assert (await embedded(model)).tokens is None


async def test_hugging_face_is_asked_in_its_own_way_at_its_own_address(server: Server) -> None:
    presets = [replace(each, base_url=f"{server.url}/v1") if each.name == "huggingface" else each for each in PRESETS]
    chats = Chats(Keys({"huggingface": KEY}), presets=presets)
    model = await chats.reader(Choice("huggingface", "intfloat/multilingual-e5-small"))
    server.turns += [answers(200, [vector(text) for text in TEXTS]), answers(200, {"error": "no"}), embeds]
    assert len((await embedded(model)).vectors) == 3
    request = server.requests[0]
    assert request.path == "/hf-inference/models/intfloat/multilingual-e5-small/pipeline/feature-extraction"
    assert request.body == {"inputs": TEXTS, "normalize": True, "truncate": True}
    assert request.headers["authorization"] == f"Bearer {KEY}"
    with pytest.raises(AnswerBroken):
        await embedded(model)
    own = await chats.reader(Choice("huggingface", "tei", f"{server.url}/v1"))
    assert len((await embedded(own)).vectors) == 3
    assert server.requests[-1].path == "/v1/embeddings"
    await chats.close()


async def test_who_makes_no_vectors_or_lacks_a_key_is_told_before_anything_is_sent(chats: Chats) -> None:
    for provider in ("anthropic", "embedded", "tgi"):
        with pytest.raises(NoProvider, match="no models that make vectors"):
            await chats.reader(Choice(provider, "m"))
    with pytest.raises(NoProvider, match="needs an address"):
        await chats.reader(Choice("custom", "m"))
    with pytest.raises(KeyMissing):
        await chats.reader(Choice("openrouter", "m"))


async def test_a_provider_that_is_not_there_is_told_at_once(chats: Chats) -> None:
    async with serving() as gone:
        pass
    model = await chats.reader(Choice("ollama", "m", f"{gone.url}/v1"))
    with pytest.raises(ProviderUnreachable, match="is it running"):
        await embedded(model)


async def test_models_that_make_vectors_are_told_apart_by_their_names(chats: Chats, server: Server) -> None:
    names = ("gpt-6-luna", "text-embedding-3-small", "nomic-embed-text", "BAAI/bge-m3", "gemma3:4b")
    listed = answers(200, OpenAISpeech().models(*names))
    server.turns += [
        listed,
        listed,
        answers(200, OpenAISpeech().models("a", "b")),
        answers(200, OpenAISpeech().models("a")),
    ]
    for provider in ("openai", "ollama"):
        assert await chats.readers(Choice(provider, "", f"{server.url}/v1")) == names[1:4]
    assert await chats.readers(Choice("ollama", "", f"{server.url}/v1")) == ("a", "b")
    assert await chats.readers(Choice("openai", "", f"{server.url}/v1")) == ()


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("openai/text-embedding-3-small", Choice("openai", "text-embedding-3-small")),
        ("huggingface/intfloat/multilingual-e5-small", Choice("huggingface", "intfloat/multilingual-e5-small")),
        ("ollama/nomic-embed-text:v1.5", Choice("ollama", "nomic-embed-text:v1.5")),
        ("custom/@cf/bge@https://a.example/v1", Choice("custom", "@cf/bge", "https://a.example/v1")),
        ("default", None),
        ("potion-base-8M", None),
        ("/models/ollama/m", None),
        ("C:/models/ollama", None),
        ("nobody/model", None),
        ("openai/", None),
        ("openai/a b", None),
    ],
)
def test_a_setting_names_a_providers_model_or_does_not(text: str, choice: Choice | None) -> None:
    assert reader(text) == choice
