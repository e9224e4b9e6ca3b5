"""What the hub says of a model file before it is fetched: at which commit it is, how large, and with which digest.

For large files the hub names the SHA-256 in a header, since it stores them by it. What is fetched is held against that:
so a file that was damaged, or exchanged where it is stored, is not taken. Who does not want to believe the hub gives a
digest of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from http.client import OK
from typing import Final
from urllib.parse import urljoin, urlsplit

from librarian.chat.model_files import NAME, Pin
from librarian.downloading import HUB, asked
from librarian.errors import DownloadFailed

SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_COMMIT: Final = re.compile(r"[0-9a-f]{40}", re.ASCII)
_PART: Final = r"[A-Za-z0-9][A-Za-z0-9._+-]*"
_REFERENCE: Final = re.compile(
    rf"(?:https://huggingface\.co/)?(?P<repository>{_PART}/{_PART})/"
    rf"(?:(?:resolve|blob)/(?P<revision>{_PART})/)?(?P<file>(?:{_PART}/)*{NAME.pattern})(?:\?download=true)?",
    re.ASCII,
)
_SPLIT: Final = re.compile(r"-\d{5}-of-\d{5}\.gguf$", re.ASCII)
_RENAMES: Final = 3
"""Redirections within the hub that are followed: a repository may have been renamed."""


@dataclass(frozen=True)
class Reference:
    """A file on the hub as a person names it."""

    repository: str
    file: str
    revision: str = "main"

    @classmethod
    def of(cls, text: str) -> Reference | None:
        """From ``OWNER/REPOSITORY/FILE.gguf``, or the address of its page or download; None for anything else."""
        found = _REFERENCE.fullmatch(text)
        return cls(found["repository"], found["file"], found["revision"] or "main") if found else None


def pinned(reference: Reference, *, sha256: str | None = None, hub: str = HUB) -> Pin:
    """The file as it is now, to be fetched as exactly that. ``sha256``: what the person trusts, and nothing else.

    Raises DownloadFailed. Nothing of the file is fetched.
    """
    if _SPLIT.search(reference.file):
        raise DownloadFailed("This model is in several files. Take one that is in a single file.")
    status, headers = _described(reference, hub)
    told = headers.get("X-Linked-Etag", "").removeprefix("W/").strip('"').lower()
    digest = told if SHA256.fullmatch(told) else None
    if digest is None and sha256 is None:
        raise DownloadFailed(
            f"The hub tells no SHA-256 of {reference.file}, so nobody could say whether what comes is that file. "
            "If you know it from elsewhere, give it: --sha256 DIGEST"
        )
    if sha256 is not None and digest not in (None, sha256):
        raise DownloadFailed(
            f"{reference.file} is not the file that you trust: on the hub its SHA-256 is {digest}, not {sha256}. "
            "Nothing was fetched."
        )
    commit = headers.get("X-Repo-Commit", "")
    size = headers.get("X-Linked-Size", headers.get("Content-Length", "") if status == OK else "")
    if not _COMMIT.fullmatch(commit) or not size.isdecimal() or not int(size):
        raise DownloadFailed("The hub does not say at which commit the file is, or how large. Try again later.")
    return Pin(reference.repository, commit, reference.file, sha256 or digest or "", int(size))


def _described(reference: Reference, hub: str) -> tuple[int, Message]:
    """Status and headers for the file. Raises DownloadFailed."""
    address = f"{hub}/{reference.repository}/resolve/{reference.revision}/{reference.file}"
    for _ in range(_RENAMES):
        status, headers = asked(address)
        there = urljoin(address, headers.get("Location", ""))
        is_elsewhere = 300 <= status < 400
        if status == OK or (is_elsewhere and (headers.get("X-Linked-Etag") or _site(there) != _site(hub))):
            return status, headers
        if not is_elsewhere:
            raise DownloadFailed(_refusal(reference, status, headers.get("X-Error-Code", "")))
        address = there
    raise DownloadFailed("The hub sends us around in circles. Try again later.")


def _site(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


def _refusal(reference: Reference, status: int, code: str) -> str:
    page = f"{HUB}/{reference.repository}"
    if code == "GatedRepo":
        return (
            f"{reference.repository} is given only to those who agreed to its terms: do so at {page}, download the "
            "file there with your browser, and choose it by its whole path."
        )
    if code in ("EntryNotFound", "RevisionNotFound"):
        return f"{reference.repository} has no file {reference.file} at {reference.revision}. See what it has: {page}"
    if status in (401, 403, 404):
        return f"The hub has no {reference.repository}, or only for some people. See whether it is there: {page}"
    return f"The hub does not answer for {reference.file} (status {status}). Try again later."
