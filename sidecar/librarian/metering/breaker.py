"""Leaves a provider alone that keeps failing: after some failures in a row nothing is sent for a while, then one
request tries whether it is back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from librarian.errors import AnswerBroken, ProviderBusy, ProviderFailed, ProviderResting, ProviderUnreachable

FAILURES: Final = 5
REST_S: Final = 30.0
FAULTS: Final = (ProviderUnreachable, ProviderBusy, ProviderFailed, AnswerBroken)
"""What says that a provider is not well; a wrong key or too long a prompt says that it is."""


class Breaker:
    """Of one provider. ``monotonic`` counts seconds, ``clock`` tells the time of day where the person is."""

    def __init__(self, provider: str, monotonic: Callable[[], float], clock: Callable[[], datetime]) -> None:
        self._provider = provider
        self._monotonic = monotonic
        self._clock = clock
        self._failures = 0
        self._rests_until: float | None = None
        self._is_tried = False
        self._rests = 0
        """How many there were: what passed before the last one tells nothing new by failing after it."""

    def admit(self) -> int:
        """Let a request pass, which is then told of with one of the others, and with what this gives.

        Raises ProviderResting.
        """
        if self._rests_until is None:
            return self._rests
        left_s = self._rests_until - self._monotonic()
        if left_s > 0 or self._is_tried:
            again_s = max(left_s, 1.0)
            again_at = (self._clock() + timedelta(seconds=again_s)).strftime("%H:%M:%S")
            raise ProviderResting(self._provider, again_s, again_at)
        self._is_tried = True
        return self._rests

    def heard(self) -> None:
        """It begins to answer: others need not wait for the end of it, though it may still fail."""
        if self._rests_until is not None:
            self._failures, self._rests_until, self._is_tried = FAILURES - 1, None, False

    def worked(self) -> None:
        """It answered."""
        self._failures, self._rests_until, self._is_tried = 0, None, False

    def failed(self, error: BaseException, admitted: int) -> None:
        """It did not answer; only its own faults count against it, and what was called off says nothing."""
        if isinstance(error, Exception) and not isinstance(error, FAULTS):
            self.worked()
            return
        if admitted != self._rests:
            return
        was_tried, self._is_tried = self._is_tried, False
        if not isinstance(error, Exception):
            return
        self._failures += 1
        if was_tried or self._failures >= FAILURES:
            self._rests_until = self._monotonic() + REST_S
            self._rests += 1

    def skipped(self, admitted: int) -> None:
        """Nothing was sent after all."""
        if admitted == self._rests:
            self._is_tried = False


class Breakers:
    """One for each provider, for all that ask it in this process."""

    def __init__(self, monotonic: Callable[[], float], clock: Callable[[], datetime]) -> None:
        self._monotonic = monotonic
        self._clock = clock
        self._of: dict[str, Breaker] = {}

    def of(self, provider: str) -> Breaker:
        if provider not in self._of:
            self._of[provider] = Breaker(provider, self._monotonic, self._clock)
        return self._of[provider]
