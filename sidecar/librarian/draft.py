"""What a model wrote for a note, before it is part of the note."""

from __future__ import annotations

from librarian.change import Plan
from librarian.comparison import Difference
from librarian.usage import ModelUse
from librarian.value import Value


class Draft(Value):
    """A text with what it would change."""

    text: str
    """Without images and links from elsewhere, HTML and control characters, whatever the model wrote."""
    hunks: tuple[Difference, ...]
    """What it replaces on the left and itself on the right, line by line, as ``duplicates.compare`` tells it."""
    more: int
    """Lines that differ and are not in ``hunks``."""
    whole: bool
    """False where the model had more to say than it was given room for."""
    plan: Plan | None
    """Puts it into the note by ``edits.apply``; None where no note was named, and where one that was to be
    gone on with was changed meanwhile."""
    usage: ModelUse | None
