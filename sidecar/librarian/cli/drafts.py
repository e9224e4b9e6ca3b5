"""Commands by which a model writes: rewrite, continue, write. What it wrote is shown before it is put in."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import click

from librarian.cli import asking
from librarian.cli.agreeing import agreed
from librarian.cli.naming import meant_note, new_or_old_path
from librarian.cli.reach import Reached, json_option, runs, vault_option, with_vault
from librarian.cli.resolving import carry_out, print_applied, print_plan
from librarian.cli.terminal import clean, clean_line, print_json
from librarian.cli.text import DIM, WARNING
from librarian.content import read_text
from librarian.edit import units
from librarian.errors import LibrarianError

MAX_NOTE_BYTES = 20_000_000


class Lines(click.ParamType[tuple[int, int]]):
    """Lines of a note as people count them: ``7``, or ``7-12``."""

    name = "lines"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """The first and the last line, from 1."""
        first, dash, last = str(value).partition("-")
        if first.isdecimal() and (last.isdecimal() or not dash):
            found = int(first), int(last or first)
            if 1 <= found[0] <= found[1]:
                return found
        return self.fail(f"{value!r} is no range of lines, such as 7 or 7-12.", param, ctx)


_language = click.option("--language", help="Of what is written; that of the note unless told.")
_yes = click.option("--yes", is_flag=True, help="Put it into the note without asking, whatever it costs.")
_fresh = click.option("--fresh", is_flag=True, help="Ask the model even where its answer is kept.")


@click.command()
@click.argument("note")
@click.argument("instruction")
@click.option("--lines", type=Lines(), help="Lines to rewrite, such as 7-12; all below the properties unless told.")
@_language
@_fresh
@_yes
@vault_option
@json_option
@runs
async def rewrite(
    note: str, instruction: str, lines: tuple[int, int] | None, vault: Path | None, as_json: bool, **how: Any
) -> int:
    """Have the model write NOTE, or some lines of it, as INSTRUCTION says; shown as a difference before it is put in.

    \b
    librarian rewrite Diary/Monday.md "Fix spelling, change nothing else"
    librarian rewrite Plan.md "As a list" --lines 7-12
    """
    return await _rewrite(vault, note, instruction, lines, as_json, how) or 0


@with_vault
async def _rewrite(
    vault: Reached, note: str, instruction: str, lines: tuple[int, int] | None, as_json: bool, how: dict[str, Any]
) -> int:
    path, text = await _meant(vault, note)
    asked: dict[str, Any] = {"path": path, "instruction": instruction}
    if lines is not None:
        asked["range"] = _range(path, text, lines)
    return await _written(vault, "text.rewrite", asked, as_json, how)


@click.command("continue")
@click.argument("note")
@click.option("--line", type=click.IntRange(1), help="Behind which line to go on; the last unless told.")
@click.option("--instruction", help="What should come next.")
@_language
@_fresh
@_yes
@vault_option
@json_option
@runs
async def continue_(
    note: str, line: int | None, instruction: str | None, vault: Path | None, as_json: bool, **how: Any
) -> int:
    """Have the model go on with NOTE, at its end or behind a line.

    \b
    librarian continue Story.md
    librarian continue Story.md --line 12 --instruction "She meets the lighthouse keeper"
    """
    return await _continue(vault, note, line, instruction, as_json, how) or 0


@with_vault
async def _continue(
    vault: Reached, note: str, line: int | None, instruction: str | None, as_json: bool, how: dict[str, Any]
) -> int:
    path, text = await _meant(vault, note)
    at = units(text) if line is None else _range(path, text, (line, line))[1]
    asked = {"path": path, "at": at} | ({"instruction": instruction} if instruction else {})
    return await _written(vault, "text.continue", asked, as_json, how)


@click.command()
@click.argument("prompt")
@click.option("--to", "note", metavar="NOTE", help="The note to put it into; it is made where there is none.")
@_language
@_fresh
@_yes
@vault_option
@json_option
@runs
async def write(prompt: str, note: str | None, vault: Path | None, as_json: bool, **how: Any) -> int:
    """Have the model write what PROMPT says, to look at or, with --to, for a note.

    \b
    librarian write "A packing list for a week at the sea"
    librarian write "An introduction" --to Guide.md
    """
    return await _write(vault, prompt, note, as_json, how) or 0


@with_vault
async def _write(vault: Reached, prompt: str, note: str | None, as_json: bool, how: dict[str, Any]) -> int:
    asked = {"prompt": prompt} | ({"path": await new_or_old_path(vault, note)} if note else {})
    return await _written(vault, "text.generate", asked, as_json, how)


ESTIMATES = {
    "text.rewrite": "text.estimateRewrite",
    "text.continue": "text.estimateContinue",
    "text.generate": "text.estimateGenerate",
}


async def _written(vault: Reached, method: str, asked: dict[str, Any], as_json: bool, how: dict[str, Any]) -> int:
    """Show the price, ask, show what comes of it, and put it in where that is wanted."""
    params = asked | {"fresh": how["fresh"]}
    if how["language"]:
        params["language"] = how["language"]
    if not await agreed(vault, ESTIMATES[method], params, yes=how["yes"], quiet=as_json):
        return 1
    try:
        draft = await vault.caller.call(method, {"vaultId": vault.vault_id, **params}, hear=_heard)
    except LibrarianError as error:
        if not as_json:
            _print_partial(error)
        raise
    if sys.stderr.isatty():
        click.echo(err=True)
    if as_json:
        print_json(draft | ({"applied": await carry_out(vault, draft["plan"])} if how["yes"] and draft["plan"] else {}))
        return 0
    if draft["plan"] is None:
        click.echo(clean(draft["text"]))
    elif not draft["hunks"]:
        click.echo("Nothing would change.")
    else:
        print_plan(draft["plan"])
    _print_use(draft)
    if draft["plan"] is None and "path" in asked:
        told = f"{clean_line(asked['path'])} was changed meanwhile, so it is not put in."
        click.echo(click.style(told, **WARNING), err=True)
        return 1
    return await _put_in(vault, draft, how["yes"]) if draft["plan"] and draft["hunks"] else 0


async def _put_in(vault: Reached, draft: dict[str, Any], wanted: bool) -> int:
    if not wanted and not asking.is_there():
        click.echo("Nothing is changed yet. To put it in: the same with --yes, which costs nothing more.")
        return 0
    if not wanted and not await asking.confirmed("Put it in?"):
        click.echo("Nothing was changed.")
        return 0
    applied = await carry_out(vault, draft["plan"])
    print_applied(applied)
    return 1 if applied["conflicts"] else 0


def _heard(value: dict[str, Any]) -> None:
    """Show a text as it comes to whoever sits at a terminal; what it changes is printed when it is whole."""
    if sys.stderr.isatty() and value.get("kind") == "delta":
        click.echo(click.style(clean(value["text"]), **DIM), nl=False, err=True)


def _print_partial(error: LibrarianError) -> None:
    """Print what there is of a text that broke off, unless it was seen as it came."""
    if partial := error.data.get("partial"):
        is_seen = sys.stderr.isatty()
        click.echo("" if is_seen else clean(partial), err=is_seen)


def _print_use(draft: dict[str, Any]) -> None:
    if not draft["whole"]:
        click.echo(click.style("It had more to say than there was room for.", **WARNING), err=True)
    if use := draft["usage"]:
        cost = "kept from before, no cost" if use["cached"] == use["calls"] else f"${use['costUsd']}"
        click.echo(click.style(clean_line(f"{use['provider']} {use['model']}: {cost}"), **DIM), err=True)


async def _meant(vault: Reached, note: str) -> tuple[str, str]:
    """The path of the note that is meant, and its text. Raises NoteError."""

    async def read(path: str) -> str:
        return await asyncio.to_thread(read_text, vault.root, path, MAX_NOTE_BYTES)

    return await meant_note(vault, note, read)


def _range(path: str, text: str, lines: tuple[int, int]) -> list[int]:
    """Lines of a note in UTF-16 units, the end of the last one left out."""
    kept = text.split("\n")
    first, last = lines
    if last > len(kept):
        raise click.UsageError(f"{path} has {len(kept):,} lines.")
    start = sum(units(line) + 1 for line in kept[: first - 1])
    wanted = "\n".join(kept[first - 1 : last])
    return [start, start + units(wanted.removesuffix("\r"))]
