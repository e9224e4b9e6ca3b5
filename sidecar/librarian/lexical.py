"""The lexical index on disk: the core's ``Index`` with our errors, off the event loop.

Each rebuild gets a folder of its own, because a folder whose files are still mapped cannot be removed everywhere.
"""

from __future__ import annotations

import asyncio
import errno
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from librarian import _native
from librarian.errors import Cancelled, StorageFull, StoreCorrupt, StoreError, StoreTooNew, VaultUnavailable
from librarian.passage import Coverage

Report = _native.PassReport
T = TypeVar("T")


DAMAGE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EINVAL})
"""Errors of files that mean that somebody was at them; others are the disk's, and the index may be whole."""
NO_ROOM_BYTES = 1 << 20
"""The core cannot always say why a thread of its writer failed; with less room than this it was the disk."""


@dataclass(frozen=True)
class PassLimits:
    """How a pass over the vault is run."""

    excluded: _native.Exclusion
    """Notes that are listed but not read."""
    max_note_bytes: int
    threads: int
    heap_bytes: int
    """Memory of the index writer in a large pass."""


class LexicalIndex:
    """The words of every note. Search runs on ``searching``, passes on ``indexing``."""

    def __init__(self, folder: Path, vault: Path, limits: PassLimits, searching: Executor, indexing: Executor) -> None:
        self._folder = folder
        self._vault = vault
        self._limits = limits
        self._searching = searching
        self._indexing = indexing
        self.recovered: str | None = None
        """Why the index found on disk had to be thrown away, if it had to."""
        self._revision = 0
        with self._errors():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._in_use, self._index = self._open_newest()
        self._sweep()

    @property
    def generation(self) -> str:
        """Changes when the index is begun anew."""
        return self._in_use.name

    @property
    def revision(self) -> int:
        """Is another after every pass over notes."""
        return self._revision

    @property
    def is_complete(self) -> bool:
        """Whether the whole vault was indexed at least once."""
        return bool(self._index.is_complete)

    def coverage(self, *, checking: bool) -> Coverage:
        counts = self._index.counts()
        return Coverage(
            notes=counts["notes"],
            searched=counts["searched"],
            skipped=counts["skipped"],
            checking=True if checking else None,
        )

    def counts(self) -> dict[str, int]:
        """notes, searched, skipped, canvases, bases, attachments."""
        return self._index.counts()

    async def search(self, text: str, limit: int, offset: int) -> dict[str, Any]:
        """``{"hits": [...], "total": int}`` as the core gives it. StoreCorrupt when the index's files are damaged."""
        return await self._run(self._searching, lambda: self._index.search(self._vault, text, limit, offset))

    async def rank(self, text: str) -> _native.Ranking:
        """All notes scored for a query; no file is read. StoreCorrupt when the index's files are damaged."""
        return await self._run(self._searching, lambda: self._index.rank(text))

    async def spread(self, queries: Sequence[str]) -> list[int]:
        """How many notes there are for each of these queries."""
        return await self._run(self._searching, lambda: [self._index.rank(query + " ").total for query in queries])

    async def with_ranking(self, call: Callable[[], T]) -> T:
        """Run a call on a ranking where searches run, with its errors as ours."""
        return await self._run(self._searching, call)

    async def mentions(self, path: str, limit: int) -> dict[str, Any]:
        """Where the note names others without a link, and where others name it."""
        limits = self._limits
        return await self._run(
            self._searching,
            lambda: _native.mentions(self._index, self._vault, path, max_note_bytes=limits.max_note_bytes, limit=limit),
        )

    def without_vectors(self, vectors: _native.PassageVectors) -> tuple[list[str], list[str]]:
        """What the vectors lack against this index: (notes to embed, newest first; notes to remove)."""
        stale, gone = vectors.stale(self._index)
        # What was left out since the last pass is not to be read before the next.
        return [path for path in stale if path not in self._limits.excluded], gone

    @property
    def unknown_filters(self) -> list[str]:
        """Filters of what is left out that nobody here can read."""
        return self._limits.excluded.unknown

    async def skipped(self) -> list[tuple[str, str]]:
        return await self._run(self._searching, self._index.skipped)

    def lead(self, corpus: _native.Corpus, progress: Callable[[str, int, int], bool]) -> bool:
        """Have a corpus read the notes that changed since it last did; False when ``progress`` ended it early."""
        with self._errors():
            return corpus.follow(self._index, progress=progress)

    def same_files(
        self, corpus: _native.Corpus, progress: Callable[[str, int, int], bool]
    ) -> list[tuple[list[str], bytes]]:
        """Have a corpus find files that are no notes and have the same bytes, by path, with BLAKE3 of these."""
        with self._errors():
            return corpus.same_files(self._index, progress=progress)

    async def manifest(self) -> _native.ArrowTable:
        """Path and digest of every file, as Arrow."""
        return await self._run(self._searching, self._index.manifest)

    async def refresh(self, progress: Callable[[str, int, int], bool], *, trust_empty: bool = False) -> Report:
        """Compare the whole vault with the index. VaultUnavailable, Cancelled, StorageFull, StoreCorrupt."""
        return await self._run(self._indexing, lambda: self._refresh(self._index, progress, trust_empty=trust_empty))

    def _refresh(self, index: _native.Index, progress: Callable[[str, int, int], bool], *, trust_empty: bool) -> Report:
        limits = self._limits
        return index.refresh(
            self._vault,
            excluded=limits.excluded,
            max_note_bytes=limits.max_note_bytes,
            threads=limits.threads,
            heap_bytes=limits.heap_bytes,
            trust_empty=trust_empty,
            progress=progress,
        )

    async def apply(self, paths: list[str]) -> Report:
        """Look at these paths again."""
        limits = self._limits
        return await self._run(
            self._indexing,
            lambda: self._index.apply(
                self._vault,
                paths,
                excluded=limits.excluded,
                max_note_bytes=limits.max_note_bytes,
                threads=limits.threads,
                heap_bytes=limits.heap_bytes,
            ),
        )

    async def describe(self, paths: list[str]) -> Report:
        """Rows of these files for the catalog; the index is left alone."""
        limits = self._limits
        return await self._run(
            self._indexing,
            lambda: self._index.describe(
                self._vault,
                paths,
                excluded=limits.excluded,
                max_note_bytes=limits.max_note_bytes,
                threads=limits.threads,
            ),
        )

    async def resolve(self, links: list[tuple[str, str]]) -> list[str | None]:
        """Where each (source, target) leads now."""
        return await self._run(self._searching, lambda: self._index.resolve(links))

    async def rebuild(self, progress: Callable[[str, int, int], bool]) -> Report:
        """Make the index anew beside the one in use, which answers until the new one is whole. Raises as refresh."""

        def make() -> Report:
            folder = self._next_folder()
            try:
                index = _native.Index(folder)
                report = self._refresh(index, progress, trust_empty=True)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            self._in_use, self._index = folder, index
            self._sweep()
            return report

        return await self._run(self._indexing, make)

    async def reset(self) -> None:
        """Begin anew with an empty index."""

        def start_over() -> None:
            folder = self._next_folder()
            self._in_use, self._index = folder, _native.Index(folder)
            self._sweep()

        await self._run(self._indexing, start_over)

    async def _run(self, executor: Executor, call: Callable[[], T]) -> T:
        def translated() -> T:
            with self._errors():
                try:
                    return call()
                finally:
                    self._revision += executor is self._indexing

        return await asyncio.get_running_loop().run_in_executor(executor, translated)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except _native.VaultGone as error:
            raise VaultUnavailable(str(self._vault)) from error
        except _native.PassCancelled as error:
            raise Cancelled from error
        except _native.IndexTooNew as error:
            found, known = error.args
            raise StoreTooNew("keyword index", found, known) from error
        except _native.IndexCorrupt as error:
            raise StoreCorrupt("keyword index", str(error)) from error
        except OSError as error:
            raise self._meaning(error) from error
        except BaseException as error:
            # A panic of the core is no Exception; to whoever asked it is one.
            if type(error).__name__ != "PanicException":
                raise
            raise StoreError("The keyword index failed in a way it should not.") from error

    def _meaning(self, error: OSError) -> StoreError:
        if error.errno in (errno.ENOSPC, errno.EDQUOT) or (error.errno is None and self._has_no_room()):
            return StorageFull(str(self._folder))
        if error.errno is None or error.errno in DAMAGE:
            return StoreCorrupt("keyword index", str(error))
        return StoreError(f"The keyword index cannot be used: {error}. Can {self._folder} be written to?")

    def _has_no_room(self) -> bool:
        try:
            return shutil.disk_usage(self._folder).free < NO_ROOM_BYTES
        except OSError:
            return False

    def _open_newest(self) -> tuple[Path, _native.Index]:
        """The newest whole index; else one that can be completed."""
        unfinished = None
        for folder in reversed(self._folders()):
            try:
                with self._errors():
                    index = _native.Index(folder)
            except StoreCorrupt as error:
                # Derived data: what cannot be read is made again.
                self.recovered = error.message
                continue
            if index.is_complete:
                return folder, index
            unfinished = unfinished or (folder, index)
        if unfinished:
            return unfinished
        folder = self._next_folder()
        return folder, _native.Index(folder)

    def _folders(self) -> list[Path]:
        found = (path for path in self._folder.iterdir() if path.name.isdecimal())
        return sorted(found, key=lambda path: int(path.name))

    def _next_folder(self) -> Path:
        folders = self._folders() if self._folder.is_dir() else []
        folder = self._folder / str(int(folders[-1].name) + 1 if folders else 1)
        folder.mkdir(mode=0o700, parents=True)
        return folder

    def _sweep(self) -> None:
        for folder in self._folders():
            if folder != self._in_use:
                # A mapped file cannot be removed on Windows; the next start tries again.
                shutil.rmtree(folder, ignore_errors=True)
