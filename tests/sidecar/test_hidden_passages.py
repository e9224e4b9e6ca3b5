"""Passages without what is secret in their whole note."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from librarian import _native
from librarian.redaction import MARK, secrets
from librarian.tier import HIDING

KEY = "sk-abcdefghijklmnop123456"
WORDS = 10
FILLING = "🐚 shore " * 12
PIECES = [
    "# One\n", "## Token: abc\n", "words of a note ", "潮だまり。", "🐚 ", "\n\n", "| a |", "> ", "**bold** ", "%%", "\r\n", "- item\n",
    "[[Sea|the sea]] ", "[map](https://me:hunter2@host.example) ", f"|{KEY}|", "password: hunter2 ", "-----BEGIN PRIVATE KEY-----\n",
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n", "-----END PRIVATE KEY-----\n", "e\u0301 ", "```\n",
]  # fmt: skip


def passages(tmp_path: Path, text: str, hiding: Any = HIDING) -> list[dict[str, Any]]:
    (tmp_path / "Note.md").write_bytes(text.encode())
    rows = _native.passages(
        tmp_path, ["Note.md"], max_note_bytes=1_000_000, words=WORDS, model=None, threads=1, hiding=hiding
    )
    return pa.table(rows).to_pylist()


def told(tmp_path: Path, text: str) -> str:
    return "\n".join(row["text"] for row in passages(tmp_path, text))


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_what_is_hidden_moves_no_passage(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    plain, hiding = passages(folder, text, None), passages(folder, text)
    assert [(row["ordinal"], row["digest"]) for row in plain] == [(row["ordinal"], row["digest"]) for row in hiding]
    if not secrets(text) and MARK not in "".join(row["text"] for row in hiding):
        assert plain == hiding


def test_a_secret_is_found_behind_letters_of_many_bytes(tmp_path: Path) -> None:
    text = f"{FILLING}The key é {KEY} ends {KEY} here. {FILLING}"
    assert told(tmp_path, text).count(MARK) == 2
    assert f"The key é {MARK} ends {MARK} here." in told(tmp_path, text).replace("\n", " ")


def test_secrets_side_by_side_are_each_hidden(tmp_path: Path) -> None:
    spans = [(2, 4), (4, 6), (8, 9)]
    rows = passages(tmp_path, "é1abcd78x end", (lambda text: spans if "abcd" in text else [], "_"))
    assert rows[1]["text"] == "é1__78_ end"


def test_a_cell_of_a_table_does_not_hide_a_key_from_us(tmp_path: Path) -> None:
    assert KEY not in told(tmp_path, f"|Service|Key|\n|---|---|\n|openai|{KEY}|\n")


def test_what_only_reads_as_a_secret_is_one(tmp_path: Path) -> None:
    for before in range(3 * WORDS):
        assert "hunter" not in told(tmp_path, "shore " * before + "| password: | hunter2 |" + " tide" * 30), before


def test_a_heading_in_the_midst_of_a_key_heads_no_passage(tmp_path: Path) -> None:
    text = f"-----BEGIN PRIVATE KEY-----\n# lineOfTheKey\n{FILLING}\n-----END PRIVATE KEY-----\n\n{FILLING}"
    assert "lineOfTheKey" not in told(tmp_path, text)


def test_a_link_with_something_of_a_secret_is_left_out_as_a_whole(tmp_path: Path) -> None:
    for before in range(3 * WORDS):
        text = "shore " * before + "password: [[half/hunter2]] and [[Sea|the sea]]" + " tide" * 30
        assert "hunter2" not in told(tmp_path, text), before
        assert "sea" in told(tmp_path, text)


def test_a_note_that_cannot_be_looked_at_is_not_given_away(tmp_path: Path) -> None:
    def fails(_text: str) -> list[tuple[int, int]]:
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        passages(tmp_path, "shore", (fails, MARK))


def test_a_model_on_this_machine_is_given_all(tmp_path: Path) -> None:
    assert KEY in passages(tmp_path, f"The key is {KEY}.", None)[1]["text"]
