"""What a vault's indexes say about themselves."""

from __future__ import annotations

from typing import Literal

from librarian.value import Value


class Ready(Value):
    """Which abilities answer over the whole vault."""

    keyword: bool
    catalog: bool
    semantic: bool
    """Every passage is embedded and indexed."""


class Opened(Value):
    """What ``vault.open`` answers with."""

    vault_id: str
    notes: int
    ready: Ready


class Part(Value):
    """One derived store and what it is doing."""

    name: Literal["keyword", "catalog", "semantic", "watcher"]
    state: Literal["absent", "building", "checking", "ready", "paused", "failed"]
    done: int = 0
    total: int = 0
    detail: str | None = None
    """What a person should know, for example why it is paused."""


class Counts(Value):
    """Files of the vault by what they are."""

    notes: int
    canvases: int
    bases: int
    attachments: int


class Skipped(Value):
    """A file whose text is not indexed."""

    path: str
    reason: str


class Timings(Value):
    """How long the last opening took, in milliseconds."""

    scan_ms: float
    keyword_ms: float
    catalog_ms: float | None = None
    semantic_ms: float | None = None


class Status(Value):
    """The whole state of one vault."""

    vault_id: str
    path: str
    ready: Ready
    parts: tuple[Part, ...]
    counts: Counts
    skipped: tuple[Skipped, ...]
    timings: Timings


class Progress(Value):
    """The notice ``vault.progress``."""

    vault_id: str
    part: Literal["keyword", "catalog", "semantic"]
    phase: str
    """What is being done, in words: ``reading``, ``committing`` …"""
    done: int
    total: int


class Change(Value):
    """Something that happened to a file, as a client tells it."""

    kind: Literal["created", "modified", "deleted", "renamed"]
    path: str
    """Relative to the vault. Of a folder, and of what is not there and was not known, the whole vault is looked at; the
    empty path asks for just that.
    """
    new_path: str | None = None
    """Only for ``renamed``."""
