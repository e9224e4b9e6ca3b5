"""Many sequences beside one another: what most of them have, in the order in which most have it.

Progressive alignment, as of proteins (Feng and Doolittle, *Progressive sequence alignment as a prerequisite to correct
phylogenetic trees*, Journal of Molecular Evolution 25, 1987): one sequence after the other is aligned to a profile of
all before it by dynamic programming, the most frequent first. A pair matches only where it is equal, and counts the
more the more sequences have it there. What proteins do not do and sections do: be moved as a whole. So columns of one
element are made one afterwards, but for those that a sequence has several of.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

T = TypeVar("T", bound=Hashable)

MOST_ALIGNED: Final = 50
"""Different sequences that are aligned, the most frequent; the elements of others join the columns that there are."""
MOST_ELEMENTS: Final = 120
"""Of one sequence, the first."""
MOST_COLUMNS: Final = 3
"""Of one element beyond those that a sequence has of it; where it stands anywhere, no place is its own."""
USUAL: Final = 0.6
"""Share of the sequences with an element that have it as often as the consensus, where that is more than once."""


@dataclass(eq=False)
class Column(Generic[T]):
    """One element of the consensus."""

    element: T
    places: dict[int, int] = field(default_factory=dict)
    """By the number of a sequence that has it: where."""

    def __len__(self) -> int:
        return len(self.places)


def consensus(sequences: Sequence[Sequence[T]], least: int) -> list[Column[T]]:
    """What at least so many sequences have, in order."""
    having = Counter(element for sequence in sequences for element in set(sequence))
    rows: dict[tuple[T, ...], list[tuple[int, list[int]]]] = {}
    for number, sequence in enumerate(sequences):
        places = [place for place, element in enumerate(sequence) if having[element] >= least][:MOST_ELEMENTS]
        rows.setdefault(tuple(sequence[place] for place in places), []).append((number, places))
    profile: list[Column[T]] = []
    for number, (row, members) in enumerate(sorted(rows.items(), key=lambda item: -len(item[1]))):
        matches = _matches(profile, row) if number < MOST_ALIGNED else {}
        profile = _joined(profile, row, members, matches)
    columns = [column for column in _gathered(profile) if len(column) >= least]
    often = Counter(column.element for column in columns)
    once = {element for element, times in often.items() if times > 1 and not _is_usual(times, element, sequences)}
    first = {element: next(column for column in columns if column.element == element) for element in once}
    return [column for column in columns if column.element not in once or first[column.element] is column]


def _is_usual(times: int, element: T, sequences: Sequence[Sequence[T]]) -> bool:
    """Whether sequences that have an element mostly have it so often, and not as there was something to say."""
    counts = Counter(sequence.count(element) for sequence in sequences if element in sequence)
    return counts[times] >= USUAL * counts.total()


def _joined(
    profile: list[Column[T]],
    row: tuple[T, ...],
    members: Sequence[tuple[int, list[int]]],
    matches: Mapping[int, int],
) -> list[Column[T]]:
    """The profile with a row aligned to it; what has no counterpart gets columns of its own, or joins others."""
    free = _free(profile, matches)
    joined: list[Column[T]] = []
    next_column = 0
    for place, element in enumerate(row):
        match = matches.get(place)
        if match is not None:
            joined += profile[next_column:match]
            column, next_column = profile[match], match + 1
            joined.append(column)
        elif len(free[element]) >= MOST_COLUMNS:
            column = free[element].pop(0)
        else:
            column = Column(element)
            joined.append(column)
        for number, places in members:
            column.places[number] = places[place]
    return joined + profile[next_column:]


def _free(profile: Sequence[Column[T]], matches: Mapping[int, int]) -> dict[T, list[Column[T]]]:
    """The columns of each element that a row does not match, those first that most have."""
    taken = set(matches.values())
    free: dict[T, list[Column[T]]] = defaultdict(list)
    for number, column in enumerate(profile):
        if number not in taken:
            free[column.element].append(column)
    for columns in free.values():
        columns.sort(key=len, reverse=True)
    return free


def _matches(profile: Sequence[Column[T]], row: Sequence[T]) -> dict[int, int]:
    """By place in the row, the column that it is aligned to."""
    best = [[0] * (len(row) + 1) for _ in range(len(profile) + 1)]
    for at in range(len(profile) - 1, -1, -1):
        for place in range(len(row) - 1, -1, -1):
            skipped = max(best[at + 1][place], best[at][place + 1])
            if profile[at].element == row[place]:
                skipped = max(skipped, best[at + 1][place + 1] + len(profile[at]))
            best[at][place] = skipped
    found: dict[int, int] = {}
    at = place = 0
    while at < len(profile) and place < len(row):
        same = profile[at].element == row[place]
        if same and best[at][place] == best[at + 1][place + 1] + len(profile[at]):
            found[place] = at
            at, place = at + 1, place + 1
        elif best[at][place] == best[at + 1][place]:
            at += 1
        else:
            place += 1
    return found


def _gathered(profile: Sequence[Column[T]]) -> list[Column[T]]:
    """Columns of one element made one, where no sequence is in both: there it was only moved."""
    kept: dict[T, list[Column[T]]] = {}
    for column in sorted(profile, key=len, reverse=True):
        others = kept.setdefault(column.element, [])
        for number, place in tuple(column.places.items()):
            home = next((each for each in others if number not in each.places), None)
            if home is not None:
                home.places[number] = place
                del column.places[number]
        if column.places:
            others.append(column)
    return [column for column in profile if column.places]
