"""Duplicates as values: groups of notes that say the same, as they are told."""

from __future__ import annotations

from typing import Literal, NamedTuple

from librarian.passage import Coverage
from librarian.value import Value

Kind = Literal["identical", "near", "contained", "meaning"]


class SharedPassage(Value):
    """A passage of a note that stands in the first note of its group, too; a word or a few may differ."""

    words: int
    """Words that stand in both."""
    line: int
    """0-based line of the note on which it begins."""
    last_line: int
    first_note_line: int
    """0-based line of the first note of the group on which it begins there."""
    first_note_last_line: int


class DuplicateNote(Value):
    """One note of a group, or one of its files that are no notes."""

    path: str
    title: str
    words: int | None
    """These are None while statistics are not known yet, and for files that are no notes."""
    links: int | None
    """Links of other notes that lead to it."""
    created: str | None
    modified: str | None
    similarity: float
    """To the first of the group. For ``near`` Jaccard's index of their shingles of five words; for ``contained`` the
    share of the shorter one's shingles that the other has; for ``meaning`` the cosine of their vectors; else 1.
    """
    passage: SharedPassage | None = None
    """For ``contained``."""


class DuplicateGroup(Value):
    """Notes that say the same as the first of them, by their similarity to it.

    The first is the one to keep, or the one that was asked about.
    """

    id: str
    """Of these versions of these notes."""
    kind: Kind
    similarity: float
    """The least of its notes'."""
    notes: tuple[DuplicateNote, ...]
    keeper: str
    why: str
    """Why the keeper is suggested."""


class ToldGroup(NamedTuple):
    """What is remembered of a group that was told."""

    id: str
    kind: Kind
    paths: tuple[str, ...]


class EdgeCase(Value):
    """Two notes whose similarity is close to the threshold, on either side of it."""

    notes: tuple[str, str]
    """Their paths."""
    similarity: float
    """Jaccard's index of their shingles of five words."""


class DuplicateCoverage(Coverage):
    """What a look for duplicates looked at."""

    not_ready: tuple[Kind, ...] = ()
    """Kinds that were asked for and of which not all can be told yet, because notes are still being read."""


class DuplicateAnswer(Value):
    groups: tuple[DuplicateGroup, ...]
    """Identical ones first, then those nearly the same, those with a passage in common, those with one meaning; of each
    kind the most similar first.
    """
    total: int
    """Groups there are."""
    edges: tuple[EdgeCase, ...]
    """The pairs of notes that are closest to the threshold, the most similar first: what a slightly different one would
    leave out, or add.
    """
    coverage: DuplicateCoverage
    took_ms: float
