"""A provider of models on this machine that begins to answer as soon as it is asked, in a process of its own.

``python -m tests.benchmarks.scripted_provider`` prints its port and serves, in the words of Anthropic and of OpenAI, until its
standard input ends. ``GET /last`` gives what it was asked last.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from tests.providers.protocols import AnthropicSpeech, OpenAISpeech
from tests.providers.server import Request, Server, Talk, serving

PIECES = ("Glasswort ", "grows at the edge of the sea. ", "Its seed floats.")
BETWEEN_S = 0.02
"""Between the first piece and the rest, so that who waits for more than the first is seen to."""


def answers(server: Server) -> Any:
    """A turn that comes again for the next request."""
    last: list[Any] = [None]

    async def turn(request: Request, talk: Talk) -> None:
        server.turns.append(turn)
        if request.path == "/last":
            await talk.whole(200, last[0])
            return
        last[0] = request.body
        server.requests.clear()
        speech = AnthropicSpeech() if request.path.endswith("/messages") else OpenAISpeech()
        events = speech.answer(*PIECES)
        begun = events.index(speech.piece(PIECES[0])) + 1
        await talk.head(content_type="text/event-stream")
        await talk.send(b"".join(events[:begun]))
        await asyncio.sleep(BETWEEN_S)
        await talk.send(b"".join(events[begun:]))
        await talk.end()

    return turn


async def main() -> None:
    async with serving() as server:
        server.turns.append(answers(server))
        print(server.port, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
