"""A vault, a model that says what a test has queued, real books and a real ledger, and the summaries between them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fake_chat import FakeChat
from metering_desk import Desk as Books
from metering_desk import desk

from librarian import settings
from librarian._native import Exclusion
from librarian.batching import Batches
from librarian.embedding import default_embedder
from librarian.errors import NoProvider
from librarian.gathering import Gathering
from librarian.ledger import Ledger
from librarian.library import open_library
from librarian.metering import Desk, Manner, Rehearsal, Writer
from librarian.metering.answers import Answers
from librarian.money import Purpose
from librarian.open_vault import OpenVault
from librarian.places import Places
from librarian.quoting import Quoting
from librarian.summaries import Summaries
from librarian.summary import Subject, Wish
from librarian.summary_runs import Runs
from librarian.telling import Delta, Step


@dataclass
class Table:
    """A vault, a model, and the summaries between them."""

    vault: OpenVault
    books: Books
    chat: FakeChat
    ledger: Ledger
    told: list[Delta | Step] = field(default_factory=list)
    is_there: bool = True
    batches: Batches = field(init=False)

    def __post_init__(self) -> None:
        self.summaries()

    def summaries(self, *, excluded: Sequence[str] = ()) -> Summaries:
        async def find(query: str, limit: int) -> list[str]:
            return [hit.path for hit in (await self.vault.search.query(query, limit=limit)).hits]

        gathering = Gathering(self.vault.root, self.vault.indexing, find, Exclusion(excluded), max_note_bytes=1_000_000)
        quoting, propose = Quoting(default_embedder), self.vault.edits.propose
        self.batches = Batches(
            "v1", gathering, self._desk(), quoting, Runs(self.ledger), propose, spent=self.books.spend.run_spent
        )
        return Summaries("v1", gathering, self._desk(), quoting, self.batches, propose, new_id=lambda: "run")

    async def run(self, subject: Subject, wish: Wish | None = None, method: str = "auto", **made: Sequence[str]):
        self.summaries(**made)
        return await self.batches.run(subject, wish or Wish(), method, self.told.append)  # type: ignore[arg-type]

    def _desk(self) -> Desk:
        return Desk(self._named, self._write, self._rehearse)

    async def create(self, subject: Subject, wish: Wish | None = None, method: str = "auto", **made: Sequence[str]):
        return await self.summaries(**made).create(subject, wish or Wish(), method, self.told.append)  # type: ignore[arg-type]

    def _named(self) -> tuple[str, str]:
        if not self.is_there:
            raise NoProvider("No provider of models is chosen.")
        return self.chat.provider, self.chat.model

    async def _write(self, purpose: Purpose, manner: Manner) -> Writer:
        return Writer(self.chat, (), self.books.meter, purpose, manner, Answers(self.books.cache))

    async def _rehearse(self, purpose: Purpose, manner: Manner) -> Rehearsal:
        return Rehearsal(self.chat, self.books.meter, (purpose, manner), Answers(self.books.cache))


@asynccontextmanager
async def laid(folder: Path, notes: Mapping[str, str]) -> AsyncIterator[Table]:
    """A table with these notes; what was done in the same folder before is still known."""
    root = folder / "vault"
    for name, text in notes.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    places = Places(data=folder / "data", config=folder / "config")
    async with open_library(places, settings.load(places.settings), stays=False) as library, desk(folder) as books:
        ledger = await Ledger.open(folder / "runs.sqlite")
        try:
            yield Table(await library.open_vault(str(root)), books, FakeChat.of("It floods."), ledger)
        finally:
            await ledger.close()
