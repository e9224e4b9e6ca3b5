"""Commands about templates: template, and below it infer and apply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from librarian.cli import asking
from librarian.cli.agreeing import agreed, took
from librarian.cli.naming import new_or_old_path, note_path
from librarian.cli.reach import Reached, json_option, runs, vault_option, with_vault
from librarian.cli.resolving import carry_out, print_applied, print_plan
from librarian.cli.terminal import clean, clean_line, print_json
from librarian.cli.text import DIM, TITLE, WARNING
from librarian.errors import LibrarianError

SHOWN_LEFT_OUT = 5
SHARE = click.FloatRange(0.1, 1.0)
_SYNTAXES = ["core", "templater"]


def yes_option(command: Any) -> Any:
    """Add ``--yes``."""
    return click.option("--yes", is_flag=True, help="Do not ask.")(command)


@click.group()
def template() -> None:
    """Infer a template from notes that are made alike, and apply templates to notes.

    \b
    librarian template infer Meetings
    librarian template infer Meetings --write "Templates/Meeting.md"
    librarian template apply Templates/Meeting.md "Meetings/2026-11-26 Kick-off.md"
    """


@template.command()
@click.argument("what", metavar="FOLDER|NOTE...", nargs=-1, required=True)
@click.option("--write", metavar="PATH", help="Keep it as a new note at this path; shown before, and asked for.")
@click.option("--syntax", type=click.Choice(_SYNTAXES), default="core", show_default=True, help="Whose words it has.")
@click.option("--least", type=SHARE, default=0.5, show_default=True, help="Share of notes that must have a part of it.")
@click.option("--model", "use_model", is_flag=True, help="Have the chosen model find a name and hints (it may cost).")
@yes_option
@vault_option
@json_option
@runs
async def infer(  # options of one command
    what: tuple[str, ...],
    write: str | None,
    syntax: str,
    least: float,
    use_model: bool,
    yes: bool,
    vault: Path | None,
    as_json: bool,
) -> int:
    """Tell the template that notes were made from.

    FOLDER is one of the vault, '.' the current one; of several kinds of notes in it the largest is taken, and the
    others are told. Or name three notes or more.

    \b
    librarian template infer Meetings
    librarian template infer Daily --write "Templates/Daily.md" --syntax templater
    librarian template infer "People/Ben Okafor" "People/Hui Lin" "People/Greta Moll"

    The template has what at least half of the notes have. Nothing is written without --write. Ends with exit code 1
    when the notes have nothing in common, or it was not written.
    """
    if write is not None and not (yes or as_json or asking.is_there()):
        raise click.UsageError("Nobody can be asked here: add --yes to have it written.")
    asked = {"syntax": syntax, "least": least, "useModel": use_model}
    return await _infer(vault, what, asked, write, yes, as_json) or 0


@with_vault
async def _infer(  # options of one command
    vault: Reached, what: tuple[str, ...], asked: dict[str, Any], write: str | None, yes: bool, as_json: bool
) -> int:
    asked |= await _meant(vault, what)
    if asked["useModel"]:
        asked["useModel"] = await _is_wanted(vault, asked, yes=yes, quiet=as_json)
    answer = await vault.ask("templates.infer", **asked)
    if write is None or not answer["text"]:
        print_json(answer) if as_json else _print_template(answer)
        return 0 if answer["text"] else 1
    path = write if write.endswith(".md") else f"{write}.md"
    planned = await vault.ask("templates.save", path=path, text=answer["text"])
    if as_json:
        applied = await carry_out(vault, planned) if yes else None
        print_json({"template": answer, "plan": planned, "applied": applied})
        return 1 if applied and applied["conflicts"] else 0
    _print_template(answer)
    if not yes and not await asking.confirmed(f"Write it to {clean_line(path)}?"):
        click.echo("Nothing was written.")
        return 1
    applied = await carry_out(vault, planned)
    print_applied(applied)
    return 1 if applied["conflicts"] else 0


async def _is_wanted(vault: Reached, asked: dict[str, Any], *, yes: bool, quiet: bool) -> bool:
    """Whether a model is to be asked at its price."""
    try:
        return await agreed(vault, "templates.estimate", asked, yes=yes, quiet=quiet)
    except LibrarianError:
        # There is a template without a model, too: the answer says why none was asked.
        return True


async def _meant(vault: Reached, what: tuple[str, ...]) -> dict[str, Any]:
    """The folder or the notes that are meant."""
    folder = _folder(vault.root, what[0]) if len(what) == 1 else None
    if folder is not None:
        return {"folder": folder}
    if len(what) < 3:
        raise click.UsageError(f"There is no folder {what[0]!r} in the vault. Name a folder, or three notes or more.")
    return {"notes": [await note_path(vault, note) for note in what]}


def _folder(root: Path, typed: str) -> str | None:
    """A folder, relative to the vault: as it is called there, or from the current folder; None where there is none."""
    inside, here = root.resolve(), Path(typed).expanduser().absolute()
    for folder in (here, root / typed) if typed.startswith(".") else (root / typed, here):
        if folder.is_dir() and folder.resolve().is_relative_to(inside):
            path = folder.resolve().relative_to(inside).as_posix()
            return "" if path == "." else path
    return None


def _print_template(answer: dict[str, Any]) -> None:
    name = clean_line(answer["name"])
    if answer["text"]:
        click.echo(click.style(name, **TITLE))
        click.echo(clean(answer["text"]))
    else:
        click.echo("These notes have nothing in common.")
    counted = f"{len(answer['notes']):,} of {answer['found']:,} notes"
    told = f"told from {counted} · they have {answer['confidence']:.0%} of it on average · {answer['tookMs']:,.0f} ms"
    click.echo(click.style(told, **DIM))
    if answer["read"] < answer["found"]:
        click.echo(click.style(f"looked at {answer['read']:,} of them, spread evenly", **DIM))
    _print_shares(answer)
    for kind in answer["others"]:
        told = (
            f"another kind, {len(kind['notes']):,} notes: {clean_line(kind['name'])}, as {clean_line(kind['notes'][0])}"
        )
        click.echo(click.style(told, **DIM))
    for each in answer["leftOut"][:SHOWN_LEFT_OUT]:
        click.echo(click.style(f"left out: {clean_line(each['path'])}: {clean_line(each['reason'])}", **WARNING))
    if (more := len(answer["leftOut"]) - SHOWN_LEFT_OUT) > 0:
        click.echo(click.style(f"left out: {more:,} more", **WARNING))
    if answer["notice"]:
        click.echo(click.style(f"no name and hints: {clean_line(answer['notice'])}", **WARNING), err=True)
    if use := answer["usage"]:
        click.echo(click.style(f"{took(use)}.", **DIM), err=True)


def _print_shares(answer: dict[str, Any]) -> None:
    """What not all notes have."""
    rows = [(each["name"], each["share"]) for each in answer["properties"]]
    rows += [(f"{'#' * each['level']} {each['text']}", each["share"]) for each in answer["headings"]]
    partly = [f"{clean_line(name)} {share:.0%}" for name, share in rows if share < 1]
    if partly:
        click.echo(click.style(f"not in all: {', '.join(partly)}", **DIM))


@template.command(name="apply")
@click.argument("template_note", metavar="TEMPLATE")
@click.argument("notes", metavar="NOTE...", nargs=-1, required=True)
@click.option("--syntax", type=click.Choice(_SYNTAXES), help="Whose words in it count; else both.")
@yes_option
@vault_option
@json_option
@runs
async def apply_(  # options of one command
    template_note: str, notes: tuple[str, ...], syntax: str | None, yes: bool, vault: Path | None, as_json: bool
) -> int:
    """Make notes from a template, and add to those that are there what they lack of it.

    TEMPLATE is a note. Each NOTE is a path; one that is not there is made. Shows what would change, and asks.

    \b
    librarian template apply Templates/Meeting.md "Meetings/2026-11-26 Kick-off.md"
    librarian template apply "Person template" People/*.md

    Values that a note has stay, lists are united, and missing properties and headings are added in the template's
    order. 'librarian undo' takes it back. Ends with exit code 1 when it was not done.
    """
    if not (yes or as_json or asking.is_there()):
        raise click.UsageError("Nobody can be asked here: add --yes to have it done, or --json to see the plan.")
    return await _apply(vault, template_note, notes, syntax, yes, as_json) or 0


@with_vault
async def _apply(  # options of one command
    vault: Reached, template_note: str, notes: tuple[str, ...], syntax: str | None, yes: bool, as_json: bool
) -> int:
    asked: dict[str, Any] = {
        "template": await note_path(vault, template_note),
        **({"syntax": syntax} if syntax else {}),
    }
    planned = await vault.ask("templates.apply", notes=[await new_or_old_path(vault, note) for note in notes], **asked)
    wanted = yes and bool(planned["edits"])
    if as_json:
        applied = await carry_out(vault, planned) if wanted else None
        print_json({"plan": planned, "applied": applied})
        return 1 if applied and applied["conflicts"] else 0
    if not planned["edits"]:
        click.echo("Nothing to do: every note has all of the template.")
        return 0
    print_plan(planned)
    if not yes and not await asking.confirmed("Do it?"):
        click.echo("Nothing was changed.")
        return 1
    applied = await carry_out(vault, planned)
    print_applied(applied)
    return 1 if applied["conflicts"] else 0
