"""What power cuts would leave: a FUSE pass-through to a folder that keeps a copy of each state a cut could end in.

Two kinds of disks are asked at once. A ``strict`` one has nothing but what was synced: of a file the bytes it had then, of a
folder the names; with a file's first sync goes its own name, as file systems with a journal have it. A ``lazy`` one has all
names as they were, and behind those of files that were not synced since, what they held before, often nothing: a journal
that wrote names out earlier than bytes. What a cut leaves on the strict disk changes at syncs only, so a copy after each
is a copy of every moment; of the lazy one there is one at each sync, rename and link.

Run as a program it serves the file system; `watched` starts it.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

MOUNT_SECONDS = 30.0
KINDS = ("strict", "lazy")
Tree = dict[str, bytes | None]
"""Bytes of files, None for folders, by their paths."""


@dataclass(frozen=True)
class Watched:
    """A mounted file system, and where its states are kept."""

    mount: Path
    states: Path

    def count(self) -> int:
        """How many states there are so far."""
        return len(list(self.states.iterdir()))

    def after(self, kind: str) -> list[tuple[int, Path]]:
        """The states of one kind of disk in their order, with their numbers."""
        found = (path for path in self.states.iterdir() if path.name.endswith(kind))
        return sorted((int(path.name.partition("-")[0]), path) for path in found)


@contextmanager
def watched(folder: Path) -> Iterator[Watched]:
    """Mount one below ``folder``; skips the test where that cannot be done."""
    if not os.access("/dev/fuse", os.R_OK | os.W_OK) or shutil.which("fusermount3") is None:
        pytest.skip("SKIPPED a power cut: it needs Linux with /dev/fuse and the program fusermount3 (make fuse)")
    disk, mount, states = (folder / name for name in ("disk", "mount", "states"))
    for each in (disk, mount, states):
        each.mkdir(parents=True)
    server = subprocess.Popen(
        [sys.executable, __file__, disk, mount, states], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + MOUNT_SECONDS
        while not os.path.ismount(mount):
            if server.poll() is not None or time.monotonic() > deadline:
                server.kill()
                said = server.communicate()[1]
                pytest.skip(f"SKIPPED a power cut: nothing could be mounted with FUSE here ({said.strip()[-300:]})")
            time.sleep(0.02)
        yield Watched(mount, states)
    finally:
        if os.path.ismount(mount):
            subprocess.run(["fusermount3", "-u", "-z", mount], check=True)
        try:
            server.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.communicate()


class Disk:
    """What of a folder is synced. A file goes by its inode, since its names change."""

    def __init__(self, root: Path, states: Path) -> None:
        self._root = root
        self._states = states
        self._number = 0
        self._last: dict[str, bytes] = {}
        """Digest of the last state of each kind."""
        self._bytes: dict[int, bytes] = {}
        """Of every file that was synced since it came, when it was last."""
        self._tree: Tree = {}
        """The strict disk."""
        self._moved: list[tuple[str, str]] = []
        """From one folder to another, and neither synced since."""

    def synced_file(self, path: str) -> None:
        file = self._root / path
        self._bytes[file.stat().st_ino] = file.read_bytes()
        # Under each of its names that the strict disk knows, and under this one.
        inode = file.stat().st_ino
        for known in [known for known in self._tree if self._inode(known) == inode]:
            self._tree[known] = self._bytes[inode]
        self._led_to(path)
        self._tree[path] = self._bytes[inode]
        self.keep(*KINDS)

    def synced_folder(self, path: str) -> None:
        below = f"{path}/" if path else ""
        there = {below + entry.name: entry for entry in os.scandir(self._root / path)}
        for known in list(self._tree):
            if known.startswith(below) and below + known[len(below) :].partition("/")[0] not in there:
                del self._tree[known]
        self._led_to(below)
        self._journalled(path)
        for name, entry in there.items():
            is_folder = entry.is_dir(follow_symlinks=False)
            self._tree[name] = None if is_folder else self._bytes.get(entry.inode(), b"")
        self.keep(*KINDS)

    def moved(self, old: str, new: str) -> None:
        """A file system with a journal writes both ends of a move at once, whichever of its folders is synced."""
        if os.path.dirname(old) != os.path.dirname(new):
            self._moved.append((old, new))

    def _journalled(self, path: str) -> None:
        for old, new in list(self._moved):
            if path in (os.path.dirname(old), os.path.dirname(new)):
                self._moved.remove((old, new))
                self._tree.pop(old, None)
                with contextlib.suppress(OSError):
                    self._led_to(new)
                    self._tree[new] = self._bytes.get((self._root / new).stat().st_ino, b"")

    def gone(self, path: str) -> None:
        """A file loses a name; its inode is free with the last one."""
        found = (self._root / path).lstat()
        if found.st_nlink == 1:
            self._bytes.pop(found.st_ino, None)

    def keep(self, *kinds: str) -> None:
        """Keep a copy of what a cut would leave now, where that is something new."""
        for kind in kinds:
            tree = self._tree if kind == "strict" else self._lazy()
            digest = _digest(tree)
            if self._last.get(kind) != digest:
                self._last[kind] = digest
                _write(self._states / f"{self._number:05}-{kind}", tree)
                self._number += 1

    def _lazy(self) -> Tree:
        tree: Tree = {}
        for above, folders, files in os.walk(self._root):
            at = Path(above).relative_to(self._root)
            tree |= {(at / name).as_posix(): None for name in folders}
            tree |= {(at / name).as_posix(): self._bytes.get((Path(above) / name).stat().st_ino, b"") for name in files}
        return tree

    def _led_to(self, path: str) -> None:
        """Folders above something that is synced are there: a journal keeps the order of names."""
        for folder in Path(path).parents:
            if folder.name:
                self._tree.setdefault(folder.as_posix(), None)

    def _inode(self, path: str) -> int | None:
        try:
            return (self._root / path).stat().st_ino
        except OSError:
            return None


def _digest(tree: Tree) -> bytes:
    digest = hashlib.blake2b()
    for path, content in sorted(tree.items()):
        digest.update(f"{path}\0{'-' if content is None else len(content)}\0".encode() + (content or b""))
    return digest.digest()


def _write(folder: Path, tree: Tree) -> None:
    part = folder.with_name(folder.name + ".part")
    part.mkdir()
    for path, content in sorted(tree.items()):
        (part / path).parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            (part / path).mkdir(exist_ok=True)
        else:
            (part / path).write_bytes(content)
    part.rename(folder)


STATS = ("st_mode", "st_nlink", "st_size", "st_uid", "st_gid", "st_ino")
TIMES = ("st_atime", "st_mtime", "st_ctime")
ROOM = ("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_favail", "f_ffree", "f_files", "f_frsize", "f_namemax")


EXCHANGE = 2


def swap(one: str, other: str) -> None:
    """Let two files change places."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.renameat2(-100, os.fsencode(one), -100, os.fsencode(other), EXCHANGE):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def serve(root: Path, mount: Path, states: Path) -> None:
    import mfusepy

    disk = Disk(root, states)
    removed = root.with_name("removed")
    removed.mkdir()

    class PassThrough(mfusepy.Operations):
        """Every call as it comes; syncs and changes of names are told to the disk."""

        use_ns = True

        def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
            found = os.lstat(_at(path)) if fh is None else os.fstat(fh)
            return {name: getattr(found, name) for name in STATS} | {
                name: getattr(found, name + "_ns") for name in TIMES
            }

        def readdir(self, path: str, fh: int) -> list[str]:
            return [".", "..", *os.listdir(_at(path))]

        def statfs(self, path: str) -> dict[str, int]:
            found = os.statvfs(_at(path))
            return {name: getattr(found, name) for name in ROOM}

        def open(self, path: str, flags: int) -> int:
            return os.open(_at(path), flags)

        def create(self, path: str, mode: int, fi: object = None) -> int:
            return os.open(_at(path), os.O_RDWR | os.O_CREAT, mode)

        def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
            return os.pread(fh, size, offset)

        def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
            return os.pwrite(fh, data, offset)

        def truncate(self, path: str, length: int, fh: int | None = None) -> int:
            os.truncate(_at(path), length)
            return 0

        def release(self, path: str, fh: int) -> int:
            os.close(fh)
            return 0

        def fsync(self, path: str, datasync: int, fh: int) -> int:
            if not _is_removed(path):
                disk.synced_file(path.strip("/"))
            return 0

        def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
            disk.synced_folder(path.strip("/"))
            return 0

        def rename(self, old: str, new: str, flags: int = 0) -> int:
            if _is_removed(new):
                # Of two steps that FUSE takes the first: what it removes or replaces next keeps its name until then.
                disk.gone(old.strip("/"))
                os.rename(_at(old), _at(new))
                return 0
            if os.path.isdir(_at(old)):
                # The disk goes by paths; none of our stores does this.
                raise mfusepy.FuseOSError(errno.EXDEV)
            if flags & EXCHANGE:
                swap(_at(old), _at(new))
                disk.keep("lazy")
                return 0
            if os.path.exists(_at(new)):
                if flags:
                    raise mfusepy.FuseOSError(errno.EEXIST)
                disk.gone(new.strip("/"))
            os.rename(_at(old), _at(new))
            disk.moved(old.strip("/"), new.strip("/"))
            disk.keep("lazy")
            return 0

        def link(self, target: str, source: str) -> int:
            os.link(_at(source), _at(target))
            disk.keep("lazy")
            return 0

        def unlink(self, path: str) -> int:
            if not _is_removed(path):
                disk.gone(path.strip("/"))
            os.unlink(_at(path))
            return 0

        def mkdir(self, path: str, mode: int) -> int:
            os.mkdir(_at(path), mode)
            return 0

        def rmdir(self, path: str) -> int:
            os.rmdir(_at(path))
            return 0

        def chmod(self, path: str, mode: int) -> int:
            os.chmod(_at(path), mode)
            return 0

        def utimens(self, path: str, times: tuple[int, int] | None = None) -> int:
            os.utime(_at(path), ns=times)
            return 0

    def _is_removed(path: str) -> bool:
        """FUSE gives files that are removed while they are open such a name; no disk has them."""
        return os.path.basename(path).startswith(".fuse_hidden")

    def _at(path: str) -> str:
        return f"{removed}/{os.path.basename(path)}" if _is_removed(path) else f"{root}{path}"

    class Fuse(mfusepy.FUSE):  # type: ignore[misc]
        """Hands on the flags of a rename, which mfusepy drops."""

        def rename_fuse_3(self, old: bytes, new: bytes, flags: int) -> int:
            return int(self.operations.rename(os.fsdecode(old), os.fsdecode(new), flags))

    Fuse(PassThrough(), str(mount), foreground=True, nothreads=True)


if __name__ == "__main__":
    serve(*(Path(each).resolve() for each in sys.argv[1:4]))
