"""Resolving duplicates: plans that unite notes, or put them away, and lead every link of the vault to the one kept."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from librarian import _native
from librarian.change import Plan
from librarian.duplicate import DuplicateGroup
from librarian.edit import Edit, Rewrite, Trash, decoded, digest_of, rewritten
from librarian.errors import EditRefused, NoteNotFound, NotInGroup, PathRefused
from librarian.merging.checking import check_keeper, check_links, parts_of
from librarian.merging.difference import replacements
from librarian.merging.following import followed
from librarian.merging.merge import Merged, Note, line_end, merged, unchanged
from librarian.merging.route import Parts, Route, is_note, redirect, stem
from librarian.merging.stub import stub
from librarian.paths import resolve

if TYPE_CHECKING:
    from librarian.indexing import Indexing

Action = Literal["merge", "stub", "trash"]
Group = Callable[[str], Awaitable[DuplicateGroup]]
MAX_BYTES = 256 << 20
"""The largest file that is read."""


class Propose(Protocol):
    """Keeps edits as one change that waits to be carried out."""

    async def __call__(self, edits: Sequence[Edit], *, actor: str, reason: str) -> Plan: ...


@dataclass(frozen=True)
class Known:
    """What the catalog knows of a vault: all its files, those that link to a loser, and those it did not look into."""

    files: tuple[str, ...]
    linking: tuple[str, ...]
    unread: tuple[str, ...]


class Resolving:
    """Plans for the duplicates of one vault."""

    def __init__(self, root: Path, indexing: Indexing, *, group: Group, propose: Propose) -> None:
        self._root = root
        self._indexing = indexing
        self._group = group
        self._propose = propose

    async def plan(self, group_id: str, keeper: str, action: Action, notes: Sequence[str] | None = None) -> Plan:
        """A plan that keeps one note of a group; ``notes``: those that give way to it, all others when not given.

        ``merge`` and ``stub`` unite them; then they go into the trash, or become a short note that says where they
        went. ``trash`` unites nothing. Raises GroupNotFound, NotInGroup, NoteNotFound, NoteChanged, EditRefused,
        PathRefused, StoreError, VaultUnavailable.
        """
        group = await self._group(group_id)
        paths = tuple(note.path for note in group.notes)
        for path in (keeper, *(notes or ())):
            if path not in paths:
                raise NotInGroup(path, paths)
        losers = tuple(dict.fromkeys(path for path in (paths if notes is None else notes) if path != keeper))
        if not losers:
            raise EditRefused(keeper, "no other note of its group is to give way to it")
        if not is_note(keeper):
            if action == "stub":
                raise EditRefused(keeper, "only notes can say in a few words where they went; use trash or merge")
            action = "trash"
        known = await self._known(losers)
        work = _Work(self._root, keeper, losers, action, known)
        edits = await asyncio.to_thread(work.edits)
        return await self._propose(edits, actor="duplicates", reason=_reason(action, keeper, losers))

    async def _known(self, losers: Sequence[str]) -> Known:
        catalog = await self._indexing.catalog()
        files, linking, unread = await catalog.snapshot(
            [
                ("SELECT path FROM notes", []),
                ("SELECT DISTINCT path FROM links WHERE resolved IN (SELECT unnest($1)) ORDER BY path", [list(losers)]),
                # The links of Bases are not in the catalog, nor are those of files that are too large or left out.
                (
                    "SELECT path FROM notes WHERE kind = 'base' OR (skipped IS NOT NULL AND kind <> 'attachment') "
                    "ORDER BY path",
                    [],
                ),
            ]
        )
        return Known(*(tuple(str(path) for (path,) in rows) for rows in (files, linking, unread)))


class _Work:
    """Reads files as they are now, and makes the edits; blocks."""

    def __init__(self, root: Path, keeper: str, losers: Sequence[str], action: Action, known: Known) -> None:
        self._root, self._keeper, self._losers, self._action, self._known = root, keeper, losers, action, known
        gone = set() if action == "stub" else set(losers)
        self._route = Route(
            keeper,
            unchanged(losers),
            _native.Resolver(known.files),
            _native.Resolver([path for path in known.files if path not in gone]),
        )
        self._contents: dict[str, bytes] = {}

    def edits(self) -> tuple[Edit, ...]:
        """Of the keeper, of the files that link, and of the losers. Raises EditRefused, NoteNotFound, PathRefused."""
        for path in (self._keeper, *self._losers):
            self._contents[path] = _read(self._root, path)
        if not is_note(self._keeper):
            return (*self._following(self._route, {}), *self._put_away())
        keeper, losers = self._note(self._keeper), [self._note(path) for path in self._losers]
        done = self._merged(keeper, losers)
        parts = parts_of(done.text)
        places = {note.path: (parts_of(note.text), parts) for note in losers}
        if self._action != "trash":
            check_keeper(keeper, losers, done.text, done.route)
        own = self._rewrite(keeper, done.text)
        following = self._following(done.route, places)
        away = self._put_away() if self._action != "stub" else [self._stub(note, done.route) for note in losers]
        return (*own, *following, *away)

    def _merged(self, keeper: Note, losers: Sequence[Note]) -> Merged:
        if self._action != "trash":
            kept_names = [stem(path) for path in self._losers] if self._action == "stub" else []
            return merged(keeper, losers, self._route, kept_names=kept_names)
        route = replace(self._route, only=parts_of(keeper.text))
        text = followed(keeper.path, keeper.text, redirect(route, keeper.path))
        return Merged(text, route)

    def _following(self, route: Route, places: dict[str, tuple[Parts, Parts]]) -> list[Edit]:
        """The edits of files that link to losers, but for the keeper and the losers."""
        own = {self._keeper, *self._losers}
        edits: list[Edit] = []
        for path in dict.fromkeys((*self._known.linking, *self._known.unread)):
            note = None if path in own else self._linking(path, route)
            if note is None:
                continue
            text = followed(path, note.text, redirect(route, path))
            check_links(note, text, route, places)
            edits += self._rewrite(note, text)
        return edits

    def _linking(self, path: str, route: Route) -> Note | None:
        """A file as it is now; None for one that the catalog did not look into, and that is nothing for us either."""
        try:
            self._contents[path] = _read(self._root, path)
            return self._note(path)
        except (EditRefused, NoteNotFound, PathRefused):
            if path in self._known.linking or self._has_links(path, route):
                raise
            return None

    def _has_links(self, path: str, route: Route) -> bool:
        """Whether a file that is no UTF-8 text links to a loser."""
        text = _native.decode(self._contents.get(path, b""))
        return followed(path, text, redirect(route, path)) != text

    def _note(self, path: str) -> Note:
        return Note(path, decoded(path, self._contents[path]))

    def _rewrite(self, note: Note, text: str) -> list[Edit]:
        """The edit that gives a note this text, if it has another."""
        if text == note.text:
            return []
        content = self._contents[note.path]
        edit = Rewrite(path=note.path, digest=digest_of(content), replacements=replacements(note.text, text))
        if decoded(note.path, rewritten(edit, content)) != text:
            raise EditRefused(note.path, "its new text came out otherwise than meant, a fault of the librarian")
        return [edit]

    def _put_away(self) -> list[Edit]:
        return [Trash(path=path, digest=digest_of(self._contents[path])) for path in self._losers]

    def _stub(self, loser: Note, route: Route) -> Edit:
        (edit,) = self._rewrite(loser, stub(loser.path, route, line_end(loser.text)))
        return edit


def _read(root: Path, path: str) -> bytes:
    """A file's content. Raises NoteNotFound, PathRefused, EditRefused for one that is too large."""
    found = resolve(root, path)
    try:
        with open(found, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise NoteNotFound(path)
            if about.st_size > MAX_BYTES:
                raise EditRefused(path, f"it is larger than {MAX_BYTES >> 20} MB")
            return file.read()
    except OSError as error:
        raise NoteNotFound(path) from error


def _reason(action: Action, keeper: str, losers: Sequence[str]) -> str:
    named = ", ".join(f'"{path}"' for path in losers[:3])
    if len(losers) > 3:
        named += f" and {len(losers) - 3} more"
    if action == "trash":
        return f'trash {named}, keep "{keeper}"'
    return f'merge {named} into "{keeper}"' + (", leaving stubs" if action == "stub" else "")
