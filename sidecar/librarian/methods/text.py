"""Text that a person wants in a note."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field, model_validator

from librarian.change import Applied
from librarian.draft import Draft
from librarian.drafting import Wish
from librarian.errors import (
    EditRefused,
    ModelError,
    MoneyError,
    NoProvider,
    NoteChanged,
    NoteNotFound,
    NoteUnreadable,
    PathRefused,
    StorageFull,
    StoreError,
    VaultNotOpen,
    VaultUnavailable,
    VaultUnwritable,
)
from librarian.methods.notes import OfNote
from librarian.methods.workspace import editor_of
from librarian.rpc.contract import Call, Progressive, method
from librarian.telling import Delta
from librarian.usage import CostEstimate

Place = Annotated[int, Field(ge=0)]
_NOTE = (VaultNotOpen, NoteNotFound, NoteUnreadable, NoteChanged, PathRefused, EditRefused, VaultUnavailable)
_CANNOT_WRITE = (VaultUnwritable, StorageFull, StoreError)


_MODEL = (NoProvider, ModelError, MoneyError, StorageFull, StoreError)

Path = Annotated[str, Field(max_length=4096)]
Asked = Annotated[str, Field(max_length=4_000)]


class Wanted(Progressive):
    """What is asked of a model. Its text comes by ``$/progress`` as it is written."""

    vault_id: Annotated[str, Field(max_length=200)]
    language: Annotated[str, Field(max_length=40)] | None = None
    """As a person names it; that of the note when it is not given."""
    fresh: bool = False
    """Ask the model even where its answer to the same is kept, which costs nothing."""


class RewriteText(Wanted):
    """Names a note, or gives a text: one of the two."""

    instruction: Annotated[str, Field(min_length=1, max_length=4_000)]
    path: Path | None = None
    range: tuple[Place, Place] | None = None
    """``[start, end)`` of the note in UTF-16 units; without it, all below its properties."""
    text: Annotated[str, Field(min_length=1, max_length=100_000)] | None = None

    @model_validator(mode="after")
    def _one_of_the_two(self) -> RewriteText:
        if (self.path is None) == (self.text is None):
            raise ValueError("give either path or text")
        return self

    def wish(self) -> Wish:
        return Wish(self.instruction, self.language, self.fresh)


class ContinueText(Wanted):
    path: Path
    at: Place
    """In UTF-16 units of the whole note."""
    instruction: Asked | None = None

    def wish(self) -> Wish:
        return Wish(self.instruction or "", self.language, self.fresh)


class GenerateText(Wanted):
    prompt: Annotated[str, Field(min_length=1, max_length=4_000)]
    path: Path | None = None
    """The note that it is for, which is shown to the model; where there is none, the plan makes it."""
    at: Place | None = None
    """In UTF-16 units; the end of the note when it is not given."""

    def wish(self) -> Wish:
        return Wish(self.prompt, self.language, self.fresh)


class Insert(OfNote):
    text: Annotated[str, Field(min_length=1, max_length=1_000_000)]
    range: tuple[Place, Place] | None = None
    """``[start, end)`` in UTF-16 units of the whole note, which the text takes the place of; both the same to put it
    between. Without it the note is made.
    """
    reason: Annotated[str, Field(min_length=1, max_length=200)] = "insert text"
    """What the journal calls it."""
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    """BLAKE3 of the file that ``range`` counts in: where it is another by now, nothing is put in."""


def _saying(call: Call) -> Callable[[str], None]:
    """Gives the caller a text piece by piece."""
    return lambda piece: call.progress(Delta(text=piece))


@method("text.insert", errors=(*_NOTE, *_CANNOT_WRITE))
async def insert(call: Call, params: Insert) -> Applied:
    """Put a text into a note at once, or make a note of it: for text that a person asked for, and sees there.

    It is a change like others: journalled before it is made, and taken back by ``edits.undo``. Put between, it breaks
    no mark of a block of code, and lines that would end one are left out; nothing is put into a block that plugins may
    run.
    """
    vault = call.library.vault(params.vault_id)
    plan = await vault.drafting.insertion(params.path, params.text, params.range, params.reason, params.digest)
    return await vault.edits.apply(plan.plan_id, plan.confirmation, editor=await editor_of(call, vault))


@method("text.rewrite", errors=(*_NOTE, *_MODEL))
async def rewrite(call: Call, params: RewriteText) -> Draft:
    """Have a model write a passage anew, shown as a difference; nothing is changed before ``edits.apply``.

    Code, embeds, HTML and secrets in it are not shown to the model, and stay as they are.
    """
    drafting = call.library.vault(params.vault_id).drafting
    if params.path is None:
        return await drafting.reword(params.text or "", params.wish(), _saying(call))
    return await drafting.rewrite(params.path, params.range, params.wish(), _saying(call))


@method("text.continue", errors=(*_NOTE, *_MODEL))
async def continue_(call: Call, params: ContinueText) -> Draft:
    """Have a model go on at a place of a note; nothing is changed before ``edits.apply``."""
    drafting = call.library.vault(params.vault_id).drafting
    return await drafting.go_on(params.path, params.at, params.wish(), _saying(call))


@method("text.generate", errors=(*_NOTE, *_MODEL))
async def generate(call: Call, params: GenerateText) -> Draft:
    """Have a model write something new, for a note or for nowhere; nothing is changed before ``edits.apply``."""
    drafting = call.library.vault(params.vault_id).drafting
    return await drafting.generate(params.path, params.at, params.wish(), _saying(call))


@method("text.estimateRewrite", errors=(*_NOTE, *_MODEL))
async def estimate_rewrite(call: Call, params: RewriteText) -> CostEstimate:
    """Tell what ``text.rewrite`` will take with the same parameters; no model is asked."""
    passage = params.text or "" if params.path is None else (params.path, params.range)
    return await call.library.vault(params.vault_id).drafting.estimate_rewrite(passage, params.wish())


@method("text.estimateContinue", errors=(*_NOTE, *_MODEL))
async def estimate_continue(call: Call, params: ContinueText) -> CostEstimate:
    """Tell what ``text.continue`` will take with the same parameters; no model is asked."""
    drafting = call.library.vault(params.vault_id).drafting
    return await drafting.estimate_going_on(params.path, params.at, params.wish())


@method("text.estimateGenerate", errors=(*_NOTE, *_MODEL))
async def estimate_generate(call: Call, params: GenerateText) -> CostEstimate:
    """Tell what ``text.generate`` will take with the same parameters; no model is asked."""
    drafting = call.library.vault(params.vault_id).drafting
    return await drafting.estimate_generating(params.path, params.at, params.wish())
