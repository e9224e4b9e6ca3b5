"""Text that is put at a place of a note breaks no mark there, stays in the block that it is put into, and is run by nobody."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from poison import harms
from test_cleaning_random import PARSER, PIECES
from test_writing_by_models import FORMAL, Desk
from workbench import Bench, bench

from librarian.cleaning import Cleaning
from librarian.drafting import Wish
from librarian.errors import EditRefused
from librarian.merging.anatomy import anatomy
from librarian.spot import PROSE, Spot, spot

__all__ = ["bench"]

CODE = "<div class='a'>\n\n\n    x[0](y) # [[a]] `b`\n    <T>f</T>"
texts = st.lists(st.sampled_from([*PIECES, "```\n", "\n```\n", "~~~\n"]), min_size=1, max_size=14).map("".join)


def split(marked: str) -> tuple[str, int]:
    return marked.replace("¦", ""), marked.index("¦")


@pytest.mark.parametrize(
    ("note", "where"),
    [
        ("Words ¦\n", PROSE),
        ("```py\na\n¦\n```\n", Spot("```")),
        ("# A\n\n~~~~\na¦b\n~~~~\n", Spot("~~~~")),
        ("```\r\na\r\n¦\r\n```\r\n", Spot("```")),
        ("```py¦\na\n```\n", Spot("```", begins_line=True)),
        ("```¦  \n```", Spot("```", begins_line=True)),
        ("```¦", Spot("```", begins_line=True)),
        ("```\n¦```\n", Spot("```", ends_line=True)),
        ("```\n ¦ ```\n", Spot("```", ends_line=True)),
        ("```\na\n``¦\n```", Spot("```", begins_line=True)),
        ("```\na\n¦``\n```", Spot("```", ends_line=True)),
        ("```\na\n```¦\nb", Spot(begins_line=True)),
        ("```\na\n``` ¦\r\nb", Spot(begins_line=True)),
        ("```\na\n```\n¦b", PROSE),
        ("¦```\na\n```\n", Spot(ends_line=True)),
        ("```\na\n```\n¦```\nb\n```", Spot(ends_line=True)),
        ("```\na\n¦", Spot("```")),
        ("```\na\n\n¦\n\n", Spot("```")),
        ("- a\n  ```\n  ¦\n  ```\n", PROSE),
        ("> ```\n> ¦\n> ```\n", PROSE),
        ("$$\n```\n¦\n```\n$$\n", PROSE),
        ("    a¦\n", PROSE),
        ("> ```¦\n> a\n> ```\n", Spot(begins_line=True)),
        ("- ```py¦\n  a\n  ```\n", Spot(begins_line=True)),
        ("Words\n\n``¦", Spot(begins_line=True)),
        ("1. [ ] ~~¦", Spot(begins_line=True)),
        ("See `a`¦", PROSE),
        ("```a``` ¦", PROSE),
        ("> ```dataviewjs\n> a\n> ```\n> ¦", PROSE),
    ],
)
def test_a_place_is_told_by_the_block_that_it_lies_in(note: str, where: Spot) -> None:
    assert spot("n.md", *split(note)) == where


@pytest.mark.parametrize("note", ["``¦`\na\n```\n", "```p¦y\na\n```\n", "```\na\n``¦`\n", "```¦ py\na\n```"])
def test_nothing_is_put_in_the_midst_of_a_mark(note: str) -> None:
    with pytest.raises(EditRefused, match="marks of a block"):
        spot("n.md", *split(note))


@pytest.mark.parametrize("kind", ["dataviewjs", "{.DataviewJS}", "dataview", "base", "tasks", "js-engine a"])
async def test_no_model_writes_where_plugins_run_what_is_written(bench: Bench, kind: str) -> None:
    note, at = split(f"```{kind}\nlet a = 1\n¦\n```\n")
    bench.write("n.md", note.encode())
    desk = Desk(bench, "fetch('//canary.invalid')")
    for act in (
        desk.drafting.estimate_going_on("n.md", at, Wish()),
        desk.drafting.go_on("n.md", at, Wish(), desk.tell),
        desk.drafting.generate("n.md", at, Wish("Code"), desk.tell),
        desk.drafting.insertion("n.md", "fetch('//canary.invalid')", (at, at), "insert a summary"),
    ):
        with pytest.raises(EditRefused, match="plugins may run"):
            await act
    assert desk.pen.history == []


@pytest.mark.parametrize(
    "note",
    [
        "> ```dataviewjs\n> ¦\n> ```\n",
        "> [!note]\n> ```dataviewjs¦\n",
        "- a\n  - ```dataviewjs\n    let a = ¦\n    ```\n",
        "- ```py\n  a\n  ```\n  ```base\n\n  ¦",
        "```dataviewjs\n¦",
    ],
)
def test_nothing_is_put_into_a_block_that_may_be_run_wherever_it_stands(note: str) -> None:
    with pytest.raises(EditRefused, match="plugins may run"):
        spot("n.md", *split(note))


async def written(bench: Bench, marked: str, said: str) -> str:
    """A note after a model went on in it."""
    note, at = split(marked)
    bench.write("n.md", note.encode())
    desk = Desk(bench, said)
    draft = await desk.drafting.go_on("n.md", at, Wish(), desk.tell)
    assert draft.text.startswith("".join(desk.told).rstrip())
    assert draft.plan is not None
    # As the plugin does it: the text is put in as it was told.
    plan = await desk.drafting.insertion("n.md", draft.text, (at, at), "continue the note")
    await bench.edits.apply(plan.plan_id)
    return bench.read("n.md").decode()


@pytest.mark.parametrize(
    ("marked", "said", "after"),
    [
        ("```xml\n¦\n```\n", CODE, f"```xml\n{CODE}\n```\n"),
        ("```py\nif a:\n¦\n```\n", "    b\n\n\n    c\n", "```py\nif a:\n    b\n\n\n    c\n```\n"),
        ("```py\n¦\n```\n", "```python\nimport a\n```\n\nThis imports.", "```py\nimport a\n\nThis imports.\n```\n"),
        ("````\n¦\n````\n", "```\na\n```", "````\n```\na\n```\n````\n"),
        ("```¦\n```\n", "dataviewjs\nx()", "```\ndataviewjs\nx()\n```\n"),
        ("> ```¦\n", "dataviewjs\n> x()", "> ```\ndataviewjs\n> x()\n"),
        ("``¦", "`dataviewjs\nx()", "``\n`dataviewjs\nx()"),
        ("```\n¦```\n", "x", "```\nx\n```\n"),
        ("```\na\n```¦\nb\n", "Words.", "```\na\n```\nWords.\nb\n"),
        ("¦```\na\n```\n", "Words.", "Words.\n```\na\n```\n"),
        ("```py\nos¦\n```\n", ".path", "```py\nos.path\n```\n"),
        ("```py\nreturn¦\n```\n", "a", "```py\nreturn a\n```\n"),
        ("```py\nf(¦)\n```\n", "# a", "```py\nf(# a)\n```\n"),
    ],
)
async def test_code_goes_on_as_code(bench: Bench, marked: str, said: str, after: str) -> None:
    assert await written(bench, marked, said) == after


async def test_a_summary_at_the_cursor_ends_no_block(bench: Bench) -> None:
    note, at = split("```\na\n¦\n```\n")
    bench.write("n.md", note.encode())
    plan = await Desk(bench).drafting.insertion("n.md", "Said:\n```\nx\n```\nEnd.", (at, at), "insert a summary")
    await bench.edits.apply(plan.plan_id)
    assert bench.read("n.md").decode() == "```\na\nSaid:\nx\nEnd.\n```\n"
    with pytest.raises(EditRefused, match="nothing to put in"):
        await Desk(bench).drafting.insertion("n.md", "```", (at, at), "insert a summary")


async def test_code_that_is_rewritten_stays_code(bench: Bench) -> None:
    note = "```py\ndef f():\n    x[0](a)\n\n\n    return a\n```\n"
    bench.write("n.md", note.encode())
    start, end = note.index("    x"), note.index("\n```\n")
    desk = Desk(bench, "```py\n    y[0](b)\n\n\n    return b\n```")
    draft = await desk.drafting.rewrite("n.md", (start, end), FORMAL, desk.tell)
    assert draft.text == "    y[0](b)\n\n\n    return b"


@given(texts, st.sampled_from(["```", "~~~", "````"]), st.integers(1, 6))
def test_whatever_is_put_into_a_block_stays_in_it_and_were_it_none_would_do_no_harm(
    text: str, fence: str, step: int
) -> None:
    cleaning = Cleaning(fence=fence)
    shown = "".join(cleaning.take(text[place : place + step]) for place in range(0, len(text), step))
    whole = cleaning.whole()
    assert whole.startswith(shown.rstrip())
    assert harms(whole) == harms(shown) == []
    note, at = split(f"Before.\n\n{fence}\na\n¦\n{fence}\n\nBehind.\n")
    put = spot("n.md", note, at).fitted(whole)
    assert put == whole
    blocks = anatomy(f"{note[:at]}{put}{note[at:]}").blocks
    assert [block.kind for block in blocks] == ["paragraph", "code", "paragraph"]


NOTES = [
    "```",
    "~~~",
    "`",
    "``",
    "~~",
    "dataviewjs",
    "dataviewjs\n",
    "\n",
    "\n\n",
    "- ",
    "> ",
    "  ",
    "1. ",
    "[ ] ",
    "a",
    "py\n",
    "```\n",
]
SAID = ["CANARY", "dataviewjs\n", "dataviewjs", "`", "``", "```", "~", "~~~", "\n", "  ", "> ", "- ", " "]


@settings(max_examples=600)
@given(
    st.lists(st.sampled_from(NOTES), max_size=10).map("".join),
    st.lists(st.sampled_from(NOTES), max_size=6).map("".join),
    st.lists(st.sampled_from(SAID), min_size=1, max_size=10).map("".join),
)
def test_wherever_it_is_put_nothing_of_it_is_run(before: str, behind: str, said: str) -> None:
    try:
        place = spot("n.md", before + behind, len(before))
    except EditRefused:
        return
    cleaning = Cleaning(fence=place.fence)
    cleaning.take(said)
    put = place.fitted(cleaning.whole())
    run = [each.content for each in PARSER.parse(f"{before}{put}{behind}") if each.info.startswith("dataviewjs")]
    assert not [each for each in run if "CANARY" in each]
