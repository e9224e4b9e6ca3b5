"""How many tokens a text is likely to be, and at most, told from its letters: no model's own list of tokens is at hand.

The weights are fitted to two public byte-pair encodings (of 200,000 and 100,000 tokens) over notes in ten scripts;
:data:`EXPECTED` to the larger one, :data:`AT_MOST` to whichever is worse, with a third on top, since some providers
count that much more.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_PIECES = re.compile(
    r"(?P<blob>[A-Za-z0-9+/=_-]{40,})"
    r"|(?P<word>\x20?[A-Za-z]+)"
    r"|(?P<digits>[0-9]+)"
    r"|\x20(?=\S)"
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


EXPECTED: Final = {
    "word": 0.95, "long": 0.44, "digits": 1.14, "gap": 0.97, "marks": 1.01, "blob": 0.7, "accented": 0.9,
    "greek": 0.32, "letters": 0.42, "kana": 0.72, "han": 0.82, "hangul": 0.77, "rest": 0.46,
}  # fmt: skip
"""Tokens for each word, each letter beyond the common length, each three digits, each run of blanks or marks, each
letter of other scripts, and each byte of the rest in UTF-8.
"""
AT_MOST: Final = {
    "word": 1.4, "long": 0.7, "digits": 1.55, "gap": 1.35, "marks": 1.6, "blob": 1.0, "accented": 2.0,
    "greek": 1.4, "letters": 1.6, "kana": 1.4, "han": 1.75, "hangul": 1.8, "rest": 1.0,
}  # fmt: skip
_KINDS: Final = tuple(EXPECTED)


class Tokens(NamedTuple):
    """How many tokens a text is thought to have."""

    expected: int
    """Within a tenth or so for prose in most languages."""
    at_most: int
    """Never more than its bytes, which no byte-pair encoding exceeds."""


def count(text: str) -> Tokens:
    """Count a text; takes about 15 ms for 100,000 letters."""
    counts = dict.fromkeys(_KINDS, 0)
    for piece in _PIECES.finditer(text):
        kind, length = piece.lastgroup, piece.end() - piece.start()
        if kind is None:  # one blank
            continue
        if kind == "word":
            counts["word"] += 1
            # With the blank before it, which is part of its first token.
            if length > COMMON_LETTERS + 1:
                counts["long"] += length - COMMON_LETTERS - 1
        elif kind == "digits":
            counts["digits"] += -(-length // 3)
        elif kind in ("gap", "marks"):
            # Runs are tokens of their own, until they are very long.
            counts[kind] += 1 + (length - 1) // 16
        elif kind == "rest":
            counts["rest"] += len(piece[0].encode("utf-8", "surrogatepass"))
        else:
            counts[kind] += length
    likely, most = (sum(number * weights[kind] for kind, number in counts.items()) for weights in (EXPECTED, AT_MOST))
    return Tokens(round(likely), min(len(text.encode("utf-8", "surrogatepass")), round(most) + 1))


def expected(text: str) -> int:
    """The tokens that a text likely has."""
    return count(text).expected


def at_most(text: str) -> int:
    """The tokens that a text has at most."""
    return count(text).at_most
