"""How many tokens a text is likely to be, and at most, told from its letters: no model's own list of tokens is at hand.

The weights are fitted to two public byte-pair encodings (of 200,000 and 100,000 tokens) over notes in ten scripts;
:data:`EXPECTED` to the larger one, :data:`AT_MOST` to whichever is worse, with a third on top, since some providers
count that much more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PIECES = re.compile(
    r"(?P<blob>[A-Za-z0-9+/=_-]{40,})"
    r"|(?P<word>[A-Za-z]+)"
    r"|(?P<digits>[0-9]+)"
    r"|(?P<space>\x20)"
    r"|(?P<gap>\s+)"
    r"|(?P<marks>[!-/:-@\[-`{-~]+)"
    r"|(?P<accented>[\u00c0-\u024f]+)"
    r"|(?P<greek>[\u0370-\u052f]+)"
    r"|(?P<letters>[\u0530-\u10ff\u1200-\u1fff]+)"
    r"|(?P<kana>[\u3040-\u30ff]+)"
    r"|(?P<han>[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)"
    r"|(?P<hangul>[\uac00-\ud7af]+)"
    r"|(?P<rest>.)",
    re.DOTALL,
)
COMMON_LETTERS = 6
"""Words up to this length are mostly one token."""
OF_A_MESSAGE = 8
"""Tokens that frame one message."""


@dataclass(frozen=True, slots=True)
class _Weights:
    """Tokens for each word, for each letter beyond the common length, and so on."""

    word: float
    long: float
    digits: float
    gap: float
    marks: float
    blob: float
    accented: float
    greek: float
    letters: float
    kana: float
    han: float
    hangul: float
    rest: float
    """For each byte of it in UTF-8."""


EXPECTED = _Weights(
    word=0.95, long=0.44, digits=1.14, gap=0.97, marks=1.01, blob=0.7, accented=0.9,
    greek=0.32, letters=0.42, kana=0.72, han=0.82, hangul=0.77, rest=0.46,
)  # fmt: skip
AT_MOST = _Weights(
    word=1.4, long=0.7, digits=1.55, gap=1.35, marks=1.6, blob=1.0, accented=2.0,
    greek=1.4, letters=1.6, kana=1.4, han=1.75, hangul=1.8, rest=1.0,
)  # fmt: skip


def expected(text: str) -> int:
    """Tokens of a text, within a tenth or so for prose in most languages."""
    return round(_weigh(text, EXPECTED))


def at_most(text: str) -> int:
    """Tokens that a text will not have more of: never more than its bytes, which no byte-pair encoding exceeds."""
    return min(len(text.encode("utf-8", "surrogatepass")), round(_weigh(text, AT_MOST)) + 1)


def _weigh(text: str, weights: _Weights) -> float:
    total = 0.0
    for piece in _PIECES.finditer(text):
        kind, length = piece.lastgroup, piece.end() - piece.start()
        if kind == "word":
            total += weights.word + weights.long * max(0, length - COMMON_LETTERS)
        elif kind == "digits":
            total += weights.digits * -(-length // 3)
        elif kind in ("gap", "marks"):
            # Runs are tokens of their own, until they are very long.
            total += getattr(weights, kind) * (1 + (length - 1) // 16)
        elif kind == "rest":
            total += weights.rest * len(piece[0].encode("utf-8", "surrogatepass"))
        elif kind is not None and kind != "space":
            total += getattr(weights, kind) * length
    return total
