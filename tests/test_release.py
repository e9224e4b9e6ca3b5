"""What a release carries: one version in every manifest, the licences of others, extras that can be had."""

from __future__ import annotations

import json
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from release import notices
from release.version import ROOT, main, renewed, version


def test_every_manifest_has_the_version_of_cargo_toml():
    assert main(["--check"]) == 0
    assert {file.name for file in renewed()} >= {"package.json", "package-lock.json"}
    locked = {each["name"]: each["version"] for each in tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]}
    assert locked["librarian-native"] == version()


def test_a_tag_of_another_version_is_refused(capsys: pytest.CaptureFixture[str]):
    assert main(["--tag", version()]) == 0
    # Obsidian looks for a release whose tag is the bare version.
    for tag in ("999.0.0", f"v{version()}"):
        assert main(["--tag", tag]) == 1
        assert tag in capsys.readouterr().err


def test_a_new_version_reaches_every_kind_of_manifest_and_nothing_else_changes(tmp_path: Path):
    plugin = tmp_path / "obsidian-plugin"
    plugin.mkdir()
    (tmp_path / "Cargo.toml").write_text('[workspace.package]\nversion = "7.8.9"\n')
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "obsidian-plugin" / name, plugin / name)
    (plugin / "manifest.json").write_text('{"id": "vault-librarian", "version": "0.1.0", "minAppVersion": "1.8.0"}')
    (plugin / "versions.json").write_text('{"0.1.0": "1.7.0"}')
    texts = {file.name: text for file, text in renewed(tmp_path).items() if file.parent == plugin}
    for name in ("package.json", "package-lock.json"):
        assert texts[name].replace("7.8.9", version()) == (ROOT / "obsidian-plugin" / name).read_text(encoding="utf-8")
    assert json.loads(texts["package-lock.json"])["packages"][""]["version"] == "7.8.9"
    assert json.loads(texts["manifest.json"]) == {
        "id": "vault-librarian", "version": "7.8.9", "minAppVersion": "1.8.0",
    }  # fmt: skip
    assert json.loads(texts["versions.json"]) == {"0.1.0": "1.7.0", "7.8.9": "1.8.0"}
    assert renewed(tmp_path)[tmp_path / "manifest.json"] == texts["manifest.json"]


def host() -> str:
    """The system that is compiled for here, as rustc names it."""
    told = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout
    return next(line.removeprefix("host: ") for line in told.splitlines() if line.startswith("host: "))


def test_the_licences_of_all_that_is_compiled_in_are_told():
    told = notices.FILE.read_text(encoding="utf-8")
    names = told.partition(notices.RULE)[0].splitlines()
    listed = {line.strip().rsplit("  ", 1)[0] for line in names if line.startswith("  ")}
    compiled = notices.crates([host()], offline=True)
    assert {str(crate) for crate in compiled} - listed == set(), "make generated"
    locked = tomllib.loads((ROOT / "Cargo.lock").read_text(encoding="utf-8"))["package"]
    assert listed - {f"{each['name']} {each['version']}" for each in locked} == set(), "make generated"
    words = notices.sense(told)
    assert [str(crate) for crate in compiled if not all(notices.sense(text) in words for text in crate.texts())] == []


def test_audits_and_notices_are_of_the_same_systems_and_of_those_that_get_wheels():
    asked = tomllib.loads((ROOT / "deny.toml").read_text(encoding="utf-8"))["graph"]["targets"]
    assert asked == list(notices.SYSTEMS)


def test_the_large_extra_is_asked_for_by_nothing_else():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["optional-dependencies"]["transformers"] == ["sentence-transformers>=5"]
    assert not [each for each in project["dependencies"] if "torch" in each or "transformers" in each]
