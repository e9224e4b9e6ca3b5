"""Taking an edit back from a note that somebody changed since: a merge of three versions, the edited one at the base.

What the edit made of its places, what was there before, and what is there now: where now is as the edit left it, before
comes back; what somebody changed since stays. Everything here is pure.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from librarian.edit import Replacement, Rewrite, Step, decoded, digest_of, inverse, rewritten, units

MAX_LINES = 20_000
"""Of longer notes nothing is offered: comparing them line by line could take minutes."""


@dataclass(frozen=True)
class Remainder:
    """What can still be taken back of an edit."""

    edit: Rewrite | None
    """On the note as it is now; None where nothing can."""
    left: int
    """Places of the edit that somebody changed since."""


def remainder(step: Step, now: bytes) -> Remainder:
    """What of a carried out rewrite can be taken back from the version ``now``. Raises EditRefused.

    A place counts as changed when a line of it, or one that it touches, is another: nobody can tell whose it is then.
    """
    back = inverse(step)
    if not isinstance(step.edit, Rewrite) or not isinstance(back, Rewrite):
        return Remainder(None, 0)
    path = step.edit.path
    after, current = decoded(path, rewritten(step.edit, step.before)), decoded(path, now)
    kept = _Kept(after.splitlines(keepends=True), current.splitlines(keepends=True))
    moved = [(each, kept.place(each.start, each.end)) for each in back.replacements]
    found = tuple(
        Replacement(start=each.start + by, end=each.end + by, text=each.text) for each, by in moved if by is not None
    )
    edit = Rewrite(path=path, digest=digest_of(now), replacements=found) if found else None
    return Remainder(edit, len(moved) - len(found))


class _Kept:
    """Runs of lines that two texts have in common, by UTF-16 units of the first."""

    def __init__(self, before: Sequence[str], now: Sequence[str]) -> None:
        self._runs: list[tuple[int, int, int]] = []
        """Start and end in the first text, and how much further it stands in the second."""
        if max(len(before), len(now)) > MAX_LINES:
            return
        starts, others = _starts(before), _starts(now)
        self._end = starts[-1]
        if before == now:
            self._runs.append((0, self._end, 0))
            return
        for line, other, count in SequenceMatcher(None, before, now).get_matching_blocks():
            if count:
                start, end = starts[line], starts[line + count]
                self._runs.append((start, end, others[other] - start))

    def place(self, start: int, end: int) -> int | None:
        """How much further a range stands in the second text; None where it does not stand there any more."""
        at = bisect_right(self._runs, (start, float("inf"), 0)) - 1
        if at < 0:
            return None
        first, last, by = self._runs[at]
        if end > last:
            return None
        # What was taken out at the edge of a run belonged to lines that were changed as well.
        at_edge = start == end and ((start == first and first > 0) or (end == last and last < self._end))
        return None if at_edge else by


def _starts(lines: Sequence[str]) -> list[int]:
    """Where each line starts, in UTF-16 units, and where the last one ends."""
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + units(line))
    return starts
