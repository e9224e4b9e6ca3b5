"""The journal has every change before it happens, and forgets only what is finished."""

from __future__ import annotations

import threading
import zlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from librarian import journal
from librarian.edit import Change, Create, Rename, Replacement, Rewrite, Trash, digest_of, step_of
from librarian.errors import ChangeNotFound, ChangeUnreadable, StoreError
from librarian.journal import KEPT_DAYS, TOLD_NOTES, Journal
from librarian.ledger import MIGRATIONS, Ledger

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OLD = b"caf\xc3\xa9 before"


def change(name: str, size: int = 0, undoes: str | None = None, *, whole: bool = True) -> Change:
    edits = (
        Rewrite(path="a.md", digest=digest_of(OLD), replacements=(Replacement(start=0, end=1, text="é"),)),
        Create(path="b.md", content="".join(f"{number:x}" for number in range(size))),
        Rename(path="c.md", digest=digest_of(b"c"), to="d.md"),
        Trash(path="e.md", digest=digest_of(OLD)),
    )
    return Change(name, edits, "test", "a reason", undoes, whole)


class Desk:
    def __init__(self, ledger: Ledger, at: Callable[[datetime], None]) -> None:
        self.ledger = ledger
        self.at = at
        self.journal = Journal(ledger, kept_bytes=20_000)

    async def intend(self, made: Change) -> None:
        await self.journal.intend(made, [step_of(edit, OLD) for edit in made.edits])

    async def add(self, made: Change, state: str = "done") -> None:
        await self.intend(made)
        await self.journal.finish(made.id, state)  # type: ignore[arg-type]

    async def states(self) -> dict[str, str]:
        return {each.change_id: each.state for each in await self.journal.newest(100)}


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    times = [NOON]
    ledger = await Ledger.open(tmp_path / "ledger.sqlite", clock=lambda: times[-1])
    yield Desk(ledger, times.append)
    await ledger.close()


async def test_what_was_intended_comes_back_as_it_was(desk: Desk) -> None:
    made = change("one", undoes="zero", whole=False)
    await desk.intend(made)
    (cut,) = await desk.journal.unfinished()
    assert (cut.change_id, cut.reason, cut.paths) == ("one", "a reason", {f"{name}.md" for name in "abcde"})
    entry = await desk.journal.entry("one")
    assert (entry.change, entry.state) == (made, "unfinished")
    assert [step.before for step in entry.steps] == [OLD, b"", b"", OLD]
    (told,) = await desk.journal.newest(1)
    assert (told.made_at, told.undoes, told.reason) == ("2026-03-01T12:00:00+00:00", "zero", "a reason")
    assert [(note.kind, note.path, note.to) for note in told.notes] == [
        ("rewrite", "a.md", None), ("create", "b.md", None), ("rename", "c.md", "d.md"), ("trash", "e.md", None),
    ]  # fmt: skip
    assert [note.after for note in told.notes] == [step.after for step in entry.steps]


@pytest.mark.parametrize("column", ["edit", "before"])
async def test_what_is_damaged_is_told_and_still_listed(desk: Desk, column: str) -> None:
    await desk.add(change("one"))
    await desk.ledger._write(f"update steps set {column} = x'00112233' where position = 0", ())
    with pytest.raises(ChangeUnreadable):
        await desk.journal.entry("one")
    assert await desk.states() == {"one": "done"}


async def test_finished_and_dropped_changes_are_not_settled_again(desk: Desk) -> None:
    for name in ("one", "two", "three"):
        await desk.intend(change(name))
    await desk.journal.finish("one")
    await desk.journal.drop("two")
    assert [cut.change_id for cut in await desk.journal.unfinished()] == ["three"]
    assert list(await desk.states()) == ["three", "one"]
    with pytest.raises(ChangeNotFound):
        await desk.journal.entry("two")
    assert await desk.ledger._read("select count(*) from steps") == [(8,)]


async def test_undoing_an_undo_makes_the_change_done_again(desk: Desk) -> None:
    await desk.add(change("one"))
    await desk.add(change("two", undoes="one"))
    assert await desk.states() == {"one": "undone", "two": "done"}
    await desk.add(change("three", undoes="two"))
    assert await desk.states() == {"one": "done", "two": "undone", "three": "done"}
    await desk.add(change("four", undoes="one", whole=False))
    await desk.add(change("five", undoes="one"), "conflicted")
    assert (await desk.states())["one"] == "done"


async def test_after_thirty_days_what_is_finished_is_forgotten(desk: Desk) -> None:
    await desk.add(change("old"))
    await desk.intend(change("cut short"))
    desk.at(NOON + timedelta(days=KEPT_DAYS))
    await desk.add(change("in time"))
    assert set(await desk.states()) == {"old", "cut short", "in time"}
    desk.at(NOON + timedelta(days=KEPT_DAYS, seconds=1))
    await desk.add(change("new"))
    assert set(await desk.states()) == {"cut short", "in time", "new"}


async def test_age_counts_from_the_end_and_the_one_that_ends_now_stays(desk: Desk) -> None:
    await desk.intend(change("cut short"))
    desk.at(NOON + timedelta(days=KEPT_DAYS + 1))
    await desk.journal.finish("cut short", "conflicted")
    assert await desk.states() == {"cut short": "conflicted"}
    desk.at(NOON + timedelta(days=2 * KEPT_DAYS + 1))
    await desk.journal.forget()
    assert await desk.states() == {"cut short": "conflicted"}
    desk.at(NOON + timedelta(days=2 * KEPT_DAYS + 2))
    await desk.journal.forget()
    assert await desk.states() == {}


async def test_the_one_that_ends_now_stays_however_large_it_is(desk: Desk) -> None:
    await desk.intend(change("huge", 50_000))
    await desk.add(change("new"))
    await desk.journal.finish("huge", "conflicted")
    assert await desk.states() == {"new": "done", "huge": "conflicted"}


async def test_the_oldest_are_forgotten_when_they_take_too_much_room(desk: Desk) -> None:
    await desk.intend(change("cut short", 9000))
    for name in ("one", "two", "three"):
        await desk.add(change(name, 5000))
    assert set(await desk.states()) == {"cut short", "two", "three"}
    await desk.add(change("huge", 50_000))
    assert set(await desk.states()) == {"cut short", "huge"}


async def test_of_a_very_large_change_the_first_files_are_told(desk: Desk) -> None:
    edits = tuple(Create(path=f"{number}.md", content="") for number in range(TOLD_NOTES + 7))
    await desk.journal.intend(Change("large", edits, "test", "a reason"), [step_of(edit, b"") for edit in edits])
    await desk.add(change("small"))
    small, large = await desk.journal.newest(2)
    assert (len(large.notes), large.more, large.notes[0].path) == (TOLD_NOTES, 7, "0.md")
    assert (len(small.notes), small.more) == (4, 0)


async def test_a_list_of_very_many_files_ends_somewhere(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "TOLD_IN_ALL", 6)
    for name in ("one", "two", "three"):
        await desk.add(change(name))
    assert [(len(each.notes), each.more) for each in await desk.journal.newest(3)] == [(4, 0), (2, 2), (0, 4)]


async def test_a_ledger_of_before_the_journal_keeps_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    old = await Ledger.open(path, migrations=MIGRATIONS[:1])
    await old.save_search("mine", "text", "hybrid")
    await old.close()
    ledger = await Ledger.open(path)
    assert [each.name for each in await ledger.saved_searches()] == ["mine"]
    assert await Journal(ledger).newest(10) == ()
    await ledger.close()


async def test_a_change_that_cannot_be_taken_in_leaves_nothing_of_itself(desk: Desk) -> None:
    await desk.add(change("one"))
    with pytest.raises(StoreError):
        await desk.intend(change("one"))
    assert await desk.ledger._read("select count(*) from steps") == [(4,)]


async def test_a_large_change_does_not_hold_the_others_up(desk: Desk) -> None:
    """Compressing and reading it back are done beside the event loop."""
    threads: set[int] = set()
    one = threading.get_ident()
    large = change("large")
    steps = [step_of(edit, OLD) for edit in large.edits]
    with pytest.MonkeyPatch.context() as patch:
        compress, decompress = zlib.compress, zlib.decompress
        patch.setattr(journal.zlib, "compress", lambda data: (threads.add(threading.get_ident()), compress(data))[1])
        patch.setattr(
            journal.zlib, "decompress", lambda data: (threads.add(threading.get_ident()), decompress(data))[1]
        )
        await desk.journal.intend(large, steps)
        assert threads
        assert one not in threads
        threads.clear()
        assert (await desk.journal.entry("large")).change == large
        assert threads
        assert one not in threads
