"""A power cut at any moment of a change: once settled, every note is old or new, and what was acknowledged is there."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from librarian import status
from librarian.edit import Create, Edit, Rename, Replacement, Rewrite, Trash, digest_of
from librarian.edits import Edits
from librarian.journal import Journal
from librarian.ledger import Ledger
from librarian.writing import VaultFiles

from . import power

Seen = dict[str, bytes]
START = {"a.md": b"alpha", "b.md": b"beta", "c.md": b"gamma", "folder/d.md": b"delta"}


async def hear(_changes: Sequence[status.Change]) -> None:
    """No index listens here."""


def subject(folder: Path, ledger: Ledger) -> Edits:
    return Edits(VaultFiles(folder / "vault", "local"), Journal(ledger), notes=lambda: 1000, happened=hear)


def seen(folder: Path) -> Seen:
    root = folder / "vault"
    found = {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
    return {path: content for path, content in found.items() if not path.startswith(".trash/")}


def put(path: Path, content: bytes) -> None:
    """Write a file as somebody does who waits until it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb", buffering=0) as file:
        file.write(content)
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def change(root: Path) -> list[Edit]:
    digests = {path: digest_of((root / path).read_bytes()) for path in START}
    return [
        Rewrite(path="a.md", digest=digests["a.md"], replacements=(Replacement(start=0, end=1, text="A"),)),
        Create(path="new/made.md", content="made"),
        Rename(path="b.md", digest=digests["b.md"], to="folder/moved.md"),
        Trash(path="c.md", digest=digests["c.md"]),
        Rewrite(
            path="folder/d.md", digest=digests["folder/d.md"], replacements=(Replacement(start=5, end=5, text="!"),)
        ),
    ]


async def told(disk: power.Watched) -> list[tuple[int, Seen]]:
    """What was acknowledged: how many states there were by then, and what was seen."""
    for path, content in START.items():
        put(disk.mount / "vault" / path, content)
    ledger = await Ledger.open(disk.mount / "ledger.sqlite")
    edits = subject(disk.mount, ledger)
    story = [(disk.count(), seen(disk.mount))]

    async def act(does: Callable[[], Awaitable[object]]) -> None:
        await does()
        story.append((disk.count(), seen(disk.mount)))

    plan = await edits.propose(change(disk.mount / "vault"), actor="test", reason="")
    await act(lambda: edits.apply(plan.plan_id))
    (first,) = await edits.journalled(1)
    await act(lambda: edits.undo(first.change_id))
    (second, _) = await edits.journalled(2)
    await act(lambda: edits.undo(second.change_id))
    await edits.close()
    await ledger.close()
    return story


@pytest.mark.parametrize("kind", power.KINDS)
async def test_what_a_cut_left_is_settled_to_old_or_new(tmp_path: Path, kind: str) -> None:
    with power.watched(tmp_path) as disk:
        story = await told(disk)
        assert [content.get("a.md") for _, content in story] == [b"alpha", b"Alpha", b"alpha", b"Alpha"]
        looked_at = 0
        for number, state in disk.after(kind):
            if number < story[0][0] or not (state / "ledger.sqlite").exists():
                continue
            ledger = await Ledger.open(state / "ledger.sqlite")
            assert ledger.moved_aside is None
            await subject(state, ledger).settle()
            before = [content for count, content in story if count <= number]
            after = [content for count, content in story if count > number]
            assert seen(state) in before[-1:] + after[:1], state.name
            assert {each.state for each in await Journal(ledger).newest(9)} <= {"done", "undone"}
            await ledger.close()
            looked_at += 1
        assert looked_at > 30


def test_a_file_replaced_while_it_is_open_leaves_no_name_on_any_disk(tmp_path: Path) -> None:
    with power.watched(tmp_path) as disk:
        put(disk.mount / "vault" / "a.md", b"alpha")
        put(disk.mount / "vault" / "b.md", b"beta")
        with (disk.mount / "vault" / "a.md").open("rb") as still_open:
            (disk.mount / "vault" / "b.md").replace(disk.mount / "vault" / "a.md")
            assert seen(disk.mount) == {"a.md": b"beta"}
            assert still_open.read() == b"alpha"
        states = [seen(state) for kind in power.KINDS for _, state in disk.after(kind)]
    assert {"a.md": b"beta"} in states
    assert {path for state in states for path in state} == {"a.md", "b.md"}
