"""What is said to a model, how much it may say, and what comes back: the values every provider's adapter speaks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from librarian.value import Value

Role = Literal["system", "user", "assistant"]
Reasoning = Literal["none", "low", "medium", "high"]
Reason = Literal["stop", "length", "refused", "tool", "other"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. ``reused``: this one and those before it come again in later calls, so a provider may keep them."""

    role: Role
    text: str
    reused: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a model may say and take. What a provider or model does not have is left out, never an error."""

    max_output_tokens: int = 1024
    """Thinking is counted in where the provider counts it in."""
    temperature: float | None = None
    stop: tuple[str, ...] = ()
    timeout_s: float = 120
    """The longest silence, before the answer begins and in its midst."""
    reasoning: Reasoning | None = None
    """How long a model that can think may do so; None leaves it to the model."""
    json_schema: Mapping[str, Any] | None = None
    """The answer is to be JSON that this JSON Schema describes (an object, ``additionalProperties`` false); where a
    provider cannot promise that, the answer may be anything: check it."""
    expected_output_tokens: int | None = None
    """How long the answer will likely be, half of what it may be unless told: for its price, and nothing else."""


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of the answer; never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Finish:
    """How the answer ended: of itself, cut at the limit, refused by the provider, or with the wish to call a tool."""

    reason: Reason


class Usage(Value):
    """Tokens that a call took, as the provider counts them."""

    input_tokens: int = 0
    """Without those read from or written to the provider's cache."""
    output_tokens: int = 0
    """With those spent on thinking."""
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    thinking_tokens: int = 0
    """Part of ``output_tokens``; 0 where the provider does not tell."""
    estimated: bool = False
    """The provider did not tell, or told nonsense; counted from the text instead, rather too high than too low."""


Event = Delta | Finish | Usage


class Chat(Protocol):
    """A model that answers."""

    @property
    def provider(self) -> str:
        """The name of its preset, such as ``anthropic``."""

    @property
    def model(self) -> str: ...

    def stream(self, messages: Sequence[Message], limits: Limits) -> AsyncIterator[Event]:
        """Ask once: `Delta` for each piece as it comes, then one `Finish`, then one `Usage`; nothing is retried.

        Closing the iterator (``aclose``, or `contextlib.aclosing`) aborts the provider's request. Raises ModelError;
        what came before it holds.
        """

    async def close(self) -> None:
        """Let go of connections."""
