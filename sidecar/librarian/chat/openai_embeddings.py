"""Vectors by OpenAI's protocol, which most providers speak; Hugging Face's own router has another path for them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import quote

from librarian.chat import faults, vectors
from librarian.chat.address import Bounds, Place
from librarian.chat.counting import MOST_TOKENS
from librarian.chat.openai_client import OpenAIClient
from librarian.chat.refusals import Refusals
from librarian.chat.vectors import Vector
from librarian.errors import AnswerBroken, ModelError

_FEATURES: Final = {"encoding_format": r"\bencoding_format\b|\bbase64\b"}
_TOKENS_BESIDE: Final = 64
"""That a provider may put around a text."""

Path = Literal["embeddings", "feature-extraction"]


@dataclass(frozen=True, slots=True)
class Embedded:
    """What came back for some texts."""

    vectors: Sequence[Vector]
    """Of unit length, in the order of the texts."""
    tokens: int | None
    """As the provider told them; None where it did not, or where that cannot be true."""


class OpenAIEmbeddings:
    """A model behind a provider. Importing the SDK takes a second, so make it in a thread."""

    def __init__(
        self,
        place: Place,
        model: str,
        path: Path = "embeddings",
        *,
        bounds: Bounds | None = None,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self.provider = place.provider
        self.model = model
        self._name = f"{place.provider}/{model}"
        self._path = path
        self._origin = place.address.url.removesuffix("/v1")
        self._refusals = Refusals(_FEATURES)
        self._client = OpenAIClient(place, bounds=bounds, now_s=now_s)

    async def embed(self, texts: Sequence[str], *, dimensions: int | None, asks: bool, timeout_s: float) -> Embedded:
        """The vectors of texts, none of which is empty. Raises ModelError, and ModelUnusable for what are no vectors.

        ``dimensions``: how many numbers each must have, if that is known; ``asks``: the model is told so.
        """
        with faults.translated(self._fault):
            if self._path == "feature-extraction":
                sent, tokens = await self._extracted(texts, timeout_s), None
            else:
                sent, tokens = await self._asked(texts, dimensions if asks else None, timeout_s)
        return Embedded(vectors.read(self._name, sent, len(texts), dimensions), _believed(tokens, texts))

    async def models(self) -> tuple[str, ...]:
        """Names of all models of the provider. Raises ModelError."""
        return await self._client.models(self.model)

    async def close(self) -> None:
        await self._client.close()

    async def _asked(self, texts: Sequence[str], dimensions: int | None, timeout_s: float) -> tuple[list[Any], Any]:
        def request() -> tuple[dict[str, Any], list[str]]:
            # Numbers in base64 are a third as many bytes; some servers know only lists.
            refusable = [name for name in _FEATURES if name not in self._refusals]
            form = "base64" if "encoding_format" in refusable else "float"
            asked: dict[str, Any] = {"model": self.model, "input": list(texts), "encoding_format": form}
            timeout = self._client.patience(timeout_s)
            return asked | ({"dimensions": dimensions} if dimensions else {}) | {"timeout": timeout}, refusable

        answer: Any = await self._client.ask(self.model, request, self._refusals, self._client.api.embeddings.create)
        rows = getattr(answer, "data", None)
        if not isinstance(rows, list):
            raise AnswerBroken(self.provider, "it is not what was agreed")
        return _in_order(rows), getattr(getattr(answer, "usage", None), "prompt_tokens", None)

    async def _extracted(self, texts: Sequence[str], timeout_s: float) -> list[Any]:
        answer: Any = await self._client.api.post(
            f"{self._origin}/hf-inference/models/{quote(self.model)}/pipeline/feature-extraction",
            body={"inputs": list(texts), "normalize": True, "truncate": True},
            cast_to=object,
            options={"timeout": self._client.patience(timeout_s)},
        )
        if not isinstance(answer, list):
            raise AnswerBroken(self.provider, "it is not what was agreed")
        return answer

    def _fault(self, error: Exception) -> ModelError:
        return self._client.fault(error, self.model, begun=False)


def _in_order(rows: list[Any]) -> list[Any]:
    """Vectors by their numbers, if each has one of its own; else as they came."""
    numbers = [getattr(row, "index", None) for row in rows]
    if sorted(number for number in numbers if isinstance(number, int)) == list(range(len(rows))):
        rows = sorted(rows, key=lambda row: row.index)
    return [getattr(row, "embedding", None) for row in rows]


def _believed(tokens: Any, texts: Sequence[str]) -> int | None:
    """No tokenizer makes more tokens than there are bytes."""
    most = sum(len(text.encode("utf-8", "replace")) + _TOKENS_BESIDE for text in texts)
    whole = isinstance(tokens, int) and not isinstance(tokens, bool)
    return tokens if whole and 0 < tokens <= min(most, MOST_TOKENS) else None
