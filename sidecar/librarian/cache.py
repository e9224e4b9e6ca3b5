"""Answers that cost time or money, kept by diskcache. None is missed: whatever is wrong with it, it starts empty.

diskcache unpickles what its database says is a pickle, and reads and deletes the files that it names, so whoever can
write one row of it can run code (CVE-2025-69872). Ours knows bytes in the database and nothing else.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from diskcache import Cache as Store

log = logging.getLogger(__name__)

T = TypeVar("T")

MEGABYTES = 64
MAX_VALUE_BYTES = 4_000_000
BUSY_SECONDS = 1.0
"""How long another process may hold the database before an answer is done without it."""
NOT_NOW = frozenset(
    {"SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_BUSY", "SQLITE_LOCKED"}
)
"""Failures of the disk or of the moment, of which the beginnings are given here; the database may be fine."""


class Cache:
    """Bytes by key, in a private folder, the oldest thrown away when there are too many. Never an error."""

    def __init__(self, folder: Path, *, megabytes: int = MEGABYTES) -> None:
        """Nothing is opened or imported before it is asked."""
        self._folder = folder
        self._megabytes = megabytes
        # diskcache has a connection for each thread, and only that thread can close it.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="cache")
        self._store: Store | None = None
        self._told = False

    async def get(self, key: str) -> bytes | None:
        """What was kept under the key; None when nothing is, or nothing can be read."""
        return await self._do(lambda store: _bytes(store.get(key)))

    async def put(self, key: str, value: bytes) -> None:
        """Keep a value. One that is too large, or for which there is no room, is not kept."""
        if len(value) <= MAX_VALUE_BYTES:
            await self._do(lambda store: store.set(key, value))

    async def close(self) -> None:
        """Close the database."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown()

    async def _do(self, work: Callable[[Store], T]) -> T | None:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._attempt, work)

    def _attempt(self, work: Callable[[Store], T]) -> T | None:
        for is_last in (False, True):
            try:
                if self._store is None:
                    self._store = _opened(self._folder, self._megabytes)
                return work(self._store)
            except Exception as error:  # noqa: BLE001  # a damaged database makes diskcache raise whatever it likes
                self._close()
                if is_last or _is_not_now(error):
                    self._tell(error)
                    return None
                log.warning("the cache cannot be read (%s) and starts empty", error)
                shutil.rmtree(self._folder, ignore_errors=True)
        return None

    def _tell(self, error: Exception) -> None:
        if not self._told:
            log.warning("answers are not kept for later, the cache cannot be used: %s", error)
        self._told = True

    def _close(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            store.close()


def _opened(folder: Path, megabytes: int) -> Store:
    from diskcache import Cache as Store
    from diskcache import Disk

    class BytesDisk(Disk):  # type: ignore[misc]  # diskcache has no types
        """Bytes in the database. A row that wants anything else was not written by us."""

        def get(self, key: object, raw: bool) -> str:
            if not raw or not isinstance(key, str):
                raise PoisonedRow("a key is not text")
            return key

        def put(self, key: object) -> tuple[str, bool]:
            if not isinstance(key, str):
                raise TypeError("keys are text")
            return key, True

        def store(self, value: object, read: bool, key: object = None) -> tuple[int, int, None, bytes]:
            del key
            if read or not isinstance(value, bytes):
                raise TypeError("values are bytes")
            return 0, RAW, None, value

        def fetch(self, mode: int, filename: str | None, value: object, read: bool) -> bytes:
            if mode != RAW or filename is not None or read or not isinstance(value, bytes):
                raise PoisonedRow("a value is not bytes")
            return value

        def remove(self, file_path: str) -> None:
            raise PoisonedRow(f"a value is in a file: {file_path!r}")

    if os.path.expandvars(folder) != os.fspath(folder):
        raise OSError("diskcache would take the folder's name for another")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name != "nt" and folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return Store(os.fspath(folder), timeout=BUSY_SECONDS, disk=BytesDisk, size_limit=megabytes * 1_000_000)


RAW = 1
"""diskcache's mark of a value that is in its row as it is."""


class PoisonedRow(Exception):
    """A row that we have never written."""


def _bytes(value: object) -> bytes | None:
    return value if isinstance(value, bytes) else None


def _is_not_now(error: Exception) -> bool:
    """Whether the database may be as good as ever, for all this error says."""
    from diskcache import Timeout

    name = getattr(error, "sqlite_errorname", None)
    if name is not None:
        return any(str(name).startswith(each) for each in NOT_NOW)
    return isinstance(error, OSError | Timeout)
