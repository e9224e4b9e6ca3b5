"""What statistics say about a vault."""

from __future__ import annotations

from librarian.value import Value


class TagCount(Value):
    tag: str
    notes: int


class Growth(Value):
    """Totals at the end of one month."""

    month: str
    """``YYYY-MM``"""
    created: int
    """Notes created in that month (by property ``created``/``date`` where given, else by the file system)."""
    notes: int
    """Notes that existed at its end, of those that exist today."""
    words: int


class DayCount(Value):
    """Totals as they were seen on one day."""

    day: str
    """``YYYY-MM-DD``"""
    notes: int
    words: int
    links: int
    tags: int


class BrokenLink(Value):
    source: str
    line: int
    text: str


class Overview(Value):
    """The vault in figures. Lists are cut to the first hundred; the counts beside them are whole."""

    notes: int
    words: int
    links: int
    tags: int
    attachments: int
    tasks_open: int
    tasks_done: int
    orphan_count: int
    """Notes that nothing links to and that link to nothing."""
    orphans: tuple[str, ...]
    broken_link_count: int
    broken_links: tuple[BrokenLink, ...]
    top_tags: tuple[TagCount, ...]
    largest: tuple[tuple[str, int], ...]
    """Path and words."""
    most_linked: tuple[tuple[str, int], ...]
    """Path and backlinks."""
    growth: tuple[Growth, ...]
    history: tuple[DayCount, ...]
    took_ms: float


class Table(Value):
    """The result of a SQL query."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    truncated: bool
    """More rows than the limit existed."""
    took_ms: float
