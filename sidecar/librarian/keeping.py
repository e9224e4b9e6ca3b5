"""Parts of a passage that must come through a rewrite as they are: code, embeds, HTML, comments, secrets.

A model is shown a token in the place of each, and never the part itself; what it leaves of the tokens is put back.
So nothing of them is sent anywhere, a cleaned answer still has its pictures, and no model can change a key.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from librarian.redaction import Span, joined, secrets

_KEPT = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n(?:[\s\S]*?\n)?? {0,3}(?P=fence)[ \t]*$"
    r"|%%[\s\S]{0,5000}?%%|<%[\s\S]{0,5000}?%>|<!--[\s\S]{0,5000}?-->|\$\$[\s\S]{0,5000}?\$\$"
    r"|!\[\[[^\[\]\n]{0,500}\]\]|!\[[^\[\]\n]{0,500}\]\([^()\n]{0,2000}\)"
    r"|</?[a-zA-Z][^<>\n]{0,500}>"
    r"|(?P<ticks>`{1,2})(?!`)[^`\n]{1,500}(?P=ticks)(?!`)"
    r"|⟦\d{1,6}⟧",
    re.MULTILINE,
)
_TOKEN = re.compile(r"⟦(\d{1,6})⟧")


@dataclass(frozen=True)
class Kept:
    """A passage with tokens, and what they stand for."""

    text: str
    parts: tuple[str, ...]

    def restored(self, text: str) -> str:
        """A text with the parts put back; tokens that stand for nothing are left out."""
        return _TOKEN.sub(lambda found: self._part(int(found[1])), text)

    def lost(self, text: str) -> int:
        """How many of the parts a text with tokens has not."""
        left = {int(found[1]) for found in _TOKEN.finditer(text)}
        return sum(number not in left for number in range(len(self.parts)))

    def _part(self, number: int) -> str:
        return self.parts[number] if number < len(self.parts) else ""


def keeping(text: str, hidden: Sequence[Span] | None = None) -> Kept:
    """A passage with a token for each part that must stay as it is. ``hidden``: where its secrets stand, if a longer
    text that it is from tells more of them.
    """
    spans = [found.span() for found in _KEPT.finditer(text)]
    pieces: list[str] = []
    parts: list[str] = []
    place = 0
    for start, end in joined([*spans, *(secrets(text) if hidden is None else hidden)]):
        pieces += [text[place:start], f"⟦{len(parts)}⟧"]
        parts.append(text[start:end])
        place = end
    return Kept("".join([*pieces, text[place:]]), tuple(parts))
