"""Turns messages into calls and results into answers; the only module that knows jsonrpcserver.

jsonrpcserver finds the method, tells notifications from requests and shapes the responses. It never sees raw text
(see `librarian.rpc.message`), and what it would say about exceptions never reaches a client.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
import warnings
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import Any, cast

from pydantic_core import to_json

from librarian.errors import Cancelled, LibrarianError, NotInitialized
from librarian.rpc import message
from librarian.rpc.contract import BadParams, Call, Method, Params
from librarian.rpc.message import Answer, Id, Part, Refused, Request
from librarian.rpc.session import InFlight, Session

with warnings.catch_warnings():
    # jsonrpcserver 5.0.9 reads its schema by a name that Python 3.11 and 3.12 deprecate.
    warnings.simplefilter("ignore", DeprecationWarning)
    import jsonrpcserver
    from jsonrpcserver.async_main import dispatch_to_response

log = logging.getLogger(__name__)

Record = Callable[[Call, Method[Any], Params, float], None]
"""Told of every call that succeeded, with the milliseconds it took."""

_FIXED = {
    message.METHOD_NOT_FOUND: "Method not found.",
    message.INTERNAL_ERROR: "Internal error; the sidecar's log has it under this incident.",
}
CANCEL_REQUEST = "$/cancelRequest"

Step = Callable[[], Coroutine[Any, Any, str | None]]
"""Work that has been let in and not begun; a session that ends first simply drops it."""


class Dispatcher:
    """Serves a fixed list of methods to any number of sessions."""

    def __init__(self, methods: Sequence[Method[Any]], *, record: Record | None = None) -> None:
        self._record = record
        self._table = {method.name: self._serve(method) for method in methods}

    def accept(self, text: str | bytes, session: Session) -> tuple[int, Step]:
        """Take one message in, at once: calls are counted and cancellations done when this returns.

        Gives how many notifications will be at work, and the step that makes the answer (None when there is none).
        """
        read = message.read(text)
        parts = read if isinstance(read, list) else [read]
        steps = [self._step(part, session) for part in parts]
        notifications = sum(isinstance(part, Request) and part.id is None for part in parts)
        return notifications, partial(_together, steps, batch=isinstance(read, list))

    def _step(self, part: Part, session: Session) -> Step:
        if not isinstance(part, Request):
            return partial(_ready, _said(part, session))
        if part.method == CANCEL_REQUEST:
            return partial(_ready, _cancel(part, session))
        if part.id is None:
            return partial(self._run, part, session, InFlight())
        if part.id in session.calls:
            return partial(_ready, _error(message.INVALID_REQUEST, "This id is in use.", None, part.id))
        try:
            return partial(self._run, part, session, session.admit(part.id))
        except LibrarianError as busy:
            return partial(_ready, _error(busy.code, busy.message, busy.data, part.id))

    async def _run(self, request: Request, session: Session, flight: InFlight) -> str | None:
        fields: dict[str, Any] = {"method": request.method, "params": request.params}
        if request.id is not None:
            fields["id"] = request.id
        try:
            answer = await dispatch_to_response(
                "",
                methods=self._table,
                context=(session, flight),
                deserializer=lambda _: fields,
                validator=lambda value: value,
                post_process=_respond,
            )
        finally:
            if request.id is not None:
                session.calls.pop(request.id, None)
        # One request in, so one text out, or none for a notification: what `_respond` made of the response.
        return cast(str | None, answer)

    def _serve(self, method: Method[Any]) -> Callable[..., Awaitable[Any]]:
        async def serve(context: tuple[Session, InFlight], /, **params: Any) -> Any:
            session, flight = context
            try:
                return jsonrpcserver.Success(await self._call(method, session, flight, params))
            except BadParams as bad:
                return jsonrpcserver.Error(message.INVALID_PARAMS, "Invalid params.", {"problems": bad.problems})
            except LibrarianError as error:
                return jsonrpcserver.Error(error.code, error.message, error.data or None)
            except Exception:
                incident = secrets.token_hex(4)
                log.exception("incident %s in %s", incident, method.name)
                fixed = _FIXED[message.INTERNAL_ERROR]
                return jsonrpcserver.Error(message.INTERNAL_ERROR, fixed, {"incident": incident})

        return serve

    async def _call(self, method: Method[Any], session: Session, flight: InFlight, sent: dict[str, Any]) -> str:
        if flight.taken_back:
            raise Cancelled
        if not (method.early or session.initialized):
            raise NotInitialized
        params = method.read(json.dumps(sent))
        call = Call(session.library, session, flight, getattr(params, "progress_token", None))
        started = time.perf_counter()
        # A task of its own, so that taking the call back cancels the work and not the answer.
        flight.work = asyncio.ensure_future(_work(method, call, params))
        try:
            result = await flight.work
        except asyncio.CancelledError:
            if flight.taken_back and flight.work.cancelled():
                raise Cancelled from None
            flight.work.cancel()
            raise
        text = method.write(result)
        if self._record:
            self._record(call, method, params, (time.perf_counter() - started) * 1000)
        return text


async def _work(method: Method[Any], call: Call, params: Params) -> Any:
    return await method.function(call, params)


async def _ready(text: str | None) -> str | None:
    return text


async def _together(steps: list[Step], *, batch: bool) -> str | None:
    if not batch:
        return await steps[0]()
    answers = [answer for answer in await asyncio.gather(*(step() for step in steps)) if answer is not None]
    return f"[{','.join(answers)}]" if answers else None


def _said(part: Answer | Refused, session: Session) -> str | None:
    """Hand an answer on; what is neither that nor a request is refused."""
    if isinstance(part, Answer):
        if session.hear(part):
            return None
        return _error(message.INVALID_REQUEST, "A request names its method.", None, part.id)
    if part.code == message.INVALID_PARAMS and part.id is None:
        return None  # a notification, which has no answer
    return _error(part.code, part.message, None, part.id)


def _cancel(request: Request, session: Session) -> str | None:
    target = request.params.get("id")
    if type(target) in (str, int) and request.params.keys() == {"id"}:
        session.take_back(target)  # type: ignore[arg-type]  # narrowed by the comparison of types
        return None if request.id is None else _success("null", request.id)
    if request.id is None:
        return None
    return _error(message.INVALID_PARAMS, "Invalid params.", None, request.id)


def _respond(response: Any) -> str:
    """Write jsonrpcserver's response; results are JSON text already."""
    if not hasattr(response, "_error"):
        return _success(response._value.result, response._value.id)
    code, said, data, request_id = response._error
    if code == message.METHOD_NOT_FOUND or not isinstance(data, dict):
        data = None  # The library would repeat the method's name, or put a sentinel here.
    return _error(code, _FIXED.get(code, said), data, request_id)


def _success(result: str, request_id: Id) -> str:
    return f'{{"jsonrpc":"2.0","id":{json.dumps(request_id)},"result":{result}}}'


def _error(code: int, text: str, data: dict[str, Any] | None, request_id: Id | None) -> str:
    error: dict[str, Any] = {"code": code, "message": text}
    if data:
        error["data"] = data
    return to_json({"jsonrpc": "2.0", "id": request_id, "error": error}, fallback=str).decode()
