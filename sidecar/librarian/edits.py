"""Changes to notes: proposed, carried out whole or not at all, settled after an unclean end, and taken back.

What a change is about to do is in the journal before its first byte is written; where it stands is told afterwards by
the digests of the files alone. So a process killed at any point leaves nothing that the next one cannot settle.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from typing import Any, Literal, Protocol

from librarian import status
from librarian.carrying import Carrier
from librarian.change import Applied, Conflict, EditorAnswer, JournalledChange, Plan
from librarian.disk import nowhere
from librarian.edit import Change, Create, Edit, Rename, Rewrite, Step, Trash, check_apart, paths_of, same_name
from librarian.errors import (
    ChangeNotFound,
    ChangeUnreadable,
    EditRefused,
    LibrarianError,
    NobodyThere,
    NoteChanged,
    NoteNotFound,
    StoreError,
    VaultUnavailable,
    VaultUnwritable,
)
from librarian.journal import Entry, Journal
from librarian.plans import Look, Plans
from librarian.writing import VaultFiles

log = logging.getLogger(__name__)

Happened = Callable[[Sequence[status.Change]], Awaitable[None]]
Settled = Literal["done", "dropped", "conflicted"]


class Editor(Protocol):
    """A program in which notes are open, and which therefore wants to change them itself."""

    async def carry_out(self, change: Change) -> EditorAnswer:
        """Carry out what it can of a change. Raises NobodyThere, and other errors when it will do nothing."""
        ...


class Edits:
    """Everything that changes notes of one vault goes through here, one change at a time."""

    def __init__(  # noqa: PLR0913  # what it works with, then how
        self,
        files: VaultFiles,
        journal: Journal,
        *,
        notes: Callable[[], int],
        happened: Happened,
        point: Callable[[str], None] = nowhere,
        clock: Callable[[], float] = time.monotonic,
        new_id: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        """``notes``: how many the vault has. ``happened``: is told which files changed. ``point``: see `nowhere`."""
        self._files = files
        self._carrier = Carrier(files)
        self._journal = journal
        self._notes = notes
        self._happened = happened
        self._point = point
        self._new_id = new_id
        self._plans = Plans(clock, new_id)
        self._one_at_a_time = asyncio.Lock()
        self._running: set[asyncio.Task[Applied]] = set()

    async def propose(self, edits: Sequence[Edit], *, actor: str, reason: str, look: Look | None = None) -> Plan:
        """Keep edits as one change that `apply` carries out, and show what it would do.

        ``look``: is had once more before it is carried out, and raises what stands against it by then.

        Raises EditRefused, PathRefused, NoteChanged, NoteNotFound, VaultUnavailable.
        """
        check_apart(edits)
        preview = await asyncio.to_thread(self._carrier.previews, edits)
        change = Change(self._new_id(), tuple(edits), actor, reason)
        return self._plans.propose(change, preview, notes=self._notes(), look=look)

    async def apply(self, plan_id: str, confirmation: str | None = None, *, editor: Editor | None = None) -> Applied:
        """Carry a plan out, or tell which notes are not what they were when it was made.

        Raises PlanNotFound, ConfirmationNeeded, EditRefused, PathRefused, VaultUnavailable, VaultUnwritable,
        StoreError.
        """
        return await self._to_its_end(self._apply(plan_id, confirmation, editor))

    async def undo(self, change_id: str, confirmation: str | None = None, *, editor: Editor | None = None) -> Applied:
        """Take a change back where notes are still what it left; the others are told.

        Raises ChangeNotFound, ConfirmationNeeded, VaultUnavailable, VaultUnwritable, StoreError.
        """
        return await self._to_its_end(self._undo(change_id, confirmation, editor))

    async def journalled(self, limit: int) -> tuple[JournalledChange, ...]:
        """The last changes, newest first."""
        return await self._journal.newest(limit)

    async def settle(self) -> dict[str, Settled]:
        """Bring changes that were cut short to an end, and tell which; what cannot be now stays unfinished.

        For when a vault is opened, so what is too old is forgotten too.

        Raises StoreError where there is no reading in the journal.
        """
        async with self._one_at_a_time:
            ends = await self._settle()
            await self._journal.forget()
            return ends

    async def close(self) -> None:
        """Return when no change is being carried out any more."""
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _to_its_end(self, work: Coroutine[Any, Any, Applied]) -> Applied:
        """A change that began is carried out even when nobody waits for it any more."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _apply(self, plan_id: str, confirmation: str | None, editor: Editor | None) -> Applied:
        self._plans.change(plan_id, confirmation)
        await self._plans.look(plan_id)
        async with self._one_at_a_time:
            edits = self._plans.change(plan_id, confirmation).edits
            await self._settle()
            await self._see_that_free(edits)
            earlier, change = self._plans.attempt(plan_id)
            applied = await self._done_already(earlier) if earlier else None
            applied = applied or await self._change(change, editor)
            self._plans.forget(plan_id)
            return applied

    async def _done_already(self, change_id: str) -> Applied | None:
        """What became of an earlier try, if it failed and was then settled as done."""
        try:
            entry = await self._journal.entry(change_id)
        except ChangeNotFound:
            return None
        if entry.state != "done":
            return None
        await self._tell(entry.steps)
        return _done(entry)

    async def _undo(self, change_id: str, confirmation: str | None, editor: Editor | None) -> Applied:
        async with self._one_at_a_time:
            await self._settle()
            entry = await self._journal.entry(change_id)
            await self._see_that_free(entry.change.edits)
            back, conflicts = await asyncio.to_thread(self._carrier.inverses, entry.steps)
            if not back and not conflicts:
                await self._journal.finish(change_id, "undone")
            offer = await self._offer(entry) if conflicts else None
            if not back:
                return Applied(change_id=None, applied=(), conflicts=conflicts, offer=offer)
            self._plans.confirm_undo(change_id, len(back), confirmation, notes=self._notes())
            reason = f"undo: {entry.change.reason}"
            change = Change(self._new_id(), back, entry.change.actor, reason, change_id, whole=not conflicts)
            applied = await self._change(change, editor)
            return applied.model_copy(update={"conflicts": (*conflicts, *applied.conflicts), "offer": offer})

    async def _offer(self, entry: Entry) -> Plan | None:
        """A plan that takes back of changed notes what nobody changed since."""
        edits = await asyncio.to_thread(self._carrier.remainders, entry.steps)
        if not edits:
            return None
        try:
            return await self.propose(
                edits, actor=entry.change.actor, reason=f"undo what is left: {entry.change.reason}"
            )
        except (NoteChanged, NoteNotFound, EditRefused):  # somebody is just writing
            return None

    async def _change(self, change: Change, editor: Editor | None) -> Applied:
        steps, conflicts = await asyncio.to_thread(self._carrier.prepare, change.edits)
        if conflicts or not steps:
            return Applied(change_id=None, applied=(), conflicts=conflicts)
        self._point("checked")
        await self._journal.intend(change, steps)
        self._point("intended")
        entry = Entry(change, steps, "unfinished")
        refused = await self._asked(editor, entry) if editor else set()
        end, conflicts = await self._finished(entry, refused)
        await self._tell(steps)
        if end != "done":
            return Applied(change_id=change.id if end == "conflicted" else None, applied=(), conflicts=conflicts)
        return _done(entry)

    async def _asked(self, editor: Editor, entry: Entry) -> Collection[str]:
        """Have an editor carry a change out; answers with the paths that it would not change.

        What it says it did is not believed: the files are read again, and what it left undone is done here.
        """
        try:
            answer = await editor.carry_out(entry.change)
            refused = _refused(answer, entry.steps)
        except NobodyThere as error:
            log.warning("the editor did not answer, so notes are changed in their files: %s", error.message)
            refused = set()
        except LibrarianError as error:
            log.warning("the editor would not carry out a change: %s", error.message)
            refused = {edit.path for edit in entry.change.edits}
        self._point("asked")
        try:
            await asyncio.to_thread(self._carrier.sync, entry.steps)
        except Exception:
            await self._taken_back(entry.change.id, entry.steps)
            raise
        return refused

    async def _finished(self, entry: Entry, refused: Collection[str] = ()) -> tuple[Settled, tuple[Conflict, ...]]:
        """Carry out what is left of a change, or take back what was done of it; tells the end, and what led to it."""
        change_id, steps = entry.change.id, entry.steps
        try:
            conflicts = await asyncio.to_thread(self._carrier.forwards, steps, refused)
        except Exception:
            # Where even this fails, for want of room, the change stays unfinished and is settled later.
            await self._taken_back(change_id, steps)
            raise
        if conflicts:
            return await self._taken_back(change_id, steps), conflicts
        self._point("all carried out")
        await self._marked(change_id)
        self._point("finished")
        return "done", ()

    async def _marked(self, change_id: str) -> None:
        """Mark a change as done; it is done even where there is no room to say so, and is marked later."""
        try:
            await self._journal.finish(change_id)
        except StoreError as error:
            log.warning("a change is carried out, but the journal cannot say so yet: %s", error.message)

    async def _given_up(self, entry: Entry) -> Settled:
        """Take back what can be, and keep the change: somebody else's version of one of its notes was found."""
        await asyncio.to_thread(self._carrier.back, entry.steps)
        await self._journal.finish(entry.change.id, "conflicted")
        return "conflicted"

    async def _taken_back(self, change_id: str, steps: Sequence[Step]) -> Settled:
        tidy = await asyncio.to_thread(self._carrier.tidy, steps)
        if await asyncio.to_thread(self._carrier.back, steps) and tidy:
            await self._journal.drop(change_id)
            return "dropped"
        await self._journal.finish(change_id, "conflicted")
        return "conflicted"

    async def _settle(self) -> dict[str, Settled]:
        ends: dict[str, Settled] = {}
        for cut in await self._journal.unfinished():
            try:
                ends[cut.change_id] = await self._end(cut.change_id)
            except Exception:  # whatever it is: one change must not keep the others, or the vault, from anything
                log.exception("a change that was cut short (%s) cannot be settled now", cut.reason)
            else:
                log.warning("a change that was cut short (%s) is settled: %s", cut.reason, ends[cut.change_id])
        return ends

    async def _see_that_free(self, edits: Sequence[Edit]) -> None:
        """See that no change that could not be settled names one of these files. Raises VaultUnwritable."""
        taken = {same_name(path) for cut in await self._journal.unfinished() for path in cut.paths}
        for path in (path for edit in edits for path in paths_of(edit)):
            if same_name(path) in taken:
                raise VaultUnwritable(path, "an earlier change to it was cut short, and cannot be settled now")

    async def _end(self, change_id: str) -> Settled:
        try:
            entry = await self._journal.entry(change_id)
        except ChangeUnreadable:
            # Nobody can tell any more what it was to be; what is kept of it stays in the journal.
            log.exception("a change that was cut short cannot be read")
            await self._journal.finish(change_id, "conflicted")
            return "conflicted"
        if not self._files.is_there():
            raise VaultUnavailable(str(self._files.root))
        if not await asyncio.to_thread(self._carrier.tidy, entry.steps):
            return await self._given_up(entry)
        # What is seen may not be on the disk yet, and the journal must not be ahead of it.
        await asyncio.to_thread(self._carrier.sync, entry.steps)
        states = await asyncio.to_thread(self._carrier.states, entry.steps)
        if all(state == "before" for state in states):
            await self._journal.drop(entry.change.id)
            return "dropped"
        end, _ = await self._finished(entry)
        return end

    async def _tell(self, steps: Sequence[Step]) -> None:
        """Let the indexes follow; when they cannot now, they will."""
        try:
            await self._happened([_happening(step.edit) for step in steps])
        except LibrarianError as error:
            log.warning("the indexes will follow a change later: %s", error.message)


def _done(entry: Entry) -> Applied:
    return Applied(change_id=entry.change.id, applied=tuple(step.edit.path for step in entry.steps), conflicts=())


def _refused(answer: EditorAnswer, steps: Sequence[Step]) -> set[str]:
    """Paths that an editor would not change, or of which it made something else."""
    for each in answer.refused:
        log.warning("the editor would not change a note: %s", each.reason)
    after = {step.edit.path: step.after for step in steps}
    others = {each.path for each in answer.changed if after.get(each.path) != each.digest}
    return others | {each.path for each in answer.refused}


def _happening(edit: Edit) -> status.Change:
    match edit:
        case Rename():
            return status.Change(kind="renamed", path=edit.path, new_path=edit.to)
        case Rewrite():
            return status.Change(kind="modified", path=edit.path)
        case Create():
            return status.Change(kind="created", path=edit.path)
        case Trash():
            return status.Change(kind="deleted", path=edit.path)
