"""Links written anew, in the body of a note and in its properties; all else of the text stays as it is."""

from __future__ import annotations

import json
import re

from librarian import _native
from librarian.merging.anatomy import Anatomy, Link, Splice, anatomy, spliced
from librarian.merging.route import Landing, Turn, encoded
from librarian.merging.yaml import Malformed, Node, parsed

_SIZE = re.compile(r"\d+(x\d+)?")
_MARKS = re.compile(r"^(?:[&!]\S*\s+)+")
"""The anchor and the type of a value."""
_PLAIN_BREAKS = re.compile(r": |:$| #|^[\s\-?:,\[\]{}#&*!|>'\"%@`]|\s$|[,\[\]{}]$")


def relinked(text: str, turn: Turn) -> str:
    """A note's text with its links turned."""
    return spliced(text, splices(anatomy(text), turn))


def splices(note: Anatomy, turn: Turn) -> list[Splice]:
    """What is to be written anew in a note to turn its links. Properties that are no valid YAML have no links."""
    found = body_splices(note, turn)
    if note.frontmatter is None:
        return found
    start, end = note.frontmatter.yaml
    try:
        new = relinked_yaml(note.yaml, turn)
    except Malformed:
        return found
    return found if new == note.yaml else [Splice(start, end, new), *found]


def body_splices(note: Anatomy, turn: Turn) -> list[Splice]:
    """The same without properties."""
    found: list[Splice] = []
    for link in note.links:
        landing = None if link.external else turn(link.target, link.subpath, link.is_wiki)
        if landing is not None:
            found += _wikilink(note.text, link, landing) if link.is_wiki else _markdown(note.text, link, landing)
    return found


def _wikilink(text: str, link: Link, landing: Landing) -> list[Splice]:
    (start, end), (path, path_end) = link.range, link.written
    was, rest = text[path:path_end], text[path_end : end - 2]
    pipe = "\\|" if link.in_cell else "|"
    if link.is_embed and landing.is_itself and landing.subpath is None:
        words = link.display if link.display and not _SIZE.fullmatch(link.display) else shown(was)
        return [Splice(start, end, f"[[{landing.target}{pipe}{words}]]")]
    return [Splice(path, path_end, wikilink_path(was, rest, landing, pipe, is_embed=link.is_embed))]


def wikilink_path(was: str, rest: str, landing: Landing, pipe: str = "|", *, is_embed: bool = False) -> str:
    """What comes between ``[[`` and ``rest``; with the words that were shown so far, where it would show others."""
    new = landing.target + (f"#{landing.subpath}" if landing.subpath else "")
    if rest.strip() or is_embed or shown(new) == shown(was):
        return new
    return f"{new}{pipe}{shown(was)}"


def shown(path: str) -> str:
    """What Obsidian shows of a link that does not say it."""
    return " > ".join(part.strip() for part in path.split("#") if part.strip())


def _markdown(text: str, link: Link, landing: Landing) -> list[Splice]:
    start, end = link.written
    was, angled = text[start:end], text[start - 1 : start] == "<"
    part = f"#{encoded(landing.subpath, angled=angled)}" if landing.subpath else ""
    if landing.subpath == link.subpath:
        part = was[was.index("#") :] if "#" in was else ""
    new = Splice(start, end, encoded(landing.target, angled=angled) + part)
    if link.is_embed and landing.is_itself and landing.subpath is None:
        return [Splice(link.range[0], link.range[0] + 1, ""), new]
    return [new]


def relinked_yaml(text: str, turn: Turn) -> str:
    """YAML with the wikilinks in its values turned. Raises Malformed."""
    root = parsed(text)
    if root is None:
        return text
    found: list[Splice] = []
    for node in root.scalars():
        if isinstance(node.value, str) and "[[" in node.value:
            found += _in_value(text, node, turn)
    return spliced(text, found)


def _in_value(text: str, node: Node, turn: Turn) -> list[Splice]:
    """Links of one value: in their places where that is plain, else the value is quoted anew."""
    raw = text[node.start : node.end]
    if node.style in ("literal", "folded"):
        return [Splice(node.start + at, node.start + end, new) for at, end, new in _turned(raw, turn)]
    start = node.end - len(_MARKS.sub("", raw))
    raw = text[start : node.end]
    turned = _turned(node.value, turn)
    if not turned:
        return []
    value = spliced(node.value, turned)
    quote = 0 if node.style == "plain" else 1
    if node.style == "single":
        return [Splice(start, node.end, "'" + value.replace("'", "''") + "'")]
    if raw[quote : len(raw) - quote] != node.value or (node.style == "plain" and _PLAIN_BREAKS.search(value)):
        return [Splice(start, node.end, json.dumps(value, ensure_ascii=False))]
    begin = start + quote
    return [Splice(begin + at, begin + end, _escaped(new, node.style)) for at, end, new in turned]


def _escaped(text: str, style: str) -> str:
    if style == "double":
        return json.dumps(text, ensure_ascii=False)[1:-1]
    return text


def _turned(text: str, turn: Turn) -> list[Splice]:
    found = []
    for target, subpath, _, (_, end), (path, path_end) in _native.wikilinks(text):
        landing = turn(target, subpath, True)
        if landing is not None:
            new = wikilink_path(text[path:path_end], text[path_end : end - 2], landing)
            found.append(Splice(path, path_end, new))
    return found
