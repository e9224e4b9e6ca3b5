"""Providers we know: where each answers, in whose words, whether it wants a key, and which model to begin with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

NONE: Final = "none"
"""What is chosen when no model is to be asked."""
_READS = re.compile(
    r"(?P<provider>[a-z][a-z0-9_-]*)/(?P<model>[^\s\x00-\x1f]+?)(?:@(?P<url>https?://[^\s\x00-\x20]+))?"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose."""

    provider: str
    model: str = ""
    """Empty: the one to begin with."""
    base_url: str = ""
    """Empty: the provider's own."""


@dataclass(frozen=True, slots=True)
class Preset:
    """One provider."""

    name: str
    title: str
    base_url: str
    """Empty: the person has to say it, unless it is no server at all."""
    key: Literal["needed", "taken", "none"]
    variables: tuple[str, ...] = ()
    """Environment variables that people keep its key in, the first that is set."""
    speaks: Literal["anthropic", "openai", "llama"] = "openai"
    """`llama`: it is no server but a file, which a process of ours runs."""
    local: bool = False
    """It runs on the person's own machines, so that it costs nothing but time."""
    model: str = ""
    """The model to begin with; empty where it depends on what is installed."""
    key_page: str = ""
    """Where one gets a key."""
    begins: str = ""
    """How one gets it to run, for those on one's own machine."""
    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    thinking: Literal["reasoning_effort", "reasoning", "chat_template_kwargs"] | None = None
    tells: str = ""
    """Where it tells which model it runs, beside its `/v1`: it answers with that one under any name. Empty: a name is
    of one model."""
    embeds: Literal["embeddings", "feature-extraction"] | None = "embeddings"
    """How texts are made vectors there; `feature-extraction`: at its own address, at others as all do; None: not at
    all."""


PRESETS: Final = (
    Preset(
        "anthropic",
        "Anthropic",
        "https://api.anthropic.com",
        "needed",
        ("ANTHROPIC_API_KEY",),
        speaks="anthropic",
        model="claude-haiku-5-5",
        key_page="https://platform.claude.com/settings/keys",
        embeds=None,
    ),
    Preset(
        "openai",
        "OpenAI",
        "https://api.openai.com/v1",
        "needed",
        ("OPENAI_API_KEY",),
        model="gpt-6-luna",
        key_page="https://platform.openai.com/api-keys",
        limit="max_completion_tokens",
        thinking="reasoning_effort",
    ),
    Preset(
        "ollama",
        "Ollama",
        "http://localhost:11434/v1",
        "taken",
        ("OLLAMA_API_KEY",),
        local=True,
        begins="ollama serve, then: ollama pull NAME",
        thinking="reasoning_effort",
    ),
    Preset(
        "llamacpp",
        "llama.cpp server",
        "http://localhost:8080/v1",
        "taken",
        ("LLAMA_API_KEY",),
        local=True,
        model="default",
        begins="llama-server -m MODEL.gguf",
        thinking="chat_template_kwargs",
        tells="props",
    ),
    Preset(
        "embedded",
        "Model files, run here",
        "",
        "none",
        speaks="llama",
        local=True,
        embeds=None,
    ),
    Preset(
        "lmstudio",
        "LM Studio",
        "http://localhost:1234/v1",
        "taken",
        local=True,
        begins="the Developer page of LM Studio, or: lms server start",
    ),
    Preset(
        "vllm",
        "vLLM",
        "http://localhost:8000/v1",
        "taken",
        ("VLLM_API_KEY",),
        local=True,
        begins="vllm serve MODEL",
        thinking="chat_template_kwargs",
    ),
    Preset(
        "tgi",
        "Text Generation Inference",
        "http://localhost:3000/v1",
        "taken",
        local=True,
        model="tgi",
        begins="text-generation-launcher --model-id MODEL",
        tells="info",
        embeds=None,
    ),
    Preset(
        "huggingface",
        "Hugging Face",
        "https://router.huggingface.co/v1",
        "needed",
        ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"),
        key_page="https://huggingface.co/settings/tokens",
        embeds="feature-extraction",
    ),
    Preset(
        "openrouter",
        "OpenRouter",
        "https://openrouter.ai/api/v1",
        "needed",
        ("OPENROUTER_API_KEY",),
        key_page="https://openrouter.ai/settings/keys",
        thinking="reasoning",
    ),
    Preset("custom", "Another that speaks like OpenAI", "", "taken"),
)


def reader(text: str) -> Choice | None:
    """The provider's model that reads a vault, as the setting ``model`` names it: ``PROVIDER/MODEL``, or
    ``PROVIDER/MODEL@URL`` where it is asked elsewhere than at the provider's own address. None for what names none.
    """
    found = _READS.fullmatch(text)
    if found is None or found["provider"] not in {preset.name for preset in PRESETS}:
        return None
    return Choice(found["provider"], found["model"], found["url"] or "")
