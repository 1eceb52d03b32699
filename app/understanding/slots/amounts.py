"""Sums of money, as "1280.00 CNY": signs, units, colloquial Chinese (一千二) and bare numbers where prices are told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from app.understanding.slots.found import Found
from index.text.numerals import DIGIT_SCALES, DIGITS, EN_NUMERAL, ZH_DIGITS, ZH_NUMERAL, number, parse_digits, parse_zh

_SIGNS = {
    "¥": "CNY", "cny": "CNY", "rmb": "CNY", "us$": "USD", "usd": "USD", "$": "USD", "hk$": "HKD", "hkd": "HKD",
    "€": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP",
}  # fmt: skip
_UNITS: tuple[tuple[str, str], ...] = (
    (r"美元|美金|刀(?![具片])|usd\b|(?:us )?dollars?\b|bucks\b", "USD"),
    (r"港币|港元|hkd\b", "HKD"),
    (r"欧元|eur\b|euros?\b", "EUR"),
    (r"英镑|gbp\b|pounds?\b(?! of)|quid\b", "GBP"),
    (r"日元|jpy\b|yen\b", "JPY"),
    (r"元人民币|块钱|元(?!旦|宵|素|气|件)|圆(?![通形领])|人民币|rmb\b|cny\b|yuan\b", "CNY"),
)
_WEIGHED = re.compile(r"\b(?:weigh\w*|tall|foot|feet|lbs|size|heavy)\b")
"""Pounds are of weight there."""
_SIGNED = re.compile(
    rf"(?<![a-z])(?P<sign>hk\$|us\$|[¥$€£]|cny|rmb|usd|eur|gbp|hkd)\s?(?P<number>{DIGITS})"
    r"(?P<scale>[万千百]|k\b)?(?![\d])(?:元|块钱?|yuan\b|rmb\b)?"
)
_VALUE = (
    rf"(?:(?P<number>(?<![\d.,a-z-])(?:{DIGITS}))(?P<scale>[万千百]|k\b)?|(?P<zh>(?<!第){ZH_NUMERAL})"
    rf"|(?P<en>{EN_NUMERAL}))"
)
_WITH_UNIT = re.compile(
    rf"{_VALUE}\s?(?:多|来|几)?\s?(?:" + "|".join(f"(?P<unit{at}>{unit})" for at, (unit, _) in enumerate(_UNITS)) + ")"
    rf"(?:(?P<jiao>{ZH_NUMERAL}|\d)角)?"
)
_AFTER_KUAI = r"(?=$|[^\w]|[的吗了呢吧啊以左多买包券到差红补优运邮就能退没给也都减不才,]|上下)"
_KUAI = re.compile(
    rf"{_VALUE}(?:多|来|几)?块(?:(?P<tail>[一二三四五六七八九]|\d)(?:毛|角)?(?![\d十百点个件条])|(?P<bare>{_AFTER_KUAI}))"
)
_SMALL = re.compile(r"(?<![\d.])(?P<number>\d{1,2}|[一二两三四五六七八九])(?P<unit>毛|角)(?:钱)?(?![衣巾线笔色发料])")
_COLLOQUIAL = re.compile(
    r"(?<![一二两三四五六七八九十百千万第几上好])(?:[一二两三四五六七八九]万[一二三四五六七八九](?:千(?:[一二三四五六七八九]百?)?)?"
    r"|[一二两三四五六七八九]千[一二三四五六七八九](?:百(?:[一二三四五六七八九]十?)?)?|[一二两三四五六七八九]百[一二三四五六七八九]十?)"
    r"(?![一二三四五六七八九十百千万号点分年月天个件条双台瓶米克斤里]|工作|小时|毫安|公|平)"
)
_CUE_ZH = (
    r"(?:便宜了?|降到?了?|涨到?了?|差价?(?:了|是)?|少退了?|[多少]了|[多少]?[退扣付花收补减抵赔]了?(?:我|款|费)?|满|时候?|预算|价格?(?:是|为|从|到)?|"
    r"卖|只要|[原现售]价|变成|现在(?:才|只要|是|卖)?|超过|低于|不到|大概|收费|定金|尾款|押金|运费)"
)
_CUED_ZH = re.compile(
    rf"{_CUE_ZH}\s?(?P<body>(?P<number>(?<![\d.])(?:{DIGITS}))|(?P<zh>[一二两三四五六七八九]?(?:[一二两三四五六七八九十百千万零]{{2,7}}|百|千)))"
    r"(?!\s?(?:[a-z%\d:/年月日号点天周个件条双只台瓶盒箱包套份次张码寸倍折分毛角人米克斤升瓦层楼期级岁块元万千百]|小时|工作|星期|礼拜|公|毫|平|多[个件天]|[-.]\d))"
)
_CUED_EN = re.compile(
    r"\b(?:paid|pay|charged|costs?|price (?:is|was|of)|priced at|dropped to|drop to|down to|worth|under|below"
    r"|budget (?:is|of)|refund(?:ed)?(?: of)?|difference of|spent|spend"
    r"|for only|now(?: it'?s)?(?: only)?|it was)\s"
    rf"(?:me |only |about |around |over )?(?P<body>(?P<number>{DIGITS}))(?![\d%:/-]|\.\d"
    r"|\s?(?:st|nd|rd|th|am|pm|a\.m|p\.m|days?|weeks?|months?|years?|hours?|minutes?|items?|pieces?|pairs?|times?|x|kg|cm"
    r"|of|orders?|or|points?|percent|[a-z]{3,}s)\b)"
)


def amounts(text: str, *, currency: str = "CNY") -> Iterator[Found]:
    """All candidates in folded text, the surest first; they may overlap. `currency` is that of numbers without one."""
    for match in _SIGNED.finditer(text):
        told = parse_digits(match["number"]) * DIGIT_SCALES.get(match["scale"] or "", 1)
        yield _found(match, told, _SIGNS[match["sign"]])
    for match in _WITH_UNIT.finditer(text):
        unit = next(code for at, (_, code) in enumerate(_UNITS) if match[f"unit{at}"])
        value = _value(match)
        if unit == "GBP" and _WEIGHED.search(text):
            continue
        if value is not None:
            tenths = _tenths(match["jiao"])
            yield _found(match, value + tenths, unit)
    for match in _KUAI.finditer(text):
        value = _value(match)
        # 一块买, 两块手表: together, and pieces.
        if value is not None and (match["tail"] or value >= 5 or match["number"]):
            yield _found(match, value + _tenths(match["tail"]), "CNY")
    for match in _SMALL.finditer(text):
        yield _found(match, _tenths(match["number"]), "CNY")
    for match in _COLLOQUIAL.finditer(text):
        value = parse_zh(match[0])
        if value is not None:
            yield _found(match, value, currency)
    for pattern in (_CUED_ZH, _CUED_EN):
        for match in pattern.finditer(text):
            value = _value(match)
            if value is not None and value >= 5:
                yield Found("amount", match.start("body"), match.end("body"), _spelled(value, currency))


def _value(match: re.Match[str]) -> Fraction | None:
    parts = match.groupdict()
    value = number(parts.get("number") or parts.get("zh") or parts.get("en") or "")
    return None if value is None else value * DIGIT_SCALES.get(parts.get("scale") or "", 1)


def _tenths(text: str | None) -> Fraction:
    if not text:
        return Fraction(0)
    return Fraction(int(text) if text.isdigit() else ZH_DIGITS.get(text[0], 0), 10)


def _found(match: re.Match[str], value: Fraction, currency: str) -> Found:
    return Found("amount", match.start(), match.end(), _spelled(value, currency))


def _spelled(value: Fraction, currency: str) -> str:
    return f"{float(value):.2f} {currency}"
