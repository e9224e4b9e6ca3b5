"""Measured vaults are copies: the notes outside hidden folders, and nothing a run wrote before."""

from __future__ import annotations

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


def test_a_vault_is_its_notes_outside_hidden_folders(source: Path):
    vault = corpus.vault_at(source)
    assert vault.files == ("a.md", "b/c.md")
    assert vault.text_bytes == 10


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
