"""Days, weeks, months and years that a message names, as ISO 8601 dates seen from a given day.

A period is `first/last`. What names no year is taken as near to today as it can be. A weekday or a day of the month
alone lies behind where the message tells of something done and ahead where it asks for something to come. "Next
Friday" is that of next week, as 下周五 is; "this Friday" or "Friday" the coming one.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.understanding.slots.found import NUMBER, Found
from index.text.dates import NamedDay, NamedPeriod, month_named, named_periods
from index.text.festivals import festivals
from index.text.numerals import EN_UNITS, whole_number

_RELATIVE_ZH = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
_RELATIVE = re.compile(
    r"(?P<zh>大前|大后|(?<!当)(?<!以)(?<!之)(?<!目)(?<!提)(?:前|昨|今|明|后))"
    r"(?:(?<=[前昨今明后])天|(?<=[昨今明])(?:日|儿个?|晚|早|晨)|(?<=前)日|(?<=前)晚)"
    r"|\b(?:the )?day (?P<before>before yesterday|after tomorrow)\b"
    r"|\b(?P<en>yesterday|yesteday|yday|today|tonight|tomorrow|tomorow|tommorow|tommorrow|tmrw|tmr"
    r"|last night|this (?:morning|afternoon|evening))\b"
)
_RELATIVE_EN = {"y": -1, "l": -1, "tod": 0, "ton": 0, "thi": 0, "tom": 1, "tmr": 1}

_UNIT_ZH = r"天|日|周|个?星期|个?礼拜|个月|年"
_NUMBER_EN = r"\d{1,3}|an?|" + "|".join(word for word, value in EN_UNITS.items() if 0 < value <= 20)
_AGO = re.compile(
    rf"(?<![第\d.])(?P<zh>{NUMBER}|半)(?P<half>个半)?\s?(?P<unit>{_UNIT_ZH})(?:之|以)?(?P<way>前|后)(?![来面端天])"
    rf"|\b(?P<en>{_NUMBER_EN})\s(?P<span>day|week|month|year)s?\s(?P<to>ago|back|from now|later)\b"
)
_WEEKDAY_ZH = re.compile(
    r"(?<![一二两三四五六七八九十几每半\d])(?P<which>上上个?|上个?|这个?|本|下下个?|下个?)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天末])(?![年])"
)
_WEEK_ZH = re.compile(r"(?P<which>上上个?|上个?|这个?|本|下下个?|下个?)(?:周|星期|礼拜)(?![一二三四五六日天末])")
_MONTH_ZH = re.compile(
    rf"(?P<which>上上个?|上个?|这个?|本|当|下个?|(?<![\d一二三四五六七八九十个每满])(?=月[底末初]))月(?:(?:的|份|份的)?(?P<day>{NUMBER})\s?[号日]|(?P<end>底|末|初))?"
)
_YEAR_ZH = re.compile(r"(?P<which>前年|去年|今年|明年)(?![级轻])")
_DAY_ZH = re.compile(
    r"(?<![大小]了)(?<![月尾编第单型几班店大小\d一二三四五六七八九十a-z#年])(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})\s?[号日]"
    r"(?![线楼店门院元常期用均色码机电仓柜馆桌栋])"
)
_NAMES = "mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs?(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
_WEEKDAY_EN = re.compile(
    rf"\b(?:(?P<which>last|past|this past|this coming|this|coming|next|on|by|until|before|since)\s)?"
    rf"(?P<day>{_NAMES})\b(?!'s)"
)
_WHOLE_EN = re.compile(r"\b(?:(?P<which>last|this|next)\s(?P<unit>week(?:end)?|month|year)|the (?P<end>weekend))\b")
_DAY_EN = re.compile(r"\b(?:on )?the (?P<day>\d{1,2})(?:st|nd|rd|th)\b(?! (?:time|order|item|one|of|day))")
_SLASHED = re.compile(r"(?<![\d./-])(?P<month>\d{1,2})/(?P<day>\d{1,2})(?![\d/%])")
_DOTTED = re.compile(
    r"(?<![\d.¥$])(?P<month>1[0-2]|[1-9])\.(?P<day>3[01]|[12]\d|0?[1-9])(?=[号日]|\s?(?:那天|下的?单|下的|买|拍|收到|签收|到货|的订?单))[号日]?"
)
_COMPACT = re.compile(r"(?<![\da-z])(?P<year>20[123]\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?![\da-z])")
_YEAR_BEFORE = re.compile(r"(?P<which>前年|去年|今年|明年)的?\s?$")
_YEAR_BEHIND = re.compile(r"\s(?P<which>last|this|next) year\b")

_MONTHS_EN = "|".join(name.lower() for name in calendar.month_name[1:])
_MONTH_ALONE = re.compile(
    rf"(?<![\d年个一二三四五六七八九十])(?P<month>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份?"
    r"(?!\s?[\d一二三四五六七八九十饼亮子嫂薪租])"
    rf"|\b(?:in|since|from|during|until|by|last|this|next) (?P<name>{_MONTHS_EN})\b(?!\s?\d)"
)
_MEANT = re.compile(
    r"承诺|说好|说是|本来|原定|原本|预计|应该|\b(?:supposed|due|promised|was meant|expected|should have|was to)\b"
)
_DONE = re.compile(
    r"[买拍]|下[的了]?单|下的|付|收到|签收|寄[出回]|退[的了回]|发的|了$|了[，,。]|申请|那[单笔]"
    r"|\b(?:ordered|bought|paid|received|arrived|returned|placed|since|sent|got|came|purchased|shipped|delivered|was|last|left|went|dispatched)\b"
)
_TO_COME = re.compile(
    r"能|会|可以|之前|前[能到送要]|到[吗不]|送货|再送|来取|上门|预约|约|改[到成]|安排|要用|需要"
    r"|\b(?:will|can|by|before|need|deliver|schedule|arrive|until|could|would|next|coming|pick up|collect)\b"
)
_WEEKDAYS = "一二三四五六日"
_STEP = {"上上": -2, "上": -1, "last": -1, "past": -1, "this past": -1, "下": 1, "next": 1, "下下": 2}
_YEAR_STEP = {"前年": -2, "去年": -1, "last": -1, "今年": 0, "this": 0, "明年": 1, "next": 1}
_FARTHEST = 3660
"""Days from today beyond which a number of days, weeks or months ago is no date."""


@dataclass(frozen=True, slots=True)
class DayFinder:
    """Finds days as seen from `today`."""

    today: date

    def find(self, text: str) -> Iterator[Found]:
        """All candidates in folded text, those that say most first; they may overlap."""
        yield from self._named(text)
        for match in _COMPACT.finditer(text):
            yield from _at(match, _made(int(match["year"]), int(match["month"]), int(match["day"])))
        for start, end, day in festivals(text, self.today):
            yield Found("date", start, end, day.isoformat())
        for match in _RELATIVE.finditer(text):
            yield from _at(match, self.today + timedelta(days=_relative(match)))
        for match in _AGO.finditer(text):
            yield from _at(match, self._ago(match))
        yield from self._of_month(text)
        yield from self._weeks(text)
        for match in _MONTH_ALONE.finditer(text):
            yield from self._month_alone(match, text)
        for pattern in (_SLASHED, _DOTTED):
            for match in pattern.finditer(text):
                yield from self._month_and_day(match, text)
        for pattern in (_DAY_ZH, _DAY_EN):
            for match in pattern.finditer(text):
                yield from _at(match, self._day_of_month(whole_number(match["day"]) or 0, _sense(match, text)))
        for match in _YEAR_ZH.finditer(text):
            yield Found("date", match.start(), match.end(), str(self.today.year + _YEAR_STEP[match["which"]]))

    def _named(self, text: str) -> Iterator[Found]:
        for named in named_periods(text):
            start, end, year = named.start, named.end, None
            if before := _YEAR_BEFORE.search(text, max(0, start - 4), start):
                start, year = before.start(), self.today.year + _YEAR_STEP[before["which"]]
            elif behind := _YEAR_BEHIND.match(text, end):
                end, year = behind.end(), self.today.year + _YEAR_STEP[behind["which"]]
            if isinstance(named, NamedPeriod):
                days = named.days(year) or named.days(self.today.year)
                if days is not None:
                    yield Found("date", start, end, f"{days[0].isoformat()}/{days[1].isoformat()}")
            elif told := self._spelled(named, year):
                yield Found("date", start, end, told)

    def _spelled(self, named: NamedDay, year: int | None) -> str | None:
        named = named.of_year(year)
        if named.month is not None and not 1 <= named.month <= 12:
            return None
        if named.day is not None and named.month is not None:
            day = named.first() if named.year else self._nearest(named.month, named.day)
            return day.isoformat() if day else None
        if named.month is not None:
            near = self._nearest(named.month, 15)
            year = named.year or (near.year if near else self.today.year)
            return f"{year}-{named.month:02}"
        return str(named.year) if named.year else None

    def _nearest(self, month: int, day: int) -> date | None:
        days = (_made(self.today.year + step, month, day) for step in (-1, 0, 1))
        return min((day for day in days if day), key=lambda day: abs((day - self.today).days), default=None)

    def _month_and_day(self, match: re.Match[str], text: str) -> Iterator[Found]:
        month, day = int(match["month"]), int(match["day"])
        if month > 12:
            month, day = day, month
        is_fraction = max(month, day) < 10 and re.search(r"(?:on|by|于|在)\s?$", text[: match.start()]) is None
        if "/" not in match[0] or not is_fraction:
            yield from _at(match, self._nearest(month, day) if 1 <= month <= 12 else None)

    def _ago(self, match: re.Match[str]) -> date | None:
        unit = (match["unit"] or match["span"]).removeprefix("个")
        is_back = (match["way"] or match["to"]) in ("前", "ago", "back")
        number: float | None
        if match["zh"]:
            number = 0.5 if match["zh"] == "半" else whole_number(match["zh"])
        else:
            said = match["en"]
            number = 1 if said in ("a", "an") else int(said) if said.isdigit() else EN_UNITS[said]
        if number is None:
            return None
        number += 0.5 if match["half"] else 0
        sign = -1 if is_back else 1
        if unit[0] in "月m" or unit[0] in "年y":
            months = number * (12 if unit[0] in "年y" else 1)
            if months != int(months):
                return self._shifted(sign * 15)
            return _months_on(self.today, sign * int(months)) if months <= _FARTHEST / 30 else None
        return self._shifted(sign * int(number * (7 if unit[0] in "周星礼w" else 1)))

    def _shifted(self, days: int) -> date | None:
        return self.today + timedelta(days=days) if abs(days) <= _FARTHEST else None

    def _of_month(self, text: str) -> Iterator[Found]:
        for match in _MONTH_ZH.finditer(text):
            first = _months_on(self.today.replace(day=1), _STEP.get(match["which"].removesuffix("个"), 0))
            last = calendar.monthrange(first.year, first.month)[1]
            if match["day"]:
                yield from _at(match, _made(first.year, first.month, whole_number(match["day"]) or 0))
            elif match["end"]:
                yield from _at(match, first.replace(day=1 if match["end"] == "初" else last))
            else:
                yield Found("date", match.start(), match.end(), f"{first:%Y-%m}")

    def _month_alone(self, match: re.Match[str], text: str) -> Iterator[Found]:
        if name := match["name"]:
            month, start = month_named(name), match.start("name")
        else:
            month, start = whole_number(match["month"]) or 0, match.start()
        if near := self._nearest(month, 15):
            if _sense(match, text) < 0 and near > self.today:
                near = near.replace(year=near.year - 1)
            yield Found("date", start, match.end(), f"{near:%Y-%m}")

    def _weeks(self, text: str) -> Iterator[Found]:
        monday = self.today - timedelta(days=self.today.weekday())
        for match in _WEEKDAY_ZH.finditer(text):
            which, day = (match["which"] or "").removesuffix("个"), match["day"]
            if day == "末":
                yield _period(match, *_weekend(monday, _STEP.get(which, 0)))
                continue
            weekday = _WEEKDAYS.index("日" if day == "天" else day)
            if re.search(r"今天[都就是]{0,2}$", text[: match.start()]):
                yield from _at(match, self.today)
            elif which:
                yield from _at(match, monday + timedelta(days=7 * _STEP.get(which, 0) + weekday))
            else:
                yield from _at(match, self._weekday(weekday, _sense(match, text)))
        for match in _WEEK_ZH.finditer(text):
            first = monday + timedelta(days=7 * _STEP.get(match["which"].removesuffix("个"), 0))
            yield _period(match, first, first + timedelta(days=6))
        for match in _WHOLE_EN.finditer(text):
            yield self._whole_en(match, monday)
        for match in _WEEKDAY_EN.finditer(text):
            if found := self._weekday_en(match, text, monday):
                yield found

    def _whole_en(self, match: re.Match[str], monday: date) -> Found:
        step, unit = _STEP.get(match["which"], 0), match["unit"]
        if match["end"] or unit == "weekend":
            return _period(match, *_weekend(monday, step))
        if unit == "week":
            first = monday + timedelta(days=7 * step)
            return _period(match, first, first + timedelta(days=6))
        if unit == "month":
            return Found("date", match.start(), match.end(), f"{_months_on(self.today.replace(day=1), step):%Y-%m}")
        return Found("date", match.start(), match.end(), str(self.today.year + step))

    def _weekday_en(self, match: re.Match[str], text: str, monday: date) -> Found | None:
        name, which = match["day"], match["which"]
        if which is None and name in ("mon", "wed", "sat", "sun", "thu", "tue", "fri"):
            return None
        is_today = which is None and re.search(r"\b(?:it'?s|today is|today's|already) $", text[: match.start()])
        weekday = next(at for at, day in enumerate(calendar.day_name) if day.lower().startswith(name[:3]))
        start = match.start() if which in _STEP or which in ("this", "coming", "this coming") else match.start("day")
        if is_today and weekday == self.today.weekday():
            day = self.today
        elif which == "next":
            day = monday + timedelta(days=7 + weekday)
        elif which in ("last", "past", "this past", "since"):
            day = self._weekday(weekday, -1)
        elif which in ("this", "coming", "this coming", "by", "until", "before"):
            day = self._weekday(weekday, 1)
        else:
            day = self._weekday(weekday, _sense(match, text))
        return Found("date", start, match.end(), day.isoformat())

    def _weekday(self, weekday: int, sense: int) -> date:
        """The last one before today, or today's or the next one."""
        if sense < 0:
            return self.today - timedelta(days=(self.today.weekday() - weekday - 1) % 7 + 1)
        return self.today + timedelta(days=(weekday - self.today.weekday()) % 7)

    def _day_of_month(self, day: int, sense: int) -> date | None:
        this = _made(self.today.year, self.today.month, day)
        if not 1 <= day <= 31:
            return None
        if sense < 0 and (this is None or this > self.today):
            earlier = _months_on(self.today.replace(day=1), -1)
            return _made(earlier.year, earlier.month, day)
        if sense > 0 and (this is None or this < self.today):
            later = _months_on(self.today.replace(day=1), 1)
            return _made(later.year, later.month, day)
        return this


def _sense(match: re.Match[str], text: str) -> int:
    """-1 where the words around tell of what was done, 1 where of what is to come."""
    behind = text[match.end() : match.end() + 10]
    if _MEANT.search(text, max(0, match.start() - 20), match.start()) and not re.search(r"[吗?？]|\bwill\b", behind):
        return -1
    around = text[max(0, match.start() - 28) : match.start()] + " " + behind
    for words in (behind, around):
        done, ahead = _DONE.search(words), _TO_COME.search(words)
        if (done is None) != (ahead is None):
            return -1 if done else 1
    return 1


def _relative(match: re.Match[str]) -> int:
    if match["zh"]:
        return _RELATIVE_ZH[match["zh"]]
    if match["before"]:
        return -2 if match["before"].startswith("before") else 2
    said = match["en"]
    return next(days for head, days in _RELATIVE_EN.items() if said.startswith(head))


def _weekend(monday: date, step: int) -> tuple[date, date]:
    first = monday + timedelta(days=7 * step + 5)
    return first, first + timedelta(days=1)


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _at(match: re.Match[str], day: date | None) -> Iterator[Found]:
    if day is not None:
        yield Found("date", match.start(), match.end(), day.isoformat())


def _period(match: re.Match[str], first: date, last: date) -> Found:
    return Found("date", match.start(), match.end(), f"{first.isoformat()}/{last.isoformat()}")
