"""What an editor is asked: to change notes that it may have open."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from librarian.change import EditorAnswer
from librarian.edit import Change, Edit
from librarian.rpc.contract import Call, Question
from librarian.value import Value

if TYPE_CHECKING:
    from librarian.open_vault import OpenVault
    from librarian.rpc.session import Session

AT_ONCE = 100
"""Edits that are asked for at once; the answer has to fit into a message."""
BYTES_AT_ONCE = 1 << 20
"""Of their text; a single edit may be larger."""


class ApplyEdit(Value):
    """Edits of one change, for the editor to carry out: each only where the file still has the digest that was read."""

    vault_id: str
    change_id: str
    actor: str
    reason: str
    edits: tuple[Edit, ...]


APPLY_EDIT = Question(
    "workspace.applyEdit",
    ApplyEdit,
    EditorAnswer,
    "Asks the client that declared the vault in `capabilities.applyEdit` to change files. What it leaves undone, "
    "or does not answer in time (then `$/cancelRequest` is sent to it), the sidecar does itself; what it refuses is "
    "not done.",
)


class AskedEditor:
    """A client that carries changes out."""

    def __init__(self, session: Session, vault_id: str) -> None:
        self._session = session
        self._vault_id = vault_id

    async def carry_out(self, change: Change) -> EditorAnswer:
        """Ask for all edits, some at a time, until one is refused; there is one deadline for them all.

        Raises NobodyThere, RemoteFault.
        """
        until = self._session.answers_until()
        answers: list[EditorAnswer] = []
        for edits in _batches(change.edits):
            asked = ApplyEdit(
                vault_id=self._vault_id, change_id=change.id, actor=change.actor, reason=change.reason, edits=edits
            )  # fmt: skip
            answers.append(cast(EditorAnswer, await self._session.ask(APPLY_EDIT, asked, until=until)))
            if answers[-1].refused:
                break
        return EditorAnswer(
            changed=tuple(each for answer in answers for each in answer.changed),
            refused=tuple(each for answer in answers for each in answer.refused),
        )


def _batches(edits: Sequence[Edit]) -> Iterator[tuple[Edit, ...]]:
    """What is asked for at once, in order."""
    batch: list[Edit] = []
    room = BYTES_AT_ONCE
    for edit in edits:
        size = len(edit.model_dump_json())
        if batch and (size > room or len(batch) == AT_ONCE):
            yield tuple(batch)
            batch, room = [], BYTES_AT_ONCE
        batch.append(edit)
        room -= size
    if batch:
        yield tuple(batch)


async def editor_of(call: Call, vault: OpenVault) -> AskedEditor | None:
    """The client that declared that it changes the notes of this vault itself, if one is connected."""
    for session in tuple(call.session.peers):
        for folder in session.apply_edit_vaults:
            if await asyncio.to_thread(_is, folder, vault.root):
                return AskedEditor(session, vault.id)
    return None


def _is(folder: str, root: Path) -> bool:
    try:
        return Path(folder).resolve() == root
    except (OSError, RuntimeError, ValueError):
        return False
