"""Where our files live, and who may use a vault's: one private folder per vault, held by one process at a time."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from librarian.disk import sync_folder
from librarian.errors import VaultHeld

if TYPE_CHECKING:
    from types import TracebackType

    from filelock import BaseFileLock

APP = "vault-librarian"
DATA_VARIABLE = "LIBRARIAN_DATA"
CONFIG_VARIABLE = "LIBRARIAN_CONFIG"


@dataclass(frozen=True)
class Places:
    """The folders of one person on one machine."""

    data: Path
    config: Path

    @classmethod
    def of(cls, environ: Mapping[str, str] = os.environ) -> Places:
        """``LIBRARIAN_DATA`` and ``LIBRARIAN_CONFIG``, else the XDG variables, else the platform's folders."""
        import platformdirs

        def folder(own: str, xdg: str, usual: str) -> Path:
            if environ.get(own):
                return Path(environ[own]).expanduser().absolute()
            # The XDG specification wants relative values ignored.
            if os.path.isabs(environ.get(xdg, "")):
                return Path(environ[xdg]) / APP
            return Path(usual)

        return cls(
            data=folder(DATA_VARIABLE, "XDG_DATA_HOME", platformdirs.user_data_dir(APP, appauthor=False)),
            config=folder(CONFIG_VARIABLE, "XDG_CONFIG_HOME", platformdirs.user_config_dir(APP, appauthor=False)),
        )

    @property
    def settings(self) -> Path:
        return self.config / "settings.json"

    @property
    def spend(self) -> Path:
        """What models cost, over all vaults."""
        return self.data / "spend.sqlite"

    @property
    def models(self) -> Path:
        """Where models are downloaded to, for all vaults."""
        return self.data / "models"

    def vault(self, root: Path) -> VaultPlaces:
        """The places of the vault at ``root``; nothing is created."""
        return VaultPlaces(self.data / "vaults" / vault_id(root))

    def vaults(self) -> list[VaultPlaces]:
        """Every vault that has a folder here, by its id."""
        folder = self.data / "vaults"
        return [VaultPlaces(entry) for entry in sorted(folder.iterdir()) if entry.is_dir()] if folder.is_dir() else []


@dataclass(frozen=True)
class VaultPlaces:
    """The folder of one vault and what lies in it."""

    folder: Path

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def lexical(self) -> Path:
        return self.folder / "lexical"

    @property
    def vectors(self) -> Path:
        return self.folder / "vectors"

    @property
    def catalog(self) -> Path:
        return self.folder / "catalog.duckdb"

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.sqlite"

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    @property
    def lock(self) -> Path:
        return self.folder / "lock"

    @property
    def owner(self) -> Path:
        return self.folder / "owner.json"

    def create(self) -> None:
        """Make the folders, readable by their owner only."""
        # Up to and with the data folder, since its modes protect everything below.
        for folder in (self.folder.parent.parent, self.folder.parent, self.folder, self.lexical, self.cache):
            private_folder(folder)


@dataclass(frozen=True)
class Owner:
    """Which process holds a vault."""

    pid: int
    created: float
    """When the process began, in seconds since 1970; tells it from a later one with the same pid."""
    socket: str | None
    """Where it listens for the command line."""


@dataclass(frozen=True)
class Running:
    """A process, told from later ones that get its number."""

    pid: int
    created: float
    """When it began, in seconds since 1970."""

    @classmethod
    def this(cls) -> Running:
        import psutil

        me = psutil.Process()
        return cls(me.pid, me.create_time())

    def lives(self) -> bool:
        """Whether it does still, as far as this process can see."""
        import psutil

        try:
            return abs(psutil.Process(self.pid).create_time() - self.created) < 1.0
        except psutil.NoSuchProcess:
            return False
        except psutil.Error:
            # There is one, of which we are told nothing.
            return True


@contextmanager
def alone(path: Path, *, timeout_s: float = 10.0) -> Iterator[None]:
    """Keep every other process that asks for the same ``path`` waiting. Raises TimeoutError."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(path, timeout=timeout_s, mode=0o600, fallback_to_soft=False):
            yield
    except Timeout as error:
        raise TimeoutError(f"{path} is held by another process") from error


class VaultLock:
    """The right to use a vault's stores. It ends with the process, however that ends."""

    def __init__(self, places: VaultPlaces) -> None:
        self._places = places
        self._lock: BaseFileLock | None = None

    def acquire(self, *, socket: Path | None = None) -> None:
        """Take the vault and say so in ``owner.json``. Raises :class:`VaultHeld` at once when another holds it."""
        import psutil
        from filelock import FileLock, Timeout

        self._places.create()
        # A soft lock would outlive a killed process, and nobody could open the vault again.
        lock = FileLock(self._places.lock, mode=0o600, thread_local=False, fallback_to_soft=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            holder = owner(self._places)
            raise VaultHeld(holder.pid if holder else None) from None
        self._lock = lock
        me = psutil.Process()
        record = {"pid": me.pid, "created": me.create_time(), "socket": os.fspath(socket) if socket else None}
        try:
            write_whole(self._places.owner, json.dumps(record).encode())
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Let go; safe to call twice."""
        if self._lock is not None:
            self._places.owner.unlink(missing_ok=True)
            self._lock.release()
            self._lock = None

    def __enter__(self) -> VaultLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def owner(places: VaultPlaces) -> Owner | None:
    """Who holds the vault, if that process still lives; never a process that merely got its number."""
    import psutil

    try:
        record = json.loads(places.owner.read_text(encoding="utf-8"))
        found = Owner(pid=int(record["pid"]), created=float(record["created"]), socket=record["socket"])
        alive = abs(psutil.Process(found.pid).create_time() - found.created) < 1.0
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        # Absent, half written or of a dead process: all mean that nobody can be named.
        return None
    return found if alive else None


def vault_id(root: Path) -> str:
    """A name for the vault at ``root`` that is fit for a folder: a readable part and a digest of the canonical path."""
    canonical = os.path.normcase(os.path.realpath(root))
    plain = unicodedata.normalize("NFKD", Path(canonical).name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "vault"
    return f"{slug}-{hashlib.blake2b(os.fsencode(canonical), digest_size=8).hexdigest()}"


def private_folder(folder: Path) -> Path:
    """Make ``folder``, and those above it, for its owner only; close it to others if it was open."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name != "nt" and folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file so that at any moment, power cut included, it has the old or the new content."""
    descriptor, part = tempfile.mkstemp(prefix=path.name + ".", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
