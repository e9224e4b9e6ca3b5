"""Writing: what is put into a note because a person asked for just that."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from librarian.change import Plan
from librarian.content import beginning
from librarian.edit import Create, Edit
from librarian.errors import NoteUnreadable
from librarian.excerpt import Excerpt, excerpt

ASKED: str = "person asked"
"""Who wants a change whose very text a person asked for."""


class Propose(Protocol):
    """Keeps edits as one change that waits to be carried out."""

    async def __call__(self, edits: Sequence[Edit], *, actor: str, reason: str) -> Plan: ...


class Drafting:
    """Writes into notes of one vault, by plans only."""

    def __init__(self, root: Path, propose: Propose, *, max_note_bytes: int) -> None:
        self._root = root
        self._propose = propose
        self._max_note_bytes = max_note_bytes

    async def insertion(self, path: str, text: str, at: tuple[int, int] | None, reason: str) -> Plan:
        """A plan that puts ``text`` in place of a range of a note, in UTF-16 units; without one, makes the note.

        Raises PathRefused, NoteNotFound, NoteUnreadable, NoteChanged, EditRefused, VaultUnavailable.
        """
        if at is None:
            return await self._propose([Create(path=path, content=text)], actor=ASKED, reason=reason)
        found = await self._excerpt(path, *at)
        return await self._propose([found.replaced(text)], actor=ASKED, reason=reason)

    async def _excerpt(self, path: str, start: int | None = None, end: int | None = None) -> Excerpt:
        content = await asyncio.to_thread(beginning, self._root, path, self._max_note_bytes + 1)
        if len(content) > self._max_note_bytes:
            raise NoteUnreadable(path, "it is too large")
        return excerpt(path, content, start, end)
