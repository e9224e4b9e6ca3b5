"""What a note's structure looks like from outside: outline and links."""

from __future__ import annotations

from typing import Literal

from librarian.value import Value


class OutlineHeading(Value):
    """A heading and where it stands."""

    level: int
    text: str
    line: int


class Task(Value):
    """A task list item."""

    status: str
    """The character between the brackets; a space when open."""
    text: str
    line: int


class Outline(Value):
    """A note at a glance."""

    path: str
    title: str
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    properties: dict[str, object]
    headings: tuple[OutlineHeading, ...]
    tasks: tuple[Task, ...]
    words: int
    frontmatter_error: str | None = None
    """Why the front matter is not valid YAML, when it is not."""


class Link(Value):
    """A link from one note to another, by where it stands and where it leads."""

    source: str
    target: str | None
    """Path of the file it resolves to; None when there is none."""
    text: str
    """The link's path and subpath as written."""
    display: str | None
    kind: Literal["wiki", "wiki_embed", "markdown", "markdown_embed", "property"]
    line: int
    suggestion: str | None = None
    """For an unresolved link: a note with this alias."""


class Links(Value):
    """All links into and out of one note."""

    outgoing: tuple[Link, ...]
    backlinks: tuple[Link, ...]
    unresolved: tuple[Link, ...]
