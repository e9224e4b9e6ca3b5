"""Places of a template filled as Obsidian and Templater fill them."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from librarian.templating.filling import Filler, Unfillable

AT = datetime(2026, 3, 4, 15, 7, tzinfo=UTC)


def filled(text: str, syntax: str | None = None) -> str:
    return Filler("Kick-off", AT, syntax).fill(text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("template", "note"),
    [
        ("# {{title}}", "# Kick-off"),
        ("{{date}} {{time}}", "2026-03-04 15:07"),
        ("{{Date:DD.MM.YYYY}} {{ time : h A }}", "04.03.2026 3 PM"),
        ("{{other}} {title} {{date", "{{other}} {title} {{date"),
        ("<% tp.file.title %>", "Kick-off"),
        ('<% tp.date.now("YYYY") %>-<% tp.date.now() %>', "2026-2026-03-04"),
        ("<% tp.date.now('YYYY-MM-DD', -7) %>", "2026-02-25"),
        ('<%- tp.date.tomorrow("D") -%> <% tp.date.yesterday("D") %>', "5 3"),
        ("<% tp.file.creation_date() %>", "2026-03-04 15:07"),
        ('a<% tp.file.cursor(1) %>b<% await tp.system.prompt("What?") %>c', "abc"),
        ('status: <% tp.system.suggester(["a", "b"], ["a", "b"]) %>', "status: "),
    ],
)
def test_places_get_the_title_and_the_time(template: str, note: str) -> None:
    assert filled(template) == note


def test_a_template_of_any_kind_is_filled_in_no_long_time() -> None:
    began = time.process_time()
    for hostile in ("<%" * 200_000, "{{title:" * 100_000, "{{date:" + " " * 400_000, "<% tp.file.cursor(" * 50_000):
        assert filled(hostile) == hostile
    assert time.process_time() - began < 10


def test_only_the_words_of_the_plugin_that_is_named_count() -> None:
    both = "{{title}} <% tp.file.title %>"
    assert filled(both, "core") == "Kick-off <% tp.file.title %>"
    assert filled(both, "templater") == "{{title}} Kick-off"


def test_a_title_that_looks_like_a_place_is_not_filled_again() -> None:
    assert Filler("{{title}}", AT, "core").fill("{{title}}") == "{{title}}"
    assert Filler("<% tp.x %>", AT).fill("{{title}}") == "<% tp.x %>"
    assert Filler("<% tp.x %>", AT, "templater").fill("<% tp.file.title %>") == "<% tp.x %>"


@pytest.mark.parametrize(
    "command",
    ["<% tp.user.script() %>", "<%* tR += 1 %>", "<% 1 + 1 %>", "<% tp.file.title + x %>", '<% tp.date.now("D", -999999) %>',
     "<% tp.file.cursor(); evil() %>"],
)  # fmt: skip
def test_a_command_that_only_templater_can_run_is_refused_and_shown(command: str) -> None:
    with pytest.raises(Unfillable, match="<%"):
        filled(command)
