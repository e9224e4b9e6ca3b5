"""A filled template applied to a note that is there: only what it lacks is added."""

from __future__ import annotations

import pytest

from librarian.errors import EditRefused
from librarian.templating.applying import applied

TEMPLATE = """---
date: "2026-03-04"
tags: [daily, log]
weather:
tide: # low, high
people: []
---
# Note

## Plan

- [ ]\x20

## Log

```dataview
LIST
```

## Noticed

Write what you noticed.

### Deep

## Tomorrow

%% Back to [[Home]] %%
"""


def apply(note: str, template: str = TEMPLATE) -> str:
    after = applied("Folder/Note.md", note, template)
    assert applied("Folder/Note.md", after, template) == after
    return after


def test_an_empty_note_gets_all_of_the_template() -> None:
    body = TEMPLATE.partition("\n---\n")[2]
    assert apply("").rstrip("\n").endswith(body.rstrip("\n"))
    assert apply("").startswith('---\ndate: "2026-03-04"\ntags: [daily, log]\nweather:\ntide:\npeople: []\n---\n')


def test_a_note_with_all_of_it_stays_as_it_is() -> None:
    note = apply("")
    assert applied("Folder/Note.md", note, TEMPLATE) == note


def test_what_a_note_has_stays_and_what_it_lacks_is_added_in_order() -> None:
    note = "---\ntags: daily\nweather: fog\nmood: good\n---\nSome text.\n\n## Log\n\nI did things.\n\n## Tomorrow\n"
    assert apply(note) == (
        '---\ndate: "2026-03-04"\ntags: [daily, log]\nweather: fog\ntide:\npeople: []\nmood: good\n---\n'
        "# Note\n\nSome text.\n\n## Plan\n\n- [ ] \n\n## Log\n\nI did things.\n\n```dataview\nLIST\n```\n\n"
        "## Noticed\n\nWrite what you noticed.\n\n### Deep\n\n## Tomorrow\n\n%% Back to [[Home]] %%\n"
    )


@pytest.mark.parametrize(
    ("note", "template", "expected"),
    [
        ("a: 1", "a: 2", "a: 1"),
        ("a:", "a: 2", "a: 2"),
        ('a: ""', "a: 2", 'a: ""'),
        ("A: 1", "a: 2", "A: 1"),
        ("a: [x]", "a: [y, x]", "a: [x, y]"),
        ("a:\n  - x", "a: [y]", "a:\n  - x\n  - y"),
        ("tags: x", "tags: [y]", "tags: [x, y]"),
        ("a: x", "a: [y]", "a: [x, y]"),
        ("a: [x]", "a: []", "a: [x]"),
        ("c: 1 # mine", "a: 1\nb: 2\nc: 3\nd: 4", "a: 1\nb: 2\nc: 1 # mine\nd: 4"),
        ("z: 1", "a: 1", "z: 1\na: 1"),
        ("# only a comment", "a: 1", "# only a comment\na: 1"),
        ("a: 1.10\nid: 12345678901234567890", "b: 1", "a: 1.10\nid: 12345678901234567890\nb: 1"),
        ("a: 1", "# hint\nb: 2 # one, two", "a: 1\nb: 2"),
    ],
)
def test_values_of_a_note_win_and_lists_are_united(note: str, template: str, expected: str) -> None:
    assert apply(f"---\n{note}\n---\nText.\n", f"---\n{template}\n---\n") == f"---\n{expected}\n---\nText.\n"


def test_a_note_without_properties_gets_them_and_one_with_windows_line_ends_keeps_those() -> None:
    assert apply("Text.\n", "---\na: 1\n---\n## H\n") == "---\na: 1\n---\nText.\n\n## H\n"
    assert (
        apply("Text.\r\n", "---\na: 1\n---\n## H\n\nMore.\n")
        == "---\r\na: 1\r\n---\r\nText.\r\n\r\n## H\r\n\r\nMore.\r\n"
    )


def test_a_title_is_added_only_where_there_is_no_heading_of_the_first_level() -> None:
    assert apply("Text.\n", "# Note\n\n## A\n") == "# Note\n\nText.\n\n## A\n"
    assert apply("# Mine\n\nText.\n", "# Note\n\n## A\n") == "# Mine\n\nText.\n\n## A\n"
    assert apply("Before.\n\n# Mine\n\n## B\n\nText.\n", "# Note\n\n## A\n\n## B\n") == (
        "Before.\n\n# Mine\n\n## A\n\n## B\n\nText.\n"
    )
    assert apply("# One\n\nText.\n\n# Two\n", "# Note\n\n## A\n") == "# One\n\nText.\n\n## A\n\n# Two\n"


def test_headings_are_the_same_whatever_their_capitals_or_level_or_place() -> None:
    note = "### plan\n\nMine.\n\n## Log\n\nMore.\n"
    assert apply(note, "## Log\n\n- \n\n## Plan\n\n- [ ] \n") == note


def test_an_empty_section_gets_what_the_template_has_below_it() -> None:
    assert apply("## A\n\n## B\n\nMine.\n", "## A\n\n- [ ] \n\n## B\n\nHint.\n") == "## A\n\n- [ ] \n\n## B\n\nMine.\n"


def test_a_query_or_embed_is_added_to_a_section_with_text_but_only_once() -> None:
    template = "## A\n\n![[Tasks.base]]\n\nSay something.\n"
    assert apply("## A\n\nMine.\n", template) == "## A\n\nMine.\n\n![[Tasks.base]]\n"
    assert apply("![[Tasks.base]]\n\n## A\n\nMine.\n", template) == "![[Tasks.base]]\n\n## A\n\nMine.\n"


def test_what_a_note_has_elsewhere_is_not_made_again_in_a_new_section() -> None:
    assert (
        apply("## Old\n\n### C\n\nMine.\n", "## B\n\n### C\n\nHint.\n\n### D\n")
        == "## Old\n\n### C\n\nMine.\n\n## B\n\n### D\n"
    )


def test_sections_of_one_name_are_paired_by_what_they_are_in() -> None:
    note = "## Mon\n\n### Done\n\n- a\n\n## Tue\n\n- b\n"
    template = "## Mon\n\n### Done\n\n- \n\n## Tue\n\n### Done\n\n- \n"
    assert apply(note, template) == "## Mon\n\n### Done\n\n- a\n\n## Tue\n\n- b\n\n### Done\n\n- \n"


def test_ids_and_footnotes_of_the_template_get_names_that_are_free() -> None:
    after = apply("Text. ^a\n\n## Mine\n\nSaid.[^1]\n\n[^1]: Here.\n", "## New\n\nMore.[^1] ^a\n\n[^1]: There.\n")
    assert "Text. ^a" in after
    assert "Said.[^1]" in after
    assert "[^1]: Here." in after
    assert after.count("^a") == 2
    assert "There." in after


@pytest.mark.parametrize(
    "note",
    [
        "---\na: [1\n---\nText.\n",
        "---\na: 1\na: 2\n---\nText.\n",
        "---\nexcalidraw-plugin: parsed\n---\nText.\n",
        "Text.\n\n<!-- never closed\n",
    ],
)
def test_a_note_that_nobody_can_be_sure_of_is_refused(note: str) -> None:
    with pytest.raises(EditRefused):
        applied("Note.md", note, "---\nb: 1\n---\n## A\n\n- [ ] \n")


def test_a_comment_that_a_note_leaves_open_is_not_closed_by_the_template() -> None:
    with pytest.raises(EditRefused, match="not closed"):
        applied("Note.md", "Text.\n\n%% never closed\n", "## A\n\n%% hint %%\n\n## B\n")


def test_new_sections_stand_before_the_next_that_both_have_or_at_the_end() -> None:
    assert apply("## Mine\n\n## Log\n", "## Plan\n\n## Log\n") == "## Mine\n\n## Plan\n\n## Log\n"
    assert apply("## Log\n", "## Plan\n\n## Log\n") == "## Plan\n\n## Log\n"
    assert apply("## Mine\n\nText.\n", "## Plan\n\n## Log\n") == "## Mine\n\nText.\n\n## Plan\n\n## Log\n"
