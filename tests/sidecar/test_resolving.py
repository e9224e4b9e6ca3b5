"""Duplicates resolved in a real vault: scanned, planned, applied, every link followed, taken back to the byte."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from librarian.change import Plan
from librarian.edit import Rewrite, Trash
from librarian.errors import ConfirmationNeeded, EditRefused, GroupNotFound, NoteNotFound, NotInGroup
from librarian.library import open_library
from librarian.merging.proposal import Action
from librarian.open_vault import OpenVault
from librarian.places import Places
from librarian.settings import Loaded, Settings
from librarian.status import Change

MARSH = "\n\n".join(f"The marsh {word} with the tide and falls silent before the night." for word in
                    ("breathes", "wakes", "glitters", "empties", "fills", "darkens", "hums", "settles"))  # fmt: skip

KEEPER = f"""---
tags: [coast]
status: done
---
# Marsh

{MARSH}

## Birds

- heron
- egret ^egret

See [[Marsh draft]] and [[Marsh draft#Birds|its birds]].
"""
DRAFT = f"""---
tags:
  - coast/salt
status: draft
aliases: ["the marsh | old", Saltings]
source: "[[Diary]]"
---
# Marsh draft

{MARSH.replace("glitters", "shines")}

## Birds

- heron
- curlew ^curlew
- little egret, seen in spring ^egret

## Plants

Samphire, see ![](./samphire.png) and [[#^egret]].
"""
NOTES = {
    "Marsh.md": KEEPER,
    "Inbox/Marsh draft.md": DRAFT,
    "Inbox/samphire.png": "PNG",
    "Diary.md": "---\nabout: \"[[Marsh draft]]\"\nlist:\n  - '[[Inbox/Marsh draft#Birds]]'\n---\r\n"
    "Walked to [[Marsh draft]], ![[Marsh draft#^curlew]], [there](Inbox/Marsh%20draft.md#Plants), "
    "[[marsh draft#^egret|egret]]; [[Nowhere]].\r\n\n| a | b |\n|---|---|\n| [[Marsh draft]] | [[Marsh draft\\|x]] |\n",
    "Inbox/Beside.md": "[rel](<./Marsh draft.md>) and [x](../Marsh.md) `[[Marsh draft]]`",
    "Board.canvas": json.dumps({
        "nodes": [
            {"id": "1", "type": "file", "file": "Inbox/Marsh draft.md", "subpath": "#^egret"},
            {"id": "2", "type": "text", "text": "Card é 🌾 [[Marsh draft]] \"quoted\"\nline"},
        ],
        "edges": [],
    }),
    "Views.base": "filters:\n  and:\n    - file.hasLink(\"Marsh draft\")\nviews:\n  - type: table\n    name: '[[Marsh draft]]'\n",
}  # fmt: skip


def contents(vault: Path) -> dict[str, bytes]:
    """Every file that a person sees."""
    paths = (path for path in vault.rglob("*") if path.is_file())
    found = {path.relative_to(vault).as_posix(): path.read_bytes() for path in paths}
    return {path: content for path, content in found.items() if not path.startswith(".")}


def write(vault: Path, notes: dict[str, str]) -> None:
    for path, text in notes.items():
        (vault / path).parent.mkdir(parents=True, exist_ok=True)
        (vault / path).write_bytes(text.encode())


@asynccontextmanager
async def opened(vault: Path, app: dict[str, str] | None = None, **more: object) -> AsyncIterator[OpenVault]:
    data = vault.parent / "data"
    (vault / ".obsidian").mkdir(parents=True, exist_ok=True)
    (vault / ".obsidian" / "app.json").write_text(json.dumps({"trashOption": "local", **(app or {})}))
    settings = Settings(watch=False, meaning=False, **more)  # type: ignore[arg-type]
    async with open_library(Places(data, data), Loaded(settings, {}, ())) as library:
        found = await library.open_vault(str(vault))
        await found.complete()
        yield found
        await found.indexing.current_catalog()


async def planned(vault: OpenVault, keeper: str, action: Action = "merge", notes: list[str] | None = None) -> Plan:
    """A plan for the first group that the keeper is in."""
    answer = await vault.duplicates.of_note(keeper, threshold=0.3)
    return await vault.resolving.plan(answer.groups[0].id, keeper, action, notes)


async def applied(vault: OpenVault, plan: Plan) -> str:
    done = await vault.edits.apply(plan.plan_id, plan.confirmation)
    assert done.conflicts == ()
    assert done.change_id is not None
    return done.change_id


async def undone(vault: OpenVault, change_id: str) -> None:
    """Take a change back, confirmed as many notes of a small vault have to be."""
    try:
        done = await vault.edits.undo(change_id)
    except ConfirmationNeeded as error:
        done = await vault.edits.undo(change_id, error.data["confirmation"])
    assert done.conflicts == ()


async def resolved_links(vault: OpenVault) -> list[tuple[str, str, str | None, str | None]]:
    catalog = await vault.indexing.current_catalog()
    rows = await catalog.rows("SELECT path, target, subpath, resolved FROM links ORDER BY path, position")
    return [(path, target, subpath, resolved) for path, target, subpath, resolved in rows]


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    write(tmp_path / "vault", NOTES)
    return tmp_path / "vault"


async def test_a_merge_keeps_every_word_leads_every_link_and_is_undone_to_the_byte(vault: Path) -> None:
    async with opened(vault) as found:
        before = contents(vault)
        plan = await planned(found, "Marsh.md")
        change = await applied(found, plan)
        after = {path: content.decode() for path, content in contents(vault).items()}
        assert "Inbox/Marsh draft.md" not in after
        keeper = after["Marsh.md"]
        assert keeper.startswith(
            "---\ntags: [coast, coast/salt]\nstatus: done\nstatus-2: draft\n"
            'aliases: ["the marsh | old", Saltings, Marsh draft]\n'
            'source: "[[Diary]]"\n---\n# Marsh\n'
        )
        assert "- heron\n- egret ^egret\n- curlew ^curlew\n- little egret, seen in spring ^egret-2\n" in keeper
        assert "See [[Marsh|Marsh draft]] and [[Marsh#Birds|its birds]]." in keeper
        assert "## Plants\n\nSamphire, see ![](./Inbox/samphire.png) and [[#^egret-2|^egret]]." in keeper
        assert keeper.count("The marsh") == 9
        assert after["Diary.md"] == (
            "---\nabout: \"[[Marsh|Marsh draft]]\"\nlist:\n  - '[[Marsh#Birds|Inbox/Marsh draft > Birds]]'\n---\r\n"
            "Walked to [[Marsh|Marsh draft]], ![[Marsh#^curlew]], [there](Marsh.md#Plants), "
            "[[Marsh#^egret-2|egret]]; [[Nowhere]].\r\n\n| a | b |\n|---|---|\n"
            "| [[Marsh\\|Marsh draft]] | [[Marsh\\|x]] |\n"
        )
        assert after["Inbox/Beside.md"] == "[rel](<../Marsh.md>) and [x](../Marsh.md) `[[Marsh draft]]`"
        nodes = json.loads(after["Board.canvas"])["nodes"]
        assert nodes[0] == {"id": "1", "type": "file", "file": "Marsh.md", "subpath": "#^egret-2"}
        assert nodes[1]["text"] == 'Card é 🌾 [[Marsh|Marsh draft]] "quoted"\nline'
        assert after["Views.base"] == NOTES["Views.base"].replace(
            '("Marsh draft")', '("Marsh")'
        ).replace("'[[Marsh draft]]'", "'[[Marsh|Marsh draft]]'")  # fmt: skip
        assert [link for link in await resolved_links(found) if link[3] is None] == [
            ("Diary.md", "Nowhere", None, None)
        ]
        await undone(found, change)
        assert contents(vault) == before


async def test_a_plan_shows_its_edits_and_says_what_it_is_for(vault: Path) -> None:
    async with opened(vault) as found:
        plan = await planned(found, "Marsh.md")
        kinds = {edit.path: type(edit) for edit in plan.edits}
        assert kinds.pop("Inbox/Marsh draft.md") is Trash
        assert kinds == dict.fromkeys(
            ["Marsh.md", "Diary.md", "Inbox/Beside.md", "Board.canvas", "Views.base"], Rewrite
        )
        assert [shown.path for shown in plan.preview] == [edit.path for edit in plan.edits]
        await applied(found, plan)
        (made,) = await found.edits.journalled(1)
        assert (made.actor, made.reason) == ("duplicates", 'merge "Inbox/Marsh draft.md" into "Marsh.md"')


async def test_a_stub_says_where_the_note_went_and_its_name_is_no_alias(vault: Path) -> None:
    async with opened(vault) as found:
        change = await applied(found, await planned(found, "Marsh.md", "stub"))
        after = {path: content.decode() for path, content in contents(vault).items()}
        assert after["Inbox/Marsh draft.md"] == "`Inbox/Marsh draft` was merged into [[Marsh]].\n"
        assert 'aliases: ["the marsh | old", Saltings]\n' in after["Marsh.md"]
        assert "Walked to [[Marsh|Marsh draft]]" in after["Diary.md"]
        await undone(found, change)
        assert contents(vault) == {path: text.encode() for path, text in NOTES.items()}


async def test_stubs_of_one_note_are_no_duplicates_of_each_other(vault: Path) -> None:
    write(vault, {"Copy.md": MARSH, "Inbox/Copy.md": MARSH, "Copy 2.md": MARSH})
    async with opened(vault) as found:
        group = next(each for each in (await found.duplicates.scan()).groups if each.kind == "identical")
        await applied(found, await found.resolving.plan(group.id, group.keeper, "stub"))
        assert (await found.duplicates.scan(kinds=["identical"])).groups == ()


async def test_trash_unites_nothing_and_takes_off_parts_that_would_lead_nowhere(vault: Path) -> None:
    async with opened(vault) as found:
        await applied(found, await planned(found, "Marsh.md", "trash"))
        after = {path: content.decode() for path, content in contents(vault).items()}
        assert after["Marsh.md"] == KEEPER.replace("[[Marsh draft]]", "[[Marsh|Marsh draft]]").replace(
            "[[Marsh draft#Birds", "[[Marsh#Birds"
        )
        assert "![[Marsh]], [there](Marsh.md), [[Marsh#^egret|egret]]" in after["Diary.md"]
        assert "Inbox/Marsh draft.md" not in after


async def test_what_is_no_part_of_the_group_is_refused(vault: Path) -> None:
    async with opened(vault) as found:
        group = (await found.duplicates.of_note("Marsh.md", threshold=0.3)).groups[0].id
        with pytest.raises(NotInGroup, match=r"Diary\.md"):
            await found.resolving.plan(group, "Diary.md", "merge")
        with pytest.raises(NotInGroup):
            await found.resolving.plan(group, "Marsh.md", "merge", ["Diary.md"])
        with pytest.raises(EditRefused, match="no other note"):
            await found.resolving.plan(group, "Marsh.md", "merge", [])
        with pytest.raises(GroupNotFound):
            await found.resolving.plan("0" * 24, "Marsh.md", "merge")


async def test_a_link_that_was_written_a_moment_ago_follows(vault: Path) -> None:
    async with opened(vault) as found:
        group = (await found.duplicates.of_note("Marsh.md", threshold=0.3)).groups[0].id
        write(vault, {"New.md": "[[Marsh draft]]"})
        await found.changed([Change(kind="created", path="New.md")])
        await applied(found, await found.resolving.plan(group, "Marsh.md", "merge"))
        assert contents(vault)["New.md"] == b"[[Marsh|Marsh draft]]"


async def test_a_link_that_is_written_after_a_merge_was_planned_is_not_broken_by_it(vault: Path) -> None:
    async with opened(vault) as found:
        plan = await planned(found, "Marsh.md")
        write(vault, {"New.md": "[[Marsh draft]]"})
        await found.changed([Change(kind="created", path="New.md")])
        with pytest.raises(EditRefused, match=r"'New.md' .* plan that anew"):
            await applied(found, plan)
        assert "Inbox/Marsh draft.md" in contents(vault)
        await applied(found, await planned(found, "Marsh.md"))
        assert contents(vault)["New.md"] == b"[[Marsh|Marsh draft]]"


async def test_links_in_files_that_the_index_leaves_out_follow_too(vault: Path) -> None:
    write(vault, {"Old/Left out.md": "[[Marsh draft]]", "Old/Other.md": "[[Marsh]]"})
    (vault / "Old/Latin.md").write_bytes(b"caf\xe9 [[Marsh]]")
    async with opened(vault, excluded_folders=("Old",)) as found:
        plan = await planned(found, "Marsh.md")
        assert {edit.path for edit in plan.edits if edit.path.startswith("Old/")} == {"Old/Left out.md"}
        await applied(found, plan)
        assert contents(vault)["Old/Left out.md"] == b"[[Marsh|Marsh draft]]"


async def test_a_file_that_links_and_is_no_utf8_text_keeps_the_merge_from_breaking_its_link(vault: Path) -> None:
    (vault / "Latin.md").write_bytes(b"caf\xe9 [[Marsh draft]]")
    async with opened(vault) as found:
        with pytest.raises(EditRefused, match=r"'Latin\.md'.*UTF-8"):
            await planned(found, "Marsh.md")


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
async def test_a_symbolic_link_to_a_note_that_links_keeps_nothing_waiting(vault: Path) -> None:
    (vault / "Linked.md").symlink_to("Diary.md")
    async with opened(vault) as found:
        change_id = await applied(found, await planned(found, "Marsh.md"))
        assert "[[Marsh|Marsh draft]]" in (vault / "Linked.md").read_text()
        assert (vault / "Linked.md").is_symlink()
        await undone(found, change_id)


async def test_a_note_that_is_gone_or_changed_since_it_was_compared_is_told(vault: Path) -> None:
    async with opened(vault) as found:
        plan = await planned(found, "Marsh.md")
        write(vault, {"Diary.md": "other"})
        done = await found.edits.apply(plan.plan_id, plan.confirmation)
        assert [(conflict.path, conflict.reason) for conflict in done.conflicts] == [("Diary.md", "changed")]
        assert contents(vault)["Marsh.md"] == KEEPER.encode()
        group = (await found.duplicates.of_note("Marsh.md", threshold=0.3)).groups[0].id
        (vault / "Inbox/Marsh draft.md").unlink()
        with pytest.raises(NoteNotFound):
            await found.resolving.plan(group, "Marsh.md", "merge")


async def test_three_identical_notes_become_one_and_only_those_that_are_named(vault: Path) -> None:
    text = f"{MARSH}\n"
    write(
        vault, {"a/One.md": text, "b/One.md": text, "c/One.md": text, "x.md": "[[a/One]] [[b/One]] [[c/One]] [[One]]"}
    )
    async with opened(vault) as found:
        plan = await planned(found, "b/One.md", "merge", ["c/One.md"])
        await applied(found, plan)
        assert contents(vault)["x.md"] == b"[[a/One]] [[b/One]] [[b/One|c/One]] [[One]]"
        await applied(found, await planned(found, "b/One.md"))
        after = contents(vault)
        assert after["x.md"] == b"[[b/One|a/One]] [[b/One]] [[b/One|c/One]] [[One]]"
        assert after["b/One.md"] == text.encode()
        assert not {"a/One.md", "c/One.md"} & set(after)


async def test_canvases_and_bases_that_nobody_can_read_keep_nothing_waiting(vault: Path) -> None:
    write(vault, {"Torn.canvas": '{"nodes": [', "Torn.base": "a: [", "Empty.canvas": "", "Empty.base": ""})
    async with opened(vault) as found:
        plan = await planned(found, "Marsh.md")
        assert not {edit.path for edit in plan.edits} & {"Torn.canvas", "Torn.base", "Empty.canvas", "Empty.base"}


async def test_a_note_in_another_encoding_can_go_into_the_trash_but_not_be_united(vault: Path) -> None:
    (vault / "Latin.md").write_bytes(f"{MARSH} caf\xe9".encode("latin-1"))
    write(vault, {"x.md": "[[Latin]]"})
    async with opened(vault) as found:
        with pytest.raises(EditRefused, match="UTF-8"):
            await planned(found, "Marsh.md", "merge", ["Latin.md"])
        await applied(found, await planned(found, "Marsh.md", "trash", ["Latin.md"]))
        assert contents(vault)["x.md"] == b"[[Marsh|Latin]]"


async def test_a_note_in_another_encoding_can_be_the_one_that_is_kept(vault: Path) -> None:
    (vault / "Latin.md").write_bytes(f"{MARSH} caf\xe9".encode("latin-1"))
    before = contents(vault)["Latin.md"]
    async with opened(vault) as found:
        await applied(found, await planned(found, "Latin.md", "trash", ["Marsh.md"]))
    assert contents(vault)["Latin.md"] == before
    assert "Marsh.md" not in contents(vault)


async def test_links_stay_relative_in_a_vault_that_is_set_to_such(vault: Path) -> None:
    write(vault, {"Inbox/Near.md": "[a](Marsh%20draft.md) [[Marsh draft]]", "p/q.md": "[b](../Inbox/Marsh%20draft.md)"})
    async with opened(vault, app={"newLinkFormat": "relative"}) as found:
        await applied(found, await planned(found, "Marsh.md"))
        assert contents(vault)["Inbox/Near.md"] == b"[a](../Marsh.md) [[Marsh|Marsh draft]]"
        assert contents(vault)["p/q.md"] == b"[b](../Marsh.md)"
