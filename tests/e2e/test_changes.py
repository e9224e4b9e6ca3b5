"""Changes to notes as a person meets them: listed, undone, found at once, and settled after a crash."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.e2e.conftest import ROOT, Desk, sidecar

from librarian.cli.resolving import print_applied

NOTES = {"Tide.md": "# Tide\n\nThe marsh floods twice.\n", "Old.md": "An old zeppelin.\n", "Folder/Kept.md": "kept"}
NewDesk = Callable[[dict[str, str]], Desk]

CHANGE = """
import asyncio, os, signal, sys
from pathlib import Path
from librarian.edit import Create, Rename, Replacement, Rewrite, Trash, digest_of
from librarian.library import open_library
from librarian.places import Places
from librarian.settings import load

root, deadly = Path(sys.argv[1]), sys.argv[2]

def point(name):
    if name == deadly:
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    places = Places.of()
    async with open_library(places, load(places.settings), stays=False) as library:
        vault = await library.open_vault(str(root))
        vault.edits._files._point = point
        digest = lambda path: digest_of((root / path).read_bytes())
        plan = await vault.edits.propose(
            [
                Rewrite(path="Tide.md", digest=digest("Tide.md"),
                        replacements=(Replacement(start=12, end=17, text="saltmarsh"),)),
                Create(path="New/Okapi.md", content="An okapi."),
                Rename(path="Folder/Kept.md", digest=digest("Folder/Kept.md"), to="Folder/Moved.md"),
                Trash(path="Old.md", digest=digest("Old.md")),
            ],
            actor="test", reason="tidying up",
        )
        applied = await vault.edits.apply(plan.plan_id, plan.confirmation)
        found = await vault.search.query("okapi", mode="keyword")
        print(applied.change_id, [hit.path for hit in found.hits])

asyncio.run(main())
"""


def change(desk: Desk, deadly: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**desk.environment, "PYTHONPATH": str(ROOT / "sidecar")}
    return subprocess.run(
        [sys.executable, "-c", CHANGE, str(desk.vault), deadly], env=environment, capture_output=True,
        encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip


def seen(desk: Desk) -> dict[str, str]:
    return {
        path.relative_to(desk.vault).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(desk.vault.rglob("*.md"))
        if ".trash" not in path.parts
    }


CHANGED = {
    "Folder/Moved.md": "kept",
    "New/Okapi.md": "An okapi.",
    "Tide.md": "# Tide\n\nThe saltmarsh floods twice.\n",
}


@pytest.fixture
def desk(new_desk: NewDesk) -> Desk:
    made = new_desk(NOTES)
    (made.vault / ".obsidian" / "app.json").write_text('{"trashOption": "local"}')
    return made


def test_a_change_is_found_at_once_listed_and_undone(desk: Desk):
    assert desk.text("changes") == "The librarian has not changed anything in this vault.\n"
    assert desk.text("undo", code=1) == "Nothing to undo.\n"
    done = change(desk)
    assert done.returncode == 0, done.stderr
    change_id, found = done.stdout.split(" ", 1)
    assert "New/Okapi.md" in found
    assert seen(desk) == CHANGED
    listed = desk.text("changes")
    assert "tidying up" in listed
    assert "moved    Folder/Kept.md → Folder/Moved.md" in listed
    assert desk.text("undo", "--yes").startswith(f"Took {change_id} back: 4 files.")
    assert seen(desk) == NOTES
    assert desk.text("search", "zeppelin", "--paths") == "Old.md\n"
    states = {each["changeId"]: each["state"] for each in desk.json("changes")["changes"]}
    assert states[change_id] == "undone"
    (redo,) = set(states) - {change_id}
    assert desk.json("undo", redo, "--yes")["conflicts"] == []
    assert seen(desk) == CHANGED


def test_a_note_that_was_edited_since_is_left_and_named(desk: Desk):
    change_id = change(desk).stdout.split(" ", 1)[0]
    (desk.vault / "Tide.md").write_text("mine", encoding="utf-8")
    told = desk.error("undo", change_id, "--yes", code=1)
    assert "Tide.md was changed since, and is left as it is." in told
    assert seen(desk) == {**NOTES, "Tide.md": "mine"}
    answer = desk.json("undo", change_id, "--yes", code=1)
    assert [(each["path"], each["reason"]) for each in answer["conflicts"]] == [("Tide.md", "changed")]
    assert "no change 'x'" in desk.error("undo", "x", code=4)


@pytest.mark.parametrize("point", ["written", "replaced", "moved", "carried out"])
def test_a_process_killed_in_the_middle_is_settled_by_the_next_command(desk: Desk, point: str):
    desk.text("index")
    assert change(desk, point).returncode == -signal.SIGKILL
    changes = desk.json("changes")["changes"]
    assert seen(desk) in (NOTES, CHANGED)
    assert [each["state"] for each in changes] == (["done"] if seen(desk) == CHANGED else [])
    expected = "New/Okapi.md\n" if changes else ""
    assert desk.text("search", "okapi", "--paths", "--mode", "keyword", "--wait", code=0 if changes else 1) == expected
    assert not [path for path in desk.vault.rglob(".librarian-*")]


def test_a_note_edited_after_a_crash_is_kept_and_told(desk: Desk):
    assert change(desk, "carried out").returncode == -signal.SIGKILL
    (desk.vault / "Tide.md").write_text("mine", encoding="utf-8")
    assert [each["state"] for each in desk.json("changes")["changes"]] == ["conflicted"]
    assert seen(desk) == {**NOTES, "Tide.md": "mine"}
    assert "A change was given up, because notes were edited meanwhile (tidying up: Tide.md" in desk.text("doctor")


def test_what_nobody_touched_in_a_note_that_was_edited_since_can_be_taken_back(desk: Desk):
    change_id = change(desk).stdout.split(" ", 1)[0]
    tide = desk.vault / "Tide.md"
    tide.write_text(tide.read_text(encoding="utf-8") + "\nMine.\n", encoding="utf-8")
    shown = desk.run("undo", change_id, "--yes")
    assert "What nobody touched since can be taken back in them, too:" in shown.stdout
    assert "- The saltmarsh floods twice." in shown.stdout
    assert "To do that: the same with --parts." in shown.stdout
    assert "saltmarsh" in tide.read_text(encoding="utf-8")
    done = desk.run("undo", change_id, "--yes", "--parts")
    assert (done.returncode, "Done: 1 file changed." in done.stdout) == (1, True)
    assert tide.read_text(encoding="utf-8") == "# Tide\n\nThe marsh floods twice.\n\nMine.\n"


def test_a_running_sidecar_undoes_for_the_command_line(desk: Desk):
    change(desk)
    with sidecar(desk):
        assert desk.json("undo", "--yes")["conflicts"] == []
        assert seen(desk) == NOTES
        assert desk.text("search", "zeppelin", "--paths") == "Old.md\n"


def test_an_editor_is_asked_to_undo(desk: Desk, tmp_path: Path):
    """A real sidecar, a client that declared the vault and writes itself, and the command line that asks."""
    from websockets.sync.client import connect

    change_id = change(desk).stdout.split(" ", 1)[0]
    process = subprocess.Popen(
        desk.command("serve"), env=desk.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, encoding="utf-8",
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps({"token": "t" * 43}) + "\n")
        process.stdin.flush()
        port = json.loads(process.stdout.readline())["port"]
        with connect(f"ws://127.0.0.1:{port}/", subprotocols=["librarian.v1", f"bearer.{'t' * 43}"]) as client:

            def said(wanted: str) -> dict[str, object]:
                while wanted not in (frame := json.loads(client.recv(60))):
                    pass
                return frame

            def call(method: str, **params: object) -> None:
                client.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
                said("result")

            capabilities = {"applyEdit": [str(desk.vault)]}
            call("session.initialize", client={"name": "test", "version": "1"}, capabilities=capabilities)
            call("vault.open", path=str(desk.vault))
            undo = subprocess.Popen(
                desk.command("undo", change_id, "--yes", "--vault", str(desk.vault), "--json"), env=desk.environment,
                stdout=subprocess.PIPE, encoding="utf-8",
            )  # fmt: skip
            while (asked := said("method"))["method"] != "workspace.applyEdit":
                pass
            edits = asked["params"]["edits"]  # type: ignore[index]
            assert [edit["kind"] for edit in edits] == ["create", "rename", "trash", "rewrite"]
            (desk.vault / "Old.md").write_text(edits[0]["content"], encoding="utf-8")
            client.send(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": {"changed": [], "refused": []}}))
            told, _ = undo.communicate(timeout=60)
            assert json.loads(told)["conflicts"] == []
            assert seen(desk) == NOTES
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


def test_a_change_that_was_given_up_is_not_told_as_done(capsys: pytest.CaptureFixture[str]):
    conflict = {"path": "Tide.md", "reason": "changed", "read": "00", "ours": "11", "found": "22"}
    print_applied({"changeId": "c1", "applied": [], "conflicts": [conflict], "offer": None})
    told = capsys.readouterr()
    assert told.out == "Nothing was changed.\n"
    assert "Tide.md was changed since, and is left as it is." in told.err
