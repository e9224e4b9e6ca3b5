"""Comparing: what one note says and another does not."""

from __future__ import annotations

import asyncio
from pathlib import Path

from librarian import _native
from librarian.comparison import Comparison
from librarian.content import read_text

CONTEXT_LINES = 3
MAX_BYTES = 4_000_000
"""Of one answer, about; clients take no message of any size."""
PATIENCE_MS = 1_000
"""Two notes with little in common are then compared less finely."""


class Comparing:
    """Compares notes of one vault."""

    def __init__(self, root: Path, max_note_bytes: int) -> None:
        self._root = root
        self._max_note_bytes = max_note_bytes

    async def compare(self, left: str, right: str, *, context: int = CONTEXT_LINES) -> Comparison:
        """The files as they are now; ``context``: lines around a difference.

        Raises PathRefused, NoteNotFound, NoteUnreadable.
        """
        return await asyncio.to_thread(self._compare, left, right, context)

    def _compare(self, left: str, right: str, context: int) -> Comparison:
        texts = [read_text(self._root, path, self._max_note_bytes) for path in (left, right)]
        found = _native.compare(*texts, context=context, max_bytes=MAX_BYTES, patience_ms=PATIENCE_MS)
        return Comparison(left=left, right=right, **found | {"similarity": round(found["similarity"], 3)})
