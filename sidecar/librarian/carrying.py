"""Carries the steps of one change out, or takes them back; where each stands is told by the files alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from librarian.change import Conflict, PlannedEdit
from librarian.edit import Create, Edit, Rename, Rewrite, Step, inverse, new_path, read_digest, reverted
from librarian.errors import NoteChanged, NoteError, NoteExists, NoteNotFound
from librarian.preview import planned
from librarian.threeway import remainder
from librarian.writing import State, VaultFiles

_AGAINST = (NoteChanged, NoteExists, NoteNotFound)
"""What is raised when a file is not the version that was read."""


PREVIEWED_FILES = 200


class Carrier:
    """Works on the files of one vault; its calls block, and none but one may be at work."""

    def __init__(self, files: VaultFiles) -> None:
        self._files = files

    def prepare(self, edits: Sequence[Edit]) -> tuple[tuple[Step, ...], tuple[Conflict, ...]]:
        """The steps of a change, and files that are not what was read. Raises EditRefused, PathRefused."""
        steps, conflicts = [], []
        for edit in edits:
            try:
                steps.append(self._files.step(edit))
            except _AGAINST:
                conflicts.append(self._conflict(Step(edit, None, None)))
        return tuple(steps), tuple(conflicts)

    def previews(self, edits: Sequence[Edit]) -> list[PlannedEdit]:
        """What edits would do. Raises NoteChanged, NoteNotFound, EditRefused, PathRefused."""
        seen = [
            planned(edit, self._files.content(edit) if isinstance(edit, Rewrite) else None)
            for edit in edits[:PREVIEWED_FILES]
        ]
        return seen + [planned(edit) for edit in edits[PREVIEWED_FILES:]]

    def tidy(self, steps: Sequence[Step]) -> bool:
        """Remove what was left beside files; False where somebody else's version was there, which is kept."""
        return self._files.tidy(steps)

    def states(self, steps: Sequence[Step]) -> list[State]:
        """Where each step stands."""
        return [self._files.state(step) for step in steps]

    def forwards(self, steps: Sequence[Step], refused: Collection[str] = ()) -> tuple[Conflict, ...]:
        """Carry out every step that is not; begins nothing while a file is neither before nor after its step."""
        states = [(step, self._files.state(step)) for step in steps]
        left = [step for step, state in states if state == "before"]
        against = [self._conflict(step) for step, state in states if state == "other"]
        against += [self._conflict(step, "refused") for step in left if step.edit.path in refused]
        if against:
            return tuple(against)
        for step in left:
            try:
                self._files.carry_out(step)
            except _AGAINST:
                return (self._conflict(step),)
        return ()

    def back(self, steps: Sequence[Step]) -> bool:
        """Take back every step that is carried out; says whether all files are as they were."""
        whole = True
        for step in reversed(steps):
            state = self._files.state(step)
            if state == "after":
                try:
                    self._files.carry_out(reverted(step))
                except _AGAINST:
                    state = "other"
            whole = whole and state != "other"
        return whole

    def inverses(self, steps: Sequence[Step]) -> tuple[tuple[Edit, ...], tuple[Conflict, ...]]:
        """Edits that take back what is still there of a change, and the files that are neither before nor after it."""
        states = [(step, self._files.state(step)) for step in reversed(steps)]
        back = tuple(inverse(step) for step, state in states if state == "after")
        return back, tuple(self._remains(step) for step, state in states if state == "other")

    def remainders(self, steps: Sequence[Step]) -> tuple[Edit, ...]:
        """What takes back the places that nobody changed since, of notes that somebody changed since."""
        found = []
        for step in steps:
            if not isinstance(step.edit, Rewrite) or self._files.state(step) != "other":
                continue
            try:
                now = self._files.now(step.edit.path)
                edit = remainder(step, now).edit
            except NoteError:  # it is gone, or no text any more
                continue
            found += [edit] if edit is not None else []
        return tuple(found)

    def sync(self, steps: Sequence[Step]) -> None:
        """Put on the disk what somebody else did, or a process that was killed: carried steps out, or back."""
        for step in steps:
            if self._files.state(step) != "other":
                self._files.sync(step)

    def _conflict(self, step: Step, reason: Literal["refused"] | None = None) -> Conflict:
        """Why a step cannot be carried out."""
        edit, path = step.edit, step.edit.path
        found = self._found(path)
        if isinstance(edit, Rename) and found == edit.digest and reason is None:
            path, found = edit.to, self._found(edit.to)
            return Conflict(path=path, reason="exists", read=edit.digest, ours=edit.digest, found=found)
        why = "exists" if isinstance(edit, Create) else "missing" if found is None else "changed"
        return Conflict(path=path, reason=reason or why, read=read_digest(edit), ours=step.after, found=found)

    def _remains(self, step: Step) -> Conflict:
        """Why a step cannot be taken back."""
        path = new_path(step.edit) or step.edit.path
        found = self._found(path)
        why = "exists" if step.after is None else "missing" if found is None else "changed"
        return Conflict(path=path, reason=why, read=read_digest(step.edit), ours=step.after, found=found)

    def _found(self, path: str) -> str | None:
        try:
            return self._files.digest(path)
        except NoteError:
            return None
