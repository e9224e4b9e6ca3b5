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
from librarian.cleaning import Cleaning, links_of, within_code
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
from librarian.redaction import Span, apart, redacted, secrets, within
from librarian.spot import PROSE, Spot, spot
from librarian.usage import CostEstimate

ASKED: Final = "person asked"
"""Who wants a change whose very text a person asked for."""
MAX_CHARACTERS: Final = 40_000
"""Of a passage that is rewritten at once."""
CONTINUED_TOKENS: Final = 600
GENERATED_TOKENS: Final = 2_000
COMPARED_BYTES: Final = 500_000
COMPARED_MS: Final = 500

_NOTHING: Final = Kept("", ())

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
    spot: Spot = PROSE
    kept: Kept = _NOTHING
    """What the model is not shown of a passage."""
    before: str = ""
    """What stays of it before what is written; likewise the next."""
    behind: str = ""


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
        fitted = (await asyncio.to_thread(_spot, found)).fitted(text) if at[0] == at[1] else text
        if not fitted:
            raise EditRefused(path, "there is nothing to put in")
        return await self._propose([found.replaced(fitted)], actor=ASKED, reason=reason)

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
        asked = _going_on(found, wish)
        written = await self._written(asked, wish, _joining(found.before, asked.spot, tell))
        text = _joined(found.before, asked.spot, written.text)
        plan: Plan | None = None
        with contextlib.suppress(NoteChanged, NoteNotFound):  # what is paid for is told all the same
            plan = await self._propose([found.replaced(text)], actor="continue", reason="continue the note")
        return await self._draft("", text, plan, written.writer, whole=written.finish == "stop")

    async def generate(self, path: str | None, at: int | None, wish: Wish, tell: Tell) -> Draft:
        """A new text. ``path``: the note that it is for, which is made where there is none; ``at``: where in it, at its
        end unless told. Raises as `rewrite`.
        """
        found = await self._place(path, at)
        asked = _generating(found, wish)
        written = await self._written(asked, wish, tell)
        plan, text = None, written.text
        if path is not None:
            text = _joined(found.before, asked.spot, text) if found else text + "\n"
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
        return await self._estimated(_rewriting(found, wish), wish)

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
        asked = _rewriting(found, wish)
        written = await self._written(asked, wish, tell)
        if written.finish != "stop":
            # A passage that ends in its midst must not take the place of a whole one.
            raise AnswerBroken(written.writer.provider, "it was cut off")
        # Of code the first line's indentation stays as well, and may be written once more.
        text = written.text.lstrip() if asked.spot.fence else written.text
        return f"{asked.before}{text}{asked.behind}", written.writer

    async def _written(self, asked: _Asked, wish: Wish, tell: Tell) -> _Written:
        """Ask the model, once more where nothing is left of its answer, and tell what it says as it comes, with what it
        was not shown. What there is when it fails is the error's ``partial``.
        """
        writer = await self._desk.write(*self._asks(asked.prompt, wish))
        for prompt in (asked.prompt, asked.prompt.again()):
            text, finish = await _said(writer, prompt, asked, tell)
            if text.strip():
                return _Written(text, finish, writer)
        raise AnswerBroken(writer.provider, "it is empty")

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


async def _said(writer: Writer, prompt: Prompt, asked: _Asked, tell: Tell) -> tuple[str, str]:
    """One answer, and how it ended. Raises ContentRefused, ModelError, MoneyError."""
    cleaning, finish, restored = Cleaning(asked.allowed, asked.spot.fence), "stop", asked.kept.restored
    try:
        async with aclosing(writer.stream(prompt.messages(), asked.limits)) as events:  # type: ignore[type-var]
            async for event in events:
                if isinstance(event, Delta) and (piece := cleaning.take(event.text)):
                    tell(restored(piece))
                elif isinstance(event, Finish):
                    finish = event.reason
    except (ModelError, MoneyError) as error:
        error.data["partial"] = restored(cleaning.whole())
        raise
    if finish == "refused":
        raise ContentRefused(writer.provider)
    return restored(cleaning.whole()), finish


def _rewriting(found: Excerpt, wish: Wish) -> _Asked:
    """What is asked for a passage. Raises EditRefused."""
    note = found.lead + found.text + found.after
    hidden = secrets(note)
    first, last = len(found.lead), len(found.lead) + len(found.text)
    start, end = _whole(note, hidden, first, last)
    if start == end:
        raise EditRefused(found.path, "there is nothing to rewrite")
    if end - start > MAX_CHARACTERS:
        raise EditRefused(found.path, f"more than {MAX_CHARACTERS:,} letters cannot be rewritten at once")
    body = note[start:end]
    kept = keeping(body, within(hidden, start, end))
    if kept.restored(redacted(kept.text)) != body:
        # A sign that looks like a part of a secret would not be shown, and what it stands for be lost.
        raise EditRefused(found.path, "its code and its secrets cannot be told apart, so they might get lost")
    around = redacted(note[:start], within(hidden, 0, start)), redacted(note[end:], within(hidden, end, len(note)))
    prompt = rewriting(kept.text, wish.instruction, around, wish.language)
    likely = tokens.expected(kept.text)
    limits = _limits(2 * likely + 300, likely)
    within_one = _code_around(found.path, note, start, end)
    return _Asked(prompt, limits, links_of(body), within_one, kept, note[first:start], note[end:last])


def _whole(note: str, hidden: Sequence[Span], start: int, end: int) -> tuple[int, int]:
    """A passage without blanks and parts of secrets at its ends. Those stay where they are: whatever became of a part,
    the secret would be lost.
    """
    for one, other in hidden:
        if one < start < other:
            start = min(other, end)
        if one < end < other:
            end = max(one, start)
    body = note[start:end].strip()
    start += note[start:end].index(body)
    return start, start + len(body)


def _going_on(found: Excerpt, wish: Wish) -> _Asked:
    before, after = apart(found.lead, found.after)
    prompt = continuing(before, after, wish.instruction, wish.language)
    return _Asked(prompt, _limits(CONTINUED_TOKENS), _notes_linked(found.before + found.after), _spot(found))


def _generating(found: Excerpt | None, wish: Wish) -> _Asked:
    prompt = generating(wish.instruction, apart(found.lead, found.after)[0] if found else "", wish.language)
    allowed = _notes_linked(found.before if found else "") | links_of(wish.instruction)
    return _Asked(prompt, _limits(GENERATED_TOKENS), allowed, _spot(found) if found else PROSE)


def _limits(room: int, likely: int | None = None) -> Limits:
    return Limits(max_output_tokens=room, reasoning="low", expected_output_tokens=likely)


def _notes_linked(text: str) -> frozenset[str]:
    """Notes that a text links to. Addresses in it are no reason to write them again: others may have put them there."""
    return frozenset(target for target in links_of(text) if ":" not in target and "//" not in target)


def _spot(found: Excerpt) -> Spot:
    """Where a text goes that takes no other's place. Raises EditRefused."""
    return spot(found.path, found.before + found.after, len(found.before))


def _code_around(path: str, note: str, start: int, end: int) -> Spot:
    """The block of code that a passage lies in; prose where it does not lie in one alone that is only shown."""
    with contextlib.suppress(EditRefused):
        fence = spot(path, note, start).fence
        if fence and fence == spot(path, note, end).fence and within_code(note[start:end], fence) == note[start:end]:
            return Spot(fence)
    return PROSE


def _joined(before: str, place: Spot, text: str) -> str:
    """A text as it goes on behind another, where it is put."""
    return place.fitted(_gap(before, place, text) + text)


def _gap(before: str, place: Spot, text: str) -> str:
    """What a text begins with as it goes on behind another: a blank where words would run together, or a new line."""
    if place.begins_line:
        return "\n"
    if not before.strip() or before.endswith(("\n", " ", "\t")):
        return ""
    if place.fence:
        return " " if before[-1].isalnum() and text[0].isalnum() else ""
    if text.startswith(("#", "- ", "* ", "> ", "|", "```", "~~~", "1. ")):
        return "\n"
    return " " if before[-1].isascii() and text[0].isascii() and text[0].isalnum() else ""


def _joining(before: str, place: Spot, tell: Tell) -> Tell:
    """Tells a text in pieces as it goes on behind another."""
    has_begun = False

    def joined(piece: str) -> None:
        nonlocal has_begun
        if not has_begun:
            piece, has_begun = _gap(before, place, piece) + piece, True
        tell(piece)

    return joined


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
