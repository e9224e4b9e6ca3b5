"""Where links lead before and after files give way to another, and how a target is written so that it leads there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
from urllib.parse import quote

from librarian.errors import EditRefused


class Resolver(Protocol):
    """Says to which path a link leads."""

    def resolve(self, source: str, target: str) -> str | None: ...


@dataclass(frozen=True)
class Parts:
    """The headings and block ids by which links name places in a note."""

    headings: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()

    def has(self, subpath: str) -> bool:
        """Whether a link's part names a place."""
        if subpath.startswith("^"):
            return subpath[1:].lower() in self.ids
        return all(heading_key(each) in self.headings for each in subpath.split("#"))


@dataclass(frozen=True)
class Renames:
    """What headings and block ids of a loser are called in the keeper, where that differs.

    Keys as `heading_key` makes them, and ids in lower case. A heading that is called nothing is the note as a whole.
    """

    headings: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)

    def of(self, subpath: str) -> str:
        if subpath.startswith("^"):
            new = self.ids.get(subpath[1:].lower())
            return subpath if new is None else f"^{new}"
        if not any(heading_key(each) in self.headings for each in subpath.split("#")):
            return subpath
        names = (self.headings.get(heading_key(each), each) for each in subpath.split("#"))
        return "#".join(name for name in names if name)


@dataclass(frozen=True)
class Route:
    """Which files give way to which, and where links lead before and after."""

    keeper: str
    losers: Mapping[str, Renames]
    before: Resolver
    after: Resolver
    relative_links: bool = False
    """Whether the vault is set to Markdown links that count from their folders."""
    only: Parts | None = None
    """The places that there are in the keeper, where a part that leads to none is to be taken off; None: kept."""

    def part(self, loser: str, subpath: str | None) -> str | None:
        """What follows the ``#`` of a link that led into a loser."""
        if subpath is None or not is_note(self.keeper):
            return subpath
        new = self.losers[loser].of(subpath) or None
        return new if new is None or self.only is None or self.only.has(new) else None


def is_note(path: str) -> bool:
    return path.lower().endswith(".md")


def stem(path: str) -> str:
    """A file's name as links spell it: without folder, and for notes without extension."""
    return without_extension(path.rpartition("/")[2])


def without_extension(path: str) -> str:
    return path[:-3] if is_note(path) else path


def heading_key(text: str) -> str:
    """The same for every spelling by which Obsidian finds a heading: marks that links cannot hold do not count."""
    return heading_part(text).casefold()


def heading_part(text: str) -> str:
    """A heading as a link names it."""
    return " ".join(_NOT_IN_LINKS.sub(" ", text).split())


_NOT_IN_LINKS = re.compile(r"[#|^:%\[\]\\]")
_NOT_IN_WIKILINKS = re.compile(r"[#|^\[\]\r\n]")


@dataclass(frozen=True)
class Written:
    """A link's target as it is written, decoded, with the file that it stands in and the one that it leads to."""

    target: str
    source: str
    leads_to: str
    is_wiki: bool
    counts_from_folder: bool = False
    """Whether Markdown links are meant to count from the folder that they stand in, as the vault is set to."""

    @property
    def is_relative(self) -> bool:
        """Whether it is a Markdown link that counts from its own folder."""
        path = posixpath.join(self.source.rpartition("/")[0], self.target)
        fits = not self.is_wiki and self.leads_to in (path, f"{path}.md")
        return fits and (self.counts_from_folder or (path != self.target and "/" in self.target))


class Landing(NamedTuple):
    """What a link is to say."""

    target: str
    subpath: str | None
    is_itself: bool = False
    """Whether it leads to the note that it stands in."""


Turn = Callable[[str, str | None, bool], Landing | None]
"""Says for a link's target and part, and whether it is a wikilink, what it is to say; None: what it says."""


def redirect(route: Route, source: str) -> Turn:
    """Links in ``source`` that lead to a loser are led to the keeper."""

    def turn(target: str, subpath: str | None, wiki: bool) -> Landing | None:
        dest = route.before.resolve(source, target) if target else None
        if dest not in route.losers or dest is None:
            return None
        was = Written(target, source, dest, wiki, route.relative_links)
        new = spelled(was, source, route.keeper, route.after)
        return Landing(new, route.part(dest, subpath), is_itself=source == route.keeper)

    return turn


def rebase(route: Route, origin: str) -> Turn:
    """Links of text that moves from ``origin`` into the keeper go on leading where they led."""

    def turn(target: str, subpath: str | None, wiki: bool) -> Landing | None:
        dest = route.before.resolve(origin, target) if target else None
        if dest is None or route.before.resolve(route.keeper, target) == dest:
            return None
        was = Written(target, origin, dest, wiki, route.relative_links)
        return Landing(spelled(was, route.keeper, dest, route.before), subpath)

    return turn


def spelled(was: Written, source: str, dest: str, resolver: Resolver) -> str:
    """A target by which a link in ``source`` leads to ``dest``, in the style of the one that there was.

    A bare name stays bare, and a relative path relative, where that leads there; else it is the path from the vault's
    root. Raises EditRefused where none leads there.
    """
    for candidate in _candidates(was, source, dest):
        if resolver.resolve(source, candidate) == dest and not (was.is_wiki and _NOT_IN_WIKILINKS.search(candidate)):
            return candidate
    raise EditRefused(source, f"no link in it can be written so that it leads to {dest!r}; give that another name")


def _candidates(was: Written, source: str, dest: str) -> list[str]:
    full = dest if is_note(was.target) else without_extension(dest)
    relative = posixpath.relpath(full, source.rpartition("/")[0] or ".")
    found = []
    if was.target.startswith(("./", "../")):
        found = [relative, f"./{relative}"] if relative.startswith("../") else [f"./{relative}", relative]
    elif was.target.startswith("/"):
        found = [f"/{full}"]
    elif was.is_relative:
        found = [relative]
    elif "/" not in was.target:
        found = [full.rpartition("/")[2]]
    return [*found, full, dest, f"/{full}", f"/{dest}"]


def encoded(text: str, *, angled: bool) -> str:
    """A Markdown link's target or part as it stands in the text; ``angled``: between ``<`` and ``>``."""
    if angled:
        return re.sub(r"[%<>\\#\r\n]", lambda found: quote(found[0]), text)
    return re.sub(r"[\x00-\x20%<>()\\#\[\]|\"`{}]", lambda found: quote(found[0]), text)
