"""Properties made one: the keeper's stay to the byte, lists take in what they lack, nothing of a loser's gets lost."""

from __future__ import annotations

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from librarian.merging.properties import named, united, without_aliases
from librarian.merging.yaml import Malformed, dumped, entries


def test_what_only_the_loser_has_is_taken_over_as_it_is_written() -> None:
    loser = 'new: "x" # why\nlist:\n    - a   # b\n    - c\ntext: |\n  one\n  # two\nmap:\n  k: {v: 1}\nempty:\n'
    assert united("a: 1\n", loser, "\n") == "a: 1\n" + loser


def test_values_that_differ_stand_beside_each_other_by_a_free_name() -> None:
    keeper = "status: done\nstatus-2: old\ndate: 2024-01-02 # mine\nn: 1\n"
    loser = "status: draft\ndate: 2024-01-03\nn: 1.0\n"
    once = united(keeper, loser, "\n")
    assert once == keeper + "status-3: draft\ndate-2: 2024-01-03\n"
    assert united(once, loser, "\n") == once


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("1750000000000000001", "1750000000000000002"), ("1.1", "1.10"), ("0049", "49"), ("16", "0x10"), ("1e3", "1000")],
)
def test_numbers_that_are_written_otherwise_are_both_kept(ours: str, theirs: str) -> None:
    assert united(f"id: {ours}\n", f"id: {theirs}\n", "\n") == f"id: {ours}\nid-2: {theirs}\n"
    assert united(f"ids: [{ours}]\n", f"ids: [{theirs}]\n", "\n") == f"ids: [{ours}, {theirs}]\n"


def test_names_of_a_note_that_differ_in_capitals_only_do_not_meet_in_one_property() -> None:
    assert united("tags: []\n", "tags: [c]\nTags: [e]\n", "\n") == "tags: [c]\nTags-2: [e]\n"
    assert united("s:\n", "s: c\nS: e\n", "\n") == "s: c\nS-2: e\n"


def test_a_comment_behind_an_empty_property_does_not_become_part_of_the_text_that_fills_it() -> None:
    assert united("s: # mine\n", "s: |\n  a\n  b\n", "\n") == "s: | # mine\n  a\n  b\n"
    assert united("s: # mine\nz: 1\n", "s:\n  - a # its\n", "\n") == "s: # mine\n  - a # its\nz: 1\n"
    assert united("s: # mine\n", 's: "a\n  b"\n', "\n") == 's: "a\n  b" # mine\n'


def test_a_link_without_quotes_stays_as_it_is_and_another_stands_beside_it() -> None:
    assert united("up: [[A]]\n", "up: [[B]]\n", "\n") == "up: [[A]]\nup-2: [[B]]\n"


@pytest.mark.parametrize(
    ("keeper", "loser", "after"),
    [
        ("tags: [a, b]\n", "tags:\n  - B\n  - a/c\n", "tags: [a, b, a/c]\n"),
        ("tags:\n  - a # x\n  - b\nz: 1\n", "tags: [c, '#A', \"d e\"]\n", 'tags:\n  - a # x\n  - b\n  - c\n  - "d e"\nz: 1\n'),
        ("tags:\n- a\n", "tags: b\n", "tags:\n- a\n- b\n"),
        ("tags: a\n", "tags: b, a\n", "tags: [a, b]\n"),
        ("tags: a, b # c\n", "tags: [c]\n", "tags: [a, b, c] # c\n"),
        ("tags: a b\n", "tags: [c]\n", "tags: [a, b, c]\n"),
        ("tags:\n", "tags: [a]\n", "tags: [a]\n"),
        ("tags: []\n", "tags: [a, b]\n", "tags: [a, b]\n"),
        ("tags: [\n  a,\n]\n", "tags: [b]\n", "tags: [\n  a, b,\n]\n"),
        ("tags: [a]\n", "tags:\n", "tags: [a]\n"),
        ("aliases: One\n", 'aliases: ["a | b", one, "Two: x"]\n', 'aliases: [One, "a | b", "Two: x"]\n'),
        ("cssclasses: wide\n", "cssclasses:\n  - wide\n  - dark\n", "cssclasses: [wide, dark]\n"),
        ("list: [1, x]\n", "list: [x, 2, 'y, z', 1]\n", "list: [1, x, 2, 'y, z']\n"),
        ("author: A\n", "author: [A, B]\n", "author: [A, B]\n"),
        ("author: [A]\n", "author: \"[[B|b]]\"\n", 'author: [A, "[[B|b]]"]\n'),
        ("tags: [a]\n", "tags:\n  - 2024\n  - \"2025\"\n", 'tags: [a, 2024, "2025"]\n'),
        ("status:\n", "status: done # yes\n", "status: done # yes\n"),
        ("status: # mine\n", "status: done\n", "status: done # mine\n"),
        ("m: {a: 1}\n", "m: {a: 2}\n", "m: {a: 1}\nm-2: {a: 2}\n"),
        ("m: {a: 1}\n", "m:\n  a: 1\n", "m: {a: 1}\n"),
        ("Tags: [a]\nStatus: x\n", "tags: [b]\nstatus: x\n", "Tags: [a, b]\nStatus: x\n"),
        ("a: 1\n", "a: true\n", "a: 1\na-2: true\n"),
        ("a: 1\n", 'a: "1"\n', 'a: 1\na-2: "1"\n'),
        ("'my key': 1\n", "my key: 2\n", "'my key': 1\nmy key-2: 2\n"),
        ("t: |\n  one\n", "t: two\n", "t: |\n  one\nt-2: two\n"),
        ("a: 1\n# mine\n", "# theirs\na: 1 # and this\n", "a: 1\n# mine\n# theirs\n# and this\n"),
    ],
)  # fmt: skip
def test_each_property_keeps_the_keepers_style(keeper: str, loser: str, after: str) -> None:
    assert united(keeper, loser, "\n") == after
    pyyaml.safe_load(after)


def test_lines_end_as_the_keepers() -> None:
    assert united("a: 1\r\ntags:\r\n  - x\r\n", "b: |\n  c\n  d\ntags: [y]\n", "\r\n") == (
        "a: 1\r\ntags:\r\n  - x\r\n  - y\r\nb: |\r\n  c\r\n  d\r\n"
    )


def test_an_alias_that_must_not_be_is_left_out() -> None:
    assert without_aliases("aliases: [Old, other]\nx: 1\n", ["old"]) == "aliases:\n  - other\nx: 1\n"
    assert without_aliases("x: 1\n", ["old"]) == "x: 1\n"


@given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1), min_size=1, max_size=4))
def test_any_name_becomes_an_alias_that_yaml_reads_back(names: list[str]) -> None:
    assert pyyaml.safe_load(named(names, "\n")) == {"aliases": names}
    assert entries(named(names, "\n"))["aliases"].node.value == names


@pytest.mark.parametrize(
    "text", ["true", "1", "1e3", "2024-01-01", "null", "~", "- x", "a: b", "a #b", "[x", "x|y", "", " x", "x "]
)
def test_what_yaml_would_take_for_something_else_is_quoted(text: str) -> None:
    assert pyyaml.safe_load(f"a: [{dumped(text)}]") == {"a": [text]}


@pytest.mark.parametrize("text", ["{a: 1}\n", "  a: 1\n", "- a\n", "a: [\n", "a: 1\na: 2\n", "? a\n: b\n"])
def test_front_matter_that_is_not_one_property_a_line_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        entries(text)


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 3000),
    st.sampled_from(["", "a", "A b", "a, b", "x: y", "- z", "#t", "[q]", "it's", '"q"', "2024-01-02", "yes", "é 👩‍🚀", "l\nm", " sp ", "1", "~"]),
)  # fmt: skip
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=4), st.dictionaries(st.sampled_from("kl"), SCALARS, min_size=1))
KEYS = st.sampled_from(["tags", "aliases", "status", "status-2", "my key", "é", "n"])
MAPPINGS = st.dictionaries(KEYS, VALUES, max_size=5)


def written(properties: dict[str, object], flow: bool) -> str:
    """As somebody else's program writes them, one a line."""
    lines = []
    for key, value in properties.items():
        if flow and isinstance(value, list | dict):
            lines.append(f"{key}: {pyyaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=1000)}")
        else:
            lines.append(pyyaml.safe_dump({key: value}, default_flow_style=False, allow_unicode=True, width=1000))
    return "".join(lines)


def listed(key: str, value: object) -> list[object]:
    """What a property says, whether it is a list or one value; spaces around a tag are no part of it."""
    if isinstance(value, list):
        return [item.strip() if key == "tags" and isinstance(item, str) else item for item in value]
    if value in (None, ""):
        return []
    if key == "tags" and isinstance(value, str):
        return list(value.replace(",", " ").split())
    return [value]


@given(MAPPINGS, MAPPINGS, st.booleans(), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_united_properties_say_all_that_both_say(
    keeper: dict[str, object], loser: dict[str, object], one: bool, other: bool, eol: str
) -> None:
    mine = written(keeper, one).replace("\n", eol)
    text = united(mine, written(loser, other), eol)
    found = pyyaml.safe_load(text) or {}
    assert text.count("\n") == text.count(eol)
    for key, value in keeper.items():
        is_kept = found[key] == value or value is None
        assert is_kept or listed(key, found[key])[: len(listed(key, value))] == listed(key, value)
    for key, value in loser.items():
        near = [found[name] for name in found if name == key or name.startswith(f"{key}-")]
        united_list = [item for each in near for item in listed(key, each)]
        folded = {str(item).removeprefix("#").casefold() for item in united_list}
        said = listed(key, value)
        assert (
            value in near or value in (None, "", [])
            or all(item in united_list or str(item).removeprefix("#").casefold() in folded for item in said)
        )  # fmt: skip
    if "status-2" not in loser:  # it may take the place that a status would have
        assert united(text, written(loser, other), eol) == text
