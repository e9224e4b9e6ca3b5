"""What a search answers with: hits, the passage that earned each its place, and what the answer covered."""

from __future__ import annotations

from typing import Literal

from librarian.value import Value

Mode = Literal["hybrid", "keyword", "semantic"]


class Passage(Value):
    """The best piece of a note for a query."""

    text: str
    heading: str | None
    """The nearest heading above, without its hashes."""
    line: int
    """0-based line of the note on which ``text`` starts."""
    ranges: tuple[tuple[int, int], ...]
    """What matched: ``[start, end)`` in UTF-16 units of ``text``, ascending."""


class Why(Value):
    """One reason why a note matched."""

    field: str
    """title, aliases, headings, tags, properties, path or body."""
    term: str
    """The word of the note that matched; empty for ``meaning``."""
    kind: Literal["exact", "stem", "prefix", "typo", "meaning"]
    """``meaning``: the passage says something near to the query; then there is no ``term``."""
    similarity: float | None = None
    """Cosine of query and passage, for ``meaning``."""


class Hit(Value):
    """One note (or canvas, or base) that matched."""

    path: str
    title: str
    kind: Literal["note", "canvas", "base", "attachment"]
    score: float
    passage: Passage
    why: tuple[Why, ...]


class Coverage(Value):
    """What an answer looked at. ``searched + skipped == notes``, all over the ``.md`` files that are not hidden."""

    notes: int
    searched: int
    skipped: int
    embedded: int | None = None
    """Notes that can be found by meaning, where the answer looked for that."""
    checking: bool | None = None
    """True while files are still compared with the index, so that the answer may lag behind them."""
    notice: str | None = None
    """Why the model that was chosen did not answer, where a simpler one did."""


class SearchAnswer(Value):
    """All hits of one page, and how many there are."""

    hits: tuple[Hit, ...]
    total: int
    coverage: Coverage
    mode: Mode
    """How the query was in fact answered."""
    took_ms: float


class SavedSearch(Value):
    """A query kept under a name."""

    name: str
    text: str
    mode: Mode
    saved_at: str
    """ISO 8601, UTC."""
