"""A settings file is never an obstacle: what is wrong in it becomes a default and is told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from librarian import settings
from librarian.errors import ModelUnusable, SettingInvalid, StoreError, VaultNotOpen
from librarian.library import Library, open_library
from librarian.open_vault import OpenVault
from librarian.places import Places
from librarian.setting import Setting, VaultSettings
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


def test_each_setting_is_told_with_its_kind_its_limits_and_whose_choice_it_is(file: Path) -> None:
    settings.change(file, "max_note_mb", 5)
    loaded = settings.change(file, "excluded_folders", ["Archive"], vault_id="garden-1")
    told = {
        each.name: each for each in settings.told(loaded, "garden-1", loaded.of("garden-1"), {"model": ("default",)})
    }
    assert told.keys() == Settings.model_fields.keys()
    number = told["max_note_mb"]
    assert (number.kind, number.value, number.default, number.scope) == ("number", 5, 20, "everyVault")
    assert (number.minimum, number.maximum) == (1, 1000)
    folders = told["excluded_folders"]
    assert (folders.kind, folders.value, folders.scope, folders.minimum) == ("folders", ("Archive",), "thisVault", None)
    assert (told["model"].kind, told["model"].options) == ("text", ("default",))
    assert (told["meaning"].kind, told["meaning"].value, told["meaning"].scope) == ("switch", True, "default")
    assert all(each.holds and each.description for each in told.values())


@pytest.fixture
def garden(tmp_path: Path) -> Path:
    vault = tmp_path / "garden"
    (vault / "Archive").mkdir(parents=True)
    (vault / "Coast.md").write_text("A lighthouse stands here.")
    (vault / "Archive" / "Old.md").write_text("The lighthouse stood there.")
    return vault


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(data=tmp_path / "data", config=tmp_path / "config")


@pytest_asyncio.fixture
async def library(places: Places) -> AsyncIterator[Library]:
    async with open_library(places, settings.load(places.settings)) as library:
        yield library


def named(answer: VaultSettings, name: str) -> Setting:
    return next(each for each in answer.settings if each.name == name)


async def found(vault: OpenVault) -> list[str]:
    await vault.indexing.checked()
    return sorted(hit.path for hit in (await vault.search.query("lighthouse", mode="keyword")).hits)


async def test_a_choice_is_marked_until_the_vault_is_opened_anew(library: Library, garden: Path) -> None:
    vault = await library.open_vault(str(garden))
    assert named(await library.read_settings(vault.id), "excluded_folders").holds
    answer = await library.change_setting(vault.id, "excluded_folders", ("Archive",))
    assert (named(answer, "excluded_folders").value, named(answer, "excluded_folders").holds) == (("Archive",), False)
    assert named(answer, "max_note_mb").holds
    assert await found(vault) == ["Archive/Old.md", "Coast.md"]
    await library.close_vault(vault.id)
    vault = await library.open_vault(str(garden))
    assert named(await library.read_settings(vault.id), "excluded_folders").holds
    assert await found(vault) == ["Coast.md"]


async def test_a_choice_for_every_vault_gives_way_to_one_for_this(library: Library, garden: Path) -> None:
    vault = await library.open_vault(str(garden))
    await library.change_setting(vault.id, "max_note_mb", 5)
    answer = await library.change_setting(vault.id, "max_note_mb", 7, for_every_vault=True)
    assert (named(answer, "max_note_mb").value, named(answer, "max_note_mb").scope) == (5, "thisVault")
    answer = await library.change_setting(vault.id, "max_note_mb", None)
    assert (named(answer, "max_note_mb").value, named(answer, "max_note_mb").scope) == (7, "everyVault")


async def test_slow_models_rest_at_once_where_it_is_chosen(library: Library, garden: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    vault, other = await library.open_vault(str(garden)), await library.open_vault(str(tmp_path / "other"))
    answer = await library.change_setting(vault.id, "embedding_paused", True)
    assert named(answer, "embedding_paused").holds
    assert (vault.semantics.is_paused, other.semantics.is_paused) == (True, False)
    await library.change_setting(vault.id, "embedding_paused", True, for_every_vault=True)
    assert other.semantics.is_paused
    await library.change_setting(vault.id, "embedding_paused", None)
    assert vault.semantics.is_paused, "it is still chosen for every vault"
    await library.change_setting(vault.id, "embedding_paused", False)
    assert (vault.semantics.is_paused, other.semantics.is_paused) == (False, True)


async def test_a_model_that_cannot_be_used_is_not_chosen(library: Library, places: Places, garden: Path) -> None:
    vault = await library.open_vault(str(garden))
    for model in ("potion-base-8M", "no-such-model", str(garden / "Archive")):
        with pytest.raises(ModelUnusable):
            await library.change_setting(vault.id, "model", model)
    with pytest.raises(SettingInvalid):
        await library.change_setting(vault.id, "model", 3)
    answer = await library.change_setting(vault.id, "model", "default")
    assert (named(answer, "model").value, named(answer, "model").options) == ("default", ("default",))
    (places.models / "potion-base-8M").mkdir(parents=True)
    answer = await library.read_settings(vault.id)
    assert named(answer, "model").options == ("default", "potion-base-8M")


async def test_what_others_wrote_into_the_file_is_told(library: Library, places: Places, garden: Path) -> None:
    vault = await library.open_vault(str(garden))
    settings.change(places.settings, "watch", False, vault_id=vault.id)
    told = named(await library.read_settings(vault.id), "watch")
    assert (told.value, told.holds) == (False, False)
    write(places.settings, b"{")
    answer = await library.read_settings(vault.id)
    assert named(answer, "watch").value is True
    assert "not JSON" in answer.notices[0]


async def test_settings_that_cannot_be_kept_are_a_typed_error(library: Library, places: Places, garden: Path) -> None:
    vault = await library.open_vault(str(garden))
    places.config.write_text("a file in the folder's place")
    with pytest.raises(StoreError):
        await library.change_setting(vault.id, "watch", False)
    with pytest.raises(StoreError):
        await library.read_settings(vault.id)
    with pytest.raises(VaultNotOpen):
        await library.read_settings("another")
