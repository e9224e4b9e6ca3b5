"""The one place that turns a path from outside into a file of the vault, or refuses it."""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from pathlib import Path

from librarian.errors import PathRefused

MAX_PATH_BYTES = 4096
MAX_NAME_BYTES = 255

_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"]
    + [f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"]
)
_SHORT_NAME = re.compile(r"[^.]{1,6}~[0-9]{1,6}(\.[^.]{0,3})?", re.IGNORECASE)


def resolve(root: Path, path: str) -> Path:
    """The file that ``path`` names inside the vault at ``root``: relative, ``/`` between names, spelled as on disk.

    The file need not exist, but a new name must be one that every platform can hold and no twin (by case or Unicode
    form) of a
    name that is there. Hidden files and folders, and links that lead out of the vault, are refused. Raises
    :class:`PathRefused`.
    """
    names = _names(path)
    whole_root = root.resolve()
    folder = whole_root
    for number, name in enumerate(names):
        _check_on_disk(path, folder, name)
        folder = folder / name
        if number < len(names) - 1 and folder.exists() and not folder.is_dir():
            raise PathRefused(path, f"{name!r} is a file, not a folder")
    _check_inside(path, whole_root, folder)
    return folder


def _names(path: str) -> list[str]:
    """Split after the checks that need no disk."""
    if not path:
        raise PathRefused(path, "it is empty")
    try:
        size = len(path.encode("utf-8"))
    except UnicodeEncodeError:
        raise PathRefused(ascii(path), "it is not valid Unicode") from None
    if size > MAX_PATH_BYTES:
        raise PathRefused(path[:80] + "…", f"it is longer than {MAX_PATH_BYTES} bytes")
    if any(unicodedata.category(character) == "Cc" for character in path):
        raise PathRefused(path, "it contains control characters")
    if "\\" in path:
        raise PathRefused(path, "folders are separated by '/', not by a backslash")
    if ":" in path:
        raise PathRefused(path, "it contains ':'")
    if path.startswith("/"):
        raise PathRefused(path, "it is absolute; give it relative to the vault")
    names = path.split("/")
    for name in names:
        _check_name(path, name)
    return names


def _check_name(path: str, name: str) -> None:
    if name in {"", "."}:
        raise PathRefused(path, "a name between two '/' is missing")
    if name == "..":
        raise PathRefused(path, "'..' leads out of a folder")
    # Some file systems ignore invisible characters, so ".\u200cobsidian" would be ".obsidian" there.
    visible = "".join(character for character in name if unicodedata.category(character) != "Cf")
    if visible.startswith(".") or not visible:
        raise PathRefused(path, f"{name!r} is hidden; hidden files are not part of the vault")
    if len(name.encode("utf-8")) > MAX_NAME_BYTES:
        raise PathRefused(path, f"a name is longer than {MAX_NAME_BYTES} bytes")


def _unportable(name: str) -> str | None:
    """Why Windows would take ``name`` for another file; None when it would not."""
    if name[-1] in ". ":
        return f"{name!r} ends in a dot or a space"
    if name.split(".", maxsplit=1)[0].rstrip().casefold() in _DEVICES:
        return f"{name!r} is the name of a device"
    if _SHORT_NAME.fullmatch(name):
        return f"{name!r} looks like a shortened (8.3) name"
    return None


def _check_on_disk(path: str, folder: Path, name: str) -> None:
    """Refuse a spelling that is not the one on disk.

    A listing settles it, but a folder can hold a hundred thousand notes, so one is made only where the file system
    might
    answer to several spellings, or where there is no such file.
    """
    reason = _unportable(name)
    if reason and sys.platform == "win32":
        raise PathRefused(path, reason)
    try:
        found = os.lstat(folder / name)
    except (FileNotFoundError, NotADirectoryError):
        if reason:
            raise PathRefused(path, reason) from None
        twin = _twin(folder, name)
        if twin is not None:
            raise PathRefused(path, f"it is spelled {twin!r} on disk") from None
        return
    except OSError as error:
        raise PathRefused(path, error.strerror or "it cannot be looked up") from error
    if (reason or _answers_to_others(folder, name, found)) and name not in os.listdir(folder):
        twin = _twin(folder, name)
        raise PathRefused(
            path, f"it is spelled {twin!r} on disk" if twin else reason or "it is spelled differently on disk"
        )


def _spellings(name: str) -> set[str]:
    return {
        name.swapcase(),
        name.casefold(),
        unicodedata.normalize("NFC", name),
        unicodedata.normalize("NFD", name),
    } - {name}


def _answers_to_others(folder: Path, name: str, found: os.stat_result) -> bool:
    for spelling in _spellings(name):
        try:
            other = os.lstat(folder / spelling)
        except OSError:
            continue
        if (other.st_dev, other.st_ino) == (found.st_dev, found.st_ino):
            return True
    return False


def _twin(folder: Path, name: str) -> str | None:
    """A name in ``folder`` that differs from ``name`` only by case or Unicode form."""
    key = _folded(name)
    try:
        with os.scandir(folder) as entries:
            return next((entry.name for entry in entries if entry.name != name and _folded(entry.name) == key), None)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def _check_inside(path: str, root: Path, file: Path) -> None:
    """Follow symbolic links and refuse what ends outside the vault or in a hidden folder of it."""
    try:
        real = file.resolve()
    except (OSError, RuntimeError):
        raise PathRefused(path, "its symbolic links lead nowhere") from None
    if not real.is_relative_to(root):
        raise PathRefused(path, "a symbolic link leads out of the vault")
    if real == root:
        raise PathRefused(path, "it is the vault itself")
    if any(part.startswith(".") for part in real.relative_to(root).parts):
        raise PathRefused(path, "a symbolic link leads into a hidden folder")
