"""How to get in and up: floors, lifts, codes of gates, entrances, what a street lets through, how far to carry."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.domain.delivery_note import Entrance
from app.warehouse.notes.mention import NOT_EN, NOT_ZH, SAME, Mention, either, find_phrases, phrases, words
from index.text.numerals import whole_number

_CARRY = phrases(
    "carry_to",
    {
        "inside": either(
            r"[送搬抬拿放](?:进|到|入)(?:屋里?|户|家里(?!没)|室内|客厅|卧室)",
            r"送货入户",
            r"入户",
            r"\b(?:carry|bring|place)\b[^,.;]{0,12} (?:inside|into the (?:house|flat|apartment|room))\b",
            r"\broom of choice\b",
        ),
        "upstairs": either(
            r"[送搬抬拿扛]货?(?:到|上)?(?:楼上|上楼|上来|上去)",
            r"(?:搬|抬|扛)(?:到|上)\s?(?=\d{1,2}楼|[一二三四五六七八九十]{1,2}楼)",
            r"\b(?:bring|carry|take|deliver)(?: it| them)? ?(?:up the stairs|up ?stairs|up to)\b",
        ),
        "door": either(
            r"送货?(?:上|到)(?:家|府|门)(?:口)?(?!卫)(?:里)?",
            r"必须上门",
            r"一定要?上门",
            r"务必上门",
            r"上门派?送",
            r"送(?:货)?到(?:我?们?)?(?:家)?门口",
            r"\b(?:to|at) (?:my|our|the) (?:front |apartment )?door\b(?! ?(?:man|men|step))",
            r"\bdoor ?(?:to|-to-) ?door\b",
            r"送到家门口",
        ),
    },
)
_CARRY_REFUSED = words(rf"(?:{NOT_ZH}|{NOT_EN})\s?(?:给我|帮我|再)?$")
_LIFT = phrases(
    "lift",
    {
        "none": either(
            r"没(?:有|装)?电梯",
            r"无电梯",
            r"电梯(?:正在|今天|又|已经|目前)?(?:坏|停|维修|检修|故障|不能用|用不了|在修)\w?",
            r"步梯",
            r"楼梯房",
            r"要?爬楼梯?(?:上去|上来)?",
            r"(?:only stairs|stairs only)",
            r"\b(?:no|without(?: an?)?) (?:lift|elevator)\b",
            r"\b(?:lift|elevator)(?: is|'s)? (?:broken|out of (?:order|service)|down|not working|under repair)\b",
            r"\bwalk-?up\b",
        ),
        "available": either(
            r"(?<!没)(?<!没有)有电梯",
            r"电梯房",
            r"\b(?:has|have|there is|there's|with)(?: an?)? (?:lift|elevator)\b",
            r"\b(?:lift|elevator) available\b",
        ),
    },
)
_STAIRS = phrases("stairs", {"none": r"\bno stairs\b|没有楼梯|不用爬楼|不用走楼梯"})
_VEHICLE = phrases(
    "vehicle",
    {
        "small": either(
            r"(?:大货?车|货车|卡车|面包车){gap}(?:进不|不能进|禁[止行]|不让|开不)\w?",
            r"路(?:很|太)?窄",
            r"\b(?:vans?|trucks?|lorr(?:y|ies)|large vehicles?)\b[^,.;]{{0,8}}(?:can'?t|cannot|won'?t|don'?t|"
            r"not allowed|no access)\w*",
            r"\bno (?:trucks|vans|lorries|large vehicles)\b",
            r"\bnarrow (?:road|street|lane)\b",
        ).format(gap=f"{SAME}{{0,4}}"),
        "on_foot": either(
            r"(?<![大货卡])(?<!电动)车(?:子|辆)?(?:进不|不能进|开不进|不让进)\w?",
            r"\bno vehicle access\b",
            r"\bpedestrian (?:street|zone|only)\b",
        ),
    },
)
_HEIGHT = words(
    r"限高\s?(?P<zh>\d(?:\.\d{1,2})?)\s?(?:米|m)?",
    r"\b(?:height (?:limit|restriction)|max(?:imum)? height|clearance)(?: is| of|"
    r":)? ?(?P<en>\d(?:\.\d{1,2})?) ?m?\b",
)
_FLOOR = words(
    r"(?<![\d.号#包裹加多-])(?<!放在)(?P<zh>\d{1,2}|[一二三四五六七八九十]{1,3})\s?(?:楼|层)(?![道下上梯主栋号])",
    r"\b(?P<en>\d{1,2})(?:st|nd|rd|th)? (?:floor|flr|fl)\b",
    r"\b(?P<word>ground|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth) floor\b",
    r"\bfloor (?P<after>\d{1,2})\b",
)
_ORDINALS = ("ground", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_CODE = words(
    r"(?:(?:门禁|单元门?|大门|楼道|楼下|楼栋|入户|小区|电子锁|门锁|"
    r"门)(?:的)?)?(?<!取件)(?<!取货)(?<!支付)(?:门禁(?:码|号)|密码锁?|门禁)\s?(?:code)?\s?(?:是|为|"
    r":)?\s?(?P<zh>[#*]?[a-z]?\d[\da-z#*]{2,9})",
    r"\b(?:(?:gate|door|entry|access|building|key ?pad|buzzer|lobby|front|entrance|security|"
    r"garage) )?(?<!promo )(?<!discount )(?<!coupon )(?:code|pin)(?: (?:for|to) the \w{1,10})?\s?(?:is|:|"
    r"=|#)?\s?(?P<en>[#*]?\d[\da-z#*]{2,9})(?![\w-])",
    r"\bkey ?pad:? ?(?P<pad>[#*]?\d{3,8}#?)\b",
    r"\b(?:buzz|dial|press)(?: #)? ?(?P<dial>[#*]?\d{2,5}#?)\b",
)
_GATES: tuple[tuple[str, str], ...] = (
    ("north", r"北门|\bnorth (?:gate|entrance|door)\b"),
    ("south", r"南门|\bsouth (?:gate|entrance|door)\b"),
    ("east", r"东门|\beast (?:gate|entrance|door)\b"),
    ("west", r"西门|\bwest (?:gate|entrance|door)\b"),
    (
        "front",
        either(
            r"正门",
            r"前门",
            r"\b(?:front|main) (?:gate|entrance|door)\b",
        ),
    ),
    (
        "side",
        either(
            r"\b(?:entrance|entry|door|gate) (?:is )?(?:around|at|on|round|to) the side\b",
            r"侧门",
            r"旁门",
            r"\bside (?:gate|entrance|door)\b",
        ),
    ),
    (
        "back",
        either(
            r"\b(?:entrance|entry|door|gate) (?:is )?(?:around|at|on|round|in) the (?:back|rear)\b",
            r"后门",
            r"\b(?:back|rear) (?:gate|entrance|door)\b",
            r"\bround(?: the)? back\b",
            r"\baround (?:the )?back\b",
        ),
    ),
    ("garage", r"地下车库(?:\w{0,3}入口)?|地库|\bgarage entrance\b"),
    ("", r"(?P<number>\d{1,2}|[一二三四五六七八九])号门|\bgate (?P<gate>\d{1,2})\b"),
)
_GATE_PATTERNS = tuple((name, words(spelling)) for name, spelling in _GATES)
_GATE_BLOCKED = words(
    r"[^,。;!?]{0,3}?(?:封|关|锁|不开|不让|不能|进不|走不|不通|坏|在修)\w?",
    r"\s?(?:is |'s )?(?:blocked|closed|locked|out of order|broken|not (?:open|working|in use))",
)
_GATE_WISH = words(r"[走从进到用去开由绕]|\b(?:use|via|through|by|enter|come|go|at|to|please)\b")
_GATE_ALONE = words(r"[进入走]|\s?(?:$|[,。.;!?]|please)| of the building")
_GATE_REFUSED = words(rf"(?:{NOT_ZH}|{NOT_EN})(?:走|从|用|进|去| use| come| go)?(?: via| through| to)?(?: the)?\s?$")


def find_codes(text: str, written: str) -> Iterator[Mention]:
    """Codes of gates and doors, as they stand in `written`, the note as long as its folded text."""
    for match in _CODE.finditer(text):
        name = next(name for name in ("zh", "en", "pad", "dial") if match[name])
        start, end = match.span(name)
        yield Mention("gate_code", written[start:end], match.start(), end, 0.95)


def find_access(text: str) -> Iterator[Mention]:
    """Everything but codes."""
    for match in _HEIGHT.finditer(text):
        height = float(match["zh"] or match["en"])
        if 1 <= height <= 6:
            yield Mention("height_limit", height, *match.span(), 0.95)
    yield from find_phrases(text, _STAIRS)
    yield from find_phrases(text, _VEHICLE)
    yield from _gates(text)
    yield from find_phrases(text, _LIFT)
    yield from _carry(text)
    for match in _FLOOR.finditer(text):
        if floor := _floor(match):
            yield Mention("floor", floor, *match.span(), 0.93)


def _carry(text: str) -> Iterator[Mention]:
    for found in find_phrases(text, _CARRY):
        if not _CARRY_REFUSED.search(text, max(0, found.start - 10), found.start):
            yield found


def _gates(text: str) -> Iterator[Mention]:
    for name, pattern in _GATE_PATTERNS:
        for match in pattern.finditer(text):
            number = name or match["number"] or match["gate"]
            if number and not number.isascii():
                number = str(whole_number(number))
            start, end = match.span()
            before = text[max(0, start - 14) : start]
            if blocked := _GATE_BLOCKED.match(text, end):
                yield Mention("entrance", Entrance(number, usable=False), start, blocked.end(), 0.88)
            elif refused := _GATE_REFUSED.search(before):
                yield Mention(
                    "entrance", Entrance(number, usable=False), start - len(before) + refused.start(), end, 0.88
                )
            elif _GATE_WISH.search(before[-8:]) or _GATE_ALONE.match(text, end):
                yield Mention("entrance", Entrance(number), start, end, 0.88)


def _floor(match: re.Match[str]) -> int | None:
    if match["word"]:
        return _ORDINALS.index(match["word"]) or 1
    value = whole_number(match["zh"] or match["en"] or match["after"])
    return value if value is not None and 1 <= value <= 90 else None
