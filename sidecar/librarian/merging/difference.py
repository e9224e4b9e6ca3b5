"""What differs between two versions of a text, as replacements that leave all else to the byte."""

from __future__ import annotations

from difflib import SequenceMatcher

from librarian.edit import Replacement, units


def replacements(before: str, after: str) -> tuple[Replacement, ...]:
    """Replacements that make ``after`` of ``before``, by lines, each cut down to what differs."""
    old, new = _lines(before), _lines(after)
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    found = []
    place = units("".join(old[:head]))
    for kind, start, end, new_start, new_end in SequenceMatcher(None, middle_old, middle_new).get_opcodes():
        removed, added = "".join(middle_old[start:end]), "".join(middle_new[new_start:new_end])
        if kind != "equal":
            found.append(_cut_down(place, removed, added))
        place += units(removed)
    return tuple(found)


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return [*(f"{line}\n" for line in lines[:-1]), lines[-1]]


def _common(one: list[str] | str, other: list[str] | str) -> int:
    """How many elements two rows begin with alike."""
    count = 0
    for mine, its in zip(one, other, strict=False):
        if mine != its:
            break
        count += 1
    return count


def _cut_down(place: int, removed: str, added: str) -> Replacement:
    head = _common(removed, added)
    removed, added, start = removed[head:], added[head:], place + units(removed[:head])
    tail = _common(removed[::-1], added[::-1])
    kept = len(removed) - tail
    return Replacement(start=start, end=start + units(removed[:kept]), text=added[: len(added) - tail])
