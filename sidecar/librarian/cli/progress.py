"""A progress line on a terminal, and nothing anywhere else."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

    from librarian.status import Progress

PATIENCE_SECONDS = 0.4
"""Work shorter than this shows no bar, which would only flicker."""

PARTS = {"keyword": "Indexing words", "catalog": "Filling the catalog", "semantic": "Understanding"}
PHASES = {"reading": "Reading notes", "comparing": "Comparing notes"}
"""What is told in a word, as a person reads it."""


class Bar:
    """Shows how far the indexes of a vault are, and what is asked about it, on standard error."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._enabled = self._is_open = sys.stderr.isatty()
        self._progress: object | None = None
        self._tasks: dict[str, object] = {}

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def show(self, progress: Progress) -> None:
        """Draw what ``vault.progress`` tells."""
        title = f"{PARTS[progress.part]} ({progress.phase})"
        self._draw(progress.part, title, progress.done, progress.total)

    def tell(self, value: dict[str, Any]) -> None:
        """Draw how far a call is, and what it has cost."""
        phase, cost = value["phase"], value.get("costUsd")
        title = PHASES.get(phase, phase[:1].upper() + phase[1:]) + (f", ${cost}" if cost is not None else "")
        self._draw("call", title, value["done"], value["total"])

    def _draw(self, key: str, title: str, done: int, total: int) -> None:
        if not self._is_open or time.monotonic() - self._started < PATIENCE_SECONDS:
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Rich

        if self._progress is None:
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._progress = Rich(*columns, console=Console(stderr=True), transient=True)
            self._progress.start()
        assert isinstance(self._progress, Rich)  # noqa: S101
        if key not in self._tasks:
            self._tasks[key] = self._progress.add_task(title, total=None)
        # An id of rich's own.
        self._progress.update(self._tasks[key], completed=done, total=total or None, description=title)  # type: ignore[arg-type]

    def open(self) -> None:
        """Draw what is told from now on, if it takes a while."""
        if not self._is_open:
            self._started = time.monotonic()
            self._is_open = self._enabled

    def close(self) -> None:
        """Take the bar away, so that something can be printed or asked, until it is opened again."""
        self._is_open = False
        progress, self._progress = self._progress, None
        self._tasks.clear()
        if progress is not None:
            progress.stop()  # type: ignore[attr-defined]  # rich's, imported only when needed


class Bytes:
    """Shows how much of something has arrived, on standard error."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._enabled = sys.stderr.isatty()
        self._progress: object | None = None
        self._task: object | None = None

    def __enter__(self) -> Bytes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()  # type: ignore[attr-defined]  # rich's, imported only when needed

    def show(self, done: int, total: int) -> None:
        """Draw how far it is."""
        if not self._enabled:
            return
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

        if self._progress is None:
            columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
            self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
            self._progress.start()
            self._task = self._progress.add_task(self._title, total=total)
        assert isinstance(self._progress, Progress)  # noqa: S101
        self._progress.update(self._task, completed=done)  # type: ignore[arg-type]  # an id of rich's own
