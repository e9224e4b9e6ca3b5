"""A merge that is cut short, at any point, is settled whole: the old vault or the new one, and undo takes it back."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_edits_killed import Killed, alive, kill_at, seen
from unions import outcome
from workbench import Bench

from librarian.change import Applied
from librarian.edit import Edit
from librarian.merging.proposal import Action, Known, Proposal

FILES = {
    "Keep.md": "---\ntags: [a]\n---\n# Keep\n\n- one ^a\n\nsee [[Lose]]\n",
    "old/Lose.md": "---\ntags: b\n---\n# Lose\n\n- one\n- two ^a\n\n![](./p.png)\n",
    "Third.md": "# Keep\r\n\r\n- three\r\n",
    "Diary.md": "[[Lose#^a]] and [[Third|x]]",
    "Board.canvas": '{"nodes":[{"type":"file","file":"old/Lose.md"}],"edges":[]}',
    "old/p.png": "p",
}
OLD = {path: text.encode() for path, text in FILES.items()}


def made(folder: Path) -> Bench:
    (folder / "vault").mkdir(parents=True)
    bench = Bench(folder / "vault", folder / "ledger.sqlite")
    for path, content in OLD.items():
        bench.write(path, content)
    return bench


def edits(action: Action) -> tuple[Edit, ...]:
    known = Known(tuple(FILES), ("Diary.md", "Board.canvas"), ())
    return Proposal(OLD.__getitem__, "Keep.md", ["old/Lose.md", "Third.md"], action, known).edits()


async def carried_out(bench: Bench, act: str) -> Applied:
    if act != "undo":
        return await bench.apply(*edits("stub" if act == "stub" else "merge"))
    (newest,) = await bench.edits.journalled(1)
    return await bench.edits.undo(newest.change_id)


async def points_of(folder: Path, act: str) -> list[str]:
    """Every point that an act passes."""
    async with made(folder).opened() as bench:
        if act == "undo":
            await carried_out(bench, "merge")
        alive(bench)
        await carried_out(bench, act)
        return list(bench.points)


@pytest.mark.parametrize("act", ["merge", "stub", "undo"])
async def test_a_kill_at_every_point_of_a_merge_leaves_all_of_it_or_nothing(tmp_path: Path, act: str) -> None:
    new = outcome(OLD, edits("stub" if act == "stub" else "merge"))
    ends = set()
    for number, point in enumerate(await points_of(tmp_path / "clean", act)):
        bench = made(tmp_path / str(number))
        async with bench.opened():
            if act == "undo":
                await carried_out(bench, "merge")
            kill_at(bench, number)
            with pytest.raises(Killed):
                await carried_out(bench, act)
            alive(bench)
        async with bench.opened():
            await bench.edits.settle()
            now = seen(bench)
            ends.add("old" if now == OLD else "new" if now == new else f"torn at {number}, {point}: {now}")
            if now == new:
                assert (await carried_out(bench, "undo")).conflicts == ()
                assert seen(bench) == OLD
    assert ends == {"old", "new"}
