"""A client that sends without end, in a process of its own: ``python flood.py PORT KIND``."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from wire.peer import guest, request

FLOODS = {
    "pings": [request("session.ping")] * 50,
    "batches": ["[" + ",".join([request("session.ping", {}, number) for number in range(50)]) + "]"],
    "notifications": [request("vault.changed", {"vaultId": "v1", "changes": []}, None)] * 50,
    "a mebibyte of brackets": ["[" + ("[" * 60 + "]" * 60 + ",") * 8500 + "1]"],
    "as many brackets as are read": ['["' + "x" * 900_000 + '"' + (",[" + "[" * 50 + "]" * 50 + "]") * 980 + "]"],
    "a mebibyte of nonsense": ["[" + "x" * 1_000_000],
    "a mebibyte of keys": ["{" + ",".join(f'"{number}":{number}' for number in range(70_000)) + "}"],
    "huge answers": [request("search.query", {"vaultId": "v1", "text": "huge"}, number) for number in range(8)],
}


async def flood(port: int, texts: list[str]) -> None:
    async with guest(port) as rude:
        reading = asyncio.create_task(swallow(rude.connection))
        print("flooding", flush=True)
        while not reading.done():
            for text in texts:
                await rude.send(text)


async def swallow(frames: object) -> None:
    async for _ in frames:  # type: ignore[attr-defined]
        pass


if __name__ == "__main__":
    asyncio.run(flood(int(sys.argv[1]), FLOODS[sys.argv[2]]))
