"""Names of files, moved by one call of the system: to where nothing is, or two that change places."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

_PLATFORM: str = sys.platform
_TO_NOTHING = 4 if _PLATFORM == "darwin" else 1
"""``RENAME_EXCL`` of macOS, ``RENAME_NOREPLACE`` of Linux."""
_EXCHANGE = 2
"""``RENAME_SWAP`` of macOS, ``RENAME_EXCHANGE`` of Linux."""
_AT_FDCWD = -100
_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}

Call = Callable[[bytes, bytes, int], int]


def move(source: Path, target: Path) -> None:
    """Move a file, and never over another: raises FileExistsError, and other OSErrors.

    Where the system or the disk has no call for this (a network disk, an old kernel), the target is looked for first;
    what is made there between this look and the move would be covered.
    """
    if _PLATFORM == "win32":
        os.rename(source, target)
        return
    if _renamed(source, target, _TO_NOTHING):
        return
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "there is a file", os.fspath(target))
    os.rename(source, target)


def exchange(one: Path, other: Path) -> bool:
    """Let two files change places, with no moment in which either is missing; False where that is not possible."""
    return _renamed(one, other, _EXCHANGE)


def _renamed(source: Path, target: Path, flag: int) -> bool:
    """Whether the system did it; False where it has no such call, here or on this disk. Raises OSError."""
    call = _system_call()
    if call is None:
        return False
    if call(os.fsencode(source), os.fsencode(target), flag) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNSUPPORTED:
        return False
    raise OSError(number, os.strerror(number), os.fspath(source), None, os.fspath(target))


@cache
def _system_call() -> Call | None:
    if _PLATFORM == "win32":
        return None
    library = ctypes.CDLL(None, use_errno=True)
    try:
        if _PLATFORM == "darwin":
            function = library.renamex_np
            function.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_uint)
            return lambda source, target, flag: int(function(source, target, flag))
        function = library.renameat2
        function.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
        return lambda source, target, flag: int(function(_AT_FDCWD, source, _AT_FDCWD, target, flag))
    except AttributeError:
        return None
