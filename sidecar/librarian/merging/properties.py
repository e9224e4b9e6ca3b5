"""Uniting the properties of two notes: the keeper's values stay, lists take in what they lack, the rest finds room."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from librarian.merging.anatomy import Splice, spliced
from librarian.merging.yaml import Entry, comments, dumped, entries, on_one_line

LISTS = frozenset(["tags", "tag", "aliases", "alias", "cssclasses", "cssclass"])
"""Properties that are lists even where only one value is written."""


def united(keeper: str, loser: str, eol: str, *, keeper_wins: bool = False) -> str:
    """The keeper's YAML with what only the loser's says. All that was there stays as it was. Raises Malformed.

    ``keeper_wins``: another value of a property that the keeper has is dropped, and not kept by another name.
    """
    union = _Union(keeper, loser, eol, keeper_wins)
    for entry in entries(loser).values():
        union.take_in(entry)
    return union.text()


def named(names: Iterable[str], eol: str) -> str:
    """YAML with these aliases."""
    return "aliases:" + "".join(f"{eol}  - {dumped(name)}" for name in names) + eol


def without_aliases(yaml: str, names: Sequence[str]) -> str:
    """YAML whose aliases are none of these names. Raises Malformed."""
    entry = entries(yaml).get("aliases")
    unwanted = {name.casefold() for name in names}
    if entry is None:
        return yaml
    values = _Same("aliases").values(entry.node.value)
    kept = [value for value in values if str(value).casefold() not in unwanted]
    if kept == values:
        return yaml
    return yaml[: entry.start] + named(kept, "\n").rstrip("\n") + yaml[entry.end :]


class _Union:
    def __init__(self, keeper: str, loser: str, eol: str, keeper_wins: bool) -> None:
        self._keeper, self._loser, self._eol, self._keeper_wins = keeper, loser, eol, keeper_wins
        self._mine = entries(keeper)
        self._taken: dict[str, Any] = {key: entry.node.value for key, entry in self._mine.items()}
        self._met: set[str] = set()
        """Properties of the keeper that one of the loser met; a second, spelled otherwise, stands alone."""
        self._splices: list[Splice] = []
        self._appended: list[str] = []
        self._raw: list[tuple[int, int]] = []
        """Ranges of the loser that were taken over as they are, comments and all."""

    def take_in(self, entry: Entry) -> None:
        mine = self._counterpart(entry.key)
        if mine is None and entry.key not in self._taken:
            self._append(entry, entry.key)
            return
        if mine is None or mine.key in self._met:
            self._append_free(entry)
            return
        self._met.add(mine.key)
        self._beside(mine, entry)

    def _beside(self, mine: Entry, entry: Entry) -> None:
        if mine.is_empty:
            self._fill(mine, entry)
        elif _says_nothing(entry) or dumped(mine.node.value) == dumped(entry.node.value):
            return
        elif _may_unite(mine, entry):
            self._unite(mine, entry)
        else:
            self._append_free(entry)

    def _counterpart(self, key: str) -> Entry | None:
        """The keeper's property of this name; as Obsidian does, capitals are not looked at where there is no other."""
        alike = (entry for name, entry in self._mine.items() if name.casefold() == key.casefold())
        return self._mine.get(key) or next(alike, None)

    def text(self) -> str:
        kept = {comment for _, comment in comments(self._keeper)}
        for place, comment in comments(self._loser):
            if comment not in kept and not any(start <= place < end for start, end in self._raw):
                self._appended.append(comment)
        text = spliced(self._keeper, self._splices)
        if self._appended and text and not text.endswith("\n"):
            text += self._eol
        return text + "".join(self._lines(lines) + self._eol for lines in self._appended)

    def _lines(self, text: str) -> str:
        return re.sub(r"\r?\n", self._eol, text)

    def _append(self, entry: Entry, key: str) -> None:
        """Take over the lines of a property, perhaps by another name."""
        self._raw.append((entry.start, entry.end))
        self._taken[key] = entry.node.value
        lines = self._loser[entry.start : entry.end]
        if key != entry.key:
            lines = f"{dumped(key)}:{self._loser[entry.after_colon : entry.end]}"
        self._appended.append(lines)

    def _append_free(self, entry: Entry) -> None:
        if self._keeper_wins:
            return
        number = 2
        while (key := f"{entry.key}-{number}") in self._taken:
            if dumped(self._taken[key]) == dumped(entry.node.value):
                return
            number += 1
        if not _says_nothing(entry):
            self._append(entry, key)

    def _fill(self, mine: Entry, entry: Entry) -> None:
        if entry.is_empty:
            return
        self._raw.append((entry.start, entry.end))
        value = self._lines(self._loser[entry.after_colon : entry.end])
        first, mark, rest = value.partition(self._eol)
        if entry.node.style in ("single", "double", "plain", "flow"):
            first, mark, rest = value, "", ""
        # A comment of the keeper stays behind the colon: at the end it would become part of a text of several lines.
        self._splices.append(Splice(mine.after_colon, mine.after_colon, first))
        self._splices.append(Splice(mine.end, mine.end, mark + rest))

    def _unite(self, mine: Entry, entry: Entry) -> None:
        same = _Same(entry.key)
        have = {same.key(value) for value in same.values(mine.node.value)}
        new: list[str] = []
        for value, written in self._written(entry, same):
            if same.key(value) not in have:
                have.add(same.key(value))
                new.append(written)
        if not new:
            return
        node = mine.node
        if node.kind != "list":
            self._widen(mine, same, new)
        elif node.style == "flow":
            place = node.items[-1].end if node.items else node.start + 1
            self._splices.append(Splice(place, place, (", " if node.items else "") + ", ".join(new)))
        else:
            self._lengthen(mine, new)

    def _written(self, entry: Entry, same: _Same) -> Iterable[tuple[Any, str]]:
        """The loser's values, and how each is written on one line."""
        if entry.node.kind == "list":
            return [(item.value, on_one_line(self._loser, item)) for item in entry.node.items]
        values = same.values(entry.node.value)
        if len(values) == 1:
            return [(values[0], on_one_line(self._loser, entry.node))]
        return [(value, dumped(value)) for value in values]

    def _lengthen(self, mine: Entry, new: list[str]) -> None:
        first = mine.node.items[0].start
        line = self._keeper.rfind("\n", 0, first) + 1
        indent = self._keeper[line : self._keeper.index("-", line)]
        self._splices.append(Splice(mine.end, mine.end, "".join(f"{self._eol}{indent}- {item}" for item in new)))

    def _widen(self, mine: Entry, same: _Same, new: list[str]) -> None:
        """Make a list of a single value."""
        node = mine.node
        values = same.values(node.value)
        listed = [on_one_line(self._keeper, node)] if len(values) == 1 else [dumped(value) for value in values]
        self._splices.append(Splice(node.start, node.end, f"[{', '.join([*listed, *new])}]"))


def _says_nothing(entry: Entry) -> bool:
    return entry.node.value is None or entry.node.value in ("", [])


def _may_unite(mine: Entry, entry: Entry) -> bool:
    either_is_list = "list" in (mine.node.kind, entry.node.kind) or entry.key.casefold() in LISTS
    nodes = (mine.node, entry.node)
    if any(node.kind == "list" and node.items and node.items[0].kind == "list" for node in nodes):
        return False  # [[Note]] without quotes is a list in a list, and for some plugins a link
    plain = all(node.kind in ("list", "scalar") and node.style not in ("literal", "folded") for node in nodes)
    return either_is_list and plain and not entry.node.has_alias


class _Same:
    """Which values of one property count as the same."""

    def __init__(self, key: str) -> None:
        self._property = key.casefold()

    def values(self, value: Any) -> list[Any]:
        if isinstance(value, list):
            return value
        if value in (None, ""):
            return []
        if self._property in ("tags", "tag") and isinstance(value, str):
            return re.findall(r"[^,\s]+", value)  # no tag has a space in it
        return [value]

    def key(self, value: Any) -> str:
        if self._property in ("tags", "tag"):
            return str(value).strip().removeprefix("#").casefold()
        if self._property in LISTS:
            return str(value).casefold()
        return dumped(value)
