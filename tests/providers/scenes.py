"""Turns that many tests have the server take, and how they listen to what comes of them."""

from __future__ import annotations

from typing import Any

from librarian.chat import Chat, Event, Limits, Message
from providers.server import Request, Talk, Turn

ASKED = (
    Message("system", "You summarise.", reused=True),
    Message("user", "A long note.", reused=True),
    Message("user", "Sum it up."),
)


async def heard(chat: Chat, limits: Limits | None = None, messages: tuple[Message, ...] = ASKED) -> list[Event]:
    try:
        return [event async for event in chat.stream(messages, limits or Limits())]
    finally:
        await chat.close()


def says(events: list[bytes]) -> Turn:
    async def turn(_request: Request, talk: Talk) -> None:
        await talk.events(events)

    return turn


def answers(status: int, body: Any, **headers: str) -> Turn:
    async def turn(_request: Request, talk: Talk) -> None:
        await talk.whole(status, body, **headers)

    return turn
