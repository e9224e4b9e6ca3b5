"""One note at a time: its outline, and its links in both directions."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from librarian import _native
from librarian.content import beginning
from librarian.errors import NoteNotFound
from librarian.note import Link, Links, Outline
from librarian.paths import resolve

if TYPE_CHECKING:
    from librarian.catalog import Catalog
    from librarian.indexing import Indexing

_LINK_COLUMNS = "path, target, subpath, display, kind, line, resolved"


class Notes:
    """Answers about single notes of one vault."""

    def __init__(self, root: Path, indexing: Indexing, max_note_bytes: int) -> None:
        self._root = root
        self._indexing = indexing
        self._max_note_bytes = max_note_bytes

    async def outline(self, path: str) -> Outline:
        """Headings, properties, tags and tasks of the file as it is now. PathRefused, NoteNotFound."""
        return await asyncio.to_thread(self._outline, path)

    def _outline(self, path: str) -> Outline:
        content = beginning(self._root, path, self._max_note_bytes)
        return Outline(path=path, **_native.outline(path, _native.decode(content)))

    async def links(self, path: str) -> Links:
        """Links out of the note, links to it, and those that lead nowhere. PathRefused, NoteNotFound."""
        await asyncio.to_thread(resolve, self._root, path)
        catalog = await self._indexing.catalog()
        if not await catalog.rows("SELECT 1 FROM notes WHERE path = ?", [path]):
            raise NoteNotFound(path)
        out = await catalog.rows(
            f"SELECT {_LINK_COLUMNS} FROM links WHERE path = ? AND NOT external ORDER BY line, position",  # noqa: S608
            [path],
        )
        back = await catalog.rows(
            f"SELECT {_LINK_COLUMNS} FROM links WHERE resolved = ? AND path <> ? ORDER BY path, line, position",  # noqa: S608
            [path, path],
        )
        dangling = [row for row in out if row[6] is None]
        suggestions = await self._suggestions(catalog, [row[1] for row in dangling])
        return Links(
            outgoing=tuple(_link(row) for row in out if row[6] is not None),
            backlinks=tuple(_link(row) for row in back),
            unresolved=tuple(_link(row, suggestions.get(row[1].lower())) for row in dangling),
        )

    async def _suggestions(self, catalog: Catalog, targets: list[str]) -> dict[str, str]:
        """Notes that carry a link's target as an alias, by lower-case target: Obsidian does not resolve those."""
        if not targets:
            return {}
        keys = sorted({target.lower() for target in targets})
        rows = await catalog.rows(
            "SELECT key, min(path) FROM aliases WHERE key IN (SELECT unnest(?)) GROUP BY key", [keys]
        )
        return {key: path for key, path in rows}


def _link(row: tuple[object, ...], suggestion: str | None = None) -> Link:
    source, target, subpath, display, kind, line, resolved = row
    text = f"{target}#{subpath}" if subpath else target
    return Link.model_validate(
        {
            "source": source,
            "target": resolved,
            "text": text,
            "display": display,
            "kind": kind,
            "line": line,
            "suggestion": suggestion,
        }
    )
