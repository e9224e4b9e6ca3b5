"""A model that says what a test has queued, and remembers what it was asked."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from librarian.chat.conversation import Delta, Event, Finish, Limits, Message, Usage


@dataclass(frozen=True)
class Pause:
    """Silence for so many seconds."""

    seconds: float


Script = Sequence[Event | Pause | Exception]


def says(*pieces: str, usage: Usage | None = None, reason: str = "stop") -> Script:
    """A whole answer."""
    told = usage or Usage(input_tokens=100, output_tokens=20)
    return (*map(Delta, pieces), Finish(reason), told)  # type: ignore[arg-type]


@dataclass
class FakeChat:
    """Gives the scripts of its queue, one for each call; the last is given for ever."""

    queue: deque[Script]
    provider: str = "openai"
    model: str = "gpt-5-mini"
    history: list[tuple[Sequence[Message], Limits]] = field(default_factory=list)
    sent_at: list[float] = field(default_factory=list)
    """By the clock of the loop."""
    aborted: int = 0
    is_closed: bool = False

    @classmethod
    def of(cls, *scripts: Script, **named: str) -> FakeChat:
        return cls(deque(scripts), **named)  # type: ignore[arg-type]

    async def stream(self, messages: Sequence[Message], limits: Limits) -> AsyncIterator[Event]:
        self.history.append((messages, limits))
        self.sent_at.append(asyncio.get_running_loop().time())
        script = self.queue.popleft() if len(self.queue) > 1 else self.queue[0]
        try:
            for each in script:
                if isinstance(each, Pause):
                    await asyncio.sleep(each.seconds)
                elif isinstance(each, Exception):
                    raise each
                else:
                    yield each
        except (GeneratorExit, asyncio.CancelledError):
            self.aborted += 1
            raise

    async def close(self) -> None:
        self.is_closed = True
