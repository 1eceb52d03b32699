"""Figures that stand in the evidence and are said of something else: 49.9元/斤 of a bag of five, a price of 1200 W.

That a number is there is not enough: what it is the measure of, and per what, has to fit too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.generation.quantities import Quantity, quantities

_MONEY = frozenset({"cny", "usd", "eur", "gbp"})
_TIMES = frozenset({"minutes", "seconds", "months", "workdays", "date", "clock"})
_LENGTHS = frozenset({"millimetres", "inches", "square_metres"})
_ANY = frozenset({"count", "code", "times", "percent", "percent_off"})
"""What may be said of anything."""

_KINDS: list[tuple[str, frozenset[str]]] = [
    (r"价格|售价|价钱|单价|原价|现价|运费|费用|押金|定金|\b(?:price|fee|cost|deposit)", _MONEY),
    (r"重量|净重|毛重|\bweight", frozenset({"grams"})),
    (
        r"容量|容积|\bcapacity",
        frozenset({"millilitres", "grams", "gigabytes", "megabytes", "mah", "kwh"}),
    ),
    (r"功率|\b(?:power|wattage)", frozenset({"watts"})),
    (r"电压|\bvoltage", frozenset({"volts"})),
    (r"长度|宽度|高度|深度|\b(?:length|width|height|depth)", _LENGTHS),
    (r"保修期|质保期|保质期|有效期|退货期|换货期|时效|\b(?:warranty|validity)\s+period", _TIMES),
]
_OF_KIND = [
    (re.compile(rf"(?:{names})\s*(?:is|was|of|[:：=为是])\s*(?:约|大约|about\s+)?$", re.IGNORECASE), kinds)
    for names, kinds in _KINDS
]

_UNITS: dict[str, str] = {
    "hour": r"小时|钟头|hour|h\b|hr\b",
    "day": r"天|日|晚|day|night",
    "week": r"周|星期|week",
    "month": r"个?月|month",
    "year": r"年|year",
    "jin": r"斤|jin\b|catty",
    "kg": r"公斤|千克|kg\b|kilo",
    "gram": r"克|g\b|gram",
    "litre": r"升|l\b|lit(?:re|er)",
    "metre": r"米|m\b|met(?:re|er)",
    "sqm": r"平方米|平米|平方|㎡|m²|square\s+met",
}
_PER = (
    r"(?:/|每|一|按|单|首|续|\b(?:per|an?|each|every|further|additional|extra)\s+)"
    r"\s*(?:增加?|超过?|多|续重?)?\s*\d*\s*个?(?:{unit})"
)
_SAID_OTHERWISE = {
    "hour": r"hourly|小时[计收]",
    "day": r"daily|nightly|日[租均付]|天[计收]|次日|当[日天]|全天",
    "week": r"weekly|fortnightly|周[租卡费]",
    "month": r"monthly|月[租卡费供付度结]|包月|自然月|30\s*天",
    "year": r"annual|yearly|年[费卡度付检消保]|全年|calendar\s+year|12\s*个?月|twelve\s+months|周年",
    "kg": r"首重|续重",
}
_HELD = {
    name: re.compile(_PER.format(unit=unit) + (f"|{_SAID_OTHERWISE[name]}" if name in _SAID_OTHERWISE else ""), re.I)
    for name, unit in _UNITS.items()
}
_BEHIND = {
    name: re.compile(rf"\s*(?:/|[每一]|\s(?:per|an?|each|every)\s)\s*个?(?:{unit})", re.IGNORECASE)
    for name, unit in _UNITS.items()
}
_BEFORE = {
    name: re.compile(rf"(?:每一?|(?<![第十\d])一)个?(?:{unit})[^，。；,;\d]{{0,6}}$", re.IGNORECASE)
    for name, unit in _UNITS.items()
}


def misplaced(sentence: str, evidence: str) -> list[Quantity]:
    """The quantities of the sentence that it says of what they cannot be the measure of, or per what is not there."""
    return [
        item
        for item in quantities(sentence)
        if _is_of_another_kind(item, sentence) or _is_per_another(item, sentence, evidence)
    ]


def _is_of_another_kind(item: Quantity, sentence: str) -> bool:
    """Whether what is named right before it is measured otherwise."""
    if item.kind in _ANY:
        return False
    before = sentence[: item.start]
    return any(pattern.search(before) is not None and item.kind not in kinds for pattern, kinds in _OF_KIND)


def _is_per_another(item: Quantity, sentence: str, evidence: str) -> bool:
    """Whether it is an amount per a unit per which the evidence says nothing."""
    if item.kind not in _MONEY and not item.is_bare:
        return False
    return any(_HELD[unit].search(evidence) is None for unit in _per(item, sentence))


def _per(item: Quantity, sentence: str) -> Iterator[str]:
    for unit in _UNITS:
        is_before = item.kind in _MONEY and _BEFORE[unit].search(sentence[: item.start])
        if is_before or _BEHIND[unit].match(sentence, item.end):
            yield unit
