"""Duplicates over a real vault: grouped, kept or not, followed as notes change."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from librarian.duplicate import SharedPassage
from librarian.errors import GroupNotFound, NoteNotFound, PathRefused
from librarian.grouping import (
    About,
    Group,
    Pair,
    Passage,
    contained_groups,
    group_id,
    identical_groups,
    kept,
    star_groups,
)
from librarian.library import open_library
from librarian.open_vault import OpenVault
from librarian.places import Places
from librarian.settings import Loaded, Settings
from librarian.status import Change

MARSH = " ".join(f"The marsh {word} with the tide and falls silent." for word in
                 ("breathes", "wakes", "glitters", "empties", "fills", "darkens", "hums", "settles"))  # fmt: skip
BREAD = " ".join(f"Knead the dough {word} before it goes into the oven." for word in
                 ("gently", "twice", "slowly", "for long", "by hand", "again", "cold", "warm"))  # fmt: skip

TIDES = " ".join(f"Twice a day water number {n} climbs the creek and leaves again." for n in range(20))
RECIPE = (
    "Mix flour, water, salt and yeast in a bowl until no dry flour is left. Cover the dough and let it rest in a warm "
    "place for two hours, folding it now and then. Shape a round loaf, dust it with flour and bake it in a hot oven "
    "until the crust is dark brown and the bread sounds hollow."
)
RECIPE_IN_OTHER_WORDS = (
    "In a bowl, flour and water with yeast and salt are mixed until none of the flour is dry. For two hours the dough "
    "rests, covered, in a place that is warm; fold it from time to time. Then a loaf is shaped, round, dusted with some "
    "flour and baked, the oven hot, until the brown crust is dark and hollow is how the bread sounds."
)
TOPICS = (
    "A rye loaf needs a sour starter, which is fed for three days before it can raise anything at all.",
    "Croissants are butter and patience: twenty-seven layers, folded cold, rolled thin, baked in the morning.",
    "The oven in the cellar was built by my grandfather out of clay and broken roof tiles.",
    "Prices of wheat went up again this spring; the mill has sent a letter about it.",
    "Our train to Lisbon leaves at nine and we change in Madrid, where there is time for lunch.",
    "The committee met in the town hall and talked about the new bridge for three hours.",
    "Sheep graze on the dike from April on, which keeps the turf short and firm.",
    "Chess openings I keep forgetting: the Caro-Kann, the Pirc, and everything with a fianchetto.",
    "The violin teacher says that scales are to be played slowly and with a metronome.",
    "Insurance papers are in the green folder, the deed of the house lies in the bank.",
)

NOTES = {
    "Marsh.md": MARSH,
    "Archive/Marsh (old).md": f"---\nstatus: old\n---\n{MARSH}\n\n",
    "Inbox/Marsh draft.md": MARSH.replace("glitters", "shines") + " One more line.",
    "Bread.md": BREAD,
    "Diary.md": "Walked out to [[Marsh]]; then home.",
}


def write(vault: Path, notes: dict[str, str]) -> None:
    for path, text in notes.items():
        (vault / path).parent.mkdir(parents=True, exist_ok=True)
        (vault / path).write_text(text, "utf-8")


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    write(tmp_path / "vault", NOTES)
    return tmp_path / "vault"


@asynccontextmanager
async def opened(vault: Path, *, meaning: bool = False) -> AsyncIterator[OpenVault]:
    data = vault.parent / "data"
    async with open_library(Places(data, data), Loaded(Settings(watch=False, meaning=meaning), {}, ())) as library:
        found = await library.open_vault(str(vault))
        await found.complete()
        yield found


async def groups(found: OpenVault, **asked: object) -> list[tuple[str, str, list[str]]]:
    answer = await found.duplicates.scan(**asked)  # type: ignore[arg-type]  # as the wire checks them
    return [(group.kind, group.keeper, [note.path for note in group.notes[1:]]) for group in answer.groups]


async def test_the_same_text_and_nearly_the_same_are_told_apart_and_the_linked_note_is_kept(vault: Path) -> None:
    async with opened(vault) as found:
        assert await groups(found) == [
            ("identical", "Marsh.md", ["Archive/Marsh (old).md"]),
            ("near", "Marsh.md", ["Inbox/Marsh draft.md"]),
        ]
        answer = await found.duplicates.scan()
        first = answer.groups[0]
        assert (first.similarity, first.why) == (1.0, "most linked (1)")
        assert first.notes[0].words == len(MARSH.split())
        assert 0.5 < answer.groups[1].similarity < 1
        assert (answer.total, answer.coverage.searched) == (2, 5)


async def test_kinds_threshold_folder_and_limit_narrow_it(vault: Path) -> None:
    async with opened(vault) as found:
        assert [kind for kind, *_ in await groups(found, kinds=["identical"])] == ["identical"]
        assert [kind for kind, *_ in await groups(found, threshold=0.99)] == ["identical"]
        assert await groups(found, scope="Archive") == []
        assert len(await groups(found, limit=1)) == 1


async def test_what_changes_is_looked_at_again_and_nothing_else_is(vault: Path) -> None:
    async with opened(vault) as found:
        looks: list[int] = []
        tell = lambda phase, _done, total: looks.append(total) if phase == "reading" else None  # noqa: E731
        await found.duplicates.scan(tell=tell)
        assert looks
        looks.clear()
        await found.duplicates.scan(threshold=0.3, tell=tell)
        assert not looks
        write(vault, {"Archive/Bread copy.md": BREAD})
        await found.changed([Change(kind="created", path="Archive/Bread copy.md")])
        assert ("identical", "Bread.md", ["Archive/Bread copy.md"]) in await groups(found)
        (vault / "Archive/Marsh (old).md").unlink()
        await found.changed([Change(kind="deleted", path="Archive/Marsh (old).md")])
        assert [kind for kind, keeper, _ in await groups(found) if "Marsh" in keeper] == ["near"]


async def test_a_note_knows_its_own(vault: Path) -> None:
    async with opened(vault) as found:
        answer = await found.duplicates.of_note("Marsh.md")
        assert [(group.kind, [note.path for note in group.notes]) for group in answer.groups] == [
            ("identical", ["Marsh.md", "Archive/Marsh (old).md"]),
            ("near", ["Marsh.md", "Inbox/Marsh draft.md"]),
        ]
        draft = (await found.duplicates.of_note("Inbox/Marsh draft.md")).groups[0]
        assert (draft.notes[0].path, draft.keeper, draft.why) == ("Inbox/Marsh draft.md", "Marsh.md", "most linked (1)")
        assert (await found.duplicates.of_note("Bread.md")).groups == ()


async def test_a_look_that_is_given_up_leaves_the_next_one_whole(vault: Path) -> None:
    write(vault, {f"Many/{n}.md": f"{MARSH} {BREAD} number {n}" for n in range(500)})
    async with opened(vault) as found:
        begun = asyncio.Event()
        work = asyncio.create_task(found.duplicates.scan(tell=lambda _phase, _done, _total: begun.set()))
        await begun.wait()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        answer = await found.duplicates.scan(kinds=["identical"])
        assert [group.keeper for group in answer.groups] == ["Marsh.md"]


@pytest.mark.parametrize("path", ["../outside.md", "/etc/passwd", "Archive", "none.md"])
async def test_duplicates_of_no_note_are_refused(vault: Path, path: str) -> None:
    async with opened(vault) as found:
        with pytest.raises((NoteNotFound, PathRefused)):
            await found.duplicates.of_note(path)


async def test_left_out_notes_are_no_duplicates(vault: Path) -> None:
    write(vault, {".hidden/Marsh.md": MARSH})
    async with opened(vault) as found:
        listed = {path for _, keeper, others in await groups(found) for path in (keeper, *others)}
        assert listed <= set(NOTES)


async def test_files_with_the_same_bytes_are_identical_whatever_they_are(vault: Path) -> None:
    write(
        vault,
        {"Map.canvas": "{}", "Maps/Map 2.canvas": "{}", "empty.txt": "", "nothing.txt": "", "same size.txt": "[]"},
    )
    (vault / "Pictures").mkdir()
    for name in ("Pictures/reed.png", "reed (1).png"):
        (vault / name).write_bytes(b"\x89PNG" + bytes(range(256)) * 600)
    (vault / "Pictures/other.png").write_bytes(b"\x89PNG" + bytes(range(255, -1, -1)) * 600)
    async with opened(vault) as found:
        answer = await found.duplicates.scan(kinds=["identical"])
        assert {tuple(note.path for note in group.notes) for group in answer.groups} == {
            ("Marsh.md", "Archive/Marsh (old).md"),
            ("Map.canvas", "Maps/Map 2.canvas"),
            ("reed (1).png", "Pictures/reed.png"),
        }
        [pictures] = [group for group in answer.groups if group.keeper == "reed (1).png"]
        of_one = await found.duplicates.of_note("Pictures/reed.png")
        assert [[note.path for note in group.notes] for group in of_one.groups] == [
            ["Pictures/reed.png", "reed (1).png"]
        ]
        assert of_one.groups[0].id == pictures.id
        assert (await found.duplicates.group(pictures.id)).id == pictures.id
        (vault / "Pictures/reed.png").write_bytes(b"\x89PNG" + bytes(153_600))
        await found.changed([Change(kind="modified", path="Pictures/reed.png")])
        with pytest.raises(GroupNotFound):
            await found.duplicates.group(pictures.id)


async def test_a_passage_in_common_is_told_with_both_places(vault: Path) -> None:
    write(
        vault,
        {"Essay.md": f"---\ntags: [sea]\n---\n# Essay\n\n{TIDES}\n\n{MARSH}\n", "Clip.md": f"{BREAD[:400]}\n\n{MARSH}"},
    )
    async with opened(vault) as found:
        answer = await found.duplicates.scan(kinds=["contained"])
        [essay] = [group for group in answer.groups if group.keeper == "Essay.md"]
        clip = next(note for note in essay.notes if note.path == "Clip.md")
        assert clip.passage == SharedPassage(
            words=len(MARSH.split()), line=2, last_line=2, first_note_line=7, first_note_last_line=7
        )
        assert 0.3 < clip.similarity < 1
        own = await found.duplicates.of_note("Clip.md")
        [contained] = [group for group in own.groups if group.kind == "contained"]
        assert {note.path for note in contained.notes} >= {"Clip.md", "Essay.md"}
        assert contained.notes[1].passage is not None


async def test_the_closest_to_the_threshold_are_told(vault: Path) -> None:
    async with opened(vault) as found:
        near = (await found.duplicates.scan(kinds=["near"])).groups[0].similarity
        [edge] = (await found.duplicates.scan(threshold=near + 0.05)).edges
        assert (set(edge.notes), edge.similarity) == ({"Marsh.md", "Inbox/Marsh draft.md"}, near)
        assert (await found.duplicates.scan(threshold=near - 0.05)).edges == (edge,)
        assert (await found.duplicates.scan(threshold=near - 0.2)).edges == ()


async def test_the_same_in_other_words_is_found_by_meaning_and_one_topic_is_not(vault: Path) -> None:
    write(vault, {f"Topics/{number}.md": text for number, text in enumerate(TOPICS)})
    write(vault, {"Bread again.md": RECIPE, "Recipes/Loaf.md": RECIPE_IN_OTHER_WORDS})
    async with opened(vault, meaning=True) as found:
        answer = await found.duplicates.scan(kinds=["meaning"])
        assert [sorted(note.path for note in group.notes) for group in answer.groups] == [
            ["Bread again.md", "Recipes/Loaf.md"]
        ]
        assert (answer.coverage.not_ready, answer.coverage.embedded) == ((), answer.coverage.searched)
        own = await found.duplicates.of_note("Recipes/Loaf.md")
        assert [(group.kind, group.notes[1].path) for group in own.groups] == [("meaning", "Bread again.md")]


@pytest.mark.elsewhere(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
async def test_a_pipe_in_a_notes_place_holds_no_look_up(vault: Path) -> None:
    write(vault, {f"Topics/{number}.md": text for number, text in enumerate(TOPICS)})
    write(vault, {"Bread again.md": RECIPE, "Recipes/Loaf.md": RECIPE_IN_OTHER_WORDS})
    async with opened(vault, meaning=True) as found:
        (vault / "Recipes/Loaf.md").unlink()
        os.mkfifo(vault / "Recipes/Loaf.md")
        answer = await asyncio.wait_for(found.duplicates.scan(kinds=["meaning"]), 20)
        assert answer.groups == ()


async def test_a_kind_that_is_not_ready_is_named(vault: Path) -> None:
    async with opened(vault) as found:
        answer = await found.duplicates.scan()
        assert answer.coverage.not_ready == ("meaning",)
        assert (await found.duplicates.scan(kinds=["near"])).coverage.not_ready == ()


def test_a_chain_is_no_group_and_every_pair_is_together_in_one() -> None:
    pairs = [Pair("a", "b", 0.7), Pair("b", "c", 0.7), Pair("c", "d", 0.7), Pair("e", "f", 0.9), Pair("a", "e", 0.6)]
    groups = star_groups("near", pairs, lambda path: (path != "b", path))
    assert [group.paths for group in groups] == [["e", "f"], ["b", "a", "c"], ["c", "d"], ["a", "e"]]
    for pair in pairs:
        assert any({pair.left, pair.right} <= group.members for group in groups)


def test_parts_stand_around_the_note_that_holds_more() -> None:
    passage = Passage(60, (3, 9), (0, 6))
    pairs = [Pair("part", "whole", 0.9, passage.__class__(60, (0, 6), (3, 9))), Pair("whole", "other", 0.2, passage)]
    [group] = contained_groups(pairs, {"whole": 500, "part": 60, "other": 400}.__getitem__)
    assert group == Group(
        "contained", "whole", (Pair("whole", "part", 0.9, passage), Pair("whole", "other", 0.2, passage))
    )


def test_the_keeper_is_the_most_linked_then_the_longest_then_the_oldest_and_says_why() -> None:
    about = {"a": About(10, 0, "2024"), "b": About(10, 0, "2023"), "c": About(11, 0, "2025"), "d": About(1, 1, "2026")}
    for members, keeper, why in (
        ("abcd", "d", "most linked (1)"),
        ("abc", "c", "longest (11 words)"),
        ("ab", "b", "oldest (2023)"),
    ):
        [group] = identical_groups([tuple(members)], about)
        assert kept(group, about) == (keeper, why)
    [unknown] = identical_groups([("x", "y")], {})
    assert kept(unknown, {}) == ("x", "as good as the others")


def test_a_group_is_another_when_a_note_of_it_changes() -> None:
    of = group_id("near", ["a", "b"], {"a": b"1", "b": b"2"})
    assert of == group_id("near", ["b", "a"], {"a": b"1", "b": b"2"})
    assert of != group_id("near", ["a", "b"], {"a": b"1", "b": b"3"})
    assert of != group_id("contained", ["a", "b"], {"a": b"1", "b": b"2"})


async def test_of_more_groups_than_can_be_remembered_the_first_and_the_last_told_are(
    vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("librarian.duplicates.TOLD", 1)
    async with opened(vault) as found:
        first, second = (await found.duplicates.scan()).groups
        assert (await found.duplicates.group(first.id)).paths == tuple(note.path for note in first.notes)
        with pytest.raises(GroupNotFound):
            await found.duplicates.group(second.id)
        await found.duplicates.scan(kinds=["near"])
        assert (await found.duplicates.group(second.id)).kind == "near"
