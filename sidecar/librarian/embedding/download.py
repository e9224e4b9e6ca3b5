"""Downloading a model that we know: resumed where it broke off, and named only once every byte is what it should be.

With the standard library: one host, a few plain GETs, and what comes is judged by its digest and not by who sent it.
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
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import urlsplit

from librarian.embedding.known import KnownModel, ModelFile
from librarian.errors import DownloadFailed, StorageFull
from librarian.worker import Progress

HUB = "https://huggingface.co"
TIMEOUT_SECONDS = 30.0
ATTEMPTS = 3
"""How often one file may break off before the person is asked to try again."""
SPARE_BYTES = 100_000_000
_PIECE_BYTES = 1 << 18


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


def download(model: KnownModel, models: Path, progress: Progress, *, hub: str = HUB) -> Path:
    """The folder of the model below ``models``, downloaded unless it is there. ``progress`` is told bytes.

    What was received before a failure is kept and goes on from there. Raises DownloadFailed, StorageFull.
    """
    target = models / model.name
    if target.is_dir():
        progress(model.size, model.size)
        return target
    # Visible to nobody as a model until it is renamed; what came of another revision is not mixed in.
    scratch = models / f".{model.name}-{model.revision[:8]}.part"
    with _told(models):
        scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        received = sum(file.stat().st_size for file in scratch.rglob("*") if file.is_file())
        if shutil.disk_usage(models).free < model.size - received + SPARE_BYTES:
            raise StorageFull(os.fspath(models))
        opener = urllib.request.build_opener(_SameScheme(urlsplit(hub).scheme))
        before = 0

        def told(done: int) -> None:
            progress(before + done, model.size)

        for file in model.files:
            address = f"{hub}/{model.repository}/resolve/{model.revision}/{file.path}"
            _fetch(opener, address, file, scratch, told)
            before += file.size
        os.replace(scratch, target)
    return target


class _SameScheme(urllib.request.HTTPRedirectHandler):
    """Follows redirections, as the hub has them, but never from https to anything else."""

    def __init__(self, scheme: str) -> None:
        self._scheme = scheme

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).scheme != self._scheme:
            raise DownloadFailed(
                "The server sent us to an address that is not encrypted. Nothing was taken from there."
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _fetch(
    opener: urllib.request.OpenerDirector, address: str, file: ModelFile, scratch: Path, told: Callable[[int], None]
) -> None:
    """Bring in one file, whatever of it is there already."""
    final = scratch / file.path
    if final.exists():
        # It got its name only after its digest was right.
        told(file.size)
        return
    final.parent.mkdir(mode=0o700, exist_ok=True)
    part = final.with_name(final.name + ".part")
    for attempt in range(1, ATTEMPTS + 1):
        try:
            digest = _receive(opener, address, file, part, told)
            break
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError, ssl.SSLError) as error:
            if isinstance(error, urllib.error.HTTPError) or attempt == ATTEMPTS:
                raise DownloadFailed(_reason(address, error)) from error
    if digest != file.sha256:
        part.unlink()
        raise DownloadFailed(
            f"{file.path} is not the file that was listed here (its SHA-256 is {digest}). It was thrown away."
        )
    os.replace(part, final)


def _receive(
    opener: urllib.request.OpenerDirector, address: str, file: ModelFile, part: Path, told: Callable[[int], None]
) -> str:
    """Append what is missing of the file; the digest of all of it."""
    digest = hashlib.sha256()
    with part.open("a+b") as kept:
        kept.seek(0)
        done = _digested(kept, digest, file.size)
        told(done)
        if done < file.size:
            request = urllib.request.Request(address, headers={"Range": f"bytes={done}-"} if done else {})  # noqa: S310  # the scheme is that of the hub
            with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
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


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Say what an error of the disk means to a person."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(os.fspath(folder)) from error
        raise DownloadFailed(f"The model cannot be written to {folder}: {error.strerror or error}.") from error
