"""What is told of summaries of many notes: the runs in which they are made, and what became of each note."""

from __future__ import annotations

from typing import Literal

from librarian.change import Plan
from librarian.summary import LeftOut, Style
from librarian.value import Value


class SummaryRun(Value):
    """Summaries of many notes, each by itself. Whatever is done is kept for 30 days, whoever stops whenever."""

    run_id: str
    folder: str | None
    tag: str | None
    query: str | None
    style: Style
    length: int | None
    language: str | None
    method: Literal["extractive", "model"]
    provider: str | None
    """Who was chosen when it began; one that is not finished goes on with whoever is chosen then."""
    model: str | None
    begun_at: str
    """ISO 8601, UTC."""
    total: int
    """Notes that there were when it was last worked at."""
    done: int
    left_out: int
    """Notes without a summary, each with its reason; they are tried again when nothing else is left to do."""
    cost_usd: str | None
    """What it has cost so far, in US dollars; None where no model is asked."""

    @property
    def left(self) -> int:
        """Notes that were not looked at yet."""
        return max(0, self.total - self.done - self.left_out)


class RunNote(Value):
    """What a run made of one note."""

    number: int
    """Grows with every note that is done, or done again."""
    path: str
    text: str | None
    reason: str | None
    """Why there is no summary, or that only the beginning was read."""


class RunNotes(Value):
    """Notes of a run in the order in which they were done."""

    notes: tuple[RunNote, ...]


class PlannedSummaries(Value):
    """A plan that puts the summaries of a run into their notes."""

    plan: Plan | None
    """None where there is nothing to write."""
    left_out: tuple[LeftOut, ...] = ()
    """Notes that changed since they were summarised, are gone, or cannot be changed."""
    more: int = 0
