"""What a model does not take: learnt when it refuses a request over it, and left out from then on.

Models of one provider differ in what they take, and none lists it: some refuse a temperature, others a word for
thinking. A refused request costs nothing, so the request is made again without what was named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from librarian.chat.faults import Told


class Refusals:
    """Features that one model refused. ``features``: for each, how providers name it."""

    def __init__(self, features: Mapping[str, str]) -> None:
        self._patterns = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in features.items()}
        self._refused: set[str] = set()

    def __contains__(self, feature: str) -> bool:
        return feature in self._refused

    def learn(self, told: Told, asked: Iterable[str]) -> bool:
        """Whether the provider names a feature that was ``asked`` for, which is then refused."""
        if told.status not in (400, 422):
            return False
        open_ = [name for name in asked if name not in self._refused]
        for text in (told.parameter or "", told.text):
            found = [(match.start(), name) for name in open_ if (match := self._patterns[name].search(text))]
            if found:
                self._refused.add(min(found)[1])
                return True
        return False
