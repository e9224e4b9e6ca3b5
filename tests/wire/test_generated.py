"""What is made from the declarations is current, whole and of use to its readers."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest

from librarian.errors import LibrarianError, kinds
from librarian.methods import METHODS, NOTICES, QUESTIONS
from librarian.rpc import __main__ as generate
from librarian.rpc import openrpc
from librarian.rpc.contract import Call, Params, method

REPOSITORY = Path(__file__).parents[2]
PLUGIN = REPOSITORY / "obsidian-plugin"


def test_generated_files_are_current() -> None:
    assert generate.stale(REPOSITORY) == [], "run: python -m librarian.rpc"


def test_check_fails_on_a_stale_file_and_writes_nothing(tmp_path: Path) -> None:
    assert generate.main([str(tmp_path)]) == 0
    page = tmp_path / "docs" / "protocol.md"
    page.write_text("old")
    assert generate.main(["--check", str(tmp_path)]) == 1
    assert page.read_text() == "old"
    assert generate.main([str(tmp_path)]) == 0
    assert generate.main(["--check", str(tmp_path)]) == 0


def test_the_issue_names_every_method() -> None:
    assert {each.name for each in METHODS} == {
        "session.initialize", "session.shutdown", "session.ping", "rpc.discover",
        "vault.open", "vault.status", "vault.changed", "vault.rebuild", "vault.close",
        "embedding.pause", "embedding.resume", "embedding.estimate", "embedding.agree", "settings.read", "settings.change",
            "providers.list", "providers.models", "providers.test",
        "search.query", "search.save", "search.saved", "search.forget", "notes.outline", "notes.links",
        "notes.related", "notes.mentions", "duplicates.scan", "duplicates.ofNote", "duplicates.compare",
        "duplicates.dismiss", "duplicates.restore", "duplicates.dismissed", "duplicates.plan",
        "templates.infer", "templates.estimate", "templates.save", "templates.apply",
        "edits.apply", "edits.list", "edits.undo", "text.insert", "text.rewrite", "text.continue", "text.generate",
        "text.estimateRewrite", "text.estimateContinue", "text.estimateGenerate",
        "statistics.overview", "statistics.query", "usage.summary", "usage.budget",
        "query.understand", "answer.ask", "answer.estimate", "summary.create", "summary.estimate", "summary.place",
        "summary.run", "summary.runs", "summary.notes", "summary.placeAll", "summary.forget",
    }  # fmt: skip
    assert [each.name for each in NOTICES] == ["vault.progress"]
    assert [each.name for each in QUESTIONS] == ["workspace.applyEdit"]


@pytest.mark.parametrize("path", ["docs/protocol.md", "obsidian-plugin/src/protocol.ts", "docs/openrpc.json"])
def test_every_method_record_and_error_is_named_in(path: str) -> None:
    text = (REPOSITORY / path).read_text(encoding="utf-8")
    names = [each.name for each in (*METHODS, *QUESTIONS)] + list(openrpc.definitions(METHODS, NOTICES, QUESTIONS))
    if not path.endswith(".json"):
        names += [kind.__name__ for kind in kinds(LibrarianError)]
    params = {each.params.__name__ for each in METHODS}
    missing = [name for name in names if not re.search(rf"\b{re.escape(name)}\b", text)]
    assert [name for name in missing if not (path.endswith(".md") and name in params)] == []


def test_the_document_is_sound_and_every_reference_leads_somewhere() -> None:
    document = openrpc.document(METHODS, NOTICES, QUESTIONS)
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    text = json.dumps(document)
    for section, name in re.findall(r'"#/components/(\w+)/(\w+)"', text):
        assert name in document["components"][section]
    assert all(each["summary"] for each in document["methods"])


def test_summaries_are_whole_sentences() -> None:
    for each in METHODS:
        assert each.summary.split("\n\n")[0].endswith("."), each.name
        assert re.fullmatch(r"[a-z]+\.[a-z][A-Za-z]+", each.name)


def test_a_declaration_needs_a_docstring_and_a_coroutine() -> None:
    async def silent(call: Call, params: Params) -> None: ...

    def still(call: Call, params: Params) -> None:
        """Speaks."""

    for function in (silent, still):
        with pytest.raises(TypeError):
            method("a.b")(function)  # type: ignore[arg-type]


def test_typescript_compiles_under_strict(tmp_path: Path) -> None:
    compiler = PLUGIN / "node_modules" / ".bin" / "tsc"
    if not compiler.exists() or not shutil.which("node"):
        pytest.skip("NO TYPESCRIPT: run npm ci in obsidian-plugin/ to prove that protocol.ts compiles")
    use = tmp_path / "use.ts"
    use.write_text(
        f'import type {{ Methods, Notices }} from "{PLUGIN}/src/protocol";\n'
        f'import {{ ERRORS, PROTOCOL }} from "{PLUGIN}/src/protocol";\n'
        'export const query: Methods["search.query"]["params"] = { vaultId: "v", text: "x", mode: "keyword" };\n'
        'export const ranges = (answer: Methods["search.query"]["result"]): [number, number] | undefined =>\n'
        "\tanswer.hits[0]?.passage.ranges[0];\n"
        'export const done = (notice: Notices["vault.progress"]): number => notice.done / notice.total;\n'
        "export const held: -32013 = ERRORS.VaultHeld;\nexport const one: 1 = PROTOCOL;\n"
        "// @ts-expect-error an unknown mode\n"
        'export const mode: Methods["search.query"]["params"] = { vaultId: "v", text: "x", mode: "best" };\n'
        "// @ts-expect-error a missing parameter\n"
        'export const missing: Methods["search.query"]["params"] = { text: "x" };\n'
    )
    strict = [
        str(compiler), "--strict", "--noEmit", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess",
        "--verbatimModuleSyntax", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler",
        "--ignoreConfig",
    ]  # fmt: skip
    checked = subprocess.run([*strict, str(use)], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert checked.returncode == 0, checked.stdout
