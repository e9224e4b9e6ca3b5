"""Files are written whole, keep their mode, cover nothing, and go into the trash that the vault is set to."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import disks
import pytest
from pydantic import ValidationError
from test_paths import CANARY, REFUSED, vault
from workbench import Bench, bench

import librarian
from librarian import disk, moving
from librarian.edit import Create, Edit, Rename, Replacement, Rewrite, Trash, digest_of
from librarian.errors import (
    EditRefused,
    NoteChanged,
    NoteExists,
    NoteNotFound,
    PathRefused,
    StorageFull,
    VaultUnwritable,
)
from librarian.writing import VaultFiles

__all__ = ["bench", "vault"]


def rewrite(path: str, old: bytes, new: str) -> Rewrite:
    return Rewrite(path=path, digest=digest_of(old), replacements=(Replacement(start=0, end=len(old), text=new),))


def files(bench: Bench, trash: str = "local") -> VaultFiles:
    return VaultFiles(bench.root, trash)  # type: ignore[arg-type]


def do(bench: Bench, edit: Edit, trash: str = "local") -> None:
    its = files(bench, trash)
    its.carry_out(its.step(edit))


def no_parts(bench: Bench) -> bool:
    return not [path for path in bench.contents() if ".librarian-" in path]


@pytest.mark.elsewhere(os.name == "nt", reason="Windows has no modes")
def test_a_note_keeps_its_mode_and_a_new_one_has_that_of_its_folder(bench: Bench) -> None:
    old_mask = os.umask(0o077)
    try:
        (bench.root / "a.md").chmod(0o640)
        bench.root.chmod(0o775)
        do(bench, rewrite("a.md", b"alpha\r\n", "x"))
        do(bench, Create(path="deep/er/new.md", content="x"))
    finally:
        os.umask(old_mask)
    modes = {path: (bench.root / path).stat().st_mode & 0o777 for path in ("a.md", "deep", "deep/er", "deep/er/new.md")}
    assert modes == {"a.md": 0o640, "deep": 0o775, "deep/er": 0o775, "deep/er/new.md": 0o664}
    assert no_parts(bench)


@pytest.mark.elsewhere(os.name == "nt", reason="Windows has no modes")
async def test_a_trashed_note_comes_back_with_its_mode(bench: Bench) -> None:
    (bench.root / "a.md").chmod(0o600)
    applied = await bench.apply(Trash(path="a.md", digest=bench.digest("a.md")))
    await bench.edits.undo(applied.change_id or "")
    assert (bench.root / "a.md").stat().st_mode & 0o777 == 0o600


def test_what_is_half_written_is_hidden_from_whoever_looks(bench: Bench) -> None:
    names: list[str] = []
    its = VaultFiles(bench.root, "local", point=lambda _point: names.extend(os.listdir(bench.root)))
    its.carry_out(its.step(rewrite("a.md", b"alpha\r\n", "x")))
    others = set(names) - {"a.md", "b.md", "c.md", ".obsidian"}
    assert others
    assert all(name.startswith(".") for name in others)
    assert no_parts(bench)


def unable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be on a disk that neither moves to nothing nor exchanges."""
    monkeypatch.setattr(moving, "_renamed", lambda *_: False)


@pytest.mark.parametrize("able", [True, False], ids=["a capable disk", "a poor disk"])
def test_nothing_that_is_there_is_covered(bench: Bench, monkeypatch: pytest.MonkeyPatch, able: bool) -> None:
    if not able:
        unable(monkeypatch)
    with pytest.raises(NoteExists):
        do(bench, Create(path="a.md", content="x"))
    with pytest.raises(NoteExists):
        do(bench, Rename(path="a.md", digest=digest_of(b"alpha\r\n"), to="b.md"))
    its = files(bench)
    created, moved = (
        its.step(Create(path="n.md", content="x")),
        its.step(Rename(path="a.md", digest=bench.digest("a.md"), to="m.md")),
    )
    for name in ("n.md", "m.md"):
        bench.write(name, b"theirs")
    for step in (created, moved):
        with pytest.raises(NoteExists):
            its.carry_out(step)
    assert (bench.read("n.md"), bench.read("m.md"), bench.read("a.md")) == (b"theirs", b"theirs", b"alpha\r\n")
    do(bench, rewrite("b.md", b"beta", "new"))
    do(bench, Create(path="free.md", content="x"))
    do(bench, Rename(path="free.md", digest=bench.digest("free.md"), to="folder/moved.md"))
    assert (bench.read("b.md"), bench.read("folder/moved.md")) == (b"new", b"x")
    assert no_parts(bench)


def put_over(bench: Bench, path: str, content: bytes) -> None:
    """Save a file as programs do that write a new one and move it over the old."""
    bench.write("theirs.tmp", content)
    (bench.root / "theirs.tmp").replace(bench.root / path)


@pytest.mark.parametrize("kind", ["rename", "trash"])
@pytest.mark.parametrize("moment", ["looked again", "moved"])
def test_a_note_that_is_saved_while_it_is_moved_is_not_lost(bench: Bench, kind: str, moment: str) -> None:
    """Before the move it is put back; after it, the name is theirs again, and what we moved is where we moved it."""
    digest = bench.digest("a.md")
    edit = Rename(path="a.md", digest=digest, to="z.md") if kind == "rename" else Trash(path="a.md", digest=digest)
    moved = "z.md" if kind == "rename" else ".trash/a.md"
    seen: list[str] = []

    def save(point: str) -> None:
        if point == moment and point not in seen:
            put_over(bench, "a.md", b"newer")
        seen.append(point)

    its = VaultFiles(bench.root, "local", point=save)
    step = its.step(edit)
    if moment == "looked again":
        with pytest.raises(NoteChanged):
            its.carry_out(step)
        assert not (bench.root / moved).exists()
    else:
        its.carry_out(step)
        assert bench.read(moved) == b"alpha\r\n"
        assert its.state(step) == "other"
    assert bench.read("a.md") == b"newer"


@pytest.mark.parametrize("way", ["in place", "renamed over"])
@pytest.mark.parametrize("able", [True, False], ids=["a capable disk", "a poor disk"])
def test_a_note_that_is_saved_in_the_moment_of_replacing_is_put_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, way: str, able: bool
) -> None:
    if not able:
        unable(monkeypatch)

    def save(point: str) -> None:
        if point == ("looked again" if able else "linked"):
            (bench.write if way == "in place" else partial(put_over, bench))("a.md", b"newer")

    its = VaultFiles(bench.root, "local", point=save)
    step = its.step(rewrite("a.md", b"alpha\r\n", "ours"))
    if not able and way == "renamed over":
        its.carry_out(step)  # the one case that loses, and only on such disks
        return
    with pytest.raises(NoteChanged):
        its.carry_out(step)
    assert bench.read("a.md") == b"newer"
    assert no_parts(bench)


def test_of_two_saves_in_the_moment_of_replacing_neither_is_lost(bench: Bench) -> None:
    def save(point: str) -> None:
        if point in ("looked again", "replaced"):
            put_over(bench, "a.md", point.encode())

    its = VaultFiles(bench.root, "local", point=save)
    with pytest.raises(NoteChanged):
        its.carry_out(its.step(rewrite("a.md", b"alpha\r\n", "ours")))
    assert bench.read("a.md") == b"replaced"
    assert bench.read("a (kept by librarian).md") == b"looked again"
    assert no_parts(bench)


def test_a_moved_file_never_has_two_names(bench: Bench) -> None:
    links: list[int] = []

    def look(_point: str) -> None:
        links.extend(path.stat().st_nlink for path in bench.root.iterdir() if path.is_file())

    its = VaultFiles(bench.root, "local", point=look)
    its.carry_out(its.step(Rename(path="a.md", digest=bench.digest("a.md"), to="z.md")))
    assert set(links) == {1}


@pytest.mark.parametrize("trash", ["local", "none"])
def test_the_vaults_own_trash_keeps_files_of_one_name_apart(bench: Bench, trash: str) -> None:
    for number in range(3):
        bench.write("folder/a.md", b"%d" % number)
        do(bench, Trash(path="folder/a.md", digest=bench.digest("folder/a.md")), trash)
    kept = {name: bench.read(f".trash/{name}") for name in os.listdir(bench.root / ".trash")}
    assert kept == {"a.md": b"0", "a 2.md": b"1", "a 3.md": b"2"}


def test_a_trash_that_leads_out_of_the_vault_is_refused(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (bench.root / ".trash").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(VaultUnwritable):
        do(bench, Trash(path="a.md", digest=bench.digest("a.md")))
    assert bench.read("a.md") == b"alpha\r\n"
    assert os.listdir(tmp_path / "elsewhere") == []


SYSTEM = """
import sys
from pathlib import Path
from librarian.edit import Trash, digest_of
from librarian.writing import VaultFiles
root = Path(sys.argv[1])
files = VaultFiles(root, "system")
files.carry_out(files.step(Trash(path="a.md", digest=digest_of((root / "a.md").read_bytes()))))
"""


@pytest.mark.elsewhere(sys.platform != "linux", reason="where the system's trash is can only be told to Linux")
@pytest.mark.parametrize("usable", [True, False])
def test_the_systems_trash_is_used_where_there_is_one(bench: Bench, tmp_path: Path, usable: bool) -> None:
    home = tmp_path / "home"
    home.mkdir()
    if not usable:
        (home / "data").write_text("a file where the trash should be")
    path = os.pathsep.join([str(Path(librarian.__file__).parents[1]), *sys.path])
    environment = {**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "PYTHONPATH": path}
    subprocess.run([sys.executable, "-c", SYSTEM, str(bench.root)], check=True, env=environment)
    assert not (bench.root / "a.md").exists()
    place = home / "data" / "Trash" / "files" if usable else bench.root / ".trash"
    assert (place / "a.md").read_bytes() == b"alpha\r\n"


@pytest.mark.elsewhere(os.name == "nt", reason="Windows has no pipes in folders")
def test_what_is_no_file_is_refused_without_waiting_for_it(bench: Bench) -> None:
    os.mkfifo(bench.root / "pipe.md")
    (bench.root / "folder.md").mkdir()
    for path in ("pipe.md", "folder.md"):
        with pytest.raises(EditRefused, match="not a file"):
            do(bench, Trash(path=path, digest="00"))
    with pytest.raises(NoteNotFound):
        do(bench, Trash(path="none.md", digest="00"))
    with pytest.raises(NoteChanged):
        do(bench, Trash(path="a.md", digest="00"))


def test_what_a_killed_process_left_half_written_is_removed(bench: Bench) -> None:
    its = files(bench)
    step = its.step(rewrite("a.md", b"alpha\r\n", "x"))
    disk.written(bench.root / "a.md", b"half", 0o600)
    (bench.root / ".librarian-0123-4567.old").write_bytes(b"of another change")
    assert not no_parts(bench)
    assert its.tidy([step])
    assert [path for path in bench.contents() if "librarian" in path] == [".librarian-0123-4567.old"]
    assert bench.read("a.md") == b"alpha\r\n"


@pytest.mark.elsewhere(os.name == "nt", reason="Windows has no symbolic links for everybody")
def test_a_link_that_somebody_put_into_the_place_of_a_note_comes_to_light(bench: Bench) -> None:
    its = files(bench)
    step = its.step(rewrite("a.md", b"alpha\r\n", "x"))
    (bench.root / disk.OLD.format(disk.mark(bench.root / "a.md"), "00")).symlink_to("b.md")
    os.link(bench.root / "a.md", bench.root / disk.OLD.format(disk.mark(bench.root / "a.md"), "01"))
    bench.write("a.md", b"edited since, in both its names")
    assert not its.tidy([step])
    assert (bench.root / "a (kept by librarian).md").is_symlink()
    assert not (bench.root / "a (kept by librarian) 2.md").exists()
    assert no_parts(bench)


@pytest.mark.parametrize("spelling", REFUSED, ids=ascii)
def test_no_edit_takes_a_wrong_spelling(vault: Path, spelling: str) -> None:
    """The table of `test_paths`, with a canary outside the vault."""
    its = VaultFiles(vault, "local")
    digest = digest_of(b"in the vault")
    edits = [
        lambda: Create(path=spelling, content="x"),
        lambda: Rewrite(path=spelling, digest=digest, replacements=()),
        lambda: Rename(path=spelling, digest=digest, to="moved.md"),
        lambda: Rename(path="Note.md", digest=digest, to=spelling),
        lambda: Trash(path=spelling, digest=digest),
    ]
    for make in edits:
        with pytest.raises((PathRefused, ValidationError)):  # half a surrogate pair is not even a text
            its.step(make())
    assert (vault.parent / "outside" / "canary.md").read_text() == CANARY
    assert os.listdir(vault.parent / "outside") == ["canary.md"]
    assert (vault / ".obsidian" / "app.json").read_text() == "{}"


@pytest.mark.parametrize("kind", ["rewrite", "create", "trash"])
async def test_a_full_disk_at_every_write_leaves_old_or_new_and_room_mends_it(tmp_path: Path, kind: str) -> None:
    """The vault's disk is filled up at one point after another."""
    old = b"old " * 1000
    outcomes = set()
    for number in range(12):
        with disks.small(tmp_path / f"disk {number}", megabytes=1) as folder:
            (folder / "vault").mkdir()
            bench = Bench(folder / "vault", tmp_path / f"ledger {number}")
            bench.write("a.md", old)
            bench.write("b.md", old)
            edits: list[Edit] = [rewrite("a.md", old, "new " * 2000)]
            edits.append(
                {
                    "rewrite": rewrite("b.md", old, "new " * 2000),
                    "create": Create(path="n.md", content="new " * 2000),
                    "trash": Trash(path="b.md", digest=digest_of(old)),
                }[kind]
            )
            async with bench.opened():
                ballast = folder / "ballast"
                bench.on_point = lambda _point, bench=bench, at=number, ballast=ballast: (
                    _fill(ballast) if len(bench.points) == at + 1 else None
                )
                before = bench.contents()
                try:
                    applied = await bench.apply(*edits)
                except StorageFull:
                    outcomes.add("full")
                    for path in ("a.md", "b.md"):
                        assert not (bench.root / path).exists() or bench.read(path) in (old, b"new " * 2000)
                    ballast.unlink(missing_ok=True)
                    await bench.edits.settle()
                    assert bench.contents() in (before, _after(bench, kind))
                else:
                    outcomes.add("done")
                    assert applied.conflicts == ()
                    assert bench.contents() == _after(bench, kind)
                assert no_parts(bench)
    assert outcomes == {"full", "done"}


def _after(bench: Bench, kind: str) -> dict[str, bytes]:
    old, new = b"old " * 1000, b"new " * 2000
    others = {"rewrite": {"b.md": new}, "create": {"b.md": old, "n.md": new}, "trash": {".trash/b.md": old}}
    return {"a.md": new, **others[kind]}


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue


async def test_a_full_disk_under_the_ledger_changes_nothing(tmp_path: Path) -> None:
    with disks.small(tmp_path / "disk", megabytes=1) as folder:
        (tmp_path / "vault").mkdir()
        bench = Bench(tmp_path / "vault", folder / "ledger.sqlite")
        bench.fill()
        async with bench.opened():
            ballast = folder / "ballast"
            _fill(ballast)
            before = bench.contents()
            with pytest.raises(StorageFull):
                await bench.apply(*(Create(path=f"{number}.md", content="x" * 5000) for number in range(50)))
            assert bench.contents() == before
            ballast.unlink()
            assert (await bench.apply(Create(path="n.md", content="x"))).applied == ("n.md",)


async def test_a_change_is_done_even_when_the_ledger_has_no_room_to_say_so(tmp_path: Path) -> None:
    with disks.small(tmp_path / "disk", megabytes=1) as folder:
        (tmp_path / "vault").mkdir()
        bench = Bench(tmp_path / "vault", folder / "ledger.sqlite")
        bench.fill()
        async with bench.opened():
            ballast = folder / "ballast"
            bench.on_point = lambda point: _fill(ballast) if point == "all carried out" else None
            applied = await bench.apply(rewrite("a.md", b"alpha\r\n", "x"))
            assert (bench.read("a.md"), applied.applied, await bench.states()) == (b"x", ("a.md",), ["unfinished"])
            ballast.unlink()
            bench.on_point = lambda _point: None
            assert (await bench.edits.undo(applied.change_id or "")).applied == ("a.md",)
            assert await bench.states() == ["done", "undone"]


async def test_a_read_only_vault_is_told_and_nothing_is_left_to_settle(bench: Bench) -> None:
    before = bench.contents()
    with disks.read_only(bench.root), pytest.raises(VaultUnwritable, match="Read-only"):
        await bench.apply(rewrite("a.md", b"alpha\r\n", "x"), rewrite("b.md", b"beta", "x"))
    assert bench.contents() == before
    assert await bench.states() == []
