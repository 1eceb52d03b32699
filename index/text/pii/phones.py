"""Numbers of telephones: Chinese mobile and fixed lines in any spacing, and those of the world by libphonenumber."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.text.language import detect
from index.text.pii.numbers import follows_order_cue
from index.text.pii.span import PersonalSpan

_GAP = r"[ .-]{0,2}"
_MOBILE = re.compile(rf"(?<![\dA-Za-z.+])(?:\(?(?:\+|00)?\s?86\)?{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d|\.\d)")
_NUMERALS = "零〇一二三四五六七八九幺"
_SPOKEN = re.compile(rf"(?<![{_NUMERALS}])[一幺][三四五六七八九][{_NUMERALS}]{{9}}(?![{_NUMERALS}])")
_LANDLINE = re.compile(
    r"(?<![\dA-Za-z.+-])(?:\(?(?:\+|00)?86\)?[ -]?)?\(?0(?:10|2\d|[3-9]\d{2})\)?[ -]{0,2}"
    r"[2-8]\d{2,3}[ -]?\d{4}(?:(?:转|-|ext\.?)\s?\d{1,5})?(?!\d)"
)
_LOCAL_LINE = re.compile(r"(?:座机|固话|固定电话|办公电话|家里电话)\D{0,6}(?P<line>[2-8]\d{6,7})(?!\d)")
_CALLED = re.compile(
    r"(?:电话|手机|号码|联系|致电|拨打|\bphone|\bcall|\bcell|"
    r"\bmobile|\btel\b|\bnumber|answering at|"
    r"reach (?:me|us)|\btext|\bfax|\bdesk|\bline|whatsapp|telegram|contact)"
    r"[^\d+(]{0,30}$",
    re.IGNORECASE,
)
_CALLED_BEHIND = re.compile(r"\s?\(?(?:office|fax|mobile|cell|home|work)\b", re.IGNORECASE)
_WRITTEN = re.compile(r"(?<![0-9A-Za-z.+])[+(]{0,2}\d[\d ()./-]{5,22}\d(?:\s?(?:x|ext\.?)\s?\d{1,5})?(?![0-9A-Za-z])")
_LEAST, _MOST = 7, 15
"""Digits of a number. Source: ITU-T E.164."""
_OF_COMPANIES = re.compile(r"^(?:\+?86)?(?:400|800|95\d{3})|^\+?1?8(?:00|33|44|55|66|77|88)\d{7}$")


def find_phones(text: str) -> Iterator[PersonalSpan]:
    """PHONE and LANDLINE; numbers of service lines (400, toll free) belong to nobody."""
    for match in _MOBILE.finditer(text):
        if not follows_order_cue(text, match.start()):
            yield PersonalSpan(match.start(), match.end(), "PHONE")
    for match in _SPOKEN.finditer(text):
        yield PersonalSpan(match.start(), match.end(), "PHONE")
    for match in _LANDLINE.finditer(text):
        if not follows_order_cue(text, match.start()):
            yield PersonalSpan(match.start(), match.end(), "LANDLINE")
    for match in _LOCAL_LINE.finditer(text):
        yield PersonalSpan(*match.span("line"), "LANDLINE")
    yield from _of_the_world(text)


def _of_the_world(text: str) -> Iterator[PersonalSpan]:
    """Numbers that libphonenumber holds for valid, or that are called a telephone number and divided like one."""
    for match in _WRITTEN.finditer(text):
        written = match[0]
        digits = re.sub(r"\D", "", re.split(r"[xe]", written)[0])
        if not _LEAST <= len(digits) <= _MOST or follows_order_cue(text, match.start()) or _OF_COMPANIES.match(digits):
            continue
        before = text[max(0, match.start() - 40) : match.start()]
        is_called = bool(_CALLED.search(before) or _CALLED_BEHIND.match(text, match.end()))
        is_divided = len(re.findall(r"\d+", written)) > 1 and not re.fullmatch(
            r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{2,4}", written
        )
        is_western = detect(text) == "en"
        if (is_called and len(digits) >= _LEAST) or (
            (written.startswith("+") or (is_divided and is_western)) and _is_valid(written)
        ):
            yield PersonalSpan(match.start(), match.end(), "PHONE")


def _is_valid(written: str) -> bool:
    import phonenumbers

    for region in ("US", "GB"):
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(written, region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False
