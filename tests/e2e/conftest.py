"""A copy of the example vault, indexed once, and the command line run on it as a person would."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SIDECAR_TOKEN = "t" * 43


@dataclass(frozen=True)
class Desk:
    """A vault, a data folder of its own, and the command line."""

    vault: Path
    home: Path
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIBRARIAN_", "XDG_"))}
        for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
            kept.pop(name, None)
        own = {"LIBRARIAN_DATA": str(self.data), "LIBRARIAN_CONFIG": str(self.home / "config"), "PYTHONUTF8": "1"}
        return {**kept, **own, **self.extra}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "librarian", *arguments]

    def run(self, *arguments: str, cwd: Path | None = None, **options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments), cwd=cwd or self.vault, env=self.environment, capture_output=True,
            encoding="utf-8", timeout=120, check=False, **options,
        )  # fmt: skip

    def text(self, *arguments: str, code: int = 0, cwd: Path | None = None) -> str:
        """What a command prints, once it ended with ``code``."""
        done = self.run(*arguments, cwd=cwd)
        assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout

    def json(self, *arguments: str, code: int = 0) -> Any:
        return json.loads(self.text(*arguments, "--json", code=code))

    def error(self, *arguments: str, code: int, cwd: Path | None = None) -> str:
        """What a command says on standard error when it fails with ``code``."""
        done = self.run(*arguments, cwd=cwd)
        assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr, done.stderr
        return done.stderr


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The example vault, indexed. Tests leave it as it is."""
    home = tmp_path_factory.mktemp("desk")
    shutil.copytree(ROOT / "example-vault", home / "vault")
    made = Desk(vault=home / "vault", home=home)
    made.text("index")
    return made


@pytest.fixture
def own(tmp_path: Path) -> Desk:
    """The example vault, to be changed."""
    shutil.copytree(ROOT / "example-vault", tmp_path / "vault")
    made = Desk(vault=tmp_path / "vault", home=tmp_path)
    made.text("index")
    return made


@pytest.fixture
def new_desk(tmp_path: Path) -> Callable[[dict[str, str]], Desk]:
    """Makes a vault of the given notes, not indexed yet."""

    def make(notes: dict[str, str]) -> Desk:
        vault = tmp_path / "vault"
        (vault / ".obsidian").mkdir(parents=True)
        for path, content in notes.items():
            (vault / path).parent.mkdir(parents=True, exist_ok=True)
            (vault / path).write_text(content, encoding="utf-8")
        return Desk(vault=vault, home=tmp_path)

    return make


def bytes_of(vault: Path) -> dict[str, bytes]:
    """Every file by its path, but those in the trash."""
    return {
        path.relative_to(vault).as_posix(): path.read_bytes()
        for path in sorted(vault.rglob("*"))
        if path.is_file() and ".trash" not in path.parts
    }


def demonstrate(environment: dict[str, str], *command: str) -> None:
    """Run the demonstration, with the librarian that ``command`` names or our own, and see that it shows what it says."""
    vault = ROOT / "example-vault"
    before = sorted(vault.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.demo", *command], cwd=ROOT, capture_output=True, encoding="utf-8",
        env={name: value for name, value in environment.items() if not name.startswith("LIBRARIAN_")},
        timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    for expected in (
        "150 notes", "Recipes/Rye Sourdough.md", "Ecology/Surface elevation table.md", "window of opportunity",
        "中文/互花米草.md", "日本語/味噌汁の作り方.md", "עברית/זיכרונות מחיפה.md", "People/Greta Moll.md", "Linked from",
        "broken links", "{+440+} g water", "trashes  Recipes/Rye Sourdough.md", "To have it again", "How long it took", "What to do next",
    ):  # fmt: skip
        assert expected in done.stdout, expected
    assert "\x1b" not in done.stdout
    assert sorted(vault.rglob("*")) == before


@contextmanager
def sidecar(desk: Desk) -> Iterator[subprocess.Popen[str]]:
    """``librarian serve`` as an editor starts it, with the vault open; gives the process."""
    from websockets.sync.client import connect

    process = subprocess.Popen(
        desk.command("serve"), env=desk.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, encoding="utf-8",
    )  # fmt: skip
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"token": SIDECAR_TOKEN}) + "\n")
        process.stdin.flush()
        ready = json.loads(process.stdout.readline())
        protocols = ["librarian.v1", f"bearer.{SIDECAR_TOKEN}"]
        with connect(f"ws://127.0.0.1:{ready['port']}/", subprotocols=protocols, origin="app://obsidian.md") as client:
            _ask(client, "session.initialize", {"client": {"name": "test", "version": "1"}})
            _ask(client, "vault.open", {"path": str(desk.vault)})
            yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(30)
        finally:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


def _ask(client: Any, method: str, params: dict[str, Any]) -> Any:
    client.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
    while "id" not in (answer := json.loads(client.recv(60))):
        pass
    assert "result" in answer, answer
    return answer["result"]


@contextmanager
def holder(desk: Desk) -> Iterator[int]:
    """A process that holds the vault and has no door; gives its pid."""
    hold = (
        "import sys, pathlib\nfrom librarian.places import Places, VaultLock\n"
        "with VaultLock(Places.of().vault(pathlib.Path(sys.argv[1]))):\n"
        "    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", hold, str(desk.vault)], env=desk.environment, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process.pid
    finally:
        process.communicate("")


def interrupted(desk: Desk, *arguments: str, when: Callable[[], bool]) -> int:
    """The exit code of a command that gets Ctrl-C as soon as ``when`` holds; fails when it ends before."""
    process = subprocess.Popen(
        desk.command(*arguments), cwd=desk.vault, env=desk.environment, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not when():
        assert process.poll() is None, "it ended before it could be interrupted"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert "Traceback" not in told, told
    return process.returncode
