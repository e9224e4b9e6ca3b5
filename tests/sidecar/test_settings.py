"""A settings file is never an obstacle: what is wrong in it becomes a default and is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librarian import settings
from librarian.errors import SettingInvalid
from librarian.settings import Settings

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def write(file: Path, content: object) -> bytes:
    file.parent.mkdir(exist_ok=True)
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    file.write_bytes(raw)
    return raw


def test_without_a_file_everything_is_a_default(file: Path) -> None:
    loaded = settings.load(file)
    assert loaded.shared == Settings()
    assert not loaded.notices
    assert not file.parent.exists()


def test_a_vaults_own_choice_goes_before_the_shared_one(file: Path) -> None:
    settings.change(file, "max_note_mb", 5)
    settings.change(file, "excluded_folders", ["Archive"], vault_id="garden-1")
    loaded = settings.change(file, "max_note_mb", 7, vault_id="garden-1")
    assert not loaded.notices
    assert loaded.of("garden-1").max_note_mb == 7
    assert loaded.of("garden-1").excluded_folders == ("Archive",)
    assert loaded.of("other").max_note_mb == 5
    assert settings.change(file, "max_note_mb", None, vault_id="garden-1").of("garden-1").max_note_mb == 5
    assert file.stat().st_mode & 0o077 == 0


WRONG = [
    ("max_note_mb", "20"), ("max_note_mb", True), ("max_note_mb", 1.5), ("max_note_mb", -1), ("max_note_mb", 10**30), ("max_note_mb", None),
    ("watch", "yes"), ("watch", 1), ("excluded_folders", "Archive"), ("excluded_folders", [1]), ("excluded_folders", ["/etc"]),
    ("excluded_folders", ["a\\b"]), ("excluded_folders", [""]), ("catalog_memory_mb", {}), ("maxNoteMb", 5), ("colour", "red"), ("", 1),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_becomes_its_default_with_a_notice_and_a_backup(file: Path, name: str, value: object) -> None:
    before = write(file, {"version": 1, "settings": {name: value, "catalog_threads": 3}})
    loaded = settings.load(file)
    assert loaded.shared == Settings(catalog_threads=3)
    assert len(loaded.notices) == 2
    assert file.with_name("settings.json.bak").read_bytes() == before
    again = settings.load(file)
    assert again.shared == Settings(catalog_threads=3)
    assert not again.notices


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"\xff\xfe{}", b"[]", b"null", b"[" * 100_000, b"1e999", b" " * 2_000_000, {"settings": {}}, {"version": 0, "settings": []},
        {"version": 99}, {"version": "1"}, {"version": True}, {"version": 1, "vaults": []}, {"version": 1, "vaults": {"x": 3}}, {"version": 1, "extra": 1},
    ],
    ids=lambda content: repr(content)[:30],
)  # fmt: skip
def test_a_file_that_is_no_settings_file_is_kept_and_replaced(file: Path, content: object) -> None:
    before = write(file, content)
    loaded = settings.load(file)
    assert loaded.shared == Settings()
    assert loaded.notices
    assert file.with_name("settings.json.bak").read_bytes() == before
    assert not settings.load(file).notices


def test_an_older_file_keeps_what_is_still_known(file: Path) -> None:
    write(file, {"version": 0, "settings": {"max_note_mb": 9, "gone": 1}})
    loaded = settings.load(file)
    assert loaded.shared.max_note_mb == 9
    assert any("older" in notice for notice in loaded.notices)


def test_a_wrong_choice_is_refused_and_changes_nothing(file: Path) -> None:
    settings.change(file, "max_note_mb", 5)
    before = file.read_bytes()
    for name, value in WRONG:
        if value is not None:
            with pytest.raises(SettingInvalid):
                settings.change(file, name, value)
    with pytest.raises(SettingInvalid, match="no setting"):
        settings.change(file, "colour", None)
    assert file.read_bytes() == before


def test_values_typed_on_a_command_line_are_understood() -> None:
    assert settings.parse("max_note_mb", "30") == 30
    assert settings.parse("watch", "false") is False
    assert settings.parse("excluded_folders", "Archive, Old notes/2019") == ("Archive", "Old notes/2019")
    assert settings.parse("excluded_folders", '["A, B"]') == ("A, B",)
    for name, text in (("max_note_mb", "many"), ("watch", "on"), ("nothing", "1")):
        with pytest.raises(SettingInvalid):
            settings.parse(name, text)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*Settings.model_fields, "x"]), inner, max_size=3)
    ),
)


@given(st.fixed_dictionaries({}, optional={"version": json_values, "settings": json_values, "vaults": json_values}))
def test_any_json_loads_and_settles_after_one_repair(
    tmp_path_factory: pytest.TempPathFactory, document: dict[str, object]
) -> None:
    file = tmp_path_factory.getbasetemp() / "any-settings.json"
    write(file, document)
    first = settings.load(file)
    second = settings.load(file)
    assert second.shared == first.shared
    assert not second.notices


def test_every_setting_is_documented_and_the_page_is_current() -> None:
    assert DOCS.read_text(encoding="utf-8") == settings.document()
    for name, field in Settings.model_fields.items():
        assert field.description
        assert f"`{name}`" in settings.document()
