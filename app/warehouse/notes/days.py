"""Days that a note names, as seen from the day on which it was written.

A weekday alone is a weekday; one of a named week is a date. "Next Monday" is that of next week, as 下周一 is.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.warehouse.notes.mention import words
from index.text.dates import MONTHS_EN, NamedPeriod, month_named, named_periods
from index.text.festivals import festivals
from index.text.numerals import EN_UNITS, whole_number

_NUMBER = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
_X = "[一二三四五六日天]"
_W = "(?:周|星期|礼拜)"
_RELATIVE = words(
    r"(?P<zh>大后|(?<![以之大])后|今|明)(?:天|日|(?<=[今明])(?:儿个?|(?=[早晚夜晨])))"
    r"|\b(?P<en>day after tomorrow|today|tomorrow|tomorow|tommorow|tommorrow|tmrw|tmr)\b|\b(?P<to>to)(?=night\b)"
)
_AHEAD = {"今": 0, "明": 1, "后": 2, "大后": 3, "today": 0, "to": 0, "day after tomorrow": 2}
_PAIR = words(r"(?P<one>今明|明后)(?:两)?天")
_IN_DAYS = words(
    rf"(?:过)?(?P<zh>{_NUMBER})(?:个)?[天日](?:之|以)?后",
    r"\bin (?P<en>\d{1,2}|two|three|four|five) days\b",
)
_WEEK_RANGE = words(
    rf"(?P<which>下下个?|下个?|这个?|本)?{_W}(?P<one>{_X})\s?(?:到|至|-|~|—)\s?{_W}?(?P<other>{_X})(?!点)",
)
_WEEK_DAYS = words(
    rf"(?P<which>下下个?|下个?|这个?|本|上个?)?{_W}(?P<days>{_X}(?:(?:[、和或及,]|或者|跟)?\s?{_W}{_X}|"
    rf"[、和或及]{_X}(?!点)|{_X}(?!点))*)(?!级)",
)
_WEEKEND = words(r"(?P<which>下个?|这个?|本)?(?:周末|双休日?)|\b(?:(?P<en>this|next|the) )?weekends?\b")
_WORKDAYS = words(r"工作日|平日|周内|\bm-f\b|\bweek ?days?\b|\bworking days\b|\bbusiness days\b")
_WEEK = words(rf"(?P<which>下下个?|下个?|这个?|本){_W}(?!{_X}|末)|\b(?P<en>this|next) week\b")
_NAME = r"(?:mon(?:day)?|tues?(?:day)?|wed(?:nesday)?|thu(?:rs?(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)s?"
_EN_RANGE = words(rf"\b(?P<one>{_NAME})\.?\s?(?:-|–|to|through|thru|until)\s?(?P<other>{_NAME})\b")
_EN_DAYS = words(
    rf"(?<!the )(?<!last )\b(?:(?P<which>next|this|this coming|coming) )?(?P<days>{_NAME}(?:(?:,? ?(?:and|"
    rf"or|&|/) ?|, ?){_NAME})*)\b(?!['’]s)",
)
_EACH = words(rf"{_NAME}\b")
_OF_MONTH = words(
    r"(?:(?P<month>这个?|本|下个?)月|(?<![\d月第a-z#年.:-]))(?P<day>3[01]|[12]\d|[1-9]|"
    r"[一二三四五六七八九十]{1,3})\s?[号日](?![线楼店门院元期均色码机仓柜馆桌栋子摊铺档位室房通])",
    r"\bthe (?P<en>\d{1,2})(?:st|nd|rd|th)\b(?! (?:floor|order|time|item|one|of|door|house))",
)
_MONTH_END = words(r"(?P<zh>(?:这个?|本)?月底|月末)|\bend of (?:the|this) month\b")
_MONTH = words(r"(?<!\d)(?P<month>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份?(?=(?:之|以)?前)")
_DAY_OF = words(
    rf"\b(?:the )?(?P<day>3[01]|[12]\d|[1-9])(?:st|nd|rd|th)? of (?P<month>{'|'.join(MONTHS_EN)})[a-z]{{0,6}}\b"
)
_SLASHED = words(
    r"(?<![\d./-])(?P<month>1[0-2]|0?[1-9])[/.](?P<day>3[01]|[12]\d|0?[1-9])(?=号|日|前|之前|以前|后|以后|送|"
    r"到|再)[号日]?",
)
_ORDER = {name: at for at, name in enumerate("一二三四五六日", start=1)} | {"天": 7}
_ORDER_EN = {name: at for at, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), start=1)}


@dataclass(frozen=True, slots=True)
class Days:
    """One or more days with their place in folded text."""

    start: int
    end: int
    first: date | None = None
    last: date | None = None
    weekdays: tuple[int, ...] = ()
    is_opening: bool = False
    """Whether they are the first of those that will do (三天后)."""
    is_inclusive: bool = False
    """Whether "before" takes the last one in (月底前)."""
    exists: bool = True


class DayReader:
    """Finds days as seen from `today`."""

    def __init__(self, today: date) -> None:
        self.today = today

    def find(self, text: str) -> Iterator[Days]:
        """All candidates, those that say most first; they may overlap."""
        yield from self._named(text)
        for start, end, day in festivals(text, self.today):
            yield Days(start, end, day, day)
        for match in _IN_DAYS.finditer(text):
            ahead = EN_UNITS.get(match["en"] or "") or _number(match["zh"] or match["en"])
            if 0 < ahead <= 90:
                day = self.today + timedelta(days=ahead)
                yield Days(match.start(), match.end(), day, day, is_opening=match["zh"] is not None)
        for match in _PAIR.finditer(text):
            first = self.today + timedelta(days=_AHEAD[match["one"][0]])
            yield Days(match.start(), match.end(), first, first + timedelta(days=1))
        for match in _RELATIVE.finditer(text):
            day = self.today + timedelta(days=_AHEAD.get(match["zh"] or match["en"] or match["to"], 1))
            yield Days(match.start(), match.end(), day, day)
        yield from self._weekdays(text)
        yield from self._weeks(text)
        for match in _MONTH_END.finditer(text):
            last = calendar.monthrange(self.today.year, self.today.month)[1]
            day = self.today.replace(day=last)
            yield Days(match.start(), match.end(), day, day, is_inclusive=True)
        for match in _OF_MONTH.finditer(text):
            yield self._of_month(match, _number(match["day"] or match["en"]))

    def coming(self, weekdays: tuple[int, ...]) -> tuple[date, date]:
        """First and last day of the next such stretch, after today."""
        ahead = (weekdays[0] - self.today.isoweekday()) % 7 or 7
        first = self.today + timedelta(days=ahead)
        return first, first + timedelta(days=(weekdays[-1] - weekdays[0]) % 7)

    def _named(self, text: str) -> Iterator[Days]:
        for found in named_periods(text):
            if isinstance(found, NamedPeriod):
                days = found.days(self.today.year)
                first, last = days or (None, None)
                yield Days(found.start, found.end, first, last, exists=days is not None)
            elif found.month is not None and found.day is not None:
                day = found.of_year(self.today.year).first()
                if day is not None and found.year is None and (self.today - day).days > 90:
                    day = found.of_year(self.today.year + 1).first()
                yield Days(found.start, found.end, day, day, exists=day is not None)
        for match in _DAY_OF.finditer(text):
            month = month_named(match["month"])
            try:
                day = date(self.today.year, month, int(match["day"]))
                if (self.today - day).days > 90:
                    day = day.replace(year=self.today.year + 1)
            except ValueError:
                yield Days(match.start(), match.end(), exists=False)
                continue
            yield Days(match.start(), match.end(), day, day)
        for match in _MONTH.finditer(text):
            month = _number(match["month"])
            first_day = date(self.today.year + (month <= self.today.month), month, 1)
            yield Days(match.start(), match.end(), first_day, first_day)
        for match in _SLASHED.finditer(text):
            try:
                day = date(self.today.year, int(match["month"]), int(match["day"]))
            except ValueError:
                continue
            yield Days(match.start(), match.end(), day, day)

    def _weekdays(self, text: str) -> Iterator[Days]:
        for match in _WEEK_RANGE.finditer(text):
            yield self._of_week(match, _span(_ORDER[match["one"]], _ORDER[match["other"]]), match["which"] or "")
        for match in _EN_RANGE.finditer(text):
            yield Days(match.start(), match.end(), weekdays=_span(_en(match["one"]), _en(match["other"])))
        for match in _WEEK_DAYS.finditer(text):
            named = [_ORDER[name] for name in re.findall(_X, match["days"])]
            if (match["which"] or "").startswith("上"):
                continue
            end, kept = match.end(), named
            if named != sorted(set(named)):  # 周三一定: the list ends where it no longer climbs
                kept = named[:1]
                end = match.start("days") + 1
            yield self._of_week(match, tuple(kept), match["which"] or "", end=end)
        for match in _EN_DAYS.finditer(text):
            weekdays = tuple(sorted({_en(each[0]) for each in _EACH.finditer(match["days"])}))
            which = {"next": "下", "this": "这", "coming": "这", "this coming": "这"}.get(match["which"] or "", "")
            yield self._of_week(match, weekdays, which)
        for match in _WEEKEND.finditer(text):
            which = match["which"] or {"this": "这", "next": "下"}.get(match["en"] or "", "")
            yield self._of_week(match, (6, 7), which)
        for match in _WORKDAYS.finditer(text):
            yield Days(match.start(), match.end(), weekdays=(1, 2, 3, 4, 5))

    def _weeks(self, text: str) -> Iterator[Days]:
        for match in _WEEK.finditer(text):
            which = match["which"] or {"this": "这", "next": "下"}[match["en"]]
            yield self._of_week(match, (1, 2, 3, 4, 5, 6, 7), which)

    def _of_week(self, match: re.Match[str], weekdays: tuple[int, ...], which: str, *, end: int | None = None) -> Days:
        """Dates where the week is named, else weekdays."""
        start, end = match.start(), end or match.end()
        if not which:
            return Days(start, end, weekdays=weekdays)
        ahead = 2 if which.startswith("下下") else 1 if which.startswith("下") else 0
        monday = self.today - timedelta(days=self.today.weekday() - 7 * ahead)
        first, last = (monday + timedelta(days=day - 1) for day in (weekdays[0], weekdays[-1]))
        is_gapless = len(weekdays) == weekdays[-1] - weekdays[0] + 1
        return Days(start, end, first, last, () if is_gapless else weekdays)

    def _of_month(self, match: re.Match[str], day: int) -> Days:
        """The next day of that number; none where no month to come has it."""
        year, month = self.today.year, self.today.month
        if (match["month"] or "").startswith("下"):
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        for _ in range(12):
            if day <= calendar.monthrange(year, month)[1] and day and date(year, month, day) >= self.today:
                found = date(year, month, day)
                return Days(match.start(), match.end(), found, found)
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        return Days(match.start(), match.end(), exists=False)


def _span(one: int, other: int) -> tuple[int, ...]:
    if one <= other:
        return tuple(range(one, other + 1))
    return tuple(sorted({*range(one, 8), *range(1, other + 1)}))


def _en(name: str) -> int:
    return _ORDER_EN[name[:3]]


def _number(text: str) -> int:
    return whole_number(text) or 0
