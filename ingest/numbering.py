"""Numbers of list items as a word processor shows them: 1., (a), iv, 第三条."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLACE = re.compile(r"%([1-9])")
_HAN_DIGITS = "零一二三四五六七八九"
_CHINESE = frozenset(
    [
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "taiwaneseCountingThousand",
        "ideographDigital",
        "taiwaneseCounting",
    ]
)


@dataclass(slots=True)
class _Level:
    kind: str
    text: str
    start: int
    count: int | None = None


class Numbering:
    """Counts the items of lists, each with its levels."""

    def __init__(self) -> None:
        self._levels: dict[tuple[str, int], _Level] = {}

    def define(self, list_id: str, level: int, *, kind: str, text: str, start: int) -> None:
        """Say how a level of a list is numbered; `text` is its pattern, %1 standing for the number of level 0."""
        self._levels[list_id, level] = _Level(kind, text, start)

    def start_at(self, list_id: str, level: int, start: int) -> None:
        """Let a level of a list begin at another number."""
        if (list_id, level) in self._levels:
            self._levels[list_id, level].start = start

    def next(self, list_id: str, level: int) -> str:
        """The marker of the next item at this level; "" for bullets and lists that are not defined."""
        here = self._levels.get((list_id, level))
        if here is None:
            return ""
        here.count = here.start if here.count is None else here.count + 1
        for (other_id, deeper), other in self._levels.items():
            if other_id == list_id and deeper > level:
                other.count = None
        if here.kind in ("bullet", "none"):
            return ""

        def shown(match: re.Match[str]) -> str:
            one = self._levels.get((list_id, int(match.group(1)) - 1))
            return "" if one is None else numeral(one.start if one.count is None else one.count, one.kind)

        return _PLACE.sub(shown, here.text).strip()


def numeral(number: int, kind: str) -> str:
    """A number in one of the ways that word processors write it; in digits where the way is not known."""
    if kind in ("lowerLetter", "upperLetter") and number > 0:
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters if kind == "lowerLetter" else letters.upper()
    if kind in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        roman = _roman(number)
        return roman.lower() if kind == "lowerRoman" else roman
    if kind in _CHINESE and 0 <= number < 1000:
        return _chinese(number)
    if kind in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    return f"{number:02d}" if kind == "decimalZero" else str(number)


def _roman(number: int) -> str:
    pairs = (
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    )
    shown = ""
    for value, letters in pairs:
        shown += letters * (number // value)
        number %= value
    return shown


def _chinese(number: int) -> str:
    if number < 10:
        return _HAN_DIGITS[number]
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    shown = f"{_HAN_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        shown += f"{_HAN_DIGITS[tens] if tens > 1 or hundreds else ''}十"
    elif hundreds and ones:
        shown += "零"
    return shown + (_HAN_DIGITS[ones] if ones else "")
