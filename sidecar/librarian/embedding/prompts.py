"""What some models want to read before a text, so that they know whether it asks or tells."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from librarian.embedding.folder import ModelFolder

FAMILIES = (
    (re.compile(r"(^|[/_-])e5-"), "query: ", "passage: "),
    (re.compile(r"(^|[/_-])bge-\w+-en|mxbai-embed"), "Represent this sentence for searching relevant passages: ", ""),
    (re.compile(r"nomic-embed-text"), "search_query: ", "search_document: "),
    (re.compile(r"embeddinggemma"), "task: search result | query: ", "title: none | text: "),
)
"""Models that were published before files could say it: a part of their name, and both prompts."""


@dataclass(frozen=True)
class Prompts:
    """What stands before a query, and before a passage."""

    query: str = ""
    passage: str = ""


def prompts_of(folder: ModelFolder) -> Prompts:
    """The model's own, from ``config_sentence_transformers.json``, else those of its family."""
    try:
        told = json.loads((folder.path / "config_sentence_transformers.json").read_bytes()).get("prompts")
    except (FileNotFoundError, AttributeError, ValueError):
        told = None
    if isinstance(told, dict) and any(told.values()):
        return Prompts(_text(told, "query"), _text(told, "document", "passage", "corpus"))
    return family_prompts(folder.path.name, str(folder.options.get("_name_or_path", "")))


def family_prompts(*names: str) -> Prompts:
    """Those of the family that one of these names of a model is of; none where no family is known."""
    for name in names:
        for family, query, passage in FAMILIES:
            if family.search(name.lower()):
                return Prompts(query, passage)
    return Prompts()


def _text(told: dict[str, object], *names: str) -> str:
    return next((text for name in names if isinstance(text := told.get(name), str) and text), "")
