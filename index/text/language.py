"""Which language a text is written in, by the scripts that it uses."""

from __future__ import annotations

import re

from index.types import Language

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
"""Ranges of Han characters, for use inside a character class."""

_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(r"[A-Za-z\u00c0-\u024f\uff21-\uff3a\uff41-\uff5a]{2,}")
_CODE = re.compile(
    r"https?://\S+|www\.\S+|(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+"
    r"|(?<![A-Za-z0-9])[A-Za-z0-9]*\d[A-Za-z0-9]*(?:[-_/.][A-Za-z0-9]+)*|\b[A-Z]{2,5}\b"
)
"""Each begins where a run of letters does: tried at every letter, a long run would cost the square of its length."""
_HAN_PER_WORD = 2.0
"""Han characters that say about as much as one English word."""
_MOSTLY = 0.7


def detect(text: str) -> Language:
    """The language of `text`: "zh", "en", or "mixed" when neither makes up about 70 % of its words.

    Web addresses, model numbers and short capital names (SKU, VIP) do not count, because both languages write them
    alike: "iPhone15能退吗" is zh. Text without words (digits, emoji, nothing) is "en".
    """
    han = len(_HAN.findall(text)) / _HAN_PER_WORD
    latin = float(len(_WORD.findall(_CODE.sub(" ", text))))
    if han == 0:
        return "en"
    share = han / (han + latin)
    if share >= _MOSTLY:
        return "zh"
    return "en" if share <= 1 - _MOSTLY else "mixed"


def other_language(text: str) -> Language:
    """The language that `text` is not in: zh of English, en of all else."""
    return "zh" if detect(text) == "en" else "en"


def crosses(one: str, other: str) -> bool:
    """Whether one text is Chinese and the other English; a mixed text stands beside either."""
    return {detect(one), detect(other)} == {"zh", "en"}
