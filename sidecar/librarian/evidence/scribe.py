"""Writes down an answer as it comes: numbers of passages become links, each sentence is checked once it is cited, and
marked where it cites nothing.

What is given out is final, so that an editor can show it as it comes. It is held back only while a mark is open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from librarian.cleaning import Cleaning
from librarian.evidence.attribution import Attribution
from librarian.stops import sentences

MOST_SENTENCE = 2000
"""Characters before a number in which its sentence is looked for."""
_FIRST_MARK = 0xE000
"""Numbers travel through the cleaning as characters that no text has: private ones, taken out of what models write."""
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_CITED = re.compile(r"[ \t]*+\[(?:\^|#|passage |source )?(\d{1,4}(?:\s*[,;]\s*\d{1,4})*)\](?!\()", re.I)
_OWN_MARK = re.compile(r"[ \t]*+\[\?\]")
"""What sentences are marked with here, in what the model itself wrote."""
_OPEN = re.compile(r"(?<![ \t])(?:[ \t]++|(?=\[))(?:\[[^\]\n]{0,40}\]?)?\Z")
"""What may be the beginning of a number, with the blanks before it, which go with it."""
_MARKS = re.compile("[ \\t]*[\ue000-\uf8ff](?:[ \\t,;]*[\ue000-\uf8ff])*")
_OPEN_MARKS = re.compile("[\\s\ue000-\uf8ff,;]+\\Z")


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of the answer with the passages it names, and whether they say so."""

    text: str
    ids: tuple[int, ...]
    supported: bool


class Scribe:
    """One answer. Feed it with `take`, then `end`; the claims are in `claims`."""

    def __init__(
        self,
        count: int,
        supports: Callable[[str, Sequence[int]], bool],
        link: Callable[[int, bool], str],
    ) -> None:
        """``count``: passages are numbered from 1 to it; ``link``: how a number is written, and whether it holds."""
        self._count = count
        self._supports = supports
        self._link = link
        self._cleaning = Cleaning()
        self._raw = ""
        """What may be the beginning of a number."""
        self._cleaned = ""
        """All that came out of the cleaning."""
        self._clean = ""
        """Of that, what was not given out."""
        self._sentence = ""
        """What was given out of the sentence, with the one before it, since a number may stand behind its full stop."""
        self._attribution = Attribution()
        self._whole: list[str] = []
        self.claims: list[Claim] = []
        self.unknown = 0
        """Numbers of passages that do not exist."""

    @property
    def text(self) -> str:
        """All that was given out."""
        return "".join(self._whole)

    @property
    def uncited(self) -> tuple[str, ...]:
        """Sentences that name no passage; marked by `UNCITED` in the text."""
        return tuple(self._attribution.uncited)

    def take(self, piece: str) -> str:
        """What can be shown with this piece; may be nothing."""
        self._raw += _PRIVATE.sub("", piece)
        opened = _OPEN.search(self._raw)
        until = opened.start() if opened is not None else len(self._raw)
        ready, self._raw = self._raw[:until], self._raw[until:]
        cleaned = self._cleaning.take(self._marked(ready))
        self._cleaned += cleaned
        return self._given(cleaned, is_last=False)

    def end(self, *, is_whole: bool = True) -> str:
        """What was held back. ``is_whole``: false where it broke off, for a sentence without its end names no passage
        yet.
        """
        self._cleaning.take(self._marked(self._raw))
        self._raw = ""
        rest = self._cleaning.whole()[len(self._cleaned) :]
        self._cleaned += rest
        return self._given(rest, is_last=True, is_whole=is_whole)

    def _marked(self, text: str) -> str:
        # What stands for nothing goes before the cleaning: what it kept apart is looked at when it is together.
        return _CITED.sub(self._as_marks, _OWN_MARK.sub("", text))

    def _as_marks(self, found: re.Match[str]) -> str:
        ids = [int(each) for each in re.split(r"\s*[,;]\s*", found[1])]
        known = [each for each in ids if 1 <= each <= self._count]
        self.unknown += len(ids) - len(known)
        return " " + "".join(chr(_FIRST_MARK + each) for each in known) if known else ""

    def _given(self, text: str, *, is_last: bool, is_whole: bool = True) -> str:
        self._clean += text
        held = None if is_last else _OPEN_MARKS.search(self._clean)
        until = held.start() if held is not None else len(self._clean)
        ready, self._clean = self._clean[:until], self._clean[until:]
        pieces, place = [], 0
        for found in _MARKS.finditer(ready):
            prose = ready[place : found.start()]
            self._sentence = (self._sentence + prose)[-MOST_SENTENCE:]
            pieces += [self._attribution.prose(prose), self._cite(found.group())]
            place = found.end()
            if ready.startswith("(", place):
                pieces.append(" ")  # else it were where a link leads
        self._sentence = (self._sentence + ready[place:])[-MOST_SENTENCE:]
        pieces.append(self._attribution.prose(ready[place:]))
        shown = "".join(pieces)
        if is_last:
            shown = shown.rstrip() + (self._attribution.end() if is_whole else "")
        if shown:
            self._whole.append(shown)
        return shown

    def _cite(self, marks: str) -> str:
        ids = tuple(dict.fromkeys(ord(each) - _FIRST_MARK for each in marks if _PRIVATE.match(each)))
        self._attribution.name()
        claim = _last_sentence(self._sentence)
        supported = bool(claim) and self._supports(claim, ids)
        self.claims.append(Claim(claim, ids, supported))
        return " " + " ".join(self._link(each, supported) for each in ids)


def _last_sentence(text: str) -> str:
    """The sentence that a number at the end of the text belongs to."""
    return next((part.strip(" \t-*>#") for part in reversed(list(sentences(text)))), "")
