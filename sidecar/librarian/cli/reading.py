"""Commands that ask: search, links, outline, stats, status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from librarian.cli import text
from librarian.cli.reach import Reached, json_option, runs, vault_option, with_vault


def _print_json(answer: Any) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", "-n", default=10, show_default=True, type=click.IntRange(1, 1000), help="Notes to show.")
@click.option("--offset", default=0, type=click.IntRange(0, 1_000_000), help="Notes to leave out at the top.")
@click.option(
    "--mode",
    type=click.Choice(["hybrid", "keyword", "semantic"]),
    default="hybrid",
    show_default=True,
    help="How to find. Without an embedder everything is found by keyword.",
)
@click.option("--paths", "only_paths", is_flag=True, help="Print the paths only, a line each.")
@click.option("--why", is_flag=True, help="Say why each note matched.")
@vault_option
@json_option
@runs
async def search(
    words: tuple[str, ...],
    limit: int,
    offset: int,
    mode: str,
    only_paths: bool,
    why: bool,
    vault: Path | None,
    as_json: bool,
) -> int:
    """Find notes by what they say. Typos and unfinished words are forgiven.

    \b
    librarian search tide pools
    librarian search '"exact words" -not'       put what begins with - after --, or in quotes with the rest
    librarian search 'tag:#project/alpha after:2026-03'
    librarian search 'path:Meetings [status:open] budget OR cost'

    Ends with exit code 1 when nothing was found.
    """
    return await _search(vault, " ".join(words), limit, offset, mode, only_paths, why, as_json) or 0


@with_vault
async def _search(
    vault: Reached, query: str, limit: int, offset: int, mode: str, only_paths: bool, why: bool, as_json: bool
) -> int:
    answer = await vault.ask("search.query", text=query, limit=limit, offset=offset, mode=mode)
    if as_json:
        _print_json(answer)
    elif only_paths:
        for hit in answer["hits"]:
            click.echo(hit["path"])
    else:
        text.print_hits(query, answer, why=why)
    return 0 if answer["hits"] else 1


@click.command()
@click.argument("path")
@vault_option
@json_option
@runs
async def links(path: str, vault: Path | None, as_json: bool) -> int:
    """Show where the note at PATH (inside the vault, with .md) leads, what leads to it, and links to nowhere."""
    return await _links(vault, path, as_json) or 0


@with_vault
async def _links(vault: Reached, path: str, as_json: bool) -> None:
    answer = await vault.ask("notes.links", path=path)
    _print_json(answer) if as_json else text.print_links(path, answer)


@click.command()
@click.argument("path")
@vault_option
@json_option
@runs
async def outline(path: str, vault: Path | None, as_json: bool) -> int:
    """Show properties, tags, headings and tasks of the note at PATH (inside the vault, with .md)."""
    return await _outline(vault, path, as_json) or 0


@with_vault
async def _outline(vault: Reached, path: str, as_json: bool) -> None:
    answer = await vault.ask("notes.outline", path=path)
    _print_json(answer) if as_json else text.print_outline(answer)


@click.command()
@click.option("--sql", help="Ask the catalog in SQL (DuckDB; read-only). Tables: notes, headings, links, tags, properties, blocks, aliases.")
@vault_option
@json_option
@runs
async def stats(sql: str | None, vault: Path | None, as_json: bool) -> int:
    """Show the vault in figures: notes, words, links, tags, growth, orphans, broken links.

    \b
    librarian stats
    librarian stats --sql "SELECT tag, count(*) AS notes FROM tags GROUP BY tag ORDER BY notes DESC LIMIT 10"
    """
    return await _stats(vault, sql, as_json) or 0


@with_vault
async def _stats(vault: Reached, sql: str | None, as_json: bool) -> None:
    if sql is None:
        answer = await vault.ask("statistics.overview")
        _print_json(answer) if as_json else text.print_overview(answer)
    else:
        answer = await vault.ask("statistics.query", sql=sql)
        _print_json(answer) if as_json else text.print_table(answer)


@click.command()
@vault_option
@json_option
@runs
async def status(vault: Path | None, as_json: bool) -> int:
    """Show what each index knows, how long it took, and which notes were left out and why."""
    return await _status(vault, as_json) or 0


@with_vault
async def _status(vault: Reached, as_json: bool) -> None:
    answer = await vault.ask("vault.status")
    _print_json(answer) if as_json else text.print_status(answer)
