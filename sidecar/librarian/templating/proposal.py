"""The edit that makes a note from a template, or adds to one that is there."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from librarian.edit import Create, Edit, Rewrite, decoded, digest_of, rewritten
from librarian.errors import EditRefused, TemplateUnusable
from librarian.merging.anatomy import anatomy
from librarian.merging.difference import replacements
from librarian.merging.route import is_note, stem
from librarian.merging.yaml import Malformed, entries
from librarian.templating import days
from librarian.templating.applying import applied
from librarian.templating.filling import Filler, Unfillable
from librarian.templating.placeholder import Syntax

MOST_LETTERS: Final = 1_000_000


def edit(
    path: str, content: bytes | None, template: str, *, syntax: Syntax | None, now: datetime, created: datetime | None
) -> Edit | None:
    """None for a note that has all of the template. Raises TemplateUnusable, EditRefused.

    ``content``: the note's, if it is there. ``now``, ``created``: the time, and when the note was made, by the clock
    where the person is. A note that is there has the day that its name says, or else that on which it was made.
    """
    if not is_note(path):
        raise EditRefused(path, "only a note, a file that ends in .md, can have a template")
    if len(template) > MOST_LETTERS:
        raise TemplateUnusable(f"it is longer than {MOST_LETTERS:,} letters")
    at = now if content is None else _time_of(path, created or now)
    filled = _filled(Filler(stem(path), at, syntax), template)
    if content is None:
        return Create(path=path, content=filled)
    text = decoded(path, content)
    after = applied(path, text, filled)
    if after == text:
        return None
    made = Rewrite(path=path, digest=digest_of(content), replacements=replacements(text, after))
    if decoded(path, rewritten(made, content)) != after:
        raise EditRefused(path, "its new text came out otherwise than meant, a fault of the librarian")
    return made


def _time_of(path: str, made: datetime) -> datetime:
    day = days.found(stem(path))
    return made if day is None else datetime.combine(day, made.timetz())


def _filled(filler: Filler, template: str) -> str:
    try:
        filled = filler.fill(template)
    except Unfillable as error:
        raise TemplateUnusable(f"only Templater itself can tell what {error} writes") from None
    try:
        entries(anatomy(filled).yaml)
    except Malformed as error:
        where = f"line {error.line + 2} of it, in its properties, cannot be read"
        raise TemplateUnusable(f"{where} ({error.reason})") from None
    return filled
