"""A provider's model that makes vectors: the same for the same words, whoever asks, and nearer the more words are shared."""

from __future__ import annotations

import base64
import hashlib
import math
import re
import struct
from collections.abc import Callable, Sequence
from typing import Any

from providers.server import Request, Server, Talk, Turn

DIMENSIONS = 48
MODEL = "text-embedding-3-small"


def vector(text: str, dimensions: int = DIMENSIONS) -> list[float]:
    numbers = [0.0] * dimensions
    for word in re.findall(r"\w+", text.lower()):
        digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
        numbers[int.from_bytes(digest[:4]) % dimensions] += 1.0 if digest[4] % 2 else -1.0
    numbers[0] += 0.01
    # Not of unit length: that is ours to see to.
    return [3 * number for number in numbers]


def packed(numbers: Sequence[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()


def answer(body: dict[str, Any]) -> dict[str, Any]:
    """What a provider that is well answers."""
    dimensions = body.get("dimensions", DIMENSIONS)
    form: Callable[[Sequence[float]], Any] = packed if body.get("encoding_format") == "base64" else list
    rows = [
        {"object": "embedding", "index": at, "embedding": form(vector(text, dimensions))}
        for at, text in enumerate(body["input"])
    ]
    words = sum(len(re.findall(r"\w+|\S", text)) for text in body["input"])
    return {
        "object": "list",
        "data": rows,
        "model": body["model"],
        "usage": {"prompt_tokens": words, "total_tokens": words},
    }


async def embeds(request: Request, talk: Talk) -> None:
    await talk.whole(200, answer(request.body))


def embeds_but(change: Callable[[dict[str, Any]], Any]) -> Turn:
    """Answers with something else made of the right answer."""

    async def turn(request: Request, talk: Talk) -> None:
        await talk.whole(200, change(answer(request.body)))

    return turn


async def hangs(_request: Request, talk: Talk) -> None:
    await talk.hang()


def texts(server: Server) -> list[str]:
    """Every text that was sent to be embedded, but for the one that tries a model."""
    sent = [
        text for request in server.requests if request.path.endswith("/embeddings") for text in request.body["input"]
    ]
    return [text for text in sent if not text.endswith("A note.")]


def unit(numbers: Sequence[float]) -> list[float]:
    length = math.hypot(*numbers)
    return [number / length for number in numbers]
