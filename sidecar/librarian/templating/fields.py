"""Properties of notes made alike: of which type each is, in how many notes, and what it says in all of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from librarian.merging.properties import LISTS
from librarian.merging.yaml import Entry, Node, dumped, on_one_line
from librarian.templating import days
from librarian.templating.alignment import consensus
from librarian.templating.placeholder import has_place

Type = Literal["text", "list", "number", "checkbox", "date", "datetime"]
"""As Obsidian has them."""

SAME = 0.9
"""Share of the notes with a value, from which a value that they have in common is one that new notes begin with."""
SAME_ITEM = 0.8
"""The same for one of several values in a list, as the tag of its kind."""
LEAST_SAME = 3
"""Notes."""
LEAST_SAME_BOX = 5
"""Notes, for a property that can be one of two things only."""
MOST_CHOICES = 8
RECURS = 3
"""How often each of a few values recurs on average, so that they are choices."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


@dataclass(frozen=True)
class Field:
    """One property of one note."""

    key: str
    type: Type | None
    """None where it says nothing."""
    texts: tuple[str, ...]
    """Its value, or those of a list, each as YAML on one line, and with places."""
    text: str
    """Its value as a person reads it; empty for a list."""
    is_flow: bool = True
    """Whether a list is written in brackets."""

    def placed(self, dates: Callable[[str], str], titles: Callable[[str], str]) -> Field:
        """The field with places in it: those of titles too, but a value that is a day as a whole is that."""
        texts = tuple(_placed(text, dates, titles) for text in self.texts)
        return replace(self, texts=texts)


def _placed(text: str, dates: Callable[[str], str], titles: Callable[[str], str]) -> str:
    day = dates(text)
    return day if day != text and (_DATE.fullmatch(text.strip("\"'")) or has_place(day)) else titles(text)


@dataclass(frozen=True)
class Property:
    """One property of a template."""

    key: str
    type: Type
    notes: int
    """In how many notes."""
    default: tuple[str, ...] = ()
    """What new notes begin with, as YAML on one line and with places; more than one only in a list."""
    choices: tuple[str, ...] = ()
    """The few values that recur, the most frequent first."""
    is_flow: bool = True


def field_of(yaml: str, entry: Entry) -> Field:
    """A property as it is written."""
    node = entry.node
    type_ = _type(entry.key, node)
    if node.kind == "list":
        texts = tuple(on_one_line(yaml, item) for item in node.items if item.value not in (None, ""))
        return Field(entry.key, type_, texts, "", node.style == "flow")
    if type_ is None or node.value in (None, ""):
        return Field(entry.key, type_, (), "")
    if type_ == "list" and entry.key.casefold() in ("tags", "tag"):
        return Field(entry.key, type_, tuple(re.findall(r"[^,\s]+", str(node.value))), str(node.value))
    written = on_one_line(yaml, node) if node.kind == "scalar" else dumped(node.value)
    return Field(entry.key, type_, (written,), str(node.value))


def _type(key: str, node: Node) -> Type | None:
    value: Any = node.value
    says = value not in (None, "")
    if node.kind == "list" or key.casefold() in LISTS:
        return "list"
    if isinstance(value, bool):
        return "checkbox"
    if isinstance(value, int | float):
        return "number"
    return _type_of_text(str(value), is_plain=node.style == "plain") if says else None


def _type_of_text(text: str, *, is_plain: bool) -> Type:
    if _DATETIME.fullmatch(text):
        return "datetime"
    if _DATE.fullmatch(text):
        return "date"
    return "number" if is_plain and _NUMBER.fullmatch(text) else "text"


def properties(notes: Sequence[Sequence[Field]], least: int) -> list[Property]:
    """What at least so many notes have, in the order in which most have it."""
    by_key = [{field.key.casefold(): field for field in fields} for fields in notes]
    return [
        _property([by_key[number][column.element] for number in column.places])
        for column in consensus([list(fields) for fields in by_key], least)
    ]


def _property(fields: Sequence[Field]) -> Property:
    key = Counter(field.key for field in fields).most_common(1)[0][0]
    said = [field for field in fields if field.texts]
    type_ = _common_type([field.type for field in fields if field.type is not None])
    is_flow = Counter(field.is_flow for field in said if field.type == "list").most_common(1)
    made = Property(key, type_, len(fields), is_flow=is_flow[0][0] if is_flow else True)
    values = Counter(text for field in said for text in dict.fromkeys(field.texts))
    # A list without an item lacks what others have; a single value that is missing says nothing of the others.
    share = SAME_ITEM * len(fields) if type_ == "list" else SAME * len(said)
    enough = max(LEAST_SAME_BOX if type_ == "checkbox" else LEAST_SAME, share)
    default = tuple(text for text, count in values.items() if count >= enough)
    if type_ != "list" and (len(default) != 1 or len(said) < SAME * len(fields)):
        default = ()
    return replace(made, default=default, choices=() if default else _choices(type_, values))


def _common_type(types: Sequence[Type]) -> Type:
    counts = Counter(types)
    if not counts:
        return "text"
    best, count = counts.most_common(1)[0]
    if best == "date" and set(counts) == {"date", "datetime"}:
        return "datetime"
    # A number or a day now and then is a text; a text now and then among numbers is somebody's slip.
    return best if count >= SAME * sum(counts.values()) or best == "list" else "text"


def _choices(type_: Type, values: Counter[str]) -> tuple[str, ...]:
    said = sum(values.values())
    few = 2 <= len(values) <= MOST_CHOICES and said >= RECURS * len(values)
    chosen = few and type_ in ("text", "list") and not any(days.found(value) for value in values)
    return tuple(value for value, _ in values.most_common()) if chosen else ()
