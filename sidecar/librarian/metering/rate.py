"""Keeps to how many requests and tokens a provider takes in a minute, as it tells in the headers of its answers."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal

from librarian.errors import ProviderBusy

if TYPE_CHECKING:
    from aiolimiter import AsyncLimiter

Kind = Literal["requests", "tokens", "input"]
"""``tokens``: read and to be written; ``input``: read."""
MINUTE_S: Final = 60.0
LONGEST_PAUSE_S: Final = 120.0
LARGEST: Final = 10**9
HEADERS: Final[dict[Kind, tuple[tuple[str, str, str], ...]]] = {
    "requests": (
        (
            "anthropic-ratelimit-requests-limit",
            "anthropic-ratelimit-requests-remaining",
            "anthropic-ratelimit-requests-reset",
        ),
        ("x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
    ),
    "tokens": (("x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),),
    "input": (
        (
            "anthropic-ratelimit-input-tokens-limit",
            "anthropic-ratelimit-input-tokens-remaining",
            "anthropic-ratelimit-input-tokens-reset",
        ),
    ),
}  # fmt: skip
"""For each kind the names of the limit for a minute, of what is left, and of when it is whole again."""
WRITTEN: Final = ("anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset")
"""What is left of tokens that may be written, and until when. They are counted while they are: how many that will be
nobody knows before.
"""
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_UNIT_S: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Rates:
    """The pace of every provider that is asked from this process. Belongs to one event loop."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """``now`` tells the time for headers that name a moment."""
        self._now = now
        self._limiters: dict[tuple[str, Kind], AsyncLimiter] = {}
        self._paused_until: dict[str, float] = {}

    async def admit(self, provider: str, *, input_tokens: int, output_tokens: int, patience_s: float) -> None:
        """Return when a request may be sent. Raises ProviderBusy where that takes longer than ``patience_s``."""
        pause_s = self.pause_s(provider)
        if pause_s > patience_s:
            raise ProviderBusy(provider, pause_s)
        amounts: dict[Kind, int] = {"requests": 1, "tokens": input_tokens + output_tokens, "input": input_tokens}
        try:
            async with asyncio.timeout(patience_s):
                if pause_s > 0:
                    await asyncio.sleep(pause_s)
                for kind, amount in amounts.items():
                    limiter = self._limiters.get((provider, kind))
                    if limiter is not None:
                        # What is more than a minute's worth would wait for ever.
                        await limiter.acquire(min(amount, limiter.max_rate))
        except TimeoutError as error:
            raise ProviderBusy(provider, MINUTE_S) from error

    def pause_s(self, provider: str) -> float:
        """For how long nothing is sent; not more than 0 where it may be."""
        return self._paused_until.get(provider, 0.0) - asyncio.get_running_loop().time()

    def pause(self, provider: str, seconds: float) -> None:
        """Send nothing for so long; the provider asked for it."""
        until = asyncio.get_running_loop().time() + min(seconds, LONGEST_PAUSE_S)
        self._paused_until[provider] = max(until, self._paused_until.get(provider, 0.0))

    def learn(self, provider: str, headers: Mapping[str, str]) -> None:
        """Take in what an answer's headers say of limits. Whatever makes no sense is passed over."""
        for kind, names in HEADERS.items():
            for limit_name, left_name, reset_name in names:
                limit = _number(headers.get(limit_name))
                if limit is not None and 1 <= limit <= LARGEST:
                    self._limit(provider, kind, limit)
                self._learn_end(provider, headers.get(left_name), headers.get(reset_name))
        self._learn_end(provider, *map(headers.get, WRITTEN))

    def _learn_end(self, provider: str, left: str | None, reset: str | None) -> None:
        if _number(left) == 0 and (wait_s := self._seconds(reset)):
            self.pause(provider, min(wait_s, MINUTE_S))

    def _limit(self, provider: str, kind: Kind, limit: float) -> None:
        from aiolimiter import AsyncLimiter

        known = self._limiters.get((provider, kind))
        if known is None or known.max_rate != limit:
            self._limiters[provider, kind] = AsyncLimiter(limit, MINUTE_S)

    def _seconds(self, text: str | None) -> float | None:
        """How long until what a header names: a moment as in RFC 3339, a span such as ``1m30s``, or seconds."""
        if not text:
            return None
        spans = _SPAN.findall(text)
        if spans and "".join(number + unit for number, unit in spans) == text:
            return sum(float(number) * _UNIT_S[unit] for number, unit in spans)
        if (seconds := _number(text)) is not None:
            return seconds
        try:
            return max(0.0, (datetime.fromisoformat(text) - self._now()).total_seconds())
        except (ValueError, TypeError, OverflowError):
            return None


def _number(text: str | None) -> float | None:
    try:
        number = float(text[:40]) if text else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
