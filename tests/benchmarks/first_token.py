"""How much later the first piece of a model's answer comes for having come through the librarian.

The same requests go to one scripted provider, in turn over the sidecar's socket and by the provider's own SDK in this process; what
the former take beyond the median of the latter is ours: reading the settings, counting tokens, putting money aside, writing
that to the disk, and the socket.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urljoin

from .client import Sidecar
from .corpus import cache_folder
from .figures import Latency

ROOT = Path(__file__).parents[2]
CALLS = 60
"""Of each kind, with each provider."""
WARM = 5
KEY = "sk-not-a-key-0123456789"
LONG_CHARACTERS = 12_000
"""About as many as the passages have that a question is answered from."""

First = Callable[[dict[str, Any]], Awaitable[float]]
"""Sends a request by an SDK and gives the milliseconds until the first piece."""
Sdk = Callable[[str], AbstractAsyncContextManager[First]]
"""Connects an SDK with the provider at an address."""


@dataclass(frozen=True)
class Kind:
    """How a text is asked for; ``params`` makes each call's own, so that none is answered from what is kept."""

    name: str
    method: str
    params: Callable[[int], dict[str, Any]]


KINDS = (
    Kind("a line", "text.generate", lambda number: {"prompt": f"A line on plants of the shore, number {number}"}),
    Kind(
        f"{LONG_CHARACTERS:,} characters",
        "text.rewrite",
        lambda number: {"instruction": "Say it shorter", "text": _long(number)},
    ),
)


def measure(librarian: Path, calls: int = CALLS) -> dict[str, Any]:
    """Latencies in milliseconds: of all calls what is added, and of each provider and kind what both ways take."""
    rows, added = [], []
    with scripted_provider() as url, tempfile.TemporaryDirectory(dir=cache_folder()) as scratch:
        vault = Path(scratch) / "vault"
        vault.mkdir()
        (vault / "Glasswort.md").write_text("# Glasswort\n", encoding="utf-8")
        secrets = {provider: KEY for provider in SDKS}
        with Sidecar(librarian, Path(scratch) / "data", secrets=secrets) as sidecar:
            sidecar.initialize()
            vault_id = sidecar.call("vault.open", path=str(vault))["vaultId"]
            sidecar.call("vault.status", vaultId=vault_id, wait=True)
            for provider, (path, sdk) in SDKS.items():
                for name, value in (("provider", provider), ("base_url", url + path)):
                    sidecar.call("settings.change", vaultId=vault_id, name=name, value=value)
                for kind in KINDS:
                    ours, theirs = asyncio.run(_in_turn(sidecar, vault_id, kind, url + path, sdk, calls))
                    beyond = [took - median(theirs) for took in ours]
                    added += beyond
                    rows.append(_row(f"{provider}, {kind.name}", ours, theirs, beyond))
    return {"calls": calls, "rows": rows, "added": Latency.of(added).as_dict()}


def _row(name: str, ours: Sequence[float], theirs: Sequence[float], beyond: Sequence[float]) -> dict[str, Any]:
    times = {"ours": ours, "sdk": theirs, "added": beyond}
    return {"name": name} | {what: Latency.of(took).as_dict() for what, took in times.items()}


async def _in_turn(
    sidecar: Sidecar, vault_id: str, kind: Kind, address: str, sdk: Sdk, calls: int
) -> tuple[list[float], list[float]]:
    """Milliseconds of so many calls through the librarian, and of as many that say the same without it."""
    ours, theirs = [], []
    async with sdk(address) as first:
        for number in range(calls + WARM):
            took = sidecar.first_delta(kind.method, vaultId=vault_id, **kind.params(number))
            alone = await first(_last_asked(address))
            if number >= WARM:
                ours.append(took)
                theirs.append(alone)
    return ours, theirs


def _last_asked(address: str) -> dict[str, Any]:
    """The last request that the provider was sent."""
    with urllib.request.urlopen(urljoin(address, "/last")) as answer:
        request: dict[str, Any] = json.loads(answer.read())
    return request


def _long(number: int) -> str:
    """A text of many lines, each its own."""
    line = f"{number}: glasswort stands in the salt of the spring tide, and seeds late.\n"
    return "".join(f"Line {count}.{line}" for count in range(LONG_CHARACTERS // len(line)))[:LONG_CHARACTERS]


@asynccontextmanager
async def _anthropic(url: str) -> AsyncIterator[First]:
    import anthropic

    async with anthropic.AsyncAnthropic(api_key=KEY, base_url=url, max_retries=0) as client:

        async def first(request: dict[str, Any]) -> float:
            began, took = time.perf_counter(), None
            async for event in await client.messages.create(**request):
                if took is None and event.type == "content_block_delta":
                    took = (time.perf_counter() - began) * 1000
            assert took is not None, "the answer has no text"
            return took

        yield first


@asynccontextmanager
async def _openai(url: str) -> AsyncIterator[First]:
    import openai

    async with openai.AsyncOpenAI(api_key=KEY, base_url=url, max_retries=0) as client:

        async def first(request: dict[str, Any]) -> float:
            began, took = time.perf_counter(), None
            async for chunk in await client.chat.completions.create(**request):
                if took is None and chunk.choices and chunk.choices[0].delta.content:
                    took = (time.perf_counter() - began) * 1000
            assert took is not None, "the answer has no text"
            return took

        yield first


SDKS: dict[str, tuple[str, Sdk]] = {"anthropic": ("", _anthropic), "openai": ("/v1", _openai)}
"""By provider: the path of its protocol, and its SDK."""


@contextmanager
def scripted_provider() -> Iterator[str]:
    """The address of a provider that runs as long as this."""
    command = [sys.executable, "-m", "tests.benchmarks.scripted_provider"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.executable).with_name("librarian")), indent=2))
