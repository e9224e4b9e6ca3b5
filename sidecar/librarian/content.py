"""One file's text: bounded, never waited for, and text indeed."""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path

from librarian import _native
from librarian.errors import NoteNotFound, NoteUnreadable
from librarian.paths import resolve

MEGABYTE = 1_000_000
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(root: Path, path: str, max_bytes: int) -> str:
    """The text of the file at ``path`` in the vault, without a byte order mark.

    Raises PathRefused, NoteNotFound, and NoteUnreadable for what is too large or no text: UTF-8, or UTF-16 with a mark.
    """
    found = resolve(root, path)
    try:
        with open(found, "rb", opener=without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise NoteNotFound(path)
            content = file.read(max_bytes + 1)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise NoteNotFound(path) from error
    except OSError as error:
        raise NoteUnreadable(path, error.strerror or "the system refuses it") from error
    if len(content) > max_bytes:
        raise NoteUnreadable(path, f"it is larger than {max_bytes // MEGABYTE} MB")
    if not content.startswith(_UTF16):
        try:
            content.decode()
        except UnicodeDecodeError:
            raise NoteUnreadable(path, "it is neither UTF-8 nor UTF-16 text") from None
    text = _native.decode(content)
    if "\0" in text:
        raise NoteUnreadable(path, "it is no text")
    return text


def beginning(root: Path, path: str, max_bytes: int) -> bytes:
    """The first ``max_bytes`` of the file at ``path`` in the vault. Raises PathRefused, NoteNotFound."""
    found = resolve(root, path)
    try:
        with open(found, "rb", opener=without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise NoteNotFound(path)
            return file.read(max_bytes)
    except OSError as error:
        raise NoteNotFound(path) from error


def without_waiting(path: str, flags: int) -> int:
    """Open a file; a pipe in a note's place must not hold us up until somebody writes to it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
