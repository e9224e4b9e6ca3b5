"""Notes of torn Markdown and YAML, merged: whatever they say, nothing is half done and no other note loses anything."""

from __future__ import annotations

from random import Random
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st
from test_merging_random import PATHS, check_led, check_undone
from unions import outcome

from librarian.errors import EditRefused
from librarian.merging.proposal import Action, Known, Proposal

SHREDS = [
    "w1", "w2", "w3", "[[", "]]", "Marsh", "a/Möwe", "#", "^abc", "|", "\n", "\n", "\n\n", "- ", "1. ", "> ", "```", "    ", "\t", "---",
    "\n---\n", "# ", "## ", "$$", "$", "%%", "<!--", "-->", "<div>", "[^1]", "[^1]: ", "[", "](Marsh.md)", "](../Index.md#x1)", "!", "`",
    "\\", "é", "👩‍🚀", "\r\n", ": ", "tags: ", "- a", "aliases:", "'", '"', "{", "}", "*", "~~~", "===", "| a | b |\n|---|---|\n", "^", "%",
    "&", "@", "\ufeff", "\u2028", "\x0b", "\x0c", "\x00", "  ", "\n   ",
]  # fmt: skip
LINES = [
    "a: 1", "tags: [w1, b]", "aliases: x", "tags:\n- c\n- w2", 'b: "[[Marsh]]"', "# c w3", "s: |\n  w4 # x", "m:\n  k: v", "", "t: 'x'",
    "l: [[Index]]", "e:", "x: w1 # w9",
]  # fmt: skip


def shreds(dice: Random) -> bytes:
    lines = [f"{dice.choice(LINES)}\n" for _ in range(dice.randrange(4))]
    front = f"---\n{''.join(lines)}---\n" if dice.random() < 0.4 else ""
    return (front + "".join(dice.choice(SHREDS) for _ in range(dice.randrange(40)))).encode()


@settings(max_examples=300)
@given(st.integers(0, 2**32))
def test_whatever_notes_say_they_are_merged_whole_or_refused(seed: int) -> None:
    dice = Random(seed)
    vault = {path: shreds(dice) for path in PATHS}
    keeper, *losers = dice.sample(PATHS, dice.randint(2, 3))
    if dice.random() < 0.5:
        vault[losers[0]] = vault[keeper] + shreds(dice)
    action = cast(Action, dice.choice(["merge", "stub", "trash"]))
    try:
        edits = Proposal(vault.__getitem__, keeper, losers, action, Known(tuple(vault), PATHS, ())).edits()
    except EditRefused:
        return
    after = outcome(vault, edits)
    check_led(vault, after, keeper, losers, action)
    check_undone(vault, after, edits)
