"""Resolving duplicates: plans that unite notes, or put them away, and lead every link of the vault to the one kept."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from librarian.change import Plan
from librarian.content import without_waiting
from librarian.duplicate import ToldGroup
from librarian.edit import Edit
from librarian.errors import EditRefused, NoteNotFound, NotInGroup
from librarian.merging.proposal import Action, Known, Proposal
from librarian.merging.route import is_note
from librarian.paths import resolve
from librarian.plans import Look
from librarian.vault import read_app_settings

if TYPE_CHECKING:
    from librarian.indexing import Indexing

Group = Callable[[str], Awaitable[ToldGroup]]
MAX_BYTES = 256 << 20
"""The largest file that is read."""


class Propose(Protocol):
    """Keeps edits as one change that waits to be carried out."""

    async def __call__(self, edits: Sequence[Edit], *, actor: str, reason: str, look: Look | None) -> Plan: ...


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
        paths = (await self._group(group_id)).paths
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
        proposal = Proposal(partial(_read, self._root), keeper, losers, action, known)
        edits = await asyncio.to_thread(proposal.edits)
        look = None if action == "stub" else partial(self._see_no_new_link, losers, {keeper, *losers, *known.linking})
        return await self._propose(edits, actor="duplicates", reason=_reason(action, keeper, losers), look=look)

    async def _see_no_new_link(self, losers: Sequence[str], planned: Collection[str]) -> None:
        """See that no file links to what goes that did not when that was planned, which may be an hour ago."""
        new = [path for path in (await self._known(losers)).linking if path not in planned]
        if new:
            raise EditRefused(new[0], "it links by now to a note that would go; plan that anew")

    async def _known(self, losers: Sequence[str]) -> Known:
        # A link that was written a moment ago must be known, or it would be broken.
        catalog = await self._indexing.current_catalog()
        found = await catalog.snapshot(
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
        files, linking, unread = (tuple(str(path) for (path,) in rows) for rows in found)
        # As it is set now: people change that while a vault is open.
        app = await asyncio.to_thread(read_app_settings, self._root)
        return Known(files, linking, unread, app.new_link_format == "relative")


def _read(root: Path, path: str) -> bytes:
    """A file's content. Raises NoteNotFound, PathRefused, EditRefused for one that is too large.

    A symbolic link is no file: nothing is written through one, and what it leads to is followed in its own place.
    """
    found = resolve(root, path)
    if found.is_symlink():
        raise NoteNotFound(path)
    try:
        with open(found, "rb", opener=without_waiting) as file:
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
