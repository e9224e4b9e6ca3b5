"""Edits: what is to happen to files of the vault, told so exactly that it can be checked, carried out and taken back.

Ranges are in UTF-16 units of the decoded text, as Obsidian counts; a byte order mark is not part of it.
Everything here is pure.
"""

from __future__ import annotations

import base64
import unicodedata
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from blake3 import blake3

from librarian.errors import EditRefused
from librarian.value import Value

BOM = b"\xef\xbb\xbf"


class Replacement(Value):
    """New text for the range ``[start, end)`` of a note."""

    start: int
    end: int
    text: str


class Rewrite(Value):
    """Puts new text in place of ranges of a note; all else stays, to the byte."""

    kind: Literal["rewrite"] = "rewrite"
    path: str
    digest: str
    """BLAKE3 of the version that was read, in hexadecimal digits."""
    replacements: tuple[Replacement, ...]
    """In any order; none may overlap another. Of several at one place, the first is put first."""


class Create(Value):
    """Makes a file where there is none."""

    kind: Literal["create"] = "create"
    path: str
    content: str
    encoding: Literal["text", "base64"] = "text"
    """How ``content`` stands for bytes: as UTF-8, or as base64 where they are not that."""
    mode: int | None = None
    """Permission bits; None for those that its folder gives. What was trashed comes back with those it had."""


class Rename(Value):
    """Moves a file to where there is none."""

    kind: Literal["rename"] = "rename"
    path: str
    digest: str
    to: str


class Trash(Value):
    """Puts a file into the trash that the vault is set to."""

    kind: Literal["trash"] = "trash"
    path: str
    digest: str


Edit = Rewrite | Create | Rename | Trash
KINDS: dict[str, type[Edit]] = {"rewrite": Rewrite, "create": Create, "rename": Rename, "trash": Trash}


@dataclass(frozen=True)
class Change:
    """Edits that belong together: all of them are carried out, or none."""

    id: str
    edits: tuple[Edit, ...]
    actor: str
    """Who wants it: ``cli``, ``plugin``, the name of a subject …"""
    reason: str
    undoes: str | None = None
    """The change that this one takes back."""
    whole: bool = True
    """False where it takes only a part of that back, because the rest was changed since."""


@dataclass(frozen=True)
class Step:
    """An edit of a change with what it needs to be judged, carried out, and taken back."""

    edit: Edit
    after: str | None
    """Digest of what it leaves at its path (for `Rename`: at the new one); None where it leaves nothing."""
    packed: bytes | None
    """The content before, compressed; None where there was none, and for `Rename`, which keeps it."""
    mode: int | None = None
    """Permission bits before, for `Trash`."""

    @property
    def before(self) -> bytes:
        return b"" if self.packed is None else zlib.decompress(self.packed)


def digest_of(content: bytes) -> str:
    """BLAKE3 in hexadecimal digits."""
    return blake3(content).hexdigest()


def read_digest(edit: Edit) -> str | None:
    """The digest of the version that an edit was made from."""
    return None if isinstance(edit, Create) else edit.digest


def check_apart(edits: Sequence[Edit]) -> None:
    """See that edits may be carried out in any order, and on any disk: none names a file of another.

    Nor does one make a file whose path, or a folder on it, is spelled otherwise by another edit in a way that some
    disks hold for the same, nor one that is a folder to another. Raises EditRefused.
    """
    named = Counter(path for edit in edits for path in paths_of(edit))
    spelled: dict[str, set[tuple[int, str]]] = {}
    files = {same_name(path) for path in named}
    made: list[str] = []
    for number, edit in enumerate(edits):
        made += [path for path in (edit.path if isinstance(edit, Create) else new_path(edit),) if path is not None]
        for path in paths_of(edit):
            if named[path] > 1:
                raise EditRefused(path, "one change names it twice")
            for part in _parts(path):
                spelled.setdefault(same_name(part), set()).add((number, part))
    for path in made:
        _check_new(path, spelled, files)


def _check_new(path: str, spelled: Mapping[str, Set[tuple[int, str]]], files: Set[str]) -> None:
    folders = _parts(path)[:-1]
    if any(same_name(folder) in files for folder in folders):
        raise EditRefused(path, "one change names a folder of it as a file")
    for part in (*folders, path):
        others = spelled[same_name(part)]
        if len({number for number, _ in others}) > 1 and len({spelling for _, spelling in others}) > 1:
            raise EditRefused(path, "one change names it twice, in two spellings")


def _parts(path: str) -> tuple[str, ...]:
    """The folders above a file, outermost first, and itself."""
    names = path.split("/")
    return tuple("/".join(names[:count]) for count in range(1, len(names) + 1))


def paths_of(edit: Edit) -> tuple[str, ...]:
    """Every path that an edit names."""
    return (edit.path, edit.to) if isinstance(edit, Rename) else (edit.path,)


def new_path(edit: Edit) -> str | None:
    """Where an edit moves its file to, if it does."""
    return edit.to if isinstance(edit, Rename) else None


def step_of(edit: Edit, before: bytes, mode: int | None = None) -> Step:
    """The step that carries out ``edit`` on a file of the content ``before`` and of this mode. Raises EditRefused."""
    match edit:
        case Rewrite():
            return Step(edit, digest_of(rewritten(edit, before)), zlib.compress(before))
        case Create():
            return Step(edit, digest_of(content_of(edit)), None)
        case Rename():
            return Step(edit, edit.digest, None)
        case Trash():
            return Step(edit, None, zlib.compress(before), mode)


def creation(path: str, content: bytes, mode: int | None = None) -> Create:
    """The edit that makes a file of these bytes."""
    try:
        return Create(path=path, content=content.decode(), mode=mode)
    except UnicodeDecodeError:
        return Create(path=path, content=base64.b64encode(content).decode(), encoding="base64", mode=mode)


def content_of(edit: Create) -> bytes:
    """The bytes of the new file. Raises EditRefused."""
    try:
        return edit.content.encode() if edit.encoding == "text" else base64.b64decode(edit.content, validate=True)
    except ValueError:  # half a surrogate pair, or no base64
        raise EditRefused(edit.path, "its content cannot be written as bytes") from None


def rewritten(edit: Rewrite, content: bytes) -> bytes:
    """``content`` with the replacements put in. Raises EditRefused."""
    ordered, between, _ = cut(edit, decoded(edit.path, content))
    pieces = [between[0]]
    for each, gap in zip(ordered, between[1:], strict=True):
        pieces += [each.text, gap]
    after = _encoded(edit.path, "".join(pieces))
    if content.startswith(BOM):
        return BOM + after
    if after.startswith(BOM):
        # It would no longer count as text, and ranges would mean other places than before.
        raise EditRefused(edit.path, "its text would begin with a byte order mark")
    return after


def cut(edit: Rewrite, text: str) -> tuple[list[Replacement], list[str], list[str]]:
    """The replacements in order, what stays between them, and what they replace. Raises EditRefused."""
    ordered = _ordered(edit)
    places = [place for each in ordered for place in (each.start, each.end)]
    if places and places[-1] > units(text):
        raise EditRefused(edit.path, f"{places[-1]} lies behind its end")
    wide = text.encode("utf-16-le")
    bounds = [0, *places, len(wide) // 2]
    try:
        pieces = [wide[2 * start : 2 * end].decode("utf-16-le") for start, end in pairwise(bounds)]
    except UnicodeDecodeError:
        raise EditRefused(edit.path, "a range begins or ends within a character") from None
    return ordered, pieces[::2], pieces[1::2]


def inverse(step: Step) -> Edit:
    """The edit that takes a step back, once it is carried out."""
    match step.edit:
        case Rewrite():
            return _inverse_rewrite(step.edit, step.before, step.after or "")
        case Create():
            return Trash(path=step.edit.path, digest=step.after or "")
        case Rename():
            return Rename(path=step.edit.to, digest=step.edit.digest, to=step.edit.path)
        case Trash():
            return creation(step.edit.path, step.before, step.mode)


def reverted(step: Step) -> Step:
    """The step that takes a step back, once it is carried out."""
    edit = inverse(step)
    before = b""
    if isinstance(step.edit, Rewrite):
        before = rewritten(step.edit, step.before)
    elif isinstance(step.edit, Create):
        before = content_of(step.edit)
    return step_of(edit, before)


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def decoded(path: str, content: bytes) -> str:
    """The text that ranges count in. Raises EditRefused where the bytes are not UTF-8."""
    try:
        return content.removeprefix(BOM).decode()
    except UnicodeDecodeError:
        raise EditRefused(path, "it is not UTF-8 text, and only such notes are changed") from None


def same_name(path: str) -> str:
    """The same for every spelling of a path that some disk holds for one file."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


def _inverse_rewrite(edit: Rewrite, before: bytes, after_digest: str) -> Rewrite:
    ordered, between, replaced = cut(edit, decoded(edit.path, before))
    taken_back, place = [], 0
    for each, gap, old in zip(ordered, between, replaced, strict=False):
        start = place + units(gap)
        place = start + units(each.text)
        taken_back.append(Replacement(start=start, end=place, text=old))
    return Rewrite(path=edit.path, digest=after_digest, replacements=tuple(taken_back))


def _ordered(edit: Rewrite) -> list[Replacement]:
    ordered = sorted(edit.replacements, key=lambda each: (each.start, each.end))
    for each in ordered:
        if not 0 <= each.start <= each.end:
            raise EditRefused(edit.path, f"{each.start} to {each.end} is no range")
    for one, next_one in pairwise(ordered):
        if next_one.start < one.end:
            raise EditRefused(edit.path, f"ranges overlap at {next_one.start}")
    return ordered


def _encoded(path: str, text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise EditRefused(path, "the new text holds half of a surrogate pair") from None
