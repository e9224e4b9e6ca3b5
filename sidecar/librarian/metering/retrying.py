"""Asks once more when that may help: the only layer that does so; the SDKs' own are off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from librarian.errors import AnswerBroken, ProviderBusy, ProviderFailed, ProviderResting, ProviderUnreachable

T = TypeVar("T")

MAY_PASS: Final = (ProviderBusy, ProviderFailed, ProviderUnreachable, ProviderResting, AnswerBroken)
FIRST_WAIT_S: Final = 0.5
LONGEST_OWN_WAIT_S: Final = 20.0
WORTH_TELLING_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long something is tried."""

    tries: int
    wait_s: float
    """The longest wait before a further try; who is told to wait longer gives up."""


SOMEONE_WAITS: Final = Patience(tries=2, wait_s=10)
BACKGROUND: Final = Patience(tries=5, wait_s=120)


async def retried(
    act: Callable[[], Awaitable[T]],
    patience: Patience,
    random: Callable[[], float],
    waits_for: Callable[[float], None] | None = None,
) -> T:
    """What ``act`` gives, which is called again after errors that may pass. ``random``: from 0 up to 1; ``waits_for``
    hears of longer waits, in seconds.

    A provider that says how long to wait is asked no sooner, and waits are spread, so that many do not come at once.
    """
    import stamina

    failures = 0

    def wait(error: Exception) -> bool | float:
        nonlocal failures
        if not isinstance(error, MAY_PASS):
            return False
        failures += 1
        asked_s = error.retry_after_s if isinstance(error, ProviderBusy | ProviderResting) else None
        if asked_s is None:
            return min(FIRST_WAIT_S * 2.0 ** (failures - 1), LONGEST_OWN_WAIT_S) * (0.5 + random())
        if asked_s > patience.wait_s:
            return False
        if waits_for is not None and asked_s >= WORTH_TELLING_S and failures < patience.tries:
            waits_for(asked_s)
        return asked_s * (1 + 0.1 * random()) + 0.05 * random()

    async for attempt in stamina.retry_context(on=wait, attempts=patience.tries, timeout=None):
        with attempt:
            return await act()
    raise AssertionError("a last attempt raises")
