"""The Rust core: everything that touches all of a vault's text. Calls that touch files release the GIL."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, final

__all__ = [
    "VERSION",
    "ArrowTable",
    "CoreError",
    "Index",
    "IndexCorrupt",
    "IndexTooNew",
    "PassCancelled",
    "PassReport",
    "VaultGone",
    "decode",
    "outline",
    "release_memory",
]

VERSION: str

class CoreError(Exception):
    """Root of the core's own errors."""

class IndexCorrupt(CoreError):
    """The index folder cannot be read; delete it and index again."""

class IndexTooNew(CoreError):
    """The index was written by a newer version: (found, known)."""

class VaultGone(CoreError):
    """The vault's folder cannot be read, or all its files are gone at once."""

class PassCancelled(CoreError):
    """The progress callback asked to stop; the index is as it was."""

@final
class ArrowTable:
    """A table that speaks the Arrow PyCapsule interface."""

    @property
    def num_rows(self) -> int: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

@final
class PassReport:
    """What one pass found and did."""

    @property
    def touched(self) -> list[str]: ...
    @property
    def removed(self) -> list[str]: ...
    @property
    def moved(self) -> list[tuple[str, str]]: ...
    @property
    def added(self) -> int: ...
    @property
    def unchanged(self) -> int: ...
    @property
    def unlisted(self) -> list[tuple[str, str]]: ...
    @property
    def needs_refresh(self) -> bool: ...
    @property
    def scan_ms(self) -> float: ...
    @property
    def read_ms(self) -> float: ...
    @property
    def commit_ms(self) -> float: ...
    def tables(self) -> dict[str, ArrowTable]: ...

@final
class Index:
    """The lexical index of one vault and the pass that keeps it true."""

    def __new__(cls, folder: str | Path) -> Index: ...
    @property
    def is_complete(self) -> bool: ...
    def refresh(
        self,
        vault: str | Path,
        *,
        excluded: Sequence[str],
        max_note_bytes: int,
        threads: int,
        heap_bytes: int,
        trust_empty: bool = False,
        progress: Callable[[str, int, int], bool] | None = None,
    ) -> PassReport: ...
    def apply(
        self,
        vault: str | Path,
        paths: Sequence[str],
        *,
        excluded: Sequence[str],
        max_note_bytes: int,
        threads: int,
        heap_bytes: int,
    ) -> PassReport: ...
    def describe(
        self, vault: str | Path, paths: Sequence[str], *, excluded: Sequence[str], max_note_bytes: int, threads: int
    ) -> PassReport: ...
    def search(self, vault: str | Path, text: str, limit: int, offset: int) -> dict[str, Any]: ...
    def counts(self) -> dict[str, int]: ...
    def skipped(self) -> list[tuple[str, str]]: ...
    def manifest(self) -> ArrowTable: ...
    def resolve(self, links: Sequence[tuple[str, str]]) -> list[str | None]: ...

def outline(path: str, text: str) -> dict[str, Any]: ...
def decode(bytes: bytes) -> str: ...
def release_memory() -> None: ...
