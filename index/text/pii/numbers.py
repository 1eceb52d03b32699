"""Numbers and handles that belong to one person: checked by their check digits, or told by the words around them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from datetime import date

from index.text.pii.span import PersonalSpan, PersonalType

_ORDER_CUE = re.compile(
    r"(?:订单|定单|单号|运单|快递|物流|包裹|流水|工单|货号|型号|编号|条码|批号|券码|sku|order|tracking|parcel|invoice|ticket|"
    r"item|model|product|serial|case|return|refund|rma)\s*(?:编?号码?|单号|number|num|no\.?|id|code|#)*\s*"
    r"(?:是|为|:|#|is|=|\()?\s*[A-Za-z]{0,6}[-_]?$",
    re.IGNORECASE,
)
_CARD_CUE = re.compile(
    r"(?:银行卡|储蓄卡|信用卡|借记卡|卡号|银行账号|银行账户|\bcards?|\bcc\b|visa|mastercard|amex|maestro|银联)"
    r"[^\d,。，;；!?]{0,24}$",
    re.IGNORECASE,
)
_ID_CUE = re.compile(
    r"(?:身份证|证件|\bid card|national id|identity (?:card|number))[^\d,。，;；]{0,16}$", re.IGNORECASE
)
_PASSPORT_CUE = re.compile(r"护照|通行证|passport|travel document", re.IGNORECASE)
_NEAR = 40
"""Characters around a number in which a word says what it is."""

_DIGITS = re.compile(r"(?<![0-9A-Za-z.])\d(?:[ -]?\d){11,22}(?![\d])")
_ID_18 = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}[ -]?(?:18|19|20)\d{2}[ -]?\d{4}[ -]?\d{3}[ ]?[0-9Xx](?![0-9A-Za-z])")
_ID_15 = re.compile(r"(?<!\d)[1-9]\d{14}(?!\d)")
_PASSPORT = re.compile(r"(?<![0-9A-Za-z])(?:[A-Za-z]{1,2}\d{7,8}|[A-Za-z]\d[A-Za-z]\d{6}|\d{9})(?![0-9A-Za-z])")
_PLATE = re.compile(
    r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新][ ]?[A-HJ-NP-Za-hj-np-z][ ·•・.-]?"
    r"[A-HJ-NP-Za-hj-np-z0-9]{4,5}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳](?![0-9A-Za-z])"
)
_EMAIL = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}\s?(?:@|\[at\]|\(at\))\s?[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\s?(?:\.|\[dot\]|\(dot\))\s?)"
    r"(?:[A-Za-z0-9-]{1,62}\.){0,3}[A-Za-z]{2,24}(?![A-Za-z0-9])",
    re.ASCII,
)
_IP4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)")
_IP6 = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){3,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_VERSION_CUE = re.compile(r"(?:版本|固件|version|firmware|\bv)\s*(?:号|为|是|:)?\s*$", re.IGNORECASE)
_IBAN = re.compile(
    r"(?<![0-9A-Za-z])[A-Z]{2}\d{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,3})?(?![0-9A-Za-z])", re.IGNORECASE
)
_WECHAT = re.compile(
    r"(?:微信|威信|薇信|\bwe-?chat|weixin|(?<![A-Za-z])(?:vx|wx)|加[vV])\s*(?P<link>(?:号码?|账号|id|is|是|为|叫|:|=|-|\s){0,6})"
    r"(?P<name>[A-Za-z][-_A-Za-z0-9]{5,19})(?![-_A-Za-z0-9])",
    re.IGNORECASE,
)
_SPELLED_OUT = re.compile(r"号|id|is|是|为|叫|:|=", re.IGNORECASE)
_NOT_A_HANDLE = re.compile(
    r"(?:pay|payment|account|balance|wallet|number|official|group|support|service)s?$", re.IGNORECASE
)
_QQ = re.compile(
    r"(?:(?<![A-Za-z])qq|扣扣|企鹅)\s*(?:群|号码?|账号|number|id|is|是|为|:|=|\s){0,6}(?P<name>[1-9]\d{4,11})(?!\d)",
    re.IGNORECASE,
)
_DATE = (
    r"(?:(?:19|20)?\d{2}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?[日号]?|\d{1,2}\s?月\s?\d{1,2}\s?[日号]|(?:19|20)\d{6}"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d{2}"
    r"|(?:\d{1,2}(?:st|nd|rd|th)?\s(?:of\s)?)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
    r"(?:\s\d{1,2}(?:st|nd|rd|th)?)?,?(?:\s(?:19|20)\d{2})?)"
)
_BIRTH = re.compile(
    rf"(?:生日|出生(?:日期|年月日?)?|生于|\bborn(?: on)?|\bbirthday|date of birth|birth ?date|\bd\.?o\.?b\.?)"
    rf"\s*(?:是|为|在|:|is|on|=|was|\s){{0,4}}(?P<name>{_DATE})(?!\d)|(?P<before>{_DATE})\s?(?:出生|生人)",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?:https?://|www\.)[^\s，。；！？、）)】》\"'<>\u4e00-\u9fff]{3,300}", re.IGNORECASE)


def find_numbers(text: str) -> Iterator[PersonalSpan]:
    """Identity and bank cards, passports, plates, mail and network addresses, accounts of messengers, birthdays."""
    yield from _identity_cards(text)
    yield from _bank_cards(text)
    yield from _passports(text)
    yield from _ibans(text)
    yield from _network_addresses(text)
    yield from _handles(text)
    kinds: tuple[tuple[re.Pattern[str], PersonalType], ...] = ((_EMAIL, "EMAIL"), (_LINK, "LINK"))
    for pattern, kind in kinds:
        for match in pattern.finditer(text):
            yield PersonalSpan(match.start(), match.end(), kind)
    for match in _PLATE.finditer(text):
        # Letters alone are a plate only in capitals: 藏 freeze is none.
        if re.search(r"[0-9]", match[0]) or (match[0].isupper() and " " not in match[0]):
            yield PersonalSpan(match.start(), match.end(), "PLATE")
    for match in _BIRTH.finditer(text):
        group = "name" if match["name"] else "before"
        yield PersonalSpan(*match.span(group), "BIRTH_DATE")


def follows_order_cue(text: str, start: int) -> bool:
    """Whether the words before say that a number is one of an order, a parcel or a product."""
    return _ORDER_CUE.search(text[max(0, start - _NEAR) : start]) is not None


def _identity_cards(text: str) -> Iterator[PersonalSpan]:
    for match in _ID_18.finditer(text):
        before = text[max(0, match.start() - _NEAR) : match.start()]
        # A last X is that of no other number, so one that was mistyped is told as well.
        is_of_form = match[0][-1] in "Xx" or _is_identity(re.sub(r"[ -]", "", match[0]))
        if (is_of_form and not follows_order_cue(text, match.start())) or _ID_CUE.search(before):
            yield PersonalSpan(match.start(), match.end(), "ID_CARD")
    for match in _ID_15.finditer(text):
        if _ID_CUE.search(text[max(0, match.start() - _NEAR) : match.start()]):
            yield PersonalSpan(match.start(), match.end(), "ID_CARD")


def _is_identity(number: str) -> bool:
    """Whether birthday and check digit are possible; the district is not looked up, for many were renamed or merged.

    Source: GB 11643-1999.
    """
    from stdnum.cn import ric

    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return ric.calc_check_digit(number) == number[-1]


def _bank_cards(text: str) -> Iterator[PersonalSpan]:
    from stdnum import luhn

    for match in _DIGITS.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if not 12 <= len(digits) <= 19:
            continue
        before = text[max(0, match.start() - _NEAR) : match.start()]
        is_called_card = _CARD_CUE.search(before) is not None
        is_card = len(digits) >= 13 and _is_issued(digits) and luhn.is_valid(digits)
        if is_called_card or (is_card and not follows_order_cue(text, match.start())):
            yield PersonalSpan(match.start(), match.end(), "BANK_CARD")


def _is_issued(digits: str) -> bool:
    """Whether a number begins as those of a network do. Source: ISO/IEC 7812-1, first digits by network."""
    return (
        digits[0] in "456" or digits[:2] in ("34", "35", "36", "37", "38", "39", "30") or "2221" <= digits[:4] <= "2720"
    )


def _passports(text: str) -> Iterator[PersonalSpan]:
    for match in _PASSPORT.finditer(text):
        around = text[max(0, match.start() - _NEAR) : match.end() + _NEAR // 2]
        if _PASSPORT_CUE.search(around) and not follows_order_cue(text, match.start()):
            yield PersonalSpan(match.start(), match.end(), "PASSPORT")


def _ibans(text: str) -> Iterator[PersonalSpan]:
    from stdnum import iban

    for match in _IBAN.finditer(text):
        if iban.is_valid(match[0]):
            yield PersonalSpan(match.start(), match.end(), "IBAN")


def _network_addresses(text: str) -> Iterator[PersonalSpan]:
    for pattern in (_IP4, _IP6):
        for match in pattern.finditer(text):
            try:
                ipaddress.ip_address(match[0])
            except ValueError:
                continue
            if not _VERSION_CUE.search(text[max(0, match.start() - 12) : match.start()]):
                yield PersonalSpan(match.start(), match.end(), "IP")


def _handles(text: str) -> Iterator[PersonalSpan]:
    for match in _WECHAT.finditer(text):
        name = match["name"]
        is_telling = re.search(r"[\d_-]", name) or _SPELLED_OUT.search(match["link"])
        is_added = re.search(r"加(?:我|你|一?下)?的?$", text[max(0, match.start() - 5) : match.start()])
        if (is_telling or is_added) and not _NOT_A_HANDLE.fullmatch(name):
            yield PersonalSpan(*match.span("name"), "WECHAT")
    for match in _QQ.finditer(text):
        yield PersonalSpan(*match.span("name"), "QQ")
