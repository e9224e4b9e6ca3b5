"""Taking an edit back from a note that was changed since: before comes back where nobody was, and nowhere else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from workbench import Bench, bench

from librarian.edit import Replacement, Rewrite, cut, digest_of, rewritten, step_of, units
from librarian.threeway import remainder

__all__ = ["bench"]

LINES = st.lists(st.text("ab🐦", max_size=3).map(lambda text: text + "\n"), min_size=1, max_size=8)


@st.composite
def edited(draw: st.DrawFn) -> tuple[bytes, Rewrite]:
    """A text, and an edit of whole lines of it."""
    lines = draw(LINES)
    text = "".join(lines)
    starts = [units("".join(lines[:at])) for at in range(len(lines) + 1)]
    chosen = draw(st.sets(st.integers(0, len(lines) - 1), max_size=3))
    replacements = tuple(
        Replacement(start=starts[at], end=starts[at + 1], text=draw(st.sampled_from(["X\n", "Y\nZ\n", ""])))
        for at in sorted(chosen)
    )
    return text.encode(), Rewrite(path="a.md", digest=digest_of(text.encode()), replacements=replacements)


@given(edited(), LINES)
def test_what_somebody_wrote_since_stays_and_nothing_else_is_made_up(
    given_edit: tuple[bytes, Rewrite], theirs: list[str]
) -> None:
    before, edit = given_edit
    step = step_of(edit, before)
    now = rewritten(edit, before) + "".join(f"theirs {line}" for line in theirs).encode()
    found = remainder(step, now)
    assert found.left + len(found.edit.replacements if found.edit else ()) == len(edit.replacements)
    after = rewritten(found.edit, now).decode() if found.edit else now.decode()
    for line in theirs:
        assert f"theirs {line}" in after
    known = (before + now).decode()
    assert all(line in known for line in after.splitlines())


@given(edited())
def test_of_a_note_that_nobody_changed_all_is_taken_back(given_edit: tuple[bytes, Rewrite]) -> None:
    before, edit = given_edit
    step = step_of(edit, before)
    found = remainder(step, rewritten(edit, before))
    assert found.left == 0
    assert (rewritten(found.edit, rewritten(edit, before)) if found.edit else before) == before


@given(edited(), st.text("ab\n", max_size=12))
def test_of_another_text_nothing_is_taken_back_but_what_stands_there(
    given_edit: tuple[bytes, Rewrite], other: str
) -> None:
    before, edit = given_edit
    found = remainder(step_of(edit, before), other.encode())
    if found.edit is not None:
        rewritten(found.edit, other.encode())
        assert found.edit.digest == digest_of(other.encode())
        assert set(cut(found.edit, other)[2]) <= {each.text for each in edit.replacements}


async def test_of_a_note_that_was_changed_since_what_nobody_touched_can_be_taken_back(bench: Bench) -> None:
    bench.write("a.md", b"one\r\ntwo \xf0\x9f\x90\xa6\r\nthree\r\nfour\r\nfive\r\n")
    digest = bench.digest("a.md")
    edit = Rewrite(
        path="a.md",
        digest=digest,
        replacements=(
            Replacement(start=0, end=3, text="ONE"),
            Replacement(start=13, end=20, text=""),
            Replacement(start=26, end=30, text="FIVE"),
        ),
    )
    applied = await bench.apply(edit)
    assert bench.read("a.md") == b"ONE\r\ntwo \xf0\x9f\x90\xa6\r\nfour\r\nFIVE\r\n"
    bench.write("a.md", b"theirs\r\nONE\r\ntwo \xf0\x9f\x90\xa6\r\nfour\r\nFIVE and theirs\r\n")
    undone = await bench.edits.undo(applied.change_id or "")
    assert [each.reason for each in undone.conflicts] == ["changed"]
    assert undone.offer is not None
    assert [hunk.removed for hunk in undone.offer.preview[0].hunks] == ["ONE", "four"]
    done = await bench.edits.apply(undone.offer.plan_id)
    assert bench.read("a.md") == (b"theirs\r\none\r\ntwo \xf0\x9f\x90\xa6\r\nthree\r\nfour\r\nFIVE and theirs\r\n")
    assert (await bench.edits.undo(done.change_id or "")).conflicts == ()


async def test_nothing_is_offered_where_all_was_changed_since_or_it_is_gone(bench: Bench) -> None:
    first = Replacement(start=0, end=0, text="new ")
    applied = await bench.apply(
        *(Rewrite(path=path, digest=bench.digest(path), replacements=(first,)) for path in ("a.md", "b.md"))
    )
    bench.write("a.md", b"theirs")
    (bench.root / "b.md").unlink()
    undone = await bench.edits.undo(applied.change_id or "")
    assert ({each.reason for each in undone.conflicts}, undone.offer) == ({"changed", "missing"}, None)
