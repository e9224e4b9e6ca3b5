"""An event loop in which nobody waits: when nothing is left to do, its clock jumps to the next timer."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar

T = TypeVar("T")


class _Jumping(selectors.DefaultSelector):
    """Waits for threads as long as one works; else moves the clock of the loop instead of waiting."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0 or self.loop.working:
            # A thread that ends wakes the loop.
            return super().select(timeout if not self.loop.working or timeout == 0 else None)
        self.loop.jumped += timeout
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """``time()`` begins at 1000."""

    def __init__(self) -> None:
        self.jumped = 1000.0
        self.working = 0
        selector = _Jumping()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.jumped

    def run_in_executor(self, executor: Executor | None, function: Any, *arguments: Any) -> Any:
        self.working += 1
        job = super().run_in_executor(executor, function, *arguments)
        job.add_done_callback(self._worked)
        return job

    def _worked(self, _job: object) -> None:
        self.working -= 1


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` to its end in no time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
