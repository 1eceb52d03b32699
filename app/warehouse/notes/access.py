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
            r"[送搬抬拿放卸扛挪弄](?:进|到|至|入)(?:屋子?里?|户|家里(?!没)|室内|客厅|卧室|厨房|房间|里屋)(?!外|门|口)",
            r"送货入户",
            r"入户",
            r"\b(?:carry|bring|place|take|move|lug|get)\b[^,.;]{0,16} (?:inside|indoors|in(?:to)? the (?:house|flat|"
            r"apartment|room|kitchen|living room))\b",
            r"\broom of choice\b",
        ),
        "upstairs": either(
            r"[送搬抬拿扛提背弄]货?(?:到|上)?(?:楼上|上楼|上来|上去)",
            r"(?:搬|抬|扛)(?:到|上)\s?(?=\d{1,2}楼|[一二三四五六七八九十]{1,2}楼)",
            r"\b(?:bring|carry|take|deliver|lug|haul|drag|get)(?: it| them| the (?:box|parcel|"
            r"package))?(?: all the way)? ?(?:up the stairs|up ?stairs|up to|up here)\b",
        ),
        "door": either(
            r"送货?(?:上|到)(?:家|府|门)(?:口)?(?!卫)(?:里)?",
            r"必须上门|直接上门|宅配|送上门|配送到家",
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
            r"没(?:有|装)?电?梯",
            r"无电?梯",
            r"电梯(?:正在|今天|又|已经|目前|这[几两]天|最近|还在)?(?:坏|停|维修|维护|检修|保养|故障|罢工|不能用|"
            r"用不了|在修|没修好)\w?",
            r"步梯",
            r"楼梯房",
            r"(?<!不用)(?<!不必)要?爬楼梯?(?:上去|上来)?",
            r"(?:only stairs|stairs only)",
            r"\b(?:no|without(?: an?)?)(?: working)? (?:lift|elevator)s?\b",
            r"\b(?:lift|elevator)s?(?: is| are|'s)?(?: currently| still| temporarily| both)? (?:broken|bust|"
            r"out(?: of (?:order|service|action))?|down|dead|not working|"
            r"(?:under|being) repair(?:ed)?|doesn'?t work|isn'?t working)\b",
            r"\bonly (?:the |by )?stairs\b|\bstairs are the only\b",
            r"\bwalk-?up\b",
        ),
        "available": either(
            r"(?<!没)有(?:货|客)?(?:电|货|客)?梯(?!坏|口|间)(?:能用|可以用)?",
            r"电梯房",
            r"\b(?:has|have|there is|there's|with)(?: an?)? (?:lift|elevator)\b",
            r"\b(?:lift|elevator) (?:available|working|works)\b(?<!not working)",
        ),
    },
)
_STAIRS = phrases("stairs", {"none": r"\bno stairs\b|没有楼梯|不用爬楼|不用走楼梯|不必爬楼"})
_VEHICLE = phrases(
    "vehicle",
    {
        "small": either(
            r"(?:大货?车|货车|卡车|面包车|厢式?车){gap}(?:进不|不能进|禁[止行]|不让|开不|掉不|过不|到不|不好进|"
            r"难进)\w?",
            r"[路巷街同弄村][子道口]?(?:比较|特别|有点|很|太|挺)?窄",
            r"(?:换|用|开|派|骑)(?:辆|个)?(?:小车|小型车|小货车|三轮车?|电动车|电瓶车|摩托车?)(?:来|送)?",
            r"\b(?:vans?|trucks?|lorr(?:y|ies)|large vehicles?)\b[^,.;]{{0,8}}(?:can'?t|cannot|won'?t|don'?t|get stuck|"
            r"not allowed|no access)\w*",
            r"\bno (?:trucks|vans|lorries|large vehicles)\b",
            r"\bnarrow (?:road|street|lane|alley|driveway|track)\b|\btoo narrow\b",
            r"\b(?:small|smaller|compact) (?:van|vehicle|truck)\b",
            r"\b(?:long|large|big|heavy|wide) (?:vehicle|lorr(?:y|ie)|truck|van)s?\b[^,.;]{{0,12}}(?:can'?t|cannot|"
            r"won'?t|will not|don'?t|unable|get stuck|not fit)\w*",
        ).format(gap=f"{SAME}{{0,4}}"),
        "on_foot": either(
            r"(?<![大货卡包厢])(?<!电动)(?:机动|汽)?车(?:子|辆)?(?:都|也)?(?:进不|不能进|开不进|不让进|禁止)\w?",
            r"不(?:让|准|许)(?:机动|汽)?车辆?进(?:入|来|去)?",
            r"只能(?:步行|走路?)(?:进|过)[来去入]?",
            r"\bno (?:vehicle|vehicular|car)s?(?: access| allowed)?\b",
            r"\bpedestrian (?:street|zone|only)\b",
        ),
    },
)
_HEIGHT = words(
    r"限高(?:是|为|只有|杆)?\s?(?P<zh>\d(?:\.\d{1,2})?)\s?(?:米|m)?",
    r"\b(?:height (?:limit|restriction)|max(?:imum)? height|clearance|headroom)(?: is| of|"
    r":)?(?: only| just)? ?(?P<en>\d(?:\.\d{1,2})?) ?m?\b",
)
_FLOOR = words(
    r"(?<![\d.号#包裹加多-])(?<!放在)(?<!走)(?<!爬)(?P<zh>\d{1,2}|[一二三四五六七八九十]{1,3})\s?(?:楼|"
    r"层)(?![道下上梯主栋号])",
    r"\b(?P<en>\d{1,2})(?:st|nd|rd|th)? (?:floor|flr|fl)\b",
    r"\b(?P<word>ground|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth) floor\b",
    r"\bfloor \(?(?P<after>\d{1,2})(?:st|nd|rd|th)?\b",
)
_ORDINALS = ("ground", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_CODE = words(
    r"(?:(?:门禁|单元门?|大门|楼道|楼下|楼栋|入户|小区|电子锁|门锁|"
    r"门)(?:的)?)?(?<!取件)(?<!取货)(?<!支付)(?:门禁(?:码|号)|(?:开门)?密码锁?|口令|门禁)(?:请)?(?:按|"
    r"输入?)?\s?(?:code)?\s?(?:是|为|"
    r":)?\s?(?P<zh>[#*]?[a-z]?\d[\da-z#*]{2,9})",
    r"\b(?:(?:gate|door|entry|access|building|key ?pad|buzzer|lobby|front|entrance|security|"
    r"garage) )?(?<!promo )(?<!discount )(?<!coupon )(?:code|pin|pass ?code|key ?code)(?:(?: (?:for|to|"
    r"on)(?: \w{1,10}){1,4}?)(?=\s?(?:is\b|:|=)))?\s?(?:is|:|"
    r"=|#)?\s?(?P<en>(?=[a-z#*]{0,3}\d)[\da-z#*]{3,10})(?![\w-])",
    r"\bkey ?pad:? ?(?P<pad>[#*]?\d{3,8}#?)\b",
    r"\b(?:buzz|dial|press|punch in|key in|enter)(?: #)? ?(?P<dial>[#*]?\d{2,5}#?)\b",
)
_GATES: tuple[tuple[str, str], ...] = (
    *(
        (
            name,
            rf"{han}(?:[侧边面]的?)?[小大偏铁]?门|{han}(?:侧|边)?(?:出入|入)口|\b{name}(?:ern)? (?:side )?(?:gate|"
            rf"entrance|door|one)\b",
        )
        for han, name in (("北", "north"), ("南", "south"), ("东", "east"), ("西", "west"))
    ),
    (
        "front",
        either(
            r"正门",
            r"前门",
            r"\b(?:front|main) (?:gate|entrance|door|one)\b",
            r"\bfront\b(?= is (?:boarded|blocked|closed|locked|shut))",
        ),
    ),
    (
        "side",
        either(
            r"\b(?:entrance|entry|door|gate) (?:is )?(?:around|at|on|round|to) the side\b",
            r"侧门",
            r"旁门",
            r"\bside (?:gate|entrance|door|one)\b",
        ),
    ),
    (
        "back",
        either(
            r"\b(?:entrance|entry|door|gate) (?:is )?(?:around|at|on|round|in) the (?:back|rear)\b",
            r"后门",
            r"\b(?:back|rear) (?:gate|entrance|door|one)\b",
            r"\bround(?: the)? back\b",
            r"\baround (?:the )?back\b",
        ),
    ),
    ("garage", r"地下车库(?:\w{0,3}入口)?|地库|\bgarage entrance\b"),
    ("", r"(?P<number>\d{1,2}|[一二三四五六七八九])号门|\bgate (?P<gate>\d{1,2})\b"),
)
_GATE_PATTERNS = tuple((name, words(spelling)) for name, spelling in _GATES)
_GATE_BLOCKED = words(
    r"[^,。;!?]{0,3}?(?:封|关|锁|不开|不让|不能|不准|进不|走不|不通|坏|在修|维修|施工|堵|停用|禁)\w?",
    r"\s?(?:is |are |'s )?(?:currently |always )?(?:boarded up|blocked|closed|locked|shut|sealed|out of order|broken|"
    r"not (?:open|working|in use))",
)
_GATE_WISH = words(r"[走从进到用去开由绕]|\b(?:use|via|through|by|enter|come|go|at|to|please)\b")
_OF_CODE = words(r"over (?:the|my) $|\d[\da-z]*[#*]?\s?(?:at|for|to|on|of)(?: the| my)?\s?$")
"""The door that a code opens is not the one to take."""
_GATE_ALONE = words(
    r"[进入走]|(?:一直|都|是)?(?:常?开着?(?!不)|没锁|能[走进]|可以?[走进]|方便|好[走进])|\s?(?:$|[,。.;!?]|please)|"
    r" of the building"
)
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
            if _OF_CODE.search(before):
                continue
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
