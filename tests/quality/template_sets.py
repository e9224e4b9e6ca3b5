"""How much of known templates is told again from notes that were written from them; and from the example vault."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.corpora import REPOSITORY
from tests.quality.template_notes import SPECS, Folder, Spec, drawn, written

from librarian.template import InferredTemplate
from librarian.templating.inferring import LEAST
from librarian.templating.telling import Naming, told

EXAMPLE = REPOSITORY / "example-vault"
SIZES = (4, 8, 20, 60)
SEEDS = 5


@dataclass(frozen=True)
class Score:
    """One part of templates: how much of it was told, and how much of what was told is right."""

    what: str
    expected: int
    told: int
    right: int
    goal: float

    @property
    def recall(self) -> float:
        return self.right / self.expected if self.expected else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.told if self.told else 1.0

    @property
    def is_met(self) -> bool:
        return min(self.recall, self.precision) >= self.goal


Pairs = tuple[frozenset[object], frozenset[object]]
"""What was to be told, and what was."""


def inferred(notes: dict[str, str], *, is_folder: bool = True) -> InferredTemplate:
    """The template of these notes."""
    found = told(tuple(notes), notes.__getitem__, folder="Notes" if is_folder else None, least=LEAST)
    return found.answer("core", Naming(), found=len(notes))


def parts(spec: Spec, found: InferredTemplate) -> dict[str, Pairs]:
    """Every part of a template beside what was told of it."""
    headings = [(sec.level, sec.text) for sec in spec.secs]
    title = [(1, "{{title}}")] if spec.title else []
    have = [(each.level, each.text) for each in found.headings]
    wanted = {prop.name: prop for prop in spec.props}
    fixed = [line for sec in spec.secs for block in sec.fixed for line in block.splitlines()]
    return {
        "headings": (frozenset([*title, *headings]), frozenset(have)),
        "order of headings": (
            _followed([*title, *headings]),
            _followed([each for each in have if each in {*title, *headings}]),
        ),
        "properties": (frozenset(wanted), frozenset(each.name for each in found.properties)),
        "types": (
            frozenset(
                (prop.name, prop.type)
                for prop in spec.props
                if any(each.name == prop.name for each in found.properties)
            ),
            frozenset((each.name, each.type) for each in found.properties if each.name in wanted),
        ),
        "values": (
            frozenset(
                (prop.name, value)
                for prop in spec.props
                for value in (("{{date:YYYY-MM-DD}}",) if prop.dated else prop.default)
            ),
            frozenset((each.name, value) for each in found.properties for value in each.default),
        ),
        "fixed text": (frozenset(fixed), frozenset(_fixed(found.text))),
        "shapes": (frozenset(_shapes(spec)), frozenset(_shapes_told(found.text))),
    }


def _followed(row: Sequence[tuple[int, str]]) -> frozenset[object]:
    """Each pair of which the first comes before the second."""
    return frozenset((one, other) for place, one in enumerate(row) for other in row[place + 1 :])


def _body(text: str) -> list[str]:
    return re.sub(r"\A---\n.*?^---\n", "", text, flags=re.DOTALL | re.MULTILINE).splitlines()


def _fixed(text: str) -> Iterable[str]:
    """Lines that say something, and are neither headings nor places to write."""
    for line in _body(text):
        if (
            line.strip()
            and not re.match(r"#+ |\||\*\*", line)
            and not re.fullmatch(r"\s*(?:[-*]|\d+\.)( \[ \])? ?", line)
        ):
            yield line


def _shapes(spec: Spec) -> Iterable[tuple[str, str]]:
    marks = {"task": "- [ ] ", "bullet": "- ", "number": "1. "}
    for sec in spec.secs:
        if sec.shape in marks and not any(block.startswith("- ") for block in sec.fixed):
            yield sec.text, marks[sec.shape]
        for label in sec.shape.removeprefix("label ").split(", ") if sec.shape.startswith("label") else ():
            yield sec.text, label
        if sec.shape.startswith("table"):
            yield sec.text, sec.shape.removeprefix("table ")


def _shapes_told(text: str) -> Iterable[tuple[str, str]]:
    heading, table = "", False
    for line in _body(text):
        if found := re.match(r"#+ (.*)", line):
            heading = found[1]
        elif line.startswith("|"):
            if not table:
                yield heading, line
        elif re.fullmatch(r"(?:-|1\.) (?:\[ \] )?|\*\*.*", line):
            yield heading, line
        table = line.startswith("|")


GOALS = {
    "headings": 0.97, "order of headings": 0.97, "properties": 0.97, "types": 0.97, "values": 0.9, "fixed text": 0.95, "shapes": 0.9,
}  # fmt: skip


def measure() -> list[Score]:
    """All sets: hand-written templates and drawn ones, of several sizes; folders of two kinds; the example vault."""
    by_hand = [(spec, size, seed) for spec in SPECS for size in SIZES for seed in range(SEEDS)]
    by_chance = [(drawn(random.Random(seed)), SIZES[seed % len(SIZES)], seed) for seed in range(150)]
    return [
        *_scored("seven templates", (written(spec, size, random.Random(seed)) for spec, size, seed in by_hand)),
        *_scored("drawn templates", (written(spec, size, random.Random(seed)) for spec, size, seed in by_chance)),
        _mixed(),
        *_example(),
    ]


def _scored(name: str, folders: Iterable[Folder]) -> list[Score]:
    counts = dict.fromkeys(GOALS, (0, 0, 0))
    for folder in folders:
        for what, (wanted, have) in parts(folder.spec, inferred(folder.notes)).items():
            expected, told_, right = counts[what]
            counts[what] = expected + len(wanted), told_ + len(have), right + len(wanted & have)
    return [Score(f"{name}: {what}", *counts[what], goal) for what, goal in GOALS.items()]


def _mixed() -> Score:
    """Folders with notes of two templates, the first of which has more: whether those are taken, and only those."""
    expected = told_ = right = 0
    for seed in range(40):
        chance = random.Random(seed)
        first, second = chance.sample(SPECS, 2)
        own = written(first, 24, chance, folder="Notes/a").notes
        notes = {**own, **written(second, 12, chance, folder="Notes/b").notes}
        taken = set(inferred(dict(sorted(notes.items()))).notes)
        expected, told_, right = expected + len(own), told_ + len(taken), right + len(taken & own.keys())
    return Score("two kinds in a folder: the larger one", expected, told_, right, 0.98)


def _example() -> list[Score]:
    """The example vault: folders whose notes a template in it was made for."""
    pairs = (("Daily", "Daily"), ("Meetings", "Meeting"), ("People", "Person"), ("Library", "Source"))
    counts = {"headings": (0, 0, 0), "properties": (0, 0, 0)}
    for folder, name in pairs:
        template = (EXAMPLE / "Templates" / f"{name} template.md").read_text("utf-8")
        notes = {path.name: path.read_text("utf-8") for path in sorted((EXAMPLE / folder).glob("*.md"))}
        found = inferred(notes)
        wanted = {
            "headings": _headings(template),
            "properties": frozenset(re.findall(r"^([a-z_]+):", template, re.MULTILINE)),
        }
        have = {"headings": _headings(found.text), "properties": frozenset(each.name for each in found.properties)}
        for what, (expected, told_, right) in counts.items():
            both = len(wanted[what] & have[what])
            counts[what] = expected + len(wanted[what]), told_ + len(have[what]), right + both
    return [Score(f"example vault: {what}", *count, 0.9) for what, count in counts.items()]


def _headings(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"^#+ .*$", text, re.MULTILINE))
