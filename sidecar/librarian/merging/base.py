"""Bases: the wikilinks in their values, and the names of files that their filters and formulas give to functions."""

from __future__ import annotations

import json
import re

from librarian.merging.anatomy import Splice, spliced
from librarian.merging.relinking import relinked_yaml
from librarian.merging.route import Turn
from librarian.merging.yaml import Node, parsed

_CALL = re.compile(r"""\b(?:link|file|hasLink)\(\s*(["'])""")


def relinked_base(text: str, turn: Turn) -> str:
    """A Base with its links turned. Raises Malformed where it is not valid YAML."""
    text = relinked_yaml(text, turn)
    root = parsed(text)
    found: list[Splice] = []
    for node in root.scalars() if root else ():
        if isinstance(node.value, str):
            found += _in_expression(text, node, turn)
    return spliced(text, found)


def _in_expression(text: str, node: Node, turn: Turn) -> list[Splice]:
    """Names in calls such as ``file.hasLink("Name")`` and ``link('folder/Name')``."""
    raw = text[node.start : node.end]
    source = raw if node.style in ("literal", "folded") else node.value
    new = spliced(source, _names(source, turn))
    if new == source:
        return []
    if node.style in ("literal", "folded") or (node.style == "plain" and raw == node.value):
        return [Splice(node.start, node.end, new)]
    if node.style == "single":
        quoted = new.replace("'", "''")
        return [Splice(node.start, node.end, f"'{quoted}'")]
    return [Splice(node.start, node.end, json.dumps(new, ensure_ascii=False))]


def _names(expression: str, turn: Turn) -> list[Splice]:
    found, place = [], 0
    for start, end in _literals(expression):
        call = _CALL.search(expression, place, start)
        if call and call.end() == start:
            name, mark, part = expression[start:end].partition("#")
            landing = turn(name, part or None, True) if name and "[[" not in name and "\\" not in name else None
            if landing is not None:
                part = f"#{landing.subpath}" if landing.subpath else ""
                found.append(Splice(start, end, landing.target + (part if mark else "")))
        place = end + 1
    return found


def _literals(expression: str) -> list[tuple[int, int]]:
    """Where the strings of an expression stand, without their quotes."""
    found, place = [], 0
    while place < len(expression):
        if (quote := expression[place]) in "\"'":
            start = place = place + 1
            while place < len(expression) and expression[place] != quote:
                place += 2 if expression[place] == "\\" else 1
            found.append((start, min(place, len(expression))))
        place += 1
    return found
