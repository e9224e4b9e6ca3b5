"""Which passages a question is answered from: by the words they share with it and what they mean, none twice.

The weight of a word is how rare it is in the vault (K. Spärck Jones, "A statistical interpretation of term
specificity", 1972); a passage counts for the share of that weight which it has, in itself, its heading or the title of
its note. What says nearly the same as a passage before it is left out: overlap of word pairs (A. Broder, 1997).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from librarian.evidence.cutting import Piece
from librarian.terms import Vocabulary, words
from librarian.tokens import expected

MEANING_WEIGHT = 0.3
"""What a cosine of 1 adds to a passage that shares no word."""
LEAST_WEIGHT = 0.3
"""Of a word that every note has, where one that no note has weighs 1 more."""
CONTEXT_SHARE = 0.6
"""What a word in the title or heading counts against one in the passage itself."""
NOTE_WEIGHT = 0.15
"""What a note's place in the search adds to its passages."""
SAME_OVERLAP = 0.7
"""Of the word pairs of the shorter passage, from which two passages say the same."""
MOST_OF_A_NOTE = 4
"""Passages of one note, as long as there are others."""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that may answer."""

    path: str
    title: str
    piece: Piece
    coverage: float = 0.0
    """Share of the question's words that it has, by their weight, 0 to 1."""
    cosine: float = 0.0
    """Of question and passage."""
    score: float = 0.0
    shingles: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)


def rarity(notes: Mapping[str, int], of: int) -> dict[str, float]:
    """The weight of each word, `LEAST_WEIGHT` to 1 more. ``notes``: in how many notes of ``of`` it is."""
    rarest = math.log(1 + of) or 1.0
    return {word: LEAST_WEIGHT + math.log(1 + of / (1 + count)) / rarest for word, count in notes.items()}


def weigh(
    found: Found, wanted: Sequence[Mapping[str, float]], cosine: float, rank: int, *, trust: float = 1.0
) -> Found:
    """The passage with its scores. ``wanted``: weights of the words, one for the question and each of its parts;
    ``rank``: its note's place in the search, from 0; ``trust``: how far the model knows the words.
    """
    own = words(found.piece.text)
    inside = Vocabulary(own)
    beside = Vocabulary([*words(found.title), *words(found.piece.heading or "")])
    coverage = max((_covered(weights, inside, beside) for weights in wanted), default=0.0)
    score = coverage + MEANING_WEIGHT * trust * max(0.0, cosine) + NOTE_WEIGHT / (1 + rank / 3)
    shingles = frozenset(pairwise(own))
    return Found(found.path, found.title, found.piece, coverage, cosine, score, shingles)


def _covered(weights: Mapping[str, float], inside: Vocabulary, beside: Vocabulary) -> float:
    whole = math.fsum(weights.values())
    if not whole:
        return 0.0
    has = math.fsum(
        weight if word in inside else CONTEXT_SHARE * weight if word in beside else 0.0
        for word, weight in weights.items()
    )
    return has / whole


def chosen(found: Sequence[Found], limit: int, most_tokens: int) -> list[Found]:
    """The best passages, best first, no two of which say the same, within so many tokens."""
    kept: list[Found] = []
    passed_over: list[Found] = []
    room = most_tokens
    for each in sorted(found, key=lambda passage: (-passage.score, passage.path, passage.piece.line)):
        if len(kept) == limit or room <= 0:
            break
        if expected(each.piece.text) > room or any(_is_same(each, other) for other in kept):
            continue
        if sum(other.path == each.path for other in kept) >= MOST_OF_A_NOTE:
            passed_over.append(each)
            continue
        kept.append(each)
        room -= expected(each.piece.text)
    for each in passed_over:
        if len(kept) < limit and expected(each.piece.text) <= room:
            kept.append(each)
            room -= expected(each.piece.text)
    return kept


def widened(kept: Sequence[Found], pieces_of: Mapping[str, Sequence[Piece]], most_tokens: int) -> list[Found]:
    """The passages with what stands before and after them under the same heading, the best first, as far as there is
    room.
    """
    room = most_tokens - sum(expected(each.piece.text) for each in kept)
    taken = {(each.path, each.piece.order) for each in kept}
    wide: list[Found] = []
    for each in kept:
        pieces = pieces_of.get(each.path, ())
        whole = each.piece
        for order, is_before in ((each.piece.order - 1, True), (each.piece.order + 1, False)):
            if not 0 <= order < len(pieces) or (each.path, order) in taken:
                continue
            beside = pieces[order]
            if beside.heading != each.piece.heading or expected(beside.text) > room:
                continue
            whole = _joined(beside, whole) if is_before else _joined(whole, beside)
            taken.add((each.path, order))
            room -= expected(beside.text)
        wide.append(replace(each, piece=whole))
    return wide


def _joined(one: Piece, other: Piece) -> Piece:
    """Two passages of which one follows the other, with the lines between them."""
    gap = max(1, other.line - one.last_line)
    return Piece(one.text + "\n" * gap + other.text, one.heading, one.line, one.order)


def _is_same(one: Found, other: Found) -> bool:
    least = min(len(one.shingles), len(other.shingles))
    if least == 0:
        return one.piece.text.strip() == other.piece.text.strip()
    return len(one.shingles & other.shingles) >= SAME_OVERLAP * least
