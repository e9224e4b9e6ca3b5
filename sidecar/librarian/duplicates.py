"""Duplicates: which notes of a vault say the same, in groups, with a suggestion which to keep."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from librarian.corpus import LEAST, Alike, Corpus, Tell
from librarian.dismissal import DismissedGroups, Hidden
from librarian.dismissals import Dismissals
from librarian.duplicate import (
    DuplicateAnswer,
    DuplicateCoverage,
    DuplicateGroup,
    DuplicateNote,
    EdgeCase,
    Kind,
    SharedPassage,
    ToldGroup,
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
    from librarian.meanings import Meanings

log = logging.getLogger(__name__)

THRESHOLD = 0.5
"""Jaccard's index from which two notes are nearly the same, unless another is asked for."""
KINDS: tuple[Kind, ...] = ("identical", "near", "contained", "meaning")
EDGE = 0.1
"""So close to the threshold is an edge case."""
EDGES = 3
"""Pairs on either side of the threshold that are told as edge cases."""
TOLD = 100_000
"""Groups that are remembered by their id, some 300 bytes each."""

__all__ = ["KINDS", "LEAST", "THRESHOLD", "Duplicates"]


class Duplicates:
    """Finds the duplicates of one vault."""

    def __init__(
        self, root: Path, indexing: Indexing, corpus: Corpus, meanings: Meanings, dismissals: Dismissals
    ) -> None:
        self._root = root
        self._indexing = indexing
        self._corpus = corpus
        self._meanings = meanings
        self._dismissals = dismissals
        self._told: dict[str, ToldGroup] = {}
        """The last groups of answers, by id."""

    async def scan(
        self,
        *,
        kinds: Sequence[Kind] = KINDS,
        threshold: float = THRESHOLD,
        scope: str | None = None,
        limit: int | None = None,
        tell: Tell | None = None,
    ) -> DuplicateAnswer:
        """Groups of duplicates; ``scope``: a folder that all notes of a group lie in."""
        started = time.perf_counter()
        tell = tell or _untold
        alike = await self._corpus.alike(tell)
        meaning = await self._meaning(alike, tell) if "meaning" in kinds else ()
        known = await self._known(alike, meaning)
        look = _Look(alike, meaning, known, await self._hidden(alike, known))
        # Of tens of thousands of groups, all that is left to do takes seconds, in which others are to be answered.
        groups, edges = await asyncio.to_thread(look.grouped, kinds, threshold, _inside(scope))
        return await self._answer(groups[:limit], len(groups), known, edges, self._coverage(kinds), started)

    async def of_note(self, path: str, *, threshold: float = THRESHOLD) -> DuplicateAnswer:
        """The groups of a note, or other file, and those that say the same. Raises PathRefused, NoteNotFound."""
        started = time.perf_counter()
        if not (await asyncio.to_thread(resolve, self._root, path)).is_file():
            raise NoteNotFound(path)
        alike = await self._corpus.beside(path)
        own = next((paths for paths in (*alike.identical, *alike.files) if path in paths), (path,))
        meaning = _otherwise_unlike(await self._meanings.of_note(path), alike)
        known = await self._known(alike, meaning)
        hidden = await self._hidden(alike, known)
        left = hidden.left_together(own) if len(own) > 1 else []
        groups = [identical_group(path, (other for other in left if other != path))] if path in left else []
        keepers = _keepers(((paths[0], paths) for paths in alike.identical), known.about)
        found: tuple[tuple[Kind, list[Pair]], ...] = (
            ("near", hidden.left(pair for pair in alike.near if pair.similarity >= threshold)),
            ("contained", hidden.left(_only_contained(alike, threshold))),
            ("meaning", hidden.left(meaning)),
        )
        for kind, pairs in found:
            around = tuple(_around(path, own, pair, keepers) for pair in pairs)
            if around:
                groups.append(Group(kind, path, around))
        edges = _edges(list(alike.near), threshold)
        return await self._answer(groups, len(groups), known, edges, self._coverage(KINDS), started)

    async def group(self, group_id: str) -> ToldGroup:
        """A group as it was told, if its notes are still the same. Raises GroupNotFound."""
        told = self._told.get(group_id)
        if told is None or _id(told, await self._corpus.current(told.paths)) != group_id:
            raise GroupNotFound(group_id)
        return told

    async def dismiss(self, group_id: str) -> None:
        """Leave out a group that was told, until one of its notes says something else. Raises GroupNotFound."""
        if not await self._dismissals.has(group_id):
            await self._dismissals.keep(await self.group(group_id))

    async def restore(self, group_id: str) -> None:
        """Tell a dismissed group again. Raises GroupNotFound."""
        await self._dismissals.drop(group_id)

    async def dismissed(self) -> DismissedGroups:
        """What was dismissed, the last first. Nothing is looked for but notes of it that were moved."""
        found = await self._dismissals.standing({}, self._corpus.saying)
        return DismissedGroups(groups=tuple(each.told() for each in found))

    async def _hidden(self, alike: Alike, known: _Known) -> Hidden:
        return Hidden(await self._dismissals.standing(known.digests, self._corpus.saying), alike.identical)

    async def _meaning(self, alike: Alike, tell: Tell) -> Sequence[Pair]:
        await self._meanings.opened()
        return await asyncio.to_thread(_otherwise_unlike, await self._meanings.pairs(tell), alike)

    async def _known(self, alike: Alike, meaning: Sequence[Pair]) -> _Known:
        notes = sorted(alike.notes | {path for pair in meaning for path in (pair.left, pair.right)})
        return _Known(await self._about(notes), await self._digests(notes, alike))

    async def _digests(self, notes: Sequence[str], alike: Alike) -> dict[str, bytes]:
        files = {path: digest for paths, digest in alike.files.items() for path in paths}
        return files | await self._corpus.digests(notes)

    def _coverage(self, kinds: Sequence[Kind]) -> DuplicateCoverage:
        asks = "meaning" in kinds
        not_ready: tuple[Kind, ...] = ("meaning",) if asks and not self._meanings.is_ready else ()
        return DuplicateCoverage(**self._indexing.coverage(by_meaning=asks).model_dump(), not_ready=not_ready)

    async def _about(self, notes: Sequence[str]) -> dict[str, About]:
        """What is known of the notes that were found; nothing where the catalog cannot be had."""
        if not notes:
            return {}
        try:
            catalog = await self._indexing.catalog()
        except StoreError as error:
            log.warning("duplicates are told without words and links: %s", error.message)
            return {}
        rows = await catalog.rows(
            "SELECT path, words, coalesce(linked, 0), strftime(created, '%Y-%m-%dT%H:%M:%SZ'), "
            "strftime(modified, '%Y-%m-%dT%H:%M:%SZ') FROM notes LEFT JOIN (SELECT resolved, count(*) AS linked "
            "FROM links WHERE resolved IN (SELECT unnest($1)) AND resolved <> path GROUP BY resolved) "
            "ON resolved = notes.path WHERE notes.path IN (SELECT unnest($1))",
            [list(notes)],
        )
        return {
            str(path): About(int(str(words or 0)), int(str(links)), str(created or ""), str(modified or ""))
            for path, words, links, created, modified in rows
        }

    async def _answer(
        self,
        groups: Sequence[Group],
        total: int,
        known: _Known,
        edges: tuple[EdgeCase, ...],
        coverage: DuplicateCoverage,
        started: float,
    ) -> DuplicateAnswer:
        shown = await asyncio.to_thread(lambda: tuple(_shown(group, known) for group in groups))
        self._remember(shown)
        return DuplicateAnswer(
            groups=shown,
            total=total,
            edges=edges,
            coverage=coverage,
            took_ms=round((time.perf_counter() - started) * 1000, 3),
        )

    def _remember(self, groups: Sequence[DuplicateGroup]) -> None:
        """Know these by their ids, and forget those that were told longest ago."""
        for group in groups[:TOLD]:
            self._told.pop(group.id, None)
            self._told[group.id] = ToldGroup(group.id, group.kind, tuple(note.path for note in group.notes))
        for forgotten in list(islice(self._told, max(len(self._told) - TOLD, 0))):
            del self._told[forgotten]


@dataclass(frozen=True)
class _Look:
    """What a look at the whole vault found; all that is done with it here is pure."""

    alike: Alike
    meaning: Sequence[Pair]
    known: _Known
    hidden: Hidden

    def grouped(
        self, kinds: Sequence[Kind], threshold: float, inside: Callable[[str], bool]
    ) -> tuple[list[Group], tuple[EdgeCase, ...]]:
        """Groups of these kinds, and the pairs close to the threshold; ``inside``: which notes are looked at."""
        alike, known, hidden = self.alike, self.known, self.hidden
        listed = [(paths[0], list(filter(inside, paths))) for paths in alike.identical]
        keepers = _keepers(listed, known.about)
        near = _within((_between(pair, keepers) for pair in hidden.left(alike.near)), inside)
        groups: list[Group] = []
        if "identical" in kinds:
            same = [*(paths for _, paths in listed), *(list(filter(inside, paths)) for paths in alike.files)]
            left = map(hidden.left_together, same)
            groups += identical_groups((paths for paths in left if len(paths) > 1), known.about)
        if "near" in kinds:
            groups += star_groups("near", (pair for pair in near if pair.similarity >= threshold), known.merit)
        if "contained" in kinds:
            contained = hidden.left(_only_contained(alike, threshold))
            groups += contained_groups(_within(contained, inside), known.words)
        meant = _within((_between(pair, keepers) for pair in hidden.left(self.meaning)), inside)
        groups += star_groups("meaning", meant, known.merit)
        return groups, _edges(near, threshold) if "near" in kinds else ()


@dataclass(frozen=True)
class _Known:
    """What is known of the notes of an answer."""

    about: Mapping[str, About]
    digests: Mapping[str, bytes]

    def merit(self, path: str) -> tuple[object, ...]:
        return merit(path, self.about)

    def words(self, path: str) -> int:
        return self.about.get(path, About()).words


def _untold(_phase: str, _done: int, _total: int) -> None:
    """Progress that nobody asked for."""


def _otherwise_unlike(pairs: Iterable[Pair], alike: Alike) -> list[Pair]:
    """Those that are not told as alike in another way; of identical notes, the first stands for all."""
    first = {path: paths[0] for paths in alike.identical for path in paths}
    told = alike.moulded | {(pair.left, pair.right) for pair in (*alike.near, *alike.contained)}
    found: dict[tuple[str, str], Pair] = {}
    for pair in pairs:
        left, right = sorted((first.get(pair.left, pair.left), first.get(pair.right, pair.right)))
        if left != right and (left, right) not in told:
            found.setdefault((left, right), Pair(left, right, pair.similarity))
    return list(found.values())


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


def _edges(near: Sequence[Pair], threshold: float) -> tuple[EdgeCase, ...]:
    close = [pair for pair in near if abs(pair.similarity - threshold) <= EDGE]
    above = sorted((pair for pair in close if pair.similarity >= threshold), key=lambda pair: pair.similarity)[:EDGES]
    below = sorted((pair for pair in close if pair.similarity < threshold), key=lambda pair: -pair.similarity)[:EDGES]
    cases = [EdgeCase(notes=(pair.left, pair.right), similarity=round(pair.similarity, 3)) for pair in above + below]
    return tuple(sorted(cases, key=lambda case: -case.similarity))


def _inside(scope: str | None) -> Callable[[str], bool]:
    folder = (scope or "").strip("/")
    return lambda path: not folder or path.startswith(folder + "/")


def _id(told: ToldGroup, digests: Mapping[str, bytes]) -> str:
    return group_id(told.kind, told.paths, digests)


def _shown(group: Group, known: _Known) -> DuplicateGroup:
    keeper, why = kept(group, known.about)
    first = _note(Pair(group.centre, group.centre, 1.0), known.about, "identical")
    return DuplicateGroup(
        id=group_id(group.kind, group.paths, known.digests),
        kind=group.kind,
        similarity=round(min(pair.similarity for pair in group.pairs), 3),
        notes=(first, *(_note(pair, known.about, group.kind) for pair in group.pairs)),
        keeper=keeper,
        why=why,
    )


def _note(pair: Pair, about: Mapping[str, About], kind: Kind) -> DuplicateNote:
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
        path=path,
        title=path.rpartition("/")[2].rpartition(".")[0],
        similarity=round(pair.similarity, 3),
        passage=passage,
        **told,
    )
