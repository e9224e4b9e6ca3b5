"""What relates notes to one another, beside links: closeness in meaning, and names that stand in the text."""

from __future__ import annotations

from librarian.passage import Coverage, Passage
from librarian.value import Value


class RelatedNote(Value):
    """A note that says much the same as another."""

    path: str
    title: str
    similarity: float
    """Mean cosine of one note's passages with the nearest of the other's; shared boilerplate counts little."""
    linked: bool | None
    """Whether either links to the other; None while links are not known yet."""
    passage: Passage
    """The passage of this note that is nearest."""


class RelatedAnswer(Value):
    hits: tuple[RelatedNote, ...]
    coverage: Coverage
    took_ms: float


class Mention(Value):
    """A note that another one names without a link."""

    path: str
    """The other note: the one that mentions, or the one that is mentioned."""
    title: str
    name: str
    """As it is written."""
    count: int
    linked: bool
    """The note that mentions links to the other somewhere else."""
    passage: Passage
    """The first place, in the note that mentions."""


class Mentions(Value):
    """Unlinked mentions in both directions: those without any link first, then the most frequent."""

    incoming: tuple[Mention, ...]
    outgoing: tuple[Mention, ...]
    took_ms: float
