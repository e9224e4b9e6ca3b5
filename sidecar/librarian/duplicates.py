"""Duplicates: which notes of a vault say the same, in groups, with a suggestion which to keep."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from librarian.corpus import LEAST, Alike, Corpus, Tell
from librarian.duplicate import (
    DuplicateAnswer,
    DuplicateCoverage,
    DuplicateGroup,
    DuplicateNote,
    EdgeCase,
    Kind,
    SharedPassage,
)
from librarian.errors import GroupNotFound, NoteNotFound, StoreError
from librarian.grouping import (
    About,
    Group,
    Pair,
    contained_groups,
    group_id,
    identical_group,
    identical_groups,
    kept,
    merit,
    star_groups,
)
from librarian.paths import resolve

if TYPE_CHECKING:
    from librarian.indexing import Indexing
    from librarian.lexical import LexicalIndex

log = logging.getLogger(__name__)

THRESHOLD = 0.5
"""Jaccard's index from which two notes are nearly the same, unless another is asked for."""
KINDS: tuple[Kind, ...] = ("identical", "near", "contained")
EDGES = 3
"""Pairs on either side of the threshold that are told as edge cases."""
TOLD = 50_000
"""Groups that are remembered by their id."""

__all__ = ["KINDS", "LEAST", "THRESHOLD", "Duplicates"]


class Duplicates:
    """Finds the duplicates of one vault."""

    def __init__(
        self, root: Path, lexical: LexicalIndex, indexing: Indexing, *, max_note_bytes: int, threads: int
    ) -> None:
        self._root = root
        self._indexing = indexing
        self._corpus = Corpus(root, lexical, max_note_bytes=max_note_bytes, threads=threads)
        self._told: dict[str, DuplicateGroup] = {}
        """The last groups of answers, by id."""

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
        alike = await self._corpus.alike(tell)
        about = await self._about(alike)
        inside = _inside(scope)
        listed = [(paths[0], list(filter(inside, paths))) for paths in alike.identical]
        keepers = _keepers(listed, about)
        near = _within((_between(pair, keepers) for pair in alike.near), inside)
        groups: list[Group] = []
        if "identical" in kinds:
            groups += identical_groups((paths for _, paths in listed if len(paths) > 1), about)
        if "near" in kinds:
            close = (pair for pair in near if pair.similarity >= threshold)
            groups += star_groups("near", close, lambda path: merit(path, about))
        if "contained" in kinds:
            groups += contained_groups(_within(_only_contained(alike, threshold), inside), _length(about))
        edges = _edges(near, threshold) if "near" in kinds else ()
        return self._answer(groups, limit, alike, about, started, edges)

    async def of_note(self, path: str, *, threshold: float = THRESHOLD) -> DuplicateAnswer:
        """The groups of a note and those that say the same as it. PathRefused, NoteNotFound."""
        started = time.perf_counter()
        if not (await asyncio.to_thread(resolve, self._root, path)).is_file():
            raise NoteNotFound(path)
        alike = await self._corpus.beside(path)
        about = await self._about(alike)
        own = next((paths for paths in alike.identical if path in paths), (path,))
        groups = [identical_group(path, (other for other in own if other != path))] if len(own) > 1 else []
        keepers = _keepers(((paths[0], paths) for paths in alike.identical), about)
        close = [pair for pair in alike.near if pair.similarity >= threshold]
        found: tuple[tuple[Kind, list[Pair]], ...] = (
            ("near", close),
            ("contained", list(_only_contained(alike, threshold))),
        )
        for kind, pairs in found:
            around = tuple(_around(path, own, pair, keepers) for pair in pairs)
            if around:
                groups.append(Group(kind, path, around))
        return self._answer(groups, None, alike, about, started, _edges(list(alike.near), threshold))

    async def group(self, group_id: str) -> DuplicateGroup:
        """A group as it was told, if its notes are still the same. Raises GroupNotFound."""
        alike = await self._corpus.alike(lambda _phase, _done, _total: None)
        told = self._told.get(group_id)
        if told is None or _id(told, alike.digests) != group_id:
            raise GroupNotFound(group_id)
        return told

    async def _about(self, alike: Alike) -> dict[str, About]:
        """What is known of the notes that were found; nothing where the catalog cannot be had."""
        if not alike.digests:
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
            [list(alike.digests)],
        )
        return {
            str(path): About(int(str(words or 0)), int(str(links)), str(created or ""), str(modified or ""))
            for path, words, links, created, modified in rows
        }

    def _answer(  # what an answer is made of
        self,
        groups: list[Group],
        limit: int | None,
        alike: Alike,
        about: dict[str, About],
        started: float,
        edges: tuple[EdgeCase, ...],
    ) -> DuplicateAnswer:
        shown = tuple(_shown(group, alike.digests, about) for group in groups[:limit])
        self._told.update((group.id, group) for group in shown)
        while len(self._told) > TOLD:
            del self._told[next(iter(self._told))]
        return DuplicateAnswer(
            groups=shown,
            total=len(groups),
            edges=edges,
            coverage=DuplicateCoverage(**self._indexing.coverage().model_dump()),
            took_ms=round((time.perf_counter() - started) * 1000, 3),
        )


def _keepers(identical: Iterable[tuple[str, Sequence[str]]], about: Mapping[str, About]) -> dict[str, str]:
    """By the first of identical notes, which stands for them in pairs: the one to keep, which should."""
    return {first: min(paths, key=lambda path: merit(path, about)) for first, paths in identical if paths}


def _between(pair: Pair, keepers: Mapping[str, str]) -> Pair:
    left, right = (keepers.get(path, path) for path in (pair.left, pair.right))
    return Pair(left, right, pair.similarity, pair.passage)


def _around(path: str, own: Sequence[str], pair: Pair, keepers: Mapping[str, str]) -> Pair:
    """A pair of a note, or of one identical with it, as one of the note."""
    seen = pair if pair.left in own else pair.turned()
    return Pair(path, keepers.get(seen.right, seen.right), seen.similarity, seen.passage)


def _only_contained(alike: Alike, threshold: float) -> Iterable[Pair]:
    """Those that have a passage in common, and are not told as nearly the same."""
    near = {(pair.left, pair.right) for pair in alike.near if pair.similarity >= threshold}
    return (pair for pair in alike.contained if (pair.left, pair.right) not in near)


def _within(pairs: Iterable[Pair], inside: Callable[[str], bool]) -> list[Pair]:
    return [pair for pair in pairs if inside(pair.left) and inside(pair.right)]


def _edges(near: list[Pair], threshold: float) -> tuple[EdgeCase, ...]:
    above = sorted((pair for pair in near if pair.similarity >= threshold), key=lambda pair: pair.similarity)[:EDGES]
    below = sorted((pair for pair in near if pair.similarity < threshold), key=lambda pair: -pair.similarity)[:EDGES]
    cases = [EdgeCase(notes=(pair.left, pair.right), similarity=round(pair.similarity, 3)) for pair in above + below]
    return tuple(sorted(cases, key=lambda case: -case.similarity))


def _inside(scope: str | None) -> Callable[[str], bool]:
    folder = (scope or "").strip("/")
    return lambda path: not folder or path.startswith(folder + "/")


def _length(about: Mapping[str, About]) -> Callable[[str], int]:
    return lambda path: about.get(path, About()).words


def _id(told: DuplicateGroup, digests: Mapping[str, bytes]) -> str:
    centre, *others = (note.path for note in told.notes)
    return group_id(Group(told.kind, centre, tuple(Pair(centre, other, 1.0) for other in others)), digests)


def _shown(group: Group, digests: Mapping[str, bytes], about: dict[str, About]) -> DuplicateGroup:
    keeper, why = kept(group, about)
    first = _note(Pair(group.centre, group.centre, 1.0), about, "identical")
    return DuplicateGroup(
        id=group_id(group, digests),
        kind=group.kind,
        similarity=round(min(pair.similarity for pair in group.pairs), 3),
        notes=(first, *(_note(pair, about, group.kind) for pair in group.pairs)),
        keeper=keeper,
        why=why,
    )


def _note(pair: Pair, about: dict[str, About], kind: Kind) -> DuplicateNote:
    path, known = pair.right, about.get(pair.right)
    told: dict[str, Any] = {"words": None, "links": None, "created": None, "modified": None}
    if known is not None:
        told = {
            "words": known.words,
            "links": known.links,
            "created": known.created or None,
            "modified": known.modified or None,
        }
    passage = None
    if kind == "contained" and pair.passage is not None:
        here, there = pair.passage.right, pair.passage.left
        passage = SharedPassage(
            words=pair.passage.words,
            line=here[0],
            last_line=here[1],
            first_note_line=there[0],
            first_note_last_line=there[1],
        )
    return DuplicateNote(
        path=path, title=PurePosixPath(path).stem, similarity=round(pair.similarity, 3), passage=passage, **told
    )
