"""Templates in a real vault: inferred, named by a model, kept, applied, taken back to the byte."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fake_chat import FakeChat, Pause, says

from librarian.change import Plan
from librarian.chat.conversation import Finish
from librarian.edit import Create, Rewrite
from librarian.errors import (
    ConfirmationNeeded,
    EditRefused,
    NoProvider,
    NoteExists,
    NoteNotFound,
    PathRefused,
    ProviderUnreachable,
    TemplateUnusable,
    TooFewNotes,
)
from librarian.library import Library, open_library
from librarian.open_vault import OpenVault
from librarian.places import Places
from librarian.settings import Loaded, Settings
from librarian.templates import MOST_READ, Templates

NOON = datetime(2026, 3, 10, 12, 30, tzinfo=ZoneInfo("Europe/Berlin"))
NOTES = {
    f"Meetings/2026-03-0{n} Talk {n}.md": f"---\ndate: 2026-03-0{n}\ntags: [meeting]\npeople: [p{n}]\n---\n# Talk {n}\n\n"
    f"## Agenda\n\n1. a{n}\n\n## Decisions\n\n- d{n}\n"
    for n in range(1, 6)
} | {
    "Meetings/Sub/Broken.md": "---\na: [1\n---\n",
    "Old.md": "---\ntags: meeting\n---\nWords of mine.\n\n## Decisions\n\n- one\n",
}  # fmt: skip
TEMPLATE = '---\ndate: "{{date:YYYY-MM-DD}}"\ntags: [meeting]\npeople: []\n---\n# {{title}}\n\n## Agenda\n\n1. \n\n## Decisions\n\n- \n'
ANSWER = json.dumps({"name": "Meeting", "hints": [{"heading": "Agenda", "hint": "What to talk about."}]})


class FakeChats:
    """Opens one model, or raises what it is given."""

    def __init__(self, opened: FakeChat | Exception) -> None:
        self._opened = opened

    async def open(self, choice: object) -> FakeChat:
        if isinstance(self._opened, Exception):
            raise self._opened
        return self._opened

    async def running(self, choice: object) -> str:
        del choice
        return ""

    async def close(self) -> None:
        pass


def contents(vault: Path) -> dict[str, bytes]:
    paths = (path for path in vault.rglob("*") if path.is_file())
    found = {path.relative_to(vault).as_posix(): path.read_bytes() for path in paths}
    return {path: content for path, content in found.items() if not path.startswith(".")}


@asynccontextmanager
async def opened(
    folder: Path, notes: dict[str, str] = NOTES, **more: object
) -> AsyncIterator[tuple[Library, OpenVault]]:
    vault, data = folder / "vault", folder / "data"
    for path, text in notes.items():
        (vault / path).parent.mkdir(parents=True, exist_ok=True)
        (vault / path).write_bytes(text.encode())
    settings = Settings(watch=False, meaning=False, **more)  # type: ignore[arg-type]
    async with open_library(Places(data, data), Loaded(settings, {}, ())) as library:
        yield library, await library.open_vault(str(vault))


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncIterator[OpenVault]:
    async with opened(tmp_path) as (_, found):
        yield found


def at_noon(vault: OpenVault) -> Templates:
    """The subject with a clock that stands still."""

    async def nobody(asked: object) -> object:
        raise AssertionError(asked)

    return Templates(
        vault.root, vault.indexing, 1_000_000, propose=vault.edits.propose, ask=nobody, rehearse=nobody, clock=lambda: NOON  # type: ignore[arg-type]
    )  # fmt: skip


async def done(vault: OpenVault, plan: Plan) -> str:
    applied = await vault.edits.apply(plan.plan_id, plan.confirmation)
    assert applied.conflicts == ()
    assert applied.change_id is not None
    return applied.change_id


async def test_a_folder_gives_its_template_and_says_what_it_left_out(vault: OpenVault) -> None:
    found = await vault.templates.infer(folder="Meetings")
    assert found.text == TEMPLATE
    assert (found.name, found.method, found.usage, found.notice) == ("Meetings", "structure", None, None)
    assert (found.found, found.read, len(found.notes)) == (6, 6, 5)
    assert [each.path for each in found.left_out] == ["Meetings/Sub/Broken.md"]
    assert (await vault.templates.infer(folder="Meetings/")).text == TEMPLATE
    whole, other = [await vault.templates.infer(folder=folder) for folder in ("", "/")]
    assert (whole.found, other.found, whole.name, other.name) == (7, 7, "meeting", "meeting")


async def test_notes_that_are_named_give_theirs_and_must_be_there(vault: OpenVault) -> None:
    named = [path for path in NOTES if "Talk" in path][:3]
    assert (await vault.templates.infer(notes=named)).notes == tuple(named)
    with pytest.raises(NoteNotFound):
        await vault.templates.infer(notes=[*named, "Nowhere.md"])
    with pytest.raises(TooFewNotes, match="here are 2"):
        await vault.templates.infer(notes=named[:2] * 2)


@pytest.mark.parametrize("folder", ["../outside", "/etc", ".obsidian", "Meetings/../.."])
async def test_a_folder_that_leaves_the_vault_is_refused(vault: OpenVault, folder: str) -> None:
    with pytest.raises((PathRefused, TooFewNotes)):
        await vault.templates.infer(folder=folder)


async def test_notes_of_excluded_folders_are_not_read(tmp_path: Path) -> None:
    secret = {f"Private/{n}.md": "---\nsecret: canary\n---\n" for n in range(9)}
    async with opened(tmp_path, NOTES | secret, excluded_folders=("Private",)) as (_, vault):
        found = await vault.templates.infer(folder="")
        assert not any(path.startswith("Private") for path in found.notes)
        assert found.found == len(NOTES)


async def test_nothing_of_notes_in_excluded_folders_is_sent_even_when_they_are_named(tmp_path: Path) -> None:
    secret = {f"Private/{n}.md": f"---\nsecret: {n}\n---\n## Canary\n" for n in range(3)}
    chat = FakeChat.of(says(ANSWER))
    async with opened(tmp_path, NOTES | secret, excluded_folders=("Private",)) as (library, vault):
        library.chats = FakeChats(chat)  # type: ignore[assignment]
        found = await vault.templates.infer(notes=list(secret), use_model=True)
    assert (found.text, found.method) == ("---\nsecret:\n---\n## Canary\n", "structure")
    assert "nothing of them is sent" in (found.notice or "")
    assert chat.history == []


async def test_an_answer_that_is_kept_is_not_paid_twice(tmp_path: Path) -> None:
    chat = FakeChat.of(says(ANSWER))
    async with opened(tmp_path, model_prices=("openai/gpt-5-mini=0.25/2",)) as (library, vault):
        library.chats = FakeChats(chat)  # type: ignore[assignment]
        first, second = [await vault.templates.infer(folder="Meetings", use_model=True) for _ in range(2)]
    assert len(chat.history) == 1
    assert first.usage is not None
    assert second.usage is not None
    assert (first.text, first.usage.cached, second.usage.cached) == (second.text, 0, 1)
    assert second.usage.cost_usd == "0.00"


async def test_the_price_of_a_name_is_told_before_and_what_is_left_out_has_none(tmp_path: Path) -> None:
    chat = FakeChat.of(says(ANSWER))
    async with opened(tmp_path, model_prices=("openai/gpt-5-mini=0.25/2",)) as (library, vault):
        library.chats = FakeChats(chat)  # type: ignore[assignment]
        before = await vault.templates.estimate(folder="Meetings")
        assert chat.history == []
        found = await vault.templates.infer(folder="Meetings", use_model=True)
        after = await vault.templates.estimate(folder="Meetings")
    assert found.usage is not None
    assert (before.calls, before.cached, before.model) == (1, 0, "gpt-5-mini")
    assert 0 < float(before.cost_usd or 0) <= float(before.at_most_usd or 0) < 0.01
    assert (after.cached, after.cost_usd) == (1, "0.00")


async def test_a_note_that_was_just_written_counts(vault: OpenVault) -> None:
    from librarian.status import Change

    (vault.root / "Meetings" / "2026-03-09 Talk 9.md").write_text(NOTES["Meetings/2026-03-01 Talk 1.md"])
    await vault.changed([Change(kind="created", path="Meetings/2026-03-09 Talk 9.md")])
    assert (await vault.templates.infer(folder="Meetings")).found == 7


async def test_of_very_many_notes_some_are_read_spread_evenly(tmp_path: Path) -> None:
    many = {f"N/{n:05}.md": f"---\nn: {n}\n---\n" for n in range(MOST_READ * 2)}
    async with opened(tmp_path, many) as (_, vault):
        found = await vault.templates.infer(folder="N")
        assert (found.found, found.read) == (2 * MOST_READ, MOST_READ)
        assert (found.notes[0], found.notes[-1]) == ("N/00000.md", f"N/{2 * MOST_READ - 2:05}.md")


async def named(folder: Path, chat: FakeChat | Exception) -> tuple[object, dict[str, str], FakeChat | Exception]:
    async with opened(folder, model_prices=("openai/gpt-5-mini=0.25/2",)) as (library, vault):
        library.chats = FakeChats(chat)  # type: ignore[assignment]
        found = await vault.templates.infer(folder="Meetings", use_model=True)
        spent = {row.key: row.cost_usd for row in (await library.costs.summary("feature")).rows}
        return found, spent, chat


async def test_a_model_gives_a_name_and_hints_and_is_paid_for(tmp_path: Path) -> None:
    found, spent, chat = await named(tmp_path, FakeChat.of(says(ANSWER)))
    assert (found.name, found.method, found.notice) == ("Meeting", "model", None)
    assert found.text == TEMPLATE.replace("## Agenda\n\n1.", "## Agenda\n\n%% What to talk about. %%\n\n1.")
    assert (found.usage.calls, found.usage.output_tokens) == (1, 20)
    assert spent == {"templates": found.usage.cost_usd}
    assert isinstance(chat, FakeChat)
    sent = "".join(message.text for messages, _ in chat.history for message in messages)
    assert "Decisions" in sent
    assert not any(text in sent for text in ("Talk", "p1", "a1", "d1", "2026-03"))


async def test_without_a_provider_nothing_is_estimated(vault: OpenVault) -> None:
    with pytest.raises(NoProvider):
        await vault.templates.estimate(folder="Meetings")


@pytest.mark.parametrize("answers", [["nonsense", ANSWER], ["{", ANSWER], ['{"hints": []}', f"Here it is: {ANSWER}"]])
async def test_an_answer_that_is_not_what_was_asked_for_is_asked_for_once_more(
    tmp_path: Path, answers: list[str]
) -> None:
    found, _, chat = await named(tmp_path, FakeChat.of(*map(says, answers)))
    assert (found.name, found.usage.calls) == ("Meeting", 2)
    assert isinstance(chat, FakeChat)
    assert [message.role for message in chat.history[1][0]] == ["system", "user", "assistant", "user"]


async def test_without_a_usable_answer_the_structure_is_told_and_why(tmp_path: Path) -> None:
    found, spent, chat = await named(tmp_path, FakeChat.of(says("never")))
    assert (found.name, found.method, found.text) == ("Meetings", "structure", TEMPLATE)
    assert found.notice == "The model did not answer as it was asked to."
    assert isinstance(chat, FakeChat)
    assert len(chat.history) == found.usage.calls == 2
    assert list(spent) == ["templates"]


async def test_after_a_useless_answer_a_model_is_really_asked_once_more(tmp_path: Path) -> None:
    chat = FakeChat.of(says("nonsense"), says("again"), says(ANSWER))
    async with opened(tmp_path, model_prices=("openai/gpt-5-mini=0.25/2",)) as (library, vault):
        library.chats = FakeChats(chat)  # type: ignore[assignment]
        first, second = [await vault.templates.infer(folder="Meetings", use_model=True) for _ in range(2)]
    assert (first.method, second.method, second.name) == ("structure", "model", "Meeting")
    assert second.usage is not None
    assert (second.usage.calls, second.usage.cached, len(chat.history)) == (2, 1, 3)


async def test_without_a_provider_the_structure_is_told_and_why(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, vault):
        found = await vault.templates.infer(folder="Meetings", use_model=True)
    assert (found.text, found.method, found.usage) == (TEMPLATE, "structure", None)
    assert "No provider of models is chosen" in found.notice


async def test_a_provider_that_fails_keeps_nobody_from_the_structure(tmp_path: Path) -> None:
    found, _, _ = await named(tmp_path, ProviderUnreachable("openai", "no network"))
    assert (found.text, found.notice) == (TEMPLATE, "openai cannot be reached: no network.")


async def test_what_a_model_says_cannot_carry_markup_into_a_template(tmp_path: Path) -> None:
    evil = "%% <% tp.x %> {{date}} ![x](https://e.example/a.png) [[Home]] \x07\u202e<img src=x> `a`\n# Heading\n- item"
    answer = json.dumps(
        {"name": "../../.obsidian/x<%y%>", "hints": {"Agenda": evil, "Nowhere": "no", "Decisions": "%%"}}
    )
    found, _, _ = await named(tmp_path, FakeChat.of(says(answer)))
    assert found.name == "obsidian x y"
    lines = [line for line in found.text.splitlines() if line.startswith("%%")]
    assert lines == ["%% tp.x date x Home a Heading - item %%"]
    assert not any(mark in found.text for mark in ("<%", "http", "img", "\x07", "\u202e"))


async def test_a_template_is_kept_as_a_note_as_it_is(vault: OpenVault) -> None:
    await done(vault, await vault.templates.save("Templates/Meeting.md", TEMPLATE))
    assert (vault.root / "Templates/Meeting.md").read_text() == TEMPLATE
    with pytest.raises(NoteExists):
        await vault.templates.save("Templates/Meeting.md", TEMPLATE)
    with pytest.raises(EditRefused):
        await vault.templates.save("Templates/Meeting.txt", TEMPLATE)
    for path in ("../x.md", ".obsidian/x.md"):
        with pytest.raises(PathRefused):
            await vault.templates.save(path, TEMPLATE)


async def test_a_new_note_is_filled_with_its_title_and_the_time_of_the_clock(vault: OpenVault) -> None:
    plan = await at_noon(vault).apply(["Meetings/Kick-off.md"], text="# {{title}}\n\n{{date}} {{time}}\n")
    assert plan.edits == (Create(path="Meetings/Kick-off.md", content="# Kick-off\n\n2026-03-10 12:30\n"),)
    assert plan.preview[0].hunks[0].added == "# Kick-off\n\n2026-03-10 12:30\n"


async def test_a_note_that_is_there_gets_what_it_lacks_and_can_be_taken_back(vault: OpenVault) -> None:
    before = contents(vault.root)
    plan = await at_noon(vault).apply(["Old.md", "New.md"], text=TEMPLATE)
    assert [type(edit) for edit in plan.edits] == [Rewrite, Create]
    change = await done(vault, plan)
    after = (vault.root / "Old.md").read_text()
    assert after.endswith(
        "tags: meeting\npeople: []\n---\n# Old\n\nWords of mine.\n\n## Agenda\n\n1. \n\n## Decisions\n\n- one\n"
    )
    assert (await at_noon(vault).apply(["Old.md", "New.md"], text=TEMPLATE)).edits == ()
    with pytest.raises(ConfirmationNeeded) as asked:  # two of eight notes are many
        await vault.edits.undo(change)
    back = await vault.edits.undo(change, asked.value.data["confirmation"])
    assert back.conflicts == ()
    assert contents(vault.root) == before


async def test_a_note_that_is_there_has_its_own_day(vault: OpenVault) -> None:
    named = "Meetings/2026-03-01 Talk 1.md"
    plan = await at_noon(vault).apply([named, "Old.md"], text='---\nmade: "{{date}}"\n---\n')
    of_name, of_file = (edit.replacements[0].text for edit in plan.edits if isinstance(edit, Rewrite))
    assert '"2026-03-01"' in of_name
    assert '"2026-03-10"' not in of_file


async def test_a_template_that_is_a_note_is_read_from_it(vault: OpenVault) -> None:
    await done(vault, await vault.templates.save("Templates/Meeting.md", "## For {{title}}\n"))
    plan = await at_noon(vault).apply(["A.md"], template="Templates/Meeting.md")
    assert plan.edits == (Create(path="A.md", content="## For A\n"),)
    with pytest.raises(NoteNotFound):
        await at_noon(vault).apply(["A.md"], template="Templates/Nowhere.md")


@pytest.mark.parametrize(
    ("paths", "text", "error"),
    [
        (["Meetings/Sub/Broken.md"], TEMPLATE, EditRefused),
        (["Old.md", "Meetings/Sub/Broken.md"], TEMPLATE, EditRefused),
        (["a.txt"], TEMPLATE, EditRefused),
        (["../a.md"], TEMPLATE, PathRefused),
        ([".obsidian/a.md"], TEMPLATE, PathRefused),
        (["old.md"], TEMPLATE, PathRefused),
        (["a.md"], "<%* evil() %>", TemplateUnusable),
        (["a.md"], "---\na: [\n---\n", TemplateUnusable),
    ],
)
async def test_what_cannot_be_done_is_refused_whole(
    vault: OpenVault, paths: Sequence[str], text: str, error: type[Exception]
) -> None:
    before = contents(vault.root)
    with pytest.raises(error):
        await vault.templates.apply(paths, text=text)
    assert contents(vault.root) == before


async def test_nothing_is_written_through_a_link(vault: OpenVault, tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text("Outside.")
    (vault.root / "Link.md").symlink_to(vault.root / "Old.md")
    (vault.root / "Out.md").symlink_to(tmp_path / "outside.md")
    with pytest.raises(EditRefused, match="symbolic link"):
        await vault.templates.apply(["Link.md"], text=TEMPLATE)
    with pytest.raises(PathRefused):
        await vault.templates.apply(["Out.md"], text=TEMPLATE)


async def test_a_note_that_changed_since_the_plan_is_left_alone(vault: OpenVault) -> None:
    plan = await vault.templates.apply(["Old.md"], text=TEMPLATE)
    (vault.root / "Old.md").write_text("Somebody else's.\n")
    applied = await vault.edits.apply(plan.plan_id, plan.confirmation)
    assert [conflict.reason for conflict in applied.conflicts] == ["changed"]
    assert (vault.root / "Old.md").read_text() == "Somebody else's.\n"


async def test_what_was_inferred_and_applied_to_the_notes_themselves_changes_nothing(vault: OpenVault) -> None:
    found = await vault.templates.infer(folder="Meetings")
    plan = await vault.templates.apply(found.notes, text=found.text)
    assert plan.edits == ()


async def test_whoever_waits_no_longer_ends_the_request(tmp_path: Path) -> None:
    import asyncio

    chat = FakeChat.of([Pause(60), Finish("stop")])
    async with opened(tmp_path, model_prices=("openai/gpt-5-mini=0.25/2",)) as (library, vault):
        library.chats = FakeChats(chat)  # type: ignore[assignment]
        call = asyncio.create_task(vault.templates.infer(folder="Meetings", use_model=True))
        while not chat.history:
            await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    assert chat.aborted == 1
