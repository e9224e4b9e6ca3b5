"""How long something that failed is left alone, and how that is cut short."""

from __future__ import annotations

import asyncio
import contextlib

from librarian.errors import LibrarianError

LONGEST_SECONDS = 3600.0
"""For a provider that goes on failing, or costs more than may be spent now."""


class Waits:
    """After failures in a row: longer and longer, and no sooner than a provider asks."""

    def __init__(self) -> None:
        self._failures = 0

    def after(self, error: LibrarianError, first_s: float) -> float:
        """Seconds until it is tried again; ``first_s`` after the first failure."""
        asked_s: float = error.data.get("retryAfterS") or 0.0
        own_s = min(first_s * 2.0 ** min(self._failures, 16), LONGEST_SECONDS)
        self._failures += 1
        return max(asked_s, own_s)

    def over(self) -> None:
        """It worked."""
        self._failures = 0


async def come(event: asyncio.Event, seconds: float | None) -> None:
    """Return when the event has come, which is then taken, or after so long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):  # `wait_for` of Python 3.11 can swallow a cancellation
            await event.wait()
    event.clear()
