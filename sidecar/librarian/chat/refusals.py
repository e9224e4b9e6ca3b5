"""What a model does not take: learnt when it refuses a request over it, and left out from then on.

Models of one provider differ in what they take, and none lists it: some refuse a temperature, others a word for
thinking. A refused request costs nothing, so the request is made again without what was named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from librarian.chat.faults import Told

_OF_A_VALUE = re.compile(
    r"unsupported[_ ]value|supported values|unknown variant|literal_error|input should be", re.IGNORECASE
)


class Refusals:
    """Features that one model refused. ``features``: for each, how providers name it."""

    def __init__(self, features: Mapping[str, str]) -> None:
        self._patterns = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in features.items()}
        self._refused: dict[str, bool] = {}
        """By name, whether it was only the value."""

    def __contains__(self, feature: str) -> bool:
        return feature in self._refused

    def only_value(self, feature: str) -> bool:
        """Whether a refused feature would have been taken with another value."""
        return self._refused.get(feature, False)

    def learn(self, told: Told, asked: Iterable[str]) -> bool:
        """Whether the provider names a feature that was ``asked`` for, which is then refused.

        It may be already: by another request, while this one was under way.
        """
        if told.status not in (400, 422):
            return False
        names = list(asked)
        for text in (told.parameter or "", told.text):
            found = [(match.start(), name) for name in names if (match := self._patterns[name].search(text))]
            if found:
                self._refused.setdefault(min(found)[1], _OF_A_VALUE.search(told.text) is not None)
                return True
        return False
