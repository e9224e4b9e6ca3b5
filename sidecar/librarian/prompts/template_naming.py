"""What a template is called, and what one is to write below its headings: asked of a model that sees no note's text.

All it is told are headings and the names and types of properties.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from librarian.chat.conversation import Limits, Message
from librarian.cleaning import cleaned
from librarian.prompts.prompt import DATA_ONLY, Prompt, documents

NAME: Final = "template-naming"
VERSION: Final = 1
LONGEST_NAME: Final = 60
LONGEST_HINT: Final = 120
"""Characters."""
MOST_SHOWN: Final = 60
"""Headings, and properties."""

_SYSTEM: Final = f"""You name templates for notes. You get the headings and properties of one template as JSON.
{DATA_ONLY}
Answer with one JSON object of this form, and nothing else:
{{"name": "Meeting", "hints": [{{"heading": "Decisions", "hint": "What was decided, and by whom."}}]}}
"name" says in one to four words what such a note is. "hints" has one short sentence for each heading that you are
given, which tells what to write below it. Copy headings exactly. Write in the language of the headings,
without any markup."""
_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "hints": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"heading": {"type": "string"}, "hint": {"type": "string"}},
                "required": ["heading", "hint"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["name", "hints"],
    "additionalProperties": False,
}
LIMITS: Final = Limits(max_output_tokens=1500, temperature=0.0, timeout_s=60, reasoning="none", json_schema=_SCHEMA)
AGAIN: Final = Message("user", "That was not the JSON object that was asked for. Answer with it, and nothing else.")
_MARKUP: Final = re.compile(r"%%|<\s?%|%>|\{\{|\}\}|[`*_#|\[\]<>\\]")
_OBJECT: Final = re.compile(r"\{.*\}", re.DOTALL)


@dataclass(frozen=True)
class Named:
    """``hints``: by heading, of those that were asked about."""

    name: str
    hints: dict[str, str]


def prompt(headings: Sequence[str], properties: Sequence[tuple[str, str]]) -> Prompt:
    """The question. ``properties``: names and types."""
    asked = {"headings": list(headings[:MOST_SHOWN]), "properties": dict(properties[:MOST_SHOWN])}
    return Prompt(NAME, VERSION, _SYSTEM, documents([("template", json.dumps(asked, ensure_ascii=False, indent=1))]))


def expected_tokens(headings: Sequence[str]) -> int:
    """As many as an answer likely has: a name, and a sentence for each heading."""
    return 30 * (1 + len(headings[:MOST_SHOWN]))


def understood(answer: str, headings: Sequence[str]) -> Named | None:
    """What a model said, cleaned; None where it is not what was asked for."""
    found = _OBJECT.search(answer)
    try:
        told = json.loads(found[0]) if found else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not isinstance(told.get("name"), str):
        return None
    hints = {
        heading: hint
        for heading, said in _pairs(told.get("hints"))
        if heading in headings and (hint := _plain_line(said, LONGEST_HINT))
    }
    return Named(_file_name(told["name"]), hints)


def _pairs(hints: object) -> list[tuple[str, str]]:
    """Headings with hints, in the form of the schema, or as an object."""
    if isinstance(hints, dict):
        pairs = list(hints.items())
    elif isinstance(hints, list):
        pairs = [(each.get("heading"), each.get("hint")) for each in hints if isinstance(each, dict)]
    else:
        return []
    return [(one, other) for one, other in pairs if isinstance(one, str) and isinstance(other, str)]


def _file_name(name: str) -> str:
    """A name that a file can have."""
    words = re.sub(r'[\\/:*?"<>|#^\[\]]', " ", _plain_line(name, LONGEST_NAME)).split()
    return " ".join(words).strip(" .")


def _plain_line(text: str, longest: int) -> str:
    """What a model said, as one line of words without any mark of Markdown or of a template; empty if nothing."""
    bare = _MARKUP.sub(" ", cleaned(text))
    words = " ".join("".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in bare).split())
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}…"
