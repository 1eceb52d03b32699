"""Whether a condition holds for given facts: yes, no, or not to be said while a fact is unknown."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from app.policy.expression import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Constant,
    Containment,
    Knowledge,
    Membership,
    Not,
    Operand,
    Truth,
)
from app.policy.facts import Facts

_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def holds(condition: Condition, facts: Facts) -> bool | None:
    """True, false, or None where it hangs on a fact that is unknown.

    Three-valued as in Kleene's strong logic: `a or b` is true when a is, whatever b would be.
    """
    match condition:
        case Comparison(order=order, left=left, right=right):
            first, second = value_of(left, facts), value_of(right, facts)
            return None if first is None or second is None else _ORDERS[order](first, second)
        case Membership(left=left, values=values):
            found = value_of(left, facts)
            return None if found is None else any(found == item.value for item in values)
        case Containment(left=left, part=part):
            text = value_of(left, facts)
            return None if text is None else part in str(text)
        case Knowledge(left=left):
            return value_of(left, facts) is not None
        case Truth(operand=operand):
            truth = value_of(operand, facts)
            return None if truth is None else bool(truth)
        case Not(part=inner):
            result = holds(inner, facts)
            return None if result is None else not result
        case AllOf(parts=parts):
            results = [holds(item, facts) for item in parts]
            return False if False in results else (None if None in results else True)
        case AnyOf(parts=parts):
            results = [holds(item, facts) for item in parts]
            return True if True in results else (None if None in results else False)


def value_of(operand: Operand, facts: Facts) -> Any:
    """What it stands for; None for a fact that is unknown. Whole numbers become exact decimals."""
    found = operand.value if isinstance(operand, Constant) else facts.get(operand.fact.name)
    return Decimal(found) if isinstance(found, int) and not isinstance(found, bool) else found
