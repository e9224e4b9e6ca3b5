"""The duplicate sets: written out as a vault each, looked through as the sidecar does, held against their labels."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.corpora import corpus
from tests.quality.asking import opened, write_vault

from librarian.duplicate import DuplicateGroup, Kind

EVERY: tuple[Kind, ...] = ("identical", "near", "contained", "meaning")
WHOLE: tuple[Kind, ...] = ("identical", "near")
"""Kinds that call notes as wholes the same."""


@dataclass(frozen=True)
class Figure:
    """A share of a set's labelled pairs that was told as duplicates."""

    set_name: str
    what: str
    pairs: int
    told: int
    goal: float | None
    """None where there is no promise."""
    at_least: bool = True

    @property
    def share(self) -> float:
        return self.told / self.pairs if self.pairs else 0.0

    @property
    def is_met(self) -> bool:
        return self.goal is None or (self.share >= self.goal if self.at_least else self.share <= self.goal)


Labelled = list[tuple[str, str, str]]
"""Text, text, label."""


class Told:
    """Which notes of a vault are told as duplicates of which."""

    def __init__(self, groups: Iterable[DuplicateGroup], kinds: Collection[Kind]) -> None:
        groups = list(groups)
        identical = [[note.path for note in group.notes] for group in groups if group.kind == "identical"]
        self._first = {path: paths[0] for paths in identical for path in paths}
        self._together: dict[str, set[str]] = {}
        for members in (members for group in groups if group.kind in kinds for members in _members(group)):
            firsts = {self._first.get(path, path) for path in members}
            for path in firsts:
                self._together.setdefault(path, set()).update(firsts)

    def has(self, left: str, right: str) -> bool:
        """Whether they are told together; identical notes stand for one another."""
        left, right = (self._first.get(path, path) for path in (left, right))
        return left == right or right in self._together.get(left, ())


def _members(group: DuplicateGroup) -> list[tuple[str, ...]]:
    """Notes that are told as duplicates of one another; parts of one whole are so of that only."""
    first, *others = (note.path for note in group.notes)
    return [(first, other) for other in others] if group.kind == "contained" else [(first, *others)]


async def measure() -> list[Figure]:
    """All sets. Raises CorpusMissing."""
    sets = corpus("dups") / "dups"
    return [
        *await _revisions(sets),
        *await _articles(sets),
        *await _answers(sets),
        *await _paraphrases(sets),
        *await _copies(sets),
    ]


async def _revisions(sets: Path) -> list[Figure]:
    """Versions of real notes, and different pages of one template."""
    rows = [json.loads(line) for line in (sets / "md-revisions" / "pairs.jsonl").read_text("utf-8").splitlines()]
    paths = _Paths()
    named = [(paths.of(row["text_a"]), paths.of(row["text_b"]), row) for row in rows]
    groups = await _scanned(paths.notes)
    whole, every = Told(groups, WHOLE), Told(groups, EVERY)

    def figure(what: str, told: Told, wanted: Callable[[dict[str, float]], bool], goal: float, least: bool) -> Figure:
        those = [(left, right) for left, right, row in named if wanted(row)]
        return Figure("md-revisions", what, len(those), sum(told.has(*pair) for pair in those), goal, least)

    return [
        figure("versions, Jaccard ≥ 0.8", whole, lambda row: row["label"] == 1 and row["jaccard5"] >= 0.8, 0.98, True),
        figure("versions, Jaccard ≥ 0.5", whole, lambda row: row["label"] == 1 and row["jaccard5"] >= 0.5, 0.9, True),
        figure("pages of one template", whole, lambda row: row["label"] == 0, 0.01, False),
        figure("the same, with a passage or by meaning", every, lambda row: row["label"] == 0, 0.02, False),
    ]


async def _articles(sets: Path) -> list[Figure]:
    """A thousand articles, ten of them twice."""
    folder = sets / "minhash-articles-1000"
    documents = [json.loads(line) for line in (folder / "docs.jsonl").read_text("utf-8").splitlines()]
    truth = [tuple(line.split("\t")) for line in (folder / "truth.tsv").read_text("utf-8").splitlines()]
    groups = await _scanned({f"{document['id']}.md": document["text"] for document in documents})
    told = Told(groups, WHOLE)
    found = sum(told.has(f"{left}.md", f"{right}.md") for left, right in truth)
    sizes = [(group.kind, len(group.notes)) for group in groups]
    pairs = sum(size * (size - 1) // 2 for kind, size in sizes if kind in WHOLE)
    others = sum(size - 1 for kind, size in sizes if kind not in WHOLE)
    return [
        Figure("minhash-articles-1000", "listed pairs", len(truth), found, 1.0),
        Figure("minhash-articles-1000", "of what was told as the same or nearly, listed", pairs, found, 0.95),
        # Their articles are put together from news, and a few have one in common.
        Figure("minhash-articles-1000", "further pairs with a passage or by meaning", others, others, None),
    ]


async def _answers(sets: Path) -> list[Figure]:
    """Answers to five questions: copied from a source, or written without it."""
    rows = _labelled(sets / "clough-plagiarism" / "pairs.tsv")
    alone = _labelled(sets / "clough-hard-negatives" / "pairs.tsv")
    return [
        *await _by_label("clough-plagiarism", rows, {"cut": ("copied in parts", None), "non": ("written alone", 0.02)}),
        *await _by_label("clough-hard-negatives", alone, {"non": ("independent answers to one question", 0.02)}),
    ]


async def _paraphrases(sets: Path) -> list[Figure]:
    """Sentences that say the same, and sentences that nearly do; of what a model of words alone can tell."""
    rows = _labelled(sets / "mrpc-train" / "pairs.tsv")
    return await _by_label("mrpc-train", rows, {"1": ("paraphrases", None), "0": ("near to paraphrases", None)})


async def _by_label(name: str, rows: Labelled, wanted: Mapping[str, tuple[str, float | None]]) -> list[Figure]:
    """What is told of the pairs of each label; a goal is one that is not to be passed."""
    paths = _Paths()
    named = [(paths.of(left), paths.of(right), label) for left, right, label in rows]
    told = Told(await _scanned(paths.notes), EVERY)
    figures = []
    for label, (what, goal) in wanted.items():
        those = [(left, right) for left, right, own in named if own == label and left != right]
        found = sum(told.has(*pair) for pair in those)
        figures.append(Figure(name, what, len(those), found, goal, at_least=False))
    return figures


async def _copies(sets: Path) -> list[Figure]:
    """Byte-identical notes of the scale corpus; what is hidden, as a file called ``..md`` is, is no note."""
    lines = (sets / "vault-100k-exact-groups.jsonl").read_text("utf-8").splitlines()
    seen = [[path for path in json.loads(line) if "/." not in path] for line in lines]
    listed = [paths for paths in seen if len(paths) > 1]
    with tempfile.TemporaryDirectory(prefix="librarian-quality-") as scratch:
        async with opened(corpus("vault-100k"), Path(scratch)) as found:
            answer = await found.duplicates.scan(kinds=["identical"])
    told = Told(answer.groups, ("identical",))
    whole = sum(all(told.has(paths[0], path) for path in paths[1:]) for paths in listed)
    return [Figure("vault-100k", "groups of the same bytes", len(listed), whole, 1.0)]


class _Paths:
    """A note for every different text."""

    def __init__(self) -> None:
        self.notes: dict[str, str] = {}
        self._known: dict[str, str] = {}

    def of(self, text: str) -> str:
        path = self._known.setdefault(text, f"{len(self._known):05}.md")
        self.notes[path] = text
        return path


def _labelled(path: Path) -> Labelled:
    with path.open(encoding="utf-8", newline="") as rows:
        table = csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["text_a"], row["text_b"], row["label"]) for row in table]


async def _scanned(notes: Mapping[str, str]) -> Sequence[DuplicateGroup]:
    with tempfile.TemporaryDirectory(prefix="librarian-quality-") as scratch:
        vault = Path(scratch) / "vault"
        write_vault(notes, vault)
        async with opened(vault, Path(scratch)) as found:
            return (await found.duplicates.scan()).groups
