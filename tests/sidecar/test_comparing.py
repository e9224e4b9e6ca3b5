"""Two notes of a real vault side by side."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from librarian.comparing import Comparing
from librarian.comparison import Comparison
from librarian.errors import NoteNotFound, NoteUnreadable, PathRefused


async def compared(root: Path, left: bytes, right: bytes, **how: int) -> Comparison:
    (root / "a.md").write_bytes(left)
    (root / "b.md").write_bytes(right)
    return await Comparing(root, 1_000_000).compare("a.md", "b.md", **how)


async def test_words_that_differ_are_told_in_lines_that_stand_side_by_side(tmp_path: Path) -> None:
    left = "---\nstatus: draft\n---\n# Tide\n\nThe marsh floods twice a day.\n"
    right = "---\nstatus: done\n---\n# Tide\n\nThe marsh floods once a day.\nSo they say.\n"
    found = await compared(tmp_path, left.encode(), right.encode())
    (hunk,) = found.hunks
    assert (hunk.left_line, hunk.right_line) == (0, 0)
    assert [line.kind for line in hunk.lines] == ["same", "changed", "same", "same", "same", "changed", "added"]
    marked = [(piece.text, piece.same) for piece in hunk.lines[5].left or ()]
    assert marked == [("The marsh floods ", True), ("twice", False), (" a day.", True)]
    assert hunk.lines[6].left is None
    assert (found.same, found.changed, found.removed, found.added, found.more) == (4, 2, 0, 1, 0)


async def test_line_ends_marks_and_encodings_are_no_difference(tmp_path: Path) -> None:
    for other in (b"\xef\xbb\xbfTide\r\n\r\nMarsh  \r\n", "\ufeffTide\n\nMarsh".encode("utf-16-le")):
        found = await compared(tmp_path, b"Tide\n\nMarsh\n", other)
        assert (found.hunks, found.similarity) == ((), 1.0)


async def test_similarity_is_that_of_the_texts_without_front_matter(tmp_path: Path) -> None:
    words = " ".join(f"word{number}" for number in range(40))
    found = await compared(tmp_path, words.encode(), f"---\nother: thing\n---\n{words} more".encode())
    assert found.similarity == round(36 / 37, 3)


async def test_context_is_as_wide_as_it_is_asked_for(tmp_path: Path) -> None:
    left = "\n".join(map(str, range(100)))
    for context, lines in ((0, 1), (3, 7), (1000, 100)):
        found = await compared(
            tmp_path, left.encode(), left.replace("\n50\n", "\nfifty 50\n").encode(), context=context
        )
        assert len(found.hunks[0].lines) == lines


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"x" * 1_000_001, "larger than 1 MB"), (b"caf\xe9", "neither UTF-8 nor UTF-16"), (b"a\0b", "no text")],
)
async def test_what_is_no_text_or_too_large_is_refused_in_words(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(NoteUnreadable, match=reason):
        await compared(tmp_path, b"text", content)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("none.md", NoteNotFound),
        ("folder", NoteNotFound),
        ("pipe.md", NoteNotFound),
        ("../a.md", PathRefused),
        (".obsidian/app.json", PathRefused),
        ("/etc/hosts", PathRefused),
    ],
)
async def test_only_notes_of_the_vault_are_read(tmp_path: Path, path: str, error: type[Exception]) -> None:
    (tmp_path / "a.md").write_text("a")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe.md")
    for pair in (("a.md", path), (path, "a.md")):
        with pytest.raises(error):
            await Comparing(tmp_path, 1_000_000).compare(*pair)
