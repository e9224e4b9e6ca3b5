"""A file from the web, whole or not at all: resumed where it broke off, and taken only when every byte is right.

With the standard library: a few plain requests, and what comes is judged by its digest and not by who sent it.
"""

from __future__ import annotations

import errno
import hashlib
import http.client
import os
import shutil
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import urlsplit

from librarian.errors import DownloadFailed, StorageFull

HUB = "https://huggingface.co"
TIMEOUT_SECONDS = 30.0
ATTEMPTS = 3
"""How often one file may break off before the person is asked to try again."""
SPARE_BYTES = 100_000_000
_PIECE_BYTES = 1 << 18
_BROKEN = (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError, ssl.SSLError)


@dataclass(frozen=True)
class RemoteFile:
    """Where a file is, and what it must be."""

    address: str
    size: int
    sha256: str


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


def fetch(file: RemoteFile, part: Path, told: Callable[[int], None]) -> None:
    """Make ``part`` the whole file, beginning with what is there of it; ``told`` hears how many bytes there are.

    What was received before a failure stays. Raises DownloadFailed; what is not the file is thrown away before.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            digest = _receive(file, part, told)
            break
        except _BROKEN as error:
            if isinstance(error, urllib.error.HTTPError) or attempt == ATTEMPTS:
                raise DownloadFailed(_reason(file.address, error)) from error
    if digest != file.sha256:
        part.unlink()
        name = urlsplit(file.address).path.rpartition("/")[2]
        raise DownloadFailed(
            f"{name} is not the file that was to come: its SHA-256 is {digest}, not {file.sha256}. It was thrown away."
        )


def asked(address: str) -> tuple[int, Message]:
    """Status and headers that a server has for an address, which is not followed elsewhere. Raises DownloadFailed."""
    opener = urllib.request.build_opener(_Stays)
    request = urllib.request.Request(address, method="HEAD")  # noqa: S310  # the scheme is that of the hub
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers
    except _BROKEN as error:
        raise DownloadFailed(_reason(address, error)) from error


def make_room(folder: Path, needed: int) -> None:
    """Raises StorageFull unless so many bytes, and some to spare, fit on the disk of ``folder``."""
    if shutil.disk_usage(folder).free < needed + SPARE_BYTES:
        raise StorageFull(os.fspath(folder))


@contextmanager
def written_to(folder: Path) -> Iterator[None]:
    """Say what an error of the disk means to a person."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(os.fspath(folder)) from error
        raise DownloadFailed(f"The model cannot be written to {folder}: {error.strerror or error}.") from error


class _SameScheme(urllib.request.HTTPRedirectHandler):
    """Follows redirections, as the hub has them, but never from https to anything else."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).scheme != urlsplit(req.full_url).scheme:
            raise DownloadFailed(
                "The server sent us to an address that is not encrypted. Nothing was taken from there."
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Stays(urllib.request.HTTPRedirectHandler):
    """Follows no redirection: where it leads is for the caller to judge."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        del req, fp, code, msg, headers, newurl


def _receive(file: RemoteFile, part: Path, told: Callable[[int], None]) -> str:
    """Append what is missing of the file; the digest of all of it."""
    digest = hashlib.sha256()
    with part.open("a+b") as kept:
        kept.seek(0)
        done = _digested(kept, digest, file.size)
        told(done)
        if done < file.size:
            headers = {"Range": f"bytes={done}-"} if done else {}
            request = urllib.request.Request(file.address, headers=headers)  # noqa: S310  # the scheme is that of the hub
            with urllib.request.build_opener(_SameScheme).open(request, timeout=TIMEOUT_SECONDS) as answer:
                if done and answer.status != http.client.PARTIAL_CONTENT:
                    kept.truncate(0)
                    digest, done = hashlib.sha256(), 0
                while piece := answer.read(min(_PIECE_BYTES, file.size - done)):
                    kept.write(piece)
                    digest.update(piece)
                    done += len(piece)
                    told(done)
        kept.flush()
        os.fsync(kept.fileno())
    if done < file.size:
        raise ConnectionError("the connection ended early")
    return digest.hexdigest()


def _digested(kept: IO[bytes], digest: _Digest, limit: int) -> int:
    """Read what is there, of which no more than ``limit`` bytes are kept; says how many."""
    kept.truncate(min(os.fstat(kept.fileno()).st_size, limit))
    done = 0
    while piece := kept.read(_PIECE_BYTES):
        digest.update(piece)
        done += len(piece)
    return done


def _reason(address: str, error: Exception) -> str:
    host = urlsplit(address).hostname
    if isinstance(error, urllib.error.HTTPError):
        return f"{host} does not give the model away (it answered {error.code}). Try again later."
    told = error.reason if isinstance(error, urllib.error.URLError) else error
    return f"{host} cannot be reached ({told}). Is this computer online? What was received is kept; try again."
