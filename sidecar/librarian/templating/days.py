"""The day that a note is about, and the ways in which people write one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from librarian.templating.moment import formatted
from librarian.templating.placeholder import dated

NAMES: Final = frozenset({
    "date", "created", "created at", "created_at", "date created", "creation date", "datum", "erstellt",
    "erstellt am", "fecha", "creado", "créé", "créé le", "data", "creato", "criado", "дата", "создано", "日付",
    "作成日", "日期", "创建", "创建日期", "建立日期", "날짜", "작성일", "생성일", "תאריך", "נוצר", "تاريخ",
    "التاريخ",
})  # fmt: skip
"""Properties that have the day of a note."""

_NUMERIC: Final = (
    "YYYY-MM-DD", "YYYYMMDD", "YYYY/MM/DD", "YYYY.MM.DD", "YYYY_MM_DD", "DD.MM.YYYY", "D.M.YYYY", "DD/MM/YYYY",
    "D/M/YYYY", "MM/DD/YYYY", "M/D/YYYY", "DD-MM-YYYY", "MM-DD-YYYY", "YYYY年M月D日", "YYYY年MM月DD日",
    "YYYY년 M월 D일", "YYYY-MM", "GGGG-[W]WW",
)  # fmt: skip
_NAMED: Final = (
    "D MMMM YYYY", "MMMM D, YYYY", "MMMM Do, YYYY", "MMMM D YYYY", "Do MMMM YYYY", "D MMM YYYY", "MMM D, YYYY",
    "MMMM YYYY",
)  # fmt: skip
_WITH_WEEKDAY: Final = (
    "dddd, {}",
    "dddd {}",
    "ddd {}",
    "ddd, {}",
    "{} dddd",
    "{} ddd",
    "{} (dddd)",
    "{} (ddd)",
    "{}, dddd",
)
_PARTIAL: Final = frozenset(["YYYY-MM", "GGGG-[W]WW", "MMMM YYYY"])
"""Forms that say less than the day."""

_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_MONTH: Final = "|".join(rf"{month[:3]}(?:{month[3:]})?" for month in _MONTHS)
_YEAR_FIRST: Final = re.compile(r"(?<!\d)(\d{4})([-_./]?)(\d\d)\2(\d\d)(?!\d)")
_DAY_FIRST: Final = re.compile(r"(?<!\d)(\d\d?)([-./])(\d\d?)\2(\d{4})(?!\d)")
_IDEOGRAPHIC: Final = re.compile(r"(?<!\d)(\d{4})[年년]\s?(\d\d?)[月월]\s?(\d\d?)[日일]")
_DAY_AND_NAME: Final = re.compile(rf"\b(\d\d?)(?:st|nd|rd|th)?\.? ({_MONTH})\.?,? (\d{{4}})\b", re.IGNORECASE)
_NAME_AND_DAY: Final = re.compile(rf"\b({_MONTH})\.? (\d\d?)(?:st|nd|rd|th)?,? (\d{{4}})\b", re.IGNORECASE)


OFFSETS: Final = (0, -1, 1, -7, 7)
"""Days from the note's own that notes link to: yesterday, a week ago …"""
Meant = tuple[str, int]
"""A form, and how many days after the note's own it is."""
Written = dict[str, tuple[Meant, ...]]
"""What stands for a day somewhere, and what it can mean."""


def found(text: str) -> date | None:
    """The first day in a text; of numbers alone, in the order of most of the world: 4.3.2026 is in March."""
    for pattern, order in ((_YEAR_FIRST, (1, 3, 4)), (_IDEOGRAPHIC, (1, 2, 3)), (_DAY_FIRST, (4, 3, 1))):
        for match in pattern.finditer(text):
            day = _date(*(match[number] for number in order))
            if day is None and pattern is _DAY_FIRST:
                day = _date(match[4], match[1], match[3])
            if day is not None:
                return day
    return _named(text)


def _named(text: str) -> date | None:
    """The first day whose month is written as a word."""
    for pattern, order in ((_DAY_AND_NAME, (3, 2, 1)), (_NAME_AND_DAY, (3, 1, 2))):
        for match in pattern.finditer(text):
            year, month, of_month = (match[number] for number in order)
            number = next(place for place, name in enumerate(_MONTHS, 1) if name.startswith(month.lower()[:3]))
            if (day := _date(year, number, of_month)) is not None:
                return day
    return None


def written_in(text: str, day: date) -> Written:
    """Everything in a text that may be the day, or one beside it."""
    written: dict[str, list[Meant]] = defaultdict(list)
    for days in OFFSETS:
        other = day + timedelta(days=days)
        for value, form in _forms_of(other):
            if value not in text or (days and form in _PARTIAL):
                continue
            written[value].append((form, days))
            for whole, around in () if days or form in _PARTIAL else _with_weekday(value, form, other):
                if whole in text:
                    written[whole].append((around, days))
    return {value: tuple(meant) for value, meant in written.items()}


@lru_cache(4096)
def _forms_of(day: date) -> tuple[tuple[str, str], ...]:
    """A day in every form. The days of a folder are close to one another, so that most are asked for several times."""
    at = datetime(day.year, day.month, day.day)
    return tuple((formatted(form, at), form) for form in (*_NUMERIC, *_NAMED))


def _with_weekday(value: str, form: str, day: date) -> Iterator[tuple[str, str]]:
    """A day as it stands beside the name of its weekday, and the form of both."""
    at = datetime(day.year, day.month, day.day)
    for around in _WITH_WEEKDAY:
        token = "dddd" if "dddd" in around else "ddd"
        yield around.replace(token, formatted(token, at)).format(value), around.format(form)


def places(written: Written, counts: Counter[Meant]) -> list[tuple[str, str]]:
    """What stands for a day, each with the mark of what is meant: of several, the one that counts most."""
    return [(value, dated(*max(may, key=lambda meant: counts[meant]))) for value, may in written.items()]


def _date(year: str | int, month: str | int, day: str | int) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if 1900 <= found.year <= 2199 else None
