"""The workflows: actions pinned to commits, no permission that is not needed, only commands that exist."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.y*ml"))
WRITES = {
    ("release.yml", "publish", "id-token"),
    ("release.yml", "publish-plugin", "contents"),
    ("release.yml", "publish-plugin", "id-token"),
    ("release.yml", "publish-plugin", "attestations"),
}
"""Workflow, job and a permission that lets it change anything."""


def workflow(file: Path) -> dict[str, Any]:
    loaded: dict[Any, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    # YAML 1.1 reads the key `on` as true.
    return {"on" if key is True else key: value for key, value in loaded.items()}


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Workflow's file, job's name and the job, of all there are."""
    for file in WORKFLOWS:
        for name, job in workflow(file)["jobs"].items():
            yield file.name, name, job


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    """Workflow's file and step, of all there are."""
    for file, _, job in jobs():
        for step in job.get("steps", ()):
            yield file, step


def test_there_are_workflows_for_checks_audits_releases_and_obsidian():
    assert {file.name for file in WORKFLOWS} == {"audit.yml", "checks.yml", "obsidian.yml", "release.yml"}


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_every_action_is_pinned_to_a_commit_and_says_of_which_version(file: Path):
    used = re.findall(r"\buses:\s*(.+)", file.read_text(encoding="utf-8"))
    strangers = [each for each in used if not each.startswith("./")]
    assert strangers
    assert [
        each for each in strangers if not re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)
    ] == []
    for ours in set(used) - set(strangers):
        assert (ROOT / ours).is_file(), ours


def test_an_action_is_of_one_version_everywhere():
    text = "\n".join(file.read_text(encoding="utf-8") for file in WORKFLOWS)
    pins = set(re.findall(r"uses: ([\w./-]+)@(\S+) # (\S+)", text))
    assert len(pins) == len({action for action, _, _ in pins})


def test_nothing_is_permitted_but_reading_and_what_publishing_needs():
    for file in WORKFLOWS:
        assert workflow(file)["permissions"] == {}, file.name
    writes = set()
    for file, name, job in jobs():
        assert isinstance(job["permissions"], dict), (file, name)
        writes |= {(file, name, what) for what, how in job["permissions"].items() if how != "read"}
    assert writes == WRITES
    assert not [file.name for file in WORKFLOWS if "secrets." in file.read_text(encoding="utf-8")]
    assert not [file.name for file in WORKFLOWS if "pull_request_target" in workflow(file)["on"]]


def test_a_checkout_leaves_no_credentials_behind():
    checkouts = [(file, step) for file, step in steps() if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert [file for file, step in checkouts if step["with"].get("persist-credentials") is not False] == []


def test_no_command_is_put_together_from_what_strangers_write():
    assert [step["run"] for _, step in steps() if "${{" in step.get("run", "")] == []


def test_every_job_ends_and_waits_for_jobs_that_exist():
    for file, name, job in jobs():
        assert "timeout-minutes" in job or "uses" in job, (file, name)
        needed = job.get("needs", [])
        beside = workflow(ROOT / ".github" / "workflows" / file)["jobs"]
        assert {needed} if isinstance(needed, str) else set(needed) <= beside.keys(), (file, name)


def test_only_commands_that_exist_are_run():
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    runs = [step["run"] for _, step in steps() if "run" in step]
    made = {target for run in runs for target in re.findall(r"^make ([a-z-]+)$", run, re.MULTILINE)}
    assert {"check", "dist", "audit"} <= made <= targets
    assert ".ci/run" in {word for run in runs for word in run.split()}
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    modules = {name for run in runs for name in re.findall(r"-m ((?:tests|release)\.[\w.]+)", run)}
    assert modules == {"release.version", "tests.e2e.demo"}
    assert [name for name in modules if not (ROOT / f"{name.replace('.', '/')}.py").is_file()] == []


def test_a_release_has_the_three_files_that_obsidian_takes_and_no_others_each_attested():
    job = workflow(ROOT / ".github" / "workflows" / "release.yml")["jobs"]
    kept = next(
        step["with"]["path"].split() for step in job["plugin"]["steps"] if "upload-artifact" in step.get("uses", "")
    )
    published = job["publish-plugin"]["steps"]
    release = next(step["run"].split() for step in published if "gh release create" in step.get("run", ""))
    attached = [word for word in release if word.startswith("plugin/")]
    assert sorted(Path(each).name for each in kept) == sorted(Path(each).name for each in attached)
    assert sorted(attached) == ["plugin/main.js", "plugin/manifest.json", "plugin/styles.css"]
    assert "--verify-tag" in release
    assert [step["with"]["subject-path"] for step in published if "attest" in step.get("uses", "")] == ["plugin/*"]
    # The wheels and the source distribution go to the package index, attested, too, and after all checks.
    assert job["publish"]["needs"] == ["checks", "wheel", "sdist"]
    assert job["publish"]["steps"][-1]["with"]["attestations"] is True


def test_nothing_is_released_whose_tag_is_not_the_version():
    job = workflow(ROOT / ".github" / "workflows" / "release.yml")["jobs"]
    assert 'release.version --tag "$GITHUB_REF_NAME"' in job["version"]["steps"][-1]["run"]
    assert {name for name in job if name != "version" and "version" not in job[name]["needs"]} == {
        "publish",
        "publish-plugin",
    }


def test_maturin_in_a_release_is_the_one_that_was_tested():
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    tested = re.findall(r"^maturin==(\S+)$", constraints, re.MULTILINE)
    asked = {step["with"]["maturin-version"] for _, step in steps() if "PyO3/maturin-action" in step.get("uses", "")}
    assert asked == {f"v{each}" for each in tested}


def test_every_system_gets_its_wheel():
    from release.notices import SYSTEMS

    matrix = workflow(ROOT / ".github" / "workflows" / "release.yml")["jobs"]["wheel"]["strategy"]["matrix"]
    assert sorted(each["target"] for each in matrix["include"]) == sorted(SYSTEMS)


@pytest.mark.elsewhere(os.name == "nt", reason="a step for a Linux machine")
def test_tests_run_on_every_python_that_the_classifiers_promise(tmp_path: Path):
    checks = workflow(ROOT / ".github" / "workflows" / "checks.yml")["jobs"]
    read = next(step["run"] for step in checks["pythons"]["steps"] if step.get("id") == "read")
    output = tmp_path / "output"
    subprocess.run(["bash", "-euc", read], cwd=ROOT, check=True, env={**os.environ, "GITHUB_OUTPUT": str(output)})
    versions = json.loads(output.read_text().removeprefix("versions="))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [f"Programming Language :: Python :: {each}" for each in versions] == [
        each for each in project["classifiers"] if "Python :: 3." in each
    ]
    assert f">={versions[0]}" == project["requires-python"]
    assert "needs.pythons.outputs.versions" in checks["test"]["strategy"]["matrix"]["python"]
