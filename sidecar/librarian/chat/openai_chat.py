"""OpenAI's Chat Completions, by its own SDK; most other providers speak nearly the same.

It is Chat Completions and not Responses, which few others have. What differs between them is in `Dialect`.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Final, Literal

from librarian.chat import faults
from librarian.chat.address import Bounds, Place
from librarian.chat.conversation import Delta, Event, Limits, Message, Reason, Usage
from librarian.chat.counting import told, without
from librarian.chat.openai_client import OpenAIClient
from librarian.chat.refusals import Refusals
from librarian.chat.reply import Reply
from librarian.chat.thoughts import Thoughts
from librarian.errors import ModelError

_EFFORT: Final = r"\breasoning_effort\b|\breasoning\.effort\b"
_FEATURES: Final = {
    "max_completion_tokens": r"\bmax_completion_tokens\b",
    "max_tokens": r"\bmax_tokens\b",
    "temperature": r"\btemperature\b",
    "stop": r"['\"`]stop['\"`]|^stop$",
    "reasoning_effort": _EFFORT,
    "least_effort": _EFFORT,
    "little_effort": _EFFORT,
    "reasoning": r"\breasoning\b",
    "chat_template_kwargs": r"\bchat_template_kwargs\b",
    "response_format": r"\bresponse_format\b|json_schema|\bgrammar\b|structured output",
    "stream_options": r"\bstream_options\b|\binclude_usage\b",
}
_STEPS: Final = {
    "none": (("least_effort", "minimal"), ("little_effort", "low")),
    "low": (("little_effort", "low"),),
}
"""What is tried in the place of an effort that a model does not know: some cannot help thinking, and know other words
for little of it."""
_REASONS: Final[dict[str, Reason]] = {
    "stop": "stop",
    "eos_token": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "content_filter": "refused",
    "tool_calls": "tool",
    "function_call": "tool",
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one provider says what the others say otherwise."""

    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    """OpenAI's newer models take only the second, most servers only the first; the other is tried where one is
    refused."""
    thinking: Literal["reasoning_effort", "reasoning", "chat_template_kwargs"] | None = None
    """What tells a model how long to think."""
    stop: tuple[str, ...] = ()
    """What ends every answer, beside what a caller says."""


class OpenAIChat:
    """A model behind Chat Completions. Importing the SDK takes a second, so make it in a thread."""

    def __init__(
        self,
        place: Place,
        model: str,
        dialect: Dialect,
        *,
        bounds: Bounds | None = None,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self.provider = place.provider
        self.model = model
        self._dialect = dialect
        self._refusals = Refusals(_FEATURES)
        self._client = OpenAIClient(place, bounds=bounds, now_s=now_s)

    def __repr__(self) -> str:
        return f"OpenAIChat({self.provider!r}, {self.model!r})"

    async def stream(self, messages: Sequence[Message], limits: Limits) -> AsyncGenerator[Event, None]:
        reply = Reply(self.provider, messages, limits)
        raw: Any = None
        thoughts = Thoughts()
        try:
            with faults.translated(lambda error: self._fault(error, begun=raw is not None)):
                raw = await self._ask(messages, limits)
                async for chunk in raw:
                    if delta := _read(chunk, reply, thoughts):
                        yield delta
                if delta := _heard(thoughts.rest(), reply):
                    yield delta
                ended = reply.end()
        finally:
            if raw is not None:
                await raw.close()
        for last in ended:
            yield last

    async def models(self) -> tuple[str, ...]:
        """Names of the models that there are, in the provider's order. Raises ModelError."""
        return await self._client.models(self.model)

    async def told(self, path: str) -> object:
        """What the server tells of itself. Raises ModelError."""
        return await self._client.told(path)

    async def close(self) -> None:
        await self._client.close()

    async def _ask(self, messages: Sequence[Message], limits: Limits) -> Any:
        """The stream of chunks."""
        send = partial(
            self._client.api.chat.completions.create, stream=True, timeout=self._client.patience(limits.timeout_s)
        )
        return await self._client.ask(self.model, lambda: self._request(messages, limits), self._refusals, send)

    def _request(self, messages: Sequence[Message], limits: Limits) -> tuple[dict[str, Any], list[str]]:
        """The request, and what in it the model may refuse."""
        features = {name: value for name, value in self._features(limits) if name not in self._refusals}
        extra = {name: features[name] for name in ("reasoning", "chat_template_kwargs") if name in features}
        request: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": message.role, "content": message.text} for message in messages],
            **{_parameter(name): value for name, value in features.items() if name not in extra},
        }
        if extra:
            request["extra_body"] = extra
        return request, list(features)

    def _features(self, limits: Limits) -> Iterator[tuple[str, Any]]:
        other = "max_tokens" if self._dialect.limit == "max_completion_tokens" else "max_completion_tokens"
        yield (other if self._dialect.limit in self._refusals else self._dialect.limit), limits.max_output_tokens
        yield "stream_options", {"include_usage": True}
        if limits.temperature is not None:
            yield "temperature", limits.temperature
        if stop := [*limits.stop, *self._dialect.stop]:
            yield "stop", stop
        if limits.json_schema is not None:
            schema = {"name": "answer", "strict": True, "schema": dict(limits.json_schema)}
            yield "response_format", {"type": "json_schema", "json_schema": schema}
        if limits.reasoning is None or self._dialect.thinking is None:
            return
        if self._dialect.thinking == "reasoning_effort":
            yield "reasoning_effort", limits.reasoning
            if self._refusals.only_value("reasoning_effort"):
                steps = (step for step in _STEPS.get(limits.reasoning, ()) if step[0] not in self._refusals)
                yield from islice(steps, 1)
        elif self._dialect.thinking == "reasoning":
            yield "reasoning", {"enabled": False} if limits.reasoning == "none" else {"effort": limits.reasoning}
        else:
            yield "chat_template_kwargs", {"enable_thinking": limits.reasoning != "none"}

    def _fault(self, error: Exception, *, begun: bool) -> ModelError:
        return self._client.fault(error, self.model, begun=begun)


def _parameter(feature: str) -> str:
    """What a feature is called in a request."""
    return "reasoning_effort" if feature.endswith("_effort") else feature


def _read(chunk: Any, reply: Reply, thoughts: Thoughts) -> Delta | None:
    """Take one chunk in."""
    if (usage := getattr(chunk, "usage", None)) is not None:
        reply.usage = _usage(usage, reply.most_tokens)
    choices = getattr(chunk, "choices", None)
    if not isinstance(choices, list) or not choices:
        return None
    reply.heard = True
    choice = choices[0]
    if isinstance(reason := getattr(choice, "finish_reason", None), str):
        # A refusal in words ends with "stop".
        reply.reason = reply.reason if reply.reason == "refused" else _REASONS.get(reason, "other")
    delta = getattr(choice, "delta", None)
    if getattr(delta, "refusal", None):
        reply.reason = "refused"
    for unseen in ("reasoning_content", "reasoning", "refusal"):
        reply.skip(getattr(delta, unseen, None))
    text = getattr(delta, "content", None)
    return _heard(thoughts.take(text), reply) if isinstance(text, str) and text else None


def _heard(split: tuple[str, str], reply: Reply) -> Delta | None:
    thought, spoken = split
    reply.skip(thought)
    return reply.add(spoken)


def _usage(usage: Any, most_tokens: int) -> Usage | None:
    """Tokens as told; those of the cache are counted in with the prompt there. ``most_tokens``: of an answer."""
    prompt, details = getattr(usage, "prompt_tokens", None), getattr(usage, "prompt_tokens_details", None)
    read, written = (getattr(details, name, None) or 0 for name in ("cached_tokens", "cache_write_tokens"))
    output = getattr(usage, "completion_tokens", None)
    counted = told(
        fresh=without(prompt, read, written),
        output=output,
        cache_read=read,
        cache_write=written,
        thinking=getattr(getattr(usage, "completion_tokens_details", None), "reasoning_tokens", None),
    )
    # Some count thinking in the sum only.
    beside = without(getattr(usage, "total_tokens", None), prompt, output) or 0
    if counted is None or not isinstance(output, int) or beside <= 0:
        return counted
    # It is a part of what may be written: whatever else is in such a sum was not.
    paid = min(output + beside, max(output, most_tokens))
    return counted.model_copy(
        update={"output_tokens": max(counted.output_tokens, paid), "estimated": paid < output + beside}
    )
