from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.warehouse.notes import NoteParser, StopFields, to_stop_fields

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 9, tzinfo=ZONE)
WEDNESDAY, SATURDAY = date(2026, 11, 25), date(2026, 11, 28)


def fields(note: str, day: date = WEDNESDAY) -> StopFields:
    return to_stop_fields(NoteParser().parse(note, NOW).constraints, day, ZONE)


def hours(note: str, day: date = WEDNESDAY) -> list[tuple[str, str]]:
    return [(f"{start:%H:%M}", f"{end:%H:%M}") for start, end in fields(note, day).windows]


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("", [("08:00", "22:00")]),
        ("下午两点后送", [("14:00", "22:00")]),
        ("before 9am or after 6pm", [("08:00", "09:00"), ("18:00", "22:00")]),
        ("9点后送。5点前送到", [("09:00", "17:00")]),
        ("12点到14点别送", [("08:00", "12:00"), ("14:00", "22:00")]),
        ("明天不在家，后天送", []),
        ("周末送", []),
        ("weekdays only, office hours", [("09:00", "18:00")]),
    ],
)
def test_windows_of_a_day(note, expected):
    assert hours(note) == expected


def test_a_day_of_the_week_opens_its_day_alone():
    assert hours("周六上午10点前", SATURDAY) == [("08:00", "10:00")]
    assert hours("周六上午10点前") == []


def test_windows_are_times_of_the_zone():
    ((start, _),) = fields("下午两点后送").windows

    assert start.isoformat() == "2026-11-25T14:00:00+08:00"


def test_stairs_without_a_lift_take_time_and_goods_need_skills():
    stop = fields("6楼没电梯，冷藏，需要两个人抬，限高2.1米")

    assert stop.service_extra_minutes == 5 + 5  # five floors up, and the weight
    assert stop.skills == ("cold_chain", "two_people")
    assert stop.max_height_m == 2.1


def test_instructions_are_in_both_languages():
    stop = fields("放门卫，别打电话")

    assert (stop.instructions.zh, stop.instructions.en) == ("可放门卫；不要打电话", "leave at the guard; do not call")
    assert not stop.needs_person


def test_what_is_unclear_asks_for_a_person():
    assert fields("老地方").needs_person
