"""What may leave this machine, whatever asks for it."""

from __future__ import annotations

import httpx2
import pytest

from librarian.chat import Limits
from librarian.chat.address import Bounds, Place, parse
from librarian.chat.connection import Guard
from librarian.chat.secret import Secret
from librarian.errors import AddressRefused, ModelError, ProviderUnreachable
from providers.protocols import KEY, OpenAISpeech
from providers.scenes import ASKED
from providers.server import Request, Server, Talk


def guard(url: str, key: str | None = KEY) -> Guard:
    place = Place("x", parse("x", url), Secret(key) if key else None)
    return Guard(place, "bearer", Bounds(), lambda: 0.0)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/v1/models", "http://api.example/v1/models", "https://api.example:8443/v1/models",
        "https://api.example.evil.example/v1", "https://user@evil.example/v1",
    ],
)  # fmt: skip
async def test_a_request_to_another_host_port_or_scheme_is_refused(elsewhere: str) -> None:
    request = httpx2.Request("GET", elsewhere)
    with pytest.raises(AddressRefused):
        await guard("https://api.example/v1").send(request)
    assert KEY not in repr(request.headers.raw)


async def test_a_key_is_put_in_only_where_nobody_can_read_it() -> None:
    open_to_all = httpx2.Request("GET", "http://192.0.2.1/v1/models")
    with pytest.raises(AddressRefused, match="https"):
        await guard("http://192.0.2.1/v1").send(open_to_all)
    await guard("http://192.0.2.1/v1", key=None).send(open_to_all)
    assert "authorization" not in open_to_all.headers
    safe = httpx2.Request("GET", "https://192.0.2.1/v1/models")
    await guard("https://192.0.2.1/v1").send(safe)
    assert safe.headers["authorization"] == f"Bearer {KEY}"


async def test_a_proxy_of_the_environment_sees_a_name_and_no_key(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_request: Request, talk: Talk) -> None:
        await talk.whole(403, b"not from here")

    monkeypatch.setenv("HTTPS_PROXY", server.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    server.turns.append(refuse)
    chat = OpenAISpeech().chat("https://api.example")
    with pytest.raises(ModelError) as caught:
        [event async for event in chat.stream(ASKED, Limits(timeout_s=5))]
    await chat.close()
    assert type(caught.value) is ProviderUnreachable
    assert "proxy" in str(caught.value)
    (request,) = server.requests
    assert (request.method, request.path) == ("CONNECT", "api.example:443")
    assert KEY not in repr(request)
