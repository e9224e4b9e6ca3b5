"""Bodies made one: aligned by headings and blocks, nothing twice, nothing lost, the keeper as it was."""

from __future__ import annotations

import time

import pytest
from unions import resolved, united

from librarian.errors import EditRefused

LONG = "The lighthouse keeper walked along the shore in the evening."


def test_what_both_say_is_there_once_and_what_differs_stands_beside_it() -> None:
    keeper = "Same first.\n\nThe tide comes at six.\n\nSame last.\n"
    loser = "Same first.\n\nThe tide comes at seven.\n\nQuite another thing.\n\nSame last.\n"
    assert united(keeper, loser) == (
        "Same first.\n\nThe tide comes at six.\n\nThe tide comes at seven.\n\nQuite another thing.\n\nSame last.\n"
    )


def test_sections_are_united_under_their_headings_in_order() -> None:
    keeper = "# T\nintro\n## A\na\n## C\nc\n"
    loser = "# T\nintro\n## A\nother of a\n## B\nb\n### deep\nd\n## C\nc\n\nmore\n"
    assert united(keeper, loser) == (
        "# T\nintro\n## A\na\n\nother of a\n\n## B\n\nb\n\n### deep\n\nd\n\n## C\nc\n\nmore\n"
    )


def test_a_section_that_stands_elsewhere_in_the_keeper_is_found_there() -> None:
    assert united("# Keep\n\n## Log\n\n- one\n", "## Log\n\n- one\n- two\n") == "# Keep\n\n## Log\n\n- one\n- two\n"


def test_the_same_heading_of_another_level_is_the_same_section() -> None:
    assert united("# T\n\n### Log\n\n- one\n", "# T\n\n## Log\n\n- one\n- two\n") == "# T\n\n### Log\n\n- one\n- two\n"


def test_a_new_heading_does_not_bring_along_what_is_there_already() -> None:
    assert united(f"a\n\n{LONG}\n", f"a\n\n## New\n\n{LONG}\n\nmore\n") == f"a\n\n{LONG}\n\n## New\n\nmore\n"


def test_where_the_lines_of_a_paragraph_break_does_not_matter() -> None:
    assert united("one two\nthree\n", "one\ntwo three  \n") == "one two\nthree\n"
    assert united("```\none two\n```\n", "```\none\ntwo\n```\n").count("```") == 4


def test_a_new_section_takes_in_no_section_of_the_keeper() -> None:
    after = united("# T\n\nx\n\n### deep\n\nd\n", "# T\n\nx\n\n## new\n\nn\n")
    assert after == "# T\n\nx\n\n### deep\n\nd\n\n## new\n\nn\n"


def test_blocks_that_join_a_section_come_before_a_new_section_behind_it() -> None:
    after = united("# T\n\n## A\n\na\n", "# T\n\n## A\n\na\n\n## New\n\nn\n\n# A\n\nz\n", "## A\n\nq\n")
    assert after.index("\nq\n") < after.index("## New")


def test_list_items_are_compared_one_by_one_and_join_the_list() -> None:
    keeper = "- [ ] call\n- milk\n  - two litres\n- bread\n"
    loser = "* [x] call\n* milk\n  - two litres\n* butter\n* bread\n"
    assert united(keeper, loser) == "- [ ] call\n- [x] call\n- milk\n  - two litres\n- butter\n- bread\n"


def test_what_a_note_says_several_times_is_there_as_often() -> None:
    assert united("- 5 €\n- rent\n", "- 5 €\n- 5 €\n- rent\n- 5 €\n").count("- 5 €") == 3
    assert united("- 🍎\n", "- 🍎\n- 🍎\n") == "- 🍎\n- 🍎\n"
    assert united("- rent\n- 5 €\n", "- 5 €\n- rent\n") == "- rent\n- 5 €\n"
    assert united("a\n\n---\n\n- [ ]\n", "a\n\n---\n\n---\n\n- [ ]\n- [ ]\n") == "a\n\n---\n\n- [ ]\n"


def test_a_long_block_that_the_keeper_has_in_another_section_is_not_taken_in_again() -> None:
    assert united(f"# T\n\n## A\n\n{LONG}\n", f"# T\n\n{LONG}\n") == f"# T\n\n## A\n\n{LONG}\n"
    assert united("# T\n\n## A\n\n- [ ] call\n", "# T\n\n- [ ] call\n").count("call") == 2


def test_tables_callouts_code_and_maths_stay_whole() -> None:
    blocks = ["| a | b |\n|---|---|\n| 1 | 2 |", "> [!note]- Title\n> text\n>\n> - item", "```py\nx\n\n# y\n```", "$$\nx^2\n$$",
              "%%\nhidden\n%%", "<div>\nhtml\n</div>", "> quote\n> more"]  # fmt: skip
    loser = "\n\n".join(blocks)
    assert united("First.\n", f"First.\n\n{loser}\n") == f"First.\n\n{loser}\n"
    changed = loser.replace("| 1 |", "| 9 |")
    after = united(f"{loser}\n", f"{changed}\n")
    assert after == f"{loser}\n".replace("| 1 | 2 |", "| 1 | 2 |\n\n| a | b |\n|---|---|\n| 9 | 2 |")


def test_a_block_right_below_a_heading_or_text_stays_apart_from_what_comes_between() -> None:
    assert united("## H\nx y\n", "## H\n> q\n\nx y\n") == "## H\n\n> q\n\nx y\n"


def test_what_runs_on_to_the_end_of_its_note_is_closed() -> None:
    assert united("a\n\nz\n", "a\n\n```\nopen\n") == "a\n\nz\n\n```\nopen\n```\n"
    assert united("```\nopen", "text\n") == "```\nopen\n```\n\ntext"
    assert united("<!-- open", "text\n") == "<!-- open\n-->\n\ntext"


def test_indented_code_does_not_become_part_of_a_list() -> None:
    assert united("- a\n", "- a\n\ntext\n").endswith("- a\n\ntext\n")
    assert "- a\n\n<!-- -->\n\n    code" in united("- a\n", "- a\n\n<!-- -->\n\n    code\n")


def test_two_titles_are_one_and_the_other_is_an_alias() -> None:
    files = {
        "K.md": "# Keeper title\n\na\n",
        "L.md": "# Other: title\n\nb\n",
        "X.md": "[[L#Other title]] [[L#Other title#S]]",
    }
    after = resolved(files, "K.md", "L.md")
    assert after["K.md"] == '---\naliases:\n  - L\n  - "Other: title"\n---\n# Keeper title\n\na\n\nb\n'
    assert after["X.md"].startswith("[[K#Keeper title|L > Other title]]")
    marks = resolved({"K.md": "# C# [x]: a\n", "L.md": "# T\n", "X.md": "[[L#T]] [x](L.md#T)"}, "K.md", "L.md")["X.md"]
    assert marks == "[[K#C x a|L > T]] [x](K.md#C%20x%20a)"


def test_a_title_that_is_the_name_is_one_alias() -> None:
    after = resolved({"K.md": "# K\n", "Lost.md": "# Lost\n"}, "K.md", "Lost.md")["K.md"]
    assert after == "---\naliases:\n  - Lost\n---\n# K\n"


def test_of_several_headings_of_the_first_level_none_is_a_title() -> None:
    after = resolved({"K.md": "# K\n\na\n", "L.md": "# T\n\nb\n\n# Log\n\nc\n"}, "K.md", "L.md")["K.md"]
    assert after == "---\naliases:\n  - L\n---\n# K\n\na\n\n# T\n\nb\n\n# Log\n\nc\n"
    assert united("# K\n\na\n", "# K\n\nb\n\n# Log\n\nc\n") == "# K\n\na\n\nb\n\n# Log\n\nc\n"


def test_what_stands_under_one_heading_of_the_first_level_does_not_come_under_another() -> None:
    after = united("# Evening\n\ntea\n", "# Morning\n\ncoffee\n\n# Evening\n\nwine\n")
    assert after == "# Evening\n\ntea\n\nwine\n\n# Morning\n\ncoffee\n"
    after = united("# Morning\n\ntea\n\n# Evening\n\nx\n", "# Noon\n\nwine\n")
    assert after == "# Morning\n\ntea\n\n# Noon\n\nwine\n\n# Evening\n\nx\n"


def test_a_title_of_a_note_without_the_keepers_having_one_is_an_alias() -> None:
    after = resolved({"K.md": "a\n", "L.md": "# T\n\na\n\nb\n"}, "K.md", "L.md")
    assert after["K.md"] == "---\naliases:\n  - L\n  - T\n---\na\n\nb\n"


def test_links_of_a_note_to_its_own_title_lead_to_the_note_that_is_left() -> None:
    loser = "# T\n\n[[#T]] [[#T#S|s]] [x](#T) ![[#T]]\n\n## S\n\ns\n"
    assert "[[K|T]] [[#S|s]] [x](K.md) [[K|T]]\n" in united("k\n", loser)
    assert "[[#My K|T]] [[#My K#S|s]] [x](#My%20K) ![[#My K]]\n" in united("# My K\n\nk\n", loser)


def test_a_title_that_says_more_than_words_is_kept_in_the_body() -> None:
    assert "# About [[X]]\n" in united("# K\n\na\n", "# About [[X]]\n\nb\n")
    assert "# T #tag\n" in united("# K\n\na\n", "# T #tag\n\nb\n")
    assert "  - Bold title\n" in united("# K\n\na\n", "# **Bold** `title`\n\nb\n")


def test_block_ids_stay_unique_and_what_points_at_them_follows() -> None:
    files = {
        "K.md": "one ^abc\n\n- item ^i\n\nsame\n",
        "L.md": "other ^abc\n\nsee [[#^abc]] and [x](#^abc)\n\n- item ^j\n\nsame ^s\n\n| t |\n|---|\n| 1 |\n\n^tab\n",
        "X.md": "[[L#^abc]] ![[L#^abc]] [x](L.md#^abc) [[L#^j]] [[L#^s]] [[L#^tab]] [[K#^abc]]",
    }
    after = resolved(files, "K.md", "L.md")
    assert after["K.md"] == (
        "---\naliases:\n  - L\n---\none ^abc\n\nother ^abc-2\n\nsee [[#^abc-2|^abc]] and [x](#^abc-2)\n\n- item ^i\n\nsame ^s\n\n"
        "| t |\n|---|\n| 1 |\n\n^tab\n"
    )
    assert after["X.md"] == (
        "[[K#^abc-2|L > ^abc]] ![[K#^abc-2]] [x](K.md#^abc-2) [[K#^i|L > ^j]] [[K#^s|L > ^s]] [[K#^tab|L > ^tab]] [[K#^abc]]"
    )


def test_footnotes_that_clash_get_a_free_label_and_equal_ones_are_one() -> None:
    keeper = "a[^1] b[^2]\n\n[^1]: One.\n[^2]: Two.\n"
    loser = "c[^1] d[^x] e[^n]\n\n[^1]: Other.\n\n[^x]: Two.\n\n[^n]: New.\n"
    assert united(keeper, loser) == (
        "a[^1] b[^2]\n\nc[^1-2] d[^2] e[^n]\n\n[^1]: One.\n[^2]: Two.\n\n[^1-2]: Other.\n\n[^n]: New.\n"
    )


def test_footnotes_that_refer_to_others_are_the_same_only_where_those_are() -> None:
    keeper = "a[^1]\n\n[^1]: See [^2].\n\n[^2]: Two.\n"
    after = united(keeper, "b[^1]\n\n[^1]: See [^2].\n\n[^2]: Other.\n")
    assert "b[^1-2]" in after
    assert "[^1-2]: See [^2-2].\n" in after
    assert "[^2-2]: Other.\n" in after
    assert united(keeper, "b[^1] c[^no]\n\n[^1]: See [^2].\n\n[^2]: Two.\n") == keeper.replace(
        "a[^1]\n", "a[^1]\n\nb[^1] c[^no]\n"
    )


def test_line_ends_and_the_byte_order_mark_are_the_keepers() -> None:
    after = united("\ufeffa\r\n\r\n- x\r\n", "\ufeffa\n\n- x\n- y\n\nb\nc\n")
    assert after == "\ufeffa\r\n\r\n- x\r\n- y\r\n\r\nb\r\nc\r\n"
    assert united("a\n", "a\r\n\r\nb\r\n") == "a\n\nb\n"


@pytest.mark.parametrize("keeper", ["", "\n", "---\n---", "---\na: 1\n---", "---\na: 1\n---\n"])
def test_an_empty_keeper_takes_all(keeper: str) -> None:
    after = united(keeper, "---\nb: 2\n---\ntext\n\n- x\n")
    assert after.rstrip("\n").endswith("---\ntext\n\n- x")
    assert "b: 2\n" in after


def test_a_rule_at_the_beginning_does_not_become_front_matter() -> None:
    after = resolved({"K.md": "", "K2.md": "***\n\na: b\n\n---\n"}, "K.md", "K2.md")["K.md"]
    assert after == "---\naliases:\n  - K2\n---\n***\n\na: b\n\n---\n"
    assert resolved({"a/K.md": "", "K.md": "---\n\na: b\n"}, "a/K.md", "K.md")["a/K.md"] == "\n---\n\na: b\n"


def test_three_losers_are_united_at_once_even_where_they_link_each_other() -> None:
    files = {
        "K.md": "see [[L1]] and [[L2#A|x]]\n",
        "L1.md": "one [[L2]] [[K]] [[L1#A]] ![[L3]]\n\n## A\n\na ^x\n",
        "L2.md": "two [[L1#^x]]\n\n## A\n\nb ^x\n",
        "L3.md": "three [up](L1.md#A)\n",
    }
    after = resolved(files, "K.md", "L1.md", "L2.md", "L3.md")
    assert list(after) == ["K.md"]
    head, _, sections = after["K.md"].partition("## A")
    assert sections == "\n\na ^x\n\nb ^x-2\n"
    assert head.startswith("---\naliases:\n  - L1\n  - L2\n  - L3\n---\nsee [[K|L1]] and [[K#A|x]]\n\n")
    assert set(head.split("\n\n")[1:-1]) == {
        "one [[K|L2]] [[K]] [[K#A|L1 > A]] [[K|L3]]", "two [[K#^x|L1 > ^x]]", "three [up](K.md#A)",
    }  # fmt: skip


def test_the_result_does_not_depend_on_how_often_it_is_merged() -> None:
    once = resolved({"K.md": "a\n\n- x ^i\n", "L.md": "---\ns: 1\n---\nb\n\n- x\n- y\n"}, "K.md", "L.md")["K.md"]
    again = resolved({"K.md": once, "L.md": once}, "K.md", "L.md")["K.md"]
    assert again == once


def test_a_stub_keeps_line_ends_and_mark_and_may_be_one_already() -> None:
    files = {"a/K.md": "k\n", "L.md": "\ufefftext\r\n", "K.md": "---\naliases: [M, k]\n---\n# M\n"}
    after = resolved(files, "a/K.md", "L.md", "K.md", action="stub")
    assert after["L.md"] == "\ufeff`L` was merged into [[a/K]].\r\n"
    assert after["K.md"] == "`K` was merged into [[a/K]].\n"
    assert after["a/K.md"] == "---\naliases:\n  - M\n---\nk\n\ntext\n"
    again = resolved(after, "a/K.md", "L.md", action="stub")
    assert again["L.md"] == after["L.md"]


def test_front_matter_that_nobody_can_be_sure_of_is_refused_with_note_and_line() -> None:
    for text, reason in {
        "---\na: 1\nb: [x\n---\n": r"'L\.md'.*line 4.*put that right",
        "---\na: 1\na: 2\n---\n": r"line 3 of it.*'a' stands there twice",
        "---\n- a\n---\n": r"line 2 of it",
        "---\nexcalidraw-plugin: parsed\n---\n": "drawing",
        "---\na: &x 1\nb: *x\n---\n": r"line 3 of it.*alias",
    }.items():
        with pytest.raises(EditRefused, match=reason):
            resolved({"K.md": "k", "L.md": text}, "K.md", "L.md")


def test_references_that_lead_to_two_places_are_refused_and_equal_ones_are_one() -> None:
    keeper = "see [x][a]\n\n[a]: https://one.example\n"
    assert united(keeper, "see [x][a]\n\n[a]: https://one.example\n\n[b]: c.md\n").count("one.example") == 1
    with pytest.raises(EditRefused, match=r"'L1\.md'.*\[a\] leads elsewhere than that of 'K\.md'"):
        united(keeper, "see [y][a]\n\n[a]: https://two.example\n")


def test_scripts_without_spaces_have_counterparts_too() -> None:
    keeper = "潮が満ちると灯台は静かになる。\n\n別の段落。\n"
    assert united(keeper, "潮が引くと灯台は静かになる。\n") == (
        "潮が満ちると灯台は静かになる。\n\n潮が引くと灯台は静かになる。\n\n別の段落。\n"
    )


def test_a_long_note_is_merged_in_time_that_grows_with_it() -> None:
    lines = [
        f"Paragraph {number} says something of its own, number {number * 7919}. ^id{number}" for number in range(3000)
    ]
    changed = [line.replace("something", "anything") if number % 3 == 0 else line for number, line in enumerate(lines)]
    started = time.perf_counter()
    after = united("\n\n".join(lines), "\n\n".join(changed))
    assert after.count("anything") == 1000
    assert time.perf_counter() - started < 20


def test_a_note_of_thousands_of_sections_is_merged_in_time() -> None:
    days = [f"## Day {day}\n\n- walked {day * 7919} steps\n- [[#Day {day}]] ^id{day}\n" for day in range(4000)]
    changed = [text.replace("walked", "ran") if day % 2 else text for day, text in enumerate(days)]
    started = time.perf_counter()
    assert united("\n".join(days), "\n".join(changed)).count("ran") == 2000
    assert time.perf_counter() - started < 20


def test_a_note_that_says_the_same_thousands_of_times_is_merged_in_time() -> None:
    started = time.perf_counter()
    assert united("- x\n- y\n" * 5000, "- x\n- y\n- z\n" * 5000).count("z") == 5000
    assert time.perf_counter() - started < 20
