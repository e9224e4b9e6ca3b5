"""Which note a person means: a path inside the vault, a path from the current folder, or just a name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from librarian.cli.reach import Reached
from librarian.errors import NoteError, NoteNotFound


async def named_note(vault: Reached, method: str, note: str, **more: object) -> tuple[str, Any]:
    """Call a method about the note that is meant, with ``more`` parameters; gives its path and the answer.

    Raises NoteNotFound, which then names notes of similar names.
    """
    return await meant_note(vault, note, lambda path: vault.ask(method, path=path, **more))


async def meant_note(vault: Reached, note: str, ask: Callable[[str], Awaitable[Any]]) -> tuple[str, Any]:
    """The path of the note that is meant, and the answer to what is asked about it. Raises as `named_note`."""
    first: NoteError | None = None
    for path in dict.fromkeys(_spellings(vault.root, note)):
        try:
            return path, await ask(path)
        except NoteError as error:
            first = first or error
    near = await _near(vault, note)
    name = PurePosixPath(note).name.removesuffix(".md").casefold()
    called = [path for path in near if PurePosixPath(path).name.removesuffix(".md").casefold() == name]
    if len(called) == 1:
        return called[0], await ask(called[0])
    if near and isinstance(first, NoteNotFound):
        question = "Several are called so" if called else "Did you mean"
        listed = "".join(f"\n  {path}" for path in (called or near)[:5])
        first.message = f"{first.message} {question}:{listed}"
    assert first is not None  # noqa: S101 - at least the spelling as typed was tried
    raise first


async def note_path(vault: Reached, note: str) -> str:
    """The path of the note that is meant. Raises as `named_note`."""
    path, _ = await named_note(vault, "notes.outline", note)
    return path


async def new_or_old_path(vault: Reached, note: str) -> str:
    """The path of a note that is there, or of one that is to be made."""
    typed = note if note.endswith(".md") else f"{note}.md"
    here = _from_here(vault.root, typed)
    if here is not None or "/" in note:
        return here or typed
    try:
        return await note_path(vault, note)
    except NoteError:
        return typed


def _from_here(root: Path, typed: str) -> str | None:
    """The path in the vault of a file that is named from the current folder; None where there is none."""
    absolute, inside = Path(typed).expanduser().absolute(), root.resolve()
    if absolute.is_file() and absolute.parent.resolve().is_relative_to(inside):
        return (absolute.parent.resolve() / absolute.name).relative_to(inside).as_posix()
    return None


def _spellings(root: Path, note: str) -> Iterator[str]:
    yield note
    inside = root.resolve()
    for typed in (note, f"{note}.md"):
        absolute = Path(typed).expanduser().absolute()
        if absolute.is_relative_to(root) or absolute.is_relative_to(inside):
            base = root if absolute.is_relative_to(root) else inside
            if absolute.is_file():
                yield absolute.relative_to(base).as_posix()
    yield f"{note}.md"


async def _near(vault: Reached, note: str) -> list[str]:
    name = PurePosixPath(note).name.removesuffix(".md")
    if not name.strip():
        return []
    found = await vault.ask("search.query", text=name[:200], limit=20)
    return [hit["path"] for hit in found["hits"] if hit["kind"] == "note"]
