"""Only one spelling leads to a file of the vault, and none to a file outside it."""

from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librarian.errors import PathRefused
from librarian.paths import resolve

NFC = "Caf\u00e9.md"
NFD = unicodedata.normalize("NFD", NFC)
CANARY = "canary outside the vault"


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "canary.md").write_text(CANARY)
    root = tmp_path / "vault"
    for folder in ("Projects", ".obsidian/plugins", "Etc.", "inside"):
        (root / folder).mkdir(parents=True)
    (root / ".obsidian" / "app.json").write_text("{}")
    for name in (
        "Note.md",
        "Projects/Plan.md",
        NFC,
        "aux.md",
        "BACKUP~1.md",
        "Etc./x.md",
        "inside/y.md",
        "100% sure?.md",
    ):
        (root / name).write_text("in the vault")
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "out.md").symlink_to(tmp_path / "outside" / "canary.md")
    (root / "dangling.md").symlink_to(tmp_path / "outside" / "new.md")
    (root / "loop").symlink_to(root / "loop")
    (root / "hidden").symlink_to(root / ".obsidian")
    (root / "me").symlink_to(root)
    (root / "alias").symlink_to(root / "inside")
    return root


REFUSED = [
    "", ".", "..", "../outside/canary.md", "Projects/../../outside/canary.md", "Projects/../Note.md", "./Note.md", "Projects//Plan.md",
    "Note.md/", "/etc/passwd", "//server/share", "///Note.md", "Projects/./Plan.md", "..\\outside\\canary.md", "Projects\\Plan.md",
    "\\\\server\\share\\x.md", "\\\\?\\C:\\x.md", "C:\\x.md", "C:/x.md", "C:x.md", "Note.md:stream", "Note.md::$DATA", "file:///etc/passwd",
    ".obsidian::$INDEX_ALLOCATION/app.json", "Note.md\0", "\0", "Note\0.md", "Note\n.md", "Note\r.md", "Note\t.md", "Note\x7f.md", "Note\x1b[2J.md",
    "Note.md.", "Note.md ", "Note.md...", "Projects./Plan.md", "Projects /Plan.md", "note.md", "NOTE.MD", "projects/Plan.md", "PROJECTS/PLAN.MD",
    NFD, NFC.upper(), "OBSIDI~1/app.json", "PROJEC~1/Plan.md", "NOTE~1.MD", "nul", "NUL.md", "con.txt", "Projects/COM1", "lpt9.md", "prn .md",
    "COM¹.md", "CONIN$", ".obsidian", ".obsidian/app.json", ".obsidian/plugins/evil/main.js", ".OBSIDIAN/app.json", ".trash/x.md", ".git/config",
    "Projects/.hidden.md", "\u200c.obsidian/app.json", ".\u200dobsidian/app.json", "\u200b", "\ufeff.obsidian/app.json", "...", "~1/../x",
    "out/canary.md", "out.md", "out/new.md", "dangling.md", "loop", "loop/x.md", "hidden/app.json", "me", "Note.md/x.md", "a" * 256 + ".md",
    "é" * 128 + ".md", "x/" * 2100 + "y.md", "bad\ud800.md", "..%00/", "..;/../outside/canary.md", "Projects/..", "../vault/Note.md",
]  # fmt: skip


@pytest.mark.parametrize("spelling", REFUSED, ids=ascii)
def test_a_wrong_spelling_is_refused(vault: Path, spelling: str) -> None:
    with pytest.raises(PathRefused):
        resolve(vault, spelling)


ACCEPTED = [
    "Note.md",
    "Projects/Plan.md",
    NFC,
    "inside/y.md",
    "alias/y.md",
    "100% sure?.md",
    "New note.md",
    "New folder/New.md",
    "日記/今日.md",
    "👩‍🔬.md",
]


@pytest.mark.parametrize("spelling", ACCEPTED)
def test_the_spelling_on_disk_is_accepted(vault: Path, spelling: str) -> None:
    assert resolve(vault, spelling) == vault / spelling


@pytest.mark.elsewhere(sys.platform == "win32", reason="Windows cannot hold these files")
@pytest.mark.parametrize("spelling", ["aux.md", "BACKUP~1.md", "Etc./x.md"])
def test_an_odd_name_that_exists_is_accepted_where_it_means_itself(vault: Path, spelling: str) -> None:
    assert resolve(vault, spelling).read_text() == "in the vault"


def test_the_vault_itself_may_be_a_symbolic_link(vault: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(vault)
    assert resolve(tmp_path / "link", "Note.md") == vault / "Note.md"


def test_a_case_folding_file_system_answers_to_its_own_spelling_only(
    vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on macOS and Windows, where ``lstat`` finds ``note.md`` too."""
    real = os.lstat

    def folding(path: str | os.PathLike[str]) -> os.stat_result:
        folder, name = os.path.split(path)
        match = next((entry for entry in os.listdir(folder) if entry.casefold() == name.casefold()), name)
        return real(os.path.join(folder, match))

    monkeypatch.setattr(os, "lstat", folding)
    assert resolve(vault, "Projects/Plan.md") == vault / "Projects" / "Plan.md"
    for twin in ("note.md", "projects/Plan.md", "Projects/PLAN.md"):
        with pytest.raises(PathRefused, match="spelled"):
            resolve(vault, twin)


pieces = st.sampled_from(
    [
        "..",
        ".",
        "",
        "Note.md",
        "out",
        "me",
        "loop",
        "hidden",
        "Projects",
        "~",
        "C:",
        "\\",
        "\0",
        "canary.md",
        ".obsidian",
        " ",
        "é",
        "...",
    ]
)


@given(st.lists(pieces | st.text(max_size=6), max_size=6).map("/".join))
def test_no_text_leads_out_of_the_vault(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    base = tmp_path_factory.getbasetemp() / "any"
    root = base / "vault"
    if not root.exists():
        (root / "Projects").mkdir(parents=True)
        (root / ".obsidian").mkdir()
        (root / "Note.md").write_text("in the vault")
        (base / "canary.md").write_text(CANARY)
        (root / "out").symlink_to(base)
        (root / "hidden").symlink_to(root / ".obsidian")
        (root / "me").symlink_to(root)
        (root / "loop").symlink_to(root / "loop")
    try:
        found = resolve(root, text)
    except PathRefused:
        return
    inside = found.resolve().relative_to(root.resolve())
    assert inside.parts
    assert not any(part.startswith(".") for part in inside.parts)
