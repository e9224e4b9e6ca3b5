"""Finding notes that say the same."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from librarian.change import Plan
from librarian.comparing import CONTEXT_LINES
from librarian.comparison import Comparison
from librarian.dismissal import DismissedGroups
from librarian.duplicate import DuplicateAnswer, Kind
from librarian.duplicates import KINDS, LEAST, THRESHOLD
from librarian.errors import (
    EditRefused,
    GroupNotFound,
    NoteChanged,
    NoteNotFound,
    NoteUnreadable,
    NotInGroup,
    PathRefused,
    StoreError,
    VaultNotOpen,
    VaultUnavailable,
)
from librarian.merging.proposal import Action
from librarian.methods.notes import OfNote
from librarian.methods.vault import OfVault
from librarian.rpc.contract import Call, Progressive, method
from librarian.value import Value

Threshold = Annotated[float, Field(ge=LEAST, le=1.0)]


class Scan(Progressive):
    vault_id: Annotated[str, Field(max_length=200)]
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1, max_length=10)] = KINDS
    threshold: Threshold = THRESHOLD
    """Jaccard's index of shingles of five words, from which notes are nearly the same."""
    scope: Annotated[str, Field(max_length=4096)] | None = None
    """A folder relative to the vault, in which all notes of a group lie."""
    limit: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Groups in the answer; all when it is not given."""


class ScanProgress(Value):
    """How far a scan is."""

    phase: str
    """``reading``, ``comparing``, ``reading files``, or ``comparing meanings``."""
    done: int
    total: int


class DuplicatesOf(OfNote):
    threshold: Threshold = THRESHOLD


class Compare(OfVault):
    a: Annotated[str, Field(max_length=4096)]
    """The path of the note on the left, as for ``notes.outline``; other files of text can be compared, too."""
    b: Annotated[str, Field(max_length=4096)]
    context: Annotated[int, Field(ge=0, le=1_000_000)] = CONTEXT_LINES
    """Lines that are shown around a difference."""


class OfGroup(OfVault):
    group_id: Annotated[str, Field(max_length=200)]
    """As ``duplicates.scan`` or ``duplicates.ofNote`` told it since the vault was opened."""


class PlanOf(OfVault):
    group_id: Annotated[str, Field(max_length=200)]
    keeper: Annotated[str, Field(max_length=4096)]
    """The note of the group that is kept; all links to the others are led to it."""
    action: Action
    """``merge``: it takes in every word of the others, which go into the trash. ``stub``: the same, but each leaves a
    short note that links to it. ``trash``: the others go into the trash as they are.
    """
    notes: Annotated[tuple[Annotated[str, Field(max_length=4096)], ...], Field(max_length=10_000)] | None = None
    """Those of the group that give way to the keeper; all others when it is not given."""


@method("duplicates.scan", errors=(VaultNotOpen, StoreError))
async def scan(call: Call, params: Scan) -> DuplicateAnswer:
    """Find notes that say the same: word for word, nearly so, in a passage, or in other words; in groups with a keeper.

    Another threshold, kind or scope is answered from the last look at the vault as long as no note changed.
    """
    return await call.library.vault(params.vault_id).duplicates.scan(
        kinds=params.kinds,
        threshold=params.threshold,
        scope=params.scope,
        limit=params.limit,
        tell=lambda phase, done, total: call.progress(ScanProgress(phase=phase, done=done, total=total)),
    )


@method("duplicates.ofNote", errors=(VaultNotOpen, NoteNotFound, PathRefused, StoreError))
async def of_note(call: Call, params: DuplicatesOf) -> DuplicateAnswer:
    """Find the notes with the same text as one note, or nearly the same; the note itself comes first."""
    found = call.library.vault(params.vault_id).duplicates
    return await found.of_note(params.path, threshold=params.threshold)


@method("duplicates.compare", errors=(VaultNotOpen, NoteNotFound, NoteUnreadable, PathRefused))
async def compare(call: Call, params: Compare) -> Comparison:
    """Show what two notes differ in: lines side by side, and in those that were changed, words."""
    comparing = call.library.vault(params.vault_id).comparing
    return await comparing.compare(params.a, params.b, context=params.context)


@method("duplicates.dismiss", errors=(VaultNotOpen, GroupNotFound, StoreError))
async def dismiss(call: Call, params: OfGroup) -> None:
    """Remember that the notes of a group are no duplicates: no two of them are told together any more.

    It holds as long as they say what they say now, or nearly so, also when they are moved.
    """
    await call.library.vault(params.vault_id).duplicates.dismiss(params.group_id)


@method("duplicates.restore", errors=(VaultNotOpen, GroupNotFound, StoreError))
async def restore(call: Call, params: OfGroup) -> None:
    """Forget that a group was dismissed. Its id is the one that it was dismissed by, whenever that was."""
    await call.library.vault(params.vault_id).duplicates.restore(params.group_id)


@method("duplicates.dismissed", errors=(VaultNotOpen, StoreError))
async def dismissed(call: Call, params: OfVault) -> DismissedGroups:
    """List what was said to be no duplicates, and whether it still leaves anything out."""
    return await call.library.vault(params.vault_id).duplicates.dismissed()


@method(
    "duplicates.plan",
    errors=(
        VaultNotOpen, GroupNotFound, NotInGroup, NoteNotFound, NoteChanged, EditRefused, PathRefused, VaultUnavailable,
        StoreError,
    ),
)  # fmt: skip
async def plan(call: Call, params: PlanOf) -> Plan:
    """Plan to keep one note of a group: the others united with it or not, and every link in the vault led to it.

    Nothing is changed before ``edits.apply``. A plan that would lose a word, or break a link, is not made.
    """
    resolving = call.library.vault(params.vault_id).resolving
    return await resolving.plan(params.group_id, params.keeper, params.action, params.notes)
