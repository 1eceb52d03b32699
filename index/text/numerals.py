"""Numbers as people write them, in digits and in words, Chinese and English."""

from __future__ import annotations

import re
from fractions import Fraction

ZH_DIGITS = {"零": 0, "〇": 0, "一": 1, "壹": 1, "二": 2, "两": 2, "贰": 2, "三": 3, "叁": 3, "四": 4, "肆": 4}
ZH_DIGITS |= {"五": 5, "伍": 5, "六": 6, "陆": 6, "七": 7, "柒": 7, "八": 8, "捌": 8, "九": 9, "玖": 9}
ZH_SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
ZH_BLOCKS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}

ZH_NUMERAL = "[" + "".join([*ZH_DIGITS, *ZH_SCALES, *ZH_BLOCKS]) + "半]+"

EN_UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
EN_SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_EN_DIGIT = "(?:" + "|".join(word for word, value in EN_UNITS.items() if 0 < value < 10) + ")"
_EN_TENS = "(?:" + "|".join(word for word, value in EN_UNITS.items() if value >= 20) + ")"
_EN_SMALL = rf"(?:{_EN_TENS}(?:[\s-]+{_EN_DIGIT})?|" + "|".join(sorted(EN_UNITS, key=len, reverse=True)) + ")"
_EN_HUNDREDS = rf"(?:(?:{_EN_SMALL}[\s-]+)?hundred(?:\s+(?:and\s+)?{_EN_SMALL})?|{_EN_SMALL})"
EN_NUMERAL = rf"\b(?:{_EN_HUNDREDS}(?:[\s-]+(?:thousand|million)(?:\s+(?:and\s+)?{_EN_HUNDREDS})?)?|thousand|million)\b"
"""Words of one number only: in "between two and five days" there are two."""

DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"

NUMERAL = f"(?:{DIGITS}|{ZH_NUMERAL}|{EN_NUMERAL})"
"""A number in any of these ways; `number` gives its value. For folded text, or with IGNORECASE."""

DIGIT_SCALES = {**ZH_SCALES, **ZH_BLOCKS, "k": 1000}
"""What multiplies digits that stand before it: 3万, 5k."""


def parse_digits(text: str) -> Fraction:
    """Value of "1,234.5"."""
    return Fraction(text.replace(",", ""))


def parse_zh(text: str) -> Fraction | None:
    """Value of a Chinese numeral such as 二十四, 一百零五, 两千, 三万五千, 二〇二六, 半; None when it is not one.

    Digits in a row without a scale are read one by one (二〇二六 is 2026), as in years and phone numbers.
    """
    if text == "半":
        return Fraction(1, 2)
    half = text.endswith("半") and len(text) > 1
    body = text[:-1] if half else text
    if not body or "半" in body:
        return None
    if len(body) > 1 and all(char in ZH_DIGITS for char in body):
        value = int("".join(str(ZH_DIGITS[char]) for char in body))
        return Fraction(value) + (Fraction(1, 2) if half else 0)
    total, block, digit, scale = 0, 0, None, 1
    for char in body:
        if char in ZH_DIGITS:
            digit = ZH_DIGITS[char]
        elif char in ZH_SCALES:
            scale = ZH_SCALES[char]
            block += (1 if digit is None else digit) * scale
            digit = None
        else:
            block += digit or 0
            if block == 0 or char not in ZH_BLOCKS:
                return None
            larger = total > ZH_BLOCKS[char]  # 一亿二千万: the 万 multiplies only what stands behind the 亿
            total = total + block * ZH_BLOCKS[char] if larger else (total + block) * ZH_BLOCKS[char]
            block, digit, scale = 0, None, ZH_BLOCKS[char]
    if digit is not None:
        # 两千五 is 2500, but 二十五 is 25 and 一百零五 is 105.
        block += digit * (scale // 10 if scale >= 100 and "零" not in body and "〇" not in body else 1)
    return Fraction(total + block) + (Fraction(1, 2) if half else 0)


def whole_number(text: str) -> int | None:
    """Value of digits or of a Chinese numeral; None for what is neither."""
    text = text.strip()
    if text.isdecimal():
        return int(text)
    value = parse_zh(text) if text else None
    return int(value) if value is not None and value.denominator == 1 else None


def parse_en(text: str) -> Fraction | None:
    """Value of "twenty-four" or "one hundred and five"; None when it is not a number."""
    total, block, seen = 0, 0, False
    for word in re.split(r"[\s-]+", text.lower()):
        if word in EN_UNITS:
            block += EN_UNITS[word]
        elif word == "hundred":
            block = (block or 1) * 100
        elif word in EN_SCALES:
            total += (block or 1) * EN_SCALES[word]
            block = 0
        elif word != "and":
            return None
        seen = True
    return Fraction(total + block) if seen else None


def number(text: str) -> Fraction | None:
    """Value of digits or of a numeral of either language; None for what is none of them."""
    if re.fullmatch(DIGITS, text):
        return parse_digits(text)
    return parse_zh(text) if re.fullmatch(ZH_NUMERAL, text) else parse_en(text)
