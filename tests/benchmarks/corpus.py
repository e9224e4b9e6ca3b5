"""The vaults that are measured: private copies of the scale corpus, whole and a tenth of it."""

from __future__ import annotations

import random
import shutil
import tarfile
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import platformdirs

SCALE_CORPUS = "vault-100k"
SEED = 20
SAMPLE_NOTES = 10_000


@dataclass(frozen=True)
class Vault:
    """A folder of notes that nobody else changes."""

    name: str
    root: Path
    files: tuple[str, ...]
    """The ``.md`` files outside hidden folders, relative, with ``/``, sorted."""
    text_bytes: int


def cache_folder() -> Path:
    """Where copies, query mixes and raw results live between runs."""
    folder = platformdirs.user_cache_path("vault-librarian-benchmarks")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def scale_corpus(archives: Path) -> Path:
    """The unpacked ``vault-100k``, unpacked once from ``archives``; a missing archive is an error that names it."""
    unpacked = platformdirs.user_cache_path("vault-librarian-corpora") / SCALE_CORPUS
    if not unpacked.exists():
        archive = archives / f"{SCALE_CORPUS}.tar.xz"
        if not archive.exists():
            raise FileNotFoundError(
                f"{archive} is missing: set LIBRARIAN_CORPORA to its folder, or name another --vault"
            )
        unpacked.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=unpacked.parent) as unfinished, tarfile.open(archive) as packed:
            packed.extractall(Path(unfinished) / SCALE_CORPUS, filter="data")
            (Path(unfinished) / SCALE_CORPUS).rename(unpacked)
    return unpacked


def vault_at(root: Path, name: str | None = None) -> Vault:
    """List the notes below ``root`` as the librarian counts them."""
    files = sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*.md")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)
    )
    if not files:
        raise FileNotFoundError(f"no notes below {root}")
    return Vault(name or root.name, root, tuple(files), sum((root / file).stat().st_size for file in files))


def private_copy(source: Vault, name: str) -> Vault:
    """A copy of ``source`` in the cache, made once while ``source`` stays: runs write notes, and only there."""
    target = cache_folder() / name
    finished = cache_folder() / f"{name}.complete"
    identity = f"{source.root} {len(source.files)} {source.text_bytes}"
    if not finished.exists() or finished.read_text(encoding="utf-8") != identity:
        finished.unlink(missing_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        for file in source.files:
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source.root / file, target / file)
        finished.write_text(identity, encoding="utf-8")
    shutil.rmtree(target / SAVED_FOLDER, ignore_errors=True)
    return vault_at(target, name)


SAVED_FOLDER = "saved while measuring"
"""Where a run writes its own notes; emptied before the next one."""


def tenth(whole: Vault, notes: int = SAMPLE_NOTES) -> Vault:
    """A seeded sample of ``notes`` notes of ``whole``, in the same folders."""
    if len(whole.files) <= notes:
        return whole
    chosen = tuple(sorted(random.Random(SEED).sample(whole.files, notes)))
    text_bytes = sum((whole.root / file).stat().st_size for file in chosen)
    return private_copy(replace(whole, files=chosen, text_bytes=text_bytes), f"{whole.name}-sample-{notes}")


def warm(vault: Vault) -> None:
    """Read every note once, so that a measurement starts with the files in the page cache."""
    for file in vault.files:
        (vault.root / file).read_bytes()


def folder_bytes(folder: Path) -> int:
    """The sum of the sizes of all files below ``folder``."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def stores(data: Path) -> dict[str, int]:
    """The size of everything in the folder of the one vault below ``data``, by name."""
    [vault] = data.glob("*/*/vaults/*")
    return {
        entry.name: folder_bytes(entry) if entry.is_dir() else entry.stat().st_size for entry in sorted(vault.iterdir())
    }
