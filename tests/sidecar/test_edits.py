"""Changes are carried out whole or not at all, never over what somebody else wrote, and can be taken back to the byte."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from workbench import Bench, bench

from librarian.change import EditorAnswer, EditorChanged, EditorRefused
from librarian.edit import Create, Edit, Rename, Replacement, Rewrite, Trash, digest_of
from librarian.errors import (
    ChangeNotFound,
    ConfirmationNeeded,
    EditRefused,
    NobodyThere,
    NoteChanged,
    PathRefused,
    PlanNotFound,
    RemoteFault,
    StorageFull,
    VaultUnavailable,
    VaultUnwritable,
)
from librarian.writing import VaultFiles

__all__ = ["bench"]


def rewrite(bench: Bench, path: str, text: str = "new ") -> Rewrite:
    return Rewrite(path=path, digest=bench.digest(path), replacements=(Replacement(start=0, end=0, text=text),))


def mixed(bench: Bench) -> tuple[Edit, ...]:
    """One edit of every kind."""
    return (
        rewrite(bench, "a.md"),
        Create(path="folder/made.md", content="made"),
        Rename(path="b.md", digest=bench.digest("b.md"), to="folder/moved.md"),
        Trash(path="c.md", digest=bench.digest("c.md")),
    )


async def test_a_change_of_every_kind_is_carried_out_told_and_taken_back(bench: Bench) -> None:
    before = bench.contents()
    applied = await bench.apply(*mixed(bench))
    assert applied.applied == ("a.md", "folder/made.md", "b.md", "c.md")
    assert bench.contents() == {
        "a.md": b"new alpha\r\n", "folder/made.md": b"made", "folder/moved.md": b"beta", ".trash/c.md": b"gamma",
        **bench.others,
    }  # fmt: skip
    assert [(each.kind, each.path, each.new_path) for each in bench.happened] == [
        ("modified", "a.md", None), ("created", "folder/made.md", None), ("renamed", "b.md", "folder/moved.md"),
        ("deleted", "c.md", None),
    ]  # fmt: skip
    undone = await bench.edits.undo(applied.change_id or "")
    assert undone.conflicts == ()
    assert {path: content for path, content in bench.contents().items() if not path.startswith(".trash")} == before
    assert await bench.states() == ["done", "undone"]
    again = await bench.edits.undo(undone.change_id or "")
    assert again.conflicts == ()
    assert bench.read("a.md") == b"new alpha\r\n"
    assert await bench.states() == ["done", "undone", "done"]


async def test_what_is_undone_already_is_left_in_peace(bench: Bench) -> None:
    applied = await bench.apply(rewrite(bench, "a.md"))
    await bench.edits.undo(applied.change_id or "")
    again = await bench.edits.undo(applied.change_id or "")
    assert (again.change_id, again.applied, again.conflicts) == (None, (), ())
    assert await bench.states() == ["done", "undone"]
    with pytest.raises(ChangeNotFound):
        await bench.edits.undo("nonsense")


async def test_a_note_that_changed_since_the_plan_stops_the_whole_change_before_it_begins(bench: Bench) -> None:
    plan = await bench.propose(*mixed(bench))
    bench.write("b.md", b"theirs")
    before = bench.contents()
    applied = await bench.edits.apply(plan.plan_id, plan.confirmation)
    (conflict,) = applied.conflicts
    assert (conflict.path, conflict.reason, conflict.found) == ("b.md", "changed", digest_of(b"theirs"))
    assert applied.change_id is None
    assert bench.contents() == before
    assert await bench.states() == []


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (Create(path="a.md", content="x"), "exists"),
        (Rename(path="a.md", digest=digest_of(b"alpha\r\n"), to="b.md"), "exists"),
        (Rename(path="none.md", digest="00", to="x.md"), "missing"),
        (Trash(path="a.md", digest="00"), "changed"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.kind,
)
async def test_what_stands_against_an_edit_is_told(bench: Bench, edit: Edit, reason: str) -> None:
    before = bench.contents()
    applied = await bench.apply(edit)
    assert [conflict.reason for conflict in applied.conflicts] == [reason]
    assert bench.contents() == before


async def test_a_note_that_went_away_since_the_plan_is_told(bench: Bench) -> None:
    plan = await bench.propose(rewrite(bench, "a.md"), rewrite(bench, "b.md"))
    (bench.root / "b.md").unlink()
    applied = await bench.edits.apply(plan.plan_id, plan.confirmation)
    assert [(each.path, each.reason, each.found) for each in applied.conflicts] == [("b.md", "missing", None)]
    assert bench.read("a.md") == b"alpha\r\n"


@pytest.mark.parametrize("way", ["in place", "renamed over"])
async def test_a_note_written_in_the_very_moment_stays_theirs_and_the_rest_is_taken_back(
    bench: Bench, way: str
) -> None:
    before = bench.contents()

    def write(point: str) -> None:
        wanted = "looked again" if way == "in place" else "written"
        if point == wanted and bench.points.count("carried out") == 1:
            if way == "in place":
                bench.write("b.md", b"theirs")
            else:
                bench.write("theirs.tmp", b"theirs")
                (bench.root / "theirs.tmp").rename(bench.root / "b.md")

    bench.on_point = write
    applied = await bench.apply(rewrite(bench, "a.md"), rewrite(bench, "b.md"), rewrite(bench, "c.md"))
    assert [(each.path, each.reason) for each in applied.conflicts] == [("b.md", "changed")]
    assert bench.contents() == {**before, "b.md": b"theirs"}
    assert await bench.states() == ["conflicted"]


async def test_undo_takes_back_what_is_still_ours_and_names_the_rest(bench: Bench) -> None:
    applied = await bench.apply(rewrite(bench, "a.md"), rewrite(bench, "b.md"))
    bench.write("b.md", b"theirs")
    undone = await bench.edits.undo(applied.change_id or "")
    assert undone.applied == ("a.md",)
    (conflict,) = undone.conflicts
    assert (conflict.path, conflict.read, conflict.ours, conflict.found) == (
        "b.md", digest_of(b"beta"), digest_of(b"new beta"), digest_of(b"theirs"),
    )  # fmt: skip
    assert (bench.read("a.md"), bench.read("b.md")) == (b"alpha\r\n", b"theirs")
    assert await bench.states() == ["done", "done"]
    bench.write("b.md", b"new beta")
    assert (await bench.edits.undo(applied.change_id or "")).conflicts == ()
    assert (bench.read("b.md"), await bench.states()) == (b"beta", ["done", "done", "undone"])


async def test_a_new_file_where_a_trashed_one_was_is_not_covered(bench: Bench) -> None:
    applied = await bench.apply(Trash(path="a.md", digest=bench.digest("a.md")))
    bench.write("a.md", b"theirs")
    undone = await bench.edits.undo(applied.change_id or "")
    assert [(each.path, each.reason) for each in undone.conflicts] == [("a.md", "exists")]
    assert bench.read("a.md") == b"theirs"


async def test_a_plan_is_carried_out_once_and_not_for_ever_kept(bench: Bench) -> None:
    plan = await bench.propose(rewrite(bench, "a.md"))
    await bench.edits.apply(plan.plan_id, plan.confirmation)
    with pytest.raises(PlanNotFound):
        await bench.edits.apply(plan.plan_id, plan.confirmation)
    old = await bench.propose(rewrite(bench, "b.md"))
    bench.now += 3601
    with pytest.raises(PlanNotFound):
        await bench.edits.apply(old.plan_id, old.confirmation)


async def test_plans_are_kept_as_long_as_there_is_room_for_their_edits(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("librarian.plans.KEPT_EDITS", 3)
    first, second = [await bench.propose(rewrite(bench, "a.md")) for _ in range(2)]
    large = await bench.propose(*(Create(path=f"new/{number}.md", content="x") for number in range(2)))
    with pytest.raises(PlanNotFound):
        await bench.edits.apply(first.plan_id, first.confirmation)
    await bench.edits.apply(second.plan_id, second.confirmation)
    await bench.edits.apply(large.plan_id, large.confirmation)


@pytest.mark.parametrize(
    ("edits", "notes", "asks"), [(20, 1000, False), (21, 1000, True), (2, 20, False), (3, 20, True)]
)
async def test_a_change_of_many_notes_wants_its_confirmation(bench: Bench, edits: int, notes: int, asks: bool) -> None:
    bench.notes = notes
    plan = await bench.propose(*(Create(path=f"new/{number}.md", content="x") for number in range(edits)))
    assert (plan.confirmation is not None) == asks
    if asks:
        for wrong in (None, "", "yes", plan.plan_id):
            with pytest.raises(ConfirmationNeeded):
                await bench.edits.apply(plan.plan_id, wrong)
        assert not (bench.root / "new").exists()
    assert len((await bench.edits.apply(plan.plan_id, plan.confirmation)).applied) == edits


async def test_taking_many_notes_back_wants_a_confirmation_too(bench: Bench) -> None:
    applied = await bench.apply(*(Create(path=f"new/{number}.md", content="x") for number in range(21)))
    change_id = applied.change_id or ""
    for wrong in (None, "yes", change_id):
        with pytest.raises(ConfirmationNeeded) as needed:
            await bench.edits.undo(change_id, wrong)
    assert needed.value.data["notes"] == 21
    assert (bench.root / "new/0.md").exists()
    token = needed.value.data["confirmation"]
    bench.write("new/0.md", b"theirs")
    bench.notes = 10  # so that twenty are still many
    with pytest.raises(ConfirmationNeeded):
        await bench.edits.undo(change_id, token)  # type: ignore[arg-type]
    bench.write("new/0.md", b"x")
    assert len((await bench.edits.undo(change_id, token)).applied) == 21  # type: ignore[arg-type]
    assert not (bench.root / "new/0.md").exists()


async def test_two_edits_of_one_file_are_no_change(bench: Bench) -> None:
    with pytest.raises(EditRefused, match="twice"):
        await bench.propose(rewrite(bench, "a.md"), Rename(path="b.md", digest="", to="a.md"))
    with pytest.raises(EditRefused, match="twice"):
        await bench.propose(Create(path="É/n.md", content=""), Create(path="e\u0301/N.md", content=""))
    for one, other in (("Dir/a.md", "dir/b.md"), ("x/É/a.md", "x/e\u0301/b.md"), ("x", "x/b.md"), ("X/c/d.md", "x/C")):
        with pytest.raises(EditRefused, match=r"two spellings|folder of it"):
            await bench.propose(Create(path=one, content=""), Create(path=other, content=""))
    with pytest.raises(EditRefused, match="folder of it"):
        await bench.propose(rewrite(bench, "a.md"), Create(path="A.md/b.md", content=""))
    with pytest.raises(EditRefused, match="two spellings"):
        await bench.propose(rewrite(bench, "a.md"), Rename(path="b.md", digest=bench.digest("b.md"), to="A.md"))
    await bench.propose(Rename(path="a.md", digest=bench.digest("a.md"), to="A2.md"), Create(path="x/a.md", content=""))


@pytest.mark.parametrize(
    "path",
    [
        "../out.md",
        ".obsidian/app.json",
        ".obsidian/plugins/x/main.js",
        "/etc/x.md",
        "out/canary.md",
        "in/x.md",
        "link.md",
        "x\0.md",
    ],
)
async def test_no_edit_leads_out_of_the_vault_or_through_a_link(bench: Bench, path: str) -> None:
    (bench.root.parent / "outside").mkdir()
    (bench.root.parent / "outside" / "canary.md").write_bytes(b"canary")
    (bench.root / "real").mkdir()
    (bench.root / "out").symlink_to(bench.root.parent / "outside")
    (bench.root / "in").symlink_to(bench.root / "real")
    (bench.root / "link.md").symlink_to(bench.root / "a.md")
    before = bench.contents()
    for edit in (
        Create(path=path, content="x"),
        Rewrite(path=path, digest="00", replacements=()),
        Trash(path=path, digest="00"),
        Rename(path=path, digest="00", to="new.md"),
        Rename(path="a.md", digest=bench.digest("a.md"), to=path),
    ):
        with pytest.raises(PathRefused):
            await bench.apply(edit)
    assert bench.contents() == before
    assert (bench.root.parent / "outside" / "canary.md").read_bytes() == b"canary"


async def test_a_change_goes_on_when_nobody_waits_for_it_any_more(bench: Bench) -> None:
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()
    bench.on_point = lambda point: point == "opened" and loop.call_soon_threadsafe(begun.set)
    plan = await bench.propose(*mixed(bench))
    call = asyncio.create_task(bench.edits.apply(plan.plan_id, plan.confirmation))
    await begun.wait()
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    await bench.edits.close()
    assert await bench.states() == ["done"]
    assert bench.read("folder/moved.md") == b"beta"


async def test_a_vault_that_went_away_is_no_empty_vault(bench: Bench) -> None:
    change = await bench.propose(rewrite(bench, "a.md"))
    bench.root.rename(bench.root.with_name("elsewhere"))
    bench.root.mkdir()
    with pytest.raises(VaultUnavailable):
        await bench.edits.apply(change.plan_id, change.confirmation)


class Plugin:
    """An editor that changes files as it was told by a test."""

    def __init__(self, bench: Bench, does: str) -> None:
        self.bench = bench
        self.does = does
        self.asked: list[str] = []

    async def carry_out(self, change: object) -> EditorAnswer:
        self.asked.append(self.does)
        match self.does:
            case "all" | "half":
                self.bench.write("a.md", b"new alpha\r\n")
                if self.does == "all":
                    self.bench.write("b.md", b"new beta")
            case "something else":
                self.bench.write("a.md", b"newalpha")
            case "refuses":
                return refusal("b.md")
            case "half and refuses":
                self.bench.write("a.md", b"new alpha\r\n")
                return refusal("b.md")
            case "claims":
                return EditorAnswer(changed=(EditorChanged(path="a.md", digest="00"),), refused=())
            case "silent":
                raise NobodyThere("gone")
            case "fails":
                raise RemoteFault(-32603, "broken")
        return EditorAnswer(changed=(), refused=())


def refusal(path: str) -> EditorAnswer:
    return EditorAnswer(changed=(), refused=(EditorRefused(path=path, reason="not saved"),))


@pytest.mark.parametrize("does", ["all", "half", "nothing", "silent"])
async def test_what_an_editor_leaves_undone_is_done_here(bench: Bench, does: str) -> None:
    plan = await bench.propose(rewrite(bench, "a.md"), rewrite(bench, "b.md"))
    plugin = Plugin(bench, does)
    applied = await bench.edits.apply(plan.plan_id, plan.confirmation, editor=plugin)
    assert plugin.asked == [does]
    assert applied.applied == ("a.md", "b.md")
    assert (bench.read("a.md"), bench.read("b.md")) == (b"new alpha\r\n", b"new beta")
    assert await bench.states() == ["done"]


@pytest.mark.parametrize("does", ["refuses", "half and refuses", "fails", "claims"])
async def test_what_an_editor_refuses_is_not_done(bench: Bench, does: str) -> None:
    before = bench.contents()
    plan = await bench.propose(rewrite(bench, "a.md"), rewrite(bench, "b.md"))
    applied = await bench.edits.apply(plan.plan_id, plan.confirmation, editor=Plugin(bench, does))
    assert {each.reason for each in applied.conflicts} == {"refused"}
    assert bench.contents() == before
    assert await bench.states() == []


async def test_an_editor_is_not_believed(bench: Bench) -> None:
    plan = await bench.propose(rewrite(bench, "a.md"), rewrite(bench, "b.md"))
    applied = await bench.edits.apply(plan.plan_id, plan.confirmation, editor=Plugin(bench, "something else"))
    assert [(each.path, each.reason, each.found) for each in applied.conflicts] == [
        ("a.md", "changed", digest_of(b"newalpha"))
    ]
    assert (bench.read("a.md"), bench.read("b.md")) == (b"newalpha", b"beta")
    assert await bench.states() == ["conflicted"]


async def test_a_plan_shows_what_it_would_do_and_is_not_made_of_what_is_out_of_date(bench: Bench) -> None:
    plan = await bench.propose(*mixed(bench))
    assert [(each.kind, each.path, each.to) for each in plan.preview] == [
        ("rewrite", "a.md", None), ("create", "folder/made.md", None), ("rename", "b.md", "folder/moved.md"),
        ("trash", "c.md", None),
    ]  # fmt: skip
    assert [(hunk.removed, hunk.added) for hunk in plan.preview[0].hunks] == [("alpha", "new alpha")]
    old = rewrite(bench, "a.md")
    bench.write("a.md", b"theirs")
    with pytest.raises(NoteChanged):
        await bench.propose(old)
    many = await bench.propose(*(Create(path=f"{number}.md", content="x") for number in range(300)))
    assert len(many.preview) == 300


async def test_an_empty_change_changes_nothing(bench: Bench) -> None:
    plan = await bench.propose()
    assert plan.preview == ()
    assert (await bench.edits.apply(plan.plan_id, plan.confirmation)).change_id is None


async def test_the_vault_itself_may_be_reached_by_a_symbolic_link(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(bench.root)
    files = VaultFiles(tmp_path / "link", "local")
    files.carry_out(files.step(rewrite(bench, "a.md")))
    assert bench.read("a.md") == b"new alpha\r\n"


class Full:
    """No room at the second file, nor to take anything back, until there is room again."""

    def __init__(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bench = bench
        bench.on_point = self.reached
        monkeypatch.setattr(bench.edits._carrier, "back", self.back)
        self.meanwhile: Callable[[], None] = lambda: None

    def reached(self, point: str) -> None:
        if point == "written" and self.bench.points.count("carried out") == 1:
            self.meanwhile()
            raise StorageFull("x")

    def back(self, _steps: object) -> bool:
        raise StorageFull("x")


async def test_a_plan_that_is_tried_again_was_carried_out_if_it_was_settled_so(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = await bench.propose(rewrite(bench, "a.md"), rewrite(bench, "b.md"))
    Full(bench, monkeypatch)
    with pytest.raises(StorageFull):
        await bench.edits.apply(plan.plan_id, plan.confirmation)
    assert await bench.states() == ["unfinished"]
    monkeypatch.undo()
    bench.on_point = lambda _point: None
    applied = await bench.edits.apply(plan.plan_id, plan.confirmation)
    (told,) = await bench.edits.journalled(9)
    assert (applied.change_id, applied.applied, told.state) == (told.change_id, ("a.md", "b.md"), "done")
    assert (bench.read("a.md"), bench.read("b.md")) == (b"new alpha\r\n", b"new beta")
    with pytest.raises(PlanNotFound):
        await bench.edits.apply(plan.plan_id, plan.confirmation)


async def test_a_plan_that_is_tried_again_is_another_change(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = await bench.propose(rewrite(bench, "a.md"), rewrite(bench, "b.md"))
    full = Full(bench, monkeypatch)
    monkeypatch.undo()  # there is room to take back, but a note was edited
    full.meanwhile = lambda: bench.write("a.md", b"theirs")
    with pytest.raises(StorageFull):
        await bench.edits.apply(plan.plan_id, plan.confirmation)
    bench.on_point = lambda _point: None
    bench.write("a.md", b"alpha\r\n")
    assert (await bench.edits.apply(plan.plan_id, plan.confirmation)).applied == ("a.md", "b.md")
    assert await bench.states() == ["done", "conflicted"]


async def test_an_error_after_the_editors_answer_is_a_change_that_failed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bench.contents()
    plan = await bench.propose(rewrite(bench, "a.md"), rewrite(bench, "b.md"))

    def broken(_step: object) -> None:
        raise VaultUnwritable("a.md", "Input/output error")

    monkeypatch.setattr(bench.edits._files, "sync", broken)
    with pytest.raises(VaultUnwritable):
        await bench.edits.apply(plan.plan_id, plan.confirmation, editor=Plugin(bench, "half"))
    assert bench.contents() == before
    assert await bench.states() == []
