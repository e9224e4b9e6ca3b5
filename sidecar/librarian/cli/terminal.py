"""Text that is safe and well measured on a terminal: no control characters, and columns counted as they are shown."""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from typing import Any

import click

WIDEST = 120
"""Longer lines are hard to read, however wide the terminal is."""

_JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def width() -> int:
    """Columns to fill: the terminal's, or 80 where there is none (``COLUMNS`` is honoured)."""
    return max(40, min(WIDEST, shutil.get_terminal_size((80, 24)).columns))


def clean(text: str) -> str:
    """Text from a note without what could steer a terminal or turn its lines around; line ends stay."""
    return "".join(character if character.isprintable() else _tamed(character) for character in text)


def clean_line(text: str) -> str:
    """The same on one line."""
    return " ".join(clean(text).split())


def _tamed(character: str) -> str:
    if character == "\n" or character in _JOINERS:
        return character
    category = unicodedata.category(character)
    if character == "\t" or category in ("Zs", "Zl", "Zp"):
        return character if category == "Zs" else " "
    # Marks of direction, soft hyphens and the like have no shape of their own; overrides of direction lie.
    if category == "Cf" or character == "\r":
        return ""
    return "\N{REPLACEMENT CHARACTER}"


def cells(text: str) -> int:
    """How many columns the text takes."""
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if is_joined(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def is_joined(character: str) -> bool:
    """Whether the character only changes the one before it, so that nothing may come between them."""
    return (
        character in _JOINERS
        or unicodedata.category(character) in ("Mn", "Me", "Mc", "Cf")
        or "\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}" <= character <= "\N{EMOJI MODIFIER FITZPATRICK TYPE-6}"
    )


def padded(text: str, columns: int) -> str:
    """The text in exactly so many columns: filled with spaces, or cut with an ellipsis."""
    short = shortened(text, columns)
    return short + " " * (columns - cells(short))


def shortened(text: str, columns: int) -> str:
    """The text, cut with an ellipsis where it takes more columns."""
    if cells(text) <= columns:
        return text
    taken, end = 0, 0
    for place, character in enumerate(text):
        taken += _cells(character)
        if taken > columns - 1:
            break
        end = place + 1
    while 0 < end < len(text) and (is_joined(text[end]) or text[end - 1] in _JOINERS):
        end -= 1
    return text[:end].rstrip() + "…"


def print_json(answer: Any) -> None:
    """An answer as JSON, in which whatever could steer a terminal is escaped; the values stay what they are."""
    text = json.dumps(answer, ensure_ascii=False, indent=2)
    click.echo(_UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text))
