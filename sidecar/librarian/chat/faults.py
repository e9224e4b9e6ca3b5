"""What an answer of a provider that is no answer means: HTTP status and error object to an error a person can act on.

Texts of providers are read for what they mean, and never passed on: some repeat the key, others the prompt.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final

from librarian.errors import (
    ContentRefused,
    CreditUsedUp,
    KeyRefused,
    ModelError,
    ModelNotFound,
    PromptTooLong,
    ProviderBusy,
    ProviderFailed,
    ProviderUnreachable,
    RequestRefused,
)

LONGEST_WAIT_S: Final = 86_400.0
MAX_TEXT: Final = 4000
_TELLING = (
    "type",
    "code",
    "param",
    "loc",
    "msg",
    "message",
    "error",
    "error_type",
    "detail",
    "details",
    "error_code",
    "metadata",
)
_NO_CREDIT = re.compile(
    r"insufficient[_ ]quota|credit balance|billing|insufficient[_ ](?:credits|funds|balance)|spend[_ ]limit", re.I
)
_TOO_LONG = re.compile(
    r"context[_ ](?:length|size|window)|prompt is too long|too many (?:input )?tokens|maximum context|"
    r"inputs? tokens.{0,40}must be|request_too_large|input is too long|"
    r"exceeds? the (?:available|maximum) (?:context|number)",
    re.I,
)
_CONTENT = re.compile(r"content[_ ](?:policy|filter)|moderation|flagged|safety system|usage polic", re.I)
_KEY = re.compile(r"api[_ -]?key|authentication|unauthori[sz]ed|invalid[_ ]token|permission_error", re.I)
_NO_MODEL = re.compile(
    r"model[_ ]not[_ ]found|model\b.{0,200}\b(?:not found|does not exist|not supported|no such)", re.I
)
_BUSY = re.compile(r"overloaded|rate[_ ]?limit|too many requests|capacity", re.I)
_FAILED = re.compile(r"api_error|server_error|internal", re.I)
_BY_STATUS: Final[dict[int, Callable[[str, str], ModelError]]] = {
    401: lambda provider, _: KeyRefused(provider),
    402: lambda provider, _: CreditUsedUp(provider),
    403: lambda provider, _: KeyRefused(provider),
    404: ModelNotFound,
    413: PromptTooLong,
}
_BY_TEXT: Final[tuple[tuple[re.Pattern[str], Callable[[str, str], ModelError]], ...]] = (
    (_NO_CREDIT, lambda provider, _: CreditUsedUp(provider)),
    (_TOO_LONG, PromptTooLong),
    (_CONTENT, lambda provider, _: ContentRefused(provider)),
    (_NO_MODEL, ModelNotFound),
    (_BUSY, lambda provider, _: ProviderBusy(provider)),
    (_KEY, lambda provider, _: KeyRefused(provider)),
    (_FAILED, lambda provider, _: ProviderFailed(provider)),
)


@dataclass(frozen=True, slots=True)
class Told:
    """An error as a provider tells it."""

    status: int | None
    """None: it came in the midst of an answer that had begun well."""
    body: object
    headers: Mapping[str, str]

    @property
    def text(self) -> str:
        """Every word of the error object that may say what it is."""
        return " ".join(_words(self.body))[:MAX_TEXT]

    @property
    def parameter(self) -> str | None:
        """The parameter that the provider does not take, where it says so in so many words."""
        error = self.body.get("error", self.body) if isinstance(self.body, dict) else None
        named = error.get("param") if isinstance(error, dict) else None
        return named if isinstance(named, str) else None


@contextmanager
def translated(meaning: Callable[[Exception], ModelError]) -> Iterator[None]:
    """Raise what an SDK's error means in its place; its own text is not even kept as the cause."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  # that is the point
        raise meaning(error) from None


def fault(provider: str, model: str, told: Told, now_s: float) -> ModelError:
    """The error that was told. ``now_s``: seconds since 1970, for a date to wait for."""
    if told.status is None:
        return _by_text(provider, model, told) or ProviderFailed(provider)
    return _by_status(provider, model, told, now_s)


def _by_status(provider: str, model: str, told: Told, now_s: float) -> ModelError:
    status = told.status or 0
    if status in (400, 403, 429) and _NO_CREDIT.search(told.text):
        return CreditUsedUp(provider)
    if status in (429, 503, 529):
        return ProviderBusy(provider, retry_after(told.headers, now_s))
    if status in _BY_STATUS and not (status == 403 and _CONTENT.search(told.text)):
        return _BY_STATUS[status](provider, model)
    return _by_class(provider, model, told, status)


def _by_class(provider: str, model: str, told: Told, status: int) -> ModelError:
    meant = _by_text(provider, model, told)
    if status == 408 or status >= 500:
        # llama.cpp and older Ollama tell some mistakes of ours with 500.
        return meant if isinstance(meant, PromptTooLong) else ProviderFailed(provider, status)
    if 300 <= status < 400:
        return ProviderUnreachable(provider, "it forwards to another address, where the key must not follow")
    if meant is None or isinstance(meant, ProviderFailed):
        return RequestRefused(provider, model, status)
    return meant


def _by_text(provider: str, model: str, told: Told) -> ModelError | None:
    text = told.text
    return next((make(provider, model) for pattern, make in _BY_TEXT if pattern.search(text)), None)


def retry_after(headers: Mapping[str, str], now_s: float) -> float | None:
    """Seconds that ``retry-after`` asks to wait: a number, or a date; None where it says nothing of use."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return min(milliseconds / 1000, LONGEST_WAIT_S)
    said = headers.get("retry-after")
    seconds = _number(said)
    if seconds is None and said is not None:
        try:
            seconds = max(0.0, parsedate_to_datetime(said[:100]).timestamp() - now_s)
        except (ValueError, OverflowError, OSError):
            return None
    return None if seconds is None else min(seconds, LONGEST_WAIT_S)


def _number(text: str | None) -> float | None:
    try:
        number = float(text[:40]) if text else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _words(body: object, depth: int = 0) -> list[str]:
    if isinstance(body, str):
        return [body[:MAX_TEXT]]
    if depth > 4:
        return []
    if isinstance(body, list):
        return [word for value in body[:10] for word in _words(value, depth + 1)]
    if not isinstance(body, dict):
        return []
    fields: dict[Any, Any] = body
    return [word for name in _TELLING if name in fields for word in _words(fields[name], depth + 1)]
