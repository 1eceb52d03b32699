"""Personal data in a text, all kinds together, and the text without it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from index.text.language import detect
from index.text.normalize import Folded
from index.text.pii.addresses import find_addresses
from index.text.pii.names import find_names_zh
from index.text.pii.names_en import find_names_en
from index.text.pii.numbers import find_numbers
from index.text.pii.orders import find_orders
from index.text.pii.phones import find_phones
from index.text.pii.span import PersonalSpan, PersonalType, without_overlaps
from index.text.pii.spelling import respell

_AT_ONCE = 1500
"""Characters that are looked through together; a longer text is cut at white space or a stop."""
_STOP = re.compile(r"[\n。！？!?;；]|(?<=\w)\s")
_PLACEHOLDERS: Mapping[PersonalType, tuple[str, str]] = {
    "PERSON": ("〔姓名〕", "[name]"),
    "PHONE": ("〔手机号〕", "[phone]"),
    "LANDLINE": ("〔座机〕", "[landline]"),
    "EMAIL": ("〔邮箱〕", "[email]"),
    "ADDRESS": ("〔地址〕", "[address]"),
    "ID_CARD": ("〔身份证号〕", "[ID number]"),
    "BANK_CARD": ("〔银行卡号〕", "[card number]"),
    "IBAN": ("〔银行账号〕", "[bank account]"),
    "PASSPORT": ("〔护照号〕", "[passport number]"),
    "PLATE": ("〔车牌〕", "[plate]"),
    "WECHAT": ("〔微信号〕", "[WeChat ID]"),
    "QQ": ("〔QQ号〕", "[QQ number]"),
    "IP": ("〔IP地址〕", "[IP address]"),
    "BIRTH_DATE": ("〔出生日期〕", "[date of birth]"),
    "LINK": ("〔链接〕", "[link]"),
    "ORDER_NUMBER": ("〔单号〕", "[order number]"),
}

_Finder = Callable[[str], Iterator[PersonalSpan]]
_PERSONAL: tuple[_Finder, ...] = (find_numbers, find_phones, find_addresses, find_names_zh, find_names_en)


def find_personal(text: str, *, with_orders: bool = False) -> list[PersonalSpan]:
    """Where personal data stands in `text`, in order, without overlaps; [] for none.

    Numbers of orders, parcels and products are not personal to who serves the customer: they are left alone, unless
    `with_orders`, which is for texts that leave the conversation.
    """
    finders = (*_PERSONAL, find_orders) if with_orders else _PERSONAL
    folded = respell(text)
    found: list[PersonalSpan] = []
    for start, end in _windows(folded.text):
        part = folded.text[start:end]
        spans = without_overlaps(span for find in finders for span in find(part))
        found.extend(_back(folded, span, start) for span in spans)
    return found


def without_personal(text: str, spans: Sequence[PersonalSpan]) -> str:
    """The text with a placeholder, in its language, in the place of each span."""
    is_english = detect(text) == "en"
    kept: list[str] = []
    at = 0
    for span in spans:
        kept += [text[at : span.start], _PLACEHOLDERS[span.type][is_english]]
        at = span.end
    return "".join([*kept, text[at:]])


def _back(folded: Folded, span: PersonalSpan, shift: int) -> PersonalSpan:
    start, end = folded.span(span.start + shift, span.end + shift)
    return PersonalSpan(start, end, span.type)


def _windows(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    while len(text) - at > _AT_ONCE:
        stops = [match.end() for match in _STOP.finditer(text, at + _AT_ONCE // 2, at + _AT_ONCE)]
        end = stops[-1] if stops else at + _AT_ONCE
        yield at, end
        at = end
    if at < len(text):
        yield at, len(text)
