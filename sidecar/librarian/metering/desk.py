"""One vault's model as abilities have it: who it is, how it is asked, what that will cost. They have no other way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from librarian.metering.metered import Manner
from librarian.metering.rehearsal import Rehearsal
from librarian.metering.writer import Writer
from librarian.money import Purpose


@dataclass(frozen=True)
class Desk:
    """Made by the library for each vault."""

    provider: Callable[[], tuple[str, str]]
    """Its provider and name. Raises NoProvider."""
    write: Callable[[Purpose, Manner], Awaitable[Writer]]
    """The model, to be asked for one act of a person. Raises NoProvider and other errors of models."""
    rehearse: Callable[[Purpose, Manner], Awaitable[Rehearsal]]
    """The same for an act whose price is asked. Raises as `write`."""
