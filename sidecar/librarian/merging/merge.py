"""A merge: the keeper's text with every word of the losers', in which links already lead where they will."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from librarian.errors import EditRefused
from librarian.merging import bodies, properties
from librarian.merging.anatomy import Splice, anatomy, spliced
from librarian.merging.labels import clashing_reference, relabelled
from librarian.merging.relinking import relinked
from librarian.merging.route import Renames, Route, Written, rebase, redirect, spelled, stem
from librarian.merging.yaml import Entry, Malformed, entries


@dataclass(frozen=True)
class Note:
    path: str
    text: str


@dataclass(frozen=True)
class Merged:
    """The keeper's new text, and the route on which all other links follow."""

    text: str
    route: Route


def merged(keeper: Note, losers: Sequence[Note], route: Route, *, kept_names: Sequence[str] = ()) -> Merged:
    """Unite notes. ``kept_names``: names that must not become aliases. Raises EditRefused."""
    for note in (keeper, *losers):
        check_properties(note)
    text, eol = keeper.text, line_end(keeper.text)
    renames: dict[str, Renames] = {}
    taken = {name.casefold() for name in (stem(keeper.path), *kept_names)}
    for loser in losers:
        theirs = anatomy(relinked(loser.text, rebase(route, loser.path)))
        ours = anatomy(text)
        theirs = anatomy(relabelled(theirs, ours))
        if label := clashing_reference(theirs, ours):
            told = f"its reference [{label}] leads elsewhere than that of {keeper.path!r}"
            raise EditRefused(loser.path, f"{told}; give it another label there, then merge it")
        body = bodies.united(ours, theirs, eol, lambda wiki: _itself(keeper.path, route, wiki=wiki))
        renames[loser.path] = body.renames
        names = list({name.casefold(): name for name in (stem(loser.path), body.title or "")}.values())
        names = [name for name in names if name and name.casefold() not in taken]
        try:
            yaml = _properties(ours.yaml, theirs.yaml, names, kept_names, eol)
        except Malformed as error:
            raise EditRefused(loser.path, f"its properties cannot be united ({error.reason})") from None
        text = with_yaml(body.text, yaml, eol)
    whole = replace(route, losers={**route.losers, **renames})
    return Merged(relinked(text, redirect(whole, keeper.path)), whole)


def _itself(keeper: str, route: Route, *, wiki: bool) -> str:
    name = stem(keeper) if wiki else keeper.rpartition("/")[2]
    return spelled(Written(name, keeper, keeper, wiki), keeper, keeper, route.before)


def check_properties(note: Note) -> None:
    """See that a note's properties can be united. Raises EditRefused, with what stands against it."""
    try:
        found = _sure_entries(anatomy(note.text).yaml)
    except Malformed as error:
        where = f"line {error.line + 2} of it, in its properties, cannot be read ({error.reason})"
        raise EditRefused(note.path, f"{where}; put that right, then merge it") from None
    if "excalidraw-plugin" in found:
        raise EditRefused(note.path, "it is a drawing, and two of those cannot be made one; put one into the trash")


def _sure_entries(yaml: str) -> Mapping[str, Entry]:
    found = entries(yaml)
    for entry in found.values():
        if entry.node.has_alias:
            raise Malformed("it repeats another value by an alias of YAML, a '*'", yaml.count("\n", 0, entry.start))
    return found


def _properties(ours: str, theirs: str, names: Sequence[str], kept_names: Sequence[str], eol: str) -> str:
    """Properties made one. Raises Malformed where what came out is none, which a fault of ours would be."""
    union = properties.united(ours, properties.without_aliases(theirs, kept_names), eol)
    union = properties.united(union, properties.named(names, eol), eol) if names else union
    entries(union)
    return union


def with_yaml(text: str, yaml: str, eol: str) -> str:
    """A note's text with other properties; without a front matter, it gets one where there is something to write."""
    note = anatomy(text)
    if note.frontmatter is None:
        return f"---{eol}{yaml}---{eol}{text}" if yaml else text
    return spliced(text, [Splice(*note.frontmatter.yaml, yaml)])


def line_end(text: str) -> str:
    """How a note ends its lines; told by the first."""
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def unchanged(losers: Sequence[str]) -> Mapping[str, Renames]:
    """Losers of which nothing is called otherwise."""
    return {path: Renames() for path in losers}
