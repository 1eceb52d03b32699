"""Days and periods as people write them; expected values are read off the texts by a person."""

from __future__ import annotations

from datetime import date

import pytest

from index.text.dates import NamedDay, NamedPeriod, named_days, named_periods
from index.text.normalize import fold


def only(text: str) -> NamedDay | NamedPeriod:
    (found,) = named_periods(fold(text))
    return found


@pytest.mark.parametrize(
    "text",
    [
        "2026年3月1日",
        "2026年3月1号",
        "２０２６年３月１日",
        "二〇二六年三月一日",
        "二零二六年三月一日",
        "民國一百一十五年三月一日",
        "民国115年3月1日",
        "2026-03-01",
        "2026/3/1",
        "2026.03.01",
        "1 March 2026",
        "1st of March, 2026",
        "March 1, 2026",
        "Mar. 1st 2026",
    ],
)
def test_a_day_is_the_same_in_every_spelling(text: str) -> None:
    day = only(text)

    assert isinstance(day, NamedDay)
    assert day.first() == day.last() == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026年2月", date(2026, 2, 1), date(2026, 2, 28)),
        ("二〇二八年二月", date(2028, 2, 1), date(2028, 2, 29)),
        ("February 2028", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026年底", date(2026, 1, 1), date(2026, 12, 31)),
        ("2027年元旦", date(2027, 1, 1), date(2027, 1, 1)),
        ("2026年11月12日0:00", date(2026, 11, 12), date(2026, 11, 11)),
        ("2026年11月12日24:00", date(2026, 11, 12), date(2026, 11, 12)),
    ],
)
def test_a_month_or_year_has_a_first_and_a_last_day(text: str, first: date, last: date) -> None:
    day = only(text)

    assert isinstance(day, NamedDay)
    assert (day.first(), day.last()) == (first, last)


@pytest.mark.parametrize(
    ("text", "exists"),
    [
        ("2028年2月29日", True),
        ("2027年2月29日", False),
        ("2026-02-30", False),
        ("2月30日", False),
        ("2月29日", True),
        ("30 February 2026", False),
        ("2026年13月1日", False),
    ],
)
def test_a_day_that_the_calendar_does_not_have_says_so(text: str, exists: bool) -> None:
    assert only(text).exists is exists


@pytest.mark.parametrize(
    "text",
    [
        "2026年11月1日至11月11日",
        "2026年11月1日-11日",
        "2026年11月1日0:00—2026年11月11日24:00",
        "二〇二六年十一月一日到十一月十一日",
        "2026-11-01 ~ 2026-11-11",
        "1 Nov to 11 Nov 2026",
        "1 to 11 November 2026",
        "1–11 November 2026",
        "November 1-11, 2026",
        "between 1 November and 11 November 2026",
    ],
)
def test_a_period_is_the_same_in_every_spelling(text: str) -> None:
    period = only(text)

    assert isinstance(period, NamedPeriod)
    assert period.days() == (date(2026, 11, 1), date(2026, 11, 11))


@pytest.mark.parametrize(
    ("text", "year", "days"),
    [
        ("11月1日至11日", 2026, (date(2026, 11, 1), date(2026, 11, 11))),
        ("12月20日至1月5日", 2026, (date(2026, 12, 20), date(2027, 1, 5))),
        ("20 Dec to 5 Jan 2027", None, (date(2026, 12, 20), date(2027, 1, 5))),
        ("2026年12月20日至1月5日", None, (date(2026, 12, 20), date(2027, 1, 5))),
        ("11月1日至11日", None, None),
        ("2月20日至2月30日", 2026, None),
    ],
)
def test_a_year_that_one_end_names_counts_for_both(text: str, year: int | None, days: tuple[date, date] | None) -> None:
    period = only(text)

    assert isinstance(period, NamedPeriod)
    assert period.days(year) == days


@pytest.mark.parametrize("text", ["2025年版", "7至15天", "满99元减10元", "1/3/2026", "型号A-2026", "", "第十一条"])
def test_what_is_no_day_is_left_alone(text: str) -> None:
    assert named_days(fold(text)) == []


def test_two_days_with_and_between_them_are_no_period() -> None:
    assert [type(item) for item in named_periods("5 may 2026 and 6 may 2026")] == [NamedDay, NamedDay]
