"""Summaries that are made of the notes' own sentences, as they stand there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from librarian.cleaning import cleaned, links_of
from librarian.errors import ModelUnusable
from librarian.extraction import Candidate, Vectors, chosen
from librarian.sentences import Sentence, sentences
from librarian.summary import Wish

if TYPE_CHECKING:
    from librarian.embedding import StaticEmbedder


class Quoting:
    """Chooses sentences, by what they mean where the model that knows that reads their language."""

    def __init__(self, embedder: Callable[[], StaticEmbedder] | None) -> None:
        """``embedder``: loads that model, in a thread; None where it is not wanted."""
        self._embedder = embedder
        self._loaded: StaticEmbedder | None = None

    async def of(self, texts: Sequence[str], wish: Wish) -> tuple[list[Candidate], str]:
        """The sentences of some texts that say most, and a summary made of them."""
        return await asyncio.to_thread(self._of, texts, wish)

    def _of(self, texts: Sequence[str], wish: Wish) -> tuple[list[Candidate], str]:
        picked = _picked(texts, wish.words, self._model())
        return picked, _shaped(picked, wish)

    def _model(self) -> StaticEmbedder | None:
        if self._loaded is None and self._embedder is not None:
            try:
                self._loaded = self._embedder()
            except ModelUnusable:
                return None
        return self._loaded


def _picked(texts: Sequence[str], length: int, model: StaticEmbedder | None) -> list[Candidate]:
    read: list[list[Sentence]] = [sentences(each) for each in texts]
    sample = " ".join(sentence.text for note in read for sentence in note[:20])[:4000]
    vectors: Vectors | None = model.model.embed if model is not None and model.reads(sample) else None
    return chosen(read, length, vectors)


def _shaped(picked: Sequence[Candidate], wish: Wish) -> str:
    lines = [each.sentence.text for each in picked]
    text = "\n".join(f"- {line}" for line in lines) if wish.style == "bullets" else _joined(picked)
    return cleaned(text, frozenset().union(*map(links_of, lines)))


def _joined(picked: Sequence[Candidate]) -> str:
    """Sentences as running text; those of another block begin a line of their own where they end in no mark."""
    said: list[str] = []
    for each in picked:
        text = each.sentence.text
        if said and not said[-1].endswith(("。", "！", "？", "」", "』", "\n")):
            said.append(" " if _ends(said[-1]) else "\n")
        said.append(text)
    return "".join(said)


def _ends(text: str) -> bool:
    return text.rstrip("\"'”’»)")[-1:] in tuple(".!?…؟۔։।:;")
