"""Tokens of a call: as the provider told them if that can be true, else counted from the text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from librarian.chat.conversation import Message, Usage

BYTES_PER_TOKEN: Final = 3
"""English has about 4 and most scripts beyond Latin about 3, so that a count is rather too high than too low."""
TOKENS_PER_MESSAGE: Final = 8
MOST_TOKENS: Final = 100_000_000
"""No call takes more; whoever says so is wrong."""
LETTERS_PER_TOKEN: Final = 32
"""Even blanks, which models write many at a time, do not come in longer pieces on the whole."""


def estimated_tokens(text: str) -> int:
    """How many tokens a text is at most, or nearly so."""
    return -(-len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN)


def estimate(messages: Sequence[Message], answer: str) -> Usage:
    """Usage counted from the text."""
    asked = sum(estimated_tokens(message.text) + TOKENS_PER_MESSAGE for message in messages)
    return Usage(input_tokens=asked, output_tokens=estimated_tokens(answer), estimated=True)


def told(
    *, fresh: object, output: object, cache_read: object = 0, cache_write: object = 0, thinking: object = 0
) -> Usage | None:
    """What a provider told, unless it cannot be true. ``fresh``: input tokens without those of its cache."""
    counts = [0 if count is None else count for count in (cache_read, cache_write, thinking)]
    numbers = [_count(number) for number in (fresh, output, *counts)]
    if any(number is None for number in numbers):
        return None
    asked, answered, read, written, thought = (number or 0 for number in numbers)
    if asked + read + written == 0:
        return None
    return Usage(
        input_tokens=asked,
        # Some count thinking beside the answer, and not as part of it.
        output_tokens=max(answered, thought),
        cache_read_tokens=read,
        cache_write_tokens=written,
        thinking_tokens=thought,
    )


def without(total: object, *parts: object) -> int | None:
    """What is left of a count without its parts; None where any of them is no count."""
    counts = [_count(value) for value in (total, *parts)]
    known = [count for count in counts if count is not None]
    return known[0] - sum(known[1:]) if len(known) == len(counts) else None


def _count(value: object) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and isinstance(value, int) and 0 <= value <= MOST_TOKENS else None


def settled(messages: Sequence[Message], answer: str, usage: Usage | None) -> Usage:
    """The usage of a call that came to its end: what was told, or counted if that is missing or denies the answer."""
    if usage is None or (answer and usage.output_tokens == 0):
        return estimate(messages, answer)
    return usage
