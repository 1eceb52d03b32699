"""Which quantities of a sentence its evidence holds, where it says them in other forms.

一天 is 每日 and "a day"; 第二天 is 次日; the customer's own 120元 is in no policy, but 满99元 covers it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction

from app.generation.bounds import bound_of
from app.generation.quantities import Quantity, is_contained, quantities
from index.text.normalize import fold

_RATES = {
    Fraction(60): re.compile(r"[每首]\s*个?小时|\b(?:an?|each|every|per|first|hourly)\s*hour|hourly", re.IGNORECASE),
    Fraction(1440): re.compile(
        r"[每首单当日]\s*[天日]|日均|\b(?:an?|each|every|per|first)\s+day|daily|/\s*day", re.IGNORECASE
    ),
    Fraction(10080): re.compile(r"[每首]\s*(?:周|个?星期)|\b(?:an?|each|every|per|first)\s+week|weekly", re.IGNORECASE),
}
_MONTH_RATES = {
    Fraction(1): re.compile(
        r"[每首包按单当]\s*个?月|月(?=[费租付供缴])|\b(?:an?|each|every|per|first)\s+month|monthly", re.IGNORECASE
    ),
    Fraction(12): re.compile(
        r"[每首单当全]\s*年|年(?=[度费保租检])|十二个月|12\s*个月|\b(?:an?|each|every|per|first)\s+year|annual|yearly",
        re.IGNORECASE,
    ),
}
_ORDINAL = re.compile(r"第\s*$")
_ORDINALS = {
    Fraction(1): re.compile(r"首|第一|一次|\bfirst\b|\bonce\b", re.IGNORECASE),
    Fraction(2): re.compile(r"第二|再次|两次|\bsecond\b|\btwice\b", re.IGNORECASE),
    Fraction(3): re.compile(r"第三|三次|\bthird\b|\bthree\s+times\b", re.IGNORECASE),
}
_NEXT = {
    Fraction(1440): re.compile(r"[次隔翌]日|(?:next|following)\s+(?:calendar\s+)?day|day\s+after", re.IGNORECASE),
    Fraction(12): re.compile(r"次年|(?:next|following)\s+year", re.IGNORECASE),
    Fraction(1): re.compile(r"次月|下个?月|(?:next|following)\s+month", re.IGNORECASE),
}
_OWN = re.compile(
    r"您|你|这[单件笔张次份个]|本单|如果|要是|假如|比如|例如|\byour?\b|\bif\b|\bfor\s+an?\b|\bthis\s+order",
    re.IGNORECASE,
)
_CLAUSE_START = re.compile(r"[。；;！!\n]|\.\s")
_KINDS_OF_CUSTOMERS = frozenset(
    {"cny", "usd", "eur", "gbp", "count", "minutes", "months", "grams", "millimetres", "workdays"}
)


def missing_quantities(sentence: str, evidence: str, *, question: str | None = "") -> list[Quantity]:
    """The quantities of the sentence that the evidence does not hold.

    What the customer says of the own case (您这单120元) is not missing where the evidence has a limit for it (满99元);
    with a `question` it has to stand there, None takes it as said.
    """
    held = [*quantities(evidence), *_cells(evidence)]
    folded = re.sub(r"[\s-]+", "", fold(evidence))
    said = None if question is None else quantities(question)
    return [
        quantity
        for quantity in quantities(sentence)
        if not is_contained(quantity, held)
        and not (quantity.kind == "code" and str(quantity.value).replace("-", "") in folded)
        and not _is_said_otherwise(quantity, sentence, evidence)
        and not _is_own_case(quantity, sentence, evidence, held, said)
    ]


def _cells(evidence: str) -> Iterable[Quantity]:
    """Numbers that are whole cells of a comma-separated row, where 139,520 is no number of six digits."""
    for match in re.finditer(r"(?<=[,，])\d+(?:\.\d+)?(?=[,，]\S)", evidence):
        yield Quantity("count", Fraction(match[0]), match[0], match.start(), match.end())


def _is_said_otherwise(quantity: Quantity, sentence: str, evidence: str) -> bool:
    """一天最多三件 for 每天最多3件, 第二天 for 次日, 第一次 for 首次."""
    if quantity.kind == "count" and _ORDINAL.search(sentence[: quantity.start]):
        ordinal = _ORDINALS.get(quantity.value) if isinstance(quantity.value, Fraction) else None
        return ordinal is not None and ordinal.search(evidence) is not None
    if quantity.kind not in ("minutes", "months") or not isinstance(quantity.value, Fraction):
        return False
    if _ORDINAL.search(sentence[: quantity.start]):
        unit = (
            Fraction(1440) if quantity.kind == "minutes" else Fraction(12) if quantity.value % 12 == 0 else Fraction(1)
        )
        return quantity.value == 2 * unit and _NEXT[unit].search(evidence) is not None
    rates = _RATES if quantity.kind == "minutes" else _MONTH_RATES
    pattern = rates.get(quantity.value)
    return pattern is not None and pattern.search(evidence) is not None


def _is_own_case(
    quantity: Quantity, sentence: str, evidence: str, held: Sequence[Quantity], said: Sequence[Quantity] | None
) -> bool:
    if quantity.kind not in _KINDS_OF_CUSTOMERS or not isinstance(quantity.value, Fraction):
        return False
    if said is not None and not is_contained(quantity, said):
        return False
    if bound_of(sentence, quantity) != "none":
        return False  # a limit is a rule, no case
    clause = _CLAUSE_START.split(sentence[: quantity.start])[-1]
    if not _OWN.search(clause + sentence[quantity.end : quantity.end + 2]):
        return False
    return any(
        item.kind == quantity.kind and isinstance(item.value, Fraction) and bound_of(evidence, item) != "none"
        for item in held
    ) or _is_between(quantity, held)


def _is_between(quantity: Quantity, held: Sequence[Quantity]) -> bool:
    """Whether the evidence has smaller and larger ones of the kind, as steps of a table have."""
    others = [item.value for item in held if item.kind == quantity.kind and isinstance(item.value, Fraction)]
    return isinstance(quantity.value, Fraction) and bool(others) and min(others) <= quantity.value <= max(others)
