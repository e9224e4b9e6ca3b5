"""Anthropic's Messages API, by its own SDK; nobody else imports that."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from librarian.chat import connection, faults
from librarian.chat.address import Bounds, Place
from librarian.chat.conversation import Delta, Event, Limits, Message, Reason
from librarian.chat.counting import told
from librarian.chat.faults import Told
from librarian.chat.refusals import Refusals
from librarian.chat.reply import Reply
from librarian.errors import AnswerBroken, ModelError, ProviderFailed, RequestRefused

if TYPE_CHECKING:
    import anthropic

_FEATURES: Final = {
    "temperature": r"\btemperature\b",
    "stop_sequences": r"\bstop_sequences\b",
    "thinking": r"\bthinking\b",
    "effort": r"\beffort\b",
    "format": r"output_config\.format|output_format|json_schema|structured output",
    "cache": r"\bcache_control\b",
}
_REASONS: Final[dict[str, Reason]] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refused",
    "tool_use": "tool",
}
LIST_S: Final = 30.0
_CACHED: Final = {"type": "ephemeral"}


class AnthropicChat:
    """A model of Anthropic. Importing its SDK takes seconds, so make it in a thread."""

    def __init__(
        self,
        place: Place,
        model: str,
        *,
        bounds: Bounds | None = None,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        import anthropic

        self.provider = place.provider
        self.model = model
        self._sdk = anthropic
        self._address = place.address
        self._bounds = bounds or Bounds()
        self._now_s = now_s
        self._refusals = Refusals(_FEATURES)
        self._client = anthropic.AsyncAnthropic(
            api_key=connection.UNUSED_KEY,
            base_url=place.address.url,
            max_retries=0,
            open_telemetry=False,
            http_client=connection.connect(place, placed="x-api-key", bounds=self._bounds),
        )
        # With ANTHROPIC_LOG in the environment it would log every request, notes and all.
        logging.getLogger("anthropic").setLevel(logging.WARNING)

    def __repr__(self) -> str:
        return f"AnthropicChat({self.provider!r}, {self.model!r})"

    async def stream(self, messages: Sequence[Message], limits: Limits) -> AsyncGenerator[Event, None]:
        reply = Reply(self.provider, messages, limits)
        raw: anthropic.AsyncStream[Any] | None = None
        try:
            with faults.translated(lambda error: self._fault(error, begun=raw is not None)):
                raw = await self._ask(messages, limits)
                usage: dict[str, Any] = {}
                async for event in raw:
                    if delta := _read(event, reply, usage):
                        yield delta
                ended = reply.end()
        finally:
            if raw is not None:
                await raw.close()
        for last in ended:
            yield last

    async def models(self) -> tuple[str, ...]:
        """Names of the models that there are, newest first. Raises ModelError."""
        with faults.translated(lambda error: self._fault(error, begun=False)):
            page = await self._client.models.list(limit=1000, timeout=connection.patience(LIST_S, self._bounds))
            return tuple(model.id for model in page.data if isinstance(model.id, str))

    async def close(self) -> None:
        await self._client.close()

    async def _ask(self, messages: Sequence[Message], limits: Limits) -> anthropic.AsyncStream[Any]:
        while True:
            request, features = self._request(messages, limits)
            try:
                timeout = connection.patience(limits.timeout_s, self._bounds)
                answer: anthropic.AsyncStream[Any] = await self._client.messages.create(
                    **request, stream=True, timeout=timeout
                )
                return answer
            except self._sdk.APIStatusError as error:
                if not isinstance(self._fault(error, begun=False), RequestRefused):
                    raise
                if not self._refusals.learn(_told(error), features):
                    raise

    def _request(self, messages: Sequence[Message], limits: Limits) -> tuple[dict[str, Any], list[str]]:
        """The request, and what in it the model may refuse."""
        features: dict[str, Any] = {}
        output: dict[str, Any] = {}
        thinks = limits.reasoning not in (None, "none") and "thinking" not in self._refusals
        if limits.reasoning is not None:
            features["thinking"] = {"type": "adaptive" if thinks else "disabled"}
        if thinks:
            features["effort"] = output["effort"] = limits.reasoning
        elif limits.temperature is not None:  # while it thinks, no temperature may be chosen
            features["temperature"] = min(limits.temperature, 1.0)
        if limits.reasoning == "none" and "thinking" in self._refusals:
            # It cannot help thinking, but may do so for less long.
            features["effort"] = output["effort"] = "low"
        if limits.stop:
            features["stop_sequences"] = list(limits.stop)
        if limits.json_schema is not None:
            features["format"] = output["format"] = {"type": "json_schema", "schema": dict(limits.json_schema)}
        kept = {name: value for name, value in features.items() if name not in self._refusals}
        output = {name: value for name, value in output.items() if name in kept}
        caches = "cache" not in self._refusals
        request: dict[str, Any] = {
            "model": self.model,
            "max_tokens": limits.max_output_tokens,
            "messages": list(_turns(messages, caches=caches)),
            **{name: value for name, value in kept.items() if name not in output and name != "temperature"},
        }
        if "temperature" in kept:
            # The SDK knows it no more; older models still take it.
            request["extra_body"] = {"temperature": kept["temperature"]}
        if system := list(_blocks([each for each in messages if each.role == "system"], caches=caches)):
            request["system"] = system
        if output:
            request["output_config"] = output
        return request, [*kept, "cache"] if caches else [*kept]

    def _fault(self, error: Exception, *, begun: bool) -> ModelError:
        """What an error means. The SDK makes errors of its own of those of the network."""
        if isinstance(error, self._sdk.APIStatusError):
            return faults.fault(self.provider, self.model, _told(error), self._now_s())
        found = connection.fault(self.provider, self._address, error, begun=begun)
        return found or self._strange(error, begun=begun)

    def _strange(self, error: Exception, *, begun: bool) -> ModelError:
        if isinstance(error, self._sdk.APIConnectionError):
            return connection.lost(self.provider, self._address, begun=begun)
        if isinstance(error, self._sdk.APIResponseValidationError | ValueError | RecursionError):
            return AnswerBroken(self.provider, "it is not what was agreed")
        if isinstance(error, self._sdk.AnthropicError):
            return ProviderFailed(self.provider)
        raise error


def _told(error: anthropic.APIStatusError) -> Told:
    # An error event in the midst of an answer bears the status of the answer.
    status = error.status_code if error.status_code >= 300 else None
    return Told(status, error.body, error.response.headers)


def _read(event: Any, reply: Reply, usage: dict[str, Any]) -> Delta | None:
    """Take one event in."""
    kind = getattr(event, "type", None)
    if kind == "message_start":
        reply.heard = True
        _count(getattr(event.message, "usage", None), reply, usage)
    elif kind == "content_block_start":
        return reply.add(getattr(event.content_block, "text", None))
    elif kind == "content_block_delta":
        reply.skip(getattr(event.delta, "thinking", None))
        return reply.add(getattr(event.delta, "text", None))
    elif kind == "message_delta":
        stop = getattr(event.delta, "stop_reason", None)
        usage["stop"] = _REASONS.get(stop, "other") if isinstance(stop, str) else None
        _count(getattr(event, "usage", None), reply, usage)
    elif kind == "message_stop":
        reply.reason = usage.get("stop") or "other"
    return None


def _count(counts: Any, reply: Reply, usage: dict[str, Any]) -> None:
    """Keep the newest counts: those at the end are of the whole answer, and may leave out what is known."""
    for name in ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"):
        if (count := getattr(counts, name, None)) is not None:
            usage[name] = count
    details = getattr(counts, "output_tokens_details", None)
    usage["thinking"] = getattr(details, "thinking_tokens", None) or usage.get("thinking")
    reply.usage = told(
        fresh=usage.get("input_tokens"),
        output=usage.get("output_tokens"),
        cache_read=usage.get("cache_read_input_tokens"),
        cache_write=usage.get("cache_creation_input_tokens"),
        thinking=usage["thinking"],
    )


def _turns(messages: Sequence[Message], *, caches: bool) -> Iterator[dict[str, Any]]:
    said = [message for message in messages if message.role != "system"]
    for message, block in zip(said, _blocks(said, caches=caches), strict=True):
        yield {"role": message.role, "content": [block]}


def _blocks(messages: Sequence[Message], *, caches: bool) -> Iterator[dict[str, Any]]:
    """A block of text each; the last one that comes again carries the mark that those up to it are kept."""
    last = max((index for index, message in enumerate(messages) if message.reused), default=-1) if caches else -1
    for index, message in enumerate(messages):
        mark = {"cache_control": _CACHED} if index == last else {}
        yield {"type": "text", "text": message.text, **mark}
