"""Which year or edition a question is about, and whether a text speaks of another one only.

What a search finds for "票房 2022" is mostly of 2021 and 2023: near in every word but the one that matters. A sentence
that names a year and not the one that was asked for answers another question.
"""

from __future__ import annotations

import re
from collections import defaultdict
from fractions import Fraction

from index.text.numerals import number

_DIGITS = "0-9〇零一二三四五六七八九十百"
_UNIT = r"元|块|件|个|人|次|克|毫|瓦|平|米|分|积|ml|g\b|kg|w\b|mah|mm|cm|px|hz|yuan|items?|points?"
_NAMED = (
    ("year", re.compile(rf"(?<![\d.,-])((?:19|20)\d\d)(?![\d.,]\d|\d|\s*(?:{_UNIT}))", re.IGNORECASE)),
    ("edition", re.compile(rf"第\s*([{_DIGITS}]{{1,5}})\s*(?:届|季(?!度)|期)")),
    ("edition", re.compile(r"\b(\d{1,3})(?:st|nd|rd|th)\s+(?:edition|season|session|issue)\b", re.IGNORECASE)),
)
_OWN = re.compile(
    r"我|俺|咱|买|下单|订单|拍下|购入|\b(?:i|my|me|we|our|bought|ordered|order|purchased?)\b", re.IGNORECASE
)
"""Who tells when something of their own happened does not ask for a document of that year."""


def is_of_another(question: str, text: str) -> bool:
    """Whether the question names a year or an edition, and `text` names such, but none of those."""
    asked = _named(question)
    if not asked or _OWN.search(question):
        return False
    told = _named(text)
    return any(kind in told and told[kind].isdisjoint(values) for kind, values in asked.items())


def _named(text: str) -> dict[str, set[Fraction]]:
    """The years and the editions that a text names, by kind; no kind without one."""
    found: defaultdict[str, set[Fraction]] = defaultdict(set)
    for kind, pattern in _NAMED:
        for match in pattern.finditer(text):
            value = number(match[1])
            if value is not None:
                found[kind].add(value)
    return found
