"""From the paths of notes to what is told about their template."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from librarian.errors import NoteUnreadable, TooFewNotes
from librarian.template import InferredTemplate, NotTaken, TemplateHeading, TemplateKind, TemplateProperty
from librarian.templating.inferring import Mould, inferred
from librarian.templating.kinds import Kind, kinds
from librarian.templating.placeholder import Syntax, written
from librarian.templating.sample import Read, Sample, Unfit, read, samples
from librarian.templating.writing import template_text
from librarian.usage import ModelUse

LEAST_NOTES: Final = 3


@dataclass(frozen=True)
class Naming:
    """What a model said of a template, what that took, or why none did."""

    name: str = ""
    hints: Mapping[str, str] = field(default_factory=dict)
    """By heading, as the model was told of it."""
    usage: ModelUse | None = None
    notice: str | None = None


@dataclass(frozen=True)
class Told:
    """A template and what it was told from, before it is written in the words of a plugin."""

    mould: Mould
    name: str
    notes: tuple[str, ...]
    others: tuple[TemplateKind, ...]
    left_out: tuple[NotTaken, ...]
    read: int

    def headings_without_hints(self) -> list[str]:
        """Headings below which a new note has a place to write, as the template has them."""
        return [written(heading.text, "core") for heading in self.mould.headings if heading.level > 1]

    def typed_properties(self) -> list[tuple[str, str]]:
        return [(each.key, each.type) for each in self.mould.properties]

    def answer(self, syntax: Syntax, naming: Naming, *, found: int) -> InferredTemplate:
        """As it is told, but for the time it took. ``found``: how many notes were meant."""
        asked = {heading.text: naming.hints.get(_asked(heading.text), "") for heading in self.mould.headings}
        return InferredTemplate(
            text=template_text(self.mould, syntax, asked),
            name=naming.name or self.name,
            syntax=syntax,
            notes=self.notes,
            properties=_properties(self.mould, syntax),
            headings=_headings(self.mould, syntax),
            confidence=round(self.mould.confidence, 3),
            others=self.others,
            left_out=self.left_out,
            found=found,
            read=self.read,
            method="model" if naming.name or naming.hints else "structure",
            usage=naming.usage,
            notice=naming.notice,
            took_ms=0,
        )


def _asked(heading: str) -> str:
    return written(heading, "core")


def told(
    paths: Sequence[str], text_of: Callable[[str], str | None], *, folder: str | None = None, least: float
) -> Told:
    """What is told from notes; from those of a folder, by kind. Raises TooFewNotes, and what ``text_of`` raises.

    ``text_of``: gives a note's text; None for one that is not there any more.
    """
    fit, left_out = _read(paths, text_of)
    notes = samples(fit)
    found = kinds(notes)
    if folder is None:
        found = [Kind(tuple(range(len(notes))), found[0].common if found else ())]
    enough = [kind for kind in found if len(kind.members) >= LEAST_NOTES]
    if not enough:
        raise TooFewNotes(len(notes), LEAST_NOTES, left_out)
    chosen, *others = enough
    return Told(
        inferred([notes[number] for number in chosen.members], least),
        _name(chosen, notes, folder),
        _paths(chosen, notes),
        tuple(TemplateKind(name=_name(kind, notes, None), notes=_paths(kind, notes)) for kind in others),
        tuple(NotTaken(path=path, reason=reason) for path, reason in left_out),
        len(paths),
    )


def _read(paths: Sequence[str], text_of: Callable[[str], str | None]) -> tuple[list[Read], list[tuple[str, str]]]:
    """Notes that can be made sense of, and those that cannot, with the reason."""
    fit: list[Read] = []
    left_out: list[tuple[str, str]] = []
    for path in paths:
        try:
            text = text_of(path)
            if text is not None:
                fit.append(read(path, text))
        except Unfit as error:
            left_out.append((path, str(error)))
        except NoteUnreadable as error:
            left_out.append((path, error.data["reason"]))
    return fit, left_out


def _paths(kind: Kind, notes: Sequence[Sample]) -> tuple[str, ...]:
    return tuple(notes[number].path for number in kind.members)


def _name(kind: Kind, notes: Sequence[Sample], folder: str | None) -> str:
    """Their folder, or what tag they have in common, or else where the first of them lies."""
    if folder:
        return folder.strip("/").rpartition("/")[2]
    tag = next((each.removeprefix("tag ") for each in kind.common if each.startswith("tag ")), None)
    return tag or _paths(kind, notes)[0].rpartition("/")[0].rpartition("/")[2] or "Note"


def _properties(mould: Mould, syntax: Syntax) -> tuple[TemplateProperty, ...]:
    return tuple(
        TemplateProperty(
            name=each.key,
            type=each.type,
            share=round(each.notes / mould.notes, 3),
            default=tuple(value for text in each.default if (value := written(text, syntax))),
            values=each.choices,
        )
        for each in mould.properties
    )


def _headings(mould: Mould, syntax: Syntax) -> tuple[TemplateHeading, ...]:
    return tuple(
        TemplateHeading(level=each.level, text=written(each.text, syntax), share=round(each.notes / mould.notes, 3))
        for each in mould.headings
        if each.level
    )
