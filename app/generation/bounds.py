"""Which way a number limits: 不超过15元 is not 至少15元, and "up to" is not "at least"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from app.generation.quantities import Quantity, is_contained, quantities

Bound = Literal["most", "least", "none"]

_MOST_BEFORE = re.compile(
    r"(?:不超过|不超過|不高于|不大于|不多于|不得超过|不能超过|别超过|最多|最高|最长|最大|最晚|最迟|至多|上限(?:为|是)?|封顶|不足|不到|低于|少于|小于|未满|不满"
    r"|\b(?:up\s+to|at\s+most|no\s+more\s+than|not\s+more\s+than|not\s+exceed(?:ing)?|a?\s*maximum\s+(?:of|is)|max\.?|within|under|below|less\s+than|fewer\s+than"
    r"|no\s+later\s+than|capped\s+at|limited\s+to|not\s+over))\s*(?:约|about)?[¥￥$€£]?\s*$",
    re.IGNORECASE,
)
_LEAST_BEFORE = re.compile(
    r"(?:(?<!不)超过|(?<!不)(?<!不得)高于|大于|多于|至少|最少|最低|最短|不低于|不少于|不小于|起码|满|达到?|下限(?:为|是)?"
    r"|\b(?:at\s+least|no\s+less\s+than|not\s+less\s+than|no\s+fewer\s+than|a?\s*minimum\s+(?:of|is)|min\.?|(?<!not\s)(?<!no\s)more\s+than|(?<!not\s)over|above|exceed(?:s|ing)?|beyond|from))"
    r"\s*(?:约|about)?[¥￥$€£]?\s*$",
    re.IGNORECASE,
)
_FAR = re.compile(r"(?:(?P<most>最多|至多)|(?P<least>至少|最少|起码))[^，。；,;\d]{0,6}$")
_MOST_NEGATED = re.compile(
    r"(?:(?:不[得能可准许]?|别|勿|莫)[^，。；,;]{0,6}(?:超过|高于|多于|大于)"
    r"|\b(?:not|never|cannot|can't|no)\b[^,;.]{0,24}?\b(?:more\s+than|over|above|exceed))\s*[¥￥$€£]?\s*$",
    re.IGNORECASE,
)
_LEAST_NEGATED = re.compile(
    r"(?:(?:不[得能可准许]?|别|勿|莫)[^，。；,;]{0,6}(?:少于|低于|小于|不到)"
    r"|\b(?:not|never|cannot|can't|no)\b[^,;.]{0,24}?\b(?:less\s+than|fewer\s+than|under|below))\s*[¥￥$€£]?\s*$",
    re.IGNORECASE,
)
_MOST_BEHIND = re.compile(
    r"^\s*(?:以内|之内|以下|内|封顶|or\s+(?:less|under|below|fewer)|at\s+(?:most|the\s+most)|maximum)", re.I
)
_LEAST_BEHIND = re.compile(
    r"^\s*(?:及?以上|起(?!见|来|的)|开外|or\s+(?:more|above|over|longer)|at\s+least|minimum|and\s+(?:above|over|up))",
    re.I,
)


def bound_of(text: str, quantity: Quantity) -> Bound:
    """What the words around a quantity of `text` make of it."""
    before, behind = text[max(0, quantity.start - 24) : quantity.start], text[quantity.end : quantity.end + 14]
    if _MOST_BEHIND.search(behind):
        return "most"
    if _LEAST_BEHIND.search(behind):
        return "least"
    if _LEAST_NEGATED.search(before):
        return "least"
    if _MOST_NEGATED.search(before) or _MOST_BEFORE.search(before):
        return "most"
    if _LEAST_BEFORE.search(before):
        return "least"
    far = _FAR.search(before)
    return "none" if far is None else "most" if far["most"] else "least"


def turned_bounds(claim: str, evidence: Sequence[str] | str) -> list[Quantity]:
    """Quantities of the claim that it makes a floor where the evidence makes them a ceiling, or the reverse.

    A quantity that stands somewhere in the evidence without a limit, or limited the same way, is no fault.
    """
    texts = [evidence] if isinstance(evidence, str) else list(evidence)
    known = [(text, item) for text in texts for item in quantities(text)]
    turned = []
    for quantity in quantities(claim):
        mine = bound_of(claim, quantity)
        theirs = {bound_of(text, item) for text, item in known if is_contained(quantity, [item])}
        if mine != "none" and theirs and theirs <= {"most", "least"} - {mine}:
            turned.append(quantity)
    return turned
