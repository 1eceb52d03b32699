"""When people buy, and what at which time of the year; days are those of Shanghai."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from app.orders.sample.catalogue import Product

SHANGHAI = ZoneInfo("Asia/Shanghai")
_NEW_YEARS = tuple(
    date.fromisoformat(day)
    for day in (
        "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13",
        "2030-02-03", "2031-01-23", "2032-02-11",
    )
)  # fmt: skip
"""First days of the lunar year. Source: the calendar of the Hong Kong Observatory."""
_HOURS = (1, 0.5, 0.3, 0.2, 0.2, 0.4, 1, 2, 3, 4, 5, 5, 6, 5, 4, 4, 4, 4, 5, 6, 8, 9, 8, 4)
"""Orders by hour of the day."""
_BY_MONTH = {
    # January to December
    "空调": (1, 1, 2, 3, 6, 10, 9, 6, 2, 1, 1, 1),
    "热水器": (5, 4, 3, 2, 1, 1, 1, 1, 2, 4, 6, 6),
    "户外用品": (1, 1, 3, 6, 7, 5, 5, 5, 6, 7, 3, 1),
    "园艺": (1, 2, 6, 8, 6, 4, 3, 3, 4, 3, 1, 1),
    "床上用品": (4, 2, 2, 2, 2, 2, 2, 3, 5, 6, 6, 5),
    "水果蔬菜": (4, 3, 3, 4, 6, 7, 7, 6, 6, 5, 4, 4),
    "粮油调味": (9, 5, 3, 3, 3, 3, 3, 3, 4, 4, 4, 6),
    "零食": (9, 5, 3, 3, 3, 4, 3, 3, 4, 4, 5, 6),
    "茶与饮品": (6, 4, 5, 8, 5, 5, 5, 4, 5, 4, 4, 5),
}
_BY_NAME = {
    # what is bought at one time of the year only
    "大闸蟹": (0, 0, 0, 0, 0, 0, 0, 0, 4, 10, 8, 2),
    "羽绒": (8, 4, 2, 0.5, 0.2, 0.2, 0.2, 0.5, 2, 6, 10, 10),
    "泳": (1, 1, 2, 4, 8, 10, 10, 7, 2, 1, 1, 1),
    "防晒": (1, 1, 3, 5, 8, 10, 9, 6, 3, 1, 1, 1),
    "风扇": (0.2, 0.2, 1, 3, 7, 10, 10, 6, 2, 0.5, 0.2, 0.2),
    "取暖": (8, 5, 2, 0.5, 0.1, 0.1, 0.1, 0.1, 0.5, 4, 9, 10),
    "加湿": (8, 6, 3, 1, 1, 1, 1, 1, 2, 5, 8, 9),
    "大衣": (6, 3, 2, 1, 0.3, 0.2, 0.2, 0.5, 3, 8, 10, 8),
}


def day_weight(day: date) -> float:
    """How much more than on an ordinary day is bought."""
    return (1.15 if day.weekday() >= 5 else 1.0) * _sale_weight(day) * _new_year_weight(day)


def _sale_weight(day: date) -> float:
    at = (day.month, day.day)
    if at == (11, 11):
        return 9.0
    if (10, 31) <= at <= (11, 14):
        return 2.6
    if (10, 20) <= at < (10, 31):
        return 1.5
    if (6, 16) <= at <= (6, 18):
        return 5.0
    if (6, 1) <= at < (6, 16):
        return 2.0
    return 3.0 if at == (12, 12) else 1.0


def _new_year_weight(day: date) -> float:
    away = min((abs((day - first).days), (day - first).days) for first in _NEW_YEARS)[1]
    return 0.35 if -2 <= away <= 6 else 1.5 if -24 <= away < -2 else 1.0


def season_weight(product: Product, month: int) -> float:
    """How much more or less than at another time a product is bought in a month, 1 to 12; the mean of a year is 1."""
    return _season(product.name, product.category)[month - 1]


@cache
def _season(name: str, category: str) -> tuple[float, ...]:
    table = next((row for part, row in _BY_NAME.items() if part in name), None) or _BY_MONTH.get(category)
    return tuple(weight * 12 / sum(table) for weight in table) if table else (1.0,) * 12


def is_full_reduction(day: date) -> bool:
    """Whether the sale of November takes 50 yuan off each 300 (`knowledge/zh/promotions`)."""
    return date(day.year, 11, 4) <= day <= date(day.year, 11, 14)


def draw_moment(rng: Random, day: date) -> datetime:
    """A time of that day; evenings more often."""
    hour = rng.choices(range(24), _HOURS)[0]
    clock = time(hour, rng.randint(0, 59), rng.randint(0, 59), tzinfo=SHANGHAI)
    return datetime.combine(day, clock)


def dispatch_day(paid_at: datetime) -> date:
    """Paid before 16:00 leaves on the same day, later the next; nothing leaves around the new year."""
    local = paid_at.astimezone(SHANGHAI)
    day = local.date() + timedelta(days=local.hour >= 16)
    for first in _NEW_YEARS:
        if -2 <= (day - first).days <= 5:
            return first + timedelta(days=6)
    return day


def add_business_days(day: date, count: int) -> date:
    """Without Saturdays and Sundays."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day
