"""The edits of a merge: of the keeper, of every file that links to a note which goes, and of those notes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from librarian import _native
from librarian.edit import Edit, Rewrite, Trash, decoded, digest_of, rewritten
from librarian.errors import EditRefused, NoteNotFound, PathRefused
from librarian.merging.checking import check_keeper, check_links, parts_of
from librarian.merging.difference import replacements
from librarian.merging.following import followed
from librarian.merging.merge import Merged, Note, line_end, merged, unchanged
from librarian.merging.route import Parts, Route, is_note, redirect, stem
from librarian.merging.stub import stub
from librarian.merging.yaml import Malformed

Action = Literal["merge", "stub", "trash"]
Read = Callable[[str], bytes]
"""Gives a file's content. Raises NoteNotFound, PathRefused, EditRefused."""


@dataclass(frozen=True)
class Known:
    """What the catalog knows of a vault: all its files, those that link to a loser, and those it did not look into."""

    files: tuple[str, ...]
    linking: tuple[str, ...]
    unread: tuple[str, ...]
    relative_links: bool = False
    """Whether the vault is set to links that count from their folders."""


class Proposal:
    """What is to happen to files of a vault, so that some of them give way to another."""

    def __init__(self, read: Read, keeper: str, losers: Sequence[str], action: Action, known: Known) -> None:
        self._read, self._keeper, self._losers, self._action, self._known = read, keeper, losers, action, known
        gone = set() if action == "stub" else set(losers)
        self._route = Route(
            keeper,
            unchanged(losers),
            _native.Resolver(known.files),
            _native.Resolver([path for path in known.files if path not in gone]),
            relative_links=known.relative_links,
        )
        self._contents: dict[str, bytes] = {}

    def edits(self) -> tuple[Edit, ...]:
        """Of the keeper, of the files that link, and of the losers. Raises EditRefused, NoteNotFound, PathRefused."""
        for path in (self._keeper, *self._losers):
            self._contents[path] = self._read(path)
        if not is_note(self._keeper):
            return (*self._following(self._route, {}), *self._put_away())
        keeper, *losers = (self._member(path) for path in (self._keeper, *self._losers))
        done = self._merged(keeper, losers)
        parts = parts_of(done.text)
        places = {note.path: (parts_of(note.text), parts) for note in losers}
        if self._action == "trash":
            check_links(keeper, done.text, done.route, places)
        else:
            check_keeper(keeper, losers, done.text, done.route, self._losers if self._action == "stub" else ())
        own = self._rewrite(keeper, done.text)
        following = self._following(done.route, places)
        away = self._put_away() if self._action != "stub" else self._stubs(losers, done.route)
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
            try:
                text = followed(path, note.text, redirect(route, path))
            except Malformed as error:
                if path in self._known.linking:
                    raise EditRefused(path, f"line {error.line + 1} of it cannot be read ({error.reason})") from None
                continue  # nobody can follow links in it
            check_links(note, text, route, places)
            edits += self._rewrite(note, text)
        return edits

    def _linking(self, path: str, route: Route) -> Note | None:
        """A file as it is now; None for one that the catalog did not look into, and that is nothing for us either."""
        try:
            self._contents[path] = self._read(path)
            return self._note(path)
        except (EditRefused, NoteNotFound, PathRefused):
            if path in self._known.linking or self._has_links(path, route):
                raise
            return None

    def _has_links(self, path: str, route: Route) -> bool:
        """Whether a file that is no UTF-8 text links to a loser."""
        text = _native.decode(self._contents.get(path, b""))
        with contextlib.suppress(Malformed):
            return followed(path, text, redirect(route, path)) != text
        return False

    def _member(self, path: str) -> Note:
        """A note of the group; where none is united with another, any encoding will do."""
        if self._action == "trash":
            return Note(path, _native.decode(self._contents[path]))
        return self._note(path)

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

    def _stubs(self, losers: Sequence[Note], route: Route) -> list[Edit]:
        texts = [(note, stub(note.path, route, line_end(note.text))) for note in losers]
        return [edit for note, text in texts for edit in self._rewrite(note, text)]
