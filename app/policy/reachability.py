"""Rules that cannot do anything: what they wait for never happens, or an earlier rule has always said no before.

Decided by trying values: for each fact that a rule names, those that its conditions and the other rule's conditions
tell apart (each number and one on either side of it, each listed text and another one). That is exact for this
language but for comparisons of one fact with another, whose values are tried in the same way.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.policy.expression import Comparison, Condition, Constant, Containment, Membership, Name, leaves, names
from app.policy.facts import FACTS, Facts
from app.policy.faults import Fault
from app.policy.judging import holds
from app.policy.rules import Rule, RuleSet

_MOST = 20_000
"""Combinations that are tried for one question; a rule that needs more is not judged."""


def idle_rules(rules: RuleSet) -> list[Fault]:
    """Warnings for rules that never apply, never fail, or never decide."""
    faults: list[Fault] = []
    for number, rule in enumerate(rules.rules):
        if (message := _idle(rule)) is not None:
            faults.append(Fault(rule.line, message, rule.rule_id, "warning"))
        elif rule.verdict in ("refuse", "needs_person"):
            earlier = next((other for other in rules.rules[:number] if _always_before(other, rule)), None)
            if earlier is not None:
                message = f"never decides: wherever it says no, {earlier.rule_id} (line {earlier.line}) has before"
                faults.append(Fault(rule.line, message, rule.rule_id, "warning"))
    return faults


def _idle(rule: Rule) -> str | None:
    cases = list(_cases([rule]))
    if not cases:
        return None
    if rule.when is not None and not any(holds(rule.when, facts) for facts in cases):
        return "never applies: nothing fulfils its `when`"
    if rule.require is not None and not any(_objects(rule, facts) for facts in cases):
        return "never says no: its `require` holds wherever it applies"
    return None


def _always_before(earlier: Rule, rule: Rule) -> bool:
    """Whether `earlier` refuses wherever `rule` would say no, at any time at which it is in force."""
    if earlier.verdict != "refuse" or not set(rule.actions) <= set(earlier.actions):
        return False
    if earlier.valid_from is not None and (rule.valid_from is None or rule.valid_from < earlier.valid_from):
        return False
    if earlier.valid_to is not None and (rule.valid_to is None or rule.valid_to > earlier.valid_to):
        return False
    if earlier.dated_by != rule.dated_by and (earlier.valid_from or earlier.valid_to):
        return False
    objecting = [facts for facts in _cases([rule, earlier]) if _objects(rule, facts)]
    return bool(objecting) and all(_objects(earlier, facts) for facts in objecting)


def _objects(rule: Rule, facts: Facts) -> bool:
    applies = rule.when is None or holds(rule.when, facts) is True
    return applies and (rule.require is None or holds(rule.require, facts) is False)


def _cases(rules: Sequence[Rule]) -> Iterator[Facts]:
    """Every combination of telling values; nothing where there are too many."""
    conditions = [part for rule in rules for part in (rule.when, rule.require) if part is not None]
    values = _telling(conditions)
    count = 1
    for choices in values.values():
        count *= len(choices)
    if count > _MOST:
        return
    for chosen in itertools.product(*values.values()):
        yield dict(zip(values, chosen, strict=True))


def _telling(conditions: Sequence[Condition]) -> Mapping[str, Sequence[Any]]:
    """For each fact the values that the conditions tell apart, and unknown."""
    constants: dict[str, set[Any]] = {name: set() for condition in conditions for name in names(condition)}
    related: list[tuple[str, str]] = []
    for part in (leaf for condition in conditions for leaf in leaves(condition)):
        if isinstance(part, Comparison):
            _note(part, constants, related)
        elif isinstance(part, Membership):
            constants[part.left.fact.name].update(item.value for item in part.values)
        elif isinstance(part, Containment):
            constants[part.left.fact.name].add(part.part)
    for _ in related:
        for one, other in related:
            constants[one] |= constants[other]
            constants[other] |= constants[one]
    return {name: _around(name, found) for name, found in constants.items()}


def _note(comparison: Comparison, constants: dict[str, set[Any]], related: list[tuple[str, str]]) -> None:
    left, right = comparison.left, comparison.right
    if isinstance(left, Name) and isinstance(right, Constant):
        constants[left.fact.name].add(right.value)
    elif isinstance(right, Name) and isinstance(left, Constant):
        constants[right.fact.name].add(left.value)
    elif isinstance(left, Name) and isinstance(right, Name):
        related.append((left.fact.name, right.fact.name))


def _around(name: str, constants: set[Any]) -> Sequence[Any]:
    fact = FACTS[name]
    if fact.type == "flag":
        return (True, False, None)
    if fact.type == "text":
        if fact.values:
            return (*fact.values, None)
        return (*sorted(constants), "\N{REPLACEMENT CHARACTER}", None)
    if fact.type == "date":
        days = sorted(constants) or [date(2026, 1, 1)]
        return (days[0] - timedelta(1), *(day for known in days for day in (known, known + timedelta(1))), None)
    numbers = sorted(constants) or [Decimal(0)]
    step = Decimal("0.01") if fact.unit == "money" else Decimal(1)
    floor = Decimal(0) if fact.unit in ("days", "months", "times") else None
    tried = {value for known in numbers for value in (known - step, known, known + step)}
    return (*sorted(value for value in tried if floor is None or value >= floor), None)
