"""The command that lists, downloads and chooses models."""

from __future__ import annotations

import shutil
import socket
import sys
import time
from pathlib import Path

import pytest
from tests.e2e.conftest import Desk, interrupted

sys.path.append(str(Path(__file__).parents[1] / "sidecar"))
import model_folders


@pytest.fixture
def own(tmp_path: Path) -> Desk:
    """A person with an empty vault, who is offline."""
    (tmp_path / "vault" / ".obsidian").mkdir(parents=True)
    offline = {name: "http://127.0.0.1:1" for name in ("https_proxy", "HTTPS_PROXY", "all_proxy")}
    return Desk(tmp_path / "vault", tmp_path, offline)


def in_use(desk: Desk, *arguments: str) -> list[str]:
    return [row["name"] for row in desk.json("models", *arguments) if row["inUse"]]


def test_the_list_says_what_is_in_use_and_what_each_costs(own: Desk):
    shown = own.text("models")
    assert shown.splitlines()[0].startswith("● default")
    for name in ("potion-multilingual-128M", "all-MiniLM-L6-v2", "multilingual-e5-small"):
        assert name in shown
    rows = own.json("models", "list")
    assert [row["name"] for row in rows if row["onDisk"]] == ["default"]
    assert all(row["megabytes"] > 0 and row["licence"] for row in rows)
    assert own.json("models") == rows


def test_a_folder_with_a_model_is_used_for_all_vaults_or_for_one(own: Desk, tmp_path: Path):
    model = model_folders.static(tmp_path / "mine")
    assert own.json("models", "use", str(model)) == {"model": str(model), "instant": True, "dimensions": 5}
    assert in_use(own) == [str(model)]
    assert "○ default" in own.text("models")
    assert "is used" in own.text("models", "use", "default")
    assert in_use(own) == ["default"]
    own.text("models", "use", "mine", "--vault", str(own.vault), cwd=tmp_path)
    assert in_use(own) == ["default"]
    assert in_use(own, "--vault", str(own.vault)) == [str(model)]
    own.text("models", "use", str(model))
    own.text("models", "use", "default", "--vault", str(own.vault))
    assert in_use(own) == [str(model)]
    assert in_use(own, "--vault", str(own.vault)) == ["default"]


def test_a_model_that_is_downloaded_is_used_by_its_name(own: Desk):
    assert "librarian models download potion-base-8M" in own.error("models", "use", "potion-base-8M", code=5)
    model_folders.static(own.data / "models" / "potion-base-8M")
    own.text("models", "use", "potion-base-8M")
    assert in_use(own) == ["potion-base-8M"]
    assert own.json("config", "show")["model"] == "potion-base-8M"


def test_what_cannot_be_used_changes_nothing(own: Desk, tmp_path: Path):
    model = model_folders.static(own.vault / "mine")
    assert "inside a vault" in own.error("models", "use", str(model), code=5)
    outside = Path(shutil.copytree(model, tmp_path / "outside"))
    (outside / "pytorch_model.bin").write_bytes(b"")
    assert "may carry code" in own.error("models", "use", str(outside), code=5)
    assert "potion-base-8M" in own.error("models", "use", "no-such-model", code=5)
    assert in_use(own) == ["default"]


def test_doctor_finds_a_model_that_is_chosen_and_gone(own: Desk, tmp_path: Path):
    model = model_folders.static(tmp_path / "mine")
    own.text("models", "use", str(model), "--vault", str(own.vault))
    assert f"The model {model} can be used" in own.text("doctor")
    (model / "tokenizer.json").unlink()
    shown = own.text("doctor", code=1)
    assert "has no file tokenizer.json" in shown
    assert "librarian models use default" in shown


def test_a_download_that_cannot_be_is_told(own: Desk):
    assert "potion-base-8M" in own.error("models", "download", "no-such-model", code=2)
    said = own.error("models", "download", "potion-base-8M", code=5)
    assert "huggingface.co cannot be reached" in said
    assert in_use(own) == ["default"]
    if sys.platform != "win32":
        assert (own.data / "models").stat().st_mode & 0o077 == 0


@pytest.mark.elsewhere(sys.platform == "win32", reason="no SIGINT for one process alone")
def test_a_download_that_stalls_is_stopped_by_ctrl_c_at_once(own: Desk):
    with socket.create_server(("127.0.0.1", 0)) as stalled:
        stalled.settimeout(0)
        proxy = f"http://127.0.0.1:{stalled.getsockname()[1]}"
        desk = Desk(own.vault, own.home, {"https_proxy": proxy, "HTTPS_PROXY": proxy})
        held: list[socket.socket] = []

        def is_asked() -> bool:
            try:
                held.append(stalled.accept()[0])
            except BlockingIOError:
                return False
            return True

        started = time.monotonic()
        assert interrupted(desk, "models", "download", "potion-base-8M", when=is_asked) == 130
        assert time.monotonic() - started < 60, "it waited for the connection to time out"
        for connection in held:
            connection.close()
