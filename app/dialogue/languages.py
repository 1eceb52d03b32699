"""Which language a conversation goes on in."""

from __future__ import annotations

import re

from index.text.language import HAN
from index.types import Language

_HAN = re.compile(f"[{HAN}]")
_CODE = re.compile(r"[@\d/_]")
_WORDS = re.compile(r"[A-Za-z\u00c0-\u024f]{2,}(?:'[a-z]+)?")
_ENOUGH_TO_CHANGE = 3
"""English words; an "ok" or a brand does not make a Chinese conversation English."""


def language_after(before: Language | None, message: str, detected: Language) -> Language:
    """That of the replies from now on, zh or en: numbers, codes, emoji and single foreign words change nothing."""
    han = len(_HAN.findall(message))
    words = len(_WORDS.findall(" ".join(part for part in message.split() if not _CODE.search(part))))
    if before is None:
        return "en" if detected == "en" and words else "zh"
    if detected == "zh" and han >= 2:
        return "zh"
    if detected == "en" and words >= _ENOUGH_TO_CHANGE:
        return "en"
    return before
