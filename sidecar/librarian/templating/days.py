"""The day that a note is about, and the ways in which people write one."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime
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


Written = dict[str, tuple[str, ...]]
"""How a day is written somewhere, and the forms in which it is written so."""


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
    """Everything in a text that may be the day."""
    at = datetime(day.year, day.month, day.day)
    weekdays = {token: formatted(token, at) for token in ("dddd", "ddd")}
    written: Written = {}
    for form in (*_NUMERIC, *_NAMED):
        value = formatted(form, at)
        if value not in text:
            continue
        written[value] = (*written.get(value, ()), form)
        for around in () if form in _PARTIAL else _WITH_WEEKDAY:
            token = "dddd" if "dddd" in around else "ddd"
            whole = around.format(value).replace(token, weekdays[token])
            if whole in text:
                written[whole] = (*written.get(whole, ()), around.format(form))
    return written


def places(written: Written, forms: Counter[str]) -> list[tuple[str, str]]:
    """What stands for a day, each with the mark of the form that is meant: of several, the one that counts most."""
    return [(value, dated(max(may, key=lambda form: forms[form]))) for value, may in written.items()]


def _date(year: str | int, month: str | int, day: str | int) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if 1900 <= found.year <= 2199 else None
