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
