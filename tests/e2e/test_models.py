"""The command that lists, downloads and chooses models."""

from __future__ import annotations

import hashlib
import json
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


def with_file(desk: Desk, name: str = "mine.gguf") -> Path:
    """A model file as a download leaves it."""
    content = b"GGUF works"
    file = desk.data / "models" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    pin = {"repository": "owner/Mine", "revision": "a" * 40, "file": name, "sha256": digest, "size": len(content)}
    file.with_name(f"{name}.json").write_text(json.dumps(pin))
    return file


def test_model_files_are_listed_with_what_is_offered_and_used_by_name(own: Desk):
    desk = Desk(own.vault, own.home, {"PYTHONPATH": str(Path(__file__).parents[1] / "sidecar" / "pretend")})
    with_file(desk)
    rows = {row["name"]: row for row in desk.json("models") if row.get("writes")}
    assert [name for name, row in rows.items() if row["onDisk"]] == ["mine.gguf"]
    assert rows["mine.gguf"]["source"] == f"owner/Mine@{'a' * 40}"
    assert rows["Qwen3-4B-Q4_K_M.gguf"]["licence"] == "Apache-2.0"
    assert desk.json("models", "use", "mine.gguf") == {"provider": "embedded", "model": "mine.gguf"}
    assert in_use(desk) == ["default", "mine.gguf"]
    assert "● mine.gguf" in desk.text("models")
    assert desk.text("providers", "models") == "mine.gguf\n"
    assert "The provider embedded can be asked" in desk.run("doctor").stdout
    assert "librarian models download Qwen3" in desk.error("models", "use", "Qwen3-4B-Q4_K_M.gguf", code=5)
    assert desk.json("config", "show")["chat_model"] == "mine.gguf"
    assert "removed" in desk.text("models", "remove", "mine.gguf")
    assert list((desk.data / "models").iterdir()) == []
    assert "librarian models" in desk.error("models", "remove", "mine.gguf", code=1)
    assert "has no model 'mine.gguf'" in desk.run("doctor").stdout


def test_without_llama_cpp_model_files_say_what_to_install(own: Desk):
    file = with_file(own)
    (own.vault / "Note.md").write_text("The marsh floods twice a day.")
    assert "uv tool install '.[llamacpp]'" in own.error("models", "use", str(file), code=5)
    own.text("config", "set", "provider", "embedded")
    own.text("config", "set", "chat_model", str(file))
    assert "uv tool install '.[llamacpp]'" in own.text("providers", "test", code=1)
    assert "uv tool install '.[llamacpp]'" in own.error("summarise", "--method", "model", "Note", code=5)


def test_a_file_of_the_hub_is_asked_for_only_by_what_can_be_one(own: Desk):
    assert "OWNER/REPOSITORY/FILE.gguf" in own.error("models", "download", "mine.gguf", code=2)
    assert "offered here with the SHA-256" in own.error(
        "models", "download", "Qwen3-4B-Q4_K_M.gguf", "--sha256", "0" * 64, code=2
    )
    assert "64 letters" in own.error("models", "download", "o/R/x.gguf", "--sha256", "abc", code=2)
    assert "--sha256 is for" in own.error("models", "download", "potion-base-8M", "--sha256", "0" * 64, code=2)
    for name in ("o/R/x.gguf", "Qwen3-4B-Q4_K_M.gguf"):
        assert "huggingface.co cannot be reached" in own.error("models", "download", name, code=5)
