"""What is told about a template that was inferred from notes."""

from __future__ import annotations

from typing import Literal

from librarian.usage import ModelUse
from librarian.value import Value


class TemplateProperty(Value):
    """A property of the template."""

    name: str
    type: Literal["text", "list", "number", "checkbox", "date", "datetime"]
    """As Obsidian has them."""
    share: float
    """Of the notes, from 0 to 1."""
    default: tuple[str, ...]
    """What new notes begin with, as the template has it; more than one only in a list."""
    values: tuple[str, ...]
    """The few values that recur in the notes, the most frequent first; empty where they are many."""


class TemplateHeading(Value):
    """A heading of the template."""

    level: int
    text: str
    share: float
    """Of the notes, from 0 to 1."""


class TemplateKind(Value):
    """Notes of the same folder that are made in another way, and could have a template of their own."""

    name: str
    notes: tuple[str, ...]


class NotTaken(Value):
    """A note that nothing was told from."""

    path: str
    reason: str


class NamingEstimate(Value):
    """What it will take to have a model find a name and hints for a template."""

    provider: str
    model: str
    cost_usd: str
    """What it will likely cost, in US dollars; `0.00` on one's own machine."""
    at_most_usd: str


class InferredTemplate(Value):
    """A template, and what it was told from."""

    text: str
    """Empty where the notes have nothing in common."""
    name: str
    syntax: Literal["core", "templater"]
    notes: tuple[str, ...]
    """Those that it was told from, all of one kind."""
    properties: tuple[TemplateProperty, ...]
    headings: tuple[TemplateHeading, ...]
    confidence: float
    """How often the notes have what the template has, on average, from 0 to 1."""
    others: tuple[TemplateKind, ...]
    """Further kinds of at least three notes, the largest first; name their notes to have their template."""
    left_out: tuple[NotTaken, ...]
    found: int
    """Notes that were meant."""
    read: int
    """Those of them that were looked at; of very many, some, spread evenly."""
    method: Literal["structure", "model"]
    """``model``: the name and hints are a model's; all else is never."""
    usage: ModelUse | None = None
    notice: str | None = None
    """Why no model was asked though that was wanted."""
    took_ms: float
