"""The notes of a vault by samples of their texts: what the core finds alike among them, followed as notes change.

The samples live in memory, some 30 MB for 100,000 notes, from the first look on: making them takes two seconds there,
less than keeping a file of them true would be worth.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from librarian import _native
from librarian.grouping import Pair, Passage

if TYPE_CHECKING:
    from librarian.lexical import LexicalIndex

LEAST = 0.3
"""Jaccard's index from which pairs of notes are found."""

T = TypeVar("T")
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Alike:
    """What is alike in one state of the vault."""

    identical: tuple[tuple[str, ...], ...]
    near: tuple[Pair, ...]
    """From `LEAST` on, by Jaccard's index; of identical notes, the first stands for all."""
    contained: tuple[Pair, ...]
    """Those that share a passage and are not nearly the same, by the share of the shorter one that the other has."""
    digests: Mapping[str, bytes]
    """BLAKE3 of every note that is named here."""


class Corpus:
    """All notes of one vault that have words."""

    def __init__(self, root: Path, lexical: LexicalIndex, *, max_note_bytes: int, threads: int) -> None:
        self._corpus = _native.Corpus(root, max_note_bytes=max_note_bytes, threads=threads)
        self._lexical = lexical
        self._following = asyncio.Lock()
        self._alike: tuple[int, Alike] | None = None

    async def alike(self, tell: Tell) -> Alike:
        """What is alike now, from the last look when nothing changed since.

        A look that is cancelled is gone on with by the next one.
        """
        async with self._following:
            await self._follow(tell)
            version = self._corpus.version
            if self._alike is None or self._alike[0] != version:
                found = await _watched(tell, lambda goes_on: self._corpus.duplicates(least=LEAST, progress=goes_on))
                self._alike = version, _alike(found)
            return self._alike[1]

    async def beside(self, path: str) -> Alike:
        """What is like one note now."""
        async with self._following:
            await self._follow(lambda _phase, _done, _total: None)
            return _alike(await asyncio.to_thread(self._corpus.beside, path, least=LEAST))

    async def _follow(self, tell: Tell) -> None:
        await _watched(tell, lambda goes_on: self._lexical.lead(self._corpus, goes_on))


async def _watched(tell: Tell, call: Callable[[Callable[[str, int, int], bool]], T]) -> T:
    """Run a call of the core in a thread; it is told to end when whoever waits for it is cancelled."""
    loop, given_up = asyncio.get_running_loop(), False

    def goes_on(phase: str, done: int, total: int) -> bool:
        loop.call_soon_threadsafe(tell, phase, done, total)
        return not given_up

    work = asyncio.create_task(asyncio.to_thread(call, goes_on))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        given_up = True
        await asyncio.gather(work, return_exceptions=True)
        raise


def _alike(found: dict[str, Any]) -> Alike:
    near, contained = [], []
    for left, right, resemblance, containment, passage in found["pairs"]:
        if resemblance >= LEAST:
            near.append(Pair(left, right, resemblance, _passage(passage)))
        if passage is not None:
            contained.append(Pair(left, right, containment, _passage(passage)))
    return Alike(
        identical=tuple(map(tuple, found["identical"])),
        near=tuple(near),
        contained=tuple(contained),
        digests=found["digests"],
    )


def _passage(row: tuple[int, int, int, int, int] | None) -> Passage | None:
    if row is None:
        return None
    words, left, left_last, right, right_last = row
    return Passage(words, (left, left_last), (right, right_last))
