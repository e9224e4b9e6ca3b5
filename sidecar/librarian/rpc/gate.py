"""Decides who may open a connection, from the request alone: no sockets, nothing allocated, nothing awaited.

Any web page can make its browser connect to a port on this machine. It cannot choose its ``Origin``, it cannot make
``Host`` name us while its own name points here (DNS rebinding), and it cannot know the token.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from librarian.rpc.contract import SUBPROTOCOL

OBSIDIAN = "app://obsidian.md"
_BEARER = "bearer."


@dataclass(frozen=True, slots=True)
class Knock:
    """What a connection request says of itself; each list holds every value of a header that was sent."""

    path: str
    upgrade: bool
    hosts: Sequence[str]
    origins: Sequence[str]
    protocols: Sequence[str]


@dataclass(frozen=True)
class Gate:
    """Whom we let in at one port."""

    hosts: frozenset[str]
    origins: frozenset[str]
    token: str | None
    """None at the local door, where the operating system vouches for the user."""

    def refusal(self, knock: Knock) -> HTTPStatus | None:
        """The status to refuse with; None for someone who may come in. The host is judged before all else."""
        if len(knock.hosts) != 1 or knock.hosts[0] not in self.hosts:
            return HTTPStatus.FORBIDDEN
        if knock.path != "/" or not knock.upgrade:
            return HTTPStatus.NOT_FOUND
        if len(knock.origins) > 1 or any(origin not in self.origins for origin in knock.origins):
            return HTTPStatus.FORBIDDEN
        return self._token_refusal([offer.strip(" \t") for line in knock.protocols for offer in line.split(",")])

    def _token_refusal(self, offers: list[str]) -> HTTPStatus | None:
        bearers = [offer.removeprefix(_BEARER) for offer in offers if offer.startswith(_BEARER)]
        if self.token is None:
            return None if offers == [SUBPROTOCOL] else HTTPStatus.UNAUTHORIZED
        known = len(bearers) == 1 and hmac.compare_digest(bearers[0].encode(), self.token.encode())
        if not known or offers.count(SUBPROTOCOL) != 1 or len(offers) != 2:
            return HTTPStatus.UNAUTHORIZED
        return None


def tcp_gate(port: int, token: str, origins: Sequence[str] = (OBSIDIAN,)) -> Gate:
    """The gate of the loopback port."""
    return Gate(frozenset({f"127.0.0.1:{port}", f"localhost:{port}"}), frozenset(origins), token)


def local_gate() -> Gate:
    """The gate of the local door; no browser can come here, so no origin is known."""
    return Gate(frozenset({"localhost"}), frozenset(), None)
