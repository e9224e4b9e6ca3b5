"""A vault and its index in a temporary folder, through the same core the sidecar uses."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from librarian import _native

MAX_NOTE_BYTES = 64 << 20
HEAP_BYTES = 300 << 20


class VaultIndex:
    """Searches one vault by keyword."""

    def __init__(self, vault: Path, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._vault = vault
        self._index = _native.Index(folder)
        self._index.refresh(
            vault, excluded=[], max_note_bytes=MAX_NOTE_BYTES, threads=os.cpu_count() or 1, heap_bytes=HEAP_BYTES
        )

    def hits(self, text: str, limit: int) -> list[dict[str, Any]]:
        """The best notes for ``text``, best first: path, title, score, …"""
        return list(self._index.search(self._vault, text, limit, 0)["hits"])


def write_vault(notes: Mapping[str, str], vault: Path) -> None:
    """Write ``notes`` (path → text) below ``vault``."""
    for path, text in notes.items():
        file = vault / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
