"""Disks that fill up, go read-only or go away, for tests that may mount them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path, *, megabytes: int) -> Iterator[Path]:
    """A file system in memory of so many megabytes at ``folder``; skips the test where it cannot be mounted."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("SKIPPED a disk fault: the test mounts a small tmpfs, for which it must run as root on Linux")
    folder.mkdir(exist_ok=True)
    options = f"size={megabytes}m,mode=700"
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if made.returncode:
        pytest.skip(f"SKIPPED a disk fault: a tmpfs could not be mounted here ({made.stderr.strip()})")
    try:
        yield folder
    finally:
        if os.path.ismount(folder):
            unmount(folder)


def unmount(folder: Path) -> None:
    """Take the disk away, whoever uses it."""
    subprocess.run(["umount", "-l", folder], check=True)


def remount(folder: Path, options: str) -> None:
    """Change a disk under its users: ``size=…``."""
    subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nobody make or change a file below ``folder``; what is open stays open."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("SKIPPED a read-only folder: the test mounts it, for which it must run as root on Linux")
    made = subprocess.run(["mount", "--bind", folder, folder], capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"SKIPPED a read-only folder: it could not be mounted here ({made.stderr.strip()})")
    try:
        remount(folder, "bind,ro")
        yield
    finally:
        unmount(folder)


def fill(folder: Path) -> Path:
    """Leave not a byte of room; remove the file that is returned to make some."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue
    return ballast
