"""The wire describing itself."""

from __future__ import annotations

from typing import Any

from librarian.rpc.contract import Call, Params, method


class Discover(Params):
    pass


@method("rpc.discover", early=True)
async def discover(call: Call, params: Discover) -> dict[str, Any]:
    """Return the OpenRPC document of everything that is served here."""
    from librarian.methods import METHODS, NOTICES, QUESTIONS
    from librarian.rpc import openrpc

    return openrpc.document(METHODS, NOTICES, QUESTIONS)
