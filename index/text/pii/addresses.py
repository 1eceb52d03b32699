"""Where somebody lives: Chinese addresses by their form, English ones by form or by the words before them.

A town alone is none ("how long to Shenzhen?"): there has to be a house, a room, or a road with a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from index.text.language import HAN
from index.text.pii.addresses_en import find_addresses_en
from index.text.pii.span import PersonalSpan
from index.text.word_lists import word_list

_H = f"[{HAN}]"
_NUMERAL = "一二三四五六七八九十"
_NUMBER = rf"(?:[0-9]{{1,5}}|[A-Za-z][0-9]{{0,4}}|[{_NUMERAL}百零〇两甲乙丙丁东西南北]{{1,5}})"
_BARE = r"[0-9]{1,5}(?![0-9A-Za-z元件个天块双米台层%.寸英款折度年月日分秒厘毫匹升克斤:])"
"""A number with nothing behind it that makes it a price, a size or a time."""
_HOUSE_UNIT = "号楼|号院|号门|号|弄|巷|栋|幢|座|楼"
_UNIT = rf"(?:{_HOUSE_UNIT}|单元|层|室|户|房|组|队|门|区|期|梯|舍)"
_ESTATE = (
    r"(?:花园|小区|家园|公寓|大厦|广场|新村|村|苑|城|府|庄|宿舍|大学|学院|中学|小学|学校|医院|中心|园区|科技园|产业园|"
    r"工业园|校区|新苑|嘉园|名邸|豪庭|华庭|公馆|别墅|山庄|社区|里|园|寓|街区|大院|厂|公司|写字楼|国际|驿站|菜鸟)"
)
_SHORT_ROAD = "里条坊径堤"
_ROAD = rf"(?:路|街|道|大道|大街|巷|胡同|弄|公路|环|[{_SHORT_ROAD}])"
_SECTION = rf"(?:[东南西北中][{_NUMERAL}]?段?|[{_NUMERAL}]段)?"
_CORE = re.compile(
    rf"{_H}{{1,12}}?{_ROAD}{_SECTION}[ ]?"
    rf"(?:{_NUMBER}[ -]?(?:[0-9]{{1,4}}[ ]?)?(?:{_HOUSE_UNIT})|(?<![{_SHORT_ROAD}]){_BARE})"
    rf"|{_H}{{1,14}}?{_ESTATE}[ ]?(?:{_H}{{1,3}}区[ ]?)?{_NUMBER}[ -]?(?:号楼|号院|栋|幢|座|单元|楼|层|室|组|舍|号)"
    rf"|{_H}{{1,12}}?{_ESTATE}[ ]?[0-9]{{1,3}}-[0-9]{{1,4}}(?:-[0-9]{{1,5}})?"
)
"""What makes an address: a road with a number, or an estate with a building."""
_TAIL = re.compile(
    rf"(?:[ ,，]?[(（]?(?:{_H}{{1,12}}?{_ESTATE})?[ ]?"
    rf"(?:{_NUMBER}[ -]?(?:{_NUMBER})?{_UNIT}|(?<![,，]){_BARE}(?:-{_BARE}){{0,3}})"
    rf"{_H}?(?<=[号楼院门弄巷栋幢座元层室户房组队区期梯舍0-9])[)）]?)+"
)
_RUN = re.compile(rf"[{HAN}0-9A-Za-z（）() ·-]+")
_ADMIN = re.compile(rf"{_H}{{2,4}}?(?:省|市|区|县|镇|乡|街道)")
_LEAD = re.compile(
    r"^.*(?:地址|住址|住在|家住|寄到|寄往|寄去|寄给|送到|送去|送往|发到|发往|发去|发给|邮到|改成|改为|改到|换成|写成|填成|搬到|"
    r"搬去了?|位于|就在|配送到|收货|自提|是|在|到|为|去|给|往|从|和|跟)(?:了|的|是|为)?\s*"
)
_CUE = re.compile(
    rf"(?:地址|住址|家住|住在)(?:信息)?(?:改成|改为|改到|换成|更新为|写的?|填的?|应该|应|就|还)?\s*(?:是|为|在|:|：)?\s*"
    rf"(?P<where>(?={_H}{{2}})[{HAN}0-9A-Za-z（）() ·#-]{{4,60}})"
)
_HOUSE = re.compile(rf"[0-9{_NUMERAL}A-Za-z](?:号|弄|栋|幢|座|单元|楼|室|组|户)|[路街道巷村区苑园][0-9]")
_SHORTEST = 5


def find_addresses(text: str) -> Iterator[PersonalSpan]:
    """ADDRESS: each as a whole, from its province or number to its room or postcode."""
    for run in _RUN.finditer(text):
        yield from _by_form(text, run.start(), run.end())
    for match in _CUE.finditer(text):
        if house := list(_HOUSE.finditer(match["where"])):
            start = match.start("where")
            yield _trimmed(text, start, _extended(text, start + house[-1].end()))
    yield from find_addresses_en(text)


def _by_form(text: str, start: int, end: int) -> Iterator[PersonalSpan]:
    at = start
    while core := _CORE.search(text, at, end):
        first = _beginning(text, at, core.start(), core.end())
        last = _extended(text, core.end())
        if last - first >= _SHORTEST:
            yield _trimmed(text, first, last)
        at = max(last, core.end())


def _beginning(text: str, earliest: int, core_start: int, core_end: int) -> int:
    """Where the address begins of which the road and number are known.

    At the first place name behind the last word that leads to an address; else behind that word.
    """
    before = text[earliest:core_end]
    places = [match.start() for match in _places().finditer(before)]
    lead = _LEAD.match(before)
    behind = 0 if lead is None else lead.end()
    inside = [place for place in places if place >= behind] or places
    if inside:
        return earliest + min(inside)
    if behind:
        # The lead may be part of a name (在和路): then what is left is too short to be an address.
        return earliest + behind if core_end - earliest - behind >= 4 else core_start
    admin = _ADMIN.search(before)
    return earliest + admin.start() if admin else core_start


def _extended(text: str, end: int) -> int:
    while (tail := _TAIL.match(text, end)) and tail.end() > end:
        end = tail.end()
    return end


def _trimmed(text: str, start: int, end: int) -> PersonalSpan:
    while start < end and text[start] in " ,，.:;-\n":
        start += 1
    while end > start and text[end - 1] in " ,，:;-\n(（":
        end -= 1
    return PersonalSpan(start, end, "ADDRESS")


@lru_cache(maxsize=1)
def _places() -> re.Pattern[str]:
    names = sorted(word_list("places_zh"), key=lambda name: (-len(name), name))
    return re.compile(
        f"(?:{'|'.join(names)})(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|自治州|地区|区|县|盟)?"
    )
