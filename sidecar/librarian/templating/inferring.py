"""The template that notes were made from, told from what most of them have."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from librarian.templating.alignment import Column, consensus
from librarian.templating.fields import Property, properties
from librarian.templating.placeholder import TITLE
from librarian.templating.rows import Row
from librarian.templating.sample import Part, Sample, retitled

LEAST: Final = 0.5
"""Share of the notes from which a property or heading is part of the template."""
FIXED: Final = 0.6
"""Share of the notes with a section from which a text that stands in it is part of the template."""


@dataclass(frozen=True)
class Piece:
    """What a new note gets below a heading."""

    kind: str
    text: str
    notes: int
    follows: bool = False
    """Whether it is a further line of the paragraph before."""


@dataclass(frozen=True)
class Heading:
    """A section of the template; ``level`` is 0 for what stands before the first heading."""

    level: int
    text: str
    notes: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Mould:
    """A template, before it is written in the words of a plugin."""

    notes: int
    """From how many it was told."""
    properties: tuple[Property, ...]
    headings: tuple[Heading, ...]
    line_after_properties: bool
    line_before_headings: bool
    line_after_headings: bool

    @property
    def confidence(self) -> float:
        """How often its notes have what it has, on average, from 0 to 1."""
        counts = [each.notes for each in self.properties] + [each.notes for each in self.headings]
        counts += [piece.notes for heading in self.headings for piece in heading.pieces]
        counts = [count for count in counts if count]
        return sum(counts) / len(counts) / self.notes if counts else 0.0


def inferred(notes: Sequence[Sample], least: float = LEAST) -> Mould:
    """The template of notes that are of one kind; ``least``: the share of them that must have a part of it."""
    enough = max(2, math.ceil(least * len(notes)))
    notes = _titled(notes, enough)
    columns = consensus([[part.key for part in note.parts] for note in notes], enough)
    return Mould(
        notes=len(notes),
        properties=tuple(properties([note.fields for note in notes], enough)),
        headings=tuple(_heading(column, notes, least) for column in columns),
        line_after_properties=_is_usual(note.spacing.after_properties for note in notes),
        line_before_headings=_is_usual(note.spacing.before_headings for note in notes),
        line_after_headings=_is_usual(note.spacing.after_headings for note in notes),
    )


def _titled(notes: Sequence[Sample], enough: int) -> Sequence[Sample]:
    """A first heading is the title of its note, unless it says the same in most."""
    counts = Counter(part.key for note in notes for part in note.parts if part.is_title)
    fixed = {key for key, count in counts.items() if count >= enough and TITLE not in key}
    titles = {part.key for note in notes for part in note.parts if part.is_title}
    return notes if titles & fixed else [retitled(note) for note in notes]


def _is_usual(counts: Iterable[Counter[bool]]) -> bool:
    total = sum(counts, Counter[bool]())
    return total[True] >= total[False]


def _heading(column: Column[str], notes: Sequence[Sample], least: float) -> Heading:
    parts = [notes[number].parts[place] for number, place in column.places.items()]
    text = Counter(part.text for part in parts).most_common(1)[0][0]
    return Heading(parts[0].level, text, len(parts), tuple(_pieces(parts, least)))


def _pieces(parts: Sequence[Part], least: float) -> list[Piece]:
    """What recurs below one heading: texts, labels, and where neither does, shapes."""
    enough = max(2, math.ceil(least * len(parts)))
    texts = _frequent(
        (row.text for part in parts for row in _once(part, "text")), max(2, math.ceil(FIXED * len(parts)))
    )
    labels = _frequent((row.label for part in parts for row in _once(part, "label")), enough)
    sequences = [_tokens(part.rows, texts, labels) for part in parts]
    columns = consensus([[token for token, _ in sequence] for sequence in sequences], enough)
    found = []
    for column in columns:
        rows = [sequences[number][place][1] for number, place in column.places.items()]
        follows = 2 * sum(row.follows for row in rows) > len(rows)
        found.append(Piece(rows[0].kind, column.element[1], len(rows), follows))
    return _without_repeats(found, columns)


def _once(part: Part, what: str) -> Iterable[Row]:
    """Rows of a part, of those that agree in this the first."""
    return {getattr(row, what): row for row in reversed(part.rows)}.values()


def _frequent(values: Iterable[str | None], enough: int) -> frozenset[str]:
    counts = Counter(value for value in values if value)
    return frozenset(value for value, count in counts.items() if count >= enough)


Token = tuple[str, str]
"""In which degree rows are the same, and what is then written."""


def _tokens(rows: Iterable[Row], texts: frozenset[str], labels: frozenset[str]) -> list[tuple[Token, Row]]:
    found: list[tuple[Token, Row]] = []
    for row in rows:
        token = _token(row, texts, labels)
        # Of a list, or a text, of any length the template has one row.
        if token is not None and not (token[0] == "shape" and found and found[-1][0] == token):
            found.append((token, row))
    return found


def _token(row: Row, texts: frozenset[str], labels: frozenset[str]) -> Token | None:
    if row.label in labels and not (row.text in texts and row.text != row.label):
        return "label", row.label or ""
    if row.text in texts:
        return "text", row.text or ""
    return ("shape", row.shape) if row.shape else None


def _without_repeats(pieces: Sequence[Piece], columns: Sequence[Column[Token]]) -> list[Piece]:
    """No empty item where the template has items of that list anyway, and of two lists in a row the usual one."""
    is_shape = [column.element[0] == "shape" for column in columns]
    items = [place for place, piece in enumerate(pieces) if piece.kind == "item"]
    if any(not is_shape[place] for place in items):
        dropped = {place for place in items if is_shape[place]}
    else:
        usual = max(items, key=lambda place: pieces[place].notes, default=-1)
        dropped = {place for place in items if place != usual}
    return [piece for place, piece in enumerate(pieces) if place not in dropped]
