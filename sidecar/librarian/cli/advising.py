"""Commands about the librarian itself: doctor, config, paths."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import click

from librarian.cli.reach import find_vault, json_option, reach, runs, vault_option
from librarian.cli.terminal import clean_line, print_json
from librarian.errors import LibrarianError, SettingInvalid, StorageFull, StoreTooNew, VaultHeld, VaultUnavailable


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    state: Literal["ok", "warning", "problem"]
    what: str
    fix: str | None = None


MIN_FREE_BYTES = 500_000_000
WATCH_LIMIT = Path("/proc/sys/fs/inotify/max_user_watches")


@click.command()
@vault_option
@json_option
@runs
async def doctor(vault: Path | None, as_json: bool) -> int:
    """Find out what is wrong, and how to mend it. Looks at the installation, the data folder and the vault.

    Ends with exit code 1 when something is wrong.
    """
    findings = [*_installation(), *_data(), *_models(), *_providers()]
    try:
        folder = find_vault(vault)
    except (click.UsageError, LibrarianError) as error:
        message = error.message
        findings.append(Finding("warning" if vault is None else "problem", f"No vault was looked at: {message}"))
    else:
        findings += [*_watching(folder), *await _vault(folder)]
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            _print(finding)
    return int(any(finding.state == "problem" for finding in findings))


def _print(finding: Finding) -> None:
    mark, colour = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "problem": ("✗", "red")}[finding.state]
    click.echo(f"{click.style(mark, fg=colour)} {clean_line(finding.what)}")
    if finding.fix:
        click.echo(f"    → {clean_line(finding.fix)}")


def _installation() -> Iterator[Finding]:
    from librarian import _native

    yield Finding("ok", f"librarian {_native.VERSION}, Python {sys.version.split()[0]}")
    command = shutil.which("librarian")
    if command is None:
        yield Finding(
            "warning",
            "The command 'librarian' is not on the PATH, so the plugin may not find it; "
            f"this one is {sys.executable} -m librarian.",
            "From a clone: 'uv tool install .' or 'pipx install .'; or give the plugin its path.",
        )
    else:
        yield Finding("ok", f"The command is {command}")


def _data() -> Iterator[Finding]:
    from librarian.places import Places
    from librarian.settings import load

    places = Places.of()
    folder = places.data
    while not folder.exists():
        folder = folder.parent
    if not os.access(folder, os.W_OK):
        yield Finding(
            "problem", f"{folder} cannot be written to.", "Make it yours, or name another with LIBRARIAN_DATA."
        )
        return
    free = shutil.disk_usage(folder).free
    if free < MIN_FREE_BYTES:
        yield Finding("problem", f"Only {free / 1e6:,.0f} MB are free where {places.data} is.", "Free some space.")
    else:
        yield Finding("ok", f"Data is in {places.data} ({free / 1e9:,.0f} GB free)")
    if os.name != "nt" and places.data.exists() and places.data.stat().st_mode & 0o077:
        yield Finding("problem", f"{places.data} is open to other users.", f"chmod 700 '{places.data}'")
    for notice in load(places.settings).notices:
        yield Finding("warning", notice)


def _models() -> Iterator[Finding]:
    """The models that were chosen, for all vaults or for one; the default comes with the installation."""
    from librarian.chat import Chats, Keyring, Keys
    from librarian.chat.presets import reader
    from librarian.embedding.choice import DEFAULT, open_embedder
    from librarian.places import Places
    from librarian.settings import load

    places = Places.of()
    loaded = load(places.settings)
    chats = Chats(Keys({}, os.environ, Keyring()))
    chosen = {loaded.shared.model, *(own.get("model", DEFAULT) for own in loaded.vaults.values())}
    for name in sorted(chosen - {DEFAULT}):
        choice = reader(name)
        if choice is not None:
            lacking = chats.lacks(choice)
            yield Finding("problem", lacking) if lacking else Finding("ok", f"The model {name} can be asked")
            continue
        try:
            open_embedder(name, places.models, threads=1)
        except LibrarianError as error:
            yield Finding("problem", error.with_hint, "Mend that, or: librarian models use default")
        else:
            yield Finding("ok", f"The model {name} can be used")


def _providers() -> Iterator[Finding]:
    """The providers that were chosen, for all vaults or for one; nobody is asked."""
    from librarian.chat import Chats, Keyring, Keys
    from librarian.chat.presets import NONE
    from librarian.places import Places
    from librarian.settings import load

    places = Places.of()
    loaded = load(places.settings)
    chosen = {loaded.shared.choice(), *(loaded.of(vault_id).choice() for vault_id in loaded.vaults)}
    chats = Chats(Keys({}, os.environ, Keyring()), places.models)
    for choice in sorted(chosen, key=repr):
        if choice.provider == NONE:
            continue
        lacking = chats.lacks(choice)
        if lacking is None:
            yield Finding("ok", f"The provider {choice.provider} can be asked; to try: librarian providers test")
        else:
            # The plugin may have a key that the command line does not see.
            yield Finding("warning", lacking)


def _watching(folder: Path) -> Iterator[Finding]:
    if not WATCH_LIMIT.exists():
        return
    limit = int(WATCH_LIMIT.read_text())
    folders = sum(1 for _ in os.walk(folder))
    if folders > limit // 2:
        yield Finding(
            "warning",
            f"The vault has {folders:,} folders and the system watches at most {limit:,}; changes are then found by a "
            "look at all files every minute.",
            f"sudo sysctl fs.inotify.max_user_watches={max(524_288, 4 * folders)}",
        )


async def _vault(folder: Path) -> list[Finding]:
    try:
        async with reach(folder) as reached:
            status = await reached.ask("vault.status")
            await reached.ask("statistics.overview")
            status = await reached.ask("vault.status")
            changes = (await reached.ask("edits.list", limit=100))["changes"]
    except VaultHeld as error:
        pid = error.data.get("pid")
        return [
            Finding("problem", error.message, f"Close Obsidian, or end process {pid}." if pid else "Close Obsidian.")
        ]
    except LibrarianError as error:
        return [Finding("problem", error.message, _fix(error))]
    findings = [Finding("ok", f"{folder} opens: {status['counts']['notes']:,} notes")]
    findings += [_ailing(part) for part in status["parts"] if part["state"] in ("failed", "paused")]
    findings += [Finding("warning", part["detail"]) for part in status["parts"] if _is_told(part)]
    findings += [_cut_short(each) for each in changes if each["state"] in ("unfinished", "conflicted")]
    skipped = status["skipped"]
    if skipped:
        reasons: dict[str, int] = {}
        for row in skipped:
            reasons[row["reason"]] = reasons.get(row["reason"], 0) + 1
        told = "; ".join(f"{count:,} {reason}" for reason, count in sorted(reasons.items(), key=lambda item: -item[1]))
        findings.append(
            Finding("warning", f"{len(skipped):,} files are not indexed: {told}", "librarian status lists them")
        )
    return findings


def _is_told(part: dict[str, Any]) -> bool:
    """Whether a pass that went well has something to tell: what it could not see, or did not leave out."""
    return part["name"] == "keyword" and part["state"] == "ready" and bool(part["detail"])


def _cut_short(change: dict[str, Any]) -> Finding:
    """A change that could not be brought to its end."""
    paths = ", ".join(note["path"] for note in change["notes"][:3])
    paths += ", …" if len(change["notes"]) > 3 else ""
    if change["state"] == "unfinished":
        told = f"A change was cut short and cannot be settled yet ({change['reason']}: {paths})"
        return Finding("problem", told, "See that the vault can be written to; the next command settles it.")
    told = f"A change was given up, because notes were edited meanwhile ({change['reason']}: {paths})"
    return Finding("warning", told, f"Look at these notes. What is left of it: librarian undo {change['changeId']}")


def _ailing(part: dict[str, Any]) -> Finding:
    """A part that does not work. A watcher that cannot watch, and a pause, mend themselves or need no rebuild."""
    told = f"{part['name']}: {part['detail']}"
    if part["name"] == "watcher":
        return Finding("warning", told)
    if part["name"] == "semantic" and part["state"] == "failed":
        return Finding("problem", told, "Mend the model, or: librarian models use default; else: librarian rebuild")
    return Finding("problem", told, "librarian rebuild" if part["state"] == "failed" else "It goes on by itself then.")


def _fix(error: LibrarianError) -> str | None:
    """What helps against an error whose message does not say it already."""
    if isinstance(error, VaultUnavailable | StorageFull | StoreTooNew):
        return None
    return "librarian rebuild"


@click.group(invoke_without_command=True)
@click.pass_context
def config(ctx: click.Context) -> None:
    """Show or change settings.

    \b
    librarian config
    librarian config set max_note_mb 50
    librarian config set excluded_folders "Archive,Private" --vault MyVault
    librarian config unset max_note_mb
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(show)


@config.command()
@vault_option
@json_option
def show(vault: Path | None = None, as_json: bool = False) -> None:
    """Show every setting, and where it comes from."""
    from librarian.places import Places, vault_id
    from librarian.settings import Settings, load

    places = Places.of()
    loaded = load(places.settings)
    for notice in loaded.notices:
        click.echo(notice, err=True)
    name = vault_id(find_vault(vault)) if vault is not None else None
    settings = loaded.of(name) if name else loaded.shared
    if as_json:
        print_json(settings.model_dump(mode="json"))
        return
    for key, value in settings.model_dump(mode="json").items():
        own = name is not None and key in loaded.vaults.get(name, {})
        where = "this vault" if own else "set" if key in loaded.shared.model_fields_set else "default"
        click.echo(f"{click.style(key, bold=True)} = {json.dumps(value)}  {click.style(where, dim=True)}")
        click.echo(f"    {Settings.model_fields[key].description}")


@config.command("set")
@click.argument("name")
@click.argument("value")
@vault_option
def set_(name: str, value: str, vault: Path | None) -> None:
    """Set NAME to VALUE, for all vaults or with --vault for one."""
    from librarian.settings import parse

    _change(name, lambda: parse(name, value), vault)


@config.command()
@click.argument("name")
@vault_option
def unset(name: str, vault: Path | None) -> None:
    """Take a choice back."""
    _change(name, lambda: None, vault)


def _change(name: str, value: Callable[[], object], vault: Path | None) -> None:
    from librarian.places import Places, vault_id
    from librarian.settings import change

    try:
        change(Places.of().settings, name, value(), vault_id=vault_id(find_vault(vault)) if vault else None)
    except SettingInvalid as error:
        raise click.UsageError(f"{error.message} 'librarian config' lists them.") from error
    if name.startswith("budget_") or name == "model_prices":
        click.echo("Saved. It holds from the next call of a model.")
        return
    click.echo("Saved. It holds from the next start of the sidecar; index settings from the next look at the files.")


@click.command()
@vault_option
@json_option
def paths(vault: Path | None, as_json: bool) -> None:
    """Show where the librarian keeps its data, per vault and in all. Delete the data folder to remove it all."""
    from librarian.places import Places

    places = Places.of()
    rows = {"data": str(places.data), "settings": str(places.settings)}
    if vault is not None:
        rows["vault"] = str(places.vault(find_vault(vault)).folder)
    if as_json:
        print_json(rows)
        return
    for name, path in rows.items():
        click.echo(f"{name:<9} {path}")
    for place in places.vaults():
        size = sum(file.stat().st_size for file in place.folder.rglob("*") if file.is_file())
        click.echo(f"  {place.id:<60} {size / 1e6:>8,.1f} MB")
