"""The last look before a merge is proposed: no link that led somewhere is broken, and no word is lost.

It knows nothing of how a merge is made, so that a fault there is found here, and nothing is changed.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from librarian import _native
from librarian.errors import EditRefused
from librarian.merging.anatomy import Anatomy, Block, anatomy
from librarian.merging.following import links
from librarian.merging.merge import Note
from librarian.merging.route import Parts, Resolver, Route, heading_key, stem
from librarian.merging.sections import MARKER
from librarian.merging.yaml import parsed

_WORD = re.compile(r"[^\W_]+")
_OTHERWISE = (
    "would become part of something else in the note that is kept; is a '%%', '$$' or '<!--' of one of the notes not "
    "closed? Put that right, then merge them"
)
_FAULT = "which is a fault of the librarian; nothing was changed"


def parts_of(text: str) -> Parts:
    """The headings and block ids of a note."""
    note = anatomy(text)
    headings = frozenset(heading_key(heading.text) for heading in note.headings)
    return Parts(headings, frozenset(each.id.lower() for each in note.ids))


def check_links(before: Note, after: str, route: Route, places: dict[str, tuple[Parts, Parts]]) -> None:
    """See that each link of a file leads where it led, or to the keeper instead of a loser. Raises EditRefused.

    ``places``: by the path of a note that goes, where its links could lead, and where they can lead in the keeper.
    """
    old, new = links(before.path, before.text), links(before.path, after)
    if len(old) != len(new):
        raise EditRefused(before.path, f"a link in it would get lost, {_FAULT}")
    for (target, subpath), (new_target, new_subpath) in zip(old, new, strict=True):
        dest = route.before.resolve(before.path, target)
        expected = route.keeper if dest in route.losers else dest
        if expected is not None and route.after.resolve(before.path, new_target) != expected:
            raise EditRefused(before.path, f"its link to {target!r} would be broken, {_FAULT}")
        led = dest in places and subpath is not None and places[dest][0].has(subpath)
        if led and new_subpath is not None and dest and not places[dest][1].has(new_subpath):
            raise EditRefused(before.path, f"its link to {target}#{subpath} would be broken, {_FAULT}")


def check_keeper(keeper: Note, losers: Sequence[Note], after: str, route: Route, named: Sequence[str]) -> None:
    """See that the keeper has every word and every link of all notes. Raises EditRefused.

    ``named``: paths of notes that stay beside it.
    """
    _check_blocks(keeper, losers, after, route)
    led, broken = _led([keeper, *losers], route.before)
    expected = {route.keeper if dest in route.losers else dest for dest in led}
    now, now_broken = _led([Note(keeper.path, after)], route.after)
    if missing := expected - now - {route.keeper}:
        raise EditRefused(keeper.path, f"its link to {min(missing)!r} would get lost, {_FAULT}")
    if now_broken - broken:
        raise EditRefused(keeper.path, f"its link to {min(now_broken - broken)!r} would be broken, {_FAULT}")
    # A name is said by the file that has it; it need not be an alias as well.
    kept = _all_words(after) | _words(map(stem, (keeper.path, *named)))
    for note in (keeper, *losers):
        if lost := _said(note.text) - kept:
            raise EditRefused(note.path, f"its word {min(lost)!r} would get lost, {_FAULT}")


def _check_blocks(keeper: Note, losers: Sequence[Note], after: str, route: Route) -> None:
    """See that each block is still one: a mark that is open in one note may be closed by one of another."""
    group = {keeper.path, *route.losers}
    now = {said for _, said in _blocks(anatomy(after))}
    for note in (keeper, *losers):
        found = anatomy(note.text)
        embeds = [
            link.range[0] for link in found.links
            if link.is_embed and (not link.target or route.before.resolve(note.path, link.target) in group)
        ]  # fmt: skip
        for block, said in _blocks(found):
            if block.kind == "heading" and note is not keeper and block is found.blocks[0]:
                continue  # a title, which may have become an alias
            if len(said) > 1 and said not in now and not any(block.start <= place < block.end for place in embeds):
                begin = found.text[block.start : block.end].partition("\n")[0][:40].strip()
                raise EditRefused(note.path, f"{begin!r} {_OTHERWISE}")


def _blocks(note: Anatomy) -> list[tuple[Block, tuple[str, ...]]]:
    """Every block but HTML, with its kind and the words that it says."""
    cuts = sorted(_unsaid(note))
    found = []
    for block in note.blocks:
        if block.kind == "html":
            continue
        inside = cuts[bisect_left(cuts, (block.start, 0)) : bisect_left(cuts, (block.end, 0))]
        text = _without(note.text[block.start : block.end], [(a - block.start, b - block.start) for a, b in inside])
        text = MARKER.sub("", text, count=1) if block.kind == "item" else text
        found.append((block, (block.kind, *(word.casefold() for word in _WORD.findall(text)))))
    return found


def _led(notes: Sequence[Note], resolver: Resolver) -> tuple[set[str], set[str]]:
    """Where the links of notes lead, and what they name that is nowhere: targets, and parts of these notes."""
    led: set[str] = set()
    broken: set[str] = set()
    places = {note.path: parts_of(note.text) for note in notes}
    for note in notes:
        for target, subpath in links(note.path, note.text):
            dest = resolver.resolve(note.path, target) if target else note.path
            if dest is None:
                broken.add(target)
                continue
            led.add(dest)
            if dest in places and subpath and not places[dest].has(subpath):
                broken.add(f"#{subpath}")
    return led, broken


def _all_words(text: str) -> set[str]:
    return _words([text, *_values(anatomy(text).yaml)])


def _said(text: str) -> set[str]:
    """The words that a note says: not the targets of links that show others, nor ids and labels."""
    note = anatomy(text)
    body = _without(text[note.body :], [(start - note.body, end - note.body) for start, end in _unsaid(note)])
    values = (_without(value, _hidden(value)) for value in _values(note.yaml))
    return _words([body, *values])


def _unsaid(note: Anatomy) -> list[tuple[int, int]]:
    cuts = [each.mark for each in note.ids] + [each.range for each in note.footnotes]
    links_of_body = (link for link in note.links if not link.external)
    return cuts + [link.written for link in links_of_body if not link.is_wiki or link.is_embed or link.display]


def _hidden(value: str) -> list[tuple[int, int]]:
    """The targets of a property's links that show other words."""
    return [written for _, _, display, _, written in _native.wikilinks(value) if display]


def _without(text: str, cuts: Sequence[tuple[int, int]]) -> str:
    pieces, place = [], 0
    for start, end in sorted(cuts):
        pieces.append(text[place:start])
        place = max(place, end)
    return " ".join([*pieces, text[place:]])


def _values(yaml: str) -> list[str]:
    """Every text and number among the keys and values of YAML."""
    root = parsed(yaml)
    said = (node.value for node in root.scalars()) if root else ()
    return [str(value) for value in said if isinstance(value, str | int | float) and not isinstance(value, bool)]


def _words(texts: Iterable[str]) -> set[str]:
    return {word.casefold() for text in texts for word in _WORD.findall(text)}
