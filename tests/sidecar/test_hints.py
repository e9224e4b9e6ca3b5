"""What is to be typed on a command line is told on the command line alone: messages are read in editors, too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import librarian
from librarian.cli import COMMANDS
from librarian.errors import KeyMissing, PriceUnknown, StoreCorrupt, from_wire

PACKAGE = Path(librarian.__file__).parent
COMMAND = re.compile(rf"librarian (?:{'|'.join(COMMANDS)})\b")
OF_THE_COMMAND_LINE = {"cli", "startup.py", "settings.py", "reference.py", "presets.py"}
"""What is printed on a terminal or in the documents."""


def told(tree: ast.AST) -> Iterator[str]:
    """The texts of a module, but for its docstrings and what is said to be a hint."""
    for node in ast.iter_child_nodes(tree):
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_hint = isinstance(node, ast.keyword) and node.arg == "hint"
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        is_named = target is not None and ast.unparse(target).lower().endswith(("hint", "way"))
        if is_docstring or is_hint or is_named:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        yield from told(node)


def test_no_message_names_a_command() -> None:
    said = {
        f"{file.relative_to(PACKAGE)}: {text}"
        for file in PACKAGE.rglob("*.py")
        if not OF_THE_COMMAND_LINE & set(file.relative_to(PACKAGE).parts)
        for text in told(ast.parse(file.read_text("utf-8")))
        if COMMAND.search(text)
    }
    assert said == set()


@pytest.mark.parametrize(
    ("error", "typed"),
    [
        (KeyMissing("openai", "OpenAI", "OPENAI_API_KEY"), "librarian keys set openai"),
        (StoreCorrupt("catalog", "torn"), "librarian rebuild"),
        (PriceUnknown("openai", "m"), 'librarian config set model_prices "openai/m=READ/WRITTEN"'),
    ],
)
def test_what_to_type_comes_with_the_error_also_over_the_wire(
    error: KeyMissing | StoreCorrupt | PriceUnknown, typed: str
) -> None:
    assert "librarian " not in error.message
    assert typed in from_wire(error.code, error.message, error.data).with_hint
