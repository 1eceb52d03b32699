"""Times of day, as 14:00, or 14:00/16:00 for a span.

An hour from one to six without a word for the time of day is one of the afternoon: nobody asks a courier to come at
three in the morning. A time of day alone (明天下午, tomorrow morning) counts where it follows a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.understanding.slots.found import Found, Places
from index.text.numerals import EN_UNITS, whole_number

_HOUR = r"(?:[01]?\d|2[0-4]|[一二两三四五六七八九]|十[一二]?|二十[一二三四]?)"
_PART = r"凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|晚|早"
_OCLOCK = (
    rf"(?P<hour>{_HOUR})\s?点(?!儿|击|评|赞|心|[击了]|都|也|意见|建议|问题|要求)"
    r"(?:钟|(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>[0-5]?\d|[零一二三四五]?十?[一二三四五六七八九]|[二三四五]?十)分?(?![点件个天]))?"
)
_ZH = re.compile(rf"(?P<part>{_PART})?\s?(?<![\d一二三四五六七八九十.]){_OCLOCK}")
_TO_ZH = re.compile(rf"\s?(?:到|至|-|~|—)\s?(?P<part>{_PART})?\s?{_OCLOCK}")
_SHORT_TO_ZH = re.compile(
    rf"(?P<part>{_PART})?\s?(?<!\d)(?P<one>{_HOUR})\s?(?:到|至|-|~)\s?(?P<other>{_HOUR})\s?点(?!心|评)"
)
_COLON = re.compile(
    rf"(?:(?P<part>{_PART})\s?)?(?<![\d:.])(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?![\d:])\s?(?P<half>[ap]\.?m\b\.?)?"
)
_SPAN_EN = re.compile(
    r"\b(?P<one>1[0-2]|0?[1-9])\s?(?P<first>[ap]m)?\s?(?:-|–|to|and|until)\s?(?P<other>1[0-2]|0?[1-9])\s?(?P<half>[ap])\.?m\b\.?"
)
_EN = re.compile(r"\b(?P<hour>1[0-2]|0?[1-9])(?:[:.](?P<minute>[0-5]\d))?\s?(?P<half>[ap])\.?m\b\.?")
_HOURS_EN = "|".join(word for word, value in EN_UNITS.items() if 1 <= value <= 12)
_OCLOCK_EN = re.compile(
    rf"\b(?:(?P<to>half past|quarter past|quarter to)\s(?P<past>1[0-2]|[1-9]|{_HOURS_EN})"
    rf"|(?P<hour>1[0-2]|[1-9]|{_HOURS_EN})\s?o'?clock)"
    r"(?:\s(?:in the (?P<part>morning|afternoon|evening)|(?P<night>at night)))?\b"
)
_NAMED_EN = re.compile(r"\b(?P<name>noon|midday|midnight)\b")
_PARTS = {
    "早上": "08:00/12:00", "上午": "08:00/12:00", "中午": "12:00", "下午": "12:00/18:00", "傍晚": "18:00/22:00",
    "晚上": "18:00/22:00", "morning": "08:00/12:00", "afternoon": "12:00/18:00", "evening": "18:00/22:00",
}  # fmt: skip
_PART_ALONE = re.compile(
    r"(?:的|\s(?:in the )?)?(?P<part>早上|上午|中午|下午|傍晚|晚上|morning\b|afternoon\b|evening\b)"
)
_LATE = frozenset({"下午", "傍晚", "晚上", "晚", "夜里"})


def times(text: str, places: Places) -> Iterator[Found]:
    """All candidates in folded text, the longest first; they may overlap."""
    for match in _SHORT_TO_ZH.finditer(text):
        one, other = whole_number(match["one"]), whole_number(match["other"])
        if one is not None and other is not None:
            first, last = _hour(one, match["part"]), _hour(other, match["part"])
            yield _found(match, places, f"{first:02}:00/{last:02}:00")
    for match in _ZH.finditer(text):
        if not _is_time(match, text):
            continue
        spelled, end = _zh(match, match["part"]), match.end()
        if until := _TO_ZH.match(text, end):
            spelled, end = f"{spelled}/{_zh(until, until['part'] or match['part'])}", until.end()
        yield _found(match, places, spelled, end=end)
    for match in _SPAN_EN.finditer(text):
        last = _hour_en(int(match["other"]), match["half"])
        half = (match["first"] or match["half"])[0]
        first = _hour_en(int(match["one"]), half)
        if first > last and not match["first"]:  # 10-2 pm begins before noon, 10-12 am ends at noon
            first, last = (first, 12) if last == 0 else (first - 12, last)
        yield Found("time", match.start(), match.end(), f"{first:02}:00/{last:02}:00")
    for match in _COLON.finditer(text):
        hour = int(match["hour"])
        hour = _hour_en(hour, match["half"][0]) if match["half"] else _hour(hour, match["part"], is_exact=True)
        yield _found(match, places, f"{hour % 24:02}:{match['minute']}")
    for match in _EN.finditer(text):
        hour = _hour_en(int(match["hour"]), match["half"])
        yield Found("time", match.start(), match.end(), f"{hour:02}:{match['minute'] or '00'}")
    for match in _OCLOCK_EN.finditer(text):
        yield Found("time", match.start(), match.end(), _oclock_en(match))
    for match in _NAMED_EN.finditer(text):
        yield Found("time", match.start(), match.end(), "00:00" if match["name"] == "midnight" else "12:00")


def parts_of_day(text: str, places: Places) -> Iterator[Found]:
    """Times of day that stand right behind a day."""
    for found in places.found:
        if found.type == "date" and (match := _PART_ALONE.match(text, found.end)):
            yield Found("time", match.start("part"), match.end(), _PARTS[match["part"]])


def _is_time(match: re.Match[str], text: str) -> bool:
    """一点 and 两点 are "a bit" and "two points" more often than one and two o'clock."""
    if match["part"] or match["half"] or match["quarter"] or match["minute"] or "钟" in match[0]:
        return True
    if match["hour"].isdigit():
        return True
    rest = text[match.end() : match.end() + 1]
    return match["hour"] != "一" and (not rest or rest in "前后到之以左送来取，。,.?？!！ ")


def _zh(match: re.Match[str], part: str | None) -> str:
    hour = _hour(whole_number(match["hour"]) or 0, part)
    minute = 30 if match["half"] else {"一": 15, "三": 45}.get(match["quarter"] or "", 0)
    if match["minute"]:
        minute = whole_number(match["minute"].replace("零", "") or "0") or 0
    return f"{hour % 24:02}:{minute:02}"


def _hour(hour: int, part: str | None, *, is_exact: bool = False) -> int:
    if part in _LATE:
        return hour + 12 if hour < 12 else hour
    if part == "中午":
        return hour + 12 if hour < 4 else hour
    return hour + 12 if part is None and not is_exact and 1 <= hour <= 6 else hour


def _hour_en(hour: int, half: str) -> int:
    return hour % 12 + (12 if half == "p" else 0)


def _oclock_en(match: re.Match[str]) -> str:
    said = match["hour"] or match["past"]
    hour = int(said) if said.isdigit() else EN_UNITS[said]
    if match["part"] in ("afternoon", "evening") or match["night"]:
        hour = hour % 12 + 12
    elif match["part"] is None and 1 <= hour <= 6:
        hour += 12
    minute = {"half past": 30, "quarter past": 15}.get(match["to"] or "", 0)
    if match["to"] == "quarter to":
        hour, minute = hour - 1, 45
    return f"{hour % 24:02}:{minute:02}"


def _found(match: re.Match[str], places: Places, spelled: str, *, end: int | None = None) -> Found:
    """今晚八点: 今晚 is the day already, the time begins behind it."""
    start = match.start()
    if match["part"]:
        start = match.start("part")
        if not places.is_free(start, match.end("part")):
            start = match.start("one") if "one" in match.re.groupindex else match.start("hour")
    while match.string[start : start + 1].isspace():
        start += 1
    return Found("time", start, end or match.end(), spelled)
