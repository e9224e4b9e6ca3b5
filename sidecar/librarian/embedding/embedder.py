"""What every model can do, and what those can do that are asked for many texts at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from librarian.worker import Progress


class Embedder(Protocol):
    """A model that turns texts into vectors."""

    is_instant: bool
    """Whether it answers in microseconds, so that vectors need not be kept for fear of making them again."""

    may_be_away: bool
    """Whether it is somewhere else, so that another has to answer at times, and secrets are not for it."""

    @property
    def name(self) -> str: ...

    @property
    def identity(self) -> str:
        """Vectors compare only when this is equal: it holds a digest of the model's files, and the size of passages."""

    @property
    def dimensions(self) -> int: ...

    @property
    def passage_words(self) -> int:
        """Words in a passage: as many as one vector of this model can stand for."""

    def trust(self, text: str) -> float:
        """How far the model knows the words of a text, 0 to 1."""

    def reads(self, text: str) -> bool:
        """Whether the model was made for the language of a text, as far as its letters tell: only then do near vectors
        mean the same.
        """

    async def query(self, text: str) -> bytes:
        """The vector of a query: little-endian f32, of unit length. Raises ModelUnusable, WorkerDied,
        and for a provider's model ModelError, MoneyError, StoreError."""

    async def close(self) -> None:
        """Let go of what it holds."""


class SlowEmbedder(Embedder, Protocol):
    """A model that takes its time: some ten passages a second, and seconds until it is loaded."""

    @property
    def is_loaded(self) -> bool:
        """Whether a query is answered in milliseconds; otherwise the first has to wait for the model."""

    async def load(self) -> None:
        """Get ready to answer. Raises ModelUnusable, WorkerDied."""

    async def embed(self, texts: Sequence[str], progress: Progress | None = None) -> bytes:
        """The vectors of passages in their order: little-endian f16, each of unit length, one after another.

        Queries are answered in between. Raises ModelUnusable, WorkerDied.
        """
