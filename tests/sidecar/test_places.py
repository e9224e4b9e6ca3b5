"""Files are private, short socket paths are found, and a vault has one owner."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from librarian.errors import VaultHeld
from librarian.places import Places, VaultLock, owner, vault_id, write_whole

posix = pytest.mark.elsewhere(os.name == "nt", reason="modes of files are POSIX's")
HOLD = """
import sys
from pathlib import Path
from librarian.places import Places, VaultLock
lock = VaultLock(Places(Path(sys.argv[1]), Path(sys.argv[1])).vault(Path(sys.argv[2])))
lock.acquire(socket=Path("/somewhere/1.sock"))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(data=tmp_path / "data", config=tmp_path / "config")


def test_the_variables_of_the_environment_choose_the_folders(tmp_path: Path) -> None:
    ours = Places.of(
        {"LIBRARIAN_DATA": str(tmp_path / "d"), "LIBRARIAN_CONFIG": str(tmp_path / "c"), "XDG_DATA_HOME": "/elsewhere"}
    )
    assert (ours.data, ours.config) == (tmp_path / "d", tmp_path / "c")
    assert Places.of({"XDG_DATA_HOME": str(tmp_path)}).data == tmp_path / "vault-librarian"
    assert Places.of({"XDG_DATA_HOME": "relative"}).data == Places.of({}).data
    assert Places.of({}).data.name == "vault-librarian"


def test_a_vault_has_one_id_however_its_path_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "My Vault é 日本"
    root.mkdir()
    (tmp_path / "link").symlink_to(root)
    monkeypatch.chdir(tmp_path)
    ids = {vault_id(path) for path in (root, tmp_path / "link", root / ".", Path("My Vault é 日本"))}
    assert len(ids) == 1
    assert ids.pop().startswith("my-vault-e-")


def test_vaults_of_one_name_in_two_places_have_two_ids(tmp_path: Path) -> None:
    assert vault_id(tmp_path / "a" / "notes") != vault_id(tmp_path / "b" / "notes")
    assert vault_id(Path("/日本")).startswith("vault-")


@posix
def test_folders_are_closed_to_others_even_when_they_were_open(places: Places, tmp_path: Path) -> None:
    places.data.mkdir(mode=0o755)
    vault = places.vault(tmp_path)
    vault.create()
    for folder in (places.data, vault.folder, vault.lexical, vault.cache):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [found.id for found in places.vaults()] == [vault_id(tmp_path)]


def test_a_second_process_is_told_who_holds_the_vault(places: Places, tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, places.data, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(VaultHeld) as refused:
            VaultLock(places.vault(tmp_path)).acquire()
        assert refused.value.data == {"pid": child.pid}
        holder = owner(places.vault(tmp_path))
        assert holder is not None
        assert holder.socket == "/somewhere/1.sock"
        child.kill()
        child.wait()
        assert owner(places.vault(tmp_path)) is None
        with VaultLock(places.vault(tmp_path)):
            now = owner(places.vault(tmp_path))
            assert now is not None
            assert now.pid == os.getpid()


def test_one_process_cannot_hold_a_vault_twice(places: Places, tmp_path: Path) -> None:
    vault = places.vault(tmp_path)
    with VaultLock(vault), pytest.raises(VaultHeld):
        VaultLock(vault).acquire()
    VaultLock(vault).acquire()


def test_a_process_that_only_inherited_the_number_is_not_named(places: Places, tmp_path: Path) -> None:
    vault = places.vault(tmp_path)
    vault.create()
    me = psutil.Process()
    for record in (
        {"pid": me.pid, "created": me.create_time() - 500, "socket": None},
        {"pid": 2**22 + 1, "created": 1.0, "socket": None},
        {"pid": "x"},
        [],
    ):
        vault.owner.write_text(json.dumps(record))
        assert owner(vault) is None
    vault.owner.write_text("{")
    assert owner(vault) is None


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "settings.json"
    write_whole(target, b"old")
    monkeypatch.setattr(os, "fsync", _no_room)
    with pytest.raises(OSError, match="No space"):
        write_whole(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def _no_room(_: int) -> None:
    raise OSError(28, "No space left on device")
