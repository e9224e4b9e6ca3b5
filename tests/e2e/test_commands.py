"""Every command on the example vault, for people and for programs, and how each fails."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from tests.e2e.conftest import Desk, holder, interrupted, sidecar

from librarian.cli.progress import PARTS

READING = (
    ("search", "glasswort"),
    ("saved",),
    ("links", "Projects/Samphire Survey.md"),
    ("duplicates",),
    ("duplicates", "show", "Challah"),
    ("duplicates", "compare", "Rye Sourdough", "Rye Sourdough (revised)"),
    ("duplicates", "dismissed"),
    ("template", "infer", "Daily"),
    ("outline", "Projects/Samphire Survey.md"),
    ("stats",),
    ("stats", "--sql", "SELECT count(*) AS notes FROM notes"),
    ("status",),
    ("changes",),
    ("index",),
    ("doctor",),
    ("providers",),
    ("keys",),
    ("usage",),
    ("config", "show"),
    ("paths",),
)


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_every_command_answers_people_without_escape_codes_in_a_pipe(desk: Desk, command: tuple[str, ...]):
    shown = desk.text(*command)
    assert shown.strip()
    assert "\x1b" not in shown


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_every_command_answers_programs_in_json(desk: Desk, command: tuple[str, ...]):
    assert desk.json(*command)


def test_a_hit_shows_its_passage_and_its_line(desk: Desk):
    shown = desk.text("search", "hovercraft path:Ecology", "-n", "1")
    first = shown.splitlines()[0]
    path, line = re.fullmatch(r"(.+\.md):(\d+)", first).groups()  # type: ignore[union-attr]
    assert path == "Ecology/Field Handbook.md"
    assert "hovercraft" in (desk.vault / path).read_text(encoding="utf-8").splitlines()[int(line) - 1].lower()
    assert "all 150 notes searched" in shown


def test_words_after_a_dash_are_left_out(desk: Desk):
    kept = desk.text("search", "tide", "gate", "-carbon", "--paths", "-n", "1000").splitlines()
    every = desk.text("search", "tide", "gate", "--paths", "-n", "1000").splitlines()
    assert set(kept) < set(every)
    notes = [path for path in kept if path.endswith(".md")]
    assert notes
    assert not [
        path for path in notes if re.search(r"\bcarbon\b", (desk.vault / path).read_text(encoding="utf-8-sig").lower())
    ]


def test_paths_only_and_reasons_are_shown_when_asked_for(desk: Desk):
    assert desk.text("search", "Queller", "--paths", "-n", "1") == "Ecology/Glasswort.md\n"
    assert "why: " in desk.text("search", "Queller", "--why", "-n", "1")


def test_nothing_found_is_exit_code_1(desk: Desk):
    assert "Nothing found" in desk.text("search", "qqqqzzzzxx", code=1)
    assert desk.json("search", "qqqqzzzzxx", code=1)["hits"] == []


def test_a_search_is_saved_asked_again_and_forgotten(desk: Desk):
    desk.text("search", "--save", "to read", "tag:source", "[status:unread]")
    assert "to read  tag:source [status:unread]" in desk.text("saved")
    assert "Petrov 2024" in desk.text("saved", "to read")
    assert desk.json("saved", "to read")["hits"][0]["path"].startswith("Library/Petrov 2024")
    desk.text("saved", "to read", "--forget")
    assert "to read" in desk.error("saved", "to read", code=4)
    assert desk.json("saved")["searches"] == []


def test_a_note_is_named_by_path_by_place_or_by_name(desk: Desk):
    whole = desk.json("links", "Projects/Samphire Survey.md")
    for spelling in (
        "Projects/Samphire Survey",
        "Samphire Survey",
        "samphire survey",
        str(desk.vault / "Projects/Samphire Survey.md"),
    ):
        assert desk.json("links", spelling) == whole, spelling
    assert desk.text("outline", "Samphire Survey.md", cwd=desk.vault / "Projects").startswith("Samphire Survey")


def test_a_wrong_name_is_exit_code_4_with_near_names(desk: Desk):
    told = desk.error("links", "Samphire Surv", code=4)
    assert "Projects/Samphire Survey.md" in told


def test_a_path_out_of_the_vault_is_refused(desk: Desk):
    desk.error("outline", "../outside.md", code=4)
    desk.error("outline", "/etc/hosts", code=4)


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE notes",
        "selec",
        "SELECT nothing FROM notes",
        "SELECT * FROM read_text('/etc/hosts')",
        "COPY notes TO 'x.csv'",
    ],
)
def test_wrong_sql_is_exit_code_5_in_words(desk: Desk, sql: str):
    assert desk.error("stats", "--sql", sql, code=5).startswith("librarian: ")


def test_an_empty_or_endless_argument_is_exit_code_2(desk: Desk):
    for command in (("stats", "--sql", ""), ("search", "--save", "", "x"), ("search", "x" * 20_000)):
        assert desk.error(*command, code=2).strip()


def test_without_a_vault_it_says_how_to_name_one(desk: Desk, tmp_path: Path):
    assert "--vault" in desk.error("search", "x", code=2, cwd=tmp_path)
    assert "There is no folder" in desk.error("search", "x", "--vault", str(tmp_path / "none"), code=4)


def test_the_vault_is_named_before_or_after_the_command_or_by_the_environment(desk: Desk, tmp_path: Path):
    wanted = desk.text("search", "Queller", "--paths", "-n", "1", "--vault", str(desk.vault), cwd=tmp_path)
    assert desk.text("--vault", str(desk.vault), "search", "Queller", "--paths", "-n", "1", cwd=tmp_path) == wanted
    named = Desk(desk.vault, desk.home, {"LIBRARIAN_VAULT": str(desk.vault)})
    assert named.text("search", "Queller", "--paths", "-n", "1", cwd=tmp_path) == wanted


def test_a_mistyped_command_is_exit_code_2_with_the_right_one(desk: Desk):
    assert "Did you mean 'search'?" in desk.error("serch", "x", code=2)


def test_a_vault_held_by_a_process_without_a_door_is_exit_code_3_with_its_pid(desk: Desk):
    with holder(desk) as pid:
        assert str(pid) in desk.error("search", "x", code=3)
        assert str(pid) in desk.text("doctor", code=1)
        assert f"process {pid}" in json.dumps(desk.json("doctor", code=1))


def test_a_filter_of_obsidian_that_cannot_be_read_here_is_told(new_desk):
    filters = ["Attic/", "/drafts(?!-done)/", "/(?=\x1b[31m)" + "x" * 5000 + "/"]
    told = (
        "regular expressions of Obsidian's excluded files that cannot be read here leave nothing out: /drafts(?!-done)/"
    )
    desk = new_desk({"Attic/a.md": "a", "b.md": "b", ".obsidian/app.json": json.dumps({"userIgnoreFilters": filters})})
    for command in ("status", "doctor"):
        shown = desk.text(command)
        assert told in shown
        assert "\x1b" not in shown
        assert "x" * 100 not in shown
    assert [row["path"] for row in desk.json("status")["skipped"]] == ["Attic/a.md"]


def test_through_the_door_every_answer_is_the_same(desk: Desk):
    asked = [command for command in READING if command[0] not in ("status", "index", "doctor", "paths")]
    alone = [_without_timings(desk.json(*command)) for command in asked]
    with sidecar(desk):
        for command, answer in zip(asked, alone, strict=True):
            assert _without_timings(desk.json(*command)) == answer, command
        assert {part["name"] for part in desk.json("status")["parts"]} >= {"keyword", "catalog", "watcher"}
        assert "opens: 150 notes" in desk.text("doctor")
        assert "no note at" in desk.error("links", "nope nope", code=4)
        assert "--sql" not in desk.error("stats", "--sql", "DROP TABLE notes", code=5)


def test_an_empty_saved_list_and_settings_speak(desk: Desk):
    assert "--save" in desk.text("saved")
    assert "max_note_mb = 20" in desk.text("config")


def test_settings_are_set_shown_and_taken_back(desk: Desk):
    desk.text("config", "set", "max_note_mb", "21")
    assert desk.json("config", "show")["max_note_mb"] == 21
    desk.text("config", "unset", "max_note_mb")
    assert desk.json("config", "show")["max_note_mb"] == 20
    assert "max_note_mb" in desk.error("config", "set", "max_note_mb", "many", code=2)
    assert "There is no setting" in desk.error("config", "set", "nope", "1", code=2)


def test_output_cut_by_head_ends_quietly(desk: Desk):
    for command in (("search", "the", "-n", "100"), ("stats", "--json"), ("search", "the", "--json", "-n", "500")):
        process = subprocess.Popen(
            desk.command(*command), cwd=desk.vault, env=desk.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        told = process.stderr.read().decode()
        process.stderr.close()
        assert process.wait(60) == 0, told
        assert told == ""


def test_control_characters_of_a_note_never_reach_the_terminal(new_desk):
    evil = "\x1b]0;owned\x07 \x9b31m \x1b[2J \u202etxt.exe\u202c keyword \x08\x08 \x7f"
    desk = new_desk(
        {
            "evil.md": f'---\nkey: "a\\e[31m"\naliases: ["x\\x9b"]\n---\n# head {evil}\n\n{evil}\n\n- [ ] {evil} [[nowhere {evil}]]\n'
        }
    )
    hostile = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
    commands = (
        ("search", "keyword", "--why"), ("outline", "evil.md"), ("links", "evil.md"), ("stats",), ("status",),
        ("stats", "--sql", "SELECT * FROM headings"), ("stats", "--sql", "SELECT * FROM links"), ("doctor",),
        ("stats", "--sql", "SELECT chr(27) || '[31m' AS \"na\x1bme\""),
    )  # fmt: skip
    for command in commands:
        for form in ((), ("--json",)):
            assert not hostile.search(desk.text(*command, *form)), (command, form)
    assert not hostile.search(desk.error("outline", "no\x1b[31msuch", code=4))


def test_colours_are_for_terminals_and_those_who_force_them(desk: Desk):
    forced = Desk(desk.vault, desk.home, {"FORCE_COLOR": "1"})
    assert "\x1b[" in forced.text("search", "glasswort", "-n", "1")
    assert "\x1b" not in forced.text("search", "glasswort", "-n", "1", "--json")
    refused = Desk(desk.vault, desk.home, {"FORCE_COLOR": "1", "NO_COLOR": "1"})
    assert "\x1b" not in refused.text("search", "glasswort", "-n", "1")


@pytest.mark.skipif(not shutil.which("script"), reason="needs the command 'script' to have a terminal")
def test_on_a_terminal_matches_are_coloured(desk: Desk):
    command = " ".join(f"'{part}'" for part in desk.command("search", "glasswort", "-n", "1"))
    shown = subprocess.run(
        ["script", "-qec", command, "/dev/null"], cwd=desk.vault, env=desk.environment | {"TERM": "xterm"},
        capture_output=True, encoding="utf-8", check=True, stdin=subprocess.DEVNULL,
    ).stdout  # fmt: skip
    assert re.search("\x1b\\[33m\x1b\\[1m[Gg]lasswort", shown)


@pytest.mark.skipif(not shutil.which("script"), reason="needs the command 'script' to have a terminal")
def test_progress_is_shown_on_a_terminal_and_gone_before_the_answer(new_desk):
    desk = new_desk({f"{place}.md": f"# Note {place}\n\n" + f"word{place} seaweed " * 1500 for place in range(3000)})
    command = " ".join(f"'{part}'" for part in desk.command("index"))
    shown = subprocess.run(
        ["script", "-qec", command, "/dev/null"],
        cwd=desk.vault,
        env=desk.environment | {"TERM": "xterm"},
        capture_output=True,
        encoding="utf-8",
        check=True,
        stdin=subprocess.DEVNULL,
    ).stdout
    # A fast machine is past the words before anything is shown.
    answer = shown.index("3,000 notes")
    assert any(part in shown[:answer] for part in PARTS.values())
    assert "\x1b[2K" not in shown[answer:], "a bar was drawn over the answer"
    assert not any(part in shown[answer:] for part in PARTS.values())


def test_duplicates_are_listed_with_the_note_to_keep(desk: Desk):
    shown = desk.text("duplicates")
    assert "8 of 8 groups shown · 150 of 150 notes searched" in shown
    first = shown.split("\n\n")[0].splitlines()
    assert re.fullmatch("2 notes, the same text  [0-9a-f]{8}", first[0])
    assert first[1].startswith("  keep  Ecology/Redshank.md  most linked (")
    assert first[2].startswith("  100%  Archive/Redshank (sent to the bird society).md")
    answer = desk.json("duplicates", "--kind", "near", "--threshold", "0.7")
    assert [(group["kind"], group["keeper"]) for group in answer["groups"]] == [
        ("near", "Library/Hartwig 2017 Glasswort germination under salt stress.md")
    ]
    assert "No duplicates found" in desk.text("duplicates", "--folder", "People", code=1)
    of_note = desk.json("duplicates", "show", "Rye Sourdough")
    assert [note["path"] for note in of_note["groups"][0]["notes"]] == [
        "Recipes/Rye Sourdough.md",
        "Recipes/Rye Sourdough (revised).md",
    ]


def test_rebuild_asks_first_and_finds_the_same_afterwards(desk: Desk):
    before = _without_timings(desk.json("search", "glasswort seedlings"))
    refused = desk.run("rebuild", input="n\n")
    assert refused.returncode == 1
    assert "150 notes" in desk.text("rebuild", "--yes")
    assert _without_timings(desk.json("search", "glasswort seedlings")) == before


def test_ctrl_c_while_indexing_leaves_an_index_that_the_next_run_finishes(new_desk):
    notes = {
        f"{place % 40}/note {place}.md": f"# Note {place}\n\n" + f"word{place} seaweed " * 300 for place in range(4000)
    }
    desk = new_desk(notes)
    assert interrupted(desk, "index", when=lambda: any(desk.data.glob("vaults/*/lexical/*/*.store"))) == 130
    assert "4,000 notes" in desk.text("index")
    assert desk.json("search", '"word3999 seaweed"')["total"] == 1
    assert desk.json("search", "seaweed")["total"] == 4000


def test_a_changed_note_is_found_by_the_next_search(new_desk):
    desk = new_desk({"a.md": "first words"})
    assert desk.json("search", "first")["total"] == 1
    (desk.vault / "b.md").write_text("second thoughts", encoding="utf-8")
    assert desk.json("search", "thoughts")["total"] == 1
    (desk.vault / "a.md").unlink()
    assert desk.json("search", "--mode", "keyword", "first", code=1)["total"] == 0


def test_the_vault_is_left_as_it_was(desk: Desk):
    before = sorted(path.relative_to(desk.vault) for path in desk.vault.rglob("*"))
    original = Path(__file__).parents[2] / "example-vault"
    assert before == sorted(path.relative_to(original) for path in original.rglob("*"))
    assert all(
        (original / path).read_bytes() == (desk.vault / path).read_bytes()
        for path in before
        if (original / path).is_file()
    )


def test_help_is_there_at_once(desk: Desk):
    took = []
    for _ in range(5):
        started = time.perf_counter()
        desk.text("--help")
        took.append(time.perf_counter() - started)
    assert min(took) < 0.2


def _without_timings(answer: object) -> object:
    if isinstance(answer, dict):
        return {key: _without_timings(value) for key, value in answer.items() if key != "tookMs"}
    return [_without_timings(each) for each in answer] if isinstance(answer, list) else answer
