"""Draws ``docs/terminal.svg`` and ``docs/abilities.svg``: real commands on the example vault, and their real output."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).parents[1]
COLUMNS = 84
PICTURES = {
    "terminal": (
        "librarian search surface elevaton tab -n 2",
        "librarian search 'tag:source \"window of opportunity\"'",
        "librarian search 红树林 -n 2",
        "librarian links 'Drone transects' --vault .",
    ),
    "abilities": (
        "librarian summarise 'Samphire Survey' --style bullets --length 40",
        "librarian ask which bread did Greta like best",
        "librarian template infer Meetings",
    ),
}
LINES = 20
# The library's own template fetches a font from the network, which nothing of ours does.
TEMPLATE = """<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>The librarian in a terminal</title>
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
<rect x="0" y="0" width="{width}" height="{height}" rx="8" fill="#1b1b1f"/>
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def main() -> None:
    """Run the commands and write the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ, "LIBRARIAN_DATA": f"{folder}/data", "LIBRARIAN_CONFIG": f"{folder}/config",
            "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS),
        }  # fmt: skip
        printed("librarian index", environment)
        for name, commands in PICTURES.items():
            draw(name, {command: printed(command, environment) for command in commands})


def printed(command: str, environment: dict[str, str]) -> list[str]:
    """The lines that a command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "librarian", *shlex.split(command)[1:]],
        cwd=ROOT / "example-vault",
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.rstrip("\n").splitlines()


def draw(name: str, answers: dict[str, list[str]]) -> None:
    """Write a picture of commands and what each printed."""
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w"), force_terminal=True)  # noqa: SIM115
    for command, lines in answers.items():
        console.print(Text.assemble(("$ ", "green"), (command.removesuffix(" --vault ."), "bold")))
        for line in lines[:LINES]:
            for row in Text.from_ansi(line).wrap(console, COLUMNS):
                console.print(row)
        if len(lines) > LINES:
            console.print("  …")
        console.print()
    picture = console.export_svg(title="", theme=MONOKAI, code_format=TEMPLATE, unique_id="t")
    (ROOT / "docs" / f"{name}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
