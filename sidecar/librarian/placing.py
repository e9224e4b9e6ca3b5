"""A summary put into its note: a callout that is known as ours, a property, or a note beside it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from librarian.cleaning import cleaned, links_of
from librarian.edit import Create, Replacement, Rewrite, decoded, digest_of, units
from librarian.errors import EditRefused
from librarian.merging.anatomy import Anatomy, Splice, anatomy
from librarian.merging.yaml import Malformed, dumped, entries
from librarian.summary import MARK

PROPERTY = "summary"
MOST_TRIES = 100


def placed(path: str, content: bytes, text: str, where: Literal["top", "end", "property"]) -> Rewrite:
    """The edit that puts ``text`` into a note. Raises EditRefused."""
    parts = anatomy(decoded(path, content))
    eol = "\r\n" if "\r\n" in parts.text else "\n"
    said = cleaned(text, links_of(text)).strip()
    if not said:
        raise EditRefused(path, "the summary is empty")
    try:
        splice = _property(parts, said, eol) if where == "property" else _callout(parts, said, eol, where)
    except Malformed as error:
        raise EditRefused(path, f"its properties cannot be read: {error.reason}") from None
    start = units(parts.text[: splice.start])
    end = start + units(parts.text[splice.start : splice.end])
    return Rewrite(
        path=path, digest=digest_of(content), replacements=(Replacement(start=start, end=end, text=splice.text),)
    )


def beside(path: str, text: str, is_free: Callable[[str], bool]) -> Create:
    """The edit that makes a note of a summary, in the folder of its note. Raises EditRefused."""
    folder, _, name = path.rpartition("/")
    stem = name.removesuffix(".md")
    for number in range(1, MOST_TRIES):
        new = f"{folder}/" * bool(folder) + f"{stem} (summary{f' {number}' if number > 1 else ''}).md"
        if is_free(new):
            return Create(path=new, content=f"Summary of [[{stem}]]\n\n{cleaned(text, links_of(text)).strip()}\n")
    raise EditRefused(path, f"there are {MOST_TRIES} summaries of it already")


def _callout(parts: Anatomy, text: str, eol: str, where: Literal["top", "end"]) -> Splice:
    lines = [f"{MARK} Summary", *(f"> {line}".rstrip() for line in text.split("\n"))]
    callout = eol.join(lines)
    ours = next((each for each in parts.blocks if parts.text.startswith(MARK, each.start)), None)
    if ours is not None:
        return Splice(ours.start, ours.end, callout)
    if where == "end":
        body = parts.text.rstrip("\r\n \t")
        gap = eol * 2 if len(body) > parts.body else eol if parts.body and not parts.text.endswith("\n") else ""
        return Splice(len(parts.text) if not gap else max(len(body), parts.body), len(parts.text), gap + callout + eol)
    on_a_line = parts.body == 0 or parts.text[: parts.body].endswith("\n")
    rest = parts.text[parts.body :]
    between = "" if not rest or rest.startswith(("\n", "\r")) else eol
    return Splice(parts.body, parts.body, ("" if on_a_line else eol) + callout + eol + between)


def _property(parts: Anatomy, text: str, eol: str) -> Splice:
    line = f"{PROPERTY}: {dumped(_on_one_line(text))}"
    if parts.frontmatter is None:
        return Splice(0, 0, f"---{eol}{line}{eol}---{eol}")
    start, end = parts.frontmatter.yaml
    for entry in entries(parts.yaml).values():
        if entry.key.casefold() == PROPERTY:
            return Splice(start + entry.start, start + entry.end, line)
    lacks_break = parts.yaml and not parts.yaml.endswith("\n")
    return Splice(end, end, (eol if lacks_break else "") + line + eol)


def _on_one_line(text: str) -> str:
    lines = (line.removeprefix("- ").strip() for line in text.split("\n"))
    return " ".join(line for line in lines if line)
