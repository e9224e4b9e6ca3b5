"""Commands that ask: search, saved, links, outline, stats, status."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from librarian.cli import text
from librarian.cli.naming import named_note
from librarian.cli.reach import Reached, json_option, runs, vault_option, with_vault
from librarian.cli.terminal import clean_line, print_json
from librarian.cli.words import Words, query

CHECK_SECONDS = 0.2
"""How long a search waits for the look at the files: enough for some ten thousand notes."""


@click.command(cls=Words)
@click.argument("words", nargs=-1, required=True, callback=query)
@click.option("--limit", "-n", default=10, show_default=True, type=click.IntRange(1, 1000), help="Notes to show.")
@click.option("--offset", default=0, type=click.IntRange(0, 1_000_000), help="Notes to leave out at the top.")
@click.option(
    "--mode",
    type=click.Choice(["hybrid", "keyword", "semantic"]),
    default="hybrid",
    show_default=True,
    help="How to find: by words and meaning together, or by one of them.",
)
@click.option("--paths", "only_paths", is_flag=True, help="Print the paths only, a line each.")
@click.option("--why", is_flag=True, help="Say why each note matched.")
@click.option("--wait", is_flag=True, help="Wait until all files are compared with the index, however many there are.")
@click.option("--save", metavar="NAME", help="Keep this search under a name; 'librarian saved NAME' asks it again.")
@vault_option
@json_option
@runs
async def search(vault: Path | None, wait: bool, words: str, **options: Any) -> int:
    """Find notes by what they say.

    Typos, unfinished last words and other forms of a word are forgiven; notes with the words as typed come first.

    \b
    librarian search tide pools
    librarian search '"exact words" -without'       a phrase, and a word that must not be there
    librarian search tag:project/alpha after:2026-03
    librarian search 'path:Meetings [status:open] budget OR cost'

    Nothing you type is an error: what only looks like an operator is a word. Ends with exit code 1 when nothing was
    found.
    """
    return await _search(vault, words, check_seconds=None if wait else CHECK_SECONDS, **options) or 0


@with_vault
async def _search(
    vault: Reached,
    words: str,
    *,
    limit: int,
    offset: int,
    mode: str,
    only_paths: bool,
    why: bool,
    save: str | None,
    as_json: bool,
) -> int:
    if save is not None:
        await vault.ask("search.save", name=save, text=words, mode=mode)
    answer = await vault.ask("search.query", text=words, limit=limit, offset=offset, mode=mode)
    if as_json:
        print_json(answer)
    elif only_paths:
        for hit in answer["hits"]:
            click.echo(hit["path"] if hit["path"].isprintable() else clean_line(hit["path"]))
    else:
        text.print_hits(words, answer, why=why)
    return 0 if answer["hits"] else 1


@click.command()
@click.argument("name", required=False)
@click.option("--forget", is_flag=True, help="Forget the search NAME.")
@click.option("--limit", "-n", default=10, show_default=True, type=click.IntRange(1, 1000), help="Notes to show.")
@vault_option
@json_option
@runs
async def saved(name: str | None, forget: bool, limit: int, vault: Path | None, as_json: bool) -> int:
    """List saved searches, or ask the one called NAME again.

    \b
    librarian search --save todo '[status:open] OR tag:todo'
    librarian saved
    librarian saved todo
    librarian saved todo --forget
    """
    if forget and name is None:
        raise click.UsageError("Which one? librarian saved NAME --forget")
    return await _saved(vault, name, forget, limit, as_json, check_seconds=CHECK_SECONDS) or 0


@with_vault
async def _saved(vault: Reached, name: str | None, forget: bool, limit: int, as_json: bool) -> int:
    from librarian.errors import SavedSearchNotFound

    if forget:
        await vault.ask("search.forget", name=name)
        if as_json:
            print_json({"forgotten": name})
        else:
            click.echo(f"Forgot {clean_line(name or '')}.")
        return 0
    kept = await vault.ask("search.saved")
    if name is None:
        print_json(kept) if as_json else text.print_saved(kept)
        return 0
    wanted = next((each for each in kept["searches"] if each["name"] == name), None)
    if wanted is None:
        raise SavedSearchNotFound(name)
    answer = await vault.ask("search.query", text=wanted["text"], limit=limit, mode=wanted["mode"])
    print_json(answer) if as_json else text.print_hits(wanted["text"], answer, why=False)
    return 0 if answer["hits"] else 1


@click.command()
@click.argument("note")
@vault_option
@json_option
@runs
async def links(note: str, vault: Path | None, as_json: bool) -> int:
    """Show where NOTE leads, what leads to it, and which of its links lead nowhere.

    \b
    librarian links "Projects/Samphire Survey.md"     a path inside the vault, or from the current folder
    librarian links "Samphire Survey"                 or a name that only one note has
    """
    return await _links(vault, note, as_json) or 0


@with_vault
async def _links(vault: Reached, note: str, as_json: bool) -> None:
    path, answer = await named_note(vault, "notes.links", note)
    print_json(answer) if as_json else text.print_links(path, answer)


@click.command()
@click.argument("note")
@click.option("--limit", "-n", default=10, show_default=True, type=click.IntRange(1, 200), help="Notes to show.")
@click.option("--unlinked", is_flag=True, help="Leave out notes that are linked with it already.")
@click.option("--mentions", is_flag=True, help="Show where names of notes stand without a link instead.")
@vault_option
@json_option
@runs
async def related(note: str, limit: int, unlinked: bool, mentions: bool, vault: Path | None, as_json: bool) -> int:
    """Show the notes that say much the same as NOTE, linked or not.

    \b
    librarian related "Samphire Survey"                a path inside the vault, or a name
    librarian related "Samphire Survey" --unlinked     those you may want to link
    librarian related "Samphire Survey" --mentions     notes that name it, and notes that it names, without a link
    """
    return await _related(vault, note, limit, unlinked, mentions, as_json) or 0


@with_vault
async def _related(vault: Reached, note: str, limit: int, unlinked: bool, mentions: bool, as_json: bool) -> int:
    if mentions:
        path, answer = await named_note(vault, "notes.mentions", note, limit=limit)
        print_json(answer) if as_json else text.print_mentions(path, answer)
        return 0 if answer["incoming"] or answer["outgoing"] else 1
    if unlinked:
        # Which notes are linked is known once the catalog is.
        await vault.ask("statistics.overview")
    path, answer = await named_note(vault, "notes.related", note, limit=limit, includeLinked=not unlinked)
    print_json(answer) if as_json else text.print_related(path, answer)
    return 0 if answer["hits"] else 1


@click.command()
@click.argument("note")
@vault_option
@json_option
@runs
async def outline(note: str, vault: Path | None, as_json: bool) -> int:
    """Show properties, tags, headings and tasks of NOTE, with their lines.

    NOTE is a path inside the vault or from the current folder, or a name that only one note has.
    """
    return await _outline(vault, note, as_json) or 0


@with_vault
async def _outline(vault: Reached, note: str, as_json: bool) -> None:
    _, answer = await named_note(vault, "notes.outline", note)
    print_json(answer) if as_json else text.print_outline(answer)


@click.command()
@click.option("--sql", help="Ask in SQL (DuckDB, read-only).")
@vault_option
@json_option
@runs
async def stats(sql: str | None, vault: Path | None, as_json: bool) -> int:
    """Show the vault in figures: notes, words, links, tags, growth, orphans, broken links.

    With --sql, ask your own questions of the tables notes, headings, links, tags, properties, blocks and aliases;
    'SHOW TABLES' and 'DESCRIBE notes' tell what is in them.

    \b
    librarian stats
    librarian stats --sql "SELECT tag, count(*) AS notes FROM tags GROUP BY tag ORDER BY notes DESC LIMIT 10"
    """
    return await _stats(vault, sql, as_json) or 0


@with_vault
async def _stats(vault: Reached, sql: str | None, as_json: bool) -> None:
    if sql is None:
        answer = await vault.ask("statistics.overview")
        print_json(answer) if as_json else text.print_overview(answer)
    else:
        answer = await vault.ask("statistics.query", sql=sql)
        print_json(answer) if as_json else text.print_table(answer)


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
    print_json(answer) if as_json else text.print_status(answer)
