"""What is told about changes to notes: plans before, answers and conflicts after, the journal's list."""

from __future__ import annotations

from typing import Literal

from librarian.edit import Edit
from librarian.value import Value

ChangeState = Literal["unfinished", "done", "undone", "conflicted"]
Kind = Literal["rewrite", "create", "rename", "trash"]


class Conflict(Value):
    """A note that is not what it should be, and was left as it is."""

    path: str
    reason: Literal["changed", "missing", "exists", "refused"]
    """``refused``: the editor that was asked to change it would not."""
    read: str | None
    """BLAKE3 of the version that the edit was made from; None where there was to be none."""
    ours: str | None
    """BLAKE3 of the version that the edit makes."""
    found: str | None
    """BLAKE3 of the version that is there now."""


class EditorChanged(Value):
    """A file that an editor changed as it was asked to."""

    path: str
    """As in the edit: for ``rename``, the old one."""
    digest: str | None
    """BLAKE3 of what is there now (for ``rename``: at the new path); None for what went into the trash."""


class EditorRefused(Value):
    """A file that an editor would not change."""

    path: str
    reason: str
    """For the log: that it is another version, that something is not saved …"""


class EditorAnswer(Value):
    """What an editor did with edits; a file that it does not name is changed without it."""

    changed: tuple[EditorChanged, ...]
    refused: tuple[EditorRefused, ...]


class ChangedNote(Value):
    """A file as a change of the journal has it."""

    kind: Kind
    path: str
    to: str | None
    """The new path, for ``rename``."""
    before: str | None
    """BLAKE3 of the version before; None for a new file."""
    after: str | None
    """BLAKE3 of the version after; None for one that was put into the trash."""


class JournalledChange(Value):
    """A change that the journal can take back."""

    change_id: str
    actor: str
    reason: str
    undoes: str | None
    """The change that this one took back."""
    made_at: str
    """ISO 8601, UTC."""
    state: ChangeState
    """``unfinished``: under way, or cut short and not settled yet. ``conflicted``: given up, because somebody else
    changed notes meanwhile; those are as they were left, all others as before.
    """
    notes: tuple[ChangedNote, ...]
    """The first of them, as many as fit into an answer."""
    more: int = 0
    """Files that it changed beside these."""


class Hunk(Value):
    """Whole lines that a plan would replace, as plain text; long ones are cut, with an ellipsis."""

    line: int
    """0-based line of the note, before."""
    removed: str
    added: str


class PlannedEdit(Value):
    """What a plan would do to one file."""

    kind: Kind
    path: str
    to: str | None
    hunks: tuple[Hunk, ...]
    """The first differences, for ``rewrite`` and ``create``; of a plan for many files, those of the first files."""
    more: int
    """How many differences of this file are not shown."""


class Plan(Value):
    """A change that was proposed and waits to be carried out."""

    plan_id: str
    edits: tuple[Edit, ...]
    """All of them, exactly; the preview shows what they would do."""
    preview: tuple[PlannedEdit, ...]
    confirmation: str | None
    """To be sent along by whoever looked at the preview; None where there is no need to confirm."""


class Applied(Value):
    """What became of a change, or of taking one back."""

    change_id: str | None
    """Under which the journal has it; None where nothing was changed."""
    applied: tuple[str, ...]
    """Paths that were changed."""
    conflicts: tuple[Conflict, ...]
    offer: Plan | None = None
    """For notes that were changed since a change that was to be taken back: what takes back those of its places that
    nobody touched, and leaves all others. To be carried out by ``edits.apply``.
    """
