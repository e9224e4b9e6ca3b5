"""Commands about duplicates: duplicates, and below it scan, show, compare, review; those of `deciding` join them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from librarian.cli import asking, deciding, difference
from librarian.cli.group import KINDS, SHOWN_ID, asked_for, folder_option, kind_option, threshold_option
from librarian.cli.naming import meant_note, named_note
from librarian.cli.reach import Reached, json_option, runs, vault_option, with_vault
from librarian.cli.terminal import clean_line, print_json

DIM: dict[str, Any] = {"dim": True}
SHOWN_NOTES = 8
"""Notes of one group that are shown; --json has all."""
GROUPS = click.IntRange(1, 100_000)
CONTEXT = click.IntRange(0, 1_000_000)


def review_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what narrows a walk through the vault."""
    for option in (vault_option, folder_option, kind_option, threshold_option):
        command = option(command)
    return command


def scan_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what narrows a look at the whole vault."""
    for option in (
        json_option,
        vault_option,
        folder_option,
        kind_option,
        threshold_option,
        click.option("--limit", "-n", default=10, show_default=True, type=GROUPS, help="Groups to show."),
    ):
        command = option(command)
    return command


@click.group(invoke_without_command=True)
@scan_options
@click.pass_context
def duplicates(ctx: click.Context, /, **options: Any) -> None:
    """Find notes that say the same, and say which of them to keep.

    \b
    librarian duplicates
    librarian duplicates --threshold 0.8 -n 50
    librarian duplicates --kind identical --folder Clippings
    librarian duplicates show "Samphire Survey"       those of one note
    librarian duplicates compare ONE OTHER            what two notes differ in
    librarian duplicates merge 3fa9                   one note of the group with this id
    librarian duplicates review                       go through all of them, and decide

    Told are notes with the same text, nearly the same, with a passage in common, or the same in other words, in this
    order (--kind narrows it). Front matter, line ends and trailing spaces do not count for identical notes. Notes of
    less than twenty words are compared for being identical only; what many notes share, such as a template, makes no
    duplicates. Only merge and review change notes, after asking. Ends with exit code 1 when nothing was found.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(scan, **options)


@duplicates.command()
@scan_options
@runs
async def scan(vault: Path | None, as_json: bool, **options: Any) -> int:
    """Look at the whole vault, as 'duplicates' alone does."""
    return await _scan(vault, asked_for(**options), as_json) or 0


@with_vault
async def _scan(vault: Reached, asked: dict[str, Any], as_json: bool) -> int:
    # How often a note is linked is known once the catalog is.
    await vault.ask("statistics.overview")
    answer = await vault.watch("duplicates.scan", **asked)
    print_json(answer) if as_json else _print(answer)
    return 0 if answer["groups"] else 1


@duplicates.command()
@click.argument("note")
@threshold_option
@vault_option
@json_option
@runs
async def show(note: str, threshold: float, vault: Path | None, as_json: bool) -> int:
    """Show the duplicates of one note.

    NOTE is a path inside the vault or from the current folder, or a name.
    """
    return await _show(vault, note, threshold, as_json) or 0


@with_vault
async def _show(vault: Reached, note: str, threshold: float, as_json: bool) -> int:
    await vault.ask("statistics.overview")
    _, answer = await named_note(vault, "duplicates.ofNote", note, threshold=threshold)
    # An id that is told here is not always one of those of the whole vault, so the note names its groups.
    print_json(answer) if as_json else _print(answer, with_ids=False)
    return 0 if answer["groups"] else 1


@duplicates.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--context", "-c", default=3, show_default=True, type=CONTEXT, help="Lines around a difference.")
@click.option(
    "--side-by-side/--unified", "beside", default=None, help="In two columns, or one. Else by the terminal's width."
)
@vault_option
@json_option
@runs
async def compare(a: str, b: str, context: int, beside: bool | None, vault: Path | None, as_json: bool) -> int:
    """Show what two notes differ in, word by word.

    Properties are compared, too.

    \b
    librarian duplicates compare "Rye Sourdough" "Rye Sourdough (revised)"
    librarian duplicates compare "Rye Sourdough" "Rye Sourdough (revised)" --side-by-side

    Line ends and spaces at the end of a line are no difference. Where there are no colours, words that are only in A
    stand in [-…-], those only in B in {+…+}.
    """
    return await _compare(vault, a, b, context, beside, as_json) or 0


@with_vault
async def _compare(vault: Reached, a: str, b: str, context: int, beside: bool | None, as_json: bool) -> None:
    # With itself, only to learn which note is meant.
    left, _ = await meant_note(vault, a, lambda path: vault.ask("duplicates.compare", a=path, b=path, context=0))
    _, answer = await meant_note(
        vault, b, lambda path: vault.ask("duplicates.compare", a=left, b=path, context=context)
    )
    if as_json:
        print_json(answer)
    else:
        difference.print_comparison(answer, beside=difference.is_wide() if beside is None else beside)


@duplicates.command()
@review_options
@runs
async def review(vault: Path | None, **options: Any) -> int:
    """Go through them one by one, and decide with a key.

    Each group is shown with what its notes differ in. What a key would change is shown before it is done, and
    afterwards how to take it back.
    """
    if not asking.is_there():
        raise click.UsageError("A review needs a terminal. Elsewhere: duplicates --json, duplicates merge GROUP --yes.")
    return await _review(vault, asked_for(**options)) or 0


@with_vault
async def _review(vault: Reached, asked: dict[str, Any]) -> int:
    from librarian.cli.reviewing import Review

    await vault.ask("statistics.overview")
    found = await Review(vault, asked, lambda group: _print_group(group, numbered=True)).run()
    return 0 if found else 1


def _print(answer: dict[str, Any], *, with_ids: bool = True) -> None:
    for group in answer["groups"]:
        _print_group(group, with_id=with_ids)
    if not answer["groups"]:
        click.echo("No duplicates found; a lower --threshold finds more.")
    _print_edges(answer["edges"])
    coverage = answer["coverage"]
    told = (
        f"{len(answer['groups']):,} of {answer['total']:,} groups shown · {coverage['searched']:,} of "
        f"{coverage['notes']:,} notes searched · {answer['tookMs'] / 1000:.1f} s"
    )
    click.echo(click.style(told, **DIM))
    if "meaning" in coverage["notReady"]:
        told = "Not told: what says the same in other words. All notes have to be embedded first: librarian index"
        click.echo(click.style(told, **DIM))


def _print_edges(edges: list[dict[str, Any]]) -> None:
    """The pairs that a slightly different threshold would leave out, or add."""
    if not edges:
        return
    click.echo(click.style("Closest to the threshold:", **DIM))
    for edge in edges:
        one, other = map(clean_line, edge["notes"])
        click.echo(click.style(f"  {edge['similarity']:>4.0%}  {one} · {other}", **DIM))
    click.echo()


def _print_group(group: dict[str, Any], *, with_id: bool = True, numbered: bool = False) -> None:
    least = f"{group['similarity']:.0%}{' and more' if len(group['notes']) > 2 else ''}"
    share = f" ({least} in common)" if group["kind"] in ("near", "meaning") else ""
    head = click.style(f"{len(group['notes']):,} notes, {KINDS[group['kind']]}", bold=True) + share
    click.echo(f"{head}  {click.style(group['id'][:SHOWN_ID], **DIM)}" if with_id else head)
    for place, note in enumerate(group["notes"][:SHOWN_NOTES]):
        is_keeper = note["path"] == group["keeper"]
        figure = "keep" if is_keeper else f"{note['similarity']:.0%}" if place else "this"
        remark = group["why"] if is_keeper else _remark(note)
        if note["passage"] is not None:
            figure = f"{note['passage']['words']:,} w"
        number = f"{place + 1} " if numbered else ""
        click.echo(f"  {number}{figure:>4}  {clean_line(note['path'])}  {click.style(remark, **DIM)}")
    more = len(group["notes"]) - SHOWN_NOTES
    if more > 0:
        click.echo(click.style(f"        and {more:,} more", **DIM))
    click.echo()


def _remark(note: dict[str, Any]) -> str:
    told = []
    passage = note["passage"]
    if passage is not None:
        here, there = _lines(passage["line"], passage["lastLine"]), "firstNoteLine"
        told.append(f"lines {here} are {_lines(passage[there], passage['firstNoteLastLine'])} of the first")
    if note["words"] is not None:
        told.append(f"{note['words']:,} words")
    if note["links"]:
        told.append("1 link leads to it" if note["links"] == 1 else f"{note['links']:,} links lead to it")
    return ", ".join(told)


def _lines(first: int, last: int) -> str:
    """For people, who count from 1."""
    return f"{first + 1}–{last + 1}" if last > first else f"{first + 1}"


for each in (deciding.merge, deciding.dismiss, deciding.restore, deciding.dismissed):
    duplicates.add_command(each)
