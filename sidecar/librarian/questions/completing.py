"""Questions that go on from the one before, "and when?", completed by what that was about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from librarian.questions.rules import MOST_LETTERS, content_words
from librarian.terms import folded

SHORT = 1
"""A question of so few content words, or none, says what is asked and not of what."""

_POINTING = re.compile(
    r"(?<!\w)(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|these|those|there|about that|of that|"
    r"er|ihn|ihm|ihr|ihre|ihren|ihnen|dessen|deren|davon|dazu|damit|daran|dort|darüber|"
    r"elle|elles|ils|leur|leurs|celui-ci|celle-ci|y|"
    r"ella|ello|ellos|ellas|suyo|suya|eso|esos|esas|"
    r"הוא|היא|הם|שלו|שלה|هو|هي|هم)(?!\w)|它|他们|她|他|それ|その|彼女?|그것|그는|그녀",
    re.I,
)
_GOING_ON = re.compile(
    r"\s*(?:and|what about|how about|but|or|also|und|aber|oder|was ist mit|wie ist es mit|et|mais|ou|"
    r"qu['’]en est-il|y|pero|o|那|那么|では|じゃあ|그럼|그리고)(?!\w)",
    re.I,
)


def completed(question: str, before: Sequence[str]) -> tuple[str, ...]:
    """Words of earlier questions that a question needs to be understood; empty when it stands on its own.

    ``before``: what was asked, oldest first. Those of the last question that stood on its own are taken, and those of
    what followed it.
    """
    taken: dict[str, str] = {}
    asked = question[:MOST_LETTERS]
    for earlier in (each[:MOST_LETTERS] for each in reversed(before)):
        if not goes_on(asked):
            break
        for word in content_words(earlier):
            taken.setdefault(folded(word), word)
        asked = earlier
    own = {folded(word) for word in content_words(question)}
    return tuple(word for key, word in taken.items() if key not in own)


def goes_on(question: str) -> bool:
    """Whether it points to something that was said before."""
    if _POINTING.search(question) or _GOING_ON.match(question):
        return True
    return len(content_words(question)) <= SHORT and len(question) < 40
