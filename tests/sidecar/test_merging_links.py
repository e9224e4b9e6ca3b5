"""Links that follow: in their places, in their style, showing what they showed; all else of a file to the byte."""

from __future__ import annotations

import pytest
from unions import resolved

from librarian.errors import EditRefused

FILES = {"Keep.md": "# A\n\ntext ^id\n", "old/Lose.md": "# A\n\ntext ^id\n", "pic.png": "1", "old/pic.png": "2"}


def relinked(text: str, path: str = "dir/X.md", **more: str) -> str:
    """What a note says once ``old/Lose.md`` gave way to ``Keep.md``."""
    return resolved({**FILES, path: text, **more}, "Keep.md", "old/Lose.md")[path]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[[Lose]]", "[[Keep|Lose]]"),
        ("[[old/Lose]]", "[[Keep|old/Lose]]"),
        ("[[lose.md]]", "[[Keep.md|lose.md]]"),
        ("[[Lose|shown]]", "[[Keep|shown]]"),
        ("[[Lose|a | b]]", "[[Keep|a | b]]"),
        ("[[ Lose # A | x ]]", "[[ Keep#A | x ]]"),
        ("[[Lose#A]]", "[[Keep#A|Lose > A]]"),
        ("[[Lose#^id]]", "[[Keep#^id|Lose > ^id]]"),
        ("[[Lose#gone]]", "[[Keep#gone|Lose > gone]]"),
        ("![[Lose]] ![[Lose#A]] ![[Lose|300x20]]", "![[Keep]] ![[Keep#A]] ![[Keep|300x20]]"),
        ("[x](Lose.md) [x](Lose)", "[x](Keep.md) [x](Keep)"),
        ("[x](../old/Lose.md#A)", "[x](../Keep.md#A)"),
        ("[x](<../old/Lose.md> 'title')", "[x](<../Keep.md> 'title')"),
        ("[](old/Lose.md)", "[](Keep.md)"),
        ("![x](old/Lose.md)", "![x](Keep.md)"),
        ("[x]: old/Lose.md 'title'", "[x]: Keep.md 'title'"),
        ("[![i](pic.png)](Lose.md)", "[![i](pic.png)](Keep.md)"),
        ("> | [[Lose]] | b |\n> |---|---|\n> | [[Lose\\|x]] | c |", "> | [[Keep\\|Lose]] | b |\n> |---|---|\n> | [[Keep\\|x]] | c |"),
        ("%% [[Lose]] %%", "%% [[Keep|Lose]] %%"),
        ("- [ ] [[Lose]]\n  - [[Lose]]", "- [ ] [[Keep|Lose]]\n  - [[Keep|Lose]]"),
        ("é👩‍🚀 [[Lose]] 家", "é👩‍🚀 [[Keep|Lose]] 家"),
        ("a\r\n[[Lose]]\r\n", "a\r\n[[Keep|Lose]]\r\n"),
        ("\ufeff[[Lose]]", "\ufeff[[Keep|Lose]]"),
    ],
)  # fmt: skip
def test_a_link_keeps_its_style_and_shows_what_it_showed(before: str, after: str) -> None:
    assert relinked(before) == after


@pytest.mark.parametrize(
    "text",
    ["`[[Lose]]`", "```\n[[Lose]]\n```", "[[Loser]] [[Nowhere]]", "\\[[Lose]]", "$[[Lose]]$", "https://x.org/Lose.md",
     "[x](https://x.org/Lose.md)", "[[Keep]] [[#Lose]]", "<!-- [[Lose]] -->", "---\na: [[Lose]]\n---\n"],
)  # fmt: skip
def test_what_is_no_link_to_the_loser_is_left_alone(text: str) -> None:
    assert relinked(text) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('up: "[[Lose]]" # c', 'up: "[[Keep|Lose]]" # c'),
        ("up: '[[Lose|it''s]]'", "up: '[[Keep|it''s]]'"),
        ("up: see [[Lose]] there", "up: see [[Keep|Lose]] there"),
        ('up:\n  - "[[Lose#A]]"\n  - x', 'up:\n  - "[[Keep#A|Lose > A]]"\n  - x'),
        ('up: &a "[[Lose]]"\nb: *a', 'up: &a "[[Keep|Lose]]"\nb: *a'),
        ('m: {a: ["[[Lose]]", "b"]}', 'm: {a: ["[[Keep|Lose]]", "b"]}'),
        ("t: |\n  one [[Lose]]\n  two", "t: |\n  one [[Keep|Lose]]\n  two"),
        ('up: "caf\\u00e9 [[Lose]]"', 'up: "café [[Keep|Lose]]"'),
    ],
)
def test_links_in_properties_follow_quoted_as_they_have_to_be(before: str, after: str) -> None:
    assert relinked(f"---\n{before}\n---\nx\n") == f"---\n{after}\n---\nx\n"


def test_a_bare_name_that_would_lead_elsewhere_becomes_a_path() -> None:
    files = {
        "deep/er/Note.md": "x",
        "b/Note.md": "x",
        "a/Note.md": "other",
        "b/c.md": "[[Note]]",
        "d.md": "[[b/Note]] [[Note]]",
    }
    after = resolved(files, "deep/er/Note.md", "b/Note.md")
    assert after["b/c.md"] == "[[deep/er/Note|Note]]"
    assert after["d.md"] == "[[deep/er/Note|b/Note]] [[Note]]"


def test_relative_links_below_the_own_folder_stay_relative() -> None:
    files = {
        "p/a/Keep.md": "x",
        "p/b/Lose.md": "x",
        "p/x.md": "[x](b/Lose.md) [y](./b/Lose.md)",
        "q/x.md": "[x](p/b/Lose.md)",
    }
    after = resolved(files, "p/a/Keep.md", "p/b/Lose.md")
    assert after["p/x.md"] == "[x](a/Keep.md) [y](./a/Keep.md)"
    assert after["q/x.md"] == "[x](p/a/Keep.md)"


def test_names_with_spaces_and_marks_are_encoded_in_markdown_links() -> None:
    files = {"My (note) 100%.md": "x", "Lose.md": "x", "x.md": "[x](Lose.md) [y](<Lose.md>) [[Lose]]"}
    after = resolved(files, "My (note) 100%.md", "Lose.md")
    assert after["x.md"] == "[x](My%20%28note%29%20100%25.md) [y](<My (note) 100%25.md>) [[My (note) 100%|Lose]]"


def test_text_that_moves_goes_on_leading_where_it_led() -> None:
    files = {
        "Keep.md": "k\n", "old/Lose.md": "![[pic.png]] ![](./pic.png) [b](Beside.md) [[Beside]] [[Both]] [up](../Keep.md)\n",
        "old/Beside.md": "", "Both.md": "", "old/Both.md": "", "pic.png": "1", "old/pic.png": "2",
    }  # fmt: skip
    after = resolved(files, "Keep.md", "old/Lose.md")["Keep.md"]
    # In a folder, a name means the file there only where no file of that name stands at the vault's root.
    assert after.endswith(
        "k\n\n![[pic.png]] ![](./old/pic.png) [b](Beside.md) [[Beside]] [[Both]] [up](../Keep.md)\n".replace(
            "../Keep.md", "./Keep.md"
        )
    )


def test_a_keeper_whose_name_no_wikilink_can_hold_is_refused_only_where_one_is_needed() -> None:
    files = {"K #1.md": "x", "Lose.md": "x", "x.md": "[x](Lose.md)"}
    assert resolved(files, "K #1.md", "Lose.md")["x.md"] == "[x](K%20%231.md)"
    with pytest.raises(EditRefused, match="give that another name"):
        resolved({**files, "y.md": "[[Lose]]"}, "K #1.md", "Lose.md")


def test_an_embed_of_a_note_that_would_contain_itself_becomes_a_link() -> None:
    after = resolved(
        {"Keep.md": "![[Lose]] ![x](Lose.md) ![[Lose#A]]\n\n## A\n", "Lose.md": "## A\n\nb\n"}, "Keep.md", "Lose.md"
    )
    assert "[[Keep|Lose]] [x](Keep.md) ![[Keep#A]]" in after["Keep.md"]
    assert "![[Keep|" not in after["Keep.md"]


def test_attachments_give_way_too() -> None:
    files = {"pic.png": "1", "old/pic copy.png": "1", "x.md": "![[pic copy.png|300]] [[pic copy.png]] ![](old/pic%20copy.png#p=1)",
             "c.canvas": '{"nodes":[{"type":"file","file":"old/pic copy.png"}]}'}  # fmt: skip
    after = resolved(files, "pic.png", "old/pic copy.png", action="trash")
    assert after["x.md"] == "![[pic.png|300]] [[pic.png|pic copy.png]] ![](pic.png#p=1)"
    assert after["c.canvas"] == '{"nodes":[{"type":"file","file":"pic.png"}]}'
    assert "old/pic copy.png" not in after


def test_canvases_keep_every_byte_that_is_no_link() -> None:
    before = (
        '{\n\t"nodes":[\n\t\t{"id":"a","text":"\\u00e9 \\ud83d\\ude00 \\/ [[Lose]]\\n| [[Lose]] | b |\\n|---|---|\\n| 1 | 2 |"},\n'
        '\t\t{"id":"b","file":"old/Lose.md","subpath":"#A", "x": [1.50, true, null, {"file": "old/Lose.md"}]},\n'
        '\t\t{"id":"c","type":"group","label":"[[Lose]]","background":"pic.png"}\n\t],\n\t"edges":[]\n}'
    )
    after = relinked(before, "b.canvas")
    assert after == (
        before.replace("[[Lose]]\\n", "[[Keep|Lose]]\\n").replace("| [[Lose]] |", "| [[Keep\\\\|Lose]] |")
        .replace('"b","file":"old/Lose.md"', '"b","file":"Keep.md"')
    )  # fmt: skip


def test_a_canvas_that_cannot_be_read_and_would_have_to_be_changed_is_refused() -> None:
    with pytest.raises(EditRefused, match=r"b\.canvas.*no JSON Canvas"):
        relinked("{", "b.canvas")


def test_bases_follow_in_calls_and_wikilinks_only() -> None:
    before = (
        'filters:\n  or:\n    - file.hasLink("Lose") # Lose\n    - \'link("old/Lose", "Lose") == up\'\n'
        '    - file.name == "Lose"\n    - "file(\'Lose#A\').path"\nviews:\n  - name: Lose\n    note: "[[Lose]]"\n'
    )
    assert relinked(before, "v.base") == (
        'filters:\n  or:\n    - file.hasLink("Keep") # Lose\n    - \'link("Keep", "Lose") == up\'\n'
        '    - file.name == "Lose"\n    - "file(\'Keep#A\').path"\nviews:\n  - name: Lose\n    note: "[[Keep|Lose]]"\n'
    )
