"""A tier: what one model makes of a vault. Its copy in the core answers; its record in LanceDB survives the copy.

Both only ever move towards the lexical index, by comparing digests of notes, so each can be stopped, or lost, at any
moment.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import math
import shutil
import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from librarian import _native
from librarian.embedding import StaticEmbedder
from librarian.errors import LibrarianError, StorageFull, StoreCorrupt, StoreError, StoreTooNew
from librarian.places import write_whole
from librarian.ranking import Neighbour
from librarian.redaction import MARK, secrets
from librarian.vectors.record import VectorRecord

if TYPE_CHECKING:
    import pyarrow as pa

    from librarian.embedding import Embedder, SlowEmbedder
    from librarian.ledger import Ledger
    from librarian.lexical import LexicalIndex

log = logging.getLogger(__name__)

T = TypeVar("T")

STORE = "semantic index"
MODEL_FILE = "model"
"""In a tier's folder: its model, as the setting names it."""
COPY_FILES = "passages.*"
UNIT_TOLERANCE = 0.02
"""How far the length of a vector may be from 1: half-precision numbers round."""
HIDING = (secrets, MARK)
"""What a model somewhere else is not given: secrets, which are looked for in the whole of a note."""
RENAMED = 5000
"""Notes that went away in whose passages those of new notes are looked for."""


class Tier:
    """The passages of one vault as one model's vectors."""

    def __init__(  # noqa: PLR0913  # where, of what, with what
        self,
        folder: Path,
        root: Path,
        lexical: LexicalIndex,
        ledger: Ledger,
        model: str,
        embedder: Embedder,
        *,
        max_note_bytes: int,
        threads: int,
    ) -> None:
        """``model``: as the setting names it."""
        self.embedder = embedder
        self._model = model
        self.folder = folder
        self._root = root
        self._lexical = lexical
        self._max_note_bytes = max_note_bytes
        self._threads = threads
        self._closing = False
        self._copy: _native.PassageVectors | None = None
        self._record = VectorRecord(
            folder / "record",
            ledger,
            f"vectors/{folder.name}",
            model=embedder.identity,
            dimensions=embedder.dimensions,
            # An instant model's vectors are made again in less time than it takes to speak of it: bytes will do.
            numbers="int8" if embedder.is_instant else "float16",
            threads=threads,
        )

    @property
    def copy(self) -> _native.PassageVectors:
        """What answers. There once `open` has returned."""
        assert self._copy is not None, "a tier is asked once it is open"  # noqa: S101
        return self._copy

    async def open(self) -> None:
        """Open the copy; what it lost is taken from the record. StoreTooNew, StorageFull, StoreError."""
        self._copy = await self._in_thread(self._open_copy)
        try:
            restored = await self._record.restore(self._copy)
        except LibrarianError as error:
            # It saves time, no more than that.
            log.warning("the record of vectors is of no use: %s", error.message)
        else:
            if restored:
                log.info("%d notes were taken from the record of vectors", restored)

    async def close(self) -> None:
        self._closing = True
        await self._record.close()
        await self.embedder.close()

    async def lacks(self) -> tuple[list[str], list[str]]:
        """(notes to embed, newest first; notes to forget)."""
        return await self._in_thread(lambda: self._lexical.without_vectors(self.copy))

    async def embed(self, paths: list[str], gone: Sequence[str] = ()) -> None:
        """Bring these notes in. Passages that they had before, or that notes in ``gone`` had, are not embedded
        again."""
        if isinstance(self.embedder, StaticEmbedder):
            model = self.embedder.model
            await self._in_thread(lambda: self._put(self._rows(paths, model)))
            return
        import pyarrow as pa

        rows = await self._in_thread(lambda: pa.table(self._rows(paths, None)))
        known = await self._in_thread(lambda: self._vectors_of([*paths, *gone[:RENAMED]]))
        digests: list[bytes] = column(rows, "digest")
        texts: dict[bytes, str] = dict(zip(digests, column(rows, "text"), strict=True))
        fresh = {digest: text for digest, text in texts.items() if digest not in known}
        made = await cast("SlowEmbedder", self.embedder).embed(list(fresh.values()))
        known |= dict(zip(fresh, map(_sound, _cut(made, len(fresh))), strict=True))
        vectors = b"".join(known[digest] for digest in digests)
        whole = with_vectors(rows, vectors, self.embedder.dimensions)
        await self._in_thread(lambda: self._put(whole))
        try:
            # As the model gave them; the copy's are rounded.
            await self._record.put(whole)
        except LibrarianError as error:
            # `record` brings in what is missing.
            log.warning("vectors could not be recorded: %s", error.message)

    async def forget(self, paths: list[str]) -> None:
        await self._in_thread(lambda: self.copy.put(None, paths))

    async def save(self) -> None:
        """Make what was brought in survive a power cut."""
        await self._in_thread(self.copy.save)

    async def is_recorded(self) -> bool:
        return await self._record.is_true_to(self.copy)

    async def record(self) -> None:
        """Bring the record in line with the copy."""
        await self._record.follow(self.copy)

    async def rest(self) -> None:
        """Let go of what much embedding leaves in memory."""
        if isinstance(self.embedder, StaticEmbedder):
            self.embedder.model.rest()
        await asyncio.to_thread(_native.release_memory)

    def passages(self, neighbours: Sequence[Neighbour]) -> list[dict[str, Any] | None]:
        """The passages as they stand in the notes now; None for a note that cannot be read any more. Reads files."""
        return _native.passages_at(
            self._root,
            [(each.path, each.ordinal, each.digest) for each in neighbours],
            words=self.embedder.passage_words,
            max_note_bytes=self._max_note_bytes,
        )

    def _rows(self, paths: list[str], model: _native.StaticModel | None) -> _native.ArrowTable:
        return _native.passages(
            self._root,
            paths,
            max_note_bytes=self._max_note_bytes,
            words=self.embedder.passage_words,
            model=model,
            threads=self._threads,
            hiding=HIDING if self.embedder.may_be_away else None,
            progress=lambda _phase, _done, _total: not self._closing,
        )

    def _put(self, rows: object) -> None:
        if not self._closing:
            self.copy.put(rows)

    def _vectors_of(self, paths: list[str]) -> dict[bytes, bytes]:
        """Vectors by the digest of their passage, of all passages of these notes that are known."""
        import pyarrow as pa

        rows = pa.table(self.copy.rows(paths))
        vectors: Any = rows["vector"].combine_chunks()
        return dict(
            zip(column(rows, "digest"), _cut(vectors.flatten().to_numpy().tobytes(), rows.num_rows), strict=True)
        )

    def _open_copy(self) -> _native.PassageVectors:
        with self._errors():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            return self._copy_in_folder()
        except StoreCorrupt as error:
            # Derived data: what cannot be read, or is of another model, is made again.
            log.warning("the %s is made again: %s", STORE, error.message)
            for entry in self.folder.glob(COPY_FILES):
                entry.unlink()
            return self._copy_in_folder()

    def _copy_in_folder(self) -> _native.PassageVectors:
        with self._errors():
            write_whole(self.folder / MODEL_FILE, self._model.encode())
            return _native.PassageVectors(
                self.folder, model=self.embedder.identity, dimensions=self.embedder.dimensions
            )

    async def _in_thread(self, call: Callable[[], T]) -> T:
        def translated() -> T:
            with self._errors():
                return call()

        return await asyncio.to_thread(translated)

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except _native.VectorsTooNew as error:
            found, known = error.args
            raise StoreTooNew(STORE, found, known) from error
        except _native.VectorsCorrupt as error:
            raise StoreCorrupt(STORE, str(error)) from error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull(str(self.folder)) from error
            raise StoreError(f"The {STORE} cannot be used: {error}") from error


def passage_texts(root: Path, paths: list[str], *, words: int, max_note_bytes: int, threads: int) -> list[str]:
    """The texts of all passages of these notes, as a model somewhere else would be given them. Reads files."""
    import pyarrow as pa

    rows = _native.passages(
        root, paths, max_note_bytes=max_note_bytes, words=words, model=None, threads=threads, hiding=HIDING
    )
    return column(pa.table(rows), "text")


def with_vectors(rows: pa.Table, vectors: bytes, dimensions: int) -> pa.Table:
    """Rows with these half-precision vectors in the place of their texts."""
    import pyarrow as pa

    values = pa.Array.from_buffers(pa.float16(), rows.num_rows * dimensions, [None, pa.py_buffer(vectors)])
    return rows.drop_columns(["text"]).append_column("vector", pa.FixedSizeListArray.from_arrays(values, dimensions))


def column(rows: pa.Table, name: str) -> list[Any]:
    """The values of a column."""
    return rows[name].to_pylist()


def _cut(vectors: bytes, count: int) -> list[bytes]:
    width = len(vectors) // max(1, count)
    return [vectors[at * width : (at + 1) * width] for at in range(count)]


def _sound(vector: bytes) -> bytes:
    """A half-precision vector, or zeros for one that no model should make: its passage is found by its words."""
    numbers = struct.unpack(f"<{len(vector) // 2}e", vector)
    length = math.hypot(*numbers)
    if math.isfinite(length) and abs(length - 1) < UNIT_TOLERANCE:
        return vector
    log.warning("a passage is found by its words only: the model made no vector of unit length of it")
    return bytes(len(vector))


async def discard(folder: Path) -> None:
    """Remove a tier that is not wanted any more."""
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
