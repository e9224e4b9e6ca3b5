"""Finding notes that say the same."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from librarian.duplicate import DuplicateAnswer, Kind
from librarian.duplicates import KINDS, LEAST, THRESHOLD
from librarian.errors import NoteNotFound, PathRefused, StoreError, VaultNotOpen
from librarian.methods.notes import OfNote
from librarian.rpc.contract import Call, Progressive, method
from librarian.value import Value

Threshold = Annotated[float, Field(ge=LEAST, le=1.0)]


class Scan(Progressive):
    vault_id: Annotated[str, Field(max_length=200)]
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1, max_length=10)] = KINDS
    threshold: Threshold = THRESHOLD
    """Jaccard's index of shingles of five words, from which notes are nearly the same."""
    scope: Annotated[str, Field(max_length=4096)] | None = None
    """A folder relative to the vault, in which all notes of a group lie."""
    limit: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Groups in the answer; all when it is not given."""


class ScanProgress(Value):
    """How far a scan is."""

    phase: str
    """``reading``, ``comparing``, ``reading files``, or ``comparing meanings``."""
    done: int
    total: int


class DuplicatesOf(OfNote):
    threshold: Threshold = THRESHOLD


@method("duplicates.scan", errors=(VaultNotOpen, StoreError))
async def scan(call: Call, params: Scan) -> DuplicateAnswer:
    """Find notes that say the same: word for word, nearly so, in a passage, or in other words; in groups with a keeper.

    Another threshold, kind or scope is answered from the last look at the vault as long as no note changed.
    """
    return await call.library.vault(params.vault_id).duplicates.scan(
        kinds=params.kinds,
        threshold=params.threshold,
        scope=params.scope,
        limit=params.limit,
        tell=lambda phase, done, total: call.progress(ScanProgress(phase=phase, done=done, total=total)),
    )


@method("duplicates.ofNote", errors=(VaultNotOpen, NoteNotFound, PathRefused, StoreError))
async def of_note(call: Call, params: DuplicatesOf) -> DuplicateAnswer:
    """Find the notes with the same text as one note, or nearly the same; the note itself comes first."""
    found = call.library.vault(params.vault_id).duplicates
    return await found.of_note(params.path, threshold=params.threshold)
