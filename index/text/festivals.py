"""Days that have a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

_Rule = Callable[[int], date | None]


def _fixed(month: int, day: int) -> _Rule:
    return lambda year: date(year, month, day)


def _nth(month: int, weekday: int, which: int, *, later: int = 0) -> _Rule:
    """The `which`-th weekday (Monday is 0) of a month, and so many days later."""

    def of(year: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1) + later)

    return of


def _listed(first_year: int, *days: str, later: int = 0) -> _Rule:
    def of(year: int) -> date | None:
        at = year - first_year
        if not 0 <= at < len(days):
            return None
        return date.fromisoformat(f"{year}-{days[at]}") + timedelta(days=later)

    return of


# The Chinese calendar, by the tables of the Hong Kong Observatory for 2024 to 2030.
_SPRING = ("02-10", "01-29", "02-17", "02-06", "01-26", "02-13", "02-03")
_DRAGON_BOAT = ("06-10", "05-31", "06-19", "06-09", "05-28", "06-16", "06-05")
_DOUBLE_SEVENTH = ("08-10", "08-29", "08-19", "08-08", "08-26", "08-16", "08-05")
_MID_AUTUMN = ("09-17", "10-06", "09-25", "09-15", "10-03", "09-22", "09-12")

_FESTIVALS: tuple[tuple[str, _Rule], ...] = (
    (r"双十一|双11|双 11|11\.11|光棍节|double 11|double eleven|singles'? day", _fixed(11, 11)),
    (r"双十二|双12|12\.12|double 12|double twelve", _fixed(12, 12)),
    (r"(?<![\d¥$.])618(?![\d.]|\s?[元块件个])|六一八", _fixed(6, 18)),
    (r"黑五|黑色星期五|black friday", _nth(11, 3, 4, later=1)),
    (r"网络星期一|cyber monday", _nth(11, 3, 4, later=4)),
    (r"感恩节|thanksgiving(?: day)?", _nth(11, 3, 4)),
    (r"平安夜|christmas eve", _fixed(12, 24)),
    (r"圣诞节?|christmas(?: day)?|xmas", _fixed(12, 25)),
    (r"boxing day", _fixed(12, 26)),
    (r"跨年夜|new year'?s eve", _fixed(12, 31)),
    (r"元旦节?|new year'?s day", _fixed(1, 1)),
    (r"情人节|valentine'?s(?: day)?", _fixed(2, 14)),
    (r"妇女节|三八节|女神节", _fixed(3, 8)),
    (r"劳动节|五一(?:节|长假|假期)?", _fixed(5, 1)),
    (r"母亲节|mother'?s day", _nth(5, 6, 2)),
    (r"父亲节|father'?s day", _nth(6, 6, 3)),
    (r"儿童节|六一(?:节)?(?!八)", _fixed(6, 1)),
    (r"教师节", _fixed(9, 10)),
    (r"国庆节?|national day", _fixed(10, 1)),
    (r"万圣节|halloween", _fixed(10, 31)),
    (r"除夕|chinese new year'?s eve", _listed(2024, *_SPRING, later=-1)),
    (r"春节|大年初一|chinese new year|lunar new year|spring festival", _listed(2024, *_SPRING)),
    (r"端午节?|dragon boat festival", _listed(2024, *_DRAGON_BOAT)),
    (r"七夕节?", _listed(2024, *_DOUBLE_SEVENTH)),
    (r"中秋节?|mid-autumn festival", _listed(2024, *_MID_AUTUMN)),
)
_PATTERNS = tuple(
    (
        re.compile(rf"(?<![a-z])(?:(?P<year>去年|今年|明年|前年|last year'?s |this year'?s )的?)?(?:{names})(?![a-z])"),
        rule,
    )
    for names, rule in _FESTIVALS
)
_YEARS = {"前": -2, "去": -1, "la": -1, "今": 0, "th": 0, "明": 1}


def festivals(text: str, today: date) -> Iterator[tuple[int, int, date]]:
    """Start, end and day of each in folded text: that of the year it names, else the nearest to today."""
    for pattern, rule in _PATTERNS:
        for match in pattern.finditer(text):
            if said := match["year"]:
                day = rule(today.year + _YEARS[said[: 2 if said.isascii() else 1]])
            else:
                days = (rule(today.year + step) for step in (-1, 0, 1))
                day = min((day for day in days if day), key=lambda day: abs((day - today).days), default=None)
            if day is not None:
                yield match.start(), match.end(), day
