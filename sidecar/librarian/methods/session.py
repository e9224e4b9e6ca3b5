"""Beginning and ending a conversation."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

from pydantic import Field

from librarian.errors import ProtocolMismatch
from librarian.rpc.contract import PROTOCOL, Call, Open, Params, method
from librarian.value import Value

SERVER_NAME = "librarian"


class ClientInfo(Open):
    """Who is calling."""

    name: Annotated[str, Field(max_length=200)]
    version: Annotated[str, Field(max_length=200)]


class ClientCapabilities(Open):
    """What the client can do for the sidecar."""

    apply_edit: tuple[str, ...] = ()
    """Folders of the vaults whose edits this client applies itself."""


class Initialize(Params):
    client: ClientInfo
    protocol: int | None = None
    """The version of the protocol that the client was written for."""
    capabilities: ClientCapabilities = ClientCapabilities()


class ServerInfo(Value):
    """Who is answering."""

    name: str
    version: str


class ServerCapabilities(Value):
    """What the sidecar can do."""

    methods: tuple[str, ...]
    notices: tuple[str, ...]


class Initialized(Value):
    """The sidecar's half of the introduction."""

    server: ServerInfo
    protocol: int
    capabilities: ServerCapabilities


class Ping(Params):
    pass


class Shutdown(Params):
    pass


def own_version() -> str:
    """The version of the installed distribution."""
    try:
        return version("vault-librarian")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0+unknown"


@method("session.initialize", errors=(ProtocolMismatch,), early=True)
async def initialize(call: Call, params: Initialize) -> Initialized:
    """Introduce client and sidecar to each other; every other method waits for this one."""
    from librarian.methods import METHODS, NOTICES

    if params.protocol not in (None, PROTOCOL):
        raise ProtocolMismatch(ours=PROTOCOL, theirs=params.protocol)
    call.session.initialized = True
    call.session.apply_edit_vaults = params.capabilities.apply_edit
    capabilities = ServerCapabilities(
        methods=tuple(each.name for each in METHODS), notices=tuple(each.name for each in NOTICES)
    )
    server = ServerInfo(name=SERVER_NAME, version=own_version())
    return Initialized(server=server, protocol=PROTOCOL, capabilities=capabilities)


@method("session.ping", early=True)
async def ping(call: Call, params: Ping) -> None:
    """Answer at once; for measuring and for keeping watch."""


@method("session.shutdown", early=True)
async def shutdown(call: Call, params: Shutdown) -> None:
    """Stop the sidecar once this call is answered."""
    call.session.leave(call.flight)
