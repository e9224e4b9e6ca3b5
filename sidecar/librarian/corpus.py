"""The notes of a vault by samples of their texts: what the core finds alike among them, followed as notes change.

The samples live in memory, some 30 MB for 100,000 notes, from the first look on: making them takes two seconds there,
less than keeping a file of them true would be worth.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
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
Progress = Callable[[str, int, int], bool]


@dataclass(frozen=True)
class Alike:
    """What is alike in one state of the vault."""

    identical: tuple[tuple[str, ...], ...]
    near: tuple[Pair, ...]
    """From `LEAST` on, by Jaccard's index; of identical notes, the first stands for all."""
    contained: tuple[Pair, ...]
    """Those that share a passage and are not nearly the same, by the share of the shorter one that the other has."""
    moulded: frozenset[tuple[str, str]]
    """Pairs that are much the same because they are made from one mould, about two things: no duplicates."""
    files: Mapping[tuple[str, ...], bytes]
    """Files that are no notes and have the same bytes, with BLAKE3 of these."""

    @property
    def notes(self) -> set[str]:
        """Paths of all notes that are named here."""
        pairs = (path for pair in (*self.near, *self.contained) for path in (pair.left, pair.right))
        return {*pairs, *(path for paths in self.identical for path in paths)}


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
            version = await self.version()
            if self._alike is None or self._alike[0] != version:
                found = await watched(tell, self._look)
                self._alike = version, await asyncio.to_thread(_alike, found)
            files = {tuple(paths): digest for paths, digest in await watched(tell, self._same_files)}
            return replace(self._alike[1], files=files)

    async def _look(self, goes_on: Progress) -> dict[str, Any]:
        return await asyncio.to_thread(self._corpus.duplicates, least=LEAST, progress=goes_on)

    async def _same_files(self, goes_on: Progress) -> list[tuple[list[str], bytes]]:
        return await asyncio.to_thread(self._lexical.same_files, self._corpus, goes_on)

    async def beside(self, path: str) -> Alike:
        """What is like one note, or one file that is none, now."""
        async with self._following:
            await self._follow(_untold)
            found = _alike(await asyncio.to_thread(self._corpus.beside, path, least=LEAST))
            if path.lower().endswith(".md"):
                return found
            files = {tuple(same): digest for same, digest in await watched(_untold, self._same_files) if path in same}
            return replace(found, files=files)

    async def version(self) -> int:
        """Another one for another state of the notes."""
        # A look may be at work on them for seconds, and is waited for here.
        return await asyncio.to_thread(lambda: self._corpus.version)

    async def current(self, paths: Sequence[str]) -> dict[str, bytes]:
        """BLAKE3 of these files as they are now, notes or others, where they were indexed."""
        async with self._following:
            await self._follow(_untold)
            files = await watched(_untold, self._same_files)
        return {path: digest for same, digest in files for path in same} | await self.digests(paths)

    async def digests(self, paths: Sequence[str]) -> dict[str, bytes]:
        """BLAKE3 of the versions of notes that were looked at last."""
        found = await asyncio.to_thread(self._corpus.digests, paths)
        return {path: digest for path, digest in zip(paths, found, strict=True) if digest}

    async def saying(self, digests: Collection[bytes], *, files: bool) -> list[str]:
        """Paths of all notes that may say, now, what one of these digests is of; of files that have others like them,
        too, if these are asked for.
        """
        async with self._following:
            await self._follow(_untold)
            found = await asyncio.to_thread(self._corpus.with_bodies, list(digests))
            same = await watched(_untold, self._same_files) if files else []
        return found + [path for paths, digest in same if digest in digests for path in paths]

    async def of_one_mould(self, pairs: Sequence[tuple[str, str]]) -> list[bool]:
        """Of which of these pairs the notes are made from one mould, about two things."""
        return await asyncio.to_thread(self._corpus.of_one_mould, pairs)

    async def own_shares(self, paths: Sequence[str]) -> list[float]:
        """How much of each of these notes is its own, 0 to 1, and not of a template that many share."""
        return await asyncio.to_thread(self._corpus.own_shares, paths)

    async def _follow(self, tell: Tell) -> None:
        await watched(tell, lambda goes_on: asyncio.to_thread(self._lexical.lead, self._corpus, goes_on))


def _untold(_phase: str, _done: int, _total: int) -> None:
    """Progress that nobody asked for."""


async def watched(tell: Tell, call: Callable[[Progress], Awaitable[T]]) -> T:
    """Wait for a call of the core, and have it told to end when this is cancelled."""
    loop, given_up = asyncio.get_running_loop(), False

    def goes_on(phase: str, done: int, total: int) -> bool:
        loop.call_soon_threadsafe(tell, phase, done, total)
        return not given_up

    work = asyncio.ensure_future(call(goes_on))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        given_up = True
        await asyncio.gather(work, return_exceptions=True)
        raise


def _alike(found: dict[str, Any]) -> Alike:
    near, contained, moulded = [], [], []
    for left, right, resemblance, containment, is_of_one_mould, passage in found["pairs"]:
        if is_of_one_mould:
            moulded.append((left, right))
            continue
        if resemblance >= LEAST:
            near.append(Pair(left, right, resemblance, _passage(passage)))
        if passage is not None:
            contained.append(Pair(left, right, containment, _passage(passage)))
    return Alike(
        identical=tuple(map(tuple, found["identical"])),
        near=tuple(near),
        contained=tuple(contained),
        moulded=frozenset(moulded),
        files={},
    )


def _passage(row: tuple[int, int, int, int, int] | None) -> Passage | None:
    if row is None:
        return None
    words, left, left_last, right, right_last = row
    return Passage(words, (left, left_last), (right, right_last))
