"""What kind of figure a question asks for, and whether a text has one."""

from __future__ import annotations

import re

from app.generation.quantities import quantities

_DURATION = frozenset({"minutes", "seconds", "months", "workdays"})
_MONEY = frozenset({"cny", "usd", "eur", "gbp", "percent", "percent_off"})
_MOMENT = frozenset({"date", "clock"}) | _DURATION
_ASKED: list[tuple[re.Pattern[str], frozenset[str] | None]] = [
    (
        re.compile(
            r"多少钱|几块|多少元|什么价|费用是?多少|运费多少|怎么收费|收多少|赔多少|补多少|how much|cost|fee\b|charge",
            re.IGNORECASE,
        ),
        _MONEY,
    ),
    (
        re.compile(
            r"多久|几天|多长时间|多少天|几个(?:小时|月|工作日)|几年|时效|how long|how many (?:days|hours|weeks|months)",
            re.IGNORECASE,
        ),
        _DURATION,
    ),
    (re.compile(r"几点|什么时候|何时|几号|哪天|截止|\bwhen\b|what time|which day|deadline", re.IGNORECASE), _MOMENT),
    (
        re.compile(
            r"几[个次件张种位份条台步层级]|多少[个次件张种]|最多|至少|几折|百分之几|how many|at most|how often|limit",
            re.IGNORECASE,
        ),
        None,
    ),
]
_FREE = re.compile(r"免费|包邮|免运费|免收|不收|无需付|free|no charge|at no cost", re.IGNORECASE)


def asks_for_quantity(question: str) -> bool:
    """Whether the question asks for an amount, a duration, a moment or a number."""
    return any(pattern.search(question) for pattern, _ in _ASKED)


def holds_asked_quantity(question: str, text: str) -> bool:
    """Whether `text` holds a figure of the kind that is asked for; True when none is asked for."""
    for pattern, kinds in _ASKED:
        if pattern.search(question):
            found = {quantity.kind for quantity in quantities(text)}
            is_met = bool(found if kinds is None else found & kinds)
            return is_met or (kinds is _MONEY and bool(_FREE.search(text)))
    return True
