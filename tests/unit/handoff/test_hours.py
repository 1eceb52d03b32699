from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.handoff.errors import HandOffPolicyInvalid
from app.handoff.hours import BusinessHours

OFFICE = BusinessHours.parse("Asia/Shanghai", {"mon-fri": "09:00-12:00,13:30-18:00"})


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def test_the_lunch_break_and_the_night_are_closed() -> None:
    assert OFFICE.is_open(shanghai("2026-11-23T09:00"))
    assert not OFFICE.is_open(shanghai("2026-11-23T12:00"))
    assert not OFFICE.is_open(shanghai("2026-11-23T03:00"))
    assert not OFFICE.is_open(shanghai("2026-11-22T10:00")), "a Sunday"


def test_a_clock_stands_still_over_lunch_night_and_weekend() -> None:
    friday = shanghai("2026-11-27T17:50")

    assert OFFICE.add(friday, timedelta(minutes=30)) == shanghai("2026-11-30T09:20")
    assert OFFICE.add(shanghai("2026-11-23T11:50"), timedelta(minutes=20)) == shanghai("2026-11-23T13:40")
    assert OFFICE.between(friday, shanghai("2026-11-30T09:20")) == timedelta(minutes=30)
    assert OFFICE.next_open(shanghai("2026-11-28T10:00")) == shanghai("2026-11-30T09:00")


def test_holidays_are_closed_and_made_up_days_are_worked() -> None:
    hours = BusinessHours.parse(
        "Asia/Shanghai", {"mon-fri": "09:00-18:00"}, holidays=["2026-10-01/2026-10-07"], workdays=["2026-10-10"]
    )

    assert hours.next_open(shanghai("2026-09-30T18:00")) == shanghai("2026-10-08T09:00")
    assert hours.is_open(shanghai("2026-10-10T10:00")), "a Saturday"


def test_a_night_shift_belongs_to_the_evening_on_which_it_begins() -> None:
    hours = BusinessHours.parse("Asia/Shanghai", {"fri": "22:00-06:00"})

    assert hours.is_open(shanghai("2026-11-28T05:59"))
    assert not hours.is_open(shanghai("2026-11-27T05:59"))


def test_an_hour_that_is_left_out_in_spring_is_not_worked() -> None:
    hours = BusinessHours.parse("Europe/Berlin", {"mon-sun": "00:00-06:00"})
    night = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)  # midnight in Berlin; at two it becomes three

    assert hours.between(night, datetime(2026, 3, 29, 10, 0, tzinfo=UTC)) == timedelta(hours=5)


def test_no_hours_at_all_mean_around_the_clock_and_no_day_for_a_year_counts_by_the_clock() -> None:
    at = shanghai("2026-11-22T03:00")
    never = BusinessHours.parse(
        "UTC",
        {"mon": "09:00-10:00"},
        holidays=["2026-01-01/2026-12-31", "2027-01-01/2027-12-31", "2028-01-01/2028-12-30"],
    )

    assert BusinessHours().add(at, timedelta(hours=1)) == at + timedelta(hours=1)
    assert never.next_open(at) is None
    assert never.add(at, timedelta(hours=1)) == at + timedelta(hours=1)


@pytest.mark.parametrize(
    ("week", "days", "message"),
    [
        ({"someday": "09:00-10:00"}, [], "no weekdays"),
        ({"mon": "9-10"}, [], "no hours"),
        ({"mon": "09:00-25:00"}, [], "no hours"),
        ({"mon": "09:00-12:00,11:00-13:00"}, [], "overlap"),
        ({"mon": "09:00-10:00"}, ["2026-02-30"], "no day"),
        ({"mon": "09:00-10:00"}, ["2026-03-02/2026-03-01"], "ends before"),
    ],
)
def test_what_cannot_be_meant_is_refused(week: dict[str, str], days: list[str], message: str) -> None:
    with pytest.raises(HandOffPolicyInvalid, match=message):
        BusinessHours.parse("Asia/Shanghai", week, holidays=days)


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(HandOffPolicyInvalid, match="Mars/Base"):
        BusinessHours.parse("Mars/Base", {})
