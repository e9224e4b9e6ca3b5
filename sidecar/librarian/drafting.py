"""Writing: text that a person asked for, by themselves or from a model, put into notes by plans only."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from librarian import _native, tokens
from librarian.change import Plan
from librarian.chat.conversation import Delta, Finish, Limits
from librarian.cleaning import Cleaning, links_of
from librarian.comparison import Difference
from librarian.content import beginning
from librarian.draft import Draft
from librarian.edit import Create, Edit
from librarian.errors import (
    AnswerBroken,
    ContentRefused,
    EditRefused,
    ModelError,
    MoneyError,
    NoteChanged,
    NoteNotFound,
    NoteUnreadable,
)
from librarian.excerpt import Excerpt, excerpt
from librarian.keeping import Kept, keeping
from librarian.metering import Desk, Manner, Writer
from librarian.money import Purpose
from librarian.prompts import Prompt
from librarian.prompts.drafts import continuing, generating, rewriting
from librarian.redaction import apart, redacted, secrets, within
from librarian.usage import CostEstimate

ASKED: Final = "person asked"
"""Who wants a change whose very text a person asked for."""
MAX_CHARACTERS: Final = 40_000
"""Of a passage that is rewritten at once."""
CONTINUED_TOKENS: Final = 600
GENERATED_TOKENS: Final = 2_000
COMPARED_BYTES: Final = 500_000
COMPARED_MS: Final = 500

Tell = Callable[[str], None]
"""Is told what can be shown already of a text that is being written."""


class Propose(Protocol):
    """Keeps edits as one change that waits to be carried out."""

    async def __call__(self, edits: Sequence[Edit], *, actor: str, reason: str) -> Plan: ...


@dataclass(frozen=True)
class Wish:
    """What a person asks a model for."""

    instruction: str = ""
    language: str | None = None
    """None for that of the note."""
    fresh: bool = False
    """Ask the model even where its answer is kept."""


@dataclass(frozen=True)
class _Asked:
    """One request, and which links its answer may have."""

    prompt: Prompt
    limits: Limits
    allowed: Collection[str]


@dataclass(frozen=True)
class _Written:
    text: str
    finish: str
    writer: Writer


class Drafting:
    """Writes into notes of one vault."""

    def __init__(  # where, by what, and what is left alone
        self,
        vault_id: str,
        root: Path,
        propose: Propose,
        desk: Desk,
        *,
        max_note_bytes: int,
        excluded: _native.Exclusion,
    ) -> None:
        """``excluded``: notes that never leave this machine."""
        self._vault_id = vault_id
        self._root = root
        self._propose = propose
        self._desk = desk
        self._max_note_bytes = max_note_bytes
        self._excluded = excluded

    async def insertion(
        self, path: str, text: str, at: tuple[int, int] | None, reason: str, digest: str | None = None
    ) -> Plan:
        """A plan that puts ``text`` in place of a range of a note, in UTF-16 units; without one, makes the note.

        ``digest``: of the version that the range counts in, where that is known.

        Raises PathRefused, NoteNotFound, NoteUnreadable, NoteChanged, EditRefused, VaultUnavailable.
        """
        if at is None:
            return await self._propose([Create(path=path, content=text)], actor=ASKED, reason=reason)
        found = await self._excerpt(path, at)
        if digest not in (None, found.digest):
            raise NoteChanged(path)
        return await self._propose([found.replaced(text)], actor=ASKED, reason=reason)

    async def rewrite(self, path: str, at: tuple[int, int] | None, wish: Wish, tell: Tell) -> Draft:
        """A passage of a note, or all below its properties, written anew as a plan.

        Raises what `insertion` raises, ModelError, MoneyError, StoreError.
        """
        self._check_leaving(path)
        found = await self._excerpt(path, at)
        text, writer = await self._rewritten(found, wish, tell)
        plan = await self._propose(
            [found.replaced(text)], actor="rewrite", reason=f"rewrite: {_short(wish.instruction)}"
        )
        return await self._draft(found.text, text, plan, writer, whole=True)

    async def reword(self, text: str, wish: Wish, tell: Tell) -> Draft:
        """A text that is in no note written anew. Raises EditRefused, ModelError, MoneyError, StoreError."""
        found = Excerpt("", "", 0, 0, "", text, "")
        new, writer = await self._rewritten(found, wish, tell)
        return await self._draft(text, new, None, writer, whole=True)

    async def go_on(self, path: str, at: int, wish: Wish, tell: Tell) -> Draft:
        """What may come next at a place of a note, in UTF-16 units; without a plan where the note is another by then.

        Raises as `rewrite`.
        """
        self._check_leaving(path)
        found = await self._excerpt(path, (at, at))
        written = await self._written(_going_on(found, wish), wish, _joining(found.before, tell))
        text = _joined(found.before, written.text)
        plan: Plan | None = None
        with contextlib.suppress(NoteChanged, NoteNotFound):  # what is paid for is told all the same
            plan = await self._propose([found.replaced(text)], actor="continue", reason="continue the note")
        return await self._draft("", text, plan, written.writer, whole=written.finish == "stop")

    async def generate(self, path: str | None, at: int | None, wish: Wish, tell: Tell) -> Draft:
        """A new text. ``path``: the note that it is for, which is made where there is none; ``at``: where in it, at its
        end unless told. Raises as `rewrite`.
        """
        found = await self._place(path, at)
        written = await self._written(_generating(found, wish), wish, tell)
        plan, text = None, written.text
        if path is not None:
            text = _joined(found.before, text) if found else text + "\n"
            edit: Edit = found.replaced(text) if found else Create(path=path, content=text)
            plan = await self._propose([edit], actor="generate", reason=f"write: {_short(wish.instruction)}")
        return await self._draft("", text, plan, written.writer, whole=written.finish == "stop")

    async def estimate_rewrite(self, passage: str | tuple[str, tuple[int, int] | None], wish: Wish) -> CostEstimate:
        """What it will take to write a text anew, or a place of a note. Raises what the act itself raises."""
        if isinstance(passage, str):
            found = Excerpt("", "", 0, 0, "", passage, "")
        else:
            self._check_leaving(passage[0])
            found = await self._excerpt(*passage)
        return await self._estimated(_rewriting(found, wish)[0], wish)

    async def estimate_going_on(self, path: str, at: int, wish: Wish) -> CostEstimate:
        """What `go_on` will take. Raises as it."""
        self._check_leaving(path)
        return await self._estimated(_going_on(await self._excerpt(path, (at, at)), wish), wish)

    async def estimate_generating(self, path: str | None, at: int | None, wish: Wish) -> CostEstimate:
        """What `generate` will take. Raises as it."""
        return await self._estimated(_generating(await self._place(path, at), wish), wish)

    async def _estimated(self, asked: _Asked, wish: Wish) -> CostEstimate:
        rehearsal = await self._desk.rehearse(*self._asks(asked.prompt, wish))
        await rehearsal.answer(asked.prompt.messages(), asked.limits)
        return await rehearsal.estimate()

    def _asks(self, prompt: Prompt, wish: Wish) -> tuple[Purpose, Manner]:
        manner = Manner(prompt_version=f"{prompt.name}/{prompt.version}", fresh=wish.fresh)
        return Purpose(prompt.name, vault_id=self._vault_id), manner

    async def _rewritten(self, found: Excerpt, wish: Wish, tell: Tell) -> tuple[str, Writer]:
        asked, kept = _rewriting(found, wish)
        written = await self._written(asked, wish, tell, kept.restored)
        if written.finish != "stop":
            # A passage that ends in its midst must not take the place of a whole one.
            raise AnswerBroken(written.writer.provider, "it was cut off")
        body = found.text.strip()
        start = found.text.index(body)
        text = found.text[:start] + written.text + found.text[start + len(body) :]
        return text, written.writer

    async def _written(self, asked: _Asked, wish: Wish, tell: Tell, restored: Callable[[str], str] = str) -> _Written:
        """Ask the model, and tell what it says as it comes, with what it was not shown ``restored``. What there is when
        it fails is the error's ``partial``.
        """
        writer = await self._desk.write(*self._asks(asked.prompt, wish))
        cleaning, finish = Cleaning(asked.allowed), "stop"
        try:
            async with aclosing(writer.stream(asked.prompt.messages(), asked.limits)) as events:  # type: ignore[type-var]
                async for event in events:
                    if isinstance(event, Delta) and (piece := cleaning.take(event.text)):
                        tell(restored(piece))
                    elif isinstance(event, Finish):
                        finish = event.reason
        except (ModelError, MoneyError) as error:
            error.data["partial"] = restored(cleaning.whole())
            raise
        text = restored(cleaning.whole())
        if finish == "refused":
            raise ContentRefused(writer.provider)
        if not text:
            raise AnswerBroken(writer.provider, "it is empty")
        return _Written(text, finish, writer)

    async def _draft(self, old: str, new: str, plan: Plan | None, writer: Writer, *, whole: bool) -> Draft:
        found = await asyncio.to_thread(
            _native.compare, old, new, context=1, max_bytes=COMPARED_BYTES, patience_ms=COMPARED_MS
        )
        hunks = tuple(Difference.model_validate(each) for each in found["hunks"])
        return Draft(text=new, hunks=hunks, more=found["more"], whole=whole, plan=plan, usage=writer.use())

    async def _place(self, path: str | None, at: int | None) -> Excerpt | None:
        """Where a text goes; None for nowhere, and for a note that is still to be made."""
        if path is None:
            return None
        self._check_leaving(path)
        try:
            whole = await self._excerpt(path, None)
        except NoteNotFound:
            if at is not None:
                raise
            return None
        end = whole.end if at is None else at
        return await self._excerpt(path, (end, end))

    async def _excerpt(self, path: str, at: tuple[int, int] | None) -> Excerpt:
        content = await asyncio.to_thread(beginning, self._root, path, self._max_note_bytes + 1)
        if len(content) > self._max_note_bytes:
            raise NoteUnreadable(path, "it is too large")
        return excerpt(path, content, *(at or ()))

    def _check_leaving(self, path: str) -> None:
        """See that a note may be sent to a model. Raises EditRefused."""
        if path in self._excluded:
            raise EditRefused(path, "it lies in a folder that is left out, and such notes are shown to no model")


def _rewriting(found: Excerpt, wish: Wish) -> tuple[_Asked, Kept]:
    """What is asked for a passage, and what of it the model does not see. Raises EditRefused."""
    body = found.text.strip()
    if not body:
        raise EditRefused(found.path, "there is nothing to rewrite")
    if len(body) > MAX_CHARACTERS:
        raise EditRefused(found.path, f"more than {MAX_CHARACTERS:,} letters cannot be rewritten at once")
    start = len(found.lead) + found.text.index(body)
    end = start + len(body)
    note = found.lead + found.text + found.after
    hidden = secrets(note)
    kept = keeping(body, within(hidden, start, end))
    if kept.restored(redacted(kept.text)) != body:
        # A sign that looks like a part of a secret would not be shown, and what it stands for be lost.
        raise EditRefused(found.path, "its code and its secrets cannot be told apart, so they might get lost")
    around = redacted(note[:start], within(hidden, 0, start)), redacted(note[end:], within(hidden, end, len(note)))
    prompt = rewriting(kept.text, wish.instruction, around, wish.language)
    likely = tokens.expected(kept.text)
    return _Asked(prompt, _limits(2 * likely + 300, likely), links_of(body)), kept


def _going_on(found: Excerpt, wish: Wish) -> _Asked:
    before, after = apart(found.lead, found.after)
    prompt = continuing(before, after, wish.instruction, wish.language)
    return _Asked(prompt, _limits(CONTINUED_TOKENS), _notes_linked(found.before + found.after))


def _generating(found: Excerpt | None, wish: Wish) -> _Asked:
    prompt = generating(wish.instruction, apart(found.lead, found.after)[0] if found else "", wish.language)
    allowed = _notes_linked(found.before if found else "") | links_of(wish.instruction)
    return _Asked(prompt, _limits(GENERATED_TOKENS), allowed)


def _limits(room: int, likely: int | None = None) -> Limits:
    return Limits(max_output_tokens=room, reasoning="low", expected_output_tokens=likely)


def _notes_linked(text: str) -> frozenset[str]:
    """Notes that a text links to. Addresses in it are no reason to write them again: others may have put them there."""
    return frozenset(target for target in links_of(text) if ":" not in target and "//" not in target)


def _joined(before: str, text: str) -> str:
    """A text as it goes on behind another: with a blank where words would run together, else as it is."""
    if not before.strip() or before.endswith(("\n", " ", "\t")):
        return text
    begins_block = text.startswith(("#", "- ", "* ", "> ", "|", "```", "~~~", "1. "))
    if begins_block:
        return "\n" + text
    return " " + text if before[-1].isascii() and text[0].isascii() and text[0].isalnum() else text


def _joining(before: str, tell: Tell) -> Tell:
    """Tells a text in pieces as it goes on behind another."""
    has_begun = False

    def joined(piece: str) -> None:
        nonlocal has_begun
        if not has_begun:
            piece = _joined(before, piece.lstrip()) if piece.strip() else ""
            has_begun = piece != ""
        if piece:
            tell(piece)

    return joined


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
