"""Commands about models on this machine: models, models use, download, remove, pause, resume."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from librarian.cli import asking, model_files
from librarian.cli.reach import find_vault, json_option, reach, running, runs, vault_option
from librarian.cli.terminal import clean_line, padded, print_json

if TYPE_CHECKING:
    from librarian.settings import Settings


@click.group(invoke_without_command=True)
@vault_option
@json_option
@click.pass_context
def models(ctx: click.Context, vault: Path | None, as_json: bool) -> None:
    """List, download and choose the models that know what notes mean, and model files that write.

    \b
    librarian models
    librarian models download potion-multilingual-128M
    librarian models use potion-multilingual-128M
    librarian models use ~/models/my-own              a folder with a model
    librarian models use default                      the one that came with the installation
    librarian models use openai/text-embedding-3-small    one of a provider, which is sent all notes
    librarian models download Qwen3-4B-Q4_K_M.gguf    a file (GGUF) that writes
    librarian models use Qwen3-4B-Q4_K_M.gguf

    Instant models read a vault in minutes. Slow ones take hours, find more, and need more installed; from a clone:
    uv tool install '.[transformers]'. So do files that write: uv tool install '.[llamacpp]'. Those of a provider cost
    what you are told before. Providers of models that write: librarian providers.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_, vault=vault, as_json=as_json)


@models.command("list")
@click.option("--provider", help="List those of this provider, which is asked.")
@click.option("--base-url", default="", help="Where to ask, if not at the provider's own address.")
@vault_option
@json_option
@runs
async def list_(vault: Path | None, as_json: bool, provider: str | None, base_url: str) -> None:
    """List the models there are, which one is in use, and which are on this machine; with --provider those of others.

    \b
    librarian models list --provider ollama
    """
    if provider is not None:
        names = [f"{provider}/{name}" for name in await _offered(provider, base_url)]
        told = "\n".join(map(clean_line, names)) or "It lists none that makes vectors; one can be named all the same."
        print_json(names) if as_json else click.echo(told)
        return
    chosen = _chosen(vault)
    rows, files = _rows(chosen.model), model_files.rows(chosen.provider, chosen.chat_model)
    if as_json:
        print_json([*rows, *files])
        return
    _print(rows)
    click.echo("\nThat write:")
    click.echo("\n".join(model_files.lines(files)))
    click.echo(click.style("● in use   ○ on this machine   others: librarian models download NAME", dim=True))


@models.command()
@click.argument("model", metavar="NAME|PATH|PROVIDER/MODEL")
@click.option("--yes", is_flag=True, help="Do not ask, whatever it costs within the budgets.")
@vault_option
@json_option
@runs
async def use(model: str, vault: Path | None, yes: bool, as_json: bool) -> int:
    """Use the model NAME, the one at PATH, or one of a PROVIDER; for all vaults, or with --vault for one.

    A provider's model is tried, and its price for this vault is told before anything is sent; in each other vault it
    waits until you agreed there, by the same command.

    \b
    librarian models use all-MiniLM-L6-v2
    librarian models use ~/models/my-own --vault MyVault
    librarian models use openai/text-embedding-3-small
    librarian models use custom/bge-m3@http://localhost:8080/v1
    librarian models use default
    librarian models use Qwen3-4B-Q4_K_M.gguf

    A file (GGUF) is one that writes: the provider of models is then this machine. Others know what notes mean.
    """
    from librarian.chat.presets import reader

    if reader(model) is not None:
        return await _use_of_provider(model, vault, yes=yes, as_json=as_json)
    _use_here(model, vault, as_json=as_json)
    return 0


def _use_here(model: str, vault: Path | None, *, as_json: bool) -> None:
    """Choose a model of this machine."""
    from librarian.embedding.choice import DEFAULT, open_embedder
    from librarian.places import Places, vault_id
    from librarian.settings import change

    root = find_vault(vault) if vault is not None else None
    if model_files.is_named(model):
        used = model_files.use(model, vault_id(root) if root is not None else None)
        if as_json:
            print_json(used)
        else:
            click.echo(f"{clean_line(used['model'])} writes from now on. Try it: librarian providers test")
        return
    places = Places.of()
    name = _named(model)
    # Everything that can be wrong with it is told now, and not at the next start.
    embedder = open_embedder(name, places.models, threads=1, vault=root)
    value = None if name == DEFAULT and root is None else name
    change(places.settings, "model", value, vault_id=vault_id(root) if root is not None else None)
    if as_json:
        print_json({"model": name, "instant": embedder.is_instant, "dimensions": embedder.dimensions})
        return
    pace = (
        "a few minutes at most"
        if embedder.is_instant
        else "minutes to hours, in the background; the old model answers meanwhile"
    )
    click.echo(f"{clean_line(name)} is used from the next start of the sidecar. Reading the notes anew takes {pace}.")


async def _use_of_provider(model: str, vault: Path | None, *, yes: bool, as_json: bool) -> int:
    """Try a provider's model, tell its price for the vault at hand, and choose it if that is agreed to."""
    if not yes and (as_json or not asking.is_there()):
        raise click.UsageError("Nobody can be asked whether it may cost something: add --yes if it may.")
    async with reach(find_vault(vault)) as reached:
        estimate = await reached.watch("embedding.estimate", model=model)
        if not as_json:
            click.echo(f"{clean_line(model)} works. It is sent the text of all notes but those of excluded folders.")
            click.echo(f"{estimate['told']}.")
        if not yes and not await asking.confirmed("Have it read this vault?"):
            return 1
        await reached.ask("embedding.agree", model=model, atMostUsd=estimate["atMostUsd"] or "0")
        await reached.ask("settings.change", name="model", value=model, forEveryVault=vault is None)
    if as_json:
        print_json(estimate)
    else:
        click.echo(
            "It reads from the next start of the sidecar, or with: librarian index. The old one answers meanwhile."
        )
    return 0


async def _offered(provider: str, base_url: str) -> tuple[str, ...]:
    """Models of a provider that make vectors."""
    from librarian.chat import Chats, Choice, Keyring, Keys

    chats = Chats(Keys({}, os.environ, Keyring()))
    try:
        return await chats.readers(Choice(provider, "", base_url))
    finally:
        await chats.close()


@models.command()
@click.argument("name")
@click.option("--sha256", metavar="DIGEST", help="Of a file from the hub: take only the one with this SHA-256.")
@json_option
@runs
async def download(name: str, sha256: str | None, as_json: bool) -> None:
    """Download the model NAME, one of those that 'librarian models' lists, or a file that writes from the hub.

    \b
    librarian models download potion-base-8M
    librarian models download Qwen3-4B-Q4_K_M.gguf
    librarian models download OWNER/REPOSITORY/FILE.gguf

    A file of the hub is taken at the commit where it is now, and only with the SHA-256 that the hub tells of it, or
    that you give. Its name stays with that file. A download that was stopped goes on where it was. Nothing else of the
    librarian uses the network, but for providers that you choose.
    """
    # The event loop would let Ctrl-C wait for the end of the download.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if model_files.is_named(name):
        told = model_files.download(name, _digest(sha256))
    elif sha256 is not None:
        raise click.UsageError("--sha256 is for files from the hub: OWNER/REPOSITORY/FILE.gguf")
    else:
        told = _download(name)
    if as_json:
        print_json(told)
        return
    click.echo(f"{told['model']} is in {clean_line(told.get('folder') or told['file'])}.")
    if "sha256" in told:
        click.echo(f"From {told['repository']} at {told['revision']}, SHA-256 {told['sha256']}.")
    click.echo(f"Use it: librarian models use {told['model']}")


@models.command()
@click.argument("name")
@runs
async def remove(name: str) -> int:
    """Remove the model file NAME that was downloaded, and forget which file its name means."""
    from librarian.chat.model_files import remove as removed
    from librarian.places import Places

    if removed(name, Places.of().models):
        click.echo(f"{clean_line(name)} is removed.")
        return 0
    click.echo(f"There is no model file {clean_line(name)} here. See: librarian models", err=True)
    return 1


@models.command()
@vault_option
@runs
async def pause(vault: Path | None) -> None:
    """Let a slow model rest; what it has read is kept, and the model before it goes on answering."""
    await _pause(vault, paused=True)
    click.echo("Slow models rest until: librarian models resume")


@models.command()
@vault_option
@runs
async def resume(vault: Path | None) -> None:
    """Let a slow model go on where it was paused."""
    await _pause(vault, paused=False)
    click.echo("Slow models go on reading where a sidecar is running; else: librarian index")


def _download(name: str) -> dict[str, Any]:
    """Bring in one of the models that know what notes mean."""
    from librarian.cli.progress import Bytes
    from librarian.embedding.download import download as fetch
    from librarian.embedding.known import KNOWN, by_name
    from librarian.places import Places, private_folder

    model = by_name(name)
    if model is None:
        raise click.UsageError(f"No model is called '{name}'. There are: {', '.join(known.name for known in KNOWN)}")
    folder = Places.of().models
    private_folder(folder.parent)
    private_folder(folder)
    with Bytes(f"Downloading {name}") as bar:
        return {"model": name, "folder": str(fetch(model, folder, bar.show))}


def _digest(sha256: str | None) -> str | None:
    from librarian.chat.hub import SHA256

    if sha256 is None or SHA256.fullmatch(sha256.lower()):
        return sha256.lower() if sha256 else None
    raise click.UsageError("A SHA-256 is 64 letters and figures, from 0 to f.")


async def _pause(vault: Path | None, *, paused: bool) -> None:
    """Now where the vault is open, and from now on; for all vaults, or with --vault for one."""
    from librarian.errors import NobodyThere, VaultNotFound
    from librarian.places import Places, vault_id
    from librarian.settings import change

    root = find_vault(vault) if vault is not None else None
    change(Places.of().settings, "embedding_paused", paused or None, vault_id=vault_id(root) if root else None)
    with contextlib.suppress(NobodyThere, VaultNotFound, click.UsageError):
        async with running(root or find_vault(None)) as reached:
            await reached.ask("embedding.pause" if paused else "embedding.resume")


def _named(model: str) -> str:
    """A name as it is, the path of a folder as a whole one."""
    from librarian.embedding.choice import DEFAULT
    from librarian.embedding.known import by_name

    if model == DEFAULT or by_name(model) is not None:
        return model
    folder = Path(model).expanduser()
    return str(folder.absolute()) if folder.is_dir() else model


def _chosen(vault: Path | None) -> Settings:
    """The settings in force."""
    from librarian.places import Places, vault_id
    from librarian.settings import load

    loaded = load(Places.of().settings)
    for notice in loaded.notices:
        click.echo(notice, err=True)
    return loaded.of(vault_id(find_vault(vault))) if vault is not None else loaded.shared


def _rows(chosen: str) -> list[dict[str, Any]]:
    from librarian.embedding.known import KNOWN
    from librarian.embedding.static import MEGABYTES, PACKAGE
    from librarian.places import Places

    folder = Places.of().models
    rows: list[dict[str, Any]] = [
        {"name": "default", "instant": True, "dimensions": 256, "megabytes": MEGABYTES, "languages": "English best",
         "licence": "MIT", "source": PACKAGE, "onDisk": True}
    ]  # fmt: skip
    rows += [
        {"name": model.name, "instant": model.kind == "static", "dimensions": model.dimensions,
         "megabytes": round(model.size / 1e6), "languages": model.languages, "licence": model.licence,
         "source": f"{model.repository}@{model.revision}", "onDisk": (folder / model.name).is_dir()}
        for model in KNOWN
    ]  # fmt: skip
    if chosen not in [row["name"] for row in rows]:
        rows.append({"name": chosen, "source": chosen, "onDisk": Path(chosen).is_dir()})
    return [{**row, "inUse": row["name"] == chosen} for row in rows]


def _print(rows: list[dict[str, Any]]) -> None:
    width = max(len(row["name"]) for row in rows if "megabytes" in row)
    for row in rows:
        mark = click.style("●", fg="green") if row["inUse"] else "○" if row["onDisk"] else " "
        if "megabytes" not in row:
            click.echo(f"{mark} {clean_line(row['name'])}")
            continue
        pace = "instant" if row["instant"] else "slow"
        told = f"{padded(row['name'], width)}  {pace:<7}  {row['megabytes']:>4} MB  {row['licence']:<10}"
        click.echo(f"{mark} {told}  {row['languages']}")
