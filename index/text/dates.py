"""Days that a text names, in digits and in words, Chinese and English, alone and as the two ends of a period.

Everything here reads folded text (`index.text.normalize.fold`), so traditional characters and full width need no
care. A day that does not exist (30 February) is found all the same, and says so.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from index.text.numerals import whole_number


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day, a month or a year as a text names it, with its place in the folded text."""

    year: int | None
    month: int | None
    day: int | None
    start: int
    end: int
    is_midnight: bool = False
    """Whether it is named with the hour 0:00: a period that ends then ends with the day before."""

    def first(self) -> date | None:
        """The first day that is meant; None without a year, or when there is no such day."""
        return self._date(self.month or 1, self.day or 1)

    def last(self) -> date | None:
        """The last day that is meant; None without a year, or when there is no such day."""
        month = self.month or 12
        if self.day is not None:
            found = self._date(month, self.day)
            return found - timedelta(days=1) if found and self.is_midnight else found
        if self.year is None or not 1 <= month <= 12:
            return None
        return self._date(month, calendar.monthrange(self.year, month)[1])

    @property
    def exists(self) -> bool:
        """Whether the calendar has it; 29 February without a year counts."""
        return replace(self, year=self.year or 2024).first() is not None

    def of_year(self, year: int | None) -> NamedDay:
        """Itself, in that year when it names none."""
        return self if self.year is not None or year is None else replace(self, year=year)

    def _date(self, month: int, day: int) -> date | None:
        try:
            return None if self.year is None else date(self.year, month, day)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class NamedPeriod:
    """Two days of which a text says "from … to …", both within."""

    first: NamedDay
    last: NamedDay

    @property
    def start(self) -> int:
        """Where it begins in the folded text."""
        return self.first.start

    @property
    def end(self) -> int:
        """Where it ends in the folded text."""
        return self.last.end

    def days(self, year: int | None = None) -> tuple[date, date] | None:
        """First and last day; None when a year or a day is missing.

        One year is enough for both ends, and `year` for neither: 20 December to 5 January runs into the next. The
        last may lie before the first when both years are named.
        """
        first, last = self.first, self.last
        if first.year is None and last.year is None:
            first = first.of_year(year)
        if first.year is None and last.year is not None:
            first = replace(first, year=last.year - _is_later(first, last))
        elif last.year is None and first.year is not None:
            last = replace(last, year=first.year + _is_later(first, last))
        begins, ends = first.first(), last.last()
        return None if begins is None or ends is None else (begins, ends)

    @property
    def exists(self) -> bool:
        """Whether the calendar has both ends."""
        return self.first.exists and self.last.exists


def month_named(name: str) -> int:
    """Number of a month by its English name, whole or short: "December", "dec", "Sept."."""
    return MONTHS_EN.index(name[:3].lower()) + 1


def _is_later(one: NamedDay, other: NamedDay) -> bool:
    return (one.month or 1, one.day or 1) > (other.month or 1, other.day or 31)


_ZH = "[〇○零一二三四五六七八九十]"
_YEAR = r"(?<!\d)(?P<year>(?:19|20)\d\d)"
_YEAR_ZH = (
    rf"(?:(?<!\d)(?P<year>(?:19|20)\d\d|[一二][〇○零九]{_ZH}{{2}})"
    rf"|民国(?P<republic>\d{{2,3}}|[百{_ZH[1:-1]}]{{2,5}}))\s?年"
)
_M_ZH, _D_ZH = rf"(?P<month>\d{{1,2}}|{_ZH}{{1,2}})\s?月份?", rf"(?P<day>\d{{1,2}}|{_ZH}{{1,3}})\s?[日号]"
_TIME_ZH = (
    r"(?:\s?\([^()]{1,8}\))?(?:\s?(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::\d\d)?|\s?(?P<oclock>\d{1,2}|零)[时点]整?)?"
)
MONTHS_EN = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_M_EN = (
    r"(?P<name>january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"
)
_D_EN = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_TIME_EN = r"(?:,?\s(?:at\s)?(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::\d\d)?(?!\s?[ap]m))?"
_ISO = rf"{_YEAR}(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})(?!\d)"

_DAYS = [
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR_ZH}\s?{_M_ZH}\s?{_D_ZH}{_TIME_ZH}",
        rf"{_YEAR_ZH}\s?{_M_ZH}(?:底|末)?(?!\s?[\d一二三四五六七八九十])",
        rf"{_YEAR_ZH}\s?(?P<whole>年?[底末]|元旦)?(?!度?[版款内]|以|之)(?!\s?\d)",
        rf"(?<![\d年])(?<!年\s)(?<!{_ZH}){_M_ZH}\s?{_D_ZH}{_TIME_ZH}",
        rf"{_ISO}{_TIME_ZH}",
        rf"\b{_D_EN}\s(?:of\s)?{_M_EN},?\s(?P<year>(?:19|20)\d\d)\b{_TIME_EN}",
        rf"\b{_M_EN}\s{_D_EN}(?:,\s?|\s)(?P<year>(?:19|20)\d\d)\b{_TIME_EN}",
        rf"\b{_M_EN}\s(?:of\s)?(?P<year>(?:19|20)\d\d)\b",
        rf"\b{_D_EN}\s(?:of\s)?{_M_EN}(?!\s?\d{{4}})",
        rf"\b{_M_EN}\s{_D_EN}\b(?!\s?(?:%|\d{{4}}|days?|weeks?|months?))",
    )
]
"""In the order of preference: what one has taken is not looked at by the next."""

_TO = r"\s?(?:—+|–+|-{1,2}|~|到|至|to|until|till|through|and)\s?"
_BETWEEN = re.compile(_TO)
_DAY_TAIL_ZH = re.compile(rf"{_TO}{_D_ZH}{_TIME_ZH}")
_DAY_HEAD_EN = re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_TO}$")
_DAY_TAIL_EN = re.compile(rf"{_TO}{_D_EN}(?:,?\s(?P<year>(?:19|20)\d\d))?\b(?!\s?(?:%|days?|weeks?|months?|yuan|:))")


def named_days(text: str) -> list[NamedDay]:
    """All days, months and years named in folded text, in order and not overlapping."""
    found: list[NamedDay] = []
    taken = bytearray(len(text))
    for pattern in _DAYS:
        for match in pattern.finditer(text):
            if not any(taken[match.start() : match.end()]):
                taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
                found.append(_day(match))
    return sorted(found, key=lambda day: day.start)


def named_periods(text: str) -> list[NamedPeriod | NamedDay]:
    """As `named_days`, with two days that stand as the ends of a period taken together."""
    found: list[NamedPeriod | NamedDay] = []
    days = named_days(text)
    at = 0
    while at < len(days):
        day, following = days[at], days[at + 1] if at + 1 < len(days) else None
        at += 1
        if following is not None and _is_period(text, day, following):
            found.append(NamedPeriod(day, following))
            at += 1
        else:
            found.append(_shortened(text, day) or day)
    return found


def _is_period(text: str, first: NamedDay, last: NamedDay) -> bool:
    between = _BETWEEN.fullmatch(text, first.end, last.start)
    return between is not None and ("and" not in between[0] or text[: first.start].endswith("between "))


def _shortened(text: str, day: NamedDay) -> NamedPeriod | None:
    """A period of which one end is a bare number: 11月1日至11日, 1 to 11 November, November 1-11, 2026."""
    if day.day is None:
        return None
    if tail := _DAY_TAIL_ZH.match(text, day.end):
        other = _day(tail)
        return NamedPeriod(day, replace(other, year=day.year, month=day.month, start=tail.start()))
    if not re.match(r"[a-z]", text[day.start :].lstrip("0123456789strdnhof ")[:1] or ""):
        return None
    if text[day.start].isdigit():
        head = _DAY_HEAD_EN.search(text, max(0, day.start - 12), day.start)
        if head is None:
            return None
        return NamedPeriod(replace(day, day=int(head["day"]), start=head.start(), end=head.end("day")), day)
    if day.year is None and (tail := _DAY_TAIL_EN.match(text, day.end)):
        year = int(tail["year"]) if tail["year"] else None
        last = replace(day, day=int(tail["day"]), year=year, start=tail.start("day"), end=tail.end())
        return NamedPeriod(replace(day, year=year), last)
    return None


def _day(match: re.Match[str]) -> NamedDay:
    part: Callable[[str], str | None] = match.groupdict().get
    year = _number(part("year"))
    if republic := _number(part("republic")):
        year = 1911 + republic
    name = part("name")
    month = month_named(name) if name else _number(part("month"))
    day = _number(part("day"))
    if part("whole") == "元旦":
        month = day = 1
    hour = part("hour") or part("oclock")
    return NamedDay(
        year=year,
        month=month,
        day=day,
        start=match.start(),
        end=match.end(),
        is_midnight=hour in ("0", "00", "零") and not int(part("minute") or 0),
    )


def _number(text: str | None) -> int | None:
    return None if text is None else whole_number(text.replace("○", "〇"))
