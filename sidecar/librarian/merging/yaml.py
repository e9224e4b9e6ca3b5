"""YAML as it is written: keys and values of a front matter with their places, so that all else can stay to the byte."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from librarian import _native

_PLAIN = re.compile(r"[^\W\d_](?:[\w ./()-]*[\w.)])?")
_QUOTED = re.compile(r"""(?:[&!]\S*\s+)*(?:"(?:\\.|[^"\\])*"|'(?:''|[^'])*')""", re.DOTALL)
"""The library takes a comment behind a quoted value for a part of it."""
_EXACT = re.compile(r"-?(?=[\d.]{1,16}$)(?:0|[1-9]\d*)(?:\.(?:0|\d*[1-9]))?")
"""A number that a float holds, and that is written in one way only, but for 1 and 1.0."""
_NO_TEXT = frozenset(["true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf"])
_FLOW_MARKS = frozenset(",[]{}\r\n")


class Malformed(Exception):
    """Front matter that nobody can be sure of: why, and the line of the YAML from 0."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place. ``items``: those of a list; keys and values by turns of a map."""

    kind: str
    style: str
    start: int
    end: int
    value: Any
    items: tuple[Node, ...] = ()

    def scalars(self) -> Iterator[Node]:
        """Every scalar in it."""
        if self.kind == "scalar":
            yield self
        for item in self.items:
            yield from item.scalars()

    @property
    def has_alias(self) -> bool:
        return self.kind == "alias" or any(item.has_alias for item in self.items)


@dataclass(frozen=True, slots=True)
class Entry:
    """A property: from the begin of its first line to the end of its last, without the line break."""

    key: str
    node: Node
    start: int
    end: int
    after_colon: int

    @property
    def is_empty(self) -> bool:
        """Nothing follows the colon."""
        return self.node.kind == "scalar" and self.node.style == "plain" and self.node.start == self.node.end


def parsed(text: str) -> Node | None:
    """The root of a YAML document; None when it is empty. Raises Malformed."""
    pieces, error = _native.yaml_pieces(text)
    if error is not None:
        raise Malformed(*error)
    if not pieces:
        return None
    stream = iter(pieces)
    return _node(text, next(stream), stream)


def _node(text: str, piece: tuple[str, str, Any, bool, tuple[int, int]], stream: Iterator[Any]) -> Node:
    kind, style, value, _, (start, end) = piece
    if kind not in ("list", "map"):
        quoted = _QUOTED.match(text, start) if style in ("single", "double") else None
        end = quoted.end() if quoted else end
        return Node(kind, style, start, end, f"*{start}" if kind == "alias" else _sure(value, text[start:end]))
    items: list[Node] = []
    for each in stream:
        if each[0] == "end":
            end = each[4][0] + 1 if style == "flow" else max([end, *(item.end for item in items[-2:])])
            break
        items.append(_node(text, each, stream))
    if kind == "list":
        composed: Any = [item.value for item in items]
    else:
        composed = {str(key.value): item.value for key, item in zip(items[::2], items[1::2], strict=True)}
    return Node(kind, style, start, end, composed, tuple(items))


def _sure(value: Any, raw: str) -> Any:
    """A scalar's value; for a number that does not tell how it was written, such as a long id, or 1.10, the writing."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return raw if is_number and not _EXACT.fullmatch(raw) else value


def entries(text: str) -> dict[str, Entry]:
    """The properties of a front matter's YAML, in order. Raises Malformed."""
    root = parsed(text)
    if root is None or (root.kind == "scalar" and root.value is None):
        return {}
    if root.kind != "map" or root.style != "block":
        raise Malformed("its properties are not written one a line, as 'name: value'", 0)
    found: dict[str, Entry] = {}
    for key, node in zip(root.items[::2], root.items[1::2], strict=True):
        entry = _entry(text, key, node)
        if entry.key in found:
            raise Malformed(f"the property {entry.key!r} stands there twice", text.count("\n", 0, entry.start))
        found[entry.key] = entry
    return found


def _entry(text: str, key: Node, node: Node) -> Entry:
    start = text.rfind("\n", 0, key.start) + 1
    colon = text.find(":", key.end)
    if start != key.start or key.kind != "scalar" or colon < 0:
        raise Malformed("a property is indented, or is no 'name: value'", text.count("\n", 0, key.start))
    last = max(colon + 1, node.end)
    last = start + len(text[start:last].rstrip("\r\n"))
    newline = text.find("\n", last)
    end = start + len(text[start : newline if newline >= 0 else len(text)].rstrip("\r"))
    name = key.value if isinstance(key.value, str) else text[key.start : key.end]
    return Entry(name, node, start, end, colon + 1)


def comments(text: str) -> list[tuple[int, str]]:
    """Every comment with its place, from the ``#`` to the end of the line. Raises Malformed."""
    root = parsed(text)
    inside = [(node.start, node.end) for node in root.scalars()] if root else []
    found, place = [], 0
    for line in text.split("\n"):
        for mark in re.finditer(r"(?:^|(?<=\s))#", line):
            at = place + mark.start()
            if not any(start <= at < end for start, end in inside):
                found.append((at, line[mark.start() :].rstrip()))
                break
        place += len(line) + 1
    return found


def dumped(value: Any) -> str:
    """A value as it can stand anywhere on one line, in lists with brackets too."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.casefold() not in _NO_TEXT:
        return value
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: Any) -> Any:
    """Numbers that are whole as such, so that 1 and 1.0 are written, and compared, as one."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def on_one_line(text: str, node: Node) -> str:
    """A value of ``text`` as it can stand anywhere on one line: as it is written there, where that can."""
    raw = text[node.start : node.end]
    quoted = node.style in ("single", "double") and "\n" not in raw
    plain = node.style == "plain" and raw != "" and not _FLOW_MARKS & set(raw)
    return raw if node.kind == "scalar" and (quoted or plain) else dumped(node.value)
