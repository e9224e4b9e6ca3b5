"""Calls methods in this process: the same functions and the same answers, without a socket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from librarian.cli.reach import INVALID_PARAMS, Hear
from librarian.errors import RemoteFault
from librarian.methods import METHODS
from librarian.rpc.contract import BadParams, Call
from librarian.rpc.session import InFlight, Session

if TYPE_CHECKING:
    from librarian.library import Library


class Direct:
    """The methods of a library of our own."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._methods = {method.name: method for method in METHODS}

    async def call(self, method: str, params: dict[str, Any] | None = None, *, hear: Hear | None = None) -> Any:
        declared = self._methods[method]
        call = Call(self._library, _Own(self._library, hear), InFlight(), None if hear is None else 0)
        try:
            read = declared.read(json.dumps(params or {}))
        except BadParams as error:
            raise RemoteFault(INVALID_PARAMS, str(error), problems=error.problems) from error
        answer = await declared.function(call, read)
        return json.loads(declared.write(answer))


class _Own(Session):
    """A session with nobody at the other end; nothing is dispatched in it."""

    def __init__(self, library: Library, hear: Hear | None) -> None:
        super().__init__(library, None, _nowhere)  # type: ignore[arg-type]
        self._hear = hear

    def send_progress(self, token: str | int, value: Any) -> None:
        del token
        if self._hear is not None:
            self._hear(value.model_dump(mode="json", by_alias=True))


async def _nowhere(_text: str) -> None:
    """Take what is said to a client that is not there."""
