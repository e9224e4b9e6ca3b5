"""Retrieval: the passages of a vault that may answer a question, over all notes that a hybrid search finds for it."""

from __future__ import annotations

import asyncio
import json
import math
import time
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import mul
from pathlib import Path
from typing import TYPE_CHECKING

from librarian.answer import Understanding
from librarian.content import read_text
from librarian.embedding import StaticEmbedder
from librarian.errors import NoteError
from librarian.evidence import Found, Piece, chosen, cut, rarity, weigh, widened
from librarian.passage import Coverage, Hit
from librarian.redaction import redacted
from librarian.terms import words
from librarian.understanding import looked_for

if TYPE_CHECKING:
    from librarian._native import Exclusion
    from librarian.lexical import LexicalIndex
    from librarian.search import Search
    from librarian.semantics import Semantics

NOTES = 12
"""Notes that are read for the question."""
OF_A_PART = 5
"""The same for each of its parts, and for other words for it."""
MOST_PARTS = 10
"""Of a question, that are looked for; a client may have made more of it."""
MOST_NOTES = 16
MOST_PIECES = 6
"""Passages of one note that are weighed: those with most of the words, and the one that the search found."""
MOST_CARD = 1600
"""Characters of a card of a canvas."""
KEPT_S = 15.0
"""So long passages are kept for the same question: its price is told first, and then it is asked."""
MOST_WEIGHED = 8
"""Words whose rarity is asked for."""


@dataclass(frozen=True)
class Retrieved:
    """What may answer a question, best first."""

    found: tuple[Found, ...]
    understood: Understanding
    coverage: Coverage
    took_ms: float


@dataclass(frozen=True)
class _Wanted:
    """How many passages, of how many tokens, and whether a model will read them."""

    limit: int
    room: int
    sent: bool


@dataclass(frozen=True)
class _Last:
    """What was found last, and for what; ``stamps`` are those of the notes that were read for it."""

    asked: tuple[object, ...]
    stamps: dict[str, tuple[int, int] | None]
    retrieved: Retrieved


class Retrieval:
    """Finds passages in one vault."""

    def __init__(
        self,
        root: Path,
        search: Search,
        lexical: LexicalIndex,
        semantics: Semantics,
        *,
        excluded: Exclusion,
        max_note_bytes: int,
    ) -> None:
        """``excluded``: notes that are never read."""
        self._root = root
        self._search = search
        self._lexical = lexical
        self._semantics = semantics
        self._excluded = excluded
        self._max_note_bytes = max_note_bytes
        self._last: _Last | None = None

    async def passages(
        self, question: str, understood: Understanding, limit: int, room: int, *, sent: bool
    ) -> Retrieved:
        """The ``limit`` best passages for what was understood, within ``room`` tokens; for a moment the same, as long
        as no note became another. ``sent``: to a model, so that secrets are left out before notes are cut.
        """
        started = time.perf_counter()
        asked = (question, understood, limit, room, sent, self._lexical.revision, self._model())
        last = self._last
        if last is None or last.asked != asked or last.stamps != await asyncio.to_thread(self._stamps, last.stamps):
            last = self._last = await self._found(asked, question, understood, _Wanted(limit, room, sent))
            asyncio.get_running_loop().call_later(KEPT_S, self._forget, last)
        return replace(last.retrieved, took_ms=round((time.perf_counter() - started) * 1000, 3))

    def _forget(self, last: _Last) -> None:
        """Keep the texts of notes no longer than they may be asked for again."""
        if self._last is last:
            self._last = None

    async def _found(
        self, asked: tuple[object, ...], question: str, understood: Understanding, asked_for: _Wanted
    ) -> _Last:
        hits, coverage = await self._hits(understood)
        if not hits and (timeless := _without_times(understood)) is not None:
            understood = timeless
            hits, coverage = await self._hits(understood)
        wanted = await self._weights(understood)
        # Before they are read: what is saved meanwhile is another note.
        stamps = await asyncio.to_thread(self._stamps, [hit.path for hit in hits])
        found = await asyncio.to_thread(self._weighed, question, hits, wanted, asked_for)
        return _Last(asked, stamps, Retrieved(tuple(found), understood, coverage, 0.0))

    async def _hits(self, understood: Understanding) -> tuple[list[Hit], Coverage]:
        """Notes for the question and its parts, each once, in turn."""
        queries = [understood.query]
        queries += [looked_for(part.split(), understood.filters) for part in understood.sub_questions[:MOST_PARTS]]
        if understood.expansions:
            queries.append(looked_for(understood.expansions, understood.filters))
        # A space: nobody is about to type the rest of the last word.
        answers = await asyncio.gather(
            self._search.query(queries[0] + " ", limit=NOTES),
            # What the parts mean is in what the whole means.
            *(self._search.query(query + " ", limit=OF_A_PART, mode="keyword") for query in queries[1:]),
        )
        by_path: dict[str, Hit] = {}
        for rank in range(NOTES):
            for answer in answers:
                if rank < len(answer.hits) and answer.hits[rank].path not in self._excluded:
                    by_path.setdefault(answer.hits[rank].path, answer.hits[rank])
        return list(by_path.values())[:MOST_NOTES], answers[0].coverage

    async def _weights(self, understood: Understanding) -> list[dict[str, float]]:
        """How much each word says: those of the question, and of each of its parts."""
        whole = list(dict.fromkeys(word for each in understood.words for word in words(each)))
        parts = [list(dict.fromkeys(words(part))) for part in (*understood.sub_questions, *understood.expansions)]
        asked = list(dict.fromkeys([*whole, *(word for part in parts for word in part)]))[: MOST_WEIGHED * 2]
        notes = dict(zip(asked, await self._lexical.spread(asked), strict=True))
        weights = rarity(notes, self._lexical.counts()["notes"])
        typical = max(weights.values(), default=1.0)
        return [{word: weights.get(word, typical) for word in part} for part in [whole, *parts] if part]

    def _weighed(
        self, question: str, hits: Sequence[Hit], wanted: Sequence[Mapping[str, float]], asked_for: _Wanted
    ) -> list[Found]:
        keys = [word[:5] for weights in wanted for word in weights]
        pieces_of: dict[str, list[Piece]] = {}
        likely: list[tuple[Hit, int, Piece]] = []
        for rank, hit in enumerate(hits):
            pieces_of[hit.path] = self._pieces(hit, sent=asked_for.sent)
            likely += [(hit, rank, piece) for piece in _likely(pieces_of[hit.path], keys, hit.passage.line)]
        trust, cosines = self._cosines(question, [piece.text for _, _, piece in likely])
        weighed = [
            weigh(Found(hit.path, hit.title, piece), wanted, cosine, rank, trust=trust)
            for (hit, rank, piece), cosine in zip(likely, cosines, strict=True)
        ]
        return widened(chosen(weighed, asked_for.limit, asked_for.room), pieces_of, asked_for.room)

    def _stamps(self, paths: Iterable[str]) -> dict[str, tuple[int, int] | None]:
        """What changes when one of the notes does."""
        return {path: _stamp(self._root / path) for path in paths}

    def _model(self) -> StaticEmbedder | None:
        """A model that embeds in microseconds, if one answers: passages are not embedded by a slow one meanwhile."""
        return self._semantics.near.instant

    def cosine(self, one: str, other: str) -> float:
        """Nearness in meaning of two texts, as far as a model knows their words; 0 where there is none."""
        model = self._model()
        if model is None:
            return 0.0
        first, second = vectors(model, [one, other])
        return min(model.trust(one), model.trust(other)) * dot(first, second)

    def _pieces(self, hit: Hit, *, sent: bool) -> list[Piece]:
        if hit.kind not in ("note", "canvas"):
            return []
        try:
            text = read_text(self._root, hit.path, self._max_note_bytes)
        except NoteError:  # it went away, or became what no text is, since it was found
            return []
        if hit.kind == "canvas":
            return _cards(text, sent=sent)
        return cut(redacted(text, lines=True) if sent else text, (hit.passage.line,))

    def _cosines(self, question: str, texts: list[str]) -> tuple[float, list[float]]:
        """How far the model knows the question, and how near each text is to it."""
        model = self._model()
        if model is None or not texts:
            return 0.0, [0.0] * len(texts)
        own, *others = vectors(model, [question, *texts])
        return model.trust(question), [dot(own, other) for other in others]


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size


def _without_times(understood: Understanding) -> Understanding | None:
    """What is left of it when a note may be of any time: files are copied, and the time of a copy says nothing."""
    filters = tuple(each for each in understood.filters if not each.startswith(("after:", "before:")))
    if filters == understood.filters:
        return None
    query = looked_for(understood.words, filters)
    return understood.model_copy(update={"filters": filters, "query": query, "method": "plain"}) if query else None


def _cards(content: str, *, sent: bool) -> list[Piece]:
    """The texts on a canvas, JSON Canvas 1.0; none where it is no such."""
    try:
        nodes = json.loads(content)["nodes"]
        texts = [str(node["text"]) for node in nodes if node.get("type") == "text"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
    shown = map(redacted, texts) if sent else texts
    return [Piece(text[:MOST_CARD], None, 0, order) for order, text in enumerate(shown) if text.strip()]


def vectors(model: StaticEmbedder, texts: Sequence[str]) -> list[array[float]]:
    """The vectors of texts, of unit length."""
    numbers = array("f")
    numbers.frombytes(model.model.embed(texts))
    width = model.dimensions
    return [numbers[at : at + width] for at in range(0, len(numbers), width)]


def dot(one: array[float], other: array[float]) -> float:
    """The cosine of two vectors of unit length."""
    return math.fsum(map(mul, one, other))


def _likely(pieces: list[Piece], keys: Sequence[str], line: int) -> list[Piece]:
    """Those that are worth weighing, in a note of very many."""
    if len(pieces) <= MOST_PIECES:
        return pieces

    def promise(piece: Piece) -> tuple[bool, int]:
        text = piece.text.casefold()
        return piece.line <= line <= piece.last_line, sum(key in text for key in keys)

    return sorted(pieces, key=promise, reverse=True)[:MOST_PIECES]
