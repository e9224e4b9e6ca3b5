"""Which sentences of an answer name no passage, told as the answer comes.

What is left unattributed is the other half of what can be wrong with citations (the "recall" of T. Gao et al.,
"Enabling large language models to generate text with citations", 2023). What claims nothing needs none: what leads to
a list, asks, or greets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from librarian.questions import telling_words
from librarian.stops import ends
from librarian.terms import numbers, words

UNCITED = "[?]"
"""Stands behind a sentence that names no passage."""
LEAST_TOLD = 2
"""Words of a sentence that are no fillers, from which it claims something; a number does, too."""
MOST_SENTENCE = 4000
"""Characters that are kept of a sentence without an end."""
_NO_PROSE = ("#", "|", "```", "~~~")
"""What begins a heading, a row of a table, or code."""

_ITEM = re.compile(r"^(?:(?:[-*+>]|\d{1,3}[.)])\s+)+")


class Attribution:
    """One answer: feed it with its prose and with the places at which passages are named, in order."""

    def __init__(self) -> None:
        self.uncited: list[str] = []
        self._sentence = ""
        """What there is of the sentence that has not ended."""
        self._is_named = False
        self._in_code = False

    def prose(self, text: str) -> str:
        """The text, with the mark behind each sentence that ends in it, or ended before it, and names no passage.

        A sentence has ended once something follows it: until then a number may.
        """
        whole = self._sentence + text
        pieces, start, given = [], 0, len(self._sentence)
        for end in _ends(whole):
            if self._ended(whole[start:end]):
                # What was given out stands, so the mark is never before its end.
                place = max(given, end)
                # Brackets right behind the mark would be where a link leads.
                pieces += [whole[given:place], " ", UNCITED, " " if whole.startswith("(", place) else ""]
                given = place
            start = end
        pieces.append(whole[given:])
        self._sentence = whole[start:][-MOST_SENTENCE:]
        return "".join(pieces)

    def name(self) -> None:
        """A passage is named here: for the sentence before it, also behind its full stop."""
        said = self._sentence.rstrip()
        self._is_named = True
        if len(said) in ends(said):
            self._ended(said)
            self._sentence = ""

    def end(self) -> str:
        """The mark for the last sentence, where it needs one."""
        return f" {UNCITED}" if self._ended(self._sentence) else ""

    def _ended(self, sentence: str) -> bool:
        """Whether a sentence that is over has to be marked."""
        is_named, self._is_named = self._is_named, False
        was_code = self._in_code
        self._in_code ^= (sentence.count("```") + sentence.count("~~~")) % 2 == 1
        text = _ITEM.sub("", sentence.strip())
        if is_named or was_code or text.startswith(_NO_PROSE) or not claims(text):
            return False
        self.uncited.append(text)
        return True


def claims(sentence: str) -> bool:
    """Whether a sentence says something that could be looked up."""
    if sentence.rstrip("*_ ").endswith((":", "?", "：", "？", "؟")):
        return False
    told = [word for each in telling_words(sentence) for word in words(each)]
    return len(told) >= LEAST_TOLD or bool(told and numbers(sentence))


def _ends(text: str) -> Iterator[int]:
    """Where sentences end that something follows; a line ends its last one also without a full stop."""
    place, whole = 0, len(text.rstrip())
    for line in text.splitlines(keepends=True):
        last = len(line.rstrip())
        yield from (place + end for end in sorted({*ends(line), last}) if end and place + end < whole)
        place += len(line)
