"""A vault of a few files with its journal, on which changes are tried out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest_asyncio

from librarian.change import Applied, Plan
from librarian.edit import Edit, digest_of
from librarian.edits import Edits
from librarian.journal import Journal
from librarian.ledger import Ledger
from librarian.status import Change
from librarian.writing import VaultFiles

NOTES = {"a.md": b"alpha\r\n", "b.md": b"beta", "c.md": b"gamma"}


class Bench:
    """``on_point`` is called at every named point; ``now`` and ``notes`` are what the subject is told."""

    edits: Edits
    ledger: Ledger

    def __init__(self, root: Path, ledger_path: Path) -> None:
        self.root = root
        self.ledger_path = ledger_path
        self.points: list[str] = []
        self.on_point: Callable[[str], Any] = lambda _point: None
        self.happened: list[Change] = []
        self.now = 0.0
        self.notes = 1000
        self.others = {".obsidian/app.json": b"{}"}

    def fill(self) -> None:
        for path, content in (NOTES | self.others).items():
            self.write(path, content)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Bench]:
        self.ledger = await Ledger.open(self.ledger_path)
        self.edits = Edits(
            VaultFiles(self.root, "local", point=self._reached), Journal(self.ledger), notes=lambda: self.notes,
            happened=self._hear, point=self._reached, clock=lambda: self.now,
        )  # fmt: skip
        try:
            yield self
        finally:
            await self.edits.close()
            await self.ledger.close()

    async def apply(self, *edits: Edit) -> Applied:
        plan = await self.propose(*edits)
        return await self.edits.apply(plan.plan_id, plan.confirmation)

    async def propose(self, *edits: Edit) -> Plan:
        return await self.edits.propose(edits, actor="test", reason="a reason")

    async def states(self) -> list[str]:
        """Newest first."""
        return [change.state for change in await self.edits.journalled(100)]

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def write(self, path: str, content: bytes) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(content)

    def digest(self, path: str) -> str:
        return digest_of(self.read(path))

    def contents(self) -> dict[str, bytes]:
        """Bytes of every file, hidden ones too; links are not followed."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and not path.is_symlink()
        }

    def _reached(self, point: str) -> None:
        self.points.append(point)
        self.on_point(point)

    async def _hear(self, changes: Sequence[Change]) -> None:
        self.happened.extend(changes)


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    root = tmp_path / "vault"
    root.mkdir()
    made = Bench(root, tmp_path / "ledger.sqlite")
    made.fill()
    async with made.opened():
        yield made
