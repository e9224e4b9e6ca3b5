"""Commands about who is asked to write: providers, providers models, providers test, keys, keys set, keys forget."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from librarian.cli.reach import find_vault, json_option, runs, vault_option
from librarian.cli.terminal import clean_line, padded, print_json

if TYPE_CHECKING:
    from librarian.chat import Chats, Choice
    from librarian.chat.presets import Preset


@click.group(invoke_without_command=True)
@vault_option
@json_option
@click.pass_context
def providers(ctx: click.Context, vault: Path | None, as_json: bool) -> None:
    """List the providers of models that write, which one is chosen, and test them.

    \b
    librarian providers
    librarian keys set anthropic                    asks for the key
    librarian config set provider anthropic
    librarian providers test

    Ollama, llama.cpp, LM Studio and vLLM run on your own machine: they cost nothing, and no text leaves it. So do model
    files, which the librarian runs itself: librarian models.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, vault=vault, as_json=as_json)


@providers.command("list")
@vault_option
@json_option
@runs
async def list_(vault: Path | None, as_json: bool) -> None:
    """List the providers, which one is chosen, and where each has its key from. Nobody is asked."""
    async with _chats() as chats:
        rows = [row.model_dump(mode="json", by_alias=True) for row in await chats.providers(_chosen(vault))]
    print_json(rows) if as_json else _print(rows)


@providers.command()
@click.argument("provider", required=False)
@click.option("--base-url", help="Where to ask, if not at the provider's own address.")
@vault_option
@json_option
@runs
async def models(provider: str | None, base_url: str | None, vault: Path | None, as_json: bool) -> int:
    """List the models that PROVIDER has now; without it, those of the chosen one.

    \b
    librarian providers models ollama
    librarian config set chat_model gemma3:4b
    """
    async with _chats() as chats:
        names = await chats.models(_chosen(vault, provider, base_url=base_url))
    if as_json:
        print_json(list(names))
    elif names:
        click.echo("\n".join(map(clean_line, names)))
    else:
        click.echo("It has none yet.", err=True)
    return int(not names)


@providers.command()
@click.argument("provider", required=False)
@click.option("--model", help="Which model to ask; else the chosen one, or the one to begin with.")
@click.option("--base-url", help="Where to ask, if not at the provider's own address.")
@vault_option
@json_option
@runs
async def test(provider: str | None, model: str | None, base_url: str | None, vault: Path | None, as_json: bool) -> int:
    """Ask PROVIDER for one word, and say what is wrong or that it works. It costs as much as that word.

    \b
    librarian providers test ollama --model gemma3:4b

    Ends with exit code 1 when it does not work.
    """
    from librarian.chat import Keyring, Keys
    from librarian.library import open_library
    from librarian.places import Places
    from librarian.settings import load

    choice, places = _chosen(vault, provider, model, base_url), Places.of()
    keys = Keys({}, os.environ, Keyring())
    async with open_library(places, load(places.settings), stays=False, keys=keys) as library:
        tested = await library.test(choice)
    if as_json:
        print_json(tested.model_dump(mode="json", by_alias=True))
    else:
        mark = click.style("✓", fg="green") if tested.works else click.style("✗", fg="red")
        told = " ".join(filter(None, (tested.told, tested.hint)))
        click.echo(f"{mark} {clean_line(told)}")
        if tested.cost_usd not in (None, "0.00"):
            click.echo(click.style(f"It cost ${tested.cost_usd}.", dim=True), err=True)
    return int(not tested.works)


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def keys(ctx: click.Context, as_json: bool) -> None:
    """Keep keys of providers in the system's keyring, forget them, or see where each comes from.

    \b
    librarian keys set anthropic                    asks for the key
    pass show openai | librarian keys set openai    reads it from a pipe
    librarian keys forget openai

    A key in the environment (ANTHROPIC_API_KEY and the like) goes before. Keys are never an argument: others could
    read them. The Obsidian plugin keeps its own.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(show, as_json=as_json)


@keys.command("list")
@json_option
def show(as_json: bool) -> None:
    """Show where each provider's key comes from, and never the key."""
    from librarian.chat import Keyring, Keys
    from librarian.chat.presets import PRESETS

    kept = Keys({}, os.environ, Keyring())
    found = {preset.name: key[1] if (key := kept.find(preset)) else None for preset in PRESETS}
    if as_json:
        print_json(found)
        return
    for name, source in found.items():
        click.echo(f"{name:<12} {source or click.style('none', dim=True)}")


@keys.command("set")
@click.argument("provider")
@runs
async def set_(provider: str) -> None:
    """Keep the key of PROVIDER in the system's keyring. It is asked for, or read from a pipe."""
    from librarian.chat.keys import Keyring, usable
    from librarian.chat.secret import Secret

    preset = _preset(provider)
    key = usable(Secret(_typed(preset)))
    if key is None:
        raise click.UsageError("That is no key: keys are one line of plain letters and figures.")
    Keyring().write(preset.name, key)
    click.echo(f"Kept. Test it: librarian providers test {preset.name}")


@keys.command()
@click.argument("provider")
@runs
async def forget(provider: str) -> int:
    """Remove the key of PROVIDER from the system's keyring."""
    from librarian.chat.keys import Keyring

    preset = _preset(provider)
    if Keyring().erase(preset.name):
        click.echo("Forgotten. Withdraw it on the provider's page, too, if somebody may have seen it.")
        return 0
    click.echo("There was none in the keyring.")
    return 1


def _typed(preset: Preset) -> str:
    """A key from the terminal, unseen, or the first line of a pipe."""
    if not sys.stdin.isatty():
        return sys.stdin.readline(8192)
    if preset.key_page:
        click.echo(f"You get one at {preset.key_page}")
    typed: str = click.prompt(f"Key of {preset.title}", hide_input=True)
    return typed


def _preset(name: str) -> Preset:
    from librarian.chat.presets import PRESETS

    found = next((preset for preset in PRESETS if preset.name == name), None)
    if found is None:
        names = ", ".join(preset.name for preset in PRESETS)
        raise click.UsageError(f"No provider is called '{name}'. There are: {names}")
    return found


@asynccontextmanager
async def _chats() -> AsyncIterator[Chats]:
    from librarian.chat import Chats, Keyring, Keys
    from librarian.places import Places

    chats = Chats(Keys({}, os.environ, Keyring()), Places.of().models)
    try:
        yield chats
    finally:
        await chats.close()


def _chosen(
    vault: Path | None, provider: str | None = None, model: str | None = None, base_url: str | None = None
) -> Choice:
    """What is chosen for all vaults or for one, but for what is named; see `Settings.choice`."""
    from librarian.places import Places, vault_id
    from librarian.settings import load

    loaded = load(Places.of().settings)
    for notice in loaded.notices:
        click.echo(notice, err=True)
    settings = loaded.of(vault_id(find_vault(vault))) if vault is not None else loaded.shared
    return settings.choice(provider=provider, model=model, base_url=base_url)


def _print(rows: list[dict[str, Any]]) -> None:
    width = max(len(row["name"]) for row in rows)
    titles = max(len(row["title"]) for row in rows)
    for row in rows:
        mark = click.style("●", fg="green") if row["chosen"] else " "
        if row["keyFrom"]:
            key = f"key from the {row['keyFrom']}"
        else:
            key = "needs a key" if row["key"] == "needed" else "no key"
        told = f"{padded(row['name'], width)}  {padded(row['title'], titles)}  {key:<24}"
        place = clean_line(row["baseUrl"]) or ("a file" if row["local"] else "needs base_url")
        click.echo(f"{mark} {told}  {place}")
    click.echo(click.style("● chosen   choose one: librarian config set provider NAME", dim=True))
