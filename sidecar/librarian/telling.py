"""What a call tells while it runs, beside how far an index is: text as it is written, and steps of longer work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from librarian.value import Value


class Delta(Value):
    """The next piece of a text that is being written. The whole comes with the answer, and holds where they differ."""

    kind: Literal["delta"] = "delta"
    text: str


class Step(Value):
    """How far a work of several steps is."""

    kind: Literal["step"] = "step"
    phase: str
    """What is being done, in words."""
    done: int
    total: int
    run_id: str | None = None
    """Of summaries of many notes: what they can be asked for by."""
    cost_usd: str | None = None
    """What it has cost so far, where it costs something."""


Tell = Callable[[Delta | Step], None]
"""Hears what is told; may be called often."""
