"""One client's conversation: its calls in flight, what waits to be sent to it, and what it listens to. No sockets."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterable, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from librarian.errors import NobodyThere, RemoteFault, TooBusy
from librarian.rpc.contract import BadParams, Notice, Question
from librarian.rpc.message import INVALID_REQUEST, Answer, Id
from librarian.telling import Delta

if TYPE_CHECKING:
    from librarian.library import Library
    from librarian.rpc.dispatch import Dispatcher

log = logging.getLogger(__name__)

_OURS = "librarian-"
"""Begins the id of what we ask."""
PATIENCE_SECONDS = 0.002
"""A message that takes longer to read than this makes its sender pause."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of us one client may take."""

    calls_in_flight: int = 64
    notifications_in_flight: int = 64
    outbox_bytes: int = 4 << 20
    """Beyond this we stop reading from the client until it has read what waits for it."""
    outbox_notices: int = 256
    send_seconds: float = 10
    """A client that takes nothing for this long is dropped."""
    answer_seconds: float = 30
    """How long a client may think about what it is asked, all questions of one change taken together."""


class SlowReader(Exception):
    """The client does not read what it asked for."""


@dataclass(slots=True, eq=False)
class InFlight:
    """One call between its arrival and its answer."""

    work: asyncio.Task[Any] | None = None
    taken_back: bool = False


@dataclass(eq=False)
class Session:
    """Created for a client that has passed the door; `run` lasts as long as the client does."""

    library: Library
    dispatcher: Dispatcher
    send: Callable[[str], Awaitable[None]]
    peers: set[Session] = field(default_factory=set)
    """Every session of this sidecar, this one included while it runs."""
    stop: Callable[[], None] = lambda: None
    limits: Limits = field(default_factory=Limits)

    initialized: bool = False
    apply_edit_vaults: tuple[str, ...] = ()
    """Vaults whose edits this client applies itself."""
    calls: dict[Id, InFlight] = field(default_factory=dict)
    _asked: dict[str, asyncio.Future[Answer]] = field(default_factory=dict)
    _questions: int = 0
    _listening: dict[str, Callable[[], None]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _notifications: int = 0
    _outbox: dict[object, str] = field(default_factory=dict)
    _outbox_bytes: int = 0
    _pieces: dict[str | int, str] = field(default_factory=dict)
    """Of texts that are being written, what waits to be sent."""
    _notices: int = 0
    _filled: asyncio.Event = field(default_factory=asyncio.Event)
    _eased: asyncio.Event = field(default_factory=asyncio.Event)
    _farewell: InFlight | None = None
    _ended: bool = False

    async def run(self, messages: AsyncIterable[str]) -> None:
        """Answer until the client leaves; raises `SlowReader` when it does not read."""
        self._loop = asyncio.get_running_loop()
        self.peers.add(self)
        reader = asyncio.create_task(self._read(messages))
        writer = asyncio.create_task(self._write())
        try:
            done, _ = await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            self.peers.discard(self)
            await self._end({reader, writer})

    async def _end(self, own: set[asyncio.Task[None]]) -> None:
        self._ended = True
        for unsubscribe in self._listening.values():
            unsubscribe()
        self._listening.clear()
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(NobodyThere("The client has gone away."))
        tasks = own | self._tasks
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # Calls

    def admit(self, call_id: Id) -> InFlight:
        """Count a call in; raises `TooBusy`."""
        if len(self.calls) >= self.limits.calls_in_flight:
            raise TooBusy(self.limits.calls_in_flight)
        return self.calls.setdefault(call_id, InFlight())

    def take_back(self, call_id: Id) -> None:
        """Cancel a call; one that is unknown or answered already is left in peace."""
        if call := self.calls.get(call_id):
            call.taken_back = True
            if call.work:
                call.work.cancel()

    def leave(self, farewell: InFlight) -> None:
        """Stop the sidecar as soon as this call is answered."""
        self._farewell = farewell
        self._filled.set()

    async def _read(self, messages: AsyncIterable[str]) -> None:
        async for text in messages:
            started = time.perf_counter()
            counted, step = self.dispatcher.accept(text, self)
            spent = time.perf_counter() - started
            self._notifications += counted
            task = asyncio.create_task(self._answer(step, counted))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            # Frames that are here already are handed out without a pause; without this a flood would starve the others.
            # Whoever sends what is long to read waits as long again; meanwhile the others' calls take all their steps.
            await asyncio.sleep(spent if spent > PATIENCE_SECONDS else 0)
            while self._crowded():
                self._eased.clear()
                await self._eased.wait()

    def _crowded(self) -> bool:
        return (
            self._outbox_bytes > self.limits.outbox_bytes
            or self._notifications >= self.limits.notifications_in_flight
            or len(self._tasks) >= 2 * (self.limits.calls_in_flight + self.limits.notifications_in_flight)
        )

    async def _answer(self, step: Callable[[], Awaitable[str | None]], notifications: int) -> None:
        try:
            text = await step()
            if text is not None:
                self._put(object(), text)
        except Exception:
            log.exception("a message could not be answered")
        finally:
            self._notifications -= notifications
            self._eased.set()

    # What we say

    def notify(self, notice: Notice, value: BaseModel, key: object) -> None:
        """Send a notice; one that still waits under the same ``key`` is replaced. May be called from any thread."""
        self._say(notice.name, value.model_dump_json(by_alias=True), (notice.name, key))

    async def ask(self, question: Question, value: BaseModel, *, until: float | None = None) -> BaseModel:
        """Ask the client something. Raises `NobodyThere` when it says nothing, `RemoteFault` when it answers so.

        ``until``: when it must have answered, by the clock of the event loop; the question is taken back then.
        """
        params = await asyncio.to_thread(value.model_dump_json, by_alias=True)
        if self._ended:
            raise NobodyThere("The client has gone away.")
        self._questions += 1
        call_id = f"{_OURS}{self._questions}"
        waiting = self._asked[call_id] = asyncio.get_running_loop().create_future()
        self._put(object(), f'{{"jsonrpc":"2.0","id":"{call_id}","method":"{question.name}","params":{params}}}')
        try:
            async with asyncio.timeout_at(self.answers_until() if until is None else until):
                answer = await waiting
        except TimeoutError:
            self._put(object(), f'{{"jsonrpc":"2.0","method":"$/cancelRequest","params":{{"id":"{call_id}"}}}}')
            raise NobodyThere(f"The client did not answer within {self.limits.answer_seconds:g} s.") from None
        finally:
            del self._asked[call_id]
        if answer.error is not None:
            raise RemoteFault(answer.error["code"], answer.error["message"])
        try:
            return question.read(json.dumps(answer.result))
        except BadParams as bad:
            raise RemoteFault(INVALID_REQUEST, "The client's answer is not one.", problems=bad.problems) from None

    def answers_until(self) -> float:
        """When a client that is asked now must have answered, by the clock of the event loop."""
        return asyncio.get_running_loop().time() + self.limits.answer_seconds

    def hear(self, answer: Answer) -> bool:
        """Take an answer in, however late; False for one that was never asked for."""
        if waiting := self._asked.get(answer.id):
            if not waiting.done():
                waiting.set_result(answer)
            return True
        number = answer.id.removeprefix(_OURS)
        return number != answer.id and number.isdecimal() and int(number) <= self._questions

    def send_progress(self, token: str | int, value: BaseModel) -> None:
        """Send ``$/progress`` for one call. May be called from any thread.

        What waits to be sent is replaced by what is newer; pieces of a text are joined, since none may be missing.
        """
        if isinstance(value, Delta):
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._put_delta, token, value.text)
            return
        body = ProgressNotice(token=token, value=value).model_dump_json(serialize_as_any=True, by_alias=True)
        self._say("$/progress", body, ("$/progress", token))

    def _put_delta(self, token: str | int, text: str) -> None:
        key = ("$/progress", token, "delta")
        if key in self._outbox:
            self._outbox_bytes -= len(self._outbox[key])
            self._pieces[token] += text
        else:
            self._pieces = {
                each: kept for each, kept in self._pieces.items() if ("$/progress", each, "delta") in self._outbox
            }
            self._pieces[token] = text
            self._notices += 1
        value = Delta(text=self._pieces[token])
        body = ProgressNotice(token=token, value=value).model_dump_json(serialize_as_any=True, by_alias=True)
        self._put(key, f'{{"jsonrpc":"2.0","method":"$/progress","params":{body}}}')

    def listen(self, vault_id: str, subscribe: Callable[[], Callable[[], None]]) -> None:
        """Hear of a vault's progress until the client leaves or calls `unlisten`."""
        if vault_id not in self._listening:
            self._listening[vault_id] = subscribe()

    def unlisten(self, vault_id: str) -> bool:
        """Stop hearing of a vault; say whether no other client hears of it either."""
        if unsubscribe := self._listening.pop(vault_id, None):
            unsubscribe()
        return all(vault_id not in peer._listening for peer in self.peers)

    def _say(self, name: str, params: str, key: object) -> None:
        text = f'{{"jsonrpc":"2.0","method":"{name}","params":{params}}}'
        if self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._put_notice, key, text)

    def _put_notice(self, key: object, text: str) -> None:
        waiting = self._outbox.get(key)
        if waiting is not None:
            self._outbox_bytes -= len(waiting)
        elif self._notices >= self.limits.outbox_notices:
            return  # The client reads too slowly to profit from another kind of progress.
        else:
            self._notices += 1
        self._put(key, text)

    def _put(self, key: object, text: str) -> None:
        self._outbox[key] = text
        self._outbox_bytes += len(text)
        self._filled.set()

    async def _write(self) -> None:
        while True:
            while not self._outbox:
                if self._farewell and self._farewell not in self.calls.values():
                    self.stop()
                self._filled.clear()
                await self._filled.wait()
            key = next(iter(self._outbox))
            text = self._outbox.pop(key)
            try:
                async with asyncio.timeout(self.limits.send_seconds):
                    await self.send(text)
            except TimeoutError:
                raise SlowReader from None
            self._outbox_bytes -= len(text)
            self._notices -= isinstance(key, tuple)
            self._eased.set()


class ProgressNotice(BaseModel):
    """The notice ``$/progress``."""

    token: str | int
    value: BaseModel
