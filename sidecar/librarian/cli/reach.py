"""How a command reaches a vault: through the sidecar that has it open, else by opening it itself."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import io
import itertools
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol

import click

from librarian.cli.progress import Bar
from librarian.cli.terminal import clean
from librarian.errors import (
    ChangeNotFound,
    GroupNotFound,
    LibrarianError,
    NobodyThere,
    NoteNotFound,
    NotInGroup,
    PathRefused,
    RemoteFault,
    RunNotFound,
    SavedSearchNotFound,
    VaultHeld,
    VaultNotFound,
    VaultUnavailable,
)

if TYPE_CHECKING:
    from librarian.door import Client

P = ParamSpec("P")
INVALID_PARAMS = -32602
_NOT_THERE = (
    VaultNotFound,
    VaultUnavailable,
    NoteNotFound,
    PathRefused,
    SavedSearchNotFound,
    ChangeNotFound,
    GroupNotFound,
    NotInGroup,
    RunNotFound,
)


Hear = Callable[[dict[str, Any]], None]
"""Takes what is told of a call's progress."""


class Caller(Protocol):
    """Whatever answers methods of the wire; ``hear`` is told how far a call is, if that says so."""

    async def call(self, method: str, params: dict[str, Any] | None = None, *, hear: Hear | None = None) -> Any: ...


@dataclass(frozen=True)
class Reached:
    """A vault that answers."""

    caller: Caller
    root: Path
    vault_id: str
    notes: int
    bar: Bar

    async def ask(self, method: str, /, **params: Any) -> Any:
        """Call a method on this vault; parameters and answer are spelled as on the wire."""
        return await self._ask(method, params, None)

    async def watch(self, method: str, /, **params: Any) -> Any:
        """The same for a method that tells its progress, which is shown on a terminal."""
        return await self._ask(method, params, self.bar.tell)

    async def _ask(self, method: str, params: dict[str, Any], hear: Hear | None) -> Any:
        self.bar.open()
        try:
            return await self.caller.call(method, {"vaultId": self.vault_id, **params}, hear=hear)
        finally:
            # What is shown of progress goes before an answer is printed.
            self.bar.close()


def vault_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--vault``, which may also stand before the command's name."""
    return click.option(
        "--vault",
        "-V",
        envvar="LIBRARIAN_VAULT",
        type=click.Path(path_type=Path),
        callback=lambda ctx, _option, value: value or ctx.find_root().params.get("vault"),
        help="The vault's folder. Else the one around the current folder.",
    )(command)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON, for scripts.")(command)


def runs(command: Callable[P, Awaitable[int | None]]) -> Callable[P, None]:
    """Run an async command; its return value, or the error it ends with, becomes the exit code."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                # A terminal that cannot show a letter of a note shows its number; it is no reason to fail.
                stream.reconfigure(errors="backslashreplace")
        try:
            code = asyncio.run(_as_coroutine(command, *args, **kwargs))
            sys.stdout.flush()
        except LibrarianError as error:
            click.echo(f"{click.style('librarian:', fg='red')} {clean(_told(error))}", err=True)
            code = exit_code(error)
        except KeyboardInterrupt:
            click.echo("Stopped. Nothing is broken; the next run finishes the work.", err=True)
            code = 130
        except BrokenPipeError:
            # Whoever read our output has seen enough (head, less).
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 0
        sys.exit(code or 0)

    return run


async def _as_coroutine(command: Callable[P, Awaitable[int | None]], *args: P.args, **kwargs: P.kwargs) -> int | None:
    return await command(*args, **kwargs)


def _told(error: LibrarianError) -> str:
    """An error in words; what is wrong with parameters is what a person typed."""
    problems = error.data.get("problems") if isinstance(error, RemoteFault) else None
    if not problems:
        return error.with_hint
    return "; ".join(" ".join(str(part) for part in problem.values()) for problem in problems)


def exit_code(error: LibrarianError) -> int:
    """What a script sees of an error."""
    if isinstance(error, VaultHeld):
        return 3
    if isinstance(error, _NOT_THERE):
        return 4
    if isinstance(error, RemoteFault) and error.remote_code == INVALID_PARAMS:
        return 2
    return 5


def with_vault(
    command: Callable[Concatenate[Reached, P], Awaitable[int | None]],
) -> Callable[..., Awaitable[int | None]]:
    """Give a command the vault it was asked about, opened; ``check_seconds`` as for `reach`."""

    @functools.wraps(command)
    async def run(vault: Path | None, *args: Any, check_seconds: float | None = None, **kwargs: Any) -> int | None:
        async with reach(find_vault(vault), check_seconds=check_seconds) as reached:
            return await command(reached, *args, **kwargs)

    return run


def find_vault(named: Path | None) -> Path:
    """The folder that is meant. Raises VaultNotFound."""
    if named is not None:
        folder = named.expanduser().absolute()
        if not folder.is_dir():
            raise VaultNotFound(str(folder))
        return folder
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / ".obsidian").is_dir():
            return folder
    raise click.UsageError("Which vault? Run this inside one, or name it: --vault FOLDER (or set LIBRARIAN_VAULT).")


@asynccontextmanager
async def reach(folder: Path, *, check_seconds: float | None = None) -> AsyncIterator[Reached]:
    """Open a vault where it can be opened. Raises VaultHeld when its holder does not answer us.

    A vault that this process opens itself is compared with its files before it is asked, at most for
    ``check_seconds``; what is not compared by then is left for the next run, and answers say that they may lag.
    """
    async with AsyncExitStack() as stack:
        try:
            reached = await stack.enter_async_context(running(folder))
        except NobodyThere:
            reached = await stack.enter_async_context(_own(folder, check_seconds))
        yield reached


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Reached]:
    """The vault as a sidecar has it that runs. Raises NobodyThere when none does."""
    from librarian import door
    from librarian.places import Places, owner

    holder = owner(Places.of().vault(folder))
    if holder is None or holder.socket is None:
        raise NobodyThere(str(folder))
    remote = _Remote()
    with Bar() as bar:
        async with door.connect(Path(holder.socket), name="librarian-cli", on_notice=remote.notice) as client:
            remote.client = client
            opened = await client.call("vault.open", {"path": str(folder)})
            yield Reached(remote, folder, opened["vaultId"], opened["notes"], bar)


class _Remote:
    """Calls methods of another process. Progress of the vault that it keeps is its own to show; of our calls, ours."""

    client: Client

    def __init__(self) -> None:
        self._heard: dict[int, Hear] = {}
        self._tokens = itertools.count(1)

    async def call(self, method: str, params: dict[str, Any] | None = None, *, hear: Hear | None = None) -> Any:
        if hear is None:
            return await self.client.call(method, params)
        token = next(self._tokens)
        self._heard[token] = hear
        try:
            return await self.client.call(method, {**(params or {}), "progressToken": token})
        finally:
            del self._heard[token]

    def notice(self, method: str, params: Any) -> None:
        hear = self._heard.get(params["token"]) if method == "$/progress" else None
        if hear is not None:
            hear(params["value"])


@asynccontextmanager
async def _own(folder: Path, check_seconds: float | None) -> AsyncIterator[Reached]:
    from librarian.chat import Keyring, Keys
    from librarian.library import open_library
    from librarian.places import Places
    from librarian.settings import load

    places = Places.of()
    loaded = load(places.settings)
    for notice in loaded.notices:
        click.echo(f"{click.style('settings:', fg='yellow')} {notice}", err=True)
    with Bar() as bar:
        async with open_library(places, loaded, stays=False, keys=Keys({}, os.environ, Keyring())) as library:
            vault = await library.open_vault(str(folder), on_progress=bar.show)
            await asyncio.sleep(0)  # let the look at the files begin: it goes on while we import
            from librarian.cli.direct import Direct

            caller = Direct(library)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(vault.indexing.checked(), check_seconds)
            yield Reached(caller, folder, vault.id, vault.opened().notes, bar)
