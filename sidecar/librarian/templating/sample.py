"""A note as one made from a template: its properties, headings and rows, with places where its title and date stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice, pairwise

from librarian.merging.anatomy import Anatomy, anatomy
from librarian.merging.route import stem
from librarian.merging.sections import Section, sections
from librarian.merging.yaml import Malformed, entries
from librarian.templating import days
from librarian.templating.fields import Field, field_of
from librarian.templating.placeholder import FOREIGN, TITLE, replacer
from librarian.templating.rows import Row, rows

LEAST_TITLE = 3
"""Characters from which a title that stands in a text is taken for the title."""
MOST_SHOWN = 50
"""Places of a template that are looked at in a note; one that has so many in code is about templates."""
_DRAWING = "excalidraw-plugin"


class Unfit(Exception):
    """A note that nothing can be told from; the message says why, for a person."""


@dataclass(frozen=True)
class Part:
    """A section without those below it; ``level`` is 0 for what stands before the first heading."""

    level: int
    text: str
    """The heading."""
    rows: tuple[Row, ...]
    is_title: bool = False
    """Whether it is the only heading of the first level, and the first of all."""

    @property
    def key(self) -> str:
        """The same for the same heading."""
        return f"{self.level} {' '.join(self.text.split()).casefold()}"


@dataclass(frozen=True)
class Spacing:
    """How often there is an empty line, of how many places: after properties, before and after headings."""

    after_properties: Counter[bool]
    before_headings: Counter[bool]
    after_headings: Counter[bool]


@dataclass(frozen=True)
class Sample:
    path: str
    fields: tuple[Field, ...]
    parts: tuple[Part, ...]
    spacing: Spacing


@dataclass(frozen=True)
class Read:
    """A note taken apart, before anything is replaced in it."""

    path: str
    note: Anatomy
    fields: tuple[Field, ...]
    dates: days.Written
    """Where the note's day may stand."""


def read(path: str, text: str) -> Read:
    """Take a note apart. Raises Unfit.

    What Templater would run in a template loses its mark, in code as well, where it is only shown in a note.
    """
    note = anatomy(text.replace("\r\n", "\n"))
    try:
        found = entries(note.yaml)
    except Malformed as error:
        line = error.line + 2
        raise Unfit(f"line {line} of it, in its properties, cannot be read ({error.reason})") from None
    if _DRAWING in found:
        raise Unfit("it is a drawing")
    if _is_template(note):
        raise Unfit("it is a template itself")
    if "<%" in note.text:
        note = anatomy(note.text.replace("<%", "< %"))
        found = entries(note.yaml)
    fields = tuple(field_of(note.yaml, entry) for entry in found.values())
    day = _day(stem(path), fields)
    return Read(path, note, fields, days.written_in(note.text, day) if day else {})


def _is_template(note: Anatomy) -> bool:
    """Whether a note has what a template has, other than in code, in which one may be shown."""
    code = [(block.start, block.end) for block in note.blocks if block.kind == "code"]
    for place in (found.start() for found in islice(FOREIGN.finditer(note.text), MOST_SHOWN)):
        line = note.text.rfind("\n", 0, place) + 1
        is_inline = note.text.count("`", line, place) % 2 == 1
        if not is_inline and not any(start <= place < end for start, end in code):
            return True
    return False


def _day(title: str, fields: Sequence[Field]) -> date | None:
    """The note's day: that in its title, else that in a property which is called so."""
    in_title = days.found(title)
    if in_title is not None:
        return in_title
    named = (days.found(field.text) for field in fields if field.key.casefold() in days.NAMES)
    return next((day for day in named if day is not None), None)


def samples(notes: Iterable[Read]) -> list[Sample]:
    """Notes with places for their titles and days.

    A day may be written in several ways that look alike, as on 11.11.; the way that most notes have it is meant.
    """
    notes = list(notes)
    counts = Counter(meant for note in notes for may in note.dates.values() for meant in may)
    return [_sample(each, counts) for each in notes]


def _sample(read: Read, counts: Counter[days.Meant]) -> Sample:
    title = stem(read.path)
    dates = days.places(read.dates, counts)
    in_properties = replacer(dates)
    titles = [(title, TITLE)] if len(title) >= LEAST_TITLE else []
    in_text = replacer([*titles, *dates])
    fields = tuple(field.placed(in_properties, in_text) for field in read.fields)
    return Sample(read.path, fields, tuple(_parts(read.note, in_text)), _spacing(read.note))


def _parts(note: Anatomy, placed: Callable[[str], str]) -> Iterable[Part]:
    root = sections(note)
    every = list(root.walk())
    first = [section.level for section in every].count(1) == 1
    for number, section in enumerate(every):
        is_title = first and number == 1 and section.level == 1
        yield Part(section.level, placed(section.title), tuple(_rows(note, section, placed)), is_title)


def _rows(note: Anatomy, section: Section, placed: Callable[[str], str]) -> Iterable[Row]:
    for block in section.blocks:
        yield from rows(block.kind, placed(note.text[block.start : block.end]))


def _spacing(note: Anatomy) -> Spacing:
    after_properties, before, after = Counter[bool](), Counter[bool](), Counter[bool]()
    blocks = note.blocks
    if note.frontmatter and blocks:
        after_properties[blocks[0].start > note.body] += 1
    for one, other in pairwise(blocks):
        is_apart = note.text.count("\n", one.end, other.start) > 1
        if other.kind == "heading":
            before[is_apart] += 1
        elif one.kind == "heading":
            after[is_apart] += 1
    return Spacing(after_properties, before, after)


def retitled(sample: Sample) -> Sample:
    """The sample with its first heading, whatever it says, as its title."""
    parts = tuple(replace(part, text=TITLE) if part.is_title else part for part in sample.parts)
    return replace(sample, parts=parts)
