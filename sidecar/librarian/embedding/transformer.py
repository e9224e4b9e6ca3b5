"""Slow models: a transformer in a worker, by way of sentence-transformers.

Passages go to it in small batches, so that a query waits for one of them at the most.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from importlib import util
from typing import Any

from librarian.embedding.folder import ModelFolder
from librarian.embedding.prompts import Prompts, prompts_of
from librarian.embedding.queries import Queries, QueryCache
from librarian.errors import ModelUnusable, WorkerFailed
from librarian.worker import Progress, Worker

LIBRARY = "sentence_transformers"
BATCH_TEXTS = 32
"""As many as sentence-transformers takes at once by default."""
NICENESS = 10
IDLE_SECONDS = 600.0
"""After so long the model's memory, a gigabyte with a small one, is given back."""
MOST_LETTERS = 0.8
"""Of a text are Latin where it is one for a model that knows English."""
ENGLISH_VOCABULARIES = frozenset({28996, 30522, 30527, 50265})
"""Sizes of the vocabularies of BERT (cased, uncased), MPNet and RoBERTa, which know English."""
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


class TransformerEmbedder:
    """A sentence-transformers model from a folder."""

    is_instant = False
    may_be_away = False

    def __init__(self, folder: ModelFolder, name: str, *, threads: int, cache: QueryCache | None = None) -> None:
        """Nothing is loaded yet. Raises ModelUnusable when the library is not installed."""
        if util.find_spec(LIBRARY) is None:
            raise ModelUnusable(
                f"The model {name} needs more installed. From a clone: uv tool install '.[transformers]'"
            )
        self.name = name
        self.dimensions = folder.dimensions
        self.passage_words = folder.passage_words
        self._prompts: Prompts = prompts_of(folder)
        self.identity = _identity(folder, self._prompts)
        self._loaded: int | None = None
        """The process that has the model."""
        self._knows_english_only = folder.options.get("vocab_size") in ENGLISH_VOCABULARIES
        self._params = {"folder": str(folder.path), "threads": threads, "max_tokens": folder.max_tokens}
        self._queries = Queries(self.identity, self.dimensions, self._ask, cache)
        self._worker = Worker(
            "librarian.embedding.transformer_process",
            threads=threads,
            niceness=NICENESS,
            idle_seconds=IDLE_SECONDS,
            variables=OFFLINE,
        )

    @property
    def is_loaded(self) -> bool:
        return self._loaded is not None and self._loaded == self._worker.pid

    def trust(self, text: str) -> float:
        """1 for a multilingual model; the share of Latin letters for one that was trained on English."""
        letters = [character for character in text if character.isalpha()]
        if not self._knows_english_only or not letters:
            return 1.0
        return sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters) / len(letters)

    def reads(self, text: str) -> bool:
        return self.trust(text) >= MOST_LETTERS

    async def load(self) -> None:
        """Load the model in its worker, which takes seconds, on a busy machine many."""
        answer, _ = await self._call("load", {}, b"")
        self._checked(answer, b"", 0, 0)

    async def query(self, text: str) -> bytes:
        """The vector of a query. Taken back, it still ends in the cache: loading a model begins only once."""
        return await self._queries.vector(text)

    async def embed(self, texts: Sequence[str], progress: Progress | None = None) -> bytes:
        """The vectors of passages; texts of like length share a batch, so that little is computed for padding."""
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        size = 2 * self.dimensions
        vectors = bytearray(size * len(texts))
        for start in range(0, len(order), BATCH_TEXTS):
            batch = order[start : start + BATCH_TEXTS]
            made = await self._embedded([self._prompts.passage + texts[place] for place in batch], "<f2")
            for number, place in enumerate(batch):
                vectors[size * place : size * (place + 1)] = made[size * number : size * (number + 1)]
            if progress is not None:
                progress(start + len(batch), len(texts))
        return bytes(vectors)

    async def close(self) -> None:
        await self._worker.close()
        await self._queries.close()

    async def _ask(self, text: str) -> bytes:
        return await self._embedded([self._prompts.query + text], "<f4")

    async def _embedded(self, texts: list[str], kind: str) -> bytes:
        # A lone surrogate cannot be told to a tokenizer.
        payload = json.dumps([text.encode("utf-8", "replace").decode() for text in texts]).encode()
        answer, vectors = await self._call("embed", {"kind": kind}, payload)
        self._checked(answer, vectors, len(texts), int(kind[-1]))
        return vectors

    async def _call(self, name: str, params: dict[str, Any], payload: bytes) -> tuple[dict[str, Any], bytes]:
        try:
            answered = await self._worker.call(name, self._params | params, payload)
        except WorkerFailed as error:
            raise ModelUnusable(f"The model {self.name} cannot be used: {error.data['reason']}") from error
        self._loaded = self._worker.pid
        return answered

    def _checked(self, answer: dict[str, Any], vectors: bytes, count: int, number_bytes: int) -> None:
        if answer["dimensions"] != self.dimensions or len(vectors) != count * number_bytes * self.dimensions:
            raise ModelUnusable(f"The model {self.name} makes other vectors than its files say.")


def _identity(folder: ModelFolder, prompts: Prompts) -> str:
    treatment = json.dumps([folder.digest, folder.max_tokens, prompts.query, prompts.passage])
    digest = hashlib.blake2b(treatment.encode(), digest_size=16).hexdigest()
    return f"{digest}/{folder.passage_words}"
