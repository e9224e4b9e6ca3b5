"""The command that summarises: text as it comes, the price before and after, and the summary put into the note."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import click

from librarian.cli import asking
from librarian.cli.agreeing import took, wanted
from librarian.cli.many import Going, print_runs, resume, summarise_each
from librarian.cli.naming import meant_note
from librarian.cli.reach import Reached, json_option, runs, vault_option, with_vault
from librarian.cli.resolving import carry_out, print_applied, print_plan
from librarian.cli.terminal import clean, clean_line, print_json
from librarian.cli.text import DIM, WARNING
from librarian.errors import LibrarianError


@click.command()
@click.argument("note", required=False)
@click.option("--folder", metavar="FOLDER", help="Every note of this folder of the vault.")
@click.option("--tag", metavar="TAG", help="Every note with this tag.")
@click.option("--query", metavar="QUERY", help="The best notes for a query.")
@click.option("--style", default="paragraph", show_default=True, type=click.Choice(["short", "bullets", "paragraph"]))
@click.option("--length", type=click.IntRange(10, 2000), metavar="WORDS", help="Words, more or less.")
@click.option("--language", metavar="LANGUAGE", help="Such as English; else that of the notes. Only a model can.")
@click.option("--method", default="auto", show_default=True, type=click.Choice(["auto", "extractive", "model"]))
@click.option(
    "--write",
    type=click.Choice(["top", "end", "property", "note"]),
    help="Put it into the note; of several, each its own.",
)
@click.option(
    "--resume",
    "run_id",
    is_flag=False,
    flag_value="",
    metavar="[RUN]",
    help="Go on with summaries of many notes; without RUN, list them.",
)
@click.option("--forget", metavar="RUN", help="Forget summaries of many notes. What is in the notes stays.")
@click.option("--fresh", is_flag=True, help="Ask the model even where an answer of it is kept.")
@click.option("--yes", is_flag=True, help="Do not ask, whatever it costs or changes.")
@vault_option
@json_option
@runs
async def summarise(
    note: str | None,
    folder: str | None,
    tag: str | None,
    query: str | None,
    style: str,
    length: int | None,
    language: str | None,
    method: str,
    write: str | None,
    run_id: str | None,
    forget: str | None,
    fresh: bool,
    yes: bool,
    vault: Path | None,
    as_json: bool,
) -> int:
    """Summarise NOTE, or the notes of a folder, a tag or a query.

    By the model that is chosen ('librarian providers'); without one, by the sentences of the notes that say most,
    which leaves everything on this machine and costs nothing.

    Several notes are summarised each by itself, and then all of them together; with --write, each into its own note.
    Ctrl-C pauses: what is done is kept for 30 days.

    \b
    librarian summarise "Salt marsh"
    librarian summarise "Salt marsh" --style bullets --write top
    librarian summarise --folder Projects --style short
    librarian summarise --tag tides --method extractive --length 80
    librarian summarise --folder Projects --write top
    librarian summarise --resume
    """
    if write and not yes and (as_json or not asking.is_there()):
        raise click.UsageError("Nobody can be asked whether it may be written: add --yes if it may.")
    if run_id is not None or forget is not None:
        return await _runs(vault, run_id, forget, write, yes, as_json) or 0
    sets = {"folder": folder, "tag": tag, "query": query}
    subject = {name: value for name, value in sets.items() if value is not None}
    if (note is not None) + len(subject) != 1:
        raise click.UsageError("Give a NOTE, or one of --folder, --tag and --query.")
    wish = {"style": style, "length": length, "language": language}
    asked = subject | {name: value for name, value in wish.items() if value is not None}
    how = {"method": method} | ({"fresh": True} if fresh else {})
    return await _summarise(vault, note, asked, how, write, yes, as_json) or 0


@with_vault
async def _runs(
    vault: Reached, run_id: str | None, forget: str | None, write: str | None, yes: bool, as_json: bool
) -> int:
    if forget is not None:
        await vault.ask("summary.forget", runId=forget)
        click.echo("Forgotten.")
        return 0
    if not run_id:
        return await print_runs(vault, as_json=as_json)
    return await resume(vault, run_id, write, yes=yes, as_json=as_json)


@with_vault
async def _summarise(
    vault: Reached,
    note: str | None,
    asked: dict[str, Any],
    how: dict[str, Any],
    write: str | None,
    yes: bool,
    as_json: bool,
) -> int:
    if note is None and write:
        return await summarise_each(vault, asked, how, write, yes=yes, as_json=as_json)
    if note is not None:
        path, _ = await meant_note(vault, note, lambda path: vault.ask("notes.outline", path=path))
        asked |= {"path": path}
    is_wanted, price = await wanted(vault, "summary.estimate", asked | how, yes=yes, quiet=as_json)
    if not is_wanted:
        return 1
    shown = Shown(Going(vault, price), quiet=as_json)
    try:
        answer = await vault.caller.call("summary.create", {"vaultId": vault.vault_id, **asked, **how}, hear=shown.hear)
    except LibrarianError as error:
        shown.end_line()
        await shown.going.tell_broken_off(vault, error)
        raise
    except asyncio.CancelledError:
        shown.end_line()
        shown.going.tell_paused()
        raise
    vault.bar.close()
    applied = await _written(vault, asked["path"], answer, write, yes=yes) if write else None
    if as_json:
        print_json(answer if applied is None else answer | {"applied": applied})
    else:
        shown.end(answer)
        _tell(answer)
        if applied is not None:
            print_applied(applied)
    return 0 if answer["text"] else 1


class Shown:
    """A text that appears as it is written."""

    def __init__(self, going: Going, *, quiet: bool) -> None:
        self.going = going
        self._quiet = quiet
        self._written = ""

    def hear(self, value: dict[str, Any]) -> None:
        """Print the next piece, or draw how far the work is."""
        self.going.hear(value)
        if value.get("kind") == "delta" and not self._quiet:
            self.going.make_room()
            self._written += value["text"]
            click.echo(clean(value["text"]), nl=False)
            sys.stdout.flush()

    def end(self, answer: dict[str, Any]) -> None:
        """Print what is not printed yet; the whole again where it is not what came."""
        text = answer["text"]
        if text.startswith(self._written.lstrip()):
            click.echo(clean(text[len(self._written.lstrip()) :]))
        else:
            if self._written:
                click.echo("\n" + click.style("The whole of it:", **DIM))
            click.echo(clean(text))

    def end_line(self) -> None:
        """End what breaks off."""
        if self._written:
            click.echo()


async def _written(
    vault: Reached, path: str, answer: dict[str, Any], where: str, *, yes: bool
) -> dict[str, Any] | None:
    """Put the summary into its note."""
    if not answer["text"]:
        click.echo(click.style("There is nothing to write.", **WARNING), err=True)
        return None
    planned = await vault.ask("summary.place", path=path, text=answer["text"], where=where)
    if not yes:
        print_plan(planned)
        if not await asking.confirmed("Write this?"):
            return None
    return await carry_out(vault, planned)


def _tell(answer: dict[str, Any]) -> None:
    """How it was made, and what it took."""
    if answer["why"]:
        click.echo(click.style(clean_line(answer["why"]), **DIM), err=True)
    use = answer["usage"]
    if use is not None:
        click.echo(click.style(f"{took(use)}.", **DIM), err=True)
    left_out = len(answer["leftOut"]) + answer["more"]
    if left_out:
        first = answer["leftOut"][0]
        told = f"{left_out:,} left out, such as {clean_line(first['path'])}: {clean_line(first['reason'])}"
        click.echo(click.style(told, **WARNING), err=True)
