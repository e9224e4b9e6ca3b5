"""What was said to be no duplicates stays so, until a note says something else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.sidecar.test_duplicates import groups, opened, write

from librarian import _native
from librarian.dismissal import Dismissal, Hidden, Remembered, Standing, standing
from librarian.errors import GroupNotFound
from librarian.grouping import Pair
from librarian.library import OpenVault
from librarian.status import Change

LONG = "\n".join(f"On day {day} the tide of {day * 7} reached the plots of row {day}." for day in range(60))
NOTES = {
    "Marsh.md": LONG,
    "Copy.md": LONG,
    "Draft.md": LONG.replace("On day 1", "By night 1"),
    "Diary.md": "Walked out to [[Marsh]]; then home.",
}


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    write(tmp_path / "vault", NOTES)
    return tmp_path / "vault"


async def kinds(found: OpenVault) -> list[str]:
    return [kind for kind, *_ in await groups(found)]


async def dismiss(found: OpenVault, kind: str) -> str:
    answer = await found.duplicates.scan()
    group_id = next(group.id for group in answer.groups if group.kind == kind)
    await found.duplicates.dismiss(group_id)
    return group_id


async def save(found: OpenVault, path: str, text: str) -> None:
    existed = (found.root / path).exists()
    write(found.root, {path: text})
    await found.changed([Change(kind="modified" if existed else "created", path=path)])


async def move(found: OpenVault, path: str, to: str) -> None:
    (found.root / to).parent.mkdir(exist_ok=True)
    (found.root / path).rename(found.root / to)
    await found.changed([Change(kind="renamed", path=path, new_path=to)])


async def test_a_dismissed_group_is_left_out_alone_and_restored(vault: Path) -> None:
    async with opened(vault) as found:
        assert await kinds(found) == ["identical", "near"]
        near = await dismiss(found, "near")
        assert await kinds(found) == ["identical"]
        assert [group.kind for group in (await found.duplicates.of_note("Draft.md")).groups] == []
        identical = await dismiss(found, "identical")
        assert await kinds(found) == []
        assert (await found.duplicates.of_note("Copy.md")).groups == ()
        told = (await found.duplicates.dismissed()).groups
        assert [(each.group_id, each.kind, each.notes, each.stands) for each in told] == [
            (identical, "identical", ("Marsh.md", "Copy.md"), True),
            (near, "near", ("Marsh.md", "Draft.md"), True),
        ]
        await found.duplicates.restore(identical)
        assert await kinds(found) == ["identical"]


async def test_dismissing_twice_is_fine_and_what_is_not_dismissed_cannot_be_restored(vault: Path) -> None:
    async with opened(vault) as found:
        group_id = await dismiss(found, "near")
        await found.duplicates.dismiss(group_id)
        assert len((await found.duplicates.dismissed()).groups) == 1
        for act in (found.duplicates.restore, found.duplicates.dismiss):
            with pytest.raises(GroupNotFound):
                await act("none")
        await found.duplicates.restore(group_id)
        with pytest.raises(GroupNotFound):
            await found.duplicates.restore(group_id)


async def test_it_survives_a_restart_and_a_rebuild_of_everything_derived(vault: Path) -> None:
    async with opened(vault) as found:
        group_id = await dismiss(found, "near")
    async with opened(vault) as found:
        assert await kinds(found) == ["identical"]
        await found.rebuild()
        assert await kinds(found) == ["identical"]
    for folder in ("lexical", "catalog", "vectors"):
        for path in (vault.parent / "data").rglob(folder):
            shutil.rmtree(path)
    async with opened(vault) as found:
        assert await kinds(found) == ["identical"]
        await found.duplicates.restore(group_id)
        assert await kinds(found) == ["identical", "near"]


async def test_a_small_edit_keeps_it_and_a_material_one_ends_it(vault: Path) -> None:
    async with opened(vault) as found:
        group_id = await dismiss(found, "near")
        await save(found, "Draft.md", f"---\nstatus: new\n---\n{NOTES['Draft.md']} One more line of words.")
        assert await kinds(found) == ["identical"]
        await save(found, "Draft.md", LONG.replace("On day 2", "By night 2"))
        assert "near" in await kinds(found)
        (told,) = (await found.duplicates.dismissed()).groups
        assert (told.group_id, told.stands) == (group_id, False)
        again = await dismiss(found, "near")
        assert [each.group_id for each in (await found.duplicates.dismissed()).groups] == [again]


async def test_a_moved_note_stays_dismissed_and_is_known_by_its_new_path_from_then_on(vault: Path) -> None:
    async with opened(vault) as found:
        await dismiss(found, "near")
        await move(found, "Draft.md", "Old/Draft of marsh.md")
        assert await kinds(found) == ["identical"]
        await save(found, "Old/Draft of marsh.md", NOTES["Draft.md"] + " One more line of words.")
        assert await kinds(found) == ["identical"]
    async with opened(vault) as found:
        (told,) = (await found.duplicates.dismissed()).groups
        assert (told.notes, told.stands) == (("Marsh.md", "Old/Draft of marsh.md"), True)


async def test_which_of_identical_notes_is_kept_does_not_bring_a_dismissed_group_back(vault: Path) -> None:
    async with opened(vault) as found:
        await dismiss(found, "near")
    write(vault, {"Diary.md": "[[Copy]] [[Copy]] [[Draft]]"})
    async with opened(vault) as found:
        assert await groups(found) == [("identical", "Copy.md", ["Marsh.md"])]


async def test_a_further_copy_brings_identical_notes_back_with_it(vault: Path) -> None:
    async with opened(vault) as found:
        await dismiss(found, "identical")
        await save(found, "Third.md", LONG)
        assert ("identical", "Marsh.md", ["Copy.md", "Third.md"]) in await groups(found)


async def test_a_look_at_part_of_the_vault_takes_no_copy_for_a_note_that_was_moved(vault: Path) -> None:
    async with opened(vault) as found:
        await dismiss(found, "identical")
        await save(found, "Third.md", LONG)
        dismissals = found.duplicates._dismissals
        for digests in ({}, {"Third.md": b"1"}, {"Third.md": b"2", "Copy.md": b"3"}):
            (each,) = await dismissals.standing(digests, found.duplicates._corpus.saying)
            assert each.paths == ("Marsh.md", "Copy.md")


async def test_nothing_is_read_for_those_who_dismissed_nothing(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unwanted(*_arguments: object, **_options: object) -> None:
        raise AssertionError("a note was read for a dismissal")

    async with opened(vault) as found:
        monkeypatch.setattr(_native, "fingerprints", unwanted)
        assert await kinds(found) == ["identical", "near"]


async def test_what_was_dismissed_is_listed_without_a_look_for_duplicates(
    vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(vault) as found:
        near = await dismiss(found, "near")

    async def unwanted(*_arguments: object, **_options: object) -> None:
        raise AssertionError("a look for duplicates")

    async with opened(vault) as found:
        monkeypatch.setattr(found.duplicates._corpus, "alike", unwanted)
        monkeypatch.setattr(found.duplicates._meanings, "pairs", unwanted)
        (told,) = (await found.duplicates.dismissed()).groups
        assert (told.group_id, told.notes, told.stands) == (near, ("Marsh.md", "Draft.md"), True)
        await move(found, "Draft.md", "Old/Draft.md")
        (told,) = (await found.duplicates.dismissed()).groups
        assert (told.notes, told.stands) == (("Marsh.md", "Old/Draft.md"), True)


@pytest.mark.parametrize("text", [b"\x89PNG and more", b"---\nstatus: new\n---\n\n"], ids=["no note", "no words"])
async def test_moved_files_stay_dismissed_whatever_they_are(vault: Path, text: bytes) -> None:
    names = ("one.png", "other.png", "moved.png") if text.startswith(b"\x89") else ("one.md", "other.md", "moved.md")
    for name in names[:2]:
        (vault / name).write_bytes(text)
    (vault / "Copy.md").unlink()
    write(vault, {"A property alone.md": "---\nstatus: old\n---\n\n"})
    async with opened(vault) as found:
        await dismiss(found, "identical")
        assert await kinds(found) == ["near"]
        await move(found, names[1], f"Old/{names[2]}")
        (told,) = (await found.duplicates.dismissed()).groups
        assert (told.notes, told.stands) == ((names[0], f"Old/{names[2]}"), True)
        assert await kinds(found) == ["near"]
        (vault / told.notes[1]).unlink()
        await found.changed([Change(kind="deleted", path=told.notes[1])])
        assert [each.stands for each in (await found.duplicates.dismissed()).groups] == [False]


async def test_a_note_that_is_gone_is_told_where_it_was_and_its_group_stands_no_more(vault: Path) -> None:
    async with opened(vault) as found:
        await dismiss(found, "near")
        (vault / "Draft.md").unlink()
        await found.changed([Change(kind="deleted", path="Draft.md")])
        (told,) = (await found.duplicates.dismissed()).groups
        assert (told.notes, told.stands) == (("Marsh.md", "Draft.md"), False)


def test_a_note_is_found_by_its_path_and_else_by_its_text() -> None:
    dismissal = Dismissal("x", "near", "2026", (Remembered("a", b"A", b""), Remembered("b", b"B", b"")))

    def now(**known: bytes) -> tuple[str | None, ...]:
        paths: dict[bytes, list[str]] = {}
        for path, digest in known.items():
            paths.setdefault(digest, []).append(path)
        return standing(dismissal, {path: (digest, b"") for path, digest in known.items()}, paths).paths

    assert now(a=b"A", b=b"B") == ("a", "b")
    assert now(c=b"A", b=b"B") == ("c", "b")
    assert now(a=b"B", b=b"A") == ("b", "a")
    assert now(a=b"A", b=b"other") == ("a", None)


def test_pairs_are_left_out_and_others_of_the_same_notes_are_not() -> None:
    notes = tuple(Remembered(path, path.encode(), b"") for path in "abc")
    hidden = Hidden([Standing(Dismissal("x", "near", "2026", notes), ("a", "b", None))], [("b", "e")])
    assert hidden.left([Pair("a", "b", 0.9), Pair("b", "a", 0.9)]) == []
    left = [Pair("a", "c", 0.9), Pair("b", "d", 0.9), Pair("a", "d", 0.9)]
    assert hidden.left(left) == left
    assert hidden.left_together(["a", "b"]) == []
    assert hidden.left_together(["a", "b", "c"]) == ["a", "b", "c"]


def test_a_dismissed_group_of_very_many_notes_is_left_out_without_listing_its_pairs() -> None:
    paths = tuple(f"Daily/{day}.md" for day in range(20_000))
    notes = tuple(Remembered(path, b"", b"") for path in paths)
    hidden = Hidden([Standing(Dismissal("x", "identical", "2026", notes), paths)], [paths])
    assert hidden.left_together(paths) == []
    assert hidden.left_together([*paths, "New.md"]) == [*paths, "New.md"]
    assert hidden.left([Pair(paths[0], "New.md", 0.9)]) == [Pair(paths[0], "New.md", 0.9)]
