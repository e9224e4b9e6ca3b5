"""What two notes differ in, line by line and word by word."""

from __future__ import annotations

from typing import Literal

from librarian.value import Value


class Piece(Value):
    """A part of a line."""

    text: str
    same: bool
    """Whether the other side has it, too. White space at the end of a line always counts as the same."""


class ComparedLine(Value):
    """A line of either note, or of both, as one row of a view with two columns."""

    kind: Literal["same", "changed", "removed", "added"]
    """``removed`` is on the left only, ``added`` on the right only; of ``changed`` ones, some words differ."""
    left: tuple[Piece, ...] | None
    """Together they are the line, without its end."""
    right: tuple[Piece, ...] | None


class Difference(Value):
    """Neighbouring lines that differ, with some around them."""

    left_line: int
    """0-based line of the left note, front matter included, at which it begins."""
    right_line: int
    lines: tuple[ComparedLine, ...]


class Comparison(Value):
    """Two notes side by side. Line ends, space at the end of lines and blank lines at the end are no difference."""

    left: str
    """The path of the first."""
    right: str
    similarity: float
    """Jaccard's index of their shingles of five words, without front matter, as among duplicates."""
    hunks: tuple[Difference, ...]
    """None where both are the same."""
    same: int
    """Lines that are the same in both whole notes; likewise the next three."""
    changed: int
    removed: int
    added: int
    more: int
    """Lines that differ and are not in ``hunks``, which hold some megabytes at most."""
