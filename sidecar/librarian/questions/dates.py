"""Times that people name, "last week" or "in March 2025", as days between which a note was changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

EARLIEST = 1990
"""No note was changed before; years further back are what it is about."""

_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
}
_NUMBER_OF = {name: at for listed in _MONTHS.values() for at, name in enumerate(listed.split(), start=1)}
_MONTH = "|".join(sorted(_NUMBER_OF, key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class Span:
    """From the first day to the day after the last; None is open."""

    first: date | None
    after: date | None

    @property
    def filters(self) -> tuple[str, ...]:
        """As the query language says it."""
        told = (("after", self.first), ("before", self.after))
        return tuple(f"{name}:{day.isoformat()}" for name, day in told if day is not None)


def _month(year: int, month: int) -> Span:
    return Span(date(year, month, 1), date(year + month // 12, month % 12 + 1, 1))


def _year(year: int) -> Span:
    return Span(date(year, 1, 1), date(year + 1, 1, 1))


def _week(today: date, back: int) -> Span:
    monday = today - timedelta(days=today.weekday() + 7 * back)
    return Span(monday, monday + timedelta(days=7))


def _day(day: date) -> Span:
    return Span(day, day + timedelta(days=1))


def _months_back(today: date, back: int) -> Span:
    months = today.year * 12 + today.month - 1 - back
    return _month(months // 12, months % 12 + 1)


_Spoken = Callable[[date], Span]
_SPOKEN: tuple[tuple[str, _Spoken], ...] = (
    (r"the day before yesterday|vorgestern|avant-hier|anteayer", lambda today: _day(today - timedelta(days=2))),
    (r"yesterday|gestern|hier(?= |\W*$)|ayer|昨天|昨日|어제", lambda today: _day(today - timedelta(days=1))),
    (r"today|heute|aujourd['’]hui|hoy|今天|今日|오늘", _day),
    (r"(?:in the )?last week|letzte[rn]? woche|la semaine dernière|la semana pasada|上周|上週|先週|지난주",
     lambda today: _week(today, 1)),
    (r"this week|diese[rn]? woche|cette semaine|esta semana|本周|这周|今週|이번 주", lambda today: _week(today, 0)),
    (r"last month|letzten? monat|le mois dernier|el mes pasado|上个月|上個月|先月|지난달",
     lambda today: _months_back(today, 1)),
    (r"this month|diesen? monat|ce mois-ci|este mes|这个月|今月|이번 달", lambda today: _months_back(today, 0)),
    (r"last year|letzte[sn]? jahr|l['’]année dernière|el año pasado|去年|昨年|작년",
     lambda today: _year(today.year - 1)),
    (r"this year|diese[sn]? jahr|cette année|este año|今年|올해", lambda today: _year(today.year)),
)  # fmt: skip
_SPANS = tuple(
    (re.compile(rf"(?<!\w)(?:{said})(?!\w)" if said[0].isascii() else said, re.I), span) for said, span in _SPOKEN
)

_IN = r"(?:in|im|en|au mois de|during|from|vom|von)"
_SINCE = r"(?:since|after|seit|nach|depuis|après|desde|después de)"
_UNTIL = r"(?:before|until|vor|bis|avant|jusqu['’]à|antes de|hasta)"
_NAMED = re.compile(
    rf"(?<!\w)(?:(?P<since>{_SINCE})|(?P<until>{_UNTIL})|{_IN})\s+"
    rf"(?:(?P<month>{_MONTH})\s+(?:de\s+)?(?P<of>\d{{4}})|(?P<iso>\d{{4}}-\d{{2}}(?:-\d{{2}})?)|(?P<year>\d{{4}}))(?![\w-])",
    re.I,
)  # fmt: skip
_ON = re.compile(r"(?<!\w)(?:(?:on|am|le|el)\s+)?(?P<iso>\d{4}-\d{2}-\d{2})(?![\w-])", re.I)
_DAYS_AGO = re.compile(
    r"(?<!\w)(?:in |during |over )?(?:the )?(?:last|past)\s+(?P<count>\d{1,3})\s+(?P<unit>day|week|month)s?(?!\w)", re.I
)
_DAYS = {"day": 1, "week": 7, "month": 30}
_OF_A_PERSON = re.compile(
    r"(?<!\w)(?:i|my|we|our|notes?|written|wrote|ich|mein\w*|wir|notiz\w*|geschrieben|je|j|nous|mes|mi|mis|escribí|notas)(?!\w)",
    re.I,
)


def dated(text: str, today: date) -> tuple[Span | None, str]:
    """The time that a question names, and the question without it."""
    for wanted, span_of in _SPANS:
        found = wanted.search(text)
        if found is not None:
            return span_of(today), _without(text, found)
    found = _DAYS_AGO.search(text)
    if found is not None:
        days = int(found["count"]) * _DAYS[found["unit"].lower()]
        return Span(today - timedelta(days=days), today + timedelta(days=1)), _without(text, found)
    for wanted in (_NAMED, _ON):
        for found in wanted.finditer(text):
            span = _named(found.groupdict(), text, today)
            if span is not None:
                return span, _without(text, found)
    return None, text


def _named(parts: dict[str, str | None], text: str, today: date) -> Span | None:
    """None where the time is what notes are about, rather than when they were written."""
    whole = _span(parts)
    if whole is None or whole.first is None or not EARLIEST <= whole.first.year <= today.year:
        return None
    if parts.get("year") and not _OF_A_PERSON.search(text):
        return None
    if parts.get("since"):
        return Span(whole.first, None)
    return Span(None, whole.first) if parts.get("until") else whole


def _span(parts: dict[str, str | None]) -> Span | None:
    try:
        if month := parts.get("month"):
            return _month(int(parts.get("of") or 0), _NUMBER_OF[month.lower()])
        if year := parts.get("year"):
            return _year(int(year))
        year_of, month_of, *day_of = map(int, (parts.get("iso") or "").split("-"))
        return _day(date(year_of, month_of, day_of[0])) if day_of else _month(year_of, month_of)
    except (ValueError, OverflowError):  # a month or a day that is none
        return None


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()].rstrip()} {text[found.end() :].lstrip()}".strip()
