"""The sentences that say most of a text: near its middle, early in it, and each something else.

Centrality is the cosine with the text's centroid (Radev et al. 2004, MEAD), which takes linear time where a walk over
all pairs (LexRank, Erkan and Radev 2004) does not; novelty is maximal marginal relevance (Carbonell, Goldstein 1998).

Vectors are those of the static embeddings where they know the language, else counts of its words.
"""

from __future__ import annotations

import array
import math
import operator
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from librarian.sentences import Sentence, words

POSITION = 0.1
HEADING = 0.1
"""For the first sentence of a block."""
MOST = 150
"""Sentences among which is chosen; those nearest to the middle."""
SPARE = 0.15
"""Of the length, which may stay empty rather than be filled with what is merely short."""
_FEW_WORDS, _MANY_WORDS = 5, 45

Vectors = Callable[[Sequence[str]], bytes]
"""Embeds texts: little-endian f32 of unit length, one after another."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of one of several notes."""

    note: int
    order: int
    sentence: Sentence
    share: float
    """Where in its note it stands, 0 to 1."""


def chosen(notes: Sequence[Sequence[Sentence]], length: int, vectors: Vectors | None) -> list[Candidate]:
    """The sentences that say most, some ``length`` words of them, in the order of the notes and their own.

    ``vectors``: None where the language of the notes is not known to the model.
    """
    everything = [
        Candidate(number, order, sentence, order / max(1, len(note) - 1))
        for number, note in enumerate(notes)
        for order, sentence in enumerate(note)
    ]
    distinct = list({_key(each.sentence.text): each for each in reversed(everything)}.values())[::-1]
    if sum(words(each.sentence.text) for each in distinct) <= length * 1.2:
        return distinct
    texts = [each.sentence.text for each in distinct]
    space = _Dense(vectors(texts), len(texts)) if vectors else _Sparse(texts)
    central = _spread([space.centrality(number) for number in range(len(distinct))])
    scores = [central[number] + _prior(each) for number, each in enumerate(distinct)]
    best = sorted(range(len(distinct)), key=lambda number: -scores[number])[:MOST]
    picked = _novel(best, scores, space, _Room([each.note for each in distinct], texts, length, len(notes)))
    return sorted((distinct[number] for number in picked), key=lambda each: (each.note, each.order))


class _Room:
    """How many words are left to say, and how many sentences of one note may be among them."""

    def __init__(self, note_of: Sequence[int], texts: Sequence[str], length: int, notes: int) -> None:
        self._note_of = note_of
        self._words = [words(text) for text in texts]
        self._left, self._length = length, length
        self._most = None if notes < 2 else max(1, math.ceil(1.5 * length / 20 / notes))
        self._taken: Counter[int] = Counter()

    @property
    def is_left(self) -> bool:
        return self._left > SPARE * self._length

    def admits(self, number: int) -> bool:
        if self._most is not None and self._taken[self._note_of[number]] >= self._most:
            return False
        return self._words[number] <= self._left * 1.5 or not self._taken

    def take(self, number: int) -> None:
        self._left -= self._words[number]
        self._taken[self._note_of[number]] += 1


def _novel(best: Sequence[int], scores: Sequence[float], space: _Dense | _Sparse, room: _Room) -> list[int]:
    """Take the best by turns; each then counts against those that say the same."""
    said = dict.fromkeys(best, 0.0)
    picked: list[int] = []
    while said and room.is_left:
        open_ones = [number for number in said if room.admits(number) and said[number] < space.same]
        if not open_ones:
            break
        number = max(open_ones, key=lambda each: (1 - space.novelty) * scores[each] - space.novelty * said[each])
        room.take(number)
        picked.append(number)
        del said[number]
        for other in said:
            said[other] = max(said[other], space.cosine(number, other))
    return picked


def _spread(values: Sequence[float]) -> list[float]:
    """Values from 0 to 1, whatever the space that they are measured in."""
    low, high = min(values), max(values)
    return [(value - low) / ((high - low) or 1.0) for value in values]


def _prior(candidate: Candidate) -> float:
    """What speaks for a sentence before it is read: that it stands early, begins its block, and has a fair length."""
    count = words(candidate.sentence.text)
    fair = -0.5 if count < _FEW_WORDS else -0.1 if count > _MANY_WORDS else 0.0
    question = -0.1 if candidate.sentence.text.endswith(("?", "？", "؟")) else 0.0
    begins = HEADING if candidate.sentence.is_first else 0.0
    return POSITION * (1 - candidate.share) ** 2 + begins * (1 - candidate.share) + fair + question


class _Dense:
    """Sentences as vectors."""

    novelty = 0.3
    """How much what was said already counts against a sentence."""
    same = 0.85
    """Cosine from which two sentences say the same."""

    def __init__(self, packed: bytes, count: int) -> None:
        flat = array.array("f", packed)
        size = len(flat) // count
        self._rows = [flat[number * size : (number + 1) * size].tolist() for number in range(count)]
        centre = [math.fsum(column) for column in zip(*self._rows, strict=True)]
        length = math.sqrt(_dot(centre, centre)) or 1.0
        self._centre = [each / length for each in centre]

    def centrality(self, number: int) -> float:
        return _dot(self._rows[number], self._centre)

    def cosine(self, one: int, other: int) -> float:
        return _dot(self._rows[one], self._rows[other])


class _Sparse:
    """Sentences as counts of their words, the rarer the heavier; of characters in pairs where there are no spaces."""

    novelty = 0.3
    same = 0.6

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(_terms(text)) for text in texts]
        in_how_many = Counter(term for each in counts for term in each)
        self._rows = [_unit({t: n * math.log(1 + len(texts) / in_how_many[t]) for t, n in c.items()}) for c in counts]
        centre: Counter[str] = Counter()
        for row in self._rows:
            centre.update(row)
        self._centre = _unit(dict(centre))

    def centrality(self, number: int) -> float:
        return _sparse_dot(self._rows[number], self._centre)

    def cosine(self, one: int, other: int) -> float:
        return _sparse_dot(self._rows[one], self._rows[other])


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(map(operator.mul, left, right), 0.0)


def _unit(row: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(math.fsum(value * value for value in row.values())) or 1.0
    return {term: value / length for term, value in row.items()}


def _sparse_dot(left: dict[str, float], right: dict[str, float]) -> float:
    few, many = (left, right) if len(left) < len(right) else (right, left)
    return sum(value * many[term] for term, value in few.items() if term in many)


def _terms(text: str) -> list[str]:
    found: list[str] = []
    for word in re.findall(r"\w+", text.casefold()):
        if len(word) > 3 and max(word) >= "\u0e00":
            found += [word[place : place + 2] for place in range(len(word) - 1)]
        else:
            found.append(word[:6])
    return found


def _key(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
