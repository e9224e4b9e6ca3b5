"""The corpora that live outside the repository: found, unpacked once into the user's cache folder."""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
from pathlib import Path

import platformdirs

REPOSITORY = Path(__file__).resolve().parent.parent


class CorpusMissing(Exception):
    """The archive is not on this machine; the message says where it was looked for."""


def archives() -> Path:
    """Where the ``.tar.xz`` files are: ``LIBRARIAN_CORPORA``, else ``../shared/data`` beside the repository."""
    named = os.environ.get("LIBRARIAN_CORPORA")
    return Path(named) if named else REPOSITORY.parent / "shared" / "data"


def corpus(name: str) -> Path:
    """The folder ``<name>.tar.xz`` is unpacked in. Raises CorpusMissing."""
    folder = platformdirs.user_cache_path("vault-librarian-corpora", appauthor=False) / name
    if folder.is_dir():
        return folder
    archive = archives() / f"{name}.tar.xz"
    if not archive.is_file():
        message = f"{archive} is missing: set LIBRARIAN_CORPORA to the folder that holds {name}.tar.xz"
        raise CorpusMissing(message)
    _unpack(archive, folder)
    return folder


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack beside the target and rename, so that a folder that exists is whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(scratch, filter="data")
        try:
            scratch.rename(folder)
        except OSError:
            # Another run was faster; its folder is as good.
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
