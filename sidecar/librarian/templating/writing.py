"""A template's text, in the words of the plugin that is to fill it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

from librarian.merging.yaml import dumped
from librarian.templating.fields import Property
from librarian.templating.inferring import Heading, Mould, Piece
from librarian.templating.placeholder import Syntax, has_place, written

_QUOTES: Final = re.compile(r"""(["'])(.*)\1""", re.DOTALL)


def template_text(mould: Mould, syntax: Syntax, hints: Mapping[str, str] | None = None) -> str:
    """The whole template; empty where the notes have nothing in common.

    ``hints``: by the text of headings, what a person is told to write below them, in a comment.
    """
    properties = "".join(f"{line}\n" for each in mould.properties for line in _property(each, syntax))
    body = _body(mould, hints or {})
    front = f"---\n{properties}---\n" if properties else ""
    if front and body and mould.line_after_properties:
        front += "\n"
    return front + written(body, syntax)


def _property(each: Property, syntax: Syntax) -> Iterable[str]:
    key = dumped(each.key)
    values = [_value(text, syntax) for text in each.default if written(_unquoted(text), syntax)]
    if each.type == "list":
        if each.is_flow or not values:
            yield f"{key}: [{', '.join(values)}]"
            return
        yield f"{key}:"
        for value in values:
            yield f"  - {value}"
    elif values:
        yield f"{key}: {values[0]}"
    elif each.choices and syntax == "templater":
        choices = json.dumps([_unquoted(text) for text in each.choices], ensure_ascii=False)
        yield f"{key}: <% tp.system.suggester({choices}, {choices}) %>"
    elif each.choices:
        yield f"{key}: # {', '.join(each.choices)}"
    else:
        yield f"{key}:"


def _unquoted(text: str) -> str:
    found = _QUOTES.fullmatch(text)
    return found[2] if found else text


def _value(text: str, syntax: Syntax) -> str:
    """A value as YAML; with places in it in quotes, since braces mean something there."""
    if not has_place(text):
        return text
    inner = _unquoted(text)
    if syntax == "core":
        return f'"{written(inner, syntax)}"'
    return written(inner, syntax) if inner.startswith("\ufdd0") else f"'{written(inner, syntax)}'"


def _body(mould: Mould, hints: Mapping[str, str]) -> str:
    text = ""
    for heading in mould.headings:
        if heading.level:
            if text:
                text += "\n" if mould.line_before_headings else ""
            text += f"{'#' * heading.level} {heading.text}\n"
        below = _below(heading, hints.get(heading.text))
        if below:
            text += ("\n" if heading.level and mould.line_after_headings else "") + below + "\n"
    return text


def _below(heading: Heading, hint: str | None) -> str:
    text, before = "", None
    pieces = list(heading.pieces)
    if hint:
        pieces.insert(0, Piece("comment", f"%% {hint} %%", 0))
    for piece in pieces:
        if before is not None:
            is_one = piece.follows or before.kind == piece.kind == "item"
            text += "\n" if is_one else "\n\n"
        text += piece.text
        before = piece
    return text
