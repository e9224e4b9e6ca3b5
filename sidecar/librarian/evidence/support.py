"""Whether a passage says what a sentence claims of it, without a judge: words, numbers, names, and nearness in meaning.

That text is compared with its source by the content words which they share goes back to ROUGE (C.-Y. Lin, 2004); that
numbers and names are where invention shows, and are looked at apart, to B. Goodrich et al., "Assessing the factual
accuracy of generated text" (2019) and F. Nan et al., "Entity-level factual consistency of abstractive text
summarization" (2021); that each cited sentence is looked at by itself, to T. Gao et al., "Enabling large language
models to generate text with citations" (2023).
What is not said by any of these can still be false: a word for another, a "not". The mark says what was found, no more.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from librarian.questions import content_words
from librarian.stops import sentences
from librarian.terms import Vocabulary, folded, is_unspaced, numbers, words

Cosine = Callable[[str, str], float]
"""Nearness in meaning of two texts, -1 to 1; 0 where no model knows their words."""

LEAST_CONTAINED = 0.6
"""Share of the content words of a sentence that its passage has."""
LEAST_CONTAINED_NEAR = 0.35
"""The same where the sentence is also near in meaning."""
LEAST_COSINE = 0.55
LEAST_COSINE_ALONE = 0.8
"""Without words in common, as between languages or in other words."""

_NAME = re.compile(r"(?<![.!?…:\n]\s)(?<!^)(?<!\w)[A-ZÀ-ÖØ-ÞА-Я][\w’'-]+")


def is_supported(claim: str, passages: Sequence[str], cosine: Cosine) -> bool:
    """Whether these passages together say what the sentence says, as far as can be told. Empty claims are not."""
    said = "\n".join(passages)
    claimed = [parts for each in content_words(claim) if (parts := words(each))]
    if not claimed or not numbers(claim) <= numbers(said):
        return False
    vocabulary = Vocabulary(words(said))
    plain = folded(said)
    # A word counts once, of however many pairs of letters it is made.
    contained = sum(_share(parts, vocabulary, plain) for parts in claimed) / len(claimed)
    if contained >= LEAST_CONTAINED and _has_names(claim, vocabulary):
        return True
    near = max((cosine(claim, each) for passage in passages for each in sentences(passage)), default=0.0)
    if contained >= LEAST_CONTAINED_NEAR and near >= LEAST_COSINE:
        return _has_names(claim, vocabulary)
    return near >= LEAST_COSINE_ALONE


def _share(parts: Sequence[str], vocabulary: Vocabulary, plain: str) -> float:
    """How much of a word is there. One that is a single letter is no pair of them, and looked for in the text."""
    return sum(part in vocabulary or (is_unspaced(part) and part in plain) for part in parts) / len(parts)


def _has_names(claim: str, vocabulary: Vocabulary) -> bool:
    """Whether the capitalised words in the midst of the sentence are there, all but one of six: some are no names."""
    names = [word for name in _NAME.findall(claim) for word in words(name)]
    missing = sum(name not in vocabulary for name in names)
    return missing <= len(names) // 6


def quotation(text: str, wanted: Sequence[str], most_characters: int = 0) -> tuple[str, int]:
    """The sentence of a passage that has most of these words, with those that follow or precede it as far as there is
    room; and the line of the passage on which it begins.
    """
    found = list(sentences(text))
    if not found:
        return text.strip(), 0
    looked_for = {word for each in wanted for word in words(each)}
    has = [[word for word in looked_for if word in Vocabulary(words(sentence))] for sentence in found]
    ranges = [
        (first, last)
        for first in range(len(found))
        for last in range(first, min(first + 4, len(found)))
        if last == first or sum(map(len, found[first : last + 1])) <= most_characters
    ]

    def worth(span: tuple[int, int]) -> float:
        first, last = span
        shared = sum(map(len, has[first : last + 1])) + len({word for each in has[first : last + 1] for word in each})
        return shared / math.sqrt(8 + sum(len(each.split()) for each in found[first : last + 1]))

    first, last = max(ranges, key=worth)
    start = text.find(found[first])
    end = text.find(found[last], start) + len(found[last])
    return text[start:end], text.count("\n", 0, start)
