"""Text goes into a note where a person wants it, by the journal, and nowhere else."""

from __future__ import annotations

import pytest
from workbench import Bench, bench

from librarian._native import Exclusion
from librarian.drafting import Drafting
from librarian.edit import digest_of
from librarian.errors import EditRefused, NoteChanged, NoteNotFound, NoteUnreadable, PathRefused
from librarian.excerpt import excerpt, front_matter
from librarian.metering import Manner, Writer
from librarian.money import Purpose

__all__ = ["bench"]


def drafting(bench: Bench, max_note_bytes: int = 1_000_000) -> Drafting:
    return Drafting("v1", bench.root, bench.edits.propose, nobody, max_note_bytes=max_note_bytes, excluded=Exclusion())


async def nobody(purpose: Purpose, manner: Manner) -> Writer:
    """No model is asked for what a person wrote."""
    raise AssertionError((purpose, manner))


async def test_a_text_is_put_at_a_place_is_in_the_journal_and_can_be_taken_back(bench: Bench) -> None:
    bench.write("n.md", "👩‍🚀 one\r\ntwo\r\n".encode())
    plan = await drafting(bench).insertion("n.md", "and\nmore ", (6, 6), "summarise")
    applied = await bench.edits.apply(plan.plan_id)
    assert bench.read("n.md").decode() == "👩‍🚀 and\r\nmore one\r\ntwo\r\n"
    (change,) = await bench.edits.journalled(1)
    assert (change.actor, change.reason) == ("person asked", "summarise")
    await bench.edits.undo(applied.change_id or "")
    assert bench.read("n.md").decode() == "👩‍🚀 one\r\ntwo\r\n"


async def test_a_place_in_another_version_of_a_note_is_none(bench: Bench) -> None:
    bench.write("n.md", b"one two")
    plan = await drafting(bench).insertion("n.md", "and ", (4, 4), "write", digest_of(b"one two"))
    bench.write("n.md", b"Once more: one two")
    with pytest.raises(NoteChanged):
        await drafting(bench).insertion("n.md", "and ", (4, 4), "write", digest_of(b"one two"))
    assert (await bench.edits.apply(plan.plan_id)).conflicts[0].reason == "changed"
    assert bench.read("n.md") == b"Once more: one two"


async def test_without_a_place_a_note_is_made_but_never_over_another(bench: Bench) -> None:
    plan = await drafting(bench).insertion("folder/new.md", "Hello", None, "write")
    await bench.edits.apply(plan.plan_id)
    assert bench.read("folder/new.md") == b"Hello"
    plan = await drafting(bench).insertion("a.md", "Hello", None, "write")
    assert (await bench.edits.apply(plan.plan_id)).conflicts[0].reason == "exists"
    assert bench.read("a.md") == b"alpha\r\n"


@pytest.mark.parametrize(
    ("path", "at", "error"),
    [
        ("gone.md", (0, 0), NoteNotFound),
        ("../a.md", (0, 0), PathRefused),
        (".obsidian/app.json", (0, 0), PathRefused),
        ("a.md", (0, 99), EditRefused),
        ("a.md", (3, 2), EditRefused),
    ],
)
async def test_a_place_that_is_none_is_refused(
    bench: Bench, path: str, at: tuple[int, int], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await drafting(bench).insertion(path, "x", at, "write")


async def test_a_note_that_is_too_large_is_left_alone(bench: Bench) -> None:
    with pytest.raises(NoteUnreadable):
        await drafting(bench, max_note_bytes=3).insertion("a.md", "x", (0, 0), "write")


def test_an_excerpt_is_all_but_the_properties_unless_told() -> None:
    content = "---\r\ntags: [a]\r\n---\r\n# Title 😀\r\ntext".encode()
    found = excerpt("n.md", content)
    assert (found.before, found.text, found.after) == ("---\r\ntags: [a]\r\n---\r\n", "# Title 😀\r\ntext", "")
    assert excerpt("n.md", content, found.start + 8, found.start + 10).text == "😀"
    with pytest.raises(EditRefused):
        excerpt("n.md", content, found.start + 9, found.start + 10)


@pytest.mark.parametrize("text", ["", "--- a\n---\n", "---\nnever closed\n", "text\n---\n---\n"])
def test_what_looks_like_properties_and_is_none_belongs_to_the_text(text: str) -> None:
    assert front_matter(text) == ""
