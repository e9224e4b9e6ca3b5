"""The network as an SDK may see it: one host, our own headers and key, no redirects, and an end to every answer.

An SDK is given the client made here and never the key: whatever it, or the environment it reads, would send besides
is left out, and the key is put in last, when it is sure where the request goes.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final, Literal

import httpx2

from librarian.chat.address import Address, Bounds, Place
from librarian.errors import AddressRefused, AnswerBroken, ModelError, ProviderUnreachable

SEND_S: Final = 30.0
UNUSED_KEY: Final = "put-in-by-the-connection"
"""What SDKs are told, which insist on a key."""

_OURS: Final = frozenset(
    {"host", "accept", "connection", "content-type", "content-length", "user-agent", "anthropic-version"}
)
"""Headers of an SDK that are sent."""


class Guard:
    """Looks at what goes to one provider and at what comes back."""

    def __init__(
        self, place: Place, placed: Literal["bearer", "x-api-key"], bounds: Bounds, clock: Callable[[], float]
    ) -> None:
        self._provider = place.provider
        self._address = place.address
        self._key = place.key
        self._hear = place.hear
        self._placed = placed
        self._bounds = bounds
        self._clock = clock

    async def send(self, request: httpx2.Request) -> None:
        """Leave out what is not ours, and put the key in. Raises AddressRefused for any host but the provider's."""
        url = request.url
        port = url.port or {"http": 80, "https": 443}.get(url.scheme, 0)
        if (url.scheme, url.host.rstrip("."), port) != (self._address.scheme, self._address.host, self._address.port):
            raise AddressRefused(self._provider, "a request would have gone elsewhere")
        for name in set(request.headers) - _OURS:
            del request.headers[name]
        # Packed, a small answer could become a large one after we have counted it.
        request.headers["accept-encoding"] = "identity"
        if self._key is None:
            return
        if not self._address.private:
            raise AddressRefused(self._provider, "keys are not sent over http://; use https://, or no key")
        if self._placed == "bearer":
            request.headers["authorization"] = f"Bearer {self._key.reveal()}"
        else:
            request.headers["x-api-key"] = self._key.reveal()

    async def receive(self, response: httpx2.Response) -> None:
        """Refuse to be sent elsewhere, and count what comes."""
        if self._hear is not None:
            self._hear(response.headers)
        if response.has_redirect_location:
            reason = "it forwards to another address, where the key must not follow; set base_url to the right one"
            raise ProviderUnreachable(self._provider, reason)
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise AnswerBroken(self._provider, "it came packed, which was not asked for")
        if isinstance(response.stream, httpx2.AsyncByteStream):
            # A list of models may be one long line, and is read whole.
            events = response.headers.get("content-type", "").startswith("text/event-stream")
            line_bytes = self._bounds.line_bytes if events else self._bounds.bytes
            response.stream = _Counted(response.stream, self._provider, line_bytes, self._bounds, self._clock)


class _Counted(httpx2.AsyncByteStream):
    """The bytes of an answer, until there are too many or they take too long."""

    def __init__(
        self,
        stream: httpx2.AsyncByteStream,
        provider: str,
        line_bytes: int,
        bounds: Bounds,
        clock: Callable[[], float],
    ) -> None:
        self._stream = stream
        self._provider = provider
        self._line_bytes = line_bytes
        self._bounds = bounds
        self._clock = clock

    async def __aiter__(self) -> AsyncIterator[bytes]:
        ends = self._clock() + self._bounds.seconds
        total = line = 0
        async for chunk in self._stream:
            first, *others = chunk.split(b"\n")
            longest = max(line + len(first), *map(len, others), 0)
            line = len(others[-1]) if others else line + len(first)
            total += len(chunk)
            if longest > self._line_bytes or total > self._bounds.bytes:
                raise AnswerBroken(self._provider, "it is larger than an answer can be")
            if self._clock() > ends:
                raise AnswerBroken(self._provider, "it does not come to an end")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


def connect(
    place: Place,
    *,
    placed: Literal["bearer", "x-api-key"],
    bounds: Bounds | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> httpx2.AsyncClient:
    """A client for one provider. Proxies and certificates of the environment are used, but not for this machine."""
    guard = Guard(place, placed, bounds or Bounds(), clock)
    return httpx2.AsyncClient(
        event_hooks={"request": [guard.send], "response": [guard.receive]},
        follow_redirects=False,
        # Making a context of TLS takes 0.1 s; without TLS there is nothing to verify.
        verify=place.address.scheme == "https",
        trust_env=not place.address.loopback,
        limits=httpx2.Limits(max_connections=16, max_keepalive_connections=4, keepalive_expiry=60),
    )


def patience(timeout_s: float, bounds: Bounds | None = None) -> httpx2.Timeout:
    """Timeouts of one call: ``timeout_s`` is the longest silence."""
    connect_s = (bounds or Bounds()).connect_s
    return httpx2.Timeout(connect=connect_s, read=timeout_s, write=SEND_S, pool=connect_s)


def fault(provider: str, address: Address, error: BaseException, *, begun: bool) -> ModelError | None:
    """What an error of the network means, or one that an SDK made of it; None: it is no error of the network.

    ``begun``: the answer had begun.
    """
    for cause in _chain(error):
        if isinstance(cause, ModelError):
            return cause
        if isinstance(cause, httpx2.HTTPError | httpx2.StreamError | httpx2.InvalidURL | OSError | EOFError):
            return _broken(provider, cause) if begun else _unreachable(provider, address, cause)
    return None


def lost(provider: str, address: Address, *, begun: bool) -> ModelError:
    """An error of the network that is not known better."""
    return _broken(provider, EOFError()) if begun else _unreachable(provider, address, EOFError())


def _broken(provider: str, cause: BaseException) -> ModelError:
    silent = isinstance(cause, httpx2.TimeoutException | TimeoutError)
    return AnswerBroken(provider, "it fell silent" if silent else "the connection ended in its midst")


def _unreachable(provider: str, address: Address, cause: BaseException) -> ModelError:
    if isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout):
        if "certificate" in str(cause).lower():
            return ProviderUnreachable(provider, f"the certificate of {address.host} is not trusted")
        hint = "is it running?" if address.loopback else "is there a connection to the internet?"
        return ProviderUnreachable(provider, f"nothing answers at {address.place}; {hint}")
    if isinstance(cause, httpx2.PoolTimeout):
        return ProviderUnreachable(provider, "too many requests are on their way")
    if isinstance(cause, httpx2.TimeoutException | TimeoutError):
        return ProviderUnreachable(provider, f"{address.place} does not answer in time", sent=True)
    if isinstance(cause, httpx2.ProxyError):
        return ProviderUnreachable(provider, "the proxy of this machine does not let it through")
    return ProviderUnreachable(provider, f"{address.place} hung up without an answer", sent=True)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__
