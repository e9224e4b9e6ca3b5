"""Measured vaults are copies: the notes outside hidden folders, and nothing a run wrote before."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from . import corpus


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(corpus, "cache_folder", lambda: tmp_path)
    root = tmp_path / "source"
    for name in ("a.md", "b/c.md", "b/.hidden/d.md", ".obsidian/e.md", "b/picture.png"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"12345")
    return root


def test_the_scale_corpus_is_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(corpus.platformdirs, "user_cache_path", lambda name: tmp_path / name)
    with pytest.raises(FileNotFoundError, match="LIBRARIAN_CORPORA"):
        corpus.scale_corpus(tmp_path)
    (tmp_path / "n.md").write_text("text")
    with tarfile.open(tmp_path / "vault-100k.tar.xz", "w:xz") as archive:
        archive.add(tmp_path / "n.md", "folder/n.md")
    unpacked = corpus.scale_corpus(tmp_path)
    assert (unpacked / "folder/n.md").read_text() == "text"
    (tmp_path / "vault-100k.tar.xz").unlink()
    assert corpus.scale_corpus(tmp_path) == unpacked
    assert [entry.name for entry in unpacked.parent.iterdir()] == ["vault-100k"]


def test_a_vault_is_its_notes_outside_hidden_folders(source: Path):
    vault = corpus.vault_at(source)
    assert vault.files == ("a.md", "b/c.md")
    assert vault.text_bytes == 10


def test_a_folder_without_notes_is_an_error(source: Path):
    with pytest.raises(FileNotFoundError, match="no notes below"):
        corpus.vault_at(source / "nowhere")


def test_a_copy_is_made_once_and_loses_what_a_run_wrote(source: Path):
    copy = corpus.private_copy(corpus.vault_at(source), "copy")
    (copy.root / corpus.SAVED_FOLDER).mkdir()
    (copy.root / corpus.SAVED_FOLDER / "x.md").write_text("x")
    made = (copy.root / "a.md").stat().st_ino
    assert corpus.private_copy(corpus.vault_at(source), "copy") == copy
    assert (copy.root / "a.md").stat().st_ino == made


def test_a_source_that_has_changed_is_copied_again(source: Path):
    corpus.private_copy(corpus.vault_at(source), "copy")
    (source / "later.md").write_text("x")
    assert corpus.private_copy(corpus.vault_at(source), "copy").files == ("a.md", "b/c.md", "later.md")


def test_an_interrupted_copy_is_made_again(source: Path):
    copy = corpus.private_copy(corpus.vault_at(source), "copy")
    (source.parent / "copy.complete").unlink()
    (copy.root / "a.md").unlink()
    assert corpus.private_copy(corpus.vault_at(source), "copy").files == ("a.md", "b/c.md")


def test_a_sample_is_drawn_by_seed_and_is_part_of_the_whole(source: Path):
    whole = corpus.vault_at(source)
    sample = corpus.tenth(whole, notes=1)
    assert len(sample.files) == 1
    assert set(sample.files) < set(whole.files)
    assert corpus.tenth(whole, notes=2) is whole
