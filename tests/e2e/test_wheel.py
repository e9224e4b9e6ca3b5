"""The packages: what is in them, and that the wheel works where there is nothing but it and what it asks for.

``make test`` builds them before, and fetches what they ask for, so that nothing here needs the network or a compiler.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from release.version import version
from tests.e2e.conftest import ROOT, demonstrate

PACKAGE = "sidecar/librarian"
WHEELHOUSE = ROOT / "target" / "wheelhouse"


@dataclass(frozen=True)
class Installed:
    """An environment in which nothing but the wheel was installed."""

    folder: Path

    @property
    def programs(self) -> Path:
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def packages(self) -> Path:
        return next(self.folder.rglob("site-packages"))

    @property
    def environment(self) -> dict[str, str]:
        """What the machine has set, without what would lead back to this checkout or to somebody's own data."""
        foreign = ("PYTHON", "PIP_", "VIRTUAL_ENV", "LIBRARIAN_", "XDG_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        home = {"LIBRARIAN_DATA": str(self.folder / "data"), "LIBRARIAN_CONFIG": str(self.folder / "config")}
        return {**kept, **home, "PYTHONUTF8": "1"}

    def run(self, program: str, *arguments: str) -> str:
        """What a program of this environment prints, run outside the checkout."""
        done = subprocess.run(
            [self.programs / program, *arguments], cwd=self.folder, env=self.environment, capture_output=True,
            encoding="utf-8", timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def files(folder: str) -> set[str]:
    """Paths of our files below ``folder``: what git knows, and what it would take in."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", folder],
        cwd=ROOT, check=True, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    return {path for path in listed.stdout.split("\0") if path and (ROOT / path).is_file()}


@pytest.fixture(scope="module")
def wheel() -> Path:
    wheels = list((ROOT / "dist").glob("*.whl"))
    if len(wheels) != 1 or not WHEELHOUSE.is_dir():
        pytest.skip("needs the wheel: make dist/.built target/wheelhouse/.filled")
    newest = max((ROOT / path).stat().st_mtime for path in files("native/src") | files(PACKAGE))
    if wheels[0].stat().st_mtime < newest:
        pytest.skip("the wheel is older than the sources: make dist/.built")
    return wheels[0]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    made = Installed(tmp_path_factory.mktemp("installed") / "environment")
    venv.create(made.folder, with_pip=False)
    subprocess.run(
        [
            sys.executable, "-m", "pip", "--python", made.folder, "install", "--quiet", "--no-compile",
            "--disable-pip-version-check", "--no-index", "--find-links", WHEELHOUSE, wheel,
        ],
        check=True,
    )  # fmt: skip
    return made


def test_one_wheel_serves_every_python_from_the_oldest_promised(wheel: Path):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest = project["requires-python"].removeprefix(">=").replace(".", "")
    name, of, python, abi, _ = wheel.stem.split("-")
    assert (name, of, python, abi) == ("vault_librarian", version(), f"cp{oldest}", "abi3")


def test_the_wheel_holds_the_package_as_it_is_and_nothing_beside_it(wheel: Path):
    with zipfile.ZipFile(wheel) as held:
        names = {name for name in held.namelist() if not re.search(r"^librarian/_native[^/]*\.(so|pyd)$", name)}
        assert len(held.namelist()) == len(names) + 1, "one compiled core"
        ours = {path.removeprefix("sidecar/") for path in files(PACKAGE)}
        told = f"vault_librarian-{version()}.dist-info"
        notes = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "sboms/librarian-native.cyclonedx.json"}
        licences = {"licenses/LICENSE", "licenses/THIRD-PARTY-LICENSES.txt"}
        assert names == ours | {f"{told}/{name}" for name in notes | licences}
        assert {"librarian/py.typed", "librarian/_native.pyi"} <= ours
        assert [name for name in ours if held.read(name) != (ROOT / "sidecar" / name).read_bytes()] == []
        for name in licences:
            assert held.read(f"{told}/{name}") == (ROOT / Path(name).name).read_bytes()


def test_the_source_distribution_holds_what_a_build_needs_and_nothing_beside_it(wheel: Path):
    beside = {"Cargo.lock", "Cargo.toml", "LICENSE", "README.md", "THIRD-PARTY-LICENSES.txt", "pyproject.toml"}
    name = f"vault_librarian-{version()}"
    with tarfile.open(wheel.with_name(f"{name}.tar.gz")) as held:
        names = {each.name.removeprefix(f"{name}/") for each in held if each.isfile()}
    assert names == files("native") | files(PACKAGE) | beside | {"PKG-INFO"}


def test_the_installed_package_sees_nothing_of_the_checkout(installed: Installed):
    shown = installed.run(
        "python", "-c", "import librarian._native, sys; print(librarian.__file__, *sys.path, sep='\\n')"
    )
    assert Path(shown.splitlines()[0]).is_relative_to(installed.packages)
    assert str(ROOT) not in shown


def test_the_installed_command_tells_its_version_and_its_commands(installed: Installed):
    assert installed.run("librarian", "--version").split() == ["librarian", version()]
    assert "search" in installed.run("librarian", "--help")


def test_the_demonstration_runs_from_the_wheel(installed: Installed):
    demonstrate(installed.environment, str(installed.programs / "librarian"))


def test_the_stub_tells_the_truth_of_the_installed_core(installed: Installed):
    # Which stub is read, and which module is imported.
    config = installed.folder / "mypy.ini"
    config.write_text(f"[mypy]\npython_executable = {installed.programs / 'python'}\n", encoding="utf-8")
    environment = {**installed.environment, "PYTHONPATH": str(installed.packages)}
    done = subprocess.run(
        [
            sys.executable, "-m", "mypy.stubtest", "librarian._native", "--ignore-disjoint-bases",
            "--mypy-config-file", config,
        ],
        cwd=installed.folder, env=environment, capture_output=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Success" in done.stdout
