"""A change that is cut short, at any point, is settled: every note is old or new, nothing acknowledged is lost, undo works."""

from __future__ import annotations

import asyncio
import errno
import os
import random
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from test_edits import mixed, rewrite
from workbench import NOTES, Bench

from librarian import disk, library, writing
from librarian.change import Applied
from librarian.edit import Edit, digest_of
from librarian.errors import ChangeUnreadable, VaultUnwritable
from librarian.journal import Journal
from librarian.ledger import Ledger

ROUNDS = int(os.environ.get("LIBRARIAN_TEST_KILLS", "6"))
"""How often a child process is killed at a random moment."""


class Killed(BaseException):
    """Stands for the end of the process: nobody catches it and nothing is tidied up."""


def kill_at(bench: Bench, number: int) -> None:
    """Let the process end at the point of this number, counted from now."""
    bench.points.clear()

    def check(_point: str) -> None:
        if len(bench.points) == number + 1:
            raise Killed

    bench.on_point = check


def alive(bench: Bench) -> None:
    bench.on_point = lambda _point: None
    bench.points.clear()


def seen(bench: Bench) -> dict[str, bytes]:
    """What a person sees of the vault; the copy that stays in the trash is no part of it."""
    return {path: content for path, content in bench.contents().items() if not path.startswith(".trash/")}


def made(folder: Path) -> Bench:
    (folder / "vault").mkdir(parents=True)
    bench = Bench(folder / "vault", folder / "ledger.sqlite")
    bench.fill()
    return bench


async def changed(bench: Bench) -> Applied:
    return await bench.apply(*mixed(bench))


async def undone(bench: Bench) -> Applied:
    (newest,) = await bench.edits.journalled(1)
    return await bench.edits.undo(newest.change_id)


Act = Callable[[Bench], object]


async def told(folder: Path, act: str) -> tuple[list[str], dict[str, bytes], dict[str, bytes]]:
    """Every point that an act passes, and what is seen before and after it."""
    async with made(folder).opened() as bench:
        if act == "undo":
            await changed(bench)
        before = seen(bench)
        alive(bench)
        await (changed(bench) if act == "change" else undone(bench))
        return list(bench.points), before, seen(bench)


@pytest.mark.parametrize("act", ["change", "undo"])
async def test_a_kill_at_every_point_leaves_all_of_a_change_or_nothing(tmp_path: Path, act: str) -> None:
    points, before, after = await told(tmp_path / "clean", act)
    assert {"checked", "intended", "opened", "written", "synced", "looked again", "replaced", "moved",
            "carried out", "all carried out", "finished"} <= set(points)  # fmt: skip
    ends = set()
    for number, point in enumerate(points):
        bench = made(tmp_path / str(number))
        async with bench.opened():
            if act == "undo":
                await changed(bench)
            kill_at(bench, number)
            with pytest.raises(Killed):
                await (changed(bench) if act == "change" else undone(bench))
            alive(bench)
        async with bench.opened():
            await bench.edits.settle()
            now = seen(bench)
            ends.add("old" if now == before else "new" if now == after else f"torn at {number}, {point}: {now}")
            if now == after:
                await undone(bench)
                assert seen(bench) == before, (number, point)
    assert ends == {"old", "new"}


async def test_a_kill_while_settling_is_settled_by_the_next(tmp_path: Path) -> None:
    points, before, after = await told(tmp_path / "clean", "change")
    for number in range(points.index("intended"), len(points), 2):
        for second in range(100):
            bench = made(tmp_path / f"{number} {second}")
            async with bench.opened():
                kill_at(bench, number)
                with pytest.raises(Killed):
                    await changed(bench)
            async with bench.opened():
                kill_at(bench, second)
                try:
                    await bench.edits.settle()
                except Killed:
                    ended = False
                else:
                    ended = True
                alive(bench)
            async with bench.opened():
                await bench.edits.settle()
                assert seen(bench) in (before, after), (number, second)
                assert set(await bench.states()) <= {"done"}
            if ended:
                break


@pytest.mark.parametrize("moment", range(0, 60, 3))
async def test_what_somebody_wrote_before_the_next_start_is_kept(tmp_path: Path, moment: int) -> None:
    """Killed anywhere, and then one of the notes is edited: theirs stays, and all the others are old."""
    bench = made(tmp_path / "bench")
    before = seen(bench)
    async with bench.opened():
        kill_at(bench, moment)
        try:
            applied: Applied | None = await changed(bench)
        except Killed:
            applied = None
        alive(bench)
    bench.write("a.md", b"theirs")
    async with bench.opened():
        ends = await bench.edits.settle()
        if applied is None and ends:
            assert seen(bench) == {**before, "a.md": b"theirs"}
            assert set(ends.values()) <= {"conflicted"}
            assert await bench.states() == ["conflicted"]
            (entry,) = await bench.edits.journalled(1)
            kept = await Journal(bench.ledger).entry(entry.change_id)
            assert kept.steps[0].before == before["a.md"]


CHILD = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_edits_killed import next_change, number_of
from workbench import Bench

async def main():
    bench = Bench(Path(sys.argv[1]) / "vault", Path(sys.argv[1]) / "ledger.sqlite")
    async with bench.opened():
        await bench.edits.settle()
        print("ready", flush=True)
        for _ in range(10_000):
            applied = await bench.apply(*next_change(bench.root))
            assert applied.change_id, applied
            print(number_of(bench.root), flush=True)

asyncio.run(main())
"""


def number_of(root: Path) -> int:
    return int((root / "a.md").read_text())


def expected(number: int) -> dict[str, bytes]:
    """A vault in which everything says how many changes there were."""
    text = str(number).encode()
    return {"a.md": text, "b.md": text, "folder/c.md": text, f"moved {number}.md": b"moved", f"made {number}.md": text}


def next_change(root: Path) -> list[Edit]:
    """The edits that lead from one number to the next."""
    from librarian.edit import Create, Rename, Replacement, Rewrite, Trash

    number = number_of(root)
    text, new = str(number).encode(), str(number + 1)
    edits: list[Edit] = [
        Rewrite(path=path, digest=digest_of(text), replacements=(Replacement(start=0, end=len(text), text=new),))
        for path in ("a.md", "b.md", "folder/c.md")
    ]
    edits.insert(1, Rename(path=f"moved {number}.md", digest=digest_of(b"moved"), to=f"moved {new}.md"))
    edits.insert(2, Create(path=f"made {new}.md", content=new))
    return [*edits, Trash(path=f"made {number}.md", digest=digest_of(text))]


async def test_processes_killed_at_random_leave_whole_changes_and_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    dice = random.Random(ROUNDS)
    bench = Bench(tmp_path / "vault", tmp_path / "ledger.sqlite")
    for path, content in expected(0).items():
        bench.write(path, content)
    for _ in range(ROUNDS):
        command = [sys.executable, "-c", CHILD, str(tmp_path), str(Path(__file__).parent)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert next(child.stdout) == "ready\n"
            await asyncio.sleep(dice.uniform(0, 0.3))
            child.kill()
            acknowledged = [int(line) for line in child.stdout if line.endswith("\n")]
        async with bench.opened():
            await bench.edits.settle()
            number = number_of(bench.root)
            assert number >= max(acknowledged, default=0)
            assert seen(bench) == expected(number)
            if number:
                last = next(
                    each for each in await bench.edits.journalled(1000) if (each.state, each.undoes) == ("done", None)
                )
                assert (await bench.edits.undo(last.change_id)).conflicts == ()
                assert seen(bench) == expected(number - 1)
    assert number_of(bench.root) > 0


async def test_an_unfinished_change_survives_that_the_ledger_forgets_old_ones(tmp_path: Path) -> None:
    bench = made(tmp_path / "bench")
    async with bench.opened():
        kill_at(bench, 3)
        with pytest.raises(Killed):
            await changed(bench)
        alive(bench)
        journal = Journal(bench.ledger, kept_bytes=0)
        (entry,) = await journal.unfinished()
        await journal.finish("some other")
        assert await journal.unfinished() == (entry,)
    ledger = await Ledger.open(bench.ledger_path)
    assert len(await Journal(ledger).unfinished()) == 1
    await ledger.close()


async def cut_short(folder: Path) -> Bench:
    """A vault with a change of a.md of which nothing but the intention is there."""
    bench = made(folder)
    async with bench.opened():
        kill_at(bench, 1)
        with pytest.raises(Killed):
            await bench.apply(rewrite(bench, "a.md"))
        alive(bench)
    return bench


async def test_a_damaged_entry_is_given_up_and_keeps_nothing_else_waiting(tmp_path: Path) -> None:
    bench = await cut_short(tmp_path / "bench")
    async with bench.opened():
        (cut,) = await Journal(bench.ledger).unfinished()
        await bench.ledger._write("update steps set edit = x'00112233'", ())
        kept = await bench.ledger._read("select edit, before from steps")
        assert await bench.edits.settle() == {cut.change_id: "conflicted"}
        assert await bench.ledger._read("select edit, before from steps") == kept
        assert (await bench.apply(rewrite(bench, "b.md"))).applied == ("b.md",)
        with pytest.raises(ChangeUnreadable):
            await bench.edits.undo(cut.change_id)


async def test_a_change_that_cannot_be_settled_blocks_only_its_own_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = await cut_short(tmp_path / "bench")
    digest = writing._digest

    def broken(place: Path) -> str:
        if place.name == "a.md":
            raise OSError(errno.EIO, "Input/output error")
        return digest(place)

    async with bench.opened():
        mine = rewrite(bench, "a.md")
        monkeypatch.setattr(writing, "_digest", broken)
        assert (await bench.apply(rewrite(bench, "b.md"))).applied == ("b.md",)
        with pytest.raises(VaultUnwritable, match="cut short"):
            await bench.apply(mine)
        (cut,) = await Journal(bench.ledger).unfinished()
        with pytest.raises(VaultUnwritable, match="cut short"):
            await bench.edits.undo(cut.change_id)
        monkeypatch.undo()
        assert (await bench.apply(mine)).applied == ("a.md",)


async def test_a_vault_opens_whatever_is_wrong_with_its_journal(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        async def settle(self) -> None:
            raise ZeroDivisionError

    await library._settled(Broken())  # type: ignore[arg-type]
    assert "cannot be settled now" in caplog.text


async def test_what_was_cut_short_a_month_ago_is_settled_and_kept(tmp_path: Path) -> None:
    bench = made(tmp_path / "bench")
    async with bench.opened():
        kill_at(bench, 8)
        with pytest.raises(Killed):
            await changed(bench)
        alive(bench)
    bench.write("a.md", b"theirs")
    async with bench.opened():
        bench.ledger._clock = lambda: datetime.now(UTC) + timedelta(days=31)
        await bench.edits.settle()
        assert await bench.states() == ["conflicted"]


async def test_somebodys_version_that_a_killed_process_left_hidden_is_made_visible(tmp_path: Path) -> None:
    bench = made(tmp_path / "bench")

    def save_and_kill(point: str) -> None:
        if point == "looked again":
            bench.write("a.md", b"theirs")
        if point == "replaced":
            raise Killed

    async with bench.opened():
        bench.on_point = save_and_kill
        with pytest.raises(Killed):
            await bench.apply(rewrite(bench, "a.md"))
        alive(bench)
    bench.write("a (kept by librarian).md", b"another")
    async with bench.opened():
        assert set((await bench.edits.settle()).values()) == {"conflicted"}
    assert seen(bench) == {
        **NOTES, **bench.others, "a (kept by librarian).md": b"another", "a (kept by librarian) 2.md": b"theirs",
    }  # fmt: skip


@pytest.mark.parametrize(("point", "end"), [("replaced", "done"), ("intended", "dropped")])
async def test_what_is_found_is_on_the_disk_before_the_journal_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: str, end: str
) -> None:
    bench = made(tmp_path / "bench")

    def kill(here: str) -> None:
        if here == point:
            raise Killed

    async with bench.opened():
        bench.on_point = kill
        with pytest.raises(Killed):
            await bench.apply(rewrite(bench, "a.md"))
        alive(bench)
    synced: list[Path] = []
    sync = disk.sync_folder
    monkeypatch.setattr(disk, "sync_folder", lambda folder: (synced.append(folder), sync(folder)))
    async with bench.opened():
        ended: list[int] = []
        for name in ("finish", "drop"):
            act = getattr(bench.edits._journal, name)
            monkeypatch.setattr(
                bench.edits._journal, name, lambda *its, act=act: (ended.append(len(synced)), act(*its))[1]
            )
        assert list((await bench.edits.settle()).values()) == [end]
        assert ended == [len(synced)]
        assert bench.root in synced
