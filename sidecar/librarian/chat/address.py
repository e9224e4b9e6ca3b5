"""Where a provider answers, what may be sent there, and how much may come back."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from librarian.chat.secret import Secret
from librarian.errors import AddressRefused

MAX_LENGTH: Final = 1024
CONNECT_S: Final = 10.0
MAX_LINE_BYTES: Final = 1 << 20
"""Of an event; a piece of an answer takes some hundred bytes."""
MAX_BYTES: Final = 64 << 20
LONGEST_S: Final = 1800.0
"""However steadily it drips, an answer ends by then."""
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """The beginning of every URL of a provider."""

    url: str
    """Without a slash at its end."""
    scheme: str
    host: str
    port: int
    loopback: bool
    """On this machine: no proxy stands between, and nobody else hears."""

    @property
    def private(self) -> bool:
        """Whether a key may be sent there: nobody on the way can read it."""
        return self.scheme == "https" or self.loopback

    @property
    def place(self) -> str:
        """How a person would name it."""
        return self.url if self.loopback else self.host


@dataclass(frozen=True, slots=True)
class Place:
    """A provider as it is reached: by the name of its preset, where, and with which key."""

    provider: str
    address: Address
    key: Secret | None
    hear: Callable[[Mapping[str, str]], None] | None = None
    """Told of the headers of each answer, in which providers say how much they take."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where an answer stops; smaller in tests."""

    line_bytes: int = MAX_LINE_BYTES
    bytes: int = MAX_BYTES
    seconds: float = LONGEST_S
    connect_s: float = CONNECT_S


def parse(provider: str, url: str) -> Address:
    """Read an address. Raises AddressRefused."""
    try:
        parts = urlsplit(url)
        scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".").lower()
        port = parts.port or _PORTS.get(scheme, 0)
    except ValueError:
        raise AddressRefused(provider, "it is not a URL") from None
    if len(url) > MAX_LENGTH or any(ord(letter) <= 32 or ord(letter) == 127 for letter in url) or "\\" in url:
        raise AddressRefused(provider, "it is not a URL")
    if scheme not in _PORTS or not host:
        raise AddressRefused(provider, "it must begin with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused(provider, "keys do not belong in an address", hint=f"Run: librarian keys set {provider}")
    if parts.query or parts.fragment:
        raise AddressRefused(provider, "it must not have anything from ? or # on")
    return Address(url.rstrip("/"), scheme, host, port, _loopback(host))


def _loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
