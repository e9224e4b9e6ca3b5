"""Answers that are nearly right: fields of other types, missing, doubled, cut or flipped. Nothing but our errors comes of them."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from typing import Any

import pytest

from librarian.chat import Delta, Finish, Limits, Usage
from librarian.errors import ModelError
from providers.protocols import Speech
from providers.scenes import ASKED, says
from providers.server import Server

ROUNDS = 150
JUNK: tuple[Any, ...] = (None, True, -1, 1e308, "", "x", [], [None], [[1]], {}, {"type": 3}, {"a": {"b": []}})


def bent(chance: random.Random, value: Any) -> Any:
    """The value with something in it made otherwise."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        name = chance.choice(list(value))
        if chance.random() < 0.2:
            return {other: kept for other, kept in value.items() if other != name}
        return {**value, name: bent(chance, value[name])}
    if isinstance(value, list) and value and chance.random() < 0.85:
        at = chance.randrange(len(value))
        return [*value[:at], bent(chance, value[at]), *value[at + 1 :]]
    return chance.choice(JUNK)


def spoiled(chance: random.Random, events: list[bytes]) -> list[bytes]:
    at = chance.randrange(len(events))
    event = events[at]
    way = chance.randrange(5)
    if way == 0:
        return [*events[:at], *events[at + 1 :]]
    if way == 1:
        return [*events[:at], event, *events[at:]]
    if way == 2:
        place = chance.randrange(len(event))
        return [*events[:at], event[:place] + bytes([chance.randrange(256)]) + event[place + 1 :], *events[at + 1 :]]
    head, _, data = event.partition(b"data: ")
    with suppress(ValueError):  # what was flipped before, and [DONE]
        event = head + b"data: " + json.dumps(bent(chance, json.loads(data))).encode() + b"\n\n"
    return [*events[:at], event, *events[at + 1 :]]


@pytest.mark.parametrize("seed", range(4))
async def test_nothing_but_events_and_our_errors_comes_of_nonsense(server: Server, speech: Speech, seed: int) -> None:
    chance = random.Random(seed)
    chat = speech.chat(server.url)
    broken = 0
    for _ in range(ROUNDS):
        events = speech.answer("Some ", "words.")
        for _ in range(chance.randint(1, 3)):
            events = spoiled(chance, events) if events else events
        server.turns.append(says(events))
        heard = []
        try:
            async for event in chat.stream(ASKED, Limits(timeout_s=5)):
                heard.append(event)  # noqa: PERF401  # what came before the error counts
        except ModelError:
            broken += 1
            assert all(isinstance(event, Delta) for event in heard)
        else:
            *pieces, finish, usage = heard
            assert all(isinstance(piece, Delta) and piece.text for piece in pieces)
            assert isinstance(finish, Finish)
            assert isinstance(usage, Usage)
    await chat.close()
    assert ROUNDS // 20 < broken < ROUNDS, "otherwise it spoils too little or too much"
