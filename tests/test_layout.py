"""The tree keeps its shape: sizes, versions, who uses which package, what is not loaded before it is needed."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import librarian

REPOSITORY = Path(__file__).parents[1]
PACKAGE = REPOSITORY / "sidecar" / "librarian"
CODE = {".py", ".pyi", ".rs", ".ts", ".mjs"}
GENERATED = {"obsidian-plugin/src/protocol.ts"}
MAX_LINES = 450
LONGER = {
    "native/src/note/blocks.rs": 485,
    "native/src/pass.rs": 510,
    "sidecar/librarian/errors.py": 640,  # one tree in one file
}
"""Files that should be two, and what they may not grow beyond until they are."""

OWNERS = {
    "aiolimiter": ("metering/rate.py",),
    "anthropic": ("chat/anthropic_chat.py",),
    "blake3": ("edit.py", "disk.py"),
    "click": ("cli/",),
    "rich": ("cli/",),
    "diskcache": ("cache.py",),
    "duckdb": ("catalog/",),
    "filelock": ("places.py",),
    "genai_prices": ("pricing.py",),
    "httpx2": ("chat/connection.py",),
    "jsonrpcserver": ("rpc/dispatch.py",),
    "keyring": ("chat/keys.py",),
    "openai": ("chat/openai_client.py",),
    "platformdirs": ("places.py",),
    "psutil": ("places.py", "startup.py", "catalog/sandbox.py"),
    "lancedb": ("vectors/lance.py",),
    "numpy": ("vectors/lance.py", "embedding/transformer_process.py"),
    "pyarrow": ("cataloguing.py", "tier.py", "vectors/"),
    "pydantic": ("value.py", "settings.py", "vault.py", "rpc/", "methods/"),
    "pydantic_core": ("rpc/dispatch.py",),
    "send2trash": ("writing.py",),
    "sentence_transformers": ("embedding/transformer_process.py",),
    "sqlite3": ("ledger.py", "journal.py", "dismissals.py", "spend.py", "summary_runs.py"),
    "stamina": ("metering/retrying.py",),
    "torch": ("embedding/transformer_process.py",),
    "watchfiles": ("vault.py",),
    "websockets": ("server.py", "door.py"),
    "xllamacpp": ("chat/llama_process.py",),
}
"""Every package of others, and sqlite3, with the parts of the sidecar that may import it."""

OPTIONAL = {"keyring", "sentence_transformers", "torch", "xllamacpp"}
"""Owned packages that only an extra installs."""

DATA_ONLY = {"wordllama"}
"""Packages whose files are read and whose code is never imported."""

HEAVY = {
    "wordllama", "tokenizers", "lancedb", "duckdb", "diskcache", "pyarrow", "sentence_transformers", "transformers", "torch",
    "numpy", "pandas", "anthropic", "openai", "httpx2", "keyring", "genai_prices", "stamina", "tenacity",
}  # fmt: skip


def tracked() -> list[str]:
    """Paths of every file of ours: what git knows, and what it would take in."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=REPOSITORY, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return sorted({path for path in listed.stdout.split("\0") if path and (REPOSITORY / path).is_file()})


def texts() -> Iterator[tuple[str, str]]:
    """Path and text of every file that is text."""
    for path in tracked():
        content = (REPOSITORY / path).read_bytes()
        if b"\0" not in content[:8000]:
            yield path, content.decode("utf-8", "replace")


def imports(file: Path) -> set[str]:
    """Top-level packages that a file imports, at its top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.partition(".")[0])
    return found


def child(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        check=False, capture_output=True, text=True, encoding="utf-8", timeout=60,
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(Path(librarian.__file__).parents[1]), **environment},
    )  # fmt: skip


def test_no_file_of_code_is_too_long() -> None:
    lines = {path: text.count("\n") for path, text in texts() if Path(path).suffix in CODE and path not in GENERATED}
    too_long = {path: count for path, count in lines.items() if count > LONGER.get(path, MAX_LINES)}
    assert too_long == {}


def test_nothing_is_left_to_do_without_an_issue() -> None:
    mark = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    found = [path for path, text in texts() if Path(path).suffix in CODE | {".toml", ".yml"} and mark.search(text)]
    assert found == []


def test_no_path_of_somebodys_machine_is_in_the_tree() -> None:
    path_of_machine = re.compile(r"(?<![\w.~/}\"'])/(?:root|work|Users/\w+|home/\w+)/\w|[A-Z]:\\+Users\\+\w", re.ASCII)
    quoted = re.compile(r"[\"'](?:/root/|/work/|/Users/\w+/|/home/\w+/)\w")
    allowed = (".lock", "package-lock.json", "test_layout.py")
    made_up = ("example-vault/", "obsidian-plugin/tests/logic/")
    for path, text in texts():
        if not path.endswith(allowed) and not path.startswith(made_up):
            line = next(
                (line for line in text.splitlines() if path_of_machine.search(line) or quoted.search(line)), None
            )
            assert line is None, f"{path}: {line}"


def test_the_version_is_written_in_cargo_toml_only() -> None:
    version = tomllib.loads((REPOSITORY / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert "version" in project["dynamic"]
    assert "version" not in project
    assert tomllib.loads((REPOSITORY / "native/Cargo.toml").read_text())["package"]["version"] == {"workspace": True}
    from librarian import _native

    assert version == _native.VERSION, "make setup builds the core anew"


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))


def test_every_make_target_that_a_page_names_exists() -> None:
    pages = [(path, text) for path, text in texts() if path.endswith(".md") and not path.startswith("example-vault/")]
    code = re.compile(r"`[^`\n]*`|^```.*?^```", re.MULTILINE | re.DOTALL)
    named = {
        (path, target)
        for path, text in pages
        for fragment in code.findall(text)
        for target in re.findall(r"(?:^|[`\s;&])make ([a-z][a-z-]+)", fragment)
    }
    assert sorted((path, target) for path, target in named if target not in make_targets()) == []


def test_every_phony_target_exists_and_every_told_one_is_phony() -> None:
    text = (REPOSITORY / "Makefile").read_text()
    phony = set(re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)[0].split())
    assert phony <= make_targets()
    assert set(re.findall(r"^([a-z-]+):.*##", text, re.MULTILINE)) <= phony


def test_each_package_of_others_has_its_owner() -> None:
    known = set(sys.stdlib_module_names) - OWNERS.keys() | {"librarian"}
    strangers = {
        (file.relative_to(PACKAGE).as_posix(), package)
        for file in PACKAGE.rglob("*.py")
        for package in imports(file) - known
        if not file.relative_to(PACKAGE).as_posix().startswith(OWNERS.get(package, ()))
    }
    assert strangers == set()


MODELS = "librarian.chat"
ASKERS = (
    "chat/",
    "metering/",
    "library.py",
    "readers.py",
    "cli/providers.py",
    "cli/models.py",
    "cli/model_files.py",
    "cli/advising.py",
)
"""Parts that know of opening models: the adapters, what holds them within limits, the places where the two meet, and
commands that list what there is.
"""
OF_A_CONVERSATION = {"Chat", "Delta", "Event", "Finish", "Keyring", "Keys", "Limits", "Message", "Reasoning", "Usage"}
"""What all others may know of models: what is said to one, what comes back, and where keys are."""


def models_opened(file: Path) -> set[str]:
    """Names by which a file could open a model, or ask one that is in nobody's books."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(MODELS):
            is_made_of_values = node.module in (f"{MODELS}.presets", f"{MODELS}.provider")
            found |= {alias.name for alias in node.names if not is_made_of_values} - OF_A_CONVERSATION
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith(MODELS)}
        elif isinstance(node, ast.Attribute) and node.attr == "open" and "chats" in ast.unparse(node.value):
            found.add(ast.unparse(node))
    return found


def test_models_are_asked_within_limits_only() -> None:
    strangers = {
        file.relative_to(PACKAGE).as_posix(): names
        for file in PACKAGE.rglob("*.py")
        if not file.relative_to(PACKAGE).as_posix().startswith(ASKERS) and (names := models_opened(file))
    }
    assert strangers == {}
    # The library opens models for what counts their cost, and for nothing else.
    opened = [
        ast.unparse(function)
        for function in ast.walk(ast.parse((PACKAGE / "library.py").read_text(encoding="utf-8")))
        if isinstance(function, ast.AsyncFunctionDef) and "chats.open(" in ast.unparse(function)
    ]
    assert opened
    assert all("Writer(" in each or "Rehearsal(" in each for each in opened)
    outside = [PACKAGE / "library.py", *(PACKAGE / "cli").glob("*.py"), *(PACKAGE / "methods").glob("*.py")]
    assert [file.name for file in outside if ".stream(" in file.read_text(encoding="utf-8")] == []


def test_every_dependency_is_used() -> None:
    declared = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {re.split(r"[^\w-]", each)[0].replace("-", "_") for each in declared}
    assert names == OWNERS.keys() - OPTIONAL - {"sqlite3", "pydantic_core"} | DATA_ONLY
    used = set().union(*(imports(file) for file in PACKAGE.rglob("*.py")))
    assert names - used == DATA_ONLY


def test_constraints_name_every_declared_dependency() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    declared = [*project["project"]["dependencies"], *groups["test"], *groups["check"]]
    lines = (REPOSITORY / "constraints.txt").read_text().splitlines()
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in lines if "==" in line}
    assert {re.split(r"[^\w-]", each)[0].lower().replace("_", "-") for each in declared} - pinned == set()


def test_pyo3_is_named_in_one_folder_of_the_core() -> None:
    sources = (REPOSITORY / "native").rglob("*.rs")
    named = {file.relative_to(REPOSITORY).as_posix() for file in sources if "pyo3" in file.read_text()}
    assert {path for path in named if not path.startswith("native/src/python/")} == set()


@pytest.mark.parametrize(
    "code",
    [
        "import librarian.cli",
        "from librarian.__main__ import main; sys.argv = ['librarian', '--help']; main()",
        "from librarian.__main__ import main; sys.argv = ['librarian', 'search', '--help']; main()",
    ],
)
def test_help_loads_nothing_heavy(code: str) -> None:
    run = child(f"import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); {code}")
    assert run.returncode == 0, run.stderr
    loaded = {name.partition(".")[0] for name in run.stderr.split()}
    assert "librarian" in loaded
    assert loaded & (HEAVY | {"pydantic", "jsonrpcserver", "websockets", "watchfiles"}) == set()


KNOWN_VAULT = """
import asyncio, json, sys
from pathlib import Path
from librarian.lexical import LexicalIndex
from librarian.library import open_library
from librarian.places import Places
from librarian.settings import load

refresh = LexicalIndex.refresh

async def slow(index, *args):
    # A look at one note ends before a question does; that at a real vault does not.
    if index.is_complete:
        await asyncio.Event().wait()
    return await refresh(index, *args)

LexicalIndex.refresh = slow

async def main():
    places = Places.of()
    async with open_library(places, load(places.settings), stays=sys.argv[2] == "stays") as library:
        vault = await library.open_vault(sys.argv[1])
        answer = await vault.search.query("lighthouse")
        print(json.dumps({"hits": [hit.path for hit in answer.hits], "loaded": list(sys.modules)}))

asyncio.run(main())
"""


@pytest.mark.parametrize("lives", ["stays", "leaves"])
def test_a_known_vault_answers_before_the_catalog_is_loaded(tmp_path: Path, lives: str) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "Coast.md").write_text("A lighthouse stands here.")
    places = {"LIBRARIAN_DATA": str(tmp_path / "data"), "LIBRARIAN_CONFIG": str(tmp_path / "config")}
    for _ in ("a new vault", "a known vault"):
        run = child(KNOWN_VAULT, str(vault), lives, **places)
        assert run.returncode == 0, run.stderr
        answer = json.loads(run.stdout)
        assert answer["hits"] == ["Coast.md"]
    assert {name.partition(".")[0] for name in answer["loaded"]} & HEAVY == set()
