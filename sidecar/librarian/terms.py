"""Words of a text as they are compared: folded, forms of one word as one, scripts without spaces in pairs of letters.

Two words are one where they begin alike: truncation to four or five letters does in European languages what a stemmer
of each would (P. McNamee and J. Mayfield, "Character N-Gram Tokenization for European Language Text Retrieval", 2004);
pairs of letters do for Chinese and Japanese what a dictionary would.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

SAME_LETTERS = 5
"""Of longer words, at the beginning."""
LEAST_LETTERS = 4
"""Shorter words have to be the same."""

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_MARK = re.compile("[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u3099\u309a]")
"""Accents, points and vowel signs that stand over or under a letter."""
_RUN = re.compile(f"[{_UNSPACED}]+|(?<![^\\W_]['’])(?:(?![{_UNSPACED}])[^\\W_])+")
"""A word; what is added to it behind an apostrophe is none."""
_ASCII_RUN = re.compile("(?<![a-z0-9]')[a-z0-9]+")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_GROUPS = re.compile(r"(?<=\d)[,.，\u00a0\u202f' ](?=\d{3}(?!\d))")


def folded(text: str) -> str:
    """In one case, without accents, compatible letters as one."""
    if text.isascii():
        return text.lower()
    return _MARK.sub("", unicodedata.normalize("NFKD", text.casefold()))


def words(text: str) -> list[str]:
    """Every word of the text as it is compared, in order; of scripts without spaces, each two letters in a row."""
    plain = folded(text)
    runs = (_ASCII_RUN if plain.isascii() else _RUN).findall(plain)
    if not _IS_UNSPACED.search(plain):
        return runs
    return [word for run in runs for word in _cut(run)]


def _cut(run: str) -> Iterator[str]:
    if len(run) == 1 or not _IS_UNSPACED.match(run):
        yield run
    else:
        yield from (run[at : at + 2] for at in range(len(run) - 1))


def is_unspaced(text: str) -> bool:
    """Whether it is written without spaces between words, in part at least."""
    return _IS_UNSPACED.search(text) is not None


def numbers(text: str) -> set[str]:
    """Every number of the text, in whatever digits, without what separates thousands, and with a point for the
    decimals.
    """
    if not text.isascii():
        plain = (str(unicodedata.decimal(each)) if each.isdecimal() else each for each in text)
        text = "".join(plain).replace("٫", ".").replace("．", ".").replace("٬", ",")
    return {found.replace(",", ".").rstrip(".") for found in _NUMBER.findall(_GROUPS.sub("", text))}


class Vocabulary:
    """The words of a text, to look others up among them."""

    def __init__(self, text_words: Iterable[str]) -> None:
        self._words = frozenset(text_words)
        self._begun: dict[str, list[str]] = {}
        for word in self._words:
            if len(word) >= LEAST_LETTERS:
                self._begun.setdefault(word[:LEAST_LETTERS], []).append(word)

    def __contains__(self, word: object) -> bool:
        if not isinstance(word, str):
            return False
        if word in self._words:
            return True
        return any(is_same(word, other) for other in self._begun.get(word[:LEAST_LETTERS], ()))

    def __len__(self) -> int:
        return len(self._words)


def is_same(one: str, other: str) -> bool:
    """Whether two words are forms of one, as far as their letters tell; numbers only when they are equal."""
    shorter = min(len(one), len(other))
    if one == other:
        return True
    if shorter < LEAST_LETTERS or one[0].isdigit() or other[0].isdigit():
        return False
    needed = min(SAME_LETTERS, shorter)
    return one[:needed] == other[:needed]
