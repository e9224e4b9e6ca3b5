"""A model that says what a test has queued, and remembers what it was asked."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from librarian.chat.conversation import Delta, Event, Finish, Limits, Message, Usage


@dataclass(frozen=True)
class Pause:
    """Silence for so many seconds."""

    seconds: float


Script = Sequence[Event | Pause | asyncio.Event | Exception]
"""Events as they come; an `asyncio.Event` is waited for."""
Said = Script | str | Exception | Callable[[Sequence[Message]], str]
"""A text comes in words; so does what a function makes of what was asked."""


def says(*pieces: str, usage: Usage | None = None, reason: str = "stop") -> Script:
    """A whole answer."""
    told = usage or Usage(input_tokens=100, output_tokens=20)
    return (*map(Delta, pieces), Finish(reason), told)  # type: ignore[arg-type]


@dataclass
class FakeChat:
    """Gives what is in its queue, one for each call; the last is given for ever."""

    queue: deque[Said]
    provider: str = "openai"
    model: str = "gpt-5-mini"
    history: list[tuple[Sequence[Message], Limits]] = field(default_factory=list)
    sent_at: list[float] = field(default_factory=list)
    """By the clock of the loop."""
    aborted: int = 0
    is_closed: bool = False

    @classmethod
    def of(cls, *scripts: Said, **named: str) -> FakeChat:
        return cls(deque(scripts), **named)  # type: ignore[arg-type]

    @property
    def prompts(self) -> list[str]:
        """Everything it was asked: the texts of each call, with a blank line between."""
        return ["\n\n".join(message.text for message in messages) for messages, _ in self.history]

    async def stream(self, messages: Sequence[Message], limits: Limits) -> AsyncIterator[Event]:
        self.history.append((messages, limits))
        self.sent_at.append(asyncio.get_running_loop().time())
        said = self.queue.popleft() if len(self.queue) > 1 else self.queue[0]
        try:
            for each in _script(said, messages):
                if isinstance(each, Pause):
                    await asyncio.sleep(each.seconds)
                elif isinstance(each, asyncio.Event):
                    await each.wait()
                elif isinstance(each, Exception):
                    raise each
                else:
                    yield each
        except (GeneratorExit, asyncio.CancelledError):
            self.aborted += 1
            raise

    async def close(self) -> None:
        self.is_closed = True


def _script(said: Said, messages: Sequence[Message]) -> Script:
    if callable(said):
        said = said(messages)
    if isinstance(said, Exception):
        return (said,)
    if not isinstance(said, str):
        return said
    words = [word for word in said.replace(" ", " \0").split("\0") if word]
    asked = sum(len(message.text.split()) for message in messages)
    return says(*words, usage=Usage(input_tokens=asked, output_tokens=len(words)))
