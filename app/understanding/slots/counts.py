"""How many of something: 两件, x3, 数量改成5, two pairs, 3 shirts. Durations, ordinals and sums are none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.understanding.slots.found import NUMBER, Found
from index.text.numerals import EN_UNITS, whole_number

_MEASURES = "个件双条台瓶盒箱袋包支枝部套本副顶只张罐桶份把对组枚颗卷片块身提打盆"
_NO_GOODS = (
    r"(?!\s?(?:月|小时|工作|星期|礼拜|钟头|季度|问题|人(?!份)|地址|订单|单子?|电话|建议|意见|多月|半月|码|尺码|号|选择|客服|差评|好评|快递|裹|"
    r"优惠|电子|腿|券|发票|照片|图|消息|短信|事|龙|分(?!之)|字|路|级|档|等级|自然|季|账号|手机号|颜色|款|大促|活动|疗程|功能|交代|说法|笑话|闹钟|身份))"
)
_COUNTED = re.compile(
    rf"(?<![第\d.一二三四五六七八九十百千万每几a-z#])(?P<n>{NUMBER})\s?(?P<measure>[{_MEASURES}]){_NO_GOODS}"
)
_ONE = "件双台瓶盒箱袋部套顶罐桶副只"
"""一件 counts; 一个 and 一份 are articles unless something is done with one."""
_DONE_WITH_ONE = re.compile(
    r"(?:退|换|买|要|加|少|漏|来|发|订|拍|送|多|缺|补|寄|留|取消|减)(?:了|掉|我|给我|发了?|寄了?|收了?|货)?$"
)
_TIMES = re.compile(
    r"(?:(?<![a-z\d])[x×*]\s?(?P<n>\d{1,3})(?![\d.a-z])|(?<![\d.a-z])(?P<m>\d{1,3})\s?[x×](?![\d.a-z]))"
)
_AMOUNT_ZH = re.compile(rf"数量(?:.{{0,6}}?(?:改成|改为|换成|变成|是|为|:|要))?\s?(?P<n>{NUMBER})(?![\d.])")
_WORD = "|".join(word for word, value in EN_UNITS.items() if 2 <= value <= 20)
_AMOUNT_EN = re.compile(rf"\b(?:qty|quantity)(?:\s(?:is|to|of|should be|from \w+ to)|:)?\s?(?P<n>\d{{1,4}}|{_WORD})\b")
_BARE = re.compile(
    rf"\b(?:make (?:it|that)|instead of|there (?:are|were)|only|just|meant|need|want|paid for|but got|i got|received)\s"
    rf"(?P<n>\d{{1,3}}|{_WORD}|a dozen)(?=\s(?:instead|not|but|on|here|of the|of them|arrived|came)\b|\s?[,.!?]|$)"
)
_UNITS_EN = re.compile(
    rf"\b(?P<n>\d{{1,3}}|{_WORD}|one|a dozen|a couple of|a pair of)\s?"
    r"(?P<unit>items?|pieces?|pcs?|pairs?|boxes|box|bottles?|packs?|packets?|units?|sets?|bags?|cans?|copies|cartons?|jars?|tubes?|rolls?)\b"
)
_OF_THEM = re.compile(rf"\b(?P<n>\d{{1,3}}|{_WORD}|one|both)(?= of (?:them|these|those|the|my|it)\b)")
_PLURAL = re.compile(
    rf"(?<![\w.:/#$€£¥-])(?P<n>\d{{1,3}}|{_WORD}|a couple of|a pair of)(?= (?:[a-z]{{3,}} )?(?P<noun>[a-z]{{2,}}s)\b)"
    r"(?<!\bsize \d)(?<!\bsize \d\d)"
)
_NO_GOODS_TEXT = """
days weeks months years hours minutes mins hrs seconds times dollars bucks euros pounds cents percents
points stars orders emails calls people agents questions letters digits characters inches metres meters
watts volts litres liters kgs kilos lbs grams messages photos pictures parcels packages deliveries
addresses reviews coupons vouchers codes invoices accounts cards sizes colours colors steps options reasons
problems issues places ways nights mornings afternoons miles kilometres chances receipts numbers shipments
refunds friends versions charges accs apps kids devices celsius returns was has is this us yes less does
business others hundreds thousands
"""
_NO_GOODS_EN = frozenset(_NO_GOODS_TEXT.split())
_SAID = {"a dozen": 12, "a couple of": 2, "a pair of": 1, "one": 1, "both": 2}


def counts(text: str) -> Iterator[Found]:
    """All candidates in folded text; they may overlap."""
    for match in _AMOUNT_ZH.finditer(text):
        yield from _of(match, "n")
    for match in _COUNTED.finditer(text):
        if match["n"] != "一" or _is_one(match, text):
            yield from _of(match, None)
    for match in _TIMES.finditer(text):
        number = match["n"] or match["m"]
        if number != "0" * len(number):
            yield Found("quantity", match.start(), match.end(), str(int(number)))
    for match in _AMOUNT_EN.finditer(text):
        yield from _of(match, "n")
    for match in _BARE.finditer(text):
        yield from _of(match, "n")
    for match in _UNITS_EN.finditer(text):
        yield from _of(match, None)
    for match in _OF_THEM.finditer(text):
        yield from _of(match, "n")
    for match in _PLURAL.finditer(text):
        between = text[match.end() : match.end("noun")].split()
        if not _NO_GOODS_EN.intersection(between) and not re.search(
            r"\b(?:model|iphone|size|version|gen)\s$", text[: match.start()]
        ):
            yield from _of(match, "n")


def _is_one(match: re.Match[str], text: str) -> bool:
    before = text[max(0, match.start() - 5) : match.start()]
    if before.endswith(("这", "那", "哪", "另", "另外", "下", "上", "任", "某")):
        return False
    if match["measure"] in "张份" or text[match.end() : match.end() + 1] in (":", "近", "地", "新"):
        return match["measure"] == "份" and before.endswith(("取消", "退", "加", "少了", "少"))
    return match["measure"] in _ONE or _DONE_WITH_ONE.search(before) is not None


def _of(match: re.Match[str], group: str | None) -> Iterator[Found]:
    said = match["n"]
    number = _SAID.get(said) or EN_UNITS.get(said) or whole_number(said)
    if number:
        start, end = match.span(group) if group else match.span()
        yield Found("quantity", start, end, str(number))
