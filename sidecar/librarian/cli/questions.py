"""The command that answers questions from the notes: ask."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import click

from librarian.cli.agreeing import agreed, took
from librarian.cli.progress import Bar
from librarian.cli.reach import Reached, json_option, runs, vault_option, with_vault
from librarian.cli.terminal import clean, clean_line, print_json, width
from librarian.cli.words import Words, query
from librarian.errors import LibrarianError

CHECK_SECONDS = 0.2
"""How long a question waits for the look at the files."""
DIM: dict[str, Any] = {"dim": True}
TITLE: dict[str, Any] = {"bold": True}
WARNING: dict[str, Any] = {"fg": "yellow"}
_WORD = re.compile(r'"[^"]+"|[^\s"]+')
"""A word, or several in quotes."""
_LINK = re.compile(r"\[\[[^\]\n|]*\|(\d+\??)\]\]|\[(\d+\??)\]\(<[^>\n]*>\)")


@click.command(cls=Words)
@click.argument("words", metavar="QUESTION", nargs=-1, required=True, callback=query)
@click.option(
    "--limit", "-n", default=8, show_default=True, type=click.IntRange(1, 20), help="Passages to answer from."
)
@click.option("--passages", "only_passages", is_flag=True, help="Ask no model; show the passages themselves.")
@click.option("--understood", is_flag=True, help="Say what was looked for.")
@click.option("--filter", "filters", metavar="CLAUSE", multiple=True, help="Look only at notes such as tag:recipe.")
@click.option("--words", "instead", metavar="WORDS", help="Look for these instead of the words of the question.")
@click.option("--other-words", is_flag=True, help="Have the model find other words to look for; costs a little.")
@vault_option
@json_option
@runs
async def ask(vault: Path | None, words: str, **options: Any) -> int:
    """Answer a QUESTION from the notes, with the passage that each sentence stands on.

    \b
    librarian ask "How much honey goes into the challah?"
    librarian ask --passages what grows in the salt marsh
    librarian ask "What did I note in folder Meetings last week?" --understood
    librarian ask "How long does it bake?" --filter tag:recipe --words 'challah oven'

    The numbers in the answer are those of the sources below it; [3?] does not seem to say what the sentence says, and
    [?] stands behind a sentence that names no source. Where no note comes near the question, no model is asked. Without
    a model, the answer is the passages themselves. The price is shown before; from the setting ask_from_usd on you are
    asked first. Ends with exit code 1 when the vault does not say.
    """
    wanted = {name: options.pop(name) for name in ("filters", "instead", "other_words")}
    return await _ask(vault, words, wanted=wanted, check_seconds=CHECK_SECONDS, **options) or 0


@with_vault
async def _ask(
    vault: Reached,
    words: str,
    *,
    limit: int,
    only_passages: bool,
    understood: bool,
    as_json: bool,
    wanted: dict[str, Any],
) -> int:
    method = "passages" if only_passages else "auto"
    asked: dict[str, Any] = {"question": words, "limit": limit, "method": method}
    if any(wanted.values()):
        asked["understood"] = await _changed(vault, words, **wanted)
    if not await agreed(vault, "answer.estimate", asked, yes=False, quiet=as_json or only_passages):
        return 1
    shown = Shown(vault.bar, quiet=as_json)
    try:
        answer = await vault.caller.call("answer.ask", {"vaultId": vault.vault_id, **asked}, hear=shown.hear)
    except LibrarianError:
        shown.break_off()
        raise
    finally:
        vault.bar.close()
    if as_json:
        print_json(answer)
    else:
        shown.end(answer["text"])
        _print_sources(answer)
        _tell(answer, understood=understood, only_passages=only_passages)
    return 1 if answer["abstained"] else 0


async def _changed(
    vault: Reached, words: str, *, filters: tuple[str, ...], instead: str | None, other_words: bool
) -> dict[str, Any]:
    """What the question is read as, changed as a person wants it."""
    asked = {"vaultId": vault.vault_id, "text": words, "method": "model" if other_words else "rules"}
    read: dict[str, Any] = await vault.caller.call("query.understand", asked)
    read["filters"] = [*read["filters"], *filters]
    if instead is not None:
        read["words"] = [word.strip('"') for word in _WORD.findall(instead)]
        read["subQuestions"] = []
    # Left empty, it is made of the rest.
    return read | {"query": ""}


class Shown:
    """An answer that appears as it is written."""

    def __init__(self, bar: Bar, *, quiet: bool) -> None:
        self._bar = bar
        self._quiet = quiet
        self._written = ""

    def hear(self, value: dict[str, Any]) -> None:
        """Print the next piece. A link is never cut in two."""
        if value.get("kind") == "delta" and not self._quiet:
            self._bar.close()
            self._written += value["text"]
            click.echo(as_numbers(clean(value["text"])), nl=False)
            sys.stdout.flush()

    def end(self, text: str) -> None:
        """Print what is not printed yet; the whole where it is not what came."""
        if self._written and not text.startswith(self._written.strip()):
            click.echo("\n")
            self._written = ""
        click.echo(as_numbers(clean(text[len(self._written.strip()) :])))

    def break_off(self) -> None:
        """End the line."""
        if self._written:
            click.echo()


def as_numbers(text: str) -> str:
    """The text with the numbers of its sources in the place of links, which lead nowhere on a terminal."""
    return _LINK.sub(lambda found: f"[{found[1] or found[2]}]", text)


def _tell(answer: dict[str, Any], *, understood: bool, only_passages: bool) -> None:
    """How it was made, and what it took."""
    use = answer["usage"]
    facts = [took(use)] if use else []
    facts.append(f"passages found in {answer['retrievalMs']:.0f} ms")
    click.echo(click.style(" · ".join(facts), **DIM), err=True)
    if understood:
        for line in looked_for(answer["understood"]):
            click.echo(click.style(clean_line(line), **DIM), err=True)
    if answer["notice"]:
        # Who asked for passages knows that no model was asked.
        hint = "" if only_passages or use or answer["abstained"] else " Choose one: librarian providers"
        click.echo(click.style(clean_line(answer["notice"]) + hint, **WARNING), err=True)
    if answer["unsupported"] and not answer["abstained"]:
        told = "A number with a question mark: that passage does not seem to say what the sentence says."
        click.echo(click.style(told, **WARNING), err=True)
    if answer["uncited"]:
        click.echo(click.style("[?]: the sentence names no passage.", **WARNING), err=True)
    if answer["unknownCitations"]:
        told = f"Numbers of passages that the model made up and that are left out: {answer['unknownCitations']:,}."
        click.echo(click.style(told, **WARNING), err=True)


def looked_for(read: dict[str, Any]) -> list[str]:
    """What was looked for, in words."""
    parts = (("looked for", "words"), ("only", "filters"), ("or", "expansions"), ("and each of", "subQuestions"))
    told = [f"{label}: {', '.join(read[name])}" for label, name in parts if read[name]]
    if read["method"] == "plain":
        told.append("Nothing is of the time that the question names, so notes of any time were looked at.")
    return told


def _print_sources(answer: dict[str, Any]) -> None:
    cited = {each["id"]: each for each in answer["citations"]}
    shown = list(cited.values()) or answer["passages"][:3]
    if not shown:
        return
    click.echo("\n" + click.style("Sources" if cited else "Closest", **TITLE))
    for each in shown:
        heading = f"  {click.style('§ ' + clean_line(each['heading']), fg='cyan')}" if each["heading"] else ""
        click.echo(f"  [{each['id']}] {clean_line(each['path'])}:{each['line'] + 1}{heading}")
        quote = clean_line(each["quote"] if cited else each["text"])
        room = width() - 7
        click.echo("      " + click.style(quote if len(quote) <= room else quote[: room - 1] + "…", **DIM))
