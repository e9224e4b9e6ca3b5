"""Changes that were proposed and wait to be carried out; they live in memory and only for a while."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from librarian.change import Plan, PlannedEdit
from librarian.edit import Change
from librarian.errors import ConfirmationNeeded, PlanNotFound

KEPT_SECONDS = 3600.0
KEPT_PLANS = 200
KEPT_EDITS = 100_000
"""Of all plans together, for the sake of memory; the newest plan is kept whatever it takes."""
MANY_NOTES = 20
MANY_SHARE = 0.1
"""Of the vault's notes; a change of more notes than either has to be confirmed."""


Look = Callable[[], Awaitable[None]]
"""A look, before a plan is carried out, at what is no file of it. Raises what stands against it now."""


@dataclass
class _Proposed:
    change: Change
    plan: Plan
    made_at: float
    look: Look | None
    attempt: str | None = None
    """The change that was begun last to carry it out."""


class Plans:
    """Plans of one vault."""

    def __init__(self, clock: Callable[[], float], new_id: Callable[[], str]) -> None:
        self._clock = clock
        self._new_id = new_id
        self._proposed: dict[str, _Proposed] = {}
        self._undos: dict[tuple[str, int], str] = {}
        """What confirms to take a change back, and so many notes with it."""

    def propose(self, change: Change, preview: Sequence[PlannedEdit], *, notes: int, look: Look | None = None) -> Plan:
        """Keep a change until it is carried out; ``notes``: how many the vault has."""
        plan = Plan(
            plan_id=self._new_id(),
            edits=change.edits,
            preview=tuple(preview),
            confirmation=self._new_id() if _is_many(len(change.edits), notes) else None,
        )
        while self._proposed and (len(self._proposed) >= KEPT_PLANS or self._edits() + len(change.edits) > KEPT_EDITS):
            del self._proposed[next(iter(self._proposed))]
        self._proposed[plan.plan_id] = _Proposed(change, plan, self._clock(), look)
        return plan

    def change(self, plan_id: str, confirmation: str | None) -> Change:
        """The change of a plan. Raises PlanNotFound, ConfirmationNeeded."""
        found = self._proposed.get(plan_id)
        if found is None or self._clock() - found.made_at > KEPT_SECONDS:
            self.forget(plan_id)
            raise PlanNotFound(plan_id)
        wanted = found.plan.confirmation
        if wanted is not None and not _is(wanted, confirmation):
            raise ConfirmationNeeded(len(found.change.edits))
        return found.change

    def _edits(self) -> int:
        return sum(len(each.change.edits) for each in self._proposed.values())

    async def look(self, plan_id: str) -> None:
        """Have the look that a plan was proposed with, if it was."""
        found = self._proposed.get(plan_id)
        if found is not None and found.look is not None and found.attempt is None:
            await found.look()

    def confirm_undo(self, change_id: str, files: int, confirmation: str | None, *, notes: int) -> None:
        """See that taking back so many files of a change is wanted. Raises ConfirmationNeeded, with what confirms."""
        if not _is_many(files, notes):
            return
        wanted = self._undos.pop((change_id, files), None)
        if wanted is not None and _is(wanted, confirmation):
            return
        while len(self._undos) >= KEPT_PLANS:
            del self._undos[next(iter(self._undos))]
        token = self._undos[change_id, files] = wanted or self._new_id()
        raise ConfirmationNeeded(files, token)

    def attempt(self, plan_id: str) -> tuple[str | None, Change]:
        """The change by which a plan was tried before, if it was, and a new one, of its own id, to try it now."""
        found = self._proposed[plan_id]
        earlier, found.attempt = found.attempt, self._new_id()
        return earlier, replace(found.change, id=found.attempt)

    def forget(self, plan_id: str) -> None:
        """A plan is carried out once."""
        self._proposed.pop(plan_id, None)


def _is_many(files: int, notes: int) -> bool:
    return files > MANY_NOTES or files > MANY_SHARE * notes


def _is(wanted: str, confirmation: str | None) -> bool:
    return hmac.compare_digest(wanted.encode(), (confirmation or "").encode())
