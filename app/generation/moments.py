"""Dates and times of day in a sentence, Chinese and English, as values that can be compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

from index.text.dates import MONTHS_EN, month_named
from index.text.numerals import EN_NUMERAL, ZH_NUMERAL, number

DateValue = tuple[int | None, int | None, int | None]
"""Year, month and day, each None where it is not named."""


class Moment(NamedTuple):
    """A date or a time of day and where it stands."""

    kind: str
    """"date" or "clock"."""
    value: DateValue | Fraction
    """Of a time of day the minutes since midnight; the end of a day is 1440."""
    start: int
    end: int


_MONTH = rf"({'|'.join(MONTHS_EN)})[a-z]*\.?"
_ZH = ZH_NUMERAL

_N = rf"(?:\d{{1,4}}|{_ZH})"
_YEAR = r"((?:19|20)\d\d|[一二][〇零九][〇零一二三四五六七八九]{2})"
_DAY_EN = r"(\d{1,2})(?:st|nd|rd|th)?"
_DATE_PATTERNS: list[tuple[str, Callable[[re.Match[str]], DateValue]]] = [
    (rf"({_N})\s*年\s*({_N})\s*月\s*({_N})\s*[日号]", lambda m: (_whole(m[1]), _whole(m[2]), _whole(m[3]))),
    (rf"{_YEAR}\s*年\s*({_N})\s*月", lambda m: (_whole(m[1]), _whole(m[2]), None)),
    (rf"(?<!\d)({_N})\s*月\s*({_N})\s*[日号]", lambda m: (None, _whole(m[1]), _whole(m[2]))),
    (rf"{_YEAR}\s*年(?!以|内|之)", lambda m: (_whole(m[1]), None, None)),
    (r"(?<!\d)((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", lambda m: (int(m[1]), int(m[2]), int(m[3]))),
    (rf"\b{_MONTH}\s+{_DAY_EN},?\s+((?:19|20)\d\d)\b", lambda m: (int(m[3]), month_named(m[1]), int(m[2]))),
    (rf"\b{_DAY_EN}\s+(?:of\s+)?{_MONTH},?\s+((?:19|20)\d\d)\b", lambda m: (int(m[3]), month_named(m[2]), int(m[1]))),
    (rf"\b{_MONTH}\s+{_DAY_EN}\b(?!\s*%)", lambda m: (None, month_named(m[1]), int(m[2]))),
    (rf"\b{_DAY_EN}\s+(?:of\s+)?{_MONTH}\b", lambda m: (None, month_named(m[2]), int(m[1]))),
    (rf"\b{_MONTH}\s+((?:19|20)\d\d)\b", lambda m: (int(m[2]), month_named(m[1]), None)),
]
_LAST_DAY = re.compile(rf"({_N})\s*月\s*{_N}\s*[日号]?\s*(?:至|到|[-–—~～])\s*(({_N})\s*[日号])")
"""The end of 6月8日到18日, which has its month from the beginning."""
_DATES = [(re.compile(pattern, re.IGNORECASE), value) for pattern, value in _DATE_PATTERNS]


_FIRST_DAY_EN = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s*(?:to|until|[-–—~～])\s*{_DAY_EN}\s+(?:of\s+)?{_MONTH}", re.IGNORECASE
)
_LAST_DAY_EN = re.compile(
    rf"\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\s*(?:to|until|[-–—~～])\s*(\d{{1,2}})\b(?!\s*[:%])", re.IGNORECASE
)
"""The ends of "20 to 26 April" and of "April 20 to 26" that have their month from the other."""


def dates(text: str) -> Iterator[Moment]:
    """Dates, those that name most first; a place may be found twice."""
    for match in _FIRST_DAY_EN.finditer(text):
        yield Moment("date", (None, month_named(match[3]), int(match[1])), match.start(1), match.end(1))
    for match in _LAST_DAY_EN.finditer(text):
        yield Moment("date", (None, month_named(match[1]), int(match[2])), match.start(2), match.end(2))
    for match in _LAST_DAY.finditer(text):
        yield Moment("date", (None, _whole(match[1]), _whole(match[3])), match.start(2), match.end(2))
    for pattern, value in _DATES:
        for match in pattern.finditer(text):
            yield Moment("date", value(match), match.start(), match.end())


_PART_ZH = r"凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|夜里|半夜|深夜|午夜|晚|早|夜"
_CLOCK_ZH = re.compile(
    rf"({_PART_ZH})?\s*(\d{{1,2}}|{_ZH})\s*(?:点钟?整?|时)(?!间)(半|\s*(?:\d{{1,2}}|{_ZH})\s*分)?(?!\s*[评赞])"
)
_A_LITTLE = re.compile(r"[早晚]?\s*一点(?!钟|整|半|[前后以至到起之开关~\-])")
_CLOCK_RANGE_ZH = re.compile(rf"({_PART_ZH})?\s*(?<![\d:.])(\d{{1,2}})\s*(?=[-–—~～至到]\s*\d{{1,2}}\s*[点时](?!间))")
_CLOCK_DIGITS = re.compile(
    rf"({_PART_ZH})?\s*(?<![\d:.])([01]?\d|2[0-4])[:：]([0-5]\d)(?![\d:])\s*([ap]\.?m\.?)?", re.IGNORECASE
)
_CLOCK_EN = re.compile(r"\b(1[0-2]|[1-9])\s*([ap])\.?m\b\.?", re.IGNORECASE)
_CLOCK_WORDS_EN = re.compile(
    rf"\b(?P<half>half\s+past\s+)?(?P<hour>1[0-2]|[1-9]|{EN_NUMERAL})(?P<oclock>\s*o['’]clock)?"
    r"(?P<part>\s*(?:in\s+the\s+(?:morning|afternoon|evening)|at\s+night)\b)?",
    re.IGNORECASE,
)
_NAMED_HOURS = [
    (re.compile(r"\bmidnight\b|午夜(?!\s*\d)|零点|零时", re.IGNORECASE), Fraction(1440)),
    (re.compile(r"\b(?:noon|midday)\b|正午", re.IGNORECASE), Fraction(720)),
]
_HALF_DAY = 720


def clocks(text: str) -> Iterator[Moment]:
    """Times of day; the middle of the night is the end of a day."""
    for match in _CLOCK_DIGITS.finditer(text):
        hour = _afternoon(int(match[2]), match[1], match[4])
        yield Moment("clock", Fraction(hour * 60 + int(match[3])), match.start(), match.end())
    for match in _CLOCK_RANGE_ZH.finditer(text):
        if int(match[2]) <= 24:
            yield Moment("clock", Fraction(_afternoon(int(match[2]), match[1], None) * 60), match.start(), match.end(2))
    for match in _CLOCK_ZH.finditer(text):
        hour_value = _whole(match[2])
        if hour_value is None or hour_value > 24 or (match[1] is None and match[0].endswith("时")):
            continue
        if _A_LITTLE.match(text, match.start()):
            continue  # 粗一点
        minutes = 30 if match[3] == "半" else (_whole(match[3].strip()[:-1].strip()) or 0) if match[3] else 0
        value = Fraction(_afternoon(hour_value, match[1], None) * 60 + minutes)
        yield Moment("clock", value, match.start(), match.end())
    for match in _CLOCK_EN.finditer(text):
        hour = _afternoon(int(match[1]), None, match[2])
        yield Moment("clock", Fraction(hour * 60), match.start(), match.end())
    yield from _in_words(text)


def _in_words(text: str) -> Iterator[Moment]:
    """ "Half past eight", "four in the afternoon", "midnight"."""
    for match in _CLOCK_WORDS_EN.finditer(text):
        hour = _whole(match["hour"])
        if hour is None or not 1 <= hour <= 12 or not (match["half"] or match["oclock"] or match["part"]):
            continue
        part = (match["part"] or "").lower()
        is_late = "afternoon" in part or "evening" in part or ("night" in part and hour >= 6)
        value = Fraction((hour % 12 + 12 * is_late if part else hour) * 60 + (30 if match["half"] else 0))
        yield Moment("clock", value, match.start(), match.end())
    for pattern, value in _NAMED_HOURS:
        for match in pattern.finditer(text):
            yield Moment("clock", value, match.start(), match.end())


def is_same_clock(one: Fraction, one_text: str, other: Fraction, other_text: str) -> bool:
    """Whether two times of day are the same; one without a part of the day (九点半, half past nine) may be either."""
    apart = one - other
    return apart % 1440 == 0 or (apart % _HALF_DAY == 0 and (_is_vague(one_text) or _is_vague(other_text)))


def _is_vague(text: str) -> bool:
    return _VAGUE.fullmatch(text.strip()) is not None


_VAGUE = re.compile(
    rf"(?:[1-9]|1[0-2]|{_ZH})\s*点钟?整?(?:半|\s*(?:\d{{1,2}}|{_ZH})\s*分)?|half\s+past\s+[a-z0-9]+|[a-z0-9]+\s*o['’]clock",
    re.IGNORECASE,
)


def _afternoon(hour: int, zh: str | None, en: str | None) -> int:
    is_pm = zh in {"下午", "傍晚", "晚上", "晚间", "晚"} or (en or "").lower().startswith("p")
    if is_pm and hour < 12:
        return hour + 12
    if zh in {"夜里", "半夜", "深夜", "夜"} and 8 <= hour < 12:
        return hour + 12
    if hour == 12 and zh in {"晚上", "晚", "晚间", "夜里", "半夜", "深夜", "午夜", "夜"}:
        return 24
    return 0 if (en or "").lower().startswith("a") and hour == 12 else hour


def _whole(text: str | None) -> int | None:
    value = number(text) if text else None
    return int(value) if value is not None else None
