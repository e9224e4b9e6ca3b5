"""Canvases: the links of their cards and the files that they show, written anew where they stand in the JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Any, NamedTuple

from librarian.merging.anatomy import Splice, anatomy, spliced
from librarian.merging.relinking import body_splices
from librarian.merging.route import Turn
from librarian.merging.yaml import Malformed

_DECODER = JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n]*")
_OTHER = re.compile(r"[-+.\w]+")
_UNIT = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)


class String(NamedTuple):
    """A string, the place of its content between the quotes, and where it belongs: keys and numbers of elements."""

    value: str
    start: int
    end: int
    where: tuple[str | int, ...]


def relinked_canvas(text: str, turn: Turn) -> str:
    """A canvas with its links turned. Raises Malformed where it is no JSON Canvas."""
    try:
        nodes = _nodes(text)
    except (JSONDecodeError, RecursionError, IndexError) as error:
        raise Malformed(f"no JSON Canvas: {error}", 0) from None
    found: list[Splice] = []
    for strings in nodes.values():
        found += _node(text, strings, turn)
    return spliced(text, found)


def _node(text: str, strings: dict[str, String], turn: Turn) -> list[Splice]:
    found: list[Splice] = []
    if "text" in strings:
        card = strings["text"]
        found += [_within(text, card, each) for each in body_splices(anatomy(card.value), turn)]
    for name in ("file", "background"):
        if name in strings:
            part = strings.get("subpath") if name == "file" else None
            found += _file(text, strings[name], part, turn)
    return found


def _file(text: str, file: String, part: String | None, turn: Turn) -> list[Splice]:
    subpath = part.value.lstrip("#") if part else None
    landing = turn(f"/{file.value}", subpath or None, False)
    if landing is None:
        return []
    found = [_within(text, file, Splice(0, len(file.value), landing.target.lstrip("/")))]
    if part and landing.subpath != (subpath or None):
        new = f"#{landing.subpath}" if landing.subpath else ""
        found.append(_within(text, part, Splice(0, len(part.value), new)))
    return found


def _within(text: str, string: String, splice: Splice) -> Splice:
    """A splice of a string's value as one of the JSON."""
    raw = text[string.start : string.end]
    places = [string.start, *(string.start + unit.end() for unit in _UNIT.finditer(raw))]
    return Splice(places[splice.start], places[splice.end], json.dumps(splice.text, ensure_ascii=False)[1:-1])


def _nodes(text: str) -> dict[int, dict[str, String]]:
    """The strings of every node, by their names."""
    nodes: dict[int, dict[str, String]] = {}
    if text.strip():
        json.loads(text)
        for string in _value(_Reader(text), ()):
            match string.where:
                case ("nodes", int(number), str(name)):
                    nodes.setdefault(number, {})[name] = string
    return nodes


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0

    def next(self) -> str:
        space = _SPACE.match(self.text, self.place)
        self.place = space.end() if space else self.place
        return self.text[self.place]

    def string(self) -> tuple[str, int, int]:
        start = self.place + 1
        value, self.place = _DECODER.raw_decode(self.text, self.place)
        return value, start, self.place - 1


def _value(reader: _Reader, where: tuple[Any, ...]) -> Iterator[String]:
    first = reader.next()
    if first == '"':
        yield String(*reader.string(), where)
    elif first in "{[":
        yield from _values(reader, where, "}" if first == "{" else "]")
    else:
        other = _OTHER.match(reader.text, reader.place)
        reader.place = other.end() if other else len(reader.text)


def _values(reader: _Reader, where: tuple[Any, ...], close: str) -> Iterator[String]:
    """Of an object or an array, in text that is known to be JSON."""
    reader.place += 1
    number = 0
    while reader.next() != close:
        if reader.next() == ",":
            reader.place += 1
            continue
        key: str | int = number
        if close == "}":
            key = reader.string()[0]
            reader.next()
            reader.place += 1
        yield from _value(reader, (*where, key))
        number += 1
    reader.place += 1
