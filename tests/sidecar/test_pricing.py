"""Prices are told offline; what is not known is asked and never taken for nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given as hypothetically
from hypothesis import strategies as st

from librarian import tokens
from librarian.chat.conversation import Limits, Message, Usage
from librarian.chat.presets import PRESETS
from librarian.errors import PriceUnknown, SettingInvalid
from librarian.pricing import LOCAL, Prices, given, local_providers

RECORDED = Path(__file__).with_name("recorded_usage.json")
"""Notes of the example vault as they would be summarised: input tokens as counted with a public list of tokens of OpenAI's,
lengths of answers around the 150 tokens that were asked for.
"""
AT = datetime(2026, 3, 10, tzinfo=UTC)


def prices(*lines: str) -> Prices:
    return Prices(given(lines), clock=lambda: AT)


def test_each_kind_of_token_has_its_price() -> None:
    # Sonnet 4.5: $3 read, $0.30 from the cache, $3.75 into it, $15 written, for a million.
    price = prices().price
    million = 1_000_000
    assert price("anthropic", "claude-sonnet-4-5", Usage(input_tokens=1_000)) == 3_000
    assert price("anthropic", "claude-sonnet-4-5", Usage(cache_read_tokens=1_000)) == 300
    assert price("anthropic", "claude-sonnet-4-5", Usage(cache_write_tokens=1_000)) == 3_750
    assert price("anthropic", "claude-sonnet-4-5", Usage(output_tokens=1_000, thinking_tokens=900)) == 15_000
    assert price("openai", "gpt-5-mini", Usage(input_tokens=million // 10)) == 25_000


def test_a_dated_name_is_priced_as_the_model_it_is() -> None:
    usage = Usage(input_tokens=1_000)
    assert prices().price("openai", "gpt-5-2025-08-07", usage) == prices().price("openai", "gpt-5", usage) > 0


def test_the_smallest_call_costs_something() -> None:
    assert prices().price("openai", "text-embedding-3-small", Usage(input_tokens=1)) == 1
    assert prices().price("openai", "text-embedding-3-small", Usage(input_tokens=1_000_000)) == 20_000


def test_embedding_is_priced_before_it_is_done() -> None:
    estimate = prices().embedding("openai", "text-embedding-3-large", ["The salt marsh is wide."] * 1_000)
    assert 5_000 <= estimate.input_tokens <= 7_000
    assert 0 < estimate.expected_micro < estimate.at_most_micro < 2 * estimate.expected_micro
    assert prices().embedding("ollama", "nomic-embed-text", ["x"]).at_most_micro == 0
    with pytest.raises(PriceUnknown):
        prices().embedding("openai", "text-embedding-9", ["x"])


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "gpt-99"),
        ("nobody", "gpt-5-mini"),
        ("anthropic", ""),
        # They are in the list, without a price for what they write.
        ("openai", "text-embedding-3-small"),
        ("openai", "whisper-1"),
        ("huggingface", "nobody/nothing"),
        ("huggingface", "meta-llama/Llama-3.3-70B-Instruct:nobody"),
        ("openrouter", "openrouter/auto-nobody"),
    ],
)
def test_an_unknown_price_is_asked_for(provider: str, model: str) -> None:
    with pytest.raises(PriceUnknown) as refused:
        prices().price(provider, model, Usage(input_tokens=10, output_tokens=10))
    assert {**refused.value.data, "hint": ""} == {"provider": provider, "model": model, "hint": ""}
    assert f'model_prices "{provider}/{model}=' in refused.value.data["hint"]
    with pytest.raises(PriceUnknown):
        prices().estimate(provider, model, [Message("user", "Hello.")], Limits())


def test_every_listed_model_has_a_price_above_nothing_or_is_unknown() -> None:
    from genai_prices.data import providers

    usage = Usage(input_tokens=1_000, output_tokens=1_000)
    for provider in providers:
        for model in provider.models:
            if provider.id == "openrouter" and model.id.endswith(":free"):
                continue
            try:
                assert prices().price(provider.id, model.id, usage) > 0, (provider.id, model.id)
            except PriceUnknown:
                continue


def test_every_model_that_one_begins_with_has_a_price() -> None:
    for preset in PRESETS:
        if preset.model and not preset.local:
            assert prices().price(preset.name, preset.model, Usage(input_tokens=1_000, output_tokens=1_000)) > 0


def test_models_on_this_machine_and_those_served_for_nothing_cost_nothing() -> None:
    usage = Usage(input_tokens=10**6, output_tokens=10**6)
    assert prices().price("ollama", "whatever", usage) == 0
    assert prices().is_local("llamacpp")
    assert prices().price("openrouter", "meta-llama/llama-3.3-70b-instruct:free", usage) == 0
    assert not prices().is_local("openrouter")


@pytest.mark.parametrize(
    "url",
    [
        "", "http://localhost:11434/v1", "http://127.0.0.1:8080/v1", "http://[::1]:8080/v1", "http://192.168.1.7:8000/v1",
        "http://attic:11434/v1", "http://attic.local/v1", "http://100.101.102.103/v1", "https://gpu.home.arpa/v1",
    ],
)  # fmt: skip
def test_a_model_in_ones_own_network_costs_nothing(url: str) -> None:
    assert local_providers("ollama", url) == LOCAL


@pytest.mark.parametrize("url", ["https://ollama.com/v1", "https://api.example.org/v1", "http://8.8.8.8/v1", "x"])
def test_a_model_at_an_address_that_may_be_anybodys_is_asked_for_its_price(url: str) -> None:
    assert local_providers("ollama", url) == LOCAL - {"ollama"}
    own = Prices(given(["ollama/mine=0/0"]), local=local_providers("ollama", url))
    with pytest.raises(PriceUnknown):
        own.price("ollama", "other", Usage(input_tokens=1))
    assert own.price("ollama", "mine", Usage(input_tokens=1)) == 0


def test_a_model_file_costs_nothing_whatever_address_is_left_in_the_settings() -> None:
    assert local_providers("embedded", "https://api.example.org/v1") == LOCAL


def test_where_a_router_chooses_who_serves_the_dearest_is_counted() -> None:
    usage = Usage(input_tokens=1_000_000)
    model = "meta-llama/Llama-3.3-70B-Instruct"
    groq = prices().price("huggingface", f"{model}:groq", usage)
    assert groq == 590_000
    assert prices().price("huggingface", model, usage) > groq


def test_a_price_that_a_person_gave_goes_before_the_list() -> None:
    own = prices("openai/gpt-99=2/10", "openai/gpt-5-mini=0.5/1", "huggingface/a/b:c=1/2")
    assert own.price("openai", "gpt-99", Usage(input_tokens=500, cache_read_tokens=500, output_tokens=100)) == 3_000
    assert own.price("openai", "gpt-5-mini", Usage(input_tokens=1_000)) == 500
    assert own.price("huggingface", "a/b:c", Usage(output_tokens=1_000)) == 2_000


@pytest.mark.parametrize("line", ["", "gpt-5=1/2", "openai/gpt=1", "openai/gpt=-1/2", "openai/gpt=1/x", "a/b=1/2 "])
def test_a_price_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(SettingInvalid, match="is no price"):
        given([line])


def test_what_is_put_aside_is_never_less_than_what_is_expected_or_settled() -> None:
    for row in json.loads(RECORDED.read_text(encoding="utf-8")):
        limits = Limits(max_output_tokens=400)
        estimate = prices().estimate(row["provider"], row["model"], [Message("user", row["text"])], limits)
        usage = Usage(cache_write_tokens=row["inputTokens"], output_tokens=limits.max_output_tokens)
        assert prices().price(row["provider"], row["model"], usage) <= estimate.at_most_micro, row["note"]
        assert estimate.expected_micro <= estimate.at_most_micro


def test_estimates_of_recorded_calls_are_within_15_percent_of_what_they_cost() -> None:
    expected = settled = 0
    for row in json.loads(RECORDED.read_text(encoding="utf-8")):
        message = Message("user", row["text"])
        asked = tokens.expected(row["text"]) + tokens.OF_A_MESSAGE
        assert asked == pytest.approx(row["inputTokens"], rel=0.15), row["note"]
        estimate = prices().estimate(
            row["provider"], row["model"], [message], Limits(max_output_tokens=400, expected_output_tokens=150)
        )
        expected += estimate.expected_micro
        usage = Usage(input_tokens=row["inputTokens"], output_tokens=row["outputTokens"])
        settled += prices().price(row["provider"], row["model"], usage)
    assert expected == pytest.approx(settled, rel=0.15)


def test_what_was_learnt_of_a_models_counting_raises_the_estimate() -> None:
    plain, learnt = (
        prices().estimate("openai", "gpt-5-mini", [Message("user", "word " * 500)], Limits(), ratio=ratio)
        for ratio in (1.0, 2.5)
    )
    assert learnt.input_tokens == round(plain.input_tokens * 2.5)
    assert learnt.counted_tokens == plain.counted_tokens
    assert learnt.at_most_micro > plain.at_most_micro


def test_a_schema_for_the_answer_is_counted() -> None:
    plain, shaped = (
        prices().estimate("openai", "gpt-5-mini", [Message("user", "Hi.")], Limits(json_schema=schema))
        for schema in (None, {"type": "object", "properties": {"name" * 9: {"type": "string"}}})
    )
    assert shaped.input_tokens > plain.input_tokens


@hypothetically(st.text(max_size=300))
def test_no_text_has_more_tokens_than_bytes_nor_fewer_at_most_than_likely(text: str) -> None:
    assert 0 <= tokens.at_most(text) <= len(text.encode("utf-8", "surrogatepass"))
    assert tokens.expected(text) <= tokens.at_most(text) + 1 or tokens.at_most(text) == len(text.encode())


def test_long_texts_are_counted_in_linear_time() -> None:
    for text in ("a" * 400_000, "- " * 200_000, "=" * 400_000, "\n" * 400_000, "漢" * 200_000):
        assert tokens.at_most(text) > 0


def test_the_list_of_prices_is_not_loaded_before_a_price_is_asked() -> None:
    code = "import sys, librarian.pricing; librarian.pricing.Prices(); print('genai_prices' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
