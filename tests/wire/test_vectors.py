"""The shared vectors, said to a real server: exact answers, in valid JSON, and the connection lives on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from librarian.server import Serving

from .peer import guest, request

VECTORS = [
    pytest.param(vector, id=f"{path.stem}: {vector['name']}")
    for path in sorted(Path(__file__).with_name("vectors").glob("*.json"))
    for vector in json.loads(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("vector", VECTORS)
async def test_the_answer_is_the_vectors_and_the_connection_lives_on(serving: Serving, vector: dict[str, Any]) -> None:
    async with guest(serving.port) as peer:
        send = vector["send"]
        await peer.send(send if isinstance(send, str) else "".join(text * times for text, times in send))
        if vector["answer"] is not None:
            assert await peer.read() == vector["answer"]
        await peer.send(request("session.ping", {}, "after"))
        assert await peer.read() == {"jsonrpc": "2.0", "id": "after", "result": None}
