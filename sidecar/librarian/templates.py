"""Templates: inferred from notes that are there, kept as notes, applied to new notes and old ones."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from librarian.change import Plan
from librarian.chat.conversation import Delta, Message
from librarian.content import MEGABYTE, beginning, read_text
from librarian.edit import Create, Edit
from librarian.errors import EditRefused, ModelError, MoneyError, NoteExists, NoteNotFound, PathRefused, StoreError
from librarian.merging.route import is_note
from librarian.metering import Manner, Rehearsal, Writer
from librarian.paths import resolve
from librarian.prompts import Prompt, template_naming
from librarian.template import InferredTemplate
from librarian.templating.inferring import LEAST
from librarian.templating.placeholder import Syntax
from librarian.templating.proposal import edit
from librarian.templating.telling import Naming, Told, told
from librarian.usage import CostEstimate

if TYPE_CHECKING:
    from librarian.indexing import Indexing

ANSWERED: Final = 4000
"""Letters of an answer that was not what was asked for, which a model is shown again."""
MOST_READ: Final = 1000
"""Notes that one template is told from; of more, so many are taken, spread evenly over the folder."""


class Propose(Protocol):
    """Keeps edits as one change that waits to be carried out."""

    async def __call__(self, edits: Sequence[Edit], *, actor: str, reason: str) -> Plan: ...


class Templates:
    """Templates of one vault."""

    def __init__(  # noqa: PLR0913  # what it reads, and what it asks
        self,
        root: Path,
        indexing: Indexing,
        max_note_bytes: int,
        *,
        propose: Propose,
        ask: Callable[[Manner], Awaitable[Writer]],
        rehearse: Callable[[Manner], Awaitable[Rehearsal]],
        clock: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        """``ask``, ``rehearse``: the vault's model, see `Desk`; ``clock``: the time of day where the person is."""
        self._root = root
        self._indexing = indexing
        self._max_note_bytes = max_note_bytes
        self._propose = propose
        self._ask = ask
        self._rehearse = rehearse
        self._clock = clock

    async def infer(
        self,
        *,
        folder: str | None = None,
        notes: Sequence[str] = (),
        syntax: Syntax = "core",
        least: float = LEAST,
        use_model: bool = False,
    ) -> InferredTemplate:
        """The template of a folder's largest kind of notes, or of the notes that are named, whatever their kind.

        ``least``: the share of the notes that must have a part of it. Raises TooFewNotes, PathRefused, NoteNotFound,
        and what keeps the catalog from being read.
        """
        began = time.perf_counter()
        paths, found = await self._told(folder, notes, least)
        naming = await self._naming(found) if use_model else Naming()
        answer = found.answer(syntax, naming, found=len(paths))
        return answer.model_copy(update={"took_ms": round((time.perf_counter() - began) * 1000, 1)})

    async def estimate(
        self, *, folder: str | None = None, notes: Sequence[str] = (), least: float = LEAST
    ) -> CostEstimate:
        """What a model that names the template will take. Raises as `infer`, ModelError, MoneyError."""
        _, found = await self._told(folder, notes, least)
        if await self._are_left_out(found.notes):
            return CostEstimate.of_nobody()
        prompt = _naming_prompt(found)
        rehearsal = await self._rehearse(_manner(prompt))
        await rehearsal.answer(prompt.messages(), template_naming.LIMITS)
        return await rehearsal.estimate()

    async def _told(self, folder: str | None, notes: Sequence[str], least: float) -> tuple[Sequence[str], Told]:
        """Notes, and what was told from them, or from so many of them."""
        folder = folder if folder is None else folder.strip("/")
        paths = tuple(dict.fromkeys(notes)) if folder is None else await self._in(folder)
        read = self._read if folder is None else self._read_if_there
        few = paths if len(paths) <= MOST_READ else [paths[n * len(paths) // MOST_READ] for n in range(MOST_READ)]
        return paths, await asyncio.to_thread(told, few, read, folder=folder, least=least)

    async def _in(self, folder: str) -> tuple[str, ...]:
        """Every note in a folder and below. Raises PathRefused, and why the catalog cannot be read."""
        if folder:
            await asyncio.to_thread(resolve, self._root, folder)
        catalog = await self._indexing.current_catalog()
        below = "" if not folder else "AND starts_with(path, $1)"
        rows = await catalog.rows(
            f"SELECT path FROM notes WHERE kind = 'note' AND skipped IS NULL {below} ORDER BY path",  # noqa: S608
            [f"{folder}/"] if folder else [],
        )
        return tuple(str(path) for (path,) in rows)

    def _read(self, path: str) -> str:
        return read_text(self._root, path, self._max_note_bytes)

    def _read_if_there(self, path: str) -> str | None:
        """None for a note that went since the catalog knew of it."""
        try:
            return self._read(path)
        except (NoteNotFound, PathRefused):
            return None

    async def _naming(self, found: Told) -> Naming:
        """What a model calls the template, if it can be asked, and what that took; or why it was not."""
        if await self._are_left_out(found.notes):
            return Naming(notice="Some of the notes are left out of the index, so that nothing of them is sent.")
        headings, prompt = found.headings_without_hints(), _naming_prompt(found)
        asked, chat = prompt.messages(), None
        try:
            chat = await self._ask(_manner(prompt))
            answer = await _answer(chat, asked)
            named = template_naming.understood(answer, headings)
            if named is None:
                # What is kept may be of no use either, and whoever tries once more wants another answer.
                earlier, chat = chat.receipts, await self._ask(replace(_manner(prompt), fresh=True))
                chat.receipts[:0] = earlier
                named = template_naming.understood(await _answer(chat, _asked_again(asked, answer)), headings)
        except (ModelError, MoneyError, StoreError) as error:
            return Naming(usage=chat.use() if chat else None, notice=error.message)
        if named is None:
            return Naming(usage=chat.use(), notice="The model did not answer as it was asked to.")
        return Naming(named.name, named.hints, chat.use())

    async def _are_left_out(self, notes: Sequence[str]) -> bool:
        """Whether any of the notes is in a folder that is left out, or left out for another reason."""
        catalog = await self._indexing.current_catalog()
        rows = await catalog.rows(
            "SELECT count(*) FROM notes WHERE skipped IS NULL AND path IN (SELECT unnest($1))", [list(notes)]
        )
        return int(rows[0][0]) < len(notes)

    async def save(self, path: str, text: str) -> Plan:
        """A plan that keeps a template as a new note. Raises NoteExists, PathRefused, EditRefused."""
        if not is_note(path):
            raise EditRefused(path, "a template is a note, a file that ends in .md")
        if (await asyncio.to_thread(resolve, self._root, path)).exists():
            raise NoteExists(path)
        create = Create(path=path, content=text)
        return await self._propose([create], actor="templates", reason=f'make the template "{path}"')

    async def apply(
        self,
        notes: Sequence[str],
        *,
        text: str | None = None,
        template: str | None = None,
        syntax: Syntax | None = None,
    ) -> Plan:
        """A plan that makes notes from a template, and adds to those that are there what they lack of it.

        ``text`` or ``template``: the template, or the path of the note that is one. ``syntax``: whose words count;
        both when it is None. Raises TemplateUnusable, EditRefused, PathRefused, NoteNotFound, NoteUnreadable,
        VaultUnavailable.
        """
        if text is None:
            text = await asyncio.to_thread(self._read, template or "")
        now = self._clock()
        created = await self._created(notes)
        edits = await asyncio.to_thread(self._edits, tuple(dict.fromkeys(notes)), text, syntax, now, created)
        name = f'"{template}"' if template else "a template"
        told = f'"{notes[0]}"' if len(notes) == 1 else f"{len(notes)} notes"
        return await self._propose(edits, actor="templates", reason=f"apply {name} to {told}")

    def _edits(
        self, paths: Sequence[str], text: str, syntax: Syntax | None, now: datetime, created: dict[str, datetime]
    ) -> list[Edit]:
        edits = (
            edit(path, self._content(path), text, syntax=syntax, now=now, created=created.get(path)) for path in paths
        )
        return [each for each in edits if each is not None]

    def _content(self, path: str) -> bytes | None:
        """What is in a file; None where there is none. Raises PathRefused, EditRefused, NoteNotFound."""
        found = resolve(self._root, path)
        if found.is_symlink():
            raise EditRefused(path, "it is a symbolic link, and nothing is written through one")
        if not found.exists():
            return None
        content = beginning(self._root, path, self._max_note_bytes + 1)
        if len(content) > self._max_note_bytes:
            raise EditRefused(path, f"it is larger than {self._max_note_bytes // MEGABYTE} MB")
        return content

    async def _created(self, paths: Sequence[str]) -> dict[str, datetime]:
        """When files were made, by the clock of the person's place."""
        catalog = await self._indexing.current_catalog()
        rows = await catalog.rows(
            "SELECT path, created FROM notes WHERE path IN (SELECT unnest($1)) AND created IS NOT NULL", [list(paths)]
        )
        zone = self._clock().tzinfo
        return {str(path): created.replace(tzinfo=UTC).astimezone(zone) for path, created in rows}


def _naming_prompt(found: Told) -> Prompt:
    return template_naming.prompt(found.headings_without_hints(), found.typed_properties())


def _manner(prompt: Prompt) -> Manner:
    return Manner(prompt_version=f"{prompt.name}/{prompt.version}")


def _asked_again(asked: Sequence[Message], answer: str) -> tuple[Message, ...]:
    """The question once more, after an answer that was not what was asked for."""
    return (*asked, Message("assistant", answer[:ANSWERED] or "-"), template_naming.AGAIN)


async def _answer(chat: Writer, asked: Sequence[Message]) -> str:
    """The whole answer. Raises ModelError, MoneyError, StoreError."""
    async with aclosing(chat.stream(asked, template_naming.LIMITS)) as events:  # type: ignore[type-var]
        return "".join([event.text async for event in events if isinstance(event, Delta)])
