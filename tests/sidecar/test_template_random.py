"""Templates and notes of any shape: what a template is told from gives it again, and applying one loses nothing."""

from __future__ import annotations

import random
import re
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.quality.template_notes import SPECS, Noise, Spec, drawn, written
from tests.quality.template_sets import inferred, parts

from librarian.errors import EditRefused
from librarian.merging.anatomy import anatomy
from librarian.merging.yaml import entries
from librarian.templating.applying import applied
from librarian.templating.filling import Filler

QUIET = Noise(0, 0, 0, 0, 0, 0, 0)
AT = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_notes_that_nobody_changed_give_their_template_again(spec: Spec) -> None:
    _same(spec, 40, 1)


@given(st.integers(0, 10_000), st.integers(12, 30))
def test_notes_of_a_template_that_nobody_thought_of_give_it_again(seed: int, count: int) -> None:
    _same(drawn(random.Random(seed)), count, seed)


def _same(spec: Spec, count: int, seed: int) -> None:
    found = inferred(written(spec, count, random.Random(seed), QUIET).notes)
    for what, (wanted, have) in parts(spec, found).items():
        if what != "values":  # a value may be the same in all notes by chance
            assert have == wanted, what
        assert wanted <= have, what


@given(st.integers(0, 10_000))
def test_a_note_made_from_what_was_told_has_all_of_it(seed: int) -> None:
    spec = drawn(random.Random(seed))
    text = inferred(written(spec, 12, random.Random(seed)).notes).text
    note = Filler("New", AT, "core").fill(text)
    assert applied("Notes/New.md", note, note) == note


WORDS = st.sampled_from(["alpha", "beta", "gamma", "délta", "日本", "🌾", "e\u0301x"])
LINES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
BLOCKS = st.one_of(
    LINES,
    st.builds("- {}".format, LINES),
    st.builds("- [ ] {}".format, st.one_of(st.just(""), LINES)),
    st.builds("1. {}\n   - {}".format, LINES, LINES),
    st.builds("> [!tip] {}\n> {}".format, LINES, LINES),
    st.builds("```dataview\n{}\n```".format, LINES),
    st.builds("![[{}.base]]".format, WORDS),
    st.builds("| a | b |\n|---|---|\n| {} | {} |".format, WORDS, WORDS),
    st.builds("%% {} %%".format, LINES),
    st.builds("{} ^{}".format, LINES, st.sampled_from(["a1", "b2"])),
    st.builds("[[{}#{}|{}]] #tag/{}".format, WORDS, WORDS, WORDS, WORDS),
    st.builds("    {}".format, LINES),
    st.just("***"),
)
HEADINGS = st.builds("{} {}".format, st.sampled_from(["#", "##", "##", "##", "###"]), WORDS)
VALUES = st.one_of(
    st.just(""),
    WORDS,
    st.integers(-5, 99).map(str),
    st.just("true"),
    st.just("[]"),
    st.just("[alpha, beta]"),
    st.just("\n  - gamma\n  - x"),
)
KEYS = st.sampled_from(["tags", "aliases", "status", "date", "Tags", "two words", "日期"])
FRONT = st.dictionaries(KEYS, VALUES, max_size=5).map(
    lambda found: "---\n" + "".join(f"{key}: {value}\n" for key, value in found.items()) + "---\n" if found else ""
)
ENDS = st.sampled_from(["\n", "\n", "\r\n"])


@st.composite
def notes(draw: st.DrawFn) -> str:
    rows = draw(st.lists(st.one_of(HEADINGS, BLOCKS, BLOCKS), max_size=9))
    text = draw(FRONT) + draw(st.sampled_from(["", "\n"])) + draw(st.sampled_from(["\n\n", "\n\n", "\n"])).join(rows)
    return (text + draw(st.sampled_from(["", "\n"]))).replace("\n", draw(ENDS))


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]+", text))


@settings(max_examples=400)
@given(notes(), notes())
def test_applying_never_loses_a_word_and_applying_twice_changes_nothing(note: str, template: str) -> None:
    try:
        after = applied("Notes/Note.md", note, template)
    except EditRefused:
        assume(False)
        return
    assert not words(note) - words(after)
    assert applied("Notes/Note.md", after, template) == after


@settings(max_examples=400)
@given(notes(), notes())
def test_applying_keeps_values_and_the_order_of_lines_and_adds_every_property_and_heading(
    note: str, template: str
) -> None:
    try:
        after = applied("Notes/Note.md", note, template)
    except EditRefused:
        assume(False)
        return
    before, filled, now = anatomy(note), anatomy(template), anatomy(after)
    kept = iter(after[now.body :].split("\n"))
    assert all(_found(line, kept) for line in note[before.body :].split("\n") if line.strip())
    mine, have = entries(before.yaml), entries(now.yaml)
    for key, entry in mine.items():
        value, new = entry.node.value, have[key].node.value
        assert new == value or value in (None, "", []) or isinstance(new, list), key
    names = {key.casefold() for key in have}
    assert {key.casefold() for key in entries(filled.yaml)} <= names
    titles = {heading.text.casefold() for heading in now.headings}
    lone = [heading for heading in filled.headings if heading.level == 1]
    assert all(heading.text.casefold() in titles for heading in filled.headings if [heading] != lone)


def _found(line: str, lines: object) -> bool:
    """Whether a line comes next among lines, as it is or with an id that it got."""
    return any(each.rstrip().startswith(line.rstrip()) for each in lines)  # type: ignore[attr-defined]
