"""What a summary is asked for and what it says: text, how it was made, where it is from, what was left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from librarian.usage import CostEstimate, ModelUse
from librarian.value import Value

Style = Literal["short", "bullets", "paragraph"]
Method = Literal["auto", "extractive", "model"]
Place = Literal["top", "end", "property", "note"]

MARK = "> [!summary|librarian]"
"""How a callout of ours begins. Obsidian takes what stands behind the bar for a mark that themes may use, and does not
show it."""

LENGTHS: dict[Style, int] = {"short": 50, "bullets": 150, "paragraph": 150}
"""Words of a summary, where nobody says how many."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a person wants it."""

    style: Style = "paragraph"
    length: int | None = None
    """Words, more or less."""
    language: str | None = None
    """As a person names it; None for that of the notes."""

    fresh: bool = False
    """Ask the model even where an answer of it is kept."""

    @property
    def words(self) -> int:
        return self.length or LENGTHS[self.style]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is summarised: a note, some lines of one, a text, or the notes of a folder, a tag or a query."""

    path: str | None = None
    lines: tuple[int, int] | None = None
    """Of the note: from the first line to before the second, from 0."""
    text: str | None = None
    folder: str | None = None
    tag: str | None = None
    query: str | None = None

    @property
    def is_one(self) -> bool:
        """Whether it is one text and no set of notes."""
        return self.path is not None or self.text is not None


class SummarySource(Value):
    """Where something in a summary is from."""

    path: str | None
    """None for a text that was given."""
    line: int
    """0-based; of the text that was given, where it was."""
    text: str
    """The sentence as it stands in the summary, or the heading under which a part begins that a model read."""


class LeftOut(Value):
    """A note that was not read."""

    path: str
    reason: str


class NoteSummary(Value):
    """One of several notes, by itself."""

    path: str
    text: str


class Summary(Value):
    """A summary."""

    text: str
    """Markdown. What a model wrote has no images, no HTML and no links that its sources lack."""
    method: Literal["extractive", "model"]
    """``extractive``: sentences of the notes as they stand there."""
    why: str | None = None
    """Why no model was asked, where one might have been."""
    sources: tuple[SummarySource, ...]
    notes: int
    """How many were read."""
    parts: tuple[NoteSummary, ...] = ()
    """Of several notes, each by itself."""
    left_out: tuple[LeftOut, ...] = ()
    more: int = 0
    """Notes that were left out beside these."""
    usage: ModelUse | None = None
    run_id: str | None = None
    """Of several notes by a model: what each note's own can be placed by."""
    took_ms: float


class SummaryEstimate(CostEstimate):
    """What a summary will take, before it is made."""

    notes: int
    done: int = 0
    """Notes that an unfinished run has done already. They are not asked again, and not counted."""
    left_out: tuple[LeftOut, ...] = ()
    more: int = 0
    """Notes that are left out beside these."""
