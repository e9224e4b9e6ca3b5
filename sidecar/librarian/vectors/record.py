"""The way to the store of record: it follows the core's copy, and gives it back when that is lost.

It lives in a worker that is there only while it is needed, so that LanceDB's seconds of import and hundreds of
megabytes are nobody's: searches ask the copy. What was recorded is told by a watermark in the ledger: the copy's
fingerprint, and the size the store had when it was last synced.
"""

from __future__ import annotations

import asyncio
import json
import logging
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from librarian.errors import StorageFull, StoreCorrupt, StoreError, WorkerFailed
from librarian.worker import Worker

if TYPE_CHECKING:
    from librarian import _native
    from librarian.ledger import Ledger
    from librarian.vectors.store import Numbers

log = logging.getLogger(__name__)

MODULE = "librarian.vectors.process"
LIBRARY = "lancedb"
"""There is none for macOS on Intel."""
STORE = "vector store"
BATCH_NOTES = 1000
"""Notes that are handed over at a time."""
WHOLE_SHARE = 0.9
"""A copy with so many of the notes that were recorded has lost none worth seconds of looking."""
IDLE_SECONDS = 2.0
NICENESS = 10


class VectorRecord:
    """The vectors of one model of one vault, in LanceDB."""

    def __init__(  # noqa: PLR0913  # where it is, then what it holds
        self,
        folder: Path,
        ledger: Ledger,
        name: str,
        *,
        model: str,
        dimensions: int,
        numbers: Numbers,
        threads: int,
    ) -> None:
        """``name`` of its watermark in the ledger."""
        self._folder = folder
        self._ledger = ledger
        self._name = name
        self._opening = {"folder": str(folder), "model": model, "dimensions": dimensions, "numbers": numbers}
        self._worker = Worker(MODULE, threads=threads, niceness=NICENESS, idle_seconds=IDLE_SECONDS)
        self._pid: int | None = None
        """Of the child that has the store open."""

    async def is_true_to(self, copy: _native.PassageVectors) -> bool:
        """Whether it has what the copy has, as far as can be told without opening it; always where LanceDB is not."""
        if not is_possible():
            return True
        kept = await self._watermark()
        return kept.get("fingerprint") == copy.fingerprint and self._is_there()

    async def follow(self, copy: _native.PassageVectors) -> None:
        """Take in what the copy has more, forget what it has less, sync. StorageFull, StoreError, WorkerDied."""
        try:
            await self._take_in(copy)
        except StoreCorrupt as error:
            log.warning("the vectors are recorded anew: %s", error.message)
            await self._open(afresh=True)
            await self._take_in(copy)

    async def _take_in(self, copy: _native.PassageVectors) -> None:
        from librarian.vectors.tables import let_go, unpacked

        fingerprint = copy.fingerprint
        wanted, gone = copy.differs(unpacked(await self._call("notes")))
        await self._forget_watermark()
        for start in range(0, len(gone), BATCH_NOTES):
            await self._call("remove", {"paths": gone[start : start + BATCH_NOTES]})
        for start in range(0, len(wanted), BATCH_NOTES):
            await self.put(copy.rows(wanted[start : start + BATCH_NOTES]))
        let_go()
        await self.settle(fingerprint)

    async def put(self, rows: object) -> None:
        """Put an Arrow table of rows. What was put before `settle` may be lost in a power cut."""
        if not is_possible():
            return
        import pyarrow as pa

        from librarian.vectors.tables import packed

        await self._call("put", payload=packed(pa.table(rows)))

    async def settle(self, fingerprint: str) -> None:
        """Make what was put last, and remember that it is what a copy with this fingerprint has."""
        answer, _ = await self._raw("settle")
        await self._ledger.set_watermark(self._name, json.dumps({"fingerprint": fingerprint, **answer["size"]}))

    async def restore(self, copy: _native.PassageVectors) -> int:
        """Put the notes that a copy has lost back into it; how many that were."""
        kept = await self._watermark()
        is_whole = copy.notes > kept.get("notes", 1) * WHOLE_SHARE
        if is_whole or not self._is_there() or not is_possible():
            return 0
        from librarian.vectors.tables import unpacked, without

        before, known, from_start = copy.notes, copy.manifest(), True

        def put(rows: bytes) -> None:
            copy.put(without(unpacked(rows), known))

        try:
            while rows := await self._call("read", {"from_start": from_start}):
                from_start = False
                await asyncio.to_thread(put, rows)
        except (StoreCorrupt, ValueError) as error:
            log.warning("not all vectors could be taken from the record, which is begun anew: %s", error)
            await self._forget_watermark()
            await self._open(afresh=True)
        return copy.notes - before

    async def close(self) -> None:
        """End the worker; what was not settled may be lost."""
        await self._worker.close()

    async def _call(self, name: str, params: dict[str, Any] | None = None, payload: bytes = b"") -> bytes:
        return (await self._raw(name, params, payload))[1]

    async def _raw(
        self, name: str, params: dict[str, Any] | None = None, payload: bytes = b""
    ) -> tuple[dict[str, Any], bytes]:
        try:
            if self._worker.pid is None or self._worker.pid != self._pid:
                await self._open()
            return await self._worker.call(name, params or {}, payload)
        except WorkerFailed as error:
            raise self._meaning(error) from error

    async def _open(self, *, afresh: bool = False) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._is_there():
            # Before there is a new one, which its watermark knows nothing of.
            await self._forget_watermark()
        kept = await self._watermark()
        try:
            answer, _ = await self._worker.call("open", {**self._opening, "afresh": afresh})
        except WorkerFailed as error:
            raise self._meaning(error) from error
        self._pid = self._worker.pid
        if kept and any(kept.get(part) != answer["size"][part] for part in ("notes", "rows", "version")):
            # Something was lost, or came, since it was synced; the comparison of notes finds out what.
            await self._forget_watermark()

    def _is_there(self) -> bool:
        return any(self._folder.glob("*.lance/_versions/*.manifest"))

    async def _watermark(self) -> dict[str, Any]:
        kept = json.loads(await self._ledger.watermark(self._name) or "{}")
        return kept if isinstance(kept, dict) else {}

    async def _forget_watermark(self) -> None:
        await self._ledger.forget_watermark(self._name)

    def _meaning(self, error: WorkerFailed) -> StoreError:
        if error.data["kind"] == "StoreUnreadable":
            return StoreCorrupt(STORE, error.data["reason"])
        if error.data["kind"] == "OSError" and "No space left" in error.message:
            return StorageFull(str(self._folder))
        return StoreError(f"The {STORE} cannot be used: {error.message}")


def is_possible() -> bool:
    """Whether there is a LanceDB."""
    return util.find_spec(LIBRARY) is not None
