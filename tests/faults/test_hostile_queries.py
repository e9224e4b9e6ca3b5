"""Queries of people who lean on the keyboard, over the socket: each is answered in time, and so is the next one."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from librarian.errors import RemoteFault

from . import vaults
from .product import SLOWNESS, Sidecar, sidecar
from .test_hostile_notes import check_passages

NOTES = 400
BOUND_SECONDS = 0.5
LONGEST = 10_000
"""Characters that the wire lets a query have."""

QUERIES = {
    "operators": '-" OR tag: path: [ ] ( ) : before: after: -- "" ' * 200,
    "parentheses": "(" * 100_000,
    "closed parentheses": "(" * 5_000 + "marsh" + ")" * 5_000,
    "minus": "-" * 10_000,
    "quotes": '"' * 10_001,
    "phrases": '"marsh tide" ' * 700,
    "alternatives": "marsh OR " * 1_000,
    "exclusions": "-marsh " * 1_000,
    "regular expression": r"(a+)+$ ^.*[^\]]*\\ (?:x|y){1,1000000} /.*/",
    "wildcards": "* ** *a* ? ??? m*",
    "nul": "marsh\0tide\0",
    "right to left": "\u202e\u200fmarsh\u202c \u2067tide\u2069 שלום",
    "many words": " ".join(f"{vaults.WORDS[number % 30]}{number}" for number in range(5_000)),
    "one word many times": "marsh " * 5_000,
    "long word": "x" * 20_000,
    "long word that exists": "marsh" * 2_000,
    "one letter": "m",
    "one digit": "1",
    "one ideograph": "漢",
    "combining": "e" + "\u0301" * 5_000,
    "joiners": "\u200d" * 5_000 + "marsh",
    "emoji": "👨‍👩‍👧" * 1_000,
    "tags": "tag:a/b/c " * 500,
    "properties": "[status:open] [" * 500,
    "dates": "before:9999-99-99 after:-1 before: after:0000-00-00 before:2026-13-45",
    "spaces": " \t\n\r\u3000" * 1_000,
    "empty": "",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sidecar]:
    folder = tmp_path_factory.mktemp("queries")
    async with sidecar(folder / "data", vaults.make(folder / "vault", NOTES)) as started:
        await started.settled()
        yield started


def check(answer: dict[str, Any]) -> None:
    check_passages(answer)
    assert len(answer["hits"]) <= answer["total"] <= NOTES
    paths = [hit["path"] for hit in answer["hits"]]
    assert len(paths) == len(set(paths))
    assert answer["coverage"]["notes"] == NOTES


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", QUERIES)
async def test_a_hostile_query_is_answered_and_so_is_the_next(running: Sidecar, name: str) -> None:
    text = QUERIES[name]
    if len(text) > LONGEST:
        with pytest.raises(RemoteFault, match="Invalid params"):
            await running.search(text)
        text = text[:LONGEST]
    started = time.monotonic()
    hostile = asyncio.ensure_future(running.search(text))
    beside = await running.search("unique7x0")
    assert beside["hits"][0]["path"] == vaults.place(7)
    check(await hostile)
    assert time.monotonic() - started < BOUND_SECONDS * SLOWNESS
    assert (await running.found('"unique7x0"'))[0] == vaults.place(7)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_lone_surrogate_is_refused_by_the_wire(running: Sidecar) -> None:
    """The connection stays, and the next query is answered."""
    text = '{"jsonrpc": "2.0", "id": "s", "method": "search.query", "params": {"vaultId": %s, "text": "\\ud800"}}'
    raw = running.client._connection
    await raw.send(text % json.dumps(running.vault_id))
    assert (await running.found('"unique8x0"'))[0] == vaults.place(8)


@pytest.mark.asyncio(loop_scope="module")
async def test_any_text_has_a_valid_answer(running: Sidecar) -> None:
    pieces = st.sampled_from(
        ["marsh", "tide", '"', "-", "OR", "tag:", "path:", "[", "]", ":", "(", ")", "before:", " ", "Note"]
    )
    texts: list[str] = []

    @settings(max_examples=150, database=None, deadline=None)
    @given(
        st.one_of(
            st.text(max_size=60),
            st.lists(pieces, max_size=25).map("".join),
            st.lists(pieces, max_size=15).map(" ".join),
        )
    )
    def gather(text: str) -> None:
        texts.append(text)

    gather()
    for text in dict.fromkeys(texts):
        if "\ud800" <= max(text, default="") <= "\udfff":
            continue
        check(await running.search(text))
    assert (await running.found('"unique9x0"'))[0] == vaults.place(9)
