"""What an edit would do, as differences of plain text that a person can read."""

from __future__ import annotations

from librarian.change import Hunk, PlannedEdit
from librarian.edit import Create, Edit, Rewrite, cut, decoded, new_path

MAX_HUNKS = 20
"""Of one file."""
MAX_CHARACTERS = 2000
"""On one side of one difference."""


def planned(edit: Edit, content: bytes | None = None) -> PlannedEdit:
    """An edit as a plan shows it; ``content``: the file before, where differences are wanted. Raises EditRefused."""
    found: list[Hunk] = []
    if isinstance(edit, Rewrite) and content is not None:
        found = hunks(edit, decoded(edit.path, content))
    elif isinstance(edit, Create) and edit.encoding == "text":
        found = [Hunk(line=0, removed="", added=_short(edit.content))]
    shown = tuple(found[:MAX_HUNKS])
    return PlannedEdit(kind=edit.kind, path=edit.path, to=new_path(edit), hunks=shown, more=len(found) - len(shown))


def hunks(edit: Rewrite, text: str) -> list[Hunk]:
    """The lines that change, before and after; replacements on one line are one difference. Raises EditRefused."""
    ordered, between, replaced = cut(edit, text)
    found, line, begins = [], 0, True
    removed = added = ""
    for place, (each, old) in enumerate(zip(ordered, replaced, strict=True)):
        before, after = between[place], between[place + 1]
        if begins:
            line += before.count("\n")
            removed = added = _last_line(before)
        removed, added = removed + old, added + each.text
        begins = "\n" in after or place == len(ordered) - 1
        if begins:
            rest = _first_line(after)
            found.append(Hunk(line=line, removed=_short(removed + rest), added=_short(added + rest)))
            line += removed.count("\n")
        else:
            removed, added = removed + after, added + after
    return found


def _last_line(text: str) -> str:
    return text[text.rfind("\n") + 1 :]


def _first_line(text: str) -> str:
    return text.partition("\n")[0].removesuffix("\r")


def _short(text: str) -> str:
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 1] + "…"
