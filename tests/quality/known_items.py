"""Known-item search: someone remembers a note by a piece of its name and wants it first."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.quality.asking import paths as paths_of

from librarian.open_vault import OpenVault
from librarian.passage import Mode

GOAL = 0.95
MODES: tuple[Mode, ...] = ("keyword", "hybrid")
"""A name is remembered by its words: meaning must not push the note from its place, and alone is not asked."""
SAMPLES = 200
"""Items of each kind."""
SEED = 20261122


@dataclass(frozen=True)
class Item:
    kind: str
    query: str
    wanted: frozenset[str]
    """Paths; several notes of one title are equally right."""


@dataclass(frozen=True)
class Known:
    kind: str
    items: int
    missed: dict[Mode, list[tuple[str, str]]]
    """(query, path that came first)."""

    def share(self, mode: Mode) -> float:
        return 1 - len(self.missed[mode]) / self.items

    @property
    def is_reached(self) -> bool:
        return all(self.share(mode) >= GOAL for mode in MODES)


def with_typo(title: str, dice: random.Random) -> str | None:
    """``title`` with one letter of one longer word dropped, doubled, changed or swapped with the next."""
    words = [match for match in re.finditer(r"[^\W\d_]{5,}", title) if match.group().isascii()]
    if not words:
        return None
    word = dice.choice(words)
    at = dice.randrange(word.start() + 1, word.end() - 1)
    letter = dice.choice("abcdefghijklmnopqrstuvwxyz")
    kind = dice.randrange(4)
    middle = ["", title[at] * 2, letter, title[at + 1] + title[at]][kind]
    return title[:at] + middle + title[at + (2 if kind == 3 else 1) :]


def headings(text: str) -> Iterator[str]:
    """Text of the ATX headings outside code fences, below the first level."""
    fenced = False
    for line in text.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        elif not fenced and (match := re.fullmatch(r"#{2,6} +(.+?) *#*", line)):
            yield match.group(1)


def aliases(text: str) -> list[str]:
    """Values of ``aliases:`` in the front matter, written as a flow or a block list."""
    matter = re.match(r"---\n(.*?)\n---", text, re.S)
    if matter is None:
        return []
    listed = re.search(r"^alias(?:es)?: *(\[.*?\]|.*(?:\n *- .*)*)$", matter.group(1), re.M)
    if listed is None:
        return []
    values = re.split(r",|\n *- ", listed.group(1).strip("[] "))
    return [value.strip().strip("'\"") for value in values if value.strip().strip("'\"-")]


def _unique(found: dict[str, set[str]], is_fit: Callable[[str], bool]) -> list[tuple[str, str]]:
    return sorted((text, next(iter(paths))) for text, paths in found.items() if len(paths) == 1 and is_fit(text))


def items(vault: Path, paths: Iterable[Path]) -> list[Item]:
    """Draw items of every kind, the same ones for the same vault."""
    dice = random.Random(SEED)
    titles: dict[str, set[str]] = defaultdict(set)
    spelled: dict[str, str] = {}
    by_heading: dict[str, set[str]] = defaultdict(set)
    by_alias: dict[str, set[str]] = defaultdict(set)
    for file in sorted(paths):
        path = file.relative_to(vault).as_posix()
        titles[file.stem.casefold()].add(path)
        spelled[file.stem.casefold()] = file.stem
        text = file.read_text("utf-8", errors="replace")
        for heading in headings(text):
            by_heading[heading].add(path)
        for alias in aliases(text):
            by_alias[alias].add(path)
    names = sorted(titles)
    prefixes = Counter(name[:length] for name in names for length in range(1, len(name)))
    drawn: list[Item] = []
    half_of = {name: name[: (len(name) + 1) // 2] for name in names}
    halves = [name for name in names if len(half_of[name]) >= 5 and prefixes[half_of[name]] == 1]
    drawn += [
        Item("half a title", spelled[name][: len(half_of[name])], frozenset(titles[name]))
        for name in dice.sample(halves, min(SAMPLES, len(halves)))
    ]
    long = [name for name in names if len(name) >= 8 and re.search(r"[a-z]{5}", name)]
    for name in dice.sample(long, min(SAMPLES, len(long))):
        typo = with_typo(spelled[name], dice)
        if typo is not None and typo.casefold() not in titles:
            drawn.append(Item("title with a typo", typo, frozenset(titles[name])))
    for kind, unique in [
        ("an alias", _unique(by_alias, lambda alias: len(alias) >= 4 and alias.casefold() not in titles)),
        ("a heading", _unique(by_heading, lambda heading: len(heading.split()) >= 3 and "[" not in heading)),
    ]:
        for text, path in dice.sample(unique, min(SAMPLES, len(unique))):
            drawn.append(Item(kind, text, frozenset([path])))
    return drawn


async def measure(drawn: list[Item], vault: OpenVault) -> list[Known]:
    """How often the wanted note, or one of the same title, comes first in each mode."""
    asked = Counter(item.kind for item in drawn)
    found = {kind: Known(kind, count, {mode: [] for mode in MODES}) for kind, count in asked.items()}
    for item in drawn:
        for mode in MODES:
            first = next(iter(await paths_of(vault, item.query, 1, mode)), "")
            if first not in item.wanted:
                found[item.kind].missed[mode].append((item.query, first))
    return list(found.values())
