"""Single files as the disk has them: opened without following links, written whole, moved without covering another."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from blake3 import blake3

from librarian import moving

PART = ".librarian-{}-{}.part"
"""What is being written for a file: hidden from the index, from Obsidian and from those who watch; always ours."""
OLD = ".librarian-{}-{}.old"
"""What changes places with a file: hidden too, and perhaps the only place that has what somebody wrote."""


def nowhere(_point: str) -> None:
    """Do nothing at a named point; tests put a kill or a second writer there."""


def opened(place: Path) -> BinaryIO:
    """Open a regular file to read; neither a link nor a pipe in its place. The caller closes it. Raises OSError."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    file = os.fdopen(os.open(place, flags), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EISDIR, "not a file", os.fspath(place))
    return file


def digest(file: BinaryIO) -> str:
    """BLAKE3 of what is left to read, in hexadecimal digits."""
    hasher = blake3()
    while chunk := file.read(1 << 20):
        hasher.update(chunk)
    return hasher.hexdigest()


def written(place: Path, content: bytes, mode: int, point: Callable[[str], None] = nowhere) -> Path:
    """A new hidden file of this content and mode, beside where it shall be, safe on the disk."""
    part = place.with_name(PART.format(mark(place), secrets.token_hex(4)))
    with removed_on_error(part):
        with open(part, "xb") as file:
            point("opened")
            file.write(content)
            file.flush()
            if os.name != "nt":
                os.fchmod(file.fileno(), mode)
            point("written")
            os.fsync(file.fileno())
        point("synced")
    return part


def mark(place: Path) -> str:
    """What hidden files have in their names that belong to this one."""
    return blake3(place.name.encode(errors="surrogateescape")).hexdigest()[:16]


def second_name(place: Path) -> Path | None:
    """A hidden name that keeps a file while another takes its place; None on disks that have no such names."""
    name = place.with_name(OLD.format(mark(place), secrets.token_hex(4)))
    try:
        os.link(place, name, follow_symlinks=False)
    except OSError:
        return None
    return name


def is_same(one: Path, other: Path) -> bool:
    """Whether both are names of one file."""
    with contextlib.suppress(OSError):
        return os.path.samestat(os.lstat(one), os.lstat(other))
    return False


def made_visible(old: Path, place: Path) -> Path:
    """Give what was found in a hidden file a name that a person sees, beside the file that it belongs to."""
    for number in itertools.count(1):
        again = "" if number == 1 else f" {number}"
        visible = place.with_name(f"{place.stem} (kept by librarian){again}{place.suffix}")
        with contextlib.suppress(FileExistsError):
            moving.move(old, visible)
            break
    sync_folder(place.parent)
    return visible


@contextlib.contextmanager
def removed_on_error(part: Path) -> Iterator[None]:
    """Leave no half-written file behind."""
    try:
        yield
    except Exception:
        part.unlink(missing_ok=True)
        raise


def make_folders(folder: Path) -> None:
    """Make a folder and those above it, for whoever may use the one that is there."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        if os.name != "nt":
            each.chmod(mode_of(each.parent))
        sync_folder(each.parent)


def mode_of(folder: Path) -> int:
    """Who may use what is made in a folder: whoever may use the folder. Our umask is for our own files."""
    return stat.S_IMODE(folder.stat().st_mode)


def sync_folder(folder: Path) -> None:
    """Make moves in a folder survive a power cut, where folders can be opened."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
