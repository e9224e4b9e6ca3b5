"""The Rust core: everything that touches all of a vault's text. Calls that touch files release the GIL."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, final

__all__ = [
    "VERSION",
    "Allowed",
    "ArrowTable",
    "CoreError",
    "Index",
    "IndexCorrupt",
    "IndexTooNew",
    "ModelInvalid",
    "PassCancelled",
    "PassReport",
    "PassageVectors",
    "Ranking",
    "Resolver",
    "StaticModel",
    "VaultGone",
    "VectorsCorrupt",
    "VectorsTooNew",
    "anatomy",
    "compare",
    "decode",
    "duplicates",
    "fingerprints",
    "meaning_of",
    "mentions",
    "outline",
    "passages",
    "passages_at",
    "release_memory",
    "resemblance",
    "share_heaps",
    "wikilinks",
    "yaml_pieces",
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

class ModelInvalid(CoreError):
    """The files are no model that can be used; says why."""

class VectorsCorrupt(CoreError):
    """The copy of the vectors cannot be used; delete it and fill it again."""

class VectorsTooNew(CoreError):
    """The copy was written by a newer version: (found, known)."""

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
    def rank(self, text: str) -> Ranking: ...
    def counts(self) -> dict[str, int]: ...
    def skipped(self) -> list[tuple[str, str]]: ...
    def notes(self) -> tuple[list[str], str]: ...
    def manifest(self) -> ArrowTable: ...
    def resolve(self, links: Sequence[tuple[str, str]]) -> list[str | None]: ...

@final
class Resolver:
    """Where links lead among files with these paths, by Obsidian's rule."""

    def __new__(cls, paths: Sequence[str]) -> Resolver: ...
    def resolve(self, source: str, target: str) -> str | None: ...

def anatomy(text: str) -> dict[str, Any]: ...
def yaml_pieces(text: str) -> tuple[list[tuple[str, str, Any, bool, tuple[int, int]]], tuple[str, int] | None]: ...
def wikilinks(text: str) -> list[tuple[str, str | None, str | None, tuple[int, int], tuple[int, int]]]: ...
def outline(path: str, text: str) -> dict[str, Any]: ...
def decode(bytes: bytes) -> str: ...
def duplicates(
    vault: Path,
    paths: Sequence[str],
    *,
    max_note_bytes: int,
    least: float,
    threads: int,
    progress: Callable[[str, int, int], bool] | None = None,
) -> dict[str, Any]: ...
def compare(left: str, right: str, *, context: int, max_bytes: int, patience_ms: int) -> dict[str, Any]: ...
def fingerprints(vault: Path, paths: Sequence[str], *, max_note_bytes: int) -> list[tuple[bytes, bytes] | None]: ...
def resemblance(left: bytes, right: bytes) -> float: ...
def release_memory() -> None: ...
def share_heaps() -> None: ...

@final
class StaticModel:
    """A static embedding model: a table of vectors (safetensors) and a tokenizer (``tokenizer.json``)."""

    def __new__(cls, weights: str | Path, tokenizer: str | Path, dimensions: int | None = None) -> StaticModel: ...
    @property
    def dimensions(self) -> int: ...
    @property
    def digest(self) -> str: ...
    def embed(self, texts: Sequence[str]) -> bytes: ...
    def known_share(self, text: str) -> float: ...
    def tokens(self, text: str) -> list[int]: ...
    def rest(self) -> None: ...

@final
class PassageVectors:
    """The compact copy of one model's passage vectors, which answers queries."""

    def __new__(cls, folder: str | Path, *, model: str, dimensions: int) -> PassageVectors: ...
    @property
    def notes(self) -> int: ...
    @property
    def passages(self) -> int: ...
    def put(self, rows: object | None = None, removed: Sequence[str] = ...) -> None: ...
    def stale(self, index: Index) -> tuple[list[str], list[str]]: ...
    def search(
        self, vector: bytes, limit: int, allowed: Allowed | None = None
    ) -> list[tuple[str, int, bytes, float]]: ...
    def related(self, path: str, limit: int) -> list[dict[str, Any]]: ...
    def manifest(self) -> ArrowTable: ...
    @property
    def fingerprint(self) -> str: ...
    def differs(self, known: object) -> tuple[list[str], list[str]]: ...
    def rows(self, paths: Sequence[str]) -> ArrowTable: ...
    def save(self) -> None: ...

@final
class Allowed:
    """Which notes a query's filters admit; opaque."""

@final
class Ranking:
    """A query that was scored: its best notes, and how notes look as hits."""

    @property
    def total(self) -> int: ...
    @property
    def has_words(self) -> bool: ...
    @property
    def ideal(self) -> float: ...
    @property
    def allowed(self) -> Allowed | None: ...
    def top(self, limit: int) -> list[tuple[str, float]]: ...
    def scores(self, paths: Sequence[str]) -> list[float | None]: ...
    def show(self, vault: str | Path, paths: Sequence[str]) -> list[dict[str, Any]]: ...

def meaning_of(text: str) -> str: ...
def mentions(
    index: Index, vault: str | Path, path: str, *, max_note_bytes: int, limit: int
) -> dict[str, list[dict[str, Any]]]: ...
def passages(
    vault: str | Path,
    paths: Sequence[str],
    *,
    max_note_bytes: int,
    words: int,
    model: StaticModel | None,
    threads: int,
    progress: Callable[[str, int, int], bool] | None = None,
) -> ArrowTable: ...
def passages_at(
    vault: str | Path, places: Sequence[tuple[str, int, bytes]], *, words: int, max_note_bytes: int
) -> list[dict[str, Any] | None]: ...
