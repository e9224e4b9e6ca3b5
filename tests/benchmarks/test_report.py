"""The page keeps its text; only what stands between the marks is written anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from .report import BEGIN, END, PAGE_MARKS_MISSING, quantity, replaced, section, table, write
from .run_sample import peer, whole_run


def test_only_the_text_between_the_marks_changes(tmp_path: Path):
    page = tmp_path / "benchmarks.md"
    page.write_text(f"# Speed\n\n{BEGIN}\nold\n{END}\n\nAfter.\n", encoding="utf-8")
    write(page, "new\n")
    assert page.read_text(encoding="utf-8") == f"# Speed\n\n{BEGIN}\n\nnew\n\n{END}\n\nAfter.\n"


def test_writing_twice_is_writing_once():
    once = replaced(f"a{BEGIN}{END}b", "new")
    assert replaced(once, "new") == once


@pytest.mark.parametrize("text", ["", BEGIN, END, f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_a_page_without_one_pair_of_marks_is_an_error(text: str):
    with pytest.raises(ValueError, match=PAGE_MARKS_MISSING):
        replaced(text, "new")


def test_cells_keep_their_pipes_inside():
    assert table(("a", "b"), [("x|y", "z")]) == "| a | b |\n| --- | --- |\n| x\\|y | z |"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "–"), (0.12345, "0.123"), (9.999, "10"), (99.94, "99.9"), (99.96, "100"), (1234567, "1,234,567")],
)
def test_quantities_have_three_figures_that_count(value: float | None, shown: str):
    assert quantity(value) == shown


def test_every_row_has_as_many_cells_as_its_table_has_heads():
    run = whole_run()
    run["peers"]["orama"] = {"what": "Orama", "failures": ["100,000 notes: ended with code 134"]}
    width = None
    for line in section(run, {"minisearch memory": 9.0}).splitlines():
        cells = line.replace("\\|", "").count("|") if line.startswith("|") else None
        assert width is None or cells is None or cells == width
        width = cells


def test_a_whole_run_shows_goals_missed_and_ratios_beside_the_recorded_ones():
    text = section(whole_run(), {"minisearch memory": 9.0})
    assert "| known vault: process start → first answer | < 1,000 ms | 500 ms | 2 | yes |" in text
    assert "| word tokenising, one core | ≥ 100 MB/s | 90 MB/s | 0.9 | **no** |" in text
    assert "| minisearch memory | 4 | 9 |" in text
    assert "| minisearch query p95 | 100 | – |" in text


def test_what_is_added_to_a_first_token_stands_beside_the_sdks_own_time():
    assert "| anthropic, a line | 9 | 14 | 3 | 4 | 6 | 11 |" in section(whole_run(), {})


def test_a_run_of_the_peers_alone_has_dashes_for_ours():
    run = {key: value for key, value in whole_run().items() if key in ("machine", "vault", "peers")}
    text = section(run, {})
    assert "| known vault: process start → first answer | < 1,000 ms | – | – | – |" in text
    assert "Not measured" in text
    assert "MiniSearch (7.2.0)" in text


def test_a_peer_that_failed_says_where_and_one_cut_short_says_how_far_it_came():
    run = whole_run()
    run["peers"]["orama"] = {"what": "Orama", "failures": ["100,000 notes: ended with code 134 while indexing"]}
    slow = peer("vault-100000")
    slow["passes"][0]["answered"] = 120
    run["peers"]["slow"] = slow
    text = section(run, {})
    assert "- Orama did not finish: 100,000 notes: ended with code 134 while indexing." in text
    assert "50% of the first 120 queries" in text
