"""The documents name what there is, and nothing else; the demonstration runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from tests.e2e.conftest import ROOT, Desk, demonstrate

from librarian.cli import COMMANDS, librarian
from librarian.settings import Settings

DOCUMENTS = (
    "README.md",
    "docs/guide.md",
    "docs/models.md",
    "docs/obsidian.md",
    "docs/walkthrough.md",
    "docs/architecture.md",
    "example-vault/Quickstart.md",
    "CHANGELOG.md",
)
PAGES = sorted(
    str(page.relative_to(ROOT)) for page in (ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md"))
)
"""All that is written for people, but for the notes of the example vault."""


def typed() -> list[tuple[str, str]]:
    """Every command line that a document shows."""
    found = []
    for document in DOCUMENTS:
        text = (ROOT / document).read_text(encoding="utf-8")
        blocks = re.findall(r"^```(?:sh|console)?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        lines = [line.strip() for block in blocks for line in block.splitlines()]
        lines += re.findall(r"`(librarian [^`]+)`", text)
        found += [
            (document, line.split("  ")[0].split("  #")[0].strip()) for line in lines if line.startswith("librarian ")
        ]
    return found


@pytest.mark.parametrize(("document", "line"), typed())
def test_a_command_line_of_a_document_is_understood(document: str, line: str):
    arguments = shlex.split(line)[1:]
    if arguments[0] == "--help":
        return
    with click.Context(librarian, info_name="librarian") as context:
        _parse(context, librarian, arguments)


def _parse(context: click.Context, group: click.Group, arguments: list[str]) -> None:
    """Parse what follows a group's name down to the last command, and run nothing."""
    name, command, rest = group.resolve_command(context, arguments)
    assert command is not None, name
    if "--help" in rest or "-h" in rest:
        return
    if isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        with click.Context(command, parent=context, info_name=name) as inner:
            _parse(inner, command, rest)
    else:
        command.make_context(name, list(rest), parent=context).close()


def test_there_are_command_lines_to_check():
    assert len(typed()) > 30
    assert {document for document, _ in typed()} >= {"README.md", "docs/guide.md", "example-vault/Quickstart.md"}


@pytest.mark.parametrize("document", ["README.md", "docs/guide.md", "CHANGELOG.md"])
def test_every_command_is_named(document: str):
    text = (ROOT / document).read_text(encoding="utf-8")
    for command in COMMANDS:
        assert re.search(rf"(`|^)(librarian )?{command}\b", text, re.MULTILINE), command


def test_every_setting_is_named_in_the_guide_or_its_page():
    told = (ROOT / "docs/guide.md").read_text(encoding="utf-8") + (ROOT / "docs/settings.md").read_text(
        encoding="utf-8"
    )
    assert [name for name in Settings.model_fields if f"`{name}`" not in told] == []


def anchors(document: Path) -> set[str]:
    """What a link may name behind ``#`` in a document: its headings, as they are shown on the web."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", PAGES)
def test_links_between_documents_lead_somewhere(document: str):
    here = ROOT / document
    for target, anchor in re.findall(r"\]\(([^)#:]*?)(?:#([^)]*))?\)", here.read_text(encoding="utf-8")):
        led = here.parent / target if target else here
        assert led.exists(), target
        assert not anchor or anchor in anchors(led), f"{target}#{anchor}"


@pytest.mark.parametrize("document", PAGES)
def test_files_that_a_document_names_are_there(document: str):
    text = (ROOT / document).read_text(encoding="utf-8")
    named = re.findall(r"`((?:native|sidecar|tests|docs|obsidian-plugin)/[\w./-]+)`", text)
    assert named or document not in {"docs/walkthrough.md", "docs/architecture.md"}
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_functions_that_the_walkthrough_names_are_there():
    text = (ROOT / "docs/walkthrough.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:native|sidecar)/[\w./-]+)`[^`\n]{0,3}`([A-Za-z_.]+)`", text)
    assert len(named) > 15
    for path, name in named:
        source = (ROOT / path).read_text(encoding="utf-8")
        for part in name.split("."):
            assert re.search(rf"\b{re.escape(part)}\b", source), (path, name)


def test_the_demonstration_shows_what_it_says(desk: Desk):
    demonstrate(desk.environment)
