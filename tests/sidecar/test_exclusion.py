"""What a person left out, in whatever spelling, is neither read nor sent."""

from __future__ import annotations

import json
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librarian import _native
from librarian._native import Exclusion
from librarian.edit import same_name
from librarian.lexical import LexicalIndex, PassLimits
from librarian.vault import AppSettings, read_app_settings

LETTERS = st.text(st.sampled_from("aAäÄßẞSsſσςΣıIİiKkÅ\u0301\u0307\u0345e éÉ潮🐚ﬁfFǅǆ/"), max_size=8)


def spellings(letter: str) -> set[str]:
    forms = {letter, letter.upper(), letter.lower(), letter.casefold(), letter.title(), letter.swapcase()}
    return forms | {unicodedata.normalize(form, each) for each in forms for form in ("NFC", "NFD")}


def test_every_letter_is_the_same_to_the_core_in_the_spellings_that_are_the_same_here() -> None:
    letters = (chr(code) for code in range(0x80, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    wrong = [
        (letter, other)
        for letter in letters
        if len(forms := spellings(letter)) > 1
        for other in forms
        if (f"{other}/a.md" in Exclusion([letter])) != (same_name(other) == same_name(letter))
    ]
    assert wrong == []


@given(LETTERS, LETTERS)
def test_a_folder_is_left_out_by_the_rule_that_tells_names_apart(folder: str, path: str) -> None:
    place, name = same_name(folder.strip("/")), same_name(path)
    is_below = bool(place) and (name == place or name.startswith(f"{place}/"))
    assert (path in Exclusion([folder])) == is_below


def test_a_name_that_is_no_unicode_is_a_name_too() -> None:
    assert "Private/\udcff.md" in Exclusion(["private"])
    assert "\udcff.md" not in Exclusion(["private"])


def app_json(vault: Path, **told: Any) -> None:
    (vault / ".obsidian").mkdir(parents=True)
    (vault / ".obsidian" / "app.json").write_text(json.dumps(told))


@pytest.mark.parametrize(
    "beside",
    [{"newLinkFormat": "of tomorrow"}, {"trashOption": None}, {"useMarkdownLinks": {}}, {}],
)
def test_a_setting_of_obsidian_that_is_not_known_lets_no_excluded_note_through(
    tmp_path: Path, beside: dict[str, Any]
) -> None:
    app_json(tmp_path, userIgnoreFilters=["Private/", None, 3], **beside)
    assert read_app_settings(tmp_path) == AppSettings(userIgnoreFilters=("Private/",))


def test_no_filters_take_no_other_setting_with_them(tmp_path: Path) -> None:
    app_json(tmp_path, userIgnoreFilters=None, trashOption="local")
    assert read_app_settings(tmp_path) == AppSettings(trashOption="local")


def test_patterns_of_a_hostile_vault_are_neither_slow_nor_large() -> None:
    filters = ["/(a+)+$/", "/" + "(x{1000}){1000}" + "/", *(f"/[^{number}]{{1,200}}z/" for number in range(1000))]
    exclusion = Exclusion([], filters)
    assert "a" * 5000 + "!" not in exclusion
    assert len(exclusion.unknown) == len(filters) - 100


def test_what_was_left_out_since_the_last_pass_is_read_by_no_model_before_the_next(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    (vault / "Private").mkdir(parents=True)
    (vault / "Private" / "Diary.md").write_text("CANARY")
    (vault / "Sea.md").write_text("Water")
    empty = _native.PassageVectors(tmp_path / "vectors", model="", dimensions=1)
    with ThreadPoolExecutor(1) as thread:

        def index(*folders: str) -> LexicalIndex:
            limits = PassLimits(Exclusion(folders), max_note_bytes=1000, threads=1, heap_bytes=20_000_000)
            return LexicalIndex(tmp_path / "index", vault, limits, thread, thread)

        before = index()
        before._refresh(before._index, lambda *_: True, trust_empty=False)
        assert set(before.without_vectors(empty)[0]) == {"Private/Diary.md", "Sea.md"}
        assert before.without_vectors(empty)[1] == []
        assert index("private").without_vectors(empty)[0] == ["Sea.md"]
