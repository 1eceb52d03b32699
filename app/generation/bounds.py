"""Which way a number limits: 不超过15元 is not 至少15元, and "up to" is not "at least"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from app.generation.polarity import negations
from app.generation.quantities import Quantity, is_contained, quantities
from index.text.language import crosses
from index.text.terms import coverage

Bound = Literal["most", "least", "none"]

_MOST_BEFORE = re.compile(
    r"(?:不超过|不超過|不高于|不大于|不多于|不得超过|不能超过|别超过|最多|最高|最长|最大|最晚|最迟|至多|上限(?:为|是)?|封顶|不足|不到|低于|少于|小于|未满|不满|没满|没到|没超过|不够"
    r"|\b(?:up\s+to|at\s+most|no\s+more\s+than|not\s+more\s+than|not\s+exceed(?:ing)?|a?\s*maximum\s+(?:of|is)|max\.?|within|under|below|less\s+than|fewer\s+than"
    r"|no\s+later\s+than|capped\s+at|limited\s+to|not\s+over))\s*(?:约|about)?[¥￥$€£]?\s*$",
    re.IGNORECASE,
)
_LEAST_BEFORE = re.compile(
    r"(?:(?<!不)超过|(?<!不)(?<!不得)高于|大于|多于|至少|最少|最低|最短|不低于|不少于|不小于|起码|满|达到?|下限(?:为|是)?"
    r"|\b(?:at\s+least|no\s+less\s+than|not\s+less\s+than|no\s+fewer\s+than|a?\s*minimum\s+(?:of|is)|min\.?|(?<!not\s)(?<!no\s)more\s+than|(?<!not\s)over|above|exceed(?:s|ing)?|beyond|from|(?:pass|reach)(?:es|ed)?|hits?))"
    r"\s*(?:约|about)?[¥￥$€£]?\s*$",
    re.IGNORECASE,
)
_FAR = re.compile(r"(?:(?P<most>最多|至多)|(?P<least>至少|最少|起码))[^，。；,;\d]{0,6}$")
_MOST_NEGATED = re.compile(
    r"(?:(?:不(?![过仅但论管同然满足到])[得能可准许会用要应]?|没有?|别(?!人)|勿|莫)[^，。；,;]{0,6}(?:超过|高于|多于|大于)"
    r"|\b(?:not|never|cannot|can't|no)\b(?:[^,;.]{0,24}?\b(?:more\s+than|exceed)|\s+(?:be|go|rise|weigh|cost)?\s*(?:over|above)))\s*[¥￥$€£]?\s*$",
    re.IGNORECASE,
)
_LEAST_NEGATED = re.compile(
    r"(?:(?:不(?![过仅但论管同然满足到])[得能可准许会用要应]?|没有?|别(?!人)|勿|莫)[^，。；,;]{0,6}(?:少于|低于|小于|不到)"
    r"|\b(?:not|never|cannot|can't|no)\b(?:[^,;.]{0,24}?\b(?:less\s+than|fewer\s+than)|\s+(?:be|go|fall|drop)?\s*(?:under|below)))\s*[¥￥$€£]?\s*$",
    re.IGNORECASE,
)
_COUNTED = r"(?:\s*[个件次张台条款份位名人种双套箱袋瓶包盒支把托棵本期岁]|\s+[a-z]{3,12}(?=\s+(?:or|and|at)\s))?"
"""What a bare number counts, between it and the word that limits it."""
_MOST_BEHIND = re.compile(
    rf"^{_COUNTED}\s*(?:以内|之内|以下|内|封顶|or\s+(?:less|under|below|fewer)|at\s+(?:most|the\s+most)|maximum)", re.I
)
_LEAST_BEHIND = re.compile(
    rf"^{_COUNTED}\s*(?:及?以上|起(?!见|来|的)|开外|or\s+(?:more|above|over|longer)|at\s+least|minimum|and\s+(?:above|over|up))",
    re.I,
)


def bound_of(text: str, quantity: Quantity) -> Bound:
    """What the words around a quantity of `text` make of it."""
    before, behind = text[max(0, quantity.start - 40) : quantity.start], text[quantity.end : quantity.end + 14]
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


_STRICT = re.compile(
    r"(?:(?<!不)超过|(?<!不)高于|多于|大于|不到|不足|不满|未满|没满|没到|不够|低于|少于|小于"
    r"|\b(?:over|above|(?<!no\s)(?<!not\s)more\s+than|exceed(?:s|ing)?|beyond|under|below|less\s+than|fewer\s+than))"
    r"\s*[¥￥$€£]?\s*$",
    re.IGNORECASE,
)
_OTHER_SIDE = re.compile(
    r"不满|不足|未满|未达|否则|超出|超过的|其余"
    r"|\b(?:otherwise|below\s+that|above\s+that|beyond|the\s+rest|further|heavier|longer|larger|smaller|cheaper|dearer)\b",
    re.IGNORECASE,
)
_LIMITS = re.compile("没满|没到|不够")
"""Limits that count as negations otherwise; `negations` knows 不满 and the others."""
_CLAUSE_END = re.compile(r"[，。；;\n]|[.,]\s")
_SAME_CLAUSE = 0.6
"""Share of a clause's words from which its consequence is that of another clause."""
_SHORT_REST = 6
"""Characters behind a number that are no consequence yet: 20元的直邮订单，由本店代付."""
_NEAR = 30
"""Characters behind a number in which the other side of its limit is named."""


def names_other_side(text: str, quantity: Quantity) -> bool:
    """Whether a text says of its limit what holds beyond it: 满99元包邮，不满收12元."""
    behind = re.split(r"[。\n]|\.\s", text[quantity.end : quantity.end + _NEAR])[0]
    return _OTHER_SIDE.search(behind) is not None


def _is_other_side(claim: str, quantity: Quantity, beside: Sequence[tuple[str, Quantity]]) -> bool:
    """Whether a turned limit is what lies beyond it: 不满14岁不能注册 for "at least 14", 超过5kg的拆单 for "up to".

    `beside` are the texts of the evidence that state it, and it there.
    """
    if not _STRICT.search(claim[max(0, quantity.start - 20) : quantity.start]):
        return False
    mine = _clause_at(claim, quantity)
    if any(_says_the_same(mine, _clause_at(text, item)) for text, item in beside):
        return False
    if any(names_other_side(text, item) for text, item in beside):
        return True
    rest = re.split(r"[。；;]|\.\s", claim[quantity.end :])[0]
    return negations(rest) % 2 == 1 and all(negations(_sentence_at(text, item)) % 2 == 0 for text, item in beside)


def _says_the_same(mine: str, theirs: str) -> bool:
    """Whether two clauses give the same consequence: 不到88元包邮 beside 满88元包邮."""
    figures = quantities(theirs)
    return (
        not crosses(mine, theirs)
        and all(is_contained(item, figures) for item in quantities(mine))
        and coverage(mine, theirs) >= _SAME_CLAUSE
        and negations(_LIMITS.sub("", mine)) % 2 == negations(_LIMITS.sub("", theirs)) % 2
    )


def _clause_at(text: str, quantity: Quantity) -> str:
    """The words around a quantity up to the next marks; the clause behind too where its own ends with it."""
    begins = max(text.rfind(mark, 0, quantity.start) for mark in "，。；;\n") + 1
    ends = _CLAUSE_END.search(text, quantity.end)
    if ends and ends.start() - quantity.end <= _SHORT_REST and ends[0][0] in "，,":
        ends = _CLAUSE_END.search(text, ends.end())
    return text[begins : ends.start()] if ends else text[begins:]


def _sentence_at(text: str, quantity: Quantity) -> str:
    begins = max(text.rfind(mark, 0, quantity.start) for mark in "。；;\n") + 1
    return re.split(r"[。；;\n]|\.\s", text[begins:])[0]


def turned_bounds(claim: str, evidence: Sequence[str] | str) -> list[Quantity]:
    """Quantities of the claim that it makes a floor where the evidence makes them a ceiling, or the reverse.

    A quantity that stands somewhere in the evidence without a limit, or limited the same way, is no fault.
    """
    texts = [evidence] if isinstance(evidence, str) else list(evidence)
    known = [(text, item) for text in texts for item in quantities(text)]
    turned = []
    for quantity in quantities(claim):
        mine = bound_of(claim, quantity)
        if mine == "none":
            continue
        beside = [(text, item) for text, item in known if is_contained(quantity, [item])]
        theirs = {bound_of(text, item) for text, item in beside}
        if theirs and theirs <= {"most", "least"} - {mine} and not _is_other_side(claim, quantity, beside):
            turned.append(quantity)
    return turned
