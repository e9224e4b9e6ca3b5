"""Understanding: a person's question in, something to look for out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from librarian.answer import Understanding
from librarian.questions import completed, read

if TYPE_CHECKING:
    from librarian.lexical import LexicalIndex


def looked_for(words: Sequence[str], filters: Sequence[str] = ()) -> str:
    """A query of the search's language; words of several words are phrases."""
    quoted = (
        f'"{word}"' if " " in word.strip() else word for word in (each.replace('"', " ").strip() for each in words)
    )
    return " ".join([*filters, *(word for word in quoted if word and word != "OR")])


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
