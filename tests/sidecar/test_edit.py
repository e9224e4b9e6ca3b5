"""Edits touch exactly the UTF-16 ranges they name, and their inverses restore every byte."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from librarian.edit import (
    BOM,
    Create,
    Rename,
    Replacement,
    Rewrite,
    Trash,
    content_of,
    creation,
    digest_of,
    inverse,
    reverted,
    rewritten,
    step_of,
    units,
)
from librarian.errors import EditRefused

PIECES = st.sampled_from(
    ["a", "é", "e\u0301", "👩‍🚀", "𝒳", "\r\n", "\n", "\r", "\t", "[[x]]", "家", "\u200d", "\0", "\u2028", " "]
)
TEXTS = st.lists(PIECES, max_size=30).map("".join)


def model(text: str, replacements: tuple[Replacement, ...]) -> str:
    """The same by a list of code units, one replacement after the other from the end."""
    wide = text.encode("utf-16-le")
    code_units = [wide[place : place + 2] for place in range(0, len(wide), 2)]
    for each in reversed(replacements):
        new = each.text.encode("utf-16-le")
        code_units[each.start : each.end] = [new[place : place + 2] for place in range(0, len(new), 2)]
    return b"".join(code_units).decode("utf-16-le")


@st.composite
def rewrites(draw: st.DrawFn) -> tuple[bytes, str, tuple[Replacement, ...]]:
    """A file's bytes, its text, and replacements in the order of their places."""
    text = draw(TEXTS)
    marked = draw(st.booleans())
    assume(marked or not text.startswith("\ufeff"))
    bounds = [0]
    for character in text:
        bounds.append(bounds[-1] + units(character))
    places = sorted(draw(st.lists(st.sampled_from(bounds), max_size=8)))
    spans = zip(places[::2], places[1::2], strict=False)
    replacements = tuple(Replacement(start=start, end=end, text=draw(TEXTS)) for start, end in spans)
    return (BOM if marked else b"") + text.encode(), text, replacements


@given(rewrites(), st.randoms(use_true_random=False))
def test_a_rewrite_is_what_a_list_of_code_units_says(
    made: tuple[bytes, str, tuple[Replacement, ...]], dice: object
) -> None:
    content, text, replacements = made
    shuffled = list(replacements)
    if len({each.start for each in replacements}) == len(replacements):
        dice.shuffle(shuffled)  # type: ignore[attr-defined]
    edit = Rewrite(path="a.md", digest=digest_of(content), replacements=tuple(shuffled))
    assume(content.startswith(BOM) or not model(text, replacements).startswith("\ufeff"))
    after = rewritten(edit, content)
    assert after == content[: len(content) - len(text.encode())] + model(text, replacements).encode()
    step = step_of(edit, content)
    assert step.after == digest_of(after)
    back = inverse(step)
    assert isinstance(back, Rewrite)
    assert rewritten(back, after) == content
    assert reverted(step).after == digest_of(content)
    assert inverse(reverted(step)).digest == edit.digest  # type: ignore[union-attr]


@given(st.binary(max_size=40) | TEXTS.map(str.encode))
def test_a_trashed_file_is_made_again_to_the_byte(content: bytes) -> None:
    step = step_of(Trash(path="x", digest=digest_of(content)), content)
    made = inverse(step)
    assert isinstance(made, Create)
    assert content_of(made) == content
    assert content_of(Create.model_validate_json(made.model_dump_json())) == content
    assert inverse(reverted(step)) == step.edit


def test_the_inverses_of_making_and_moving() -> None:
    made = step_of(Create(path="x.md", content="é"), b"")
    assert inverse(made) == Trash(path="x.md", digest=digest_of("é".encode()))
    moved = step_of(Rename(path="x.md", digest="d", to="y.md"), b"")
    assert inverse(moved) == Rename(path="y.md", digest="d", to="x.md")


def rewrite(*spans: tuple[int, int, str]) -> Rewrite:
    replacements = tuple(Replacement(start=start, end=end, text=text) for start, end, text in spans)
    return Rewrite(path="a.md", digest="", replacements=replacements)


@pytest.mark.parametrize(
    ("edit", "content", "reason"),
    [
        (rewrite((0, 2, ""), (1, 3, "")), b"abcd", "overlap"),
        (rewrite((0, 3, ""), (1, 1, "x")), b"abcd", "overlap"),
        (rewrite((2, 1, "")), b"abcd", "no range"),
        (rewrite((-1, 1, "")), b"abcd", "no range"),
        (rewrite((0, 5, "")), b"abcd", "behind its end"),
        (rewrite((5, 5, "x")), "👩‍🚀".encode(), None),
        (rewrite((6, 6, "x")), "👩‍🚀".encode(), "behind its end"),
        (rewrite((1, 1, "x")), "👩".encode(), "within a character"),
        (rewrite((0, 1, "x")), "👩".encode(), "within a character"),
        (rewrite((0, 0, "x")), b"\xff\xfea\0", "not UTF-8"),
        (rewrite((0, 0, "x")), b"caf\xe9", "not UTF-8"),
        (rewrite((0, 0, "x")), BOM + b"caf\xe9", "not UTF-8"),
        (rewrite((0, 0, "\ufeff")), b"a", "byte order mark"),
        (rewrite((0, 1, "")), "a\ufeffb".encode(), "byte order mark"),
        (rewrite((0, 0, "\ufeff")), BOM + b"a", None),
        (rewrite((0, 0, "1"), (0, 0, "2")), b"a", None),
    ],
)  # fmt: skip
def test_what_cannot_be_put_in_is_refused_with_its_reason(edit: Rewrite, content: bytes, reason: str | None) -> None:
    if reason is None:
        assert rewritten(inverse(step_of(edit, content)), rewritten(edit, content)) == content  # type: ignore[arg-type]
    else:
        with pytest.raises(EditRefused, match=reason):
            rewritten(edit, content)


def test_of_several_at_one_place_the_first_is_put_first() -> None:
    assert rewritten(rewrite((1, 1, "1"), (1, 1, "2"), (1, 2, "3")), b"abc") == b"a123c"


def test_content_that_cannot_be_bytes_is_refused() -> None:
    with pytest.raises(EditRefused):
        content_of(Create(path="x", content="no base64!", encoding="base64"))
    assert creation("x", b"\xff").encoding == "base64"


def test_an_edit_comes_back_from_its_record() -> None:
    for edit in (rewrite((0, 0, "é")), Create(path="x", content="y"), Rename(path="x", digest="d", to="y")):
        assert type(edit).model_validate_json(edit.model_dump_json()) == edit
