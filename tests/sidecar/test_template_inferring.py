"""Templates told from notes: properties, headings, lists, fixed text, dates and titles."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from textwrap import dedent

import pytest

from librarian.errors import NoteUnreadable, TooFewNotes
from librarian.template import InferredTemplate
from librarian.templating.inferring import LEAST
from librarian.templating.placeholder import Syntax
from librarian.templating.telling import Naming, told


def infer(
    notes: Mapping[str, str], syntax: Syntax = "core", folder: str | None = "Notes", least: float = LEAST
) -> InferredTemplate:
    found = told(tuple(notes), notes.__getitem__, folder=folder, least=least)
    return found.answer(syntax, Naming(), found=len(notes))


def numbered(text: str, count: int = 5, name: str = "Note {n}") -> dict[str, str]:
    """Notes that differ in ``{n}`` only."""
    return {f"Notes/{name.format(n=n)}.md": text.replace("{n}", str(n)) for n in range(1, count + 1)}


def body(found: InferredTemplate) -> str:
    return found.text.partition("\n---\n")[2] or found.text


def test_what_all_notes_have_is_the_template_and_what_differs_is_left_empty() -> None:
    notes = numbered(
        "---\ntags: [book]\nauthor: Somebody {n}\nyear: 19{n}0\n---\n# Note {n}\n\n## Quote\n\nWords {n}.\n\n## Why\n\n- reason {n}\n"
    )
    found = infer(notes)
    assert found.text == "---\ntags: [book]\nauthor:\nyear:\n---\n# {{title}}\n\n## Quote\n\n## Why\n\n- \n"
    assert [(each.name, each.type) for each in found.properties] == [
        ("tags", "list"),
        ("author", "text"),
        ("year", "number"),
    ]
    assert [(each.level, each.text) for each in found.headings] == [(1, "{{title}}"), (2, "Quote"), (2, "Why")]
    assert found.confidence == 1.0
    assert (found.name, found.method, found.others, found.left_out) == ("Notes", "structure", (), ())


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        (("1", "2.5", "-3"), "number"),
        (("true", "false", "true"), "checkbox"),
        (("2026-03-04", "2025-01-02", "2024-12-31"), "date"),
        (("2026-03-04T10:00", "2025-01-02T11:30", "2024-12-31T09:00:01"), "datetime"),
        (("2026-03-04T10:00", "2025-01-02", "2024-12-31"), "datetime"),
        (("[a]", "[]", "[b, c]"), "list"),
        (("a", "[b]", "c"), "text"),
        (("1.10", "2.20", "007"), "number"),
        (("2", "none", "four"), "text"),
        (('"1"', '"2"', '"3"'), "text"),
        (("", "", ""), "text"),
        (("", "", "5"), "number"),
    ],
)
def test_a_property_has_the_type_that_obsidian_would_give_it(values: tuple[str, ...], type_: str) -> None:
    notes = {f"N/{n}.md": f"---\nmet on: {value}\n---\n" for n, value in enumerate(values)}
    assert [each.type for each in infer(notes).properties] == [type_]


def test_values_that_nearly_all_notes_have_are_where_new_ones_begin() -> None:
    texts = [f"---\nstatus: {'done' if n == 3 else 'open'}\ntags: [task, t{n}]\nlang: '{n}'\n---\n" for n in range(12)]
    found = infer({f"N/{n}.md": text for n, text in enumerate(texts)})
    assert found.text == "---\nstatus: open\ntags: [task]\nlang:\n---\n"


def test_a_few_values_that_recur_are_told_as_choices() -> None:
    notes = {f"N/{n}.md": f"---\nstatus: {('open', 'waiting', 'done')[n % 3]}\n---\n" for n in range(12)}
    assert infer(notes).text == "---\nstatus: # open, waiting, done\n---\n"
    assert infer(notes).properties[0].values == ("open", "waiting", "done")
    asked = '<% tp.system.suggester(["open", "waiting", "done"], ["open", "waiting", "done"]) %>'
    assert infer(notes, "templater").text == f"---\nstatus: {asked}\n---\n"


def test_lists_are_written_as_the_notes_write_them() -> None:
    notes = numbered("---\ntags:\n  - book\n  - b{n}\npeople:\n  - p{n}\n---\n")
    assert infer(notes).text == "---\ntags:\n  - book\npeople: []\n---\n"


def test_properties_that_less_than_half_of_the_notes_have_are_left_out() -> None:
    notes = {f"N/{n}.md": "---\na: x\n" + ("b: y\n" if n < 4 else "") + "---\n" for n in range(10)}
    assert [each.name for each in infer(notes).properties] == ["a"]
    assert [(each.name, each.share) for each in infer(notes, least=0.3).properties] == [("a", 1.0), ("b", 0.4)]


def test_the_day_in_a_title_is_found_in_properties_and_text_in_its_own_format() -> None:
    text = "---\ndate: 2026-03-0{n}\nborn: 2001-01-0{n}\n---\n# {n} March 2026\n\n## Wednesday, no date\n\nSeen on 0{n}.03.2026\n"
    notes = {f"N/2026-03-0{n} walk.md": text.replace("{n}", str(n)) for n in range(1, 6)}
    found = infer(notes)
    assert found.text.startswith('---\ndate: "{{date:YYYY-MM-DD}}"\nborn:\n---\n')
    assert "Seen on {{date:DD.MM.YYYY}}" in found.text
    assert 'date: <% tp.date.now("YYYY-MM-DD") %>' in infer(notes, "templater").text


def test_a_day_that_could_be_written_in_two_ways_is_the_one_that_most_notes_have() -> None:
    days = [("2026-11-11", "11/11/2026"), ("2026-03-25", "25/03/2026"), ("2026-04-26", "26/04/2026")]
    notes = {f"N/{day}.md": f"Written {shown} here\n" for day, shown in days}
    assert infer(notes).text == "Written {{date:DD/MM/YYYY}} here\n"


def test_days_beside_the_notes_own_are_places_where_the_plugin_has_a_word_for_them() -> None:
    notes = {
        f"N/2026-03-0{n}.md": f"---\ndue: 2026-03-0{n + 1}\n---\n<< [[2026-03-0{n - 1}]] | [[2026-03-0{n + 1}]] >>\n"
        for n in range(2, 8)
    }
    assert infer(notes, "templater").text == (
        '---\ndue: <% tp.date.now("YYYY-MM-DD", 1) %>\n---\n'
        '<< [[<% tp.date.now("YYYY-MM-DD", -1) %>]] | [[<% tp.date.now("YYYY-MM-DD", 1) %>]] >>\n'
    )
    assert infer(notes).text == "---\ndue:\n---\n<< [[]] | [[]] >>\n"


def test_a_property_named_as_a_date_gives_the_note_its_day() -> None:
    notes = {
        f"N/{n}.md": f"---\ncreated: 2026-03-1{n}\nread: 2026-04-1{9 - n}\n---\nOn 2026-03-1{n}.\n" for n in range(5)
    }
    assert infer(notes).text == '---\ncreated: "{{date:YYYY-MM-DD}}"\nread:\n---\nOn {{date:YYYY-MM-DD}}.\n'


def test_the_title_is_found_within_a_fixed_text() -> None:
    found = infer(numbered("Back to [[Index of Note {n}]].\n\n![[Note {n}.base]]\n"))
    assert found.text == "Back to [[Index of {{title}}]].\n\n![[{{title}}.base]]\n"
    assert "![[<% tp.file.title %>.base]]" in infer(numbered("![[Note {n}.base]]\n"), "templater").text


def test_a_first_heading_is_the_title_whatever_it_says_unless_it_says_the_same_in_most() -> None:
    assert infer({f"N/{n}.md": f"# Thing {n * 7}\n" for n in range(4)}).text == "# {{title}}\n"
    assert infer({f"N/{n}.md": "# My log\n" for n in range(4)}).text == "# My log\n"


def test_fixed_text_is_kept_to_the_byte() -> None:
    fixed = '```dataview\nTABLE a\tFROM "X"\n\nWHERE  b\n```\n\n> [!tip] Hint\n> Do *this*  — or “that” é e\u0301 🌾\n\n%% back to [[Home]] %%\n\n***\n'
    found = infer(numbered(f"## Views\n\n{fixed}\nOwn {{n}} words.\n"))
    assert found.text == f"## Views\n\n{fixed}"


def test_windows_line_ends_make_no_difference() -> None:
    text = "---\na: 1\n---\n# Note {n}\n\n## One\n\n- x{n}\n"
    unix, windows = infer(numbered(text)), infer(numbered(text.replace("\n", "\r\n")))
    assert unix.text == windows.text


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("- [ ] do {n}\n- [x] did {n}\n", "- [ ] \n"),
        ("- some {n}\n- more {n}\n", "- \n"),
        ("1. first {n}\n2. second {n}\n", "1. \n"),
        ("* [ ] star {n}\n", "* [ ] \n"),
        ("- [ ] Water the plants\n- [x] own {n}\n", "- [ ] Water the plants\n"),
        ("- [x] Water the plants\n- [ ] Feed the cat\n", "- [ ] Water the plants\n- [ ] Feed the cat\n"),
        ("Author:: A{n}\nYear:: {n}\n", "Author::\nYear::\n"),
        ("**Who:** P{n}\n\n**Where:** here {n}\n", "**Who:**\n\n**Where:**\n"),
        ("- Phone: {n}\n- Mail: m{n}\n", "- Phone:\n- Mail:\n"),
        ("| a | b |\n|---|:-:|\n| {n} | x |\n", "| a | b |\n|---|:-:|\n|   |   |\n"),
        ("> [!quote] Words\n> said {n}\n", "> [!quote] Words\n> \n"),
        ("```python\nprint({n})\n```\n", "```python\n```\n"),
        ("Just words {n}.\n\nAnd {n} more.\n", ""),
    ],
)
def test_of_what_differs_the_shape_is_kept(rows: str, expected: str) -> None:
    assert body(infer(numbered(f"## Part\n\n{rows}"))) == "## Part\n" + (f"\n{expected}" if expected else "")


def test_headings_keep_the_order_of_most_and_a_moved_one_counts_for_its_place() -> None:
    orders = ["ABCD"] * 5 + ["BACD", "ADBC", "ABDC", "ABC"]
    notes = {f"N/{n}.md": "".join(f"## {each}\n\nx{n}\n\n" for each in order) for n, order in enumerate(orders)}
    found = infer(notes)
    assert [each.text for each in found.headings] == ["A", "B", "C", "D"]
    assert [each.share for each in found.headings] == [1.0, 1.0, 1.0, 0.889]


def test_headings_of_one_name_under_several_others_are_all_kept() -> None:
    week = "".join(f"## {day}\n\n### Done\n\n- x{{n}}\n\n" for day in ("Monday", "Tuesday", "Wednesday"))
    found = infer(numbered(week))
    assert [each.text for each in found.headings] == ["Monday", "Done", "Tuesday", "Done", "Wednesday", "Done"]


def test_a_heading_that_recurs_as_often_as_there_was_something_to_say_is_there_once() -> None:
    notes = {f"N/{n}.md": "## Start\n\n" + "## Remark\n\nx\n\n" * (n + 2) for n in range(6)}
    assert [each.text for each in infer(notes).headings] == ["Start", "Remark"]


def test_spacing_is_that_of_the_notes() -> None:
    tight = "---\na: 1\n---\n\n# Note {n}\n## One\n- x{n}\n## Two\nwords {n}\n"
    assert body(infer(numbered(tight))) == "\n# {{title}}\n## One\n- \n## Two\n"


def test_of_several_kinds_the_largest_is_taken_and_the_others_are_offered() -> None:
    meeting = "---\ntags: [meeting]\npeople: [p{n}]\n---\n## Agenda\n\n## Decisions\n"
    recipe = "---\ntags: [recipe]\nserves: {n}\n---\n## Ingredients\n\n- {n}\n\n## Steps\n"
    notes = {**numbered(meeting, 4, "A {n}"), **numbered(recipe, 6, "B {n}"), "Notes/C.md": "Just text.\n"}
    found = infer(notes)
    assert found.notes == tuple(f"Notes/B {n}.md" for n in range(1, 7))
    assert [(kind.name, len(kind.notes)) for kind in found.others] == [("meeting", 4)]
    assert (found.found, found.read) == (11, 11)
    named = infer({path: notes[path] for path in found.others[0].notes}, folder=None)
    assert [each.text for each in named.headings] == ["Agenda", "Decisions"]


def test_notes_that_are_named_are_all_taken_whatever_their_kind() -> None:
    notes = {"a.md": "---\nx: 1\n---\n", "b.md": "---\ny: 1\n---\n", "c.md": "## Z\n"}
    assert infer(notes, folder=None).notes == ("a.md", "b.md", "c.md")
    assert infer(notes, folder=None).text == ""


def test_notes_that_cannot_be_told_from_are_left_out_and_named() -> None:
    notes = numbered("---\na: {n}\n---\n## One\n") | {
        "Notes/broken.md": "---\na: [1\n---\n",
        "Notes/twice.md": "---\na: 1\na: 2\n---\n",
        "Notes/core.md": '---\na: "{{date}}"\n---\n',
        "Notes/templater.md": "<%* tR %>\n",
        "Notes/drawing.excalidraw.md": "---\nexcalidraw-plugin: parsed\n---\n",
    }
    found = infer(notes)
    assert len(found.notes) == 5
    reasons = {each.path.removeprefix("Notes/"): each.reason for each in found.left_out}
    assert "line" in reasons["broken.md"]
    assert "twice" in reasons["twice.md"]
    assert reasons["core.md"] == reasons["templater.md"] == "it is a template itself"
    assert reasons["drawing.excalidraw.md"] == "it is a drawing"


def test_a_note_that_is_no_text_is_left_out_and_one_that_went_is_not_missed() -> None:
    notes = numbered("---\na: {n}\n---\n")

    def text_of(path: str) -> str | None:
        if path == "large.md":
            raise NoteUnreadable(path, "it is larger than 20 MB")
        return notes.get(path)

    found = told(("large.md", "gone.md", *notes), text_of, least=LEAST)
    assert [(each.path, each.reason) for each in found.left_out] == [("large.md", "it is larger than 20 MB")]


def test_a_note_that_shows_a_template_in_code_is_no_template() -> None:
    text = "## Use\n\n```\n{{date}} <% tp.file.title %>\n```\n\nor `{{title}}`, {n}\n"
    assert infer(numbered(text)).left_out == ()


def test_nothing_that_templater_would_run_gets_from_notes_into_a_template() -> None:
    evil = "<%* evil() %>"
    text = f"---\na: \"`{evil}`\"\n'`{evil}`': 1\n---\n## `{evil}`\n\n```js\n{evil}\n```\n\n- `{evil}`: {{n}}\n"
    for syntax in ("core", "templater"):
        found = infer(numbered(text), syntax)  # type: ignore[arg-type]
        assert "evil" in found.text
        assert "<%" not in found.text


def test_fewer_than_three_notes_are_too_few_and_the_error_says_why() -> None:
    with pytest.raises(
        TooFewNotes, match=r"from 3 notes at least, and here are 2; 'Notes/x.md' is left out: it is a drawing"
    ):
        infer({**numbered("## A\n", 2), "Notes/x.md": "---\nexcalidraw-plugin: parsed\n---\n"})
    with pytest.raises(TooFewNotes, match="here are 0"):
        infer({})


def test_enough_notes_that_are_not_made_alike_are_told_as_what_they_are() -> None:
    notes = {f"N/{n}.md": f"---\nkey{n // 2}: 1\n---\n## Part {n // 2}\n" for n in range(4)}
    with pytest.raises(TooFewNotes, match=r"of the 4 here no 3 are made alike\."):
        infer(notes, folder="N")


def test_marks_of_ours_in_a_note_do_no_harm() -> None:
    notes = numbered("---\na: {n}\n---\n## One\n") | {"Notes/x.md": "## One\n\n\ufdd0title\ufdd1\n"}
    assert infer(notes).left_out[0].path == "Notes/x.md"


def test_a_value_with_a_place_is_quoted_as_yaml_needs_it() -> None:
    notes = {f"N/Note {n}.md": f'---\nup: "[[Index of Note {n}]]"\nsee: Note {n}\n---\n' for n in range(4)}
    assert infer(notes).text == '---\nup: "[[Index of {{title}}]]"\nsee: "{{title}}"\n---\n'
    expected = "---\nup: '[[Index of <% tp.file.title %>]]'\nsee: <% tp.file.title %>\n---\n"
    assert infer(notes, "templater").text == expected


def test_hints_stand_in_comments_below_their_headings() -> None:
    notes = numbered("## Quote\n\nWords {n}.\n\n## Why\n\n- reason {n}\n")
    found = told(tuple(notes), notes.__getitem__, folder="Notes", least=LEAST)
    hinted = found.answer("core", Naming("Reason", {"Why": "Say why."}), found=5)
    assert hinted.text == dedent("""\
        ## Quote

        ## Why

        %% Say why. %%

        - \n""")
    assert (hinted.name, hinted.method) == ("Reason", "model")


@pytest.mark.parametrize(
    "texts",
    [
        ["".join(f"## H{(n * step) % 211}\n\n" for n in range(200)) for step in range(1, 201)],
        ["## A\n\n" + "- same\n" * 5000] * 4,
        ["`" * 100_000 + "{{title}}"] * 4,
        ["{{title:" * 20_000 + "<% tp." * 20_000] * 4,
        ["`{{title}} <% tp.x %>` " * 5000] * 4,
        ["a:: b\n" * 20_000] * 4,
        ["---\n" + "".join(f"k{n}: 2026-03-04\n" for n in range(2000)) + "---\n"] * 5,
        [f"---\n{'x' * n}: 1\ny{n % 97}: 2\nz{n % 89}: 3\nu{n % 83}: 1\n---\n" for n in range(1, 500)],
        ["2026-03-04 " * 50_000] * 4,
        ["# A\n" * 20_000] * 4,
    ],
    ids=[
        "shuffled",
        "repeated",
        "backticks",
        "unclosed",
        "shown",
        "labels",
        "properties",
        "every kind",
        "days",
        "titles",
    ],
)
def test_hostile_notes_take_no_long_time(texts: list[str]) -> None:
    began = time.process_time()
    with suppress(TooFewNotes):
        infer({f"N/{n}.md": text for n, text in enumerate(texts)})
    assert time.process_time() - began < 10
