"""Understanding: a person's question in, something to look for out."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from librarian.answer import Understanding
from librarian.chat.conversation import Chat, Delta, Limits
from librarian.errors import KeyMissing, ModelError, NoProvider
from librarian.metering.answering import closed
from librarian.prompts.answer import SCHEMA, reading
from librarian.questions import completed, content_words, read

if TYPE_CHECKING:
    from librarian.lexical import LexicalIndex

log = logging.getLogger(__name__)

LIMITS = Limits(max_output_tokens=400, reasoning="none", temperature=0.0, json_schema=SCHEMA)
MOST = {"words": 12, "expansions": 6, "sub_questions": 3}
MOST_LETTERS = 120
"""Of each of them."""


def looked_for(words: Sequence[str], filters: Sequence[str] = ()) -> str:
    """A query of the search's language; words of several words are phrases."""
    quoted = (
        f'"{word}"' if " " in word.strip() else word for word in (each.replace('"', " ").strip() for each in words)
    )
    return " ".join([*filters, *(word for word in quoted if word and word != "OR")])


def whole(understood: Understanding) -> Understanding:
    """What a person changed, with the query that it comes to."""
    if understood.query.strip():
        return understood
    query = looked_for(understood.words or understood.expansions, understood.filters)
    return understood.model_copy(update={"query": query})


class Questions:
    """Reads questions about one vault."""

    def __init__(self, lexical: LexicalIndex) -> None:
        self._lexical = lexical

    async def understood(self, text: str, today: date, before: Sequence[str] = ()) -> Understanding:
        """By rules alone. ``before``: the questions before it, oldest first."""
        found = read(text, today)
        named = [f'path:"{folder.rstrip("/")}/"' for folder in found.folders] + [f"tag:{tag}" for tag in found.tags]
        there = await self._lexical.spread(named) if named else []
        kept = [clause for clause, notes in zip(named, there, strict=True) if notes]
        # What names no folder and no tag of this vault was meant as words.
        as_words = [name for name, notes in zip((*found.folders, *found.tags), there, strict=True) if not notes]
        words = (*found.phrases, *found.words, *as_words, *completed(text, before))
        filters = (*found.filters, *kept)
        return Understanding(
            filters=filters,
            words=words,
            sub_questions=found.sub_questions,
            query=looked_for(words, filters) or text.strip(),
            method="rules",
        )


async def by_a_model(chat: Chat, text: str, read: Understanding, before: Sequence[str]) -> Understanding:
    """What rules read, with the words that a model would look for; as it was where that fails.

    Raises NoProvider, KeyMissing, MoneyError.
    """
    events = chat.stream(reading(text, before).messages(), LIMITS)
    try:
        said = [event.text async for event in events if isinstance(event, Delta)]
    except (NoProvider, KeyMissing):
        raise
    except ModelError as error:
        log.warning("the question is read by rules: %s", error.message)
        return read
    finally:
        await closed(events)
    found = _lists("".join(said))
    if found is None or not (words := (*found["words"], *_kept(read, found["words"]))):
        return read
    return read.model_copy(
        update={
            "words": words,
            "expansions": found["expansions"],
            "sub_questions": found["sub_questions"] if len(found["sub_questions"]) > 1 else (),
            "query": looked_for(words, read.filters),
            "method": "model",
        }
    )


def _kept(read: Understanding, words: Sequence[str]) -> list[str]:
    """Phrases that a person put into quotes, which no model takes away."""
    return [word for word in read.words if " " in word and word not in words]


def _lists(answer: str) -> dict[str, tuple[str, ...]] | None:
    """The lists of a model's answer, bounded; None where it is not what was agreed."""
    begin, end = answer.find("{"), answer.rfind("}")
    try:
        found = json.loads(answer[begin : end + 1])
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    lists = {}
    for name, most in MOST.items():
        listed = found.get(name)
        texts = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
        plain = (" ".join(content_words(each)) if name == "sub_questions" else _plain(each) for each in texts)
        lists[name] = tuple(dict.fromkeys(each[:MOST_LETTERS] for each in plain if each.strip()))[:most]
    return lists


def _plain(text: str) -> str:
    """Words that are none of the query language's operators."""
    return " ".join("".join(each if each.isalnum() or each in "-'’." else " " for each in text).split()).lstrip("-")
