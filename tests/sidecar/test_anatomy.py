"""Exact places in a note: counted in characters, whatever the text is made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librarian import _native
from librarian.edit import Rewrite, digest_of, rewritten
from librarian.merging.anatomy import Splice, anatomy, spliced
from librarian.merging.difference import replacements
from librarian.merging.yaml import entries, parsed

TEXT = (
    "---\r\nup: \"[[A]]\"\r\n---\r\n# Tïtle 👩‍🚀 ^top\r\n\r\né [[A#B|c]] ![[d.png]] [x](<e f.md#g> 'h') [^1] ^id\r\n\r\n"
    "| a | [[A\\|b]] |\r\n|---|---|\r\n\r\n^own\r\n\r\n- 家 one\r\n  - two ^in\r\n- three\r\n\r\n> [!note] T\r\n> | [[Z]] | b |\r\n> |---|---|\r\n\r\n"
    "[^1]: Foot [[K]]\r\n\r\n[ref]: r.md\r\n"
)


def words(places: list[tuple[int, int]]) -> list[str]:
    return [TEXT[start:end] for start, end in places]


def test_links_and_what_they_say_are_found_in_their_places() -> None:
    links = anatomy(TEXT).links
    assert words([link.range for link in links]) == [
        "[[A#B|c]]", "![[d.png]]", "[x](<e f.md#g> 'h')", "[[A\\|b]]", "[[Z]]", "[[K]]", "[ref]: r.md",
    ]  # fmt: skip
    assert words([link.written for link in links]) == ["A#B", "d.png", "e f.md#g", "A", "Z", "K", "r.md"]
    assert [link.in_cell for link in links] == [False, False, False, True, True, False, False]


def test_blocks_are_told_with_their_ids_and_lists_by_items() -> None:
    note = anatomy(TEXT)
    assert [(block.kind, TEXT[block.start : block.end][:9]) for block in note.blocks] == [
        ("heading", "# Tïtle 👩"), ("paragraph", "é [[A#B|c"), ("table", "| a | [[A"), ("item", "- 家 one\r\n"), ("item", "- three"),
        ("callout", "> [!note]"), ("footnoteDefinition", "[^1]: Foo"), ("definition", "[ref]: r."),
    ]  # fmt: skip
    assert TEXT[note.blocks[2].start : note.blocks[2].end].endswith("^own")
    assert words([each.mark for each in note.ids]) == ["^top", "^id", "^own", "^in"]
    assert [(each.label, each.defines) for each in note.footnotes] == [("1", False), ("1", True)]
    assert words([each.range for each in note.footnotes]) == ["[^1]", "[^1]"]


def test_front_matter_is_told_with_its_parts() -> None:
    note = anatomy(TEXT)
    assert note.yaml == 'up: "[[A]]"\r\n'
    assert TEXT[note.body :].startswith("# Tïtle")
    assert anatomy("---\n---").frontmatter == ((0, 7), (4, 4), 7)


@pytest.mark.parametrize(
    "value", ['"x" # c', "'it''s' # c", "x # c", "[a, 'b' ] # c", "&a x", "{k: v} # c", '"a\n  b" # c', "|\n  # no\n  x", ""]
)  # fmt: skip
def test_a_property_reaches_from_its_name_to_the_end_of_its_last_line(value: str) -> None:
    text = f"é: 1\nkey: {value}\nlast:\n- 家 # c\n- b\n"
    found = entries(text)
    assert [text[entry.start : entry.end] for entry in found.values()] == [
        "é: 1",
        f"key: {value}",
        "last:\n- 家 # c\n- b",
    ]
    node = found["key"].node
    assert "# c" not in text[node.start : node.end]


@given(st.text(st.sampled_from("ab: -[]{}#'\"\n|>&*!%@`\\,?é👩~0"), max_size=40))
def test_any_yaml_is_taken_apart_within_its_bounds_or_refused(text: str) -> None:
    pieces, error = _native.yaml_pieces(text)
    assert all(0 <= start <= end <= len(text) for *_, (start, end) in pieces)
    if error is None and (root := parsed(text)) is not None:
        assert all(0 <= node.start <= node.end <= len(text) for node in root.scalars())


@given(st.text(st.sampled_from("[]()<>|#^!\\`$é👩a \n-*:.%"), max_size=60))
def test_any_text_is_taken_apart_within_its_bounds(text: str) -> None:
    note = anatomy(text)
    for link in note.links:
        assert link.range[0] <= link.written[0] <= link.written[1] <= link.range[1] <= len(text)
        if not link.external and link.is_wiki:
            assert text[slice(*link.written)].partition("#")[0].strip() == link.target
    assert all(text[slice(*each.mark)] == f"^{each.id}" for each in note.ids)
    assert all(text[slice(*each.range)] == f"[^{each.label}]" for each in note.footnotes)
    ends = [0, *(place for block in note.blocks for place in (block.start, block.end))]
    assert ends == sorted(ends)


PIECES = st.lists(st.sampled_from(["a", "b\n", "c\r\n", "\n", "é", "👩‍🚀"]), max_size=20).map("".join)


@given(PIECES, PIECES)
def test_replacements_make_the_one_text_of_the_other(before: str, after: str) -> None:
    content = before.encode()
    edit = Rewrite(path="a.md", digest=digest_of(content), replacements=replacements(before, after))
    assert rewritten(edit, content) == after.encode()


def test_replacements_touch_only_what_differs() -> None:
    before, after = "one\ntwo [[A]] x\nthree\n", "one\ntwo [[B|A]] x\nthree\nfour\n"
    assert [(each.start, each.end, each.text) for each in replacements(before, after)] == [
        (10, 10, "B|"),
        (22, 22, "four\n"),
    ]
    assert spliced(before, [Splice(0, 3, "1"), Splice(4, 4, "-")]) == "1\n-two [[A]] x\nthree\n"
