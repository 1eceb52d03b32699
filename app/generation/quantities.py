"""Quantities in a sentence, brought to one form so that 七日, 7天 and "seven days" are equal.

Only what a customer could be misled by is normalised: amounts, durations, percentages, multiples, dates, times of
day, measures and plain counts. Working days and calendar days are different things and stay so; 48 hours are two
days; a year is twelve months (but a month is not thirty days).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from app.generation.moments import clocks, dates, is_same_clock
from index.text.numerals import DIGIT_SCALES, DIGITS, EN_NUMERAL, NUMERAL, ZH_NUMERAL, number, parse_digits


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value of a kind, where it stands in the text."""

    kind: str
    """Such as "minutes", "months", "workdays", "cny", "percent", "grams", "count", "date", "clock", "code"."""
    value: Fraction | str | tuple[int | None, int | None, int | None]
    """A number in the kind's base unit; (year, month, day) for dates; the folded text for codes."""
    text: str
    start: int
    end: int

    @property
    def is_bare(self) -> bool:
        """Whether it is a number alone, so that what it counts stands elsewhere: a cell, "seven with it off"."""
        return self.kind == "count" and _BARE.fullmatch(self.text.strip()) is not None


_BARE = re.compile(rf"[\d.,]+\s?[百千万萬亿]?|{EN_NUMERAL}|{ZH_NUMERAL}(?<=..)", re.IGNORECASE)

_SCALE = re.compile(r"[ \u00a0]?(?P<word>[百千万萬亿]|(?<! )k(?![A-Za-z]))")

_UNITS: list[tuple[str, str, Fraction]] = [
    # Longest and most specific first: the first unit that matches behind a number wins.
    (r"个?工作日|个?工作天|business\s+days?|working\s+days?|work\s?days?|weekdays?", "workdays", Fraction(1)),
    (
        r"个?自然日|个?日历日|calendar\s+days?|天|日(?!元)|晚(?![上间饭报点到于])|夜(?![里间])|days?\b|nights?\b",
        "minutes",
        Fraction(1440),
    ),
    (r"个?星期|个?礼拜|周(?![年岁])|weeks?\b", "minutes", Fraction(10080)),
    (r"fortnights?\b", "minutes", Fraction(20160)),
    (r"个?小时|个?钟头|hours?\b|hrs?\b|h\b", "minutes", Fraction(60)),
    (r"分钟|minutes?\b|mins?\b", "minutes", Fraction(1)),
    (r"秒钟?|seconds?\b|secs?\b", "seconds", Fraction(1)),
    (r"个?季度|quarters?\b", "months", Fraction(3)),
    (r"个月|months?\b", "months", Fraction(1)),
    (r"周?年(?!级)|years?\b(?![\s-]old)", "months", Fraction(12)),
    (r"%|％|percent\b|per\s+cent\b|个?百分点", "percent", Fraction(1)),
    (r"美元|美金|USD\b|(?:US\s+)?dollars?\b", "usd", Fraction(1)),
    (r"欧元|EUR\b|euros?\b", "eur", Fraction(1)),
    (r"英镑|GBP\b|pounds?\s+sterling\b", "gbp", Fraction(1)),
    (r"块钱|元|圆|块(?!状)|人民币|CNY\b|RMB\b|yuan\b", "cny", Fraction(1)),
    (r"角|毛钱", "cny", Fraction(1, 10)),
    (r"倍|times\s+(?:the|that|as|its)|x\b|fold\b", "times", Fraction(1)),
    (r"千克|公斤|kgs?\b|kilograms?\b|kilos?\b", "grams", Fraction(1000)),
    (r"斤", "grams", Fraction(500)),
    (r"毫克|mg\b", "grams", Fraction(1, 1000)),
    (r"克(?!拉)|grams?\b|g\b", "grams", Fraction(1)),
    (r"毫升|ml\b|millilitres?\b|milliliters?\b", "millilitres", Fraction(1)),
    (r"升(?![级至到为成黄白青银金钻铂大])|litres?\b|liters?\b|L\b", "millilitres", Fraction(1000)),
    (r"千瓦时|度电|kwh\b", "kwh", Fraction(1)),
    (r"千瓦|kw\b", "watts", Fraction(1000)),
    (r"瓦特?|w\b|watts?\b", "watts", Fraction(1)),
    (r"毫安时?|mah\b", "mah", Fraction(1)),
    (r"伏特?|v\b|volts?\b", "volts", Fraction(1)),
    (r"赫兹|hz\b", "hz", Fraction(1)),
    (r"分贝|db\b|decibels?\b", "db", Fraction(1)),
    (r"摄氏度|℃|°C|degrees?(?:\s+celsius)?\b", "celsius", Fraction(1)),
    (r"平方米|平米|㎡|m²|sq\.?\s?m\b|square\s+met(?:re|er)s?\b", "square_metres", Fraction(1)),
    (r"毫米|mm\b|millimet(?:re|er)s?\b", "millimetres", Fraction(1)),
    (r"厘米|公分|cm\b|centimet(?:re|er)s?\b", "millimetres", Fraction(10)),
    (r"公里|千米|km\b|kilomet(?:re|er)s?\b", "millimetres", Fraction(1_000_000)),
    (r"英寸|寸|inch(?:es)?\b", "inches", Fraction(1)),
    (r"米(?!饭)|m\b|met(?:re|er)s?\b", "millimetres", Fraction(1000)),
    (r"TB\b", "gigabytes", Fraction(1024)),
    (r"GB\b|G(?=内存|运存|存储)", "gigabytes", Fraction(1)),
    (r"MB\b", "megabytes", Fraction(1)),
]
_UNIT_PATTERNS = [
    (re.compile(rf"\s*-?\s*(?:{pattern})", re.IGNORECASE), kind, scale) for pattern, kind, scale in _UNITS
]

_NUMBER = re.compile(rf"(?P<digits>{DIGITS})|(?P<zh>{ZH_NUMERAL})|(?P<en>{EN_NUMERAL})", re.IGNORECASE)
_MONEY_BEFORE = re.compile(r"(?P<sign>[¥￥]|CNY\s?|RMB\s?|US\$|USD\s?|\$|€|EUR\s?|£)\s*$", re.IGNORECASE)
_CURRENCY = {"¥": "cny", "￥": "cny", "CNY": "cny", "RMB": "cny", "US$": "usd", "USD": "usd", "$": "usd"}
_CURRENCY |= {"€": "eur", "EUR": "eur", "£": "gbp"}
_CODE = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z0-9/_.-]*\d)(?=[A-Za-z0-9/_.-]*[A-Za-z])[A-Za-z0-9][A-Za-z0-9/_.-]*[A-Za-z0-9]"
)

_BETWEEN = re.compile(r"\bbetween\s+[¥￥$€£]?$", re.IGNORECASE)
_RANGE = re.compile(rf"\s*(?P<link>-|–|—|~|～|至|到|或|、|/|to\b|or\b|and\b)\s*{NUMERAL}", re.IGNORECASE)
_MEASURE_WORDS = "个件次张台条款项份笔位名人种类部只双套级层倍城单箱袋瓶包盒颗枚支把批家站期步页章号门口"
_OF_PARTS = frozenset({"minutes", "months", "cny", "grams", "millimetres"})
_BETWEEN_PARTS = re.compile(r"(?:\s?|零|又|\s+and\s+)", re.IGNORECASE)
_ARTICLE = re.compile(
    r"\b(?:within|for|after|in|than|least|most|up\s+to|about|takes?|every|a\s+further|another)\s+"
    r"(?P<of>(?:an?\s+(?:whole\s+|full\s+|calendar\s+)?|(?<=another\s)|(?<=further\s))"
    r"(?P<unit>minute|hour|day|week|fortnight|month|quarter|year))\b(?!\s+or\s)",
    re.IGNORECASE,
)
_HALF_A = re.compile(
    r"\b(?P<of>half[\s-](?:an?\s+|of\s+an?\s+)?|a\s+half[\s-]|a\s+quarter\s+of\s+an?\s+)"
    r"(?P<unit>hour|day|week|month|year|litre|liter|kilo|kilogram|kg|metre|meter)\b",
    re.IGNORECASE,
)
_TENTHS = re.compile(r"(?P<part>[1-9一二三四五六七八九])(?=$|[^\w.]|[的吧了])")
"""The tenths in 两块五 and 一米六."""
_TWO_IN_A_ROW = re.compile(r"[一二两三四五六七八九]{2}")
_HALF_BEFORE_UNIT = re.compile(r"个半(?=小时|钟头|月|星期|礼拜|工作日)")
_HALF_BEHIND_UNIT = re.compile(r"半(?![价年天月小个])|\s+and\s+a\s+half\b", re.IGNORECASE)
_UPGRADE = re.compile(r"[满达到够][^，。；\d]{0,2}$")
_HALF_EN = re.compile(r"\s+and\s+a\s+half(?=\s)", re.IGNORECASE)
_IDIOMS = re.compile(
    r"[一二三四五六七八九十两半千万百]{1,2}(?:旦|般|致|定|律|并|直|切|些|样|同|起|概|经|度|边|方面|面|旁|体|者|系列|点儿?(?!钟|[前后以至到]))"
    r"|零件|零售|一块儿|第三方|统一|唯一|万一|第一时间|三包|四舍五入|一一|之一|双十一|双11|双十二|618|十分(?!钟)|大陆|内陆|登陆|陆[续运军地]|千万(?!元|件|个)|百货|万能|两者|半价|一次性|一站式|一人一单|一点(?!钟|[前后以至到半])|[一半]时间|进一步|[半一今当昨连整]夜|一会儿?|一下|一共|下一步|一路"
)


def quantities(text: str) -> list[Quantity]:
    """All quantities of `text`, in order of position and not overlapping."""
    return list(_quantities(text))


@lru_cache(maxsize=1024)
def _quantities(text: str) -> tuple[Quantity, ...]:
    """One piece of evidence is held against each sentence that rests on it."""
    found: list[Quantity] = []
    taken = bytearray(len(text))
    for extract in (_moments, _percents, _discounts, _codes):
        for quantity in extract(text):
            if not any(taken[quantity.start : quantity.end]):
                taken[quantity.start : quantity.end] = b"\x01" * (quantity.end - quantity.start)
                found.append(quantity)
    for match in _IDIOMS.finditer(text):
        if not any(taken[match.start() : match.end()]):
            taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
    found += [*_articles(text), *_numbers(text, taken)]
    return tuple(_joined(sorted(found, key=lambda quantity: quantity.start), text))


def _joined(found: list[Quantity], text: str) -> list[Quantity]:
    """Parts of one value as one: 1小时20分, "a year and six months", 3元5角."""
    joined: list[Quantity] = []
    for quantity in found:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.kind == quantity.kind
            and last.kind in _OF_PARTS
            and isinstance(last.value, Fraction)
            and isinstance(quantity.value, Fraction)
            and quantity.value < last.value
            and _BETWEEN_PARTS.fullmatch(text[last.end : quantity.start])
        ):
            value = last.value + quantity.value
            joined[-1] = Quantity(last.kind, value, text[last.start : quantity.end], last.start, quantity.end)
        else:
            joined.append(quantity)
    return joined


def is_contained(claim: Quantity, evidence: Iterable[Quantity]) -> bool:
    """Whether some quantity of the evidence says the same (dates: the same in every part that the claim names)."""
    return any(_same(claim, other) for other in evidence)


def unsaid(claim: str, evidence: str) -> list[str]:
    """The quantities of a claim, as it writes them, that the evidence does not state."""
    stated = quantities(evidence)
    return [quantity.text.strip() for quantity in quantities(claim) if not is_contained(quantity, stated)]


def _same(claim: Quantity, other: Quantity) -> bool:
    if claim.kind == "date" and other.kind == "date":
        assert isinstance(claim.value, tuple)
        assert isinstance(other.value, tuple)
        return all(mine is None or mine == theirs for mine, theirs in zip(claim.value, other.value, strict=True))
    if claim.kind == "clock" and other.kind == "clock":
        assert isinstance(claim.value, Fraction)
        assert isinstance(other.value, Fraction)
        return is_same_clock(claim.value, claim.text, other.value, other.text)
    if claim.kind == other.kind:
        return claim.value == other.value
    kinds = {claim.kind, other.kind}
    if kinds == {"percent", "percent_off"}:
        return claim.value == other.value or _make_a_whole(claim, other)  # 八折 is 20 % off, and 80 % of the price
    if kinds == {"minutes", "seconds"}:
        return _in_minutes(claim) == _in_minutes(other)
    if kinds == {"count", "times"} or kinds == {"count", "code"}:
        return str(claim.value) == str(other.value)
    # A bare number takes the unit of its column or of the end of its range, which stands elsewhere.
    is_bare = claim.is_bare or other.is_bare
    return (
        is_bare and "count" in kinds and plain_number(claim) is not None and plain_number(claim) == plain_number(other)
    )


def _make_a_whole(one: Quantity, other: Quantity) -> bool:
    return isinstance(one.value, Fraction) and isinstance(other.value, Fraction) and one.value + other.value == 100


def plain_number(quantity: Quantity) -> Fraction | None:
    """The number as it is written, whatever its unit."""
    match = _NUMBER.search(quantity.text)
    value = number(match[0]) if match else None
    if match and value is not None and (larger := _SCALE.match(quantity.text, match.end())):
        value *= DIGIT_SCALES[larger["word"].lower()]
    return value


def _in_minutes(quantity: Quantity) -> Fraction | str | tuple[int | None, int | None, int | None]:
    if quantity.kind == "seconds" and isinstance(quantity.value, Fraction):
        return quantity.value / 60
    return quantity.value


def _moments(text: str) -> Iterable[Quantity]:
    for found in (dates, clocks):
        for kind, value, start, end in found(text):
            yield Quantity(kind, value, text[start:end], start, end)


def _percents(text: str) -> Iterable[Quantity]:
    for match in re.finditer(rf"(?P<of>[百千万])分之(?P<share>{DIGITS}|{ZH_NUMERAL})", text):
        value = number(match["share"])
        if value is not None:
            value = value * 100 / DIGIT_SCALES[match["of"]]
            yield Quantity("percent", value, match[0], match.start(), match.end())
    for match in re.finditer(
        r"(?<![\d第])([1-9]|[一二两三四五六七八九])成(?P<half>半)?(?![熟为本立品功员长团交])", text
    ):
        value = number(match[1])
        if value is not None:
            yield Quantity("percent", value * 10 + 5 * bool(match["half"]), match[0], match.start(), match.end())


def _discounts(text: str) -> Iterable[Quantity]:
    # 九折 and 95折 are what remains of the price; "10 % off" is what is taken off it.
    for match in re.finditer(rf"({DIGITS}|[一二三四五六七八九]{{1,2}})\s*折(?!扣|叠(?!加)|算|合|价|返|旧|断|痕)", text):
        value = number(match[1])
        if value is not None and value > 0:
            remaining = value * 10 if value < 10 else value
            yield Quantity("percent_off", 100 - remaining, match[0], match.start(), match.end())
    for match in re.finditer(rf"({DIGITS})\s*(?:%|percent)\s*(?:off|discount)", text, re.IGNORECASE):
        yield Quantity("percent_off", parse_digits(match[1]), match[0], match.start(), match.end())


def _codes(text: str) -> Iterable[Quantity]:
    for match in _CODE.finditer(text):
        token = match[0]
        digits = re.match(rf"(?:(?:{DIGITS})-)?(?:{DIGITS})", token)
        if digits and any(pattern.fullmatch(token[digits.end() :]) for pattern, _, _ in _UNIT_PATTERNS):
            continue
        if re.fullmatch(r"\d+(?:-[a-z]{3,})+|(?:under|over|all)-\d+s?", token, re.IGNORECASE):
            continue  # "9-ounce", "under-18s": numbers with words
        if re.fullmatch(r"\d+(?:st|nd|rd|th)", token, re.IGNORECASE) or re.fullmatch(r"\d+x\d+", token, re.IGNORECASE):
            continue
        yield Quantity("code", token.casefold(), token, match.start(), match.end())


def _articles(text: str) -> Iterable[Quantity]:
    """ "within a week", "half an hour": an article that counts."""
    for match in _HALF_A.finditer(text):
        unit = _unit_at(text, match.start("unit"))
        if unit is not None:
            share = Fraction(1, 4) if "quarter" in match["of"].lower() else Fraction(1, 2)
            yield Quantity(unit[0], unit[1] * share, match[0], match.start(), match.end())
    for match in _ARTICLE.finditer(text):
        unit = _unit_at(text, match.start("unit"))
        if unit is not None:
            half = _HALF_BEHIND_UNIT.match(text, match.end("of"))
            value, end = (unit[1] * Fraction(3, 2), half.end()) if half else (unit[1], match.end("of"))
            yield Quantity(unit[0], value, text[match.start("of") : end], match.start("of"), end)


def _numbers(text: str, taken: bytearray) -> Iterable[Quantity]:
    position = 0
    while match := _NUMBER.search(text, position):
        position = match.end()
        if any(taken[match.start() : match.end()]):
            continue
        value = number(match[0])
        if value is None:
            continue
        end = match.end()
        if match["digits"] and (larger := _SCALE.match(text, end)):
            value, end = value * DIGIT_SCALES[larger["word"].lower()], larger.end()
        money = _MONEY_BEFORE.search(text, 0, match.start())
        if money is not None:
            yield Quantity(
                _CURRENCY[money["sign"].strip().upper()], value, text[money.start() : end], money.start(), end
            )
            position = max(position, end)
            continue
        if half := (_HALF_EN if match["en"] else _HALF_BEFORE_UNIT).match(text, end):
            value, end = value + Fraction(1, 2), half.end()
        unit = _unit_at(text, end)
        if (
            unit is None
            and (beyond := _RANGE.match(text, end))
            and (beyond["link"].lower() != "and" or _BETWEEN.search(text, 0, match.start()))
        ):
            unit = _unit_at(text, beyond.end())  # "3 to 5 days": the first number has the unit of the second
            if unit is not None:
                yield Quantity(unit[0], value * unit[1], text[match.start() : end], match.start(), end)
                continue
        if unit is not None:
            kind, scale, unit_end = unit
            if kind in ("minutes", "months") and (half := _HALF_BEHIND_UNIT.match(text, unit_end)):
                value, unit_end = value + Fraction(1, 2), half.end()
            if text[unit_end - 1] == "升" and _UPGRADE.search(text, 0, match.start()):
                yield Quantity("count", value, text[match.start() : end], match.start(), end)  # 满3万升黑金
                continue
            if text[unit_end - 1] in "块元米" and (tenths := _TENTHS.match(text, unit_end)):
                value, unit_end = value + (number(tenths["part"]) or Fraction(0)) / 10, tenths.end()
            elif match["zh"] and _TWO_IN_A_ROW.fullmatch(match[0]):
                yield from _either(text, match, unit, unit_end)
                position = max(position, unit_end)
                continue
            yield Quantity(kind, value * scale, text[match.start() : unit_end], match.start(), unit_end)
            position = max(position, unit_end)
        else:
            if match["zh"] and not _is_zh_count(text, match, end):
                continue
            if match["en"] and match[0].lower() == "one":
                continue  # "one" is a pronoun more often than a number
            yield Quantity("count", value, text[match.start() : end], match.start(), end)


def _either(text: str, match: re.Match[str], unit: tuple[str, Fraction, int], end: int) -> Iterable[Quantity]:
    """Both numbers of 三四天, which is three to four days."""
    for at, stop in ((match.start(), match.start() + 1), (match.start() + 1, end)):
        value = number(text[at])
        if value is not None:
            yield Quantity(unit[0], value * unit[1], text[at:stop], at, stop)


def _unit_at(text: str, position: int) -> tuple[str, Fraction, int] | None:
    for pattern, kind, scale in _UNIT_PATTERNS:
        unit = pattern.match(text, position)
        if unit is not None:
            return kind, scale, unit.end()
    return None


def _is_zh_count(text: str, match: re.Match[str], end: int) -> bool:
    """A bare Chinese numeral counts only before a measure word or behind 第: 一 alone is in too many words."""
    ordinal = match.start() > 0 and text[match.start() - 1] == "第"
    followed = end < len(text) and text[end] in _MEASURE_WORDS
    if match[0] == "一" and not ordinal:
        return False  # 一个, 一件: an article
    return ordinal or followed or len(match[0]) > 2
