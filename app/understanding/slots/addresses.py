"""Postal addresses, Chinese and English, as they are written with blanks evened out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.understanding.slots.found import Found
from index.text.language import HAN

_PROVINCES = (
    "北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|"
    "内蒙古|广西|西藏|宁夏|新疆|香港|澳门|台湾"
)
_CITIES = (
    "广州|深圳|杭州|成都|武汉|南京|苏州|西安|长沙|沈阳|青岛|郑州|大连|东莞|宁波|厦门|福州|无锡|合肥|昆明|哈尔滨|济南|佛山|长春|温州|石家庄|"
    "南宁|常州|泉州|南昌|贵阳|太原|烟台|嘉兴|南通|金华|珠海|惠州|徐州|海口|乌鲁木齐|绍兴|中山|台州|兰州|潍坊|保定|镇江|扬州|桂林|唐山|三亚|"
    "湖州|呼和浩特|廊坊|洛阳|威海|盐城|临沂|江门|汕头|泰州|漳州|邯郸|济宁|芜湖|淄博|银川|柳州|绵阳|湛江|鞍山|赣州|大庆|宜昌|包头|咸阳|秦皇岛|"
    "株洲|莆田|吉林|淮安|肇庆|宁德|衡阳|南平|连云港|丹东|丽江|揭阳|延边|舟山|九江|龙岩|沧州|抚顺|襄阳|上饶|营口|三明|蚌埠|丽水|岳阳|清远|荆州|"
    "泰安|衢州|盘锦|东营|南阳|马鞍山|南充|西宁|孝感|齐齐哈尔|拉萨"
)
_START = re.compile(rf"(?:{_PROVINCES}|{_CITIES})")
_CUE = re.compile(
    r"(?:收?货?地址(?:是|为|改为|改成|改到|换成|换到|更新为|应该是|:)|(?:寄|送|发|邮|改|换|快递)(?:到|至|成|去)|(?:住在?|住址是?|更正为|位于|取件地址是?))\s?"
)
_SUFFIX = re.compile(
    r"(?:\d{1,5}(?:-\d{1,4})*|[a-z]\d{0,3}|[一二三四五六七八九十]{1,3})\s?(?:号楼|号院|号|弄|栋|幢|座|单元|室|楼|层|户|房|组|区|期)(?:-?\d{2,5}(?![\d-]|[号楼院弄栋幢座单室层户房组区期]))?"
    r"|大厦|广场|小区|花园|公寓|家园|大道|街道|路|街|胡同|巷|村|镇|乡|园区|科技园|产业园|大学|学院|中学|小学|宿舍|医院|新城|中心|苑|市场|写字楼|公司|区|县|市|省"
)
_STREET = re.compile(
    r"路|街|大道|胡同|巷|弄|村|小区|花园|公寓|家园|大厦|广场|苑|大学|学院|宿舍|园区|科技园|产业园|\d\s?号|栋|幢|室|新城|写字楼"
)
_ALONE = re.compile(rf"(?P<road>[{HAN}]{{2,6}}?(?:大道|路|街|巷|胡同))\s?\d{{1,5}}\s?[号弄]")
_LEADING = re.compile(
    r"^(?:我|你们?|他|她|们|想|要|把|请|帮|给|住|在|到|是|寄|送|改|成|换|去|为|发|来|取|就|那|应该|地址|收货|新|的|这|边|家)+"
)
_STOP = re.compile(
    r"[。！？；;!?\n]|谢|可以|能[不否]|我|你|请|帮|电话|手机|收件|收货|邮编|联系|姓名|吗|吧|多少|几天|要[多几]|快递|顺丰|包邮|[,，]\s?(?![\da-z一-龥]{1,10}(?:号|栋|室|楼|路|街|单元|区))"
)
_WINDOW, _GAP = 64, 12

_KINDS = r"street|avenue|ave|road|rd|boulevard|blvd|crescent|highway|hwy|parkway|pkwy|lane|ln"
_WEAK = r"st|drive|dr|court|ct|way|place|pl|square|sq|terrace|close|row|mews|gardens|hill|broadway"
_WORDS = r"(?:(?!(?:the|on|my|is|of|in|at|and|to|for|from|a|your|this|that|day|days|by|order|items?|shirts?)\b)"
_WORDS += r"[a-z0-9'’.]+\s){1,4}?"
_PLACE_EN = r"[a-z][a-z.'’-]{1,20}(?:\s[a-z][a-z.'’-]{1,20}){0,2}"
_EN = re.compile(
    rf"(?<![\w#$-])\d{{1,5}}[a-z]?(?:-\d{{1,4}})?\s(?:[nsew]\.?\s)?(?:{_WORDS}(?:(?P<kind>{_KINDS})|(?P<weak>{_WEAK}))|(?P<broadway>broadway))\b\.?(?:\s(?:north|south|east|west|[nsew]|nw|ne|sw|se)\b(?!\w))?"
    r"(?P<flat>,?\s(?:apt|apartment|unit|suite|ste|flat|floor|room|rm)\.?\s?[\w-]{1,6}|,?\s#\s?\w{1,6})?"
    rf"(?P<tail>(?:,\s{_PLACE_EN}){{0,3}}(?:,?\s[a-z]{{2}})?,?\s(?:\d{{5}}(?:-\d{{4}})?|[a-z]{{1,2}}\d[a-z\d]?\s\d[a-z]{{2}})\b|,\s{_PLACE_EN}(?:,\s{_PLACE_EN}|,?\s[a-z]{{2}})?(?=[.!?\n]|$))?"
)
_NO_TOWN = re.compile(r"\b(?:thanks|thank|please|pls|asap|instead|not|and|but|is|can|my|the|it|i|you|for|before)\b")
_BOX = re.compile(r"\bp\.?o\.?\sbox\s\d{1,6}\b")


def addresses(text: str, original: str) -> Iterator[Found]:
    """All candidates in folded text; `original` is the same text as written, as long, for its capital letters."""
    end = -1
    for start in sorted({*(m.start() for m in _START.finditer(text)), *(m.end() for m in _CUE.finditer(text))}):
        if start >= end and (reached := _zh_end(text, start)):
            end = reached
            yield _found(text, start, end)
    for match in _ALONE.finditer(text):
        start = match.start() + (lead.end() if (lead := _LEADING.match(match["road"])) else 0)
        if start < match.end("road") - 1 and start >= end and (reached := _zh_end(text, start)):
            end = reached
            yield _found(text, start, end)
    for match in _EN.finditer(text):
        if match["weak"] and not _is_name(original, match.start("weak")):
            continue
        tail = match["tail"]
        cut = match.end() if not tail or not _NO_TOWN.search(tail) else match.start("tail")
        yield _found(text, match.start(), cut)
    for match in _BOX.finditer(text):
        yield _found(text, match.start(), match.end())


def _zh_end(text: str, start: int) -> int | None:
    """Where the address that begins there ends; None when there is no street, house or place in it."""
    stop = _STOP.search(text, start, start + _WINDOW)
    limit = stop.start() if stop else min(len(text), start + _WINDOW)
    end = start
    for match in _SUFFIX.finditer(text, start, limit):
        if match.start() - end > _GAP:
            break
        end = match.end()
    body = text[start:end]
    return end if len(body) >= 4 and _STREET.search(body) and re.search(f"[{HAN}]", body[:1]) else None


def _is_name(original: str, place: int) -> bool:
    """Whether the word there begins with a capital, as names of streets do and ordinary words do not."""
    return original[place : place + 1].isupper()


def _found(text: str, start: int, end: int) -> Found:
    return Found("address", start, end, " ".join(text[start:end].split()))
