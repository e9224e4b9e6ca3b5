"""Dates as Moment.js writes them; what is expected here is what its documentation shows."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from librarian.templating import days
from librarian.templating.moment import formatted

AT = datetime(2026, 3, 4, 15, 7, 9)


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("YYYY-MM-DD", "2026-03-04"),
        ("DD.MM.YY", "04.03.26"),
        ("dddd, D MMMM YYYY", "Wednesday, 4 March 2026"),
        ("ddd MMM Do", "Wed Mar 4th"),
        ("[Week] WW [of] GGGG", "Week 10 of 2026"),
        ("[YYYY]", "YYYY"),
        ("HH:mm:ss", "15:07:09"),
        ("h:mm A", "3:07 PM"),
        ("hh a", "03 pm"),
        ("Q DDDD d E", "1 063 3 3"),
        ("YYYY年M月D日", "2026年3月4日"),
        ("gggg-[W]ww", "2026-W10"),
        ("L", "03/04/2026"),
        ("LL", "March 4, 2026"),
    ],
)
def test_a_format_writes_a_day_as_moment_does(form: str, written: str) -> None:
    assert formatted(form, AT) == written


@pytest.mark.parametrize(
    ("day", "week"),
    [("2027-01-01", "2027-01"), ("2026-12-27", "2027-01"), ("2026-12-26", "2026-52"), ("2026-01-01", "2026-01")],
)
def test_weeks_begin_on_sunday_where_they_are_written_small(day: str, week: str) -> None:
    assert formatted("gggg-ww", datetime.fromisoformat(day)) == week


@pytest.mark.parametrize(
    ("number", "ordinal"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (22, "22nd")],
)
def test_ordinals_are_english(number: int, ordinal: str) -> None:
    assert formatted("Do", datetime(2026, 1, number)) == ordinal


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04", "20260304", "2026.03.04 Kick-off", "4.3.2026", "04-03-2026", "2026年3月4日", "2026년 3월 4일", "4 March 2026",
        "March 4th, 2026", "Mar 4, 2026", "on the 4th Mar 2026", "2026_03_04",
    ],
)  # fmt: skip
def test_a_day_is_found_as_people_write_it(text: str) -> None:
    assert days.found(text) == date(2026, 3, 4)


@pytest.mark.parametrize("text", ["", "2026-13-04", "12345678901", "chapter 4", "2026", "mayor 4 2026", "99.99.2026"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert days.found(text) is None


@given(
    st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 1, 1)),
    st.sampled_from(["YYYY-MM-DD", "D MMMM YYYY", "YYYYMMDD", "MMM D, YYYY"]),
)
def test_what_is_written_is_found_again(day: date, form: str) -> None:
    text = formatted(form, datetime(day.year, day.month, day.day))
    assert days.found(text) == day
    assert any((form, 0) in meant for meant in days.written_in(text, day).values())


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 1, 1)))
def test_weeks_follow_one_another(day: date) -> None:
    at = datetime(day.year, day.month, day.day)
    this, next_ = (formatted("gggg ww", at + timedelta(days=offset)) for offset in (0, 7))
    assert this != next_
    sunday = at - timedelta(days=at.isoweekday() % 7)
    assert formatted("gggg ww", sunday) == this
