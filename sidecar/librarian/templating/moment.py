"""Dates as Moment.js writes them, which is how Obsidian and Templater name formats. Names are English.

The tokens are those of https://momentjs.com/docs/#/displaying/format/ that say something about a day or a time of day
without a time zone; others stay as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TOKENS: Final[Mapping[str, Callable[[datetime], str]]] = {
    "YYYY": lambda at: f"{at.year:04d}",
    "YY": lambda at: f"{at.year % 100:02d}",
    "Q": lambda at: str((at.month + 2) // 3),
    "MMMM": lambda at: _MONTHS[at.month - 1],
    "MMM": lambda at: _MONTHS[at.month - 1][:3],
    "MM": lambda at: f"{at.month:02d}",
    "Mo": lambda at: _ordinal(at.month),
    "M": lambda at: str(at.month),
    "DDDD": lambda at: f"{at.timetuple().tm_yday:03d}",
    "DDD": lambda at: str(at.timetuple().tm_yday),
    "DD": lambda at: f"{at.day:02d}",
    "Do": lambda at: _ordinal(at.day),
    "D": lambda at: str(at.day),
    "dddd": lambda at: _DAYS[at.weekday()],
    "ddd": lambda at: _DAYS[at.weekday()][:3],
    "dd": lambda at: _DAYS[at.weekday()][:2],
    "d": lambda at: str(at.isoweekday() % 7),
    "E": lambda at: str(at.isoweekday()),
    "GGGG": lambda at: f"{at.isocalendar().year:04d}",
    "WW": lambda at: f"{at.isocalendar().week:02d}",
    "W": lambda at: str(at.isocalendar().week),
    "gggg": lambda at: f"{_week(at)[0]:04d}",
    "ww": lambda at: f"{_week(at)[1]:02d}",
    "w": lambda at: str(_week(at)[1]),
    "HH": lambda at: f"{at.hour:02d}",
    "H": lambda at: str(at.hour),
    "hh": lambda at: f"{at.hour % 12 or 12:02d}",
    "h": lambda at: str(at.hour % 12 or 12),
    "mm": lambda at: f"{at.minute:02d}",
    "m": lambda at: str(at.minute),
    "ss": lambda at: f"{at.second:02d}",
    "s": lambda at: str(at.second),
    "A": lambda at: "AM" if at.hour < 12 else "PM",
    "a": lambda at: "am" if at.hour < 12 else "pm",
    "LL": lambda at: f"{_MONTHS[at.month - 1]} {at.day}, {at.year}",
    "L": lambda at: f"{at.month:02d}/{at.day:02d}/{at.year:04d}",
}
_PIECE: Final = re.compile(r"\[([^\[\]]*)\]|" + "|".join(sorted(_TOKENS, key=len, reverse=True)))


def formatted(form: str, at: datetime) -> str:
    """A day and time in a format: ``YYYY-MM-DD``, ``dddd, D MMMM``, ``[Week] WW``."""
    return _PIECE.sub(lambda piece: _written(piece, at), form)


def _written(piece: re.Match[str], at: datetime) -> str:
    return piece[1] if piece[1] is not None else _TOKENS[piece[0]](at)


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _week(at: date) -> tuple[int, int]:
    """Year and week as in the United States: from Sunday on, the first of a year is the one with 1 January in it."""
    first = _first_sunday(at.year + 1)
    year = at.year + 1 if at.toordinal() >= first else at.year
    return year, (at.toordinal() - _first_sunday(year)) // 7 + 1


def _first_sunday(year: int) -> int:
    """The ordinal of the day with which the first week of a year begins."""
    begins = date(year, 1, 1)
    return begins.toordinal() - begins.isoweekday() % 7
