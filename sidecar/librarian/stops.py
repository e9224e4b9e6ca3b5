"""Where sentences end.

By the marks of all scripts (Unicode UAX 29, in short): those of Latin, Greek, Hebrew, Arabic or Indic scripts end one
before a space, those of Chinese and Japanese at once. A full stop behind an abbreviation, an initial or an ordinal
ends none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ABBREVIATIONS = frozenset(
    [
        *("mr", "mrs", "ms", "dr", "prof", "st", "vs", "etc", "eg", "ie", "cf", "fig", "figs", "vol", "vols", "pp"),
        *("p", "approx", "inc", "ltd", "jr", "sr", "dept", "est", "e.g", "i.e", "a.m", "p.m", "u.s", "ed", "eds", "ca"),
        *("bzw", "z.b", "d.h", "u.a", "usw", "evtl", "ggf", "nr", "str", "bd", "hrsg", "vgl", "abb", "sog", "inkl"),
        *("zzgl", "mio", "mrd", "m", "mme", "mlle", "p.ex", "éd", "réf", "sra", "srta", "ud", "uds", "pág", "núm"),
        *("sig", "sigg", "dott", "ecc", "bv", "dhr", "mevr", "o.a", "d.w.z", "т.е", "т.д", "т.п", "г", "гг", "стр"),
        *("рис", "им", "ул", "д"),
    ]
)
_END = re.compile(
    r"(?P<wide>[。！？｡‼⁇][。！？｡…‼⁇]*[」』）】”’\"')\]]*)"
    r"|(?P<mark>[.!?։؟۔।॥።፧။៕᠃᠉…]+)(?P<closing>[\"'”’»)\]*_]*)(?=\s|\Z)"
)

_FULL_LINE = 60
_BLOCK = re.compile(r"\s*(?:\d{1,9}[.)]|[a-z]\)|\w[\w ]{0,30}::?)\s")
"""An item of a list, or a field with its value, though it begins as words do."""


def ends(plain: str) -> Iterator[int]:
    """The places in a text at which its sentences end, behind what closes them; the last one may go on to its end."""
    start = 0
    for found in _END.finditer(plain):
        if found["wide"] or _ends(plain, start, found):
            yield found.end()
            start = found.end()


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text as they stand there, those without a letter or digit left out.

    A line ends its last one, unless it was wrapped there.
    """
    for run in _runs(text):
        start = 0
        for end in (*ends(run), len(run)):
            if any(map(str.isalnum, sentence := run[start:end].strip())):
                yield sentence
            start = end


def _runs(text: str) -> Iterator[str]:
    """Lines, of which wrapped ones are together with what they go on in."""
    start, end, last = 0, 0, ""
    for line in text.splitlines(keepends=True):
        if end > start and not _is_wrapped(last, line):
            yield text[start:end]
            start = end
        end += len(line)
        last = line
    yield text[start:end]


def _is_wrapped(line: str, next_line: str) -> bool:
    """Whether a line was broken within a sentence, to keep it short: many that end early do so on purpose."""
    line, begin = line.strip(), next_line.strip()[:1]
    goes_on = begin.islower() or (begin.isalnum() and len(line) >= _FULL_LINE)
    is_open = line[-1:].isalnum() or line.endswith((",", ";", "-"))
    return goes_on and is_open and not _BLOCK.match(next_line) and not line.startswith("#")


def _ends(plain: str, start: int, found: re.Match[str]) -> bool:
    """Whether a mark before a space ends its sentence."""
    if found["mark"].strip(".…"):
        return True
    after = plain[found.end() :].lstrip()[:1]
    if after and after.islower():
        return False
    if found["mark"] != ".":
        return True
    word = re.split(r"[\s(\[\"'“«]", plain[max(start, found.start() - 30) : found.start()])[-1].casefold()
    if word in _ABBREVIATIONS:
        return False
    # Of a name, or of an abbreviation in two words ("z. B."); scripts without cases have none.
    is_initial = len(word) == 1 and word.isalpha() and word != word.upper()
    is_ordinal = word.isdigit() and len(word) < 3
    return not ((is_initial or is_ordinal) and after)
