"""The two protocols as their providers speak them, byte for byte where it matters."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from librarian.chat import Chat
from librarian.chat.address import Bounds, Place, parse
from librarian.chat.anthropic_chat import AnthropicChat
from librarian.chat.openai_chat import Dialect, OpenAIChat
from librarian.chat.secret import Secret

KEY = "sk-CANARY-0123456789abcdefghij"
Hear = Callable[[Mapping[str, str]], None]


def _event(name: str | None, data: Any) -> bytes:
    text = data if isinstance(data, str) else json.dumps(data)
    return (f"event: {name}\n" if name else "").encode() + f"data: {text}\n\n".encode()


class AnthropicSpeech:
    """Anthropic's Messages API, version 2023-06-01."""

    name = "anthropic"
    usage: ClassVar = {
        "input_tokens": 21,
        "cache_creation_input_tokens": 5,
        "cache_read_input_tokens": 7,
        "output_tokens": 9,
    }

    def chat(self, url: str, *, key: str | None = KEY, bounds: Bounds | None = None, hear: Hear | None = None) -> Chat:
        place = Place("anthropic", parse("anthropic", url), Secret(key) if key else None, hear)
        return AnthropicChat(place, "claude-test", bounds=bounds)

    def answer(self, *pieces: str, reason: str = "stop", usage: Mapping[str, Any] | None = None) -> list[bytes]:
        told = dict(self.usage if usage is None else usage)
        output = told.pop("output_tokens", None)
        begun = {**told, "output_tokens": 1} if told else {}
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-test", "content": [],
                   "stop_reason": None, "stop_sequence": None, "usage": begun}  # fmt: skip
        ends = {"stop": "end_turn", "length": "max_tokens", "refused": "refusal"}[reason]
        final = {"output_tokens": output} if output is not None else {}
        return [
            _event("message_start", {"type": "message_start", "message": message}),
            _event("ping", {"type": "ping"}),
            _event("content_block_start", {"type": "content_block_start", "index": 0,
                                           "content_block": {"type": "text", "text": ""}}),
            *map(self.piece, pieces),
            _event("content_block_stop", {"type": "content_block_stop", "index": 0}),
            _event("message_delta", {"type": "message_delta", "delta": {"stop_reason": ends, "stop_sequence": None},
                                     "usage": final}),
            _event("message_stop", {"type": "message_stop"}),
        ]  # fmt: skip

    def piece(self, text: str) -> bytes:
        delta = {"type": "text_delta", "text": text}
        return _event("content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta})

    def thought(self, text: str) -> bytes:
        delta = {"type": "thinking_delta", "thinking": text}
        return _event("content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta})

    def error(self, kind: str, message: str) -> dict[str, Any]:
        return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}

    def broken(self, kind: str, message: str) -> bytes:
        """An error in the midst of an answer."""
        return _event("error", self.error(kind, message))

    def models(self, *names: str) -> dict[str, Any]:
        rows = [
            {"type": "model", "id": name, "display_name": name, "created_at": "2026-01-01T00:00:00Z"} for name in names
        ]
        return {"data": rows, "has_more": False, "first_id": names[0], "last_id": names[-1]}


class OpenAISpeech:
    """OpenAI's Chat Completions."""

    name = "openai"
    dialect = Dialect(limit="max_completion_tokens", thinking="reasoning_effort")
    usage: ClassVar = {
        "prompt_tokens": 33, "completion_tokens": 9, "total_tokens": 42,
        "prompt_tokens_details": {"cached_tokens": 7, "cache_write_tokens": 5},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }  # fmt: skip

    def chat(self, url: str, *, key: str | None = KEY, bounds: Bounds | None = None, hear: Hear | None = None) -> Chat:
        place = Place("openai", parse("openai", url + "/v1"), Secret(key) if key else None, hear)
        return OpenAIChat(place, "gpt-test", self.dialect, bounds=bounds)

    def answer(self, *pieces: str, reason: str = "stop", usage: Mapping[str, Any] | None = None) -> list[bytes]:
        ends = {"stop": "stop", "length": "length", "refused": "content_filter"}[reason]
        told = self.usage if usage is None else usage
        return [
            self.chunk({"role": "assistant", "content": "", "refusal": None}),
            *map(self.piece, pieces),
            self.chunk({}, ends),
            *([_event(None, {**_CHUNK, "choices": [], "usage": told})] if told else []),
            _event(None, "[DONE]"),
        ]

    def piece(self, text: str) -> bytes:
        return self.chunk({"content": text})

    def thought(self, text: str) -> bytes:
        return self.chunk({"content": None, "reasoning_content": text})

    def chunk(self, delta: Mapping[str, Any], reason: str | None = None) -> bytes:
        return _event(None, {**_CHUNK, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})

    def error(self, kind: str, message: str) -> dict[str, Any]:
        return {"error": {"message": message, "type": kind, "param": None, "code": kind}}

    def broken(self, kind: str, message: str) -> bytes:
        """An error in the midst of an answer."""
        return _event(None, self.error(kind, message))

    def models(self, *names: str) -> dict[str, Any]:
        return {
            "object": "list",
            "data": [{"id": name, "object": "model", "created": 1, "owned_by": "x"} for name in names],
        }


_CHUNK = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-test"}
Speech = AnthropicSpeech | OpenAISpeech
SPEECHES: tuple[Speech, ...] = (AnthropicSpeech(), OpenAISpeech())
