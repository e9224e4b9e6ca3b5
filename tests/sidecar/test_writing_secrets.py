"""No part of a secret is shown to a model that writes, wherever in a note it writes, and none is lost by that."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_writing_by_models import FORMAL, KEY, Desk
from workbench import Bench, bench
from woven import KEY_LINE, SECRETS, leaks, pem

from librarian.chat import Delta
from librarian.drafting import Wish
from librarian.edit import units
from librarian.errors import EditRefused, ProviderFailed

__all__ = ["bench"]


async def test_no_part_of_a_secret_that_stands_around_is_shown(bench: Bench) -> None:
    before, after = f"{KEY}\nThen. password: hunter22 " + "x" * 795, "y " * 394 + f"sk-{'z' * 40} \n{KEY}\n"
    bench.write("n.md", f"{before}Words.{after}".encode())
    desk = Desk(bench, "Other words.")
    at = len(before)
    await desk.drafting.rewrite("n.md", (at, at + 6), FORMAL, desk.tell)
    await desk.drafting.go_on("n.md", at, Wish(), desk.tell)
    await desk.drafting.generate("n.md", len(KEY) - 40, Wish("An introduction"), desk.tell)
    for prompt in desk.pen.prompts:
        assert not any(part in prompt for part in ("q83v", "nter2", "zzz"))


async def written_at(bench: Bench, note: str, start: int, end: int) -> str:
    """All that a model is shown when it writes at a place of a note in each way."""
    bench.write("n.md", note.encode())
    desk = Desk(bench, "Other words.")
    at = units(note[:start]), units(note[:end])
    for act in (
        desk.drafting.rewrite("n.md", at, FORMAL, desk.tell),
        desk.drafting.go_on("n.md", at[0], Wish(), desk.tell),
        desk.drafting.generate("n.md", at[1], Wish("An introduction"), desk.tell),
    ):
        try:
            await act
        except EditRefused as error:
            assert "there is nothing to rewrite" in error.message  # blanks, or a part of a secret
    return "\n".join(desk.pen.prompts)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.sampled_from(SECRETS), min_size=1, max_size=5),
    st.sampled_from([" words of the sea ", "\n\n", "\n- ", " " + "Long words of it. " * 60]),
    st.tuples(st.integers(0, 4_000), st.integers(1, 3_000)),
)
async def test_no_slice_of_a_secret_is_shown_wherever_it_is_written(
    bench: Bench, found: list[str], gap: str, at: tuple[int, int]
) -> None:
    note = (gap + gap.join(found) + gap).replace("\r\n", "\n")
    start = min(at[0], len(note) - 1)
    assert leaks(await written_at(bench, note, start, min(start + at[1], len(note)))) == set()


@pytest.mark.parametrize(
    "note",
    [
        "\n".join([pem(60)] * 12) + "\n\nEnd",
        "".join(f"{number} token: {'k9' * 400}\n" for number in range(40)) + "\nEnd",
    ],
    ids=["keys in a row", "values in a row"],
)
async def test_a_window_is_not_led_back_into_a_secret_by_those_that_are_left_out(bench: Bench, note: str) -> None:
    assert leaks(await written_at(bench, note, len(note) - 3, len(note))) == set()


async def test_a_passage_that_begins_or_ends_within_a_secret_shows_nothing_of_it(bench: Bench) -> None:
    note = f"# Router\n\npassword: hunter22secret and words\n\n{pem(8)}\n"
    start = note.index("ter22")
    assert leaks(await written_at(bench, note, start, note.index(KEY_LINE[:20]) + 100)) == set()


@pytest.mark.parametrize(
    ("note", "chosen", "asked", "after"),
    [
        ("password: hunter22! and words", "ter22! and words", "and words", "password: hunter22! SAID"),
        ("Words and password: hunter22!", "and password: hun", "and password:", "Words SAID hunter22!"),
        ("password: hunter22! or token: swordfish9", "ter22! or token: sword", "or token:", "password: hunter22! SAID swordfish9"),
        (f"Once {pem(4)}\n\nWords", "ZtQ==\n-----END RSA PRIVATE KEY-----\n\nWords", "Words", f"Once {pem(4)}\n\nSAID"),
    ],
)  # fmt: skip
async def test_a_secret_of_which_a_part_is_chosen_stays_whole(
    bench: Bench, note: str, chosen: str, asked: str, after: str
) -> None:
    bench.write("n.md", note.encode())
    desk = Desk(bench, "SAID")
    start = note.rindex(chosen)
    draft = await desk.drafting.rewrite("n.md", (start, start + len(chosen)), FORMAL, desk.tell)
    assert leaks(prompt := desk.pen.history[0][0][-1].text) == set()
    assert f'<document name="passage">\n{asked}\n</document>' in prompt
    assert draft.plan is not None
    await bench.edits.apply(draft.plan.plan_id)
    assert bench.read("n.md").decode() == after


async def test_a_passage_within_a_secret_is_not_rewritten(bench: Bench) -> None:
    bench.write("n.md", b"password: hunter22!")
    desk = Desk(bench, "Other words.")
    with pytest.raises(EditRefused, match="nothing to rewrite"):
        await desk.drafting.rewrite("n.md", (12, 16), FORMAL, desk.tell)
    assert desk.pen.history == []


async def test_a_secret_behind_a_name_has_a_sign_that_is_shown_and_comes_back(bench: Bench) -> None:
    note = "See `a`.\n\npassword: postgres://me:pa55word77@host/db, then postgres://you:pa55word77@host/db\n"
    bench.write("n.md", note.encode())
    desk = Desk(bench, "So: ⟦0⟧ password: ⟦1⟧ then postgres://you:⟦2⟧@host/db")
    draft = await desk.drafting.rewrite("n.md", None, FORMAL, desk.tell)
    asked = desk.pen.history[0][0][-1].text
    assert [f"⟦{number}⟧" in asked for number in range(4)] == [True, True, True, False]
    assert draft.text.startswith("So: `a` password: postgres://me:pa55word77@host/db, then")


async def test_a_passage_whose_parts_might_get_lost_is_not_rewritten(bench: Bench) -> None:
    ends = "-----BEGIN PRIVATE KEY----- `-----END RSA PRIVATE KEY-----` ![[pic.png]] -----END PRIVATE KEY-----"
    desk = Desk(bench, "Other words.")
    with pytest.raises(EditRefused, match="cannot be told apart"):
        await desk.drafting.reword(ends, FORMAL, desk.tell)
    assert desk.pen.history == []


async def test_what_there_is_of_a_rewrite_that_fails_has_what_was_not_shown(bench: Bench) -> None:
    desk = Desk(bench, [Delta("Words ⟦0⟧ and "), ProviderFailed("openai", 500)])
    with pytest.raises(ProviderFailed) as caught:
        await desk.drafting.reword("Words `code` and more.", FORMAL, desk.tell)
    assert caught.value.data["partial"] == "Words `code` and"
