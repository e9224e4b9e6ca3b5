"""A question read by rules: filters that its words name, what it is about, and the questions it is made of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from librarian.questions.dates import dated
from librarian.questions.fillers import FILLERS, PHRASES
from librarian.terms import folded, is_unspaced

MOST_WORDS = 32
"""Of a question, that are looked for."""
MOST_LETTERS = 2000
MOST_QUESTIONS = 3
"""That one is taken apart into."""

_QUOTED = re.compile(r'"([^"]+)"|“([^”]+)”|„([^“”]+)[“”]|«\s*([^»]+?)\s*»|「([^」]+)」')
_OPERATOR = re.compile(
    r'(?<!\S)-?(?:path|tag|before|after):(?:"[^"]*"|\S+)|(?<!\S)-"[^"]+"|(?<!\S)\[[^\]\n]{1,200}\](?!\()', re.I
)
_FOLDER = re.compile(
    r"(?<!\w)(?:in|from|inside|im|aus dem|dans|en|sous)\s+(?:the\s+|my\s+|le\s+|la\s+|meinem\s+|mon\s+|mi\s+)?"
    r"(?:folder|ordner|dossier|carpeta)\s+(?P<named>\"[^\"]+\"|“[^”]+”|\S+)"
    r"|(?<!\w)(?:in|from)\s+(?:the\s+|my\s+)(?P<before>[^\s?.,]+(?:\s[^\s?.,]+)?)\s+folder(?!\w)",
    re.I,
)
_TAGGED = re.compile(
    r"(?<!\w)(?:tagged(?:\s+(?:as|with))?|with\s+(?:the\s+)?tag|getaggt(?:\s+mit)?|mit\s+(?:dem\s+)?(?:tag|schlagwort)|"
    r"avec\s+(?:le\s+tag|l['’]étiquette)|con\s+(?:la\s+etiqueta|el\s+tag))\s+(?P<named>\"[^\"]+\"|#?[\w/-]+)"
    r"|(?<!\S)#(?P<hash>[^\W\d][\w/-]*)",
    re.I,
)
_WORD = re.compile(r"[^\W_]+(?:[-'’./][^\W_]+)*")
_PARTICLE = re.compile(r"(?<=[\u30a1-\u30ff\u4e00-\u9fff])(?:には|では|とは|[はがをにでとのもへ])|[何誰]")
_ENDS = re.compile(r"(?<=[?？؟])\s*")
_AND = re.compile(
    r",?\s+(?:and|und|et|y|e|en|ו)\s+(?=(?:what|when|where|who|why|how|which|was|wann|wo|wer|warum|wie|welche\w*|quand|où|qui|"
    r"pourquoi|comment|quel\w*|qué|cuándo|dónde|quién|cómo)(?!\w))",
    re.I,
)
_COMPARES = re.compile(
    r"(?<!\w)(?:(?:differences? between|unterschied zwischen|différence entre|diferencia entre|compare) )", re.I
)
_AND_THEN = re.compile(r" (?:and|und|et|y|with|to) ", re.I)
_AGAINST = re.compile(r" (?:vs\.?|versus) ", re.I)


@dataclass(frozen=True, slots=True)
class Read:
    """A question as rules read it. Whether folders and tags are there is for others to say."""

    filters: tuple[str, ...]
    """Of the query language; those that were typed as such, and times."""
    folders: tuple[str, ...]
    """That were named in words."""
    tags: tuple[str, ...]
    phrases: tuple[str, ...]
    """That stood in quotes."""
    words: tuple[str, ...]
    """What it is about, as typed, without fillers; all of its words where nothing else would be left."""
    sub_questions: tuple[str, ...]
    """Empty when it asks one thing."""


def read(text: str, today: date) -> Read:
    """Take a question apart. Total: whatever is not recognised is a word; what is very long is cut."""
    text = " ".join(text.split())[:MOST_LETTERS]
    filters, text = _taken(_OPERATOR, text)
    folders, text = _named(_FOLDER, text)
    tags, text = _named(_TAGGED, text)
    phrases = tuple(next(filter(None, found)).strip() for found in _QUOTED.findall(text))
    text = _QUOTED.sub(" ", text)
    span, text = dated(text, today)
    return Read(
        filters=(*filters, *(span.filters if span is not None else ())),
        folders=folders,
        tags=tags,
        phrases=tuple(dict.fromkeys(phrases))[:MOST_WORDS],
        words=_telling(text, is_alone=not (phrases or filters or folders or tags or span))[:MOST_WORDS],
        sub_questions=_parts(text),
    )


def content_words(text: str) -> tuple[str, ...]:
    """The words of a text that are no fillers of its language, each once; all when there are none but fillers."""
    return _telling(text, is_alone=True)


def telling_words(text: str) -> tuple[str, ...]:
    """The same, and none where there are none but fillers."""
    return _telling(text, is_alone=False)


def _telling(text: str, *, is_alone: bool) -> tuple[str, ...]:
    """``is_alone``: there is nothing else to look for, so that fillers are better than nothing."""
    if is_unspaced(text):
        text = _without_phrases(text)
    found = _WORD.findall(text)
    fillers = _fillers([folded(word) for word in found])
    kept = [telling for word in found if (telling := _without_article(word, fillers))]
    if not kept and is_alone:
        kept = found
    return tuple({folded(word): word for word in reversed(kept)}.values())[::-1]


def _without_article(word: str, fillers: frozenset[str]) -> str:
    """The word without what is elided before it or added to it (l'eau, dog's); empty for a filler."""
    plain = folded(word).replace("’", "'")
    if plain in fillers or all(part in fillers for part in re.split(r"['-]", plain)):
        return ""
    if "'" not in plain:
        return word
    at = re.search("['’]", word)
    head, tail = (word[: at.start()], word[at.end() :]) if at is not None else (word, "")
    if len(tail) < 3:
        return "" if folded(head) in fillers else head
    return tail if folded(head) in fillers else word


def _fillers(words: Sequence[str]) -> frozenset[str]:
    """Those of the language that has most of the words; none where none has any."""
    parts = [part for word in words for part in re.split("['’-]", word)]
    return FILLERS.get(_language_of(parts), frozenset())


def language(text: str) -> str:
    """The language of a question, as ISO 639-1 calls it; empty where its words do not tell."""
    if re.search(r"[\u3040-\u30ff]", text):
        return "ja"
    if re.search(r"[\u1100-\u11ff\uac00-\ud7af]", text):
        return "ko"
    if re.search(r"[\u3400-\u9fff]", text):
        return "zh"
    return _language_of([part for word in _WORD.findall(text) for part in re.split("['’-]", folded(word))])


def _language_of(words: Sequence[str]) -> str:
    counts = {language: sum(word in listed for word in words) for language, listed in FILLERS.items()}
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] else ""


def _without_phrases(text: str) -> str:
    is_japanese = re.search(r"[\u3040-\u30ff]", text) is not None
    for phrase in PHRASES["ja" if is_japanese else "zh"]:
        # Single letters are parts of words, unless they stand at the end of the question.
        if len(phrase) > 1:
            text = text.replace(phrase, " ")
    if is_japanese:
        text = _PARTICLE.sub(" ", text)
    return re.sub(r"[吗呢か了]\s*[?？。]?\s*$", " ", text)


def _taken(wanted: re.Pattern[str], text: str) -> tuple[tuple[str, ...], str]:
    found = tuple(match.group().strip() for match in wanted.finditer(text))
    return found, wanted.sub(" ", text) if found else text


def _named(wanted: re.Pattern[str], text: str) -> tuple[tuple[str, ...], str]:
    """What a phrase names, and the text without the phrase; where it names nothing that is there, it was only words."""
    names = []
    for match in wanted.finditer(text):
        named = next(value for value in match.groupdict().values() if value)
        names.append(named.strip('"“”#?.,;:!'))
    return tuple(name for name in names if name), wanted.sub(" ", text) if names else text


def _compared(text: str) -> list[str]:
    """The two things that a question compares; none where it does not."""
    opened = _COMPARES.search(text)
    sides = _AND_THEN.split(text[opened.end() :], maxsplit=1) if opened is not None else []
    return sides if len(sides) == 2 else _AGAINST.split(text, maxsplit=1)


def _parts(text: str) -> tuple[str, ...]:
    """The questions that a question is made of; none when it is one."""
    asked = [part.strip() for end in _ENDS.split(text) for part in _AND.split(end) if part.strip()]
    if len(asked) == 1:
        asked = _compared(text)
    looked_for = [" ".join(content_words(part)) for part in asked]
    parts = tuple(dict.fromkeys(part for part in looked_for if part))
    return parts[:MOST_QUESTIONS] if len(parts) > 1 else ()
