"""Times of day that a note names.

An hour from one to seven without a word for the time of day is one of the afternoon or evening: nobody asks a courier
to come at three in the morning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.warehouse.notes.mention import either, words
from index.text.numerals import EN_UNITS, whole_number

Half = Literal["am", "pm", "noon", ""]
_PART = "凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|晚|早"
_ZH_HOUR = "[一二两俩三四五六七八九]|十[一二]?|二十[一二三四]?"
_HALVES: dict[str, Half] = {
    "凌晨": "am", "清晨": "am", "早上": "am", "早晨": "am", "上午": "am", "早": "am", "中午": "noon",
    "下午": "pm", "傍晚": "pm", "晚上": "pm", "夜里": "pm", "晚": "pm",
    "morning": "am", "afternoon": "pm", "evening": "pm", "night": "pm", "noon": "noon",
}  # fmt: skip
_HOURS_EN = "|".join(word for word, value in EN_UNITS.items() if 1 <= value <= 12)
_NO_UNIT = either(
    r"(?![\da-z]|:\d|\.\d|\s?(?:mins?\b|minutes?|分|hours?|hrs?|个|小时|天|days?|楼|层|号|栋|元|块|米|件|"
    r"箱|次|st\b|nd\b|rd\b|th\b"
    r"|%|times|flights?|people|月|周|年|室|单元|步))",
)
_TIME = words(
    rf"(?:(?P<part>{_PART})\s?)?(?:"
    r"(?<![\d:.])(?P<h1>[01]?\d|2[0-4]):(?P<m1>[0-5]\d)(?!\d)(?:\s?(?P<a1>[ap])\.?m\b\.?)?"
    rf"|(?<![\d.])(?P<h2>[01]?\d|2[0-4]|{_ZH_HOUR})\s?点(?!心|评|击|赞|儿|了)"
    r"(?:钟|(?P<half>半)|(?P<quarter>[一三])刻|(?P<m2>[0-5]?\d|[二三四五]?十[一二三四五六七八九]?|"
    r"零[一二三四五六七八九])分?(?!点|个|件|天))?"
    r"|(?<![\d:.$¥])(?P<h3>1[0-2]|0?[1-9])(?:[:.](?P<m3>[0-5]\d))?\s?(?P<a3>[ap])\.?m\b\.?"
    rf"|\b(?P<to>half(?: past)?|(?:a )?quarter past|(?:a )?quarter to) (?P<h4>1[0-2]|[1-9]|"
    rf"{_HOURS_EN})\b(?! (?:hour|min|day|week|box|kilo))"
    r"|(?<![\d:.])\b(?P<h5>1[0-2]|[1-9])\s?o'?clock\b"
    r"|\b(?P<word>noon|midday|midnight)\b"
    rf"|(?<![\d:.$¥#a-z])(?P<bare>[01]?\d|2[0-4]){_NO_UNIT}"
    rf"|\b(?P<spelled>{_HOURS_EN})\b(?! (?:of|or|more|less|time|is|person|people|box|day|hour|"
    rf"minute))"
    r")(?:\s(?:in the |at )(?P<later>morning|afternoon|evening|night)\b)?",
)
_OFFICE = words(r"早(?P<am>[七八九十7-9]|10)点?[、到至-]?晚(?P<pm>[四五六七八九十4-9]|10)点?")
"""From nine to six, as 早九晚六 has it."""
_PAIR = words(
    rf"(?:(?P<part>{_PART})\s?)?(?<![十一二三四五六七八九])(?P<one>[一二两三四五六七八九])[、]?(?P<other>[二三"
    rf"四五六七八九])点钟?",
)
_TO = words(r"\s?(?:到|至|-|–|—|~|to|and|&|until|till)\s?")
_PARTS: tuple[tuple[str, tuple[int | None, int | None], Half], ...] = (
    (
        r"早上|上午|早晨|清晨|清早|一大?早|(?<=[今明])早|(?<=后天)早|\b(?:early )?mornings?\b|(?<=day )am\b|"
        r"(?<=days )am\b|(?<=rrow )am\b",
        (480, 720),
        "am",
    ),
    (
        r"中午(?!休息)|晌午|(?:午饭|午餐|吃饭)(?:时间|的?时候|点(?!了|\d))|饭点|\blunch ?times?\b|\blunch hours?\b",
        (720, 840),
        "noon",
    ),
    (r"(?<!点)午休(?:时间)?|(?<!点)午睡(?:时间)?|中午休息(?:时间)?|\blunch breaks?\b|\bnap time\b", (720, 840), "noon"),
    (r"下午|午后|\bafternoons?\b|(?<=day )pm\b|(?<=days )pm\b|(?<=rrow )pm\b", (720, 1080), "pm"),
    (r"傍晚|黄昏|\bearly evenings?\b", (1020, 1140), "pm"),
    (r"晚上|晚间|夜间|夜里|(?<=[今明])晚|\bevenings?\b|\bnights?\b|(?<=to)night\b", (1080, 1320), "pm"),
    (r"白天|\bday ?time\b|\bduring the day\b", (480, 1080), ""),
    (r"上班时间|办公时间|\b(?:office|business|working|work) hours\b", (540, 1080), ""),
    (r"(?:吃[完过])?午饭(?:之|以)?后|\bafter lunch\b", (840, None), ""),
    (r"\b(?:eod|end of (?:the )?day|close of business|cob)\b", (None, 1080), ""),
    (r"(?:天黑|下班)(?:之|以)?前|\bbefore (?:dark|sunset|nightfall)\b", (None, 1080), ""),
    (r"下班(?:之|以)?后|\bafter (?:work|office hours)\b", (1080, None), ""),
)
_PART_PATTERNS = tuple((words(pattern), span, half) for pattern, span, half in _PARTS)
_AHEAD = words(
    r"(?P<zh>\d{1,2}|半|[一二两三四五六七八九十]{1,2})(?:个)?(?:半)?(?P<unit>小时|钟头|分钟)(?:之|以)?后"
    r"|\bin (?:about )?(?P<en>\d{1,3}|an|half an|one|two|three) (?P<unit_en>hours?|minutes?|mins?)\b"
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, or two, with their place in folded text; minutes from midnight."""

    start: int
    end: int
    first: int | None
    last: int | None
    """The same as `first` for a moment."""
    is_bare: bool = False
    """A number that is a time only where a word before it makes it one (after 6)."""
    is_part: bool = False
    """A part of the day without an hour."""
    half: Half = ""
    hour: int | None = None
    """As it was written, where no word told the time of day: another one near by may (tonight after 8)."""
    minutes_from_now: int | None = None

    @property
    def is_moment(self) -> bool:
        """Whether it is one time, not a span."""
        return self.first is not None and self.first == self.last

    def within(self, half: Half) -> Clock:
        """The same with the time of day that a word near by tells."""
        if self.hour is None or not half or self.first is None or not self.is_moment:
            return self
        at = _minutes(self.hour, self.first % 60, half)
        return Clock(self.start, self.end, at, at, half=half)


def find_clocks(text: str) -> Iterator[Clock]:
    """All, spans before moments, parts of the day last; they may overlap."""
    for match in _PAIR.finditer(text):
        half = _HALVES[match["part"]] if match["part"] else ""
        begins, ends = (_minutes(_number(match[name]), 0, half) for name in ("one", "other"))
        if ends - begins == 60:
            yield Clock(match.start(), match.end(), begins, ends, half=half)
    for match in _OFFICE.finditer(text):
        begins, ends = _minutes(_number(match["am"]), 0, "am"), _minutes(_number(match["pm"]), 0, "pm")
        yield Clock(match.start(), match.end(), begins, ends)
    for match in _AHEAD.finditer(text):
        yield Clock(match.start(), match.end(), None, None, minutes_from_now=_ahead(match))
    found = [match for match in _TIME.finditer(text) if _is_hour(match, text)]
    at = 0
    while at < len(found):
        one = found[at]
        other = found[at + 1] if at + 1 < len(found) else None
        at += 1
        if other is not None and _TO.fullmatch(text, one.end(), other.start()):
            yield _span(one, other)
            at += 1
        else:
            yield _moment(one)
    for pattern, (first, last), half in _PART_PATTERNS:
        for match in pattern.finditer(text):
            yield Clock(match.start(), match.end(), first, last, is_part=True, half=half)


def _is_hour(match: re.Match[str], text: str) -> bool:
    """一点 is "a bit" more often than one o'clock; 两点 can be two points."""
    if match["h2"] is None or match["part"] or match["half"] or match["quarter"] or match["m2"] or "钟" in match[0]:
        return True
    rest = text[match.end() : match.end() + 1]
    if match["h2"].isdigit() or match["h2"] not in ("一", "两", "二"):
        return True
    if match.start() and text[match.start() - 1] in "到至-~":
        return True
    return match["h2"] != "一" and (not rest or rest in "前后到至之以左送来取过半起开有, ,。.?!-~—")


def _moment(match: re.Match[str]) -> Clock:
    half = _half(match)
    hour, minute = _hour_minute(match)
    at = _minutes(hour, minute, half, is_exact=_is_exact(match))
    is_open = half == "" and match["word"] is None and not _is_exact(match)
    is_bare = match["bare"] is not None or match["spelled"] is not None
    return Clock(*match.span(), at, at, is_bare=is_bare, half=half, hour=hour if is_open else None)


def _span(one: re.Match[str], other: re.Match[str]) -> Clock:
    first_half, last_half = _half(one), _half(other)
    (hour, minute), (last_hour, last_minute) = _hour_minute(one), _hour_minute(other)
    if not first_half and last_half and not _is_exact(one):
        first = _minutes(hour, minute, last_half)
        last = _minutes(last_hour, last_minute, last_half)
        if first >= last:  # 10-2 pm begins before noon
            first = _minutes(hour, minute, "am")
    else:
        first = _minutes(hour, minute, first_half, is_exact=_is_exact(one))
        last = _minutes(last_hour, last_minute, last_half or first_half, is_exact=_is_exact(other))
        if last <= first and not last_half and last + 720 <= 1440:  # 上午9点到5点, 12 to 1
            last += 720
    is_bare = all(part["bare"] or part["spelled"] for part in (one, other))
    return Clock(one.start(), other.end(), first, last, is_bare=is_bare, half=first_half or last_half)


def _hour_minute(match: re.Match[str]) -> tuple[int, int]:
    if match["word"]:
        return (12, 0) if match["word"] != "midnight" else (24, 0)
    if match["spelled"]:
        return EN_UNITS[match["spelled"]], 0
    said = next(match[name] for name in ("h1", "h2", "h3", "h4", "h5", "bare") if match[name])
    hour = EN_UNITS.get(said) or _number(said)
    minute = _number(match["m1"] or match["m2"] or match["m3"] or "0")
    if match["half"] or (match["to"] or "").startswith("half"):
        minute = 30
    elif match["quarter"]:
        minute = 15 if match["quarter"] == "一" else 45
    elif (match["to"] or "").endswith("quarter past"):
        minute = 15
    elif (match["to"] or "").endswith("quarter to"):
        hour, minute = hour - 1, 45
    if hour == 12 and (match["part"] in ("晚上", "夜里", "晚") or match["later"] == "night"):
        hour = 24
    return hour, minute


def _half(match: re.Match[str]) -> Half:
    if letter := match["a1"] or match["a3"]:
        return "am" if letter == "a" else "pm"
    return _HALVES[match["part"]] if match["part"] else _HALVES[match["later"]] if match["later"] else ""


def _is_exact(match: re.Match[str]) -> bool:
    """07:30 is one of the morning, as a timetable writes it."""
    return match["word"] is not None or (match["h1"] or "").startswith("0")


def _minutes(hour: int, minute: int, half: Half, *, is_exact: bool = False) -> int:
    if half == "am":
        hour = 0 if hour == 12 and not minute else hour
    elif half == "pm":
        hour = hour + 12 if hour < 12 else hour
    elif half == "noon":
        hour = hour + 12 if hour < 4 else hour
    elif not is_exact and 1 <= hour <= 7:
        hour += 12
    return min(hour * 60 + minute, 1439)


def _ahead(match: re.Match[str]) -> int:
    said = match["zh"] or match["en"]
    number = {"半": 0.5, "an": 1, "half an": 0.5, "one": 1, "two": 2, "three": 3}.get(said)
    if number is None:
        number = _number(said)
    if match["zh"] and "半小" not in match[0] and "半钟" not in match[0] and "半" in match[0][1:]:
        number += 0.5
    return round(number * (1 if (match["unit"] or match["unit_en"]).startswith(("分", "min")) else 60))


def _number(text: str) -> int:
    return whole_number(text.replace("俩", "两").removeprefix("零")) or 0
