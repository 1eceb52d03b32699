"""The day of which a question clearly asks: that of an order or purchase which it names.

Careful: a day is taken only where the question says that something was or will be bought, ordered, paid or received on
it, and only one. A month stands for its first day; a year alone, "yesterday" or "last week" name no day.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from index.text.dates import NamedDay, month_named, named_days
from index.text.normalize import fold

_MONTH_NAMES = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
_YEARS_ZH = {"前年": -2, "去年": -1, "今年": 0, "明年": 1, "后年": 2}
_RELATIVE_ZH = re.compile(rf"({'|'.join(_YEARS_ZH)})的?\s?(?=\d{{1,2}}\s?月|[一二三四五六七八九十]{{1,2}}月)")
_YEAR_AFTER = re.compile(
    rf"\b((?:\d{{1,2}}(?:st|nd|rd|th)?\s)?(?:{_MONTH_NAMES})(?:\s\d{{1,2}})?)\s(last|this|next)\syear\b"
)
_YEAR_BEFORE = re.compile(rf"\b(last|this|next)\syear,?\s(?:in\s|on\s)?((?:\d{{1,2}}\s)?(?:{_MONTH_NAMES}))\b")
_RELATIVE_MONTH = re.compile(rf"\b(last|next)\s({_MONTH_NAMES})\b")
_YEARS_EN = {"last": -1, "this": 0, "next": 1}

_BOUGHT_ZH = r"(?:购买|购入|买|下单|下的?单|订购|订的|拍下|拍的|付款|付的款|付清|签收|收到|收货|入手|到货)"
_BEHIND_ZH = re.compile(rf"(?!\s?(?:之|以)?[前后]|以来|起|到|至|之间|份?以)[^,。;!?\s]{{0,8}}?{_BOUGHT_ZH}")
_BEFORE_ZH = re.compile(r"(?:下单|购买|签收|付款|收货|订单)(?:日期|时间|日|的)?(?:是|为|在|于|:)?\s?$")
_BOUGHT_EN = r"(?:bought|buy|buying|ordered|order|orders|ordering|purchased?|placed|received|delivered|paid)"
_BEFORE_EN = re.compile(rf"\b{_BOUGHT_EN}\b[^.?!;:]{{0,40}}?\b(?:in|on|from|during|of|dated|for)\s(?:early\s|late\s)?$")
_DIRECTLY_EN = re.compile(rf"\b(?:{_BOUGHT_EN}|it|them|this)\s$")
_BEHIND_EN = re.compile(rf"\s?,?\s?(?:i|we|she|he|my|our|was|were|that|if|and|you|an|the|\s){{0,6}}\b{_BOUGHT_EN}\b")
_BEFORE_BEHIND_EN = re.compile(r"(?:^|\b(?:in|on|back in)\s)$")
_OTHER_RELATION_EN = re.compile(r"\b(?:before|after|since|until|till|by|between)\s(?:the\s)?$")
_PAST_ZH = re.compile(r"买的|买了|下的单|下单的|订的|拍的|付的款|付款的|签收的?|收到的?|入手的")


def asked_day(question: str, today: date) -> date | None:
    """The one day of purchase or order that the question names; None when it names none, several, or today."""
    text = _with_years(" ".join(fold(question).split()), today)
    found = {day for day in (_meant(text, named, today) for named in named_days(text)) if day is not None}
    day = found.pop() if len(found) == 1 else None
    return None if day == today else day


def _meant(text: str, named: NamedDay, today: date) -> date | None:
    if named.month is None or not _is_of_purchase(text, named):
        return None
    if named.year is None:
        if named.day is None or not _PAST_ZH.search(text[named.end :]):
            return None
        # Something that was bought on 5 October was bought on the last one.
        this_year = replace(named, year=today.year).first()
        return this_year if this_year and this_year <= today else replace(named, year=today.year - 1).first()
    return named.first()


def _is_of_purchase(text: str, named: NamedDay) -> bool:
    before, behind = text[: named.start], text[named.end :]
    if _BEHIND_ZH.match(behind) or _BEFORE_ZH.search(before):
        return True
    if _OTHER_RELATION_EN.search(before):
        return False
    if _BEFORE_EN.search(before) or _DIRECTLY_EN.search(before):
        return bool(re.search(rf"\b{_BOUGHT_EN}\b", before))
    return bool(_BEFORE_BEHIND_EN.search(before) and _BEHIND_EN.match(behind))


def _with_years(text: str, today: date) -> str:
    """The text with the years that it names by today's: 去年12月, December last year, last December."""
    text = _RELATIVE_ZH.sub(lambda match: f"{today.year + _YEARS_ZH[match[1]]}年", text)
    text = _YEAR_AFTER.sub(lambda match: f"{match[1]} {today.year + _YEARS_EN[match[2]]}", text)
    text = _YEAR_BEFORE.sub(lambda match: f"in {match[2]} {today.year + _YEARS_EN[match[1]]}", text)
    return _RELATIVE_MONTH.sub(lambda match: _month(match, today), text)


def _month(match: re.Match[str], today: date) -> str:
    """Last December, where that can only be the one before; as it stands otherwise."""
    month = month_named(match[2])
    if match[1] == "last" and month >= today.month:
        return f"in {match[2]} {today.year - 1}"
    if match[1] == "next" and month <= today.month:
        return f"in {match[2]} {today.year + 1}"
    return match[0]
