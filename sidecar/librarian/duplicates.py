"""Duplicates: which notes have the same text, or nearly the same, over a whole vault.

The core reads all notes and compares those that are alike, which takes seconds at 100,000; what it found is kept until
a note changes, so that another threshold needs no second look.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from librarian import _native
from librarian.duplicate import (
    About,
    DuplicateAnswer,
    DuplicateGroup,
    DuplicateNote,
    Group,
    Kind,
    Pair,
    group_id,
    identical_groups,
    kept,
    merit,
    near_groups,
)
from librarian.errors import GroupNotFound, NoteNotFound, StoreError
from librarian.paths import resolve

if TYPE_CHECKING:
    from librarian.indexing import Indexing
    from librarian.lexical import LexicalIndex

log = logging.getLogger(__name__)

THRESHOLD = 0.5
"""Jaccard's index from which two notes are nearly the same, unless another is asked for."""
LEAST = 0.3
"""The lowest that can be asked for."""
KINDS: tuple[Kind, ...] = ("identical", "near")

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Found:
    """What was found in one state of the vault."""

    versions: str
    identical: tuple[tuple[str, ...], ...]
    near: tuple[Pair, ...]
    digests: dict[str, bytes]


class Duplicates:
    """Finds the duplicates of one vault."""

    def __init__(
        self, root: Path, lexical: LexicalIndex, indexing: Indexing, *, max_note_bytes: int, threads: int
    ) -> None:
        self._root = root
        self._lexical = lexical
        self._indexing = indexing
        self._max_note_bytes = max_note_bytes
        self._threads = threads
        self._found: Found | None = None
        self._told: dict[str, DuplicateGroup] = {}
        """By id, the groups of all answers whose notes are still what they were."""
        self._scanning = asyncio.Lock()

    async def scan(
        self,
        *,
        kinds: Sequence[Kind] = KINDS,
        threshold: float = THRESHOLD,
        scope: str | None = None,
        limit: int | None = None,
        tell: Tell = lambda _phase, _done, _total: None,
    ) -> DuplicateAnswer:
        """Groups of duplicates; ``scope``: a folder that all notes of a group lie in."""
        started = time.perf_counter()
        found = await self._current(tell)
        inside = _inside(scope)
        about = await self._about(found)
        listed = [(paths[0], list(filter(inside, paths))) for paths in found.identical]
        groups: list[Group] = []
        if "identical" in kinds:
            groups += identical_groups((paths for _, paths in listed if len(paths) > 1), about)
        if "near" in kinds:
            keepers = _keepers(listed, about)
            pairs = [_between(pair, keepers) for pair in found.near if pair.resemblance >= threshold]
            groups += near_groups((pair for pair in pairs if inside(pair.left) and inside(pair.right)), about)
        return self._answer(groups, limit, found, about, started)

    async def of_note(self, path: str, *, threshold: float = THRESHOLD) -> DuplicateAnswer:
        """The groups of a note and those that say the same as it. PathRefused, NoteNotFound."""
        started = time.perf_counter()
        if not (await asyncio.to_thread(resolve, self._root, path)).is_file():
            raise NoteNotFound(path)
        found = await self._current(lambda _phase, _done, _total: None)
        about = await self._about(found)
        groups = [
            Group("identical", path, tuple((other, 1.0) for other in paths if other != path))
            for paths in found.identical
            if path in paths
        ]
        keepers = _keepers(((paths[0], paths) for paths in found.identical), about)
        same = next((keepers[paths[0]] for paths in found.identical if path in paths), path)
        pairs = [_between(pair, keepers) for pair in found.near if pair.resemblance >= threshold]
        near = [pair for pair in pairs if same in (pair.left, pair.right)]
        if near:
            others = tuple((pair.right if pair.left == same else pair.left, pair.resemblance) for pair in near)
            groups.append(Group("near", path, others))
        return self._answer(groups, None, found, about, started)

    async def group(self, group_id: str) -> DuplicateGroup:
        """A group as it was told, if its notes are still the same. Raises GroupNotFound."""
        await self._current(lambda _phase, _done, _total: None)
        try:
            return self._told[group_id]
        except KeyError:
            raise GroupNotFound(group_id) from None

    async def _current(self, tell: Tell) -> Found:
        """What is true of the vault now: from the last look, when nothing changed since."""
        async with self._scanning:
            paths, versions = await self._lexical.notes()
            if self._found is None or self._found.versions != versions:
                self._found = await self._look(paths, versions, tell)
                # Other notes may change, be merged even, while somebody looks at what was told of these.
                self._told = {id: group for id, group in self._told.items() if _is_current(group, self._found)}
            return self._found

    async def _look(self, paths: list[str], versions: str, tell: Tell) -> Found:
        loop, given_up = asyncio.get_running_loop(), False

        def goes_on(phase: str, done: int, total: int) -> bool:
            loop.call_soon_threadsafe(tell, phase, done, total)
            return not given_up

        work = asyncio.create_task(
            asyncio.to_thread(
                _native.duplicates,
                self._root,
                paths,
                max_note_bytes=self._max_note_bytes,
                least=LEAST,
                threads=self._threads,
                progress=goes_on,
            )
        )
        try:
            found = await asyncio.shield(work)
        except asyncio.CancelledError:
            given_up = True
            await asyncio.gather(work, return_exceptions=True)
            raise
        return Found(
            versions=versions,
            identical=tuple(map(tuple, found["identical"])),
            near=tuple(Pair(*pair) for pair in found["near"]),
            digests=found["digests"],
        )

    async def _about(self, found: Found) -> dict[str, About]:
        """What is known of the notes that were found; nothing where the catalog cannot be had."""
        if not found.digests:
            return {}
        try:
            catalog = await self._indexing.catalog()
        except StoreError as error:
            log.warning("duplicates are told without words and links: %s", error.message)
            return {}
        rows = await catalog.rows(
            "SELECT path, words, coalesce(linked, 0), strftime(created, '%Y-%m-%dT%H:%M:%SZ'), "
            "strftime(modified, '%Y-%m-%dT%H:%M:%SZ') FROM notes LEFT JOIN (SELECT resolved, count(*) AS linked "
            "FROM links WHERE resolved IS NOT NULL AND resolved <> path GROUP BY resolved) ON resolved = notes.path "
            "WHERE notes.path IN (SELECT unnest($1))",
            [list(found.digests)],
        )
        return {
            str(path): About(int(str(words or 0)), int(str(links)), str(created or ""), str(modified or ""))
            for path, words, links, created, modified in rows
        }

    def _answer(
        self, groups: list[Group], limit: int | None, found: Found, about: dict[str, About], started: float
    ) -> DuplicateAnswer:
        shown = tuple(_shown(group, found, about) for group in groups[:limit])
        self._told.update((group.id, group) for group in shown)
        return DuplicateAnswer(
            groups=shown,
            total=len(groups),
            coverage=self._indexing.coverage(),
            took_ms=round((time.perf_counter() - started) * 1000, 3),
        )


def _keepers(identical: Iterable[tuple[str, Sequence[str]]], about: Mapping[str, About]) -> dict[str, str]:
    """By the first of identical notes, which stands for them in pairs: the one to keep, which should."""
    return {first: min(paths, key=lambda path: merit(path, about)) for first, paths in identical if paths}


def _between(pair: Pair, keepers: Mapping[str, str]) -> Pair:
    left, right = (keepers.get(path, path) for path in (pair.left, pair.right))
    return Pair(left, right, pair.resemblance)


def _inside(scope: str | None) -> Callable[[str], bool]:
    folder = (scope or "").strip("/")
    return lambda path: not folder or path.startswith(folder + "/")


def _shown(group: Group, found: Found, about: dict[str, About]) -> DuplicateGroup:
    members: Iterable[tuple[str, float]] = ((group.centre, 1.0), *group.others)
    keeper, why = kept(group, about)
    return DuplicateGroup(
        id=group_id(group, found.digests),
        kind=group.kind,
        similarity=round(min(similarity for _, similarity in group.others), 3),
        notes=tuple(_note(path, similarity, about.get(path)) for path, similarity in members),
        keeper=keeper,
        why=why,
    )


def _is_current(group: DuplicateGroup, found: Found) -> bool:
    """Whether a group's notes were found again, in the same versions."""
    centre, *others = group.notes
    as_found = Group(group.kind, centre.path, tuple((note.path, note.similarity) for note in others))
    return group_id(as_found, found.digests) == group.id


def _note(path: str, similarity: float, about: About | None) -> DuplicateNote:
    known: dict[str, Any] = {"words": None, "links": None, "created": None, "modified": None}
    if about is not None:
        known = {
            "words": about.words,
            "links": about.links,
            "created": about.created or None,
            "modified": about.modified or None,
        }
    return DuplicateNote(path=path, title=PurePosixPath(path).stem, similarity=round(similarity, 3), **known)
