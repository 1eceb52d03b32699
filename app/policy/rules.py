"""Rules as values: what each governs, asks, says, and which words of which document it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from app.domain.action import Wording
from app.policy.expression import Condition, facts_of
from app.policy.facts import FACTS, Facts

Verdict = Literal["refuse", "needs_person", "charge", "credit", "notice"]
"""What follows where the requirement fails: no; a person decides; it costs something; money is given back on top;
the customer is told something."""
DatedBy = Literal["today", "placed_on", "delivered_on"]


@dataclass(frozen=True, slots=True)
class Source:
    """Words of the knowledge base."""

    document_id: str
    quote: str
    """Exact words."""
    line: int = 0
    """Where the rule file names it, counted from 1."""


@dataclass(frozen=True, slots=True)
class Amount:
    """Money that a rule moves: so much, or what a fact says."""

    value: Decimal | None = None
    currency: str = ""
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the policy."""

    rule_id: str
    actions: tuple[str, ...]
    when: Condition | None
    """Where it applies; None for always."""
    require: Condition | None
    """What must hold; None for a rule whose verdict follows wherever it applies."""
    verdict: Verdict
    wording: Wording
    """What to tell the customer where the requirement fails; {fact} stands for a value."""
    sources: tuple[Source, ...]
    amount: Amount | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    """Last day, inclusive."""
    dated_by: DatedBy = "today"
    """The day that must lie in its time of validity."""
    line: int = 0
    """Where it begins in the file, counted from 1."""

    @property
    def facts(self) -> frozenset[str]:
        """Names of all facts that it speaks of."""
        named = [facts_of(condition) for condition in (self.when, self.require) if condition is not None]
        if self.amount is not None and self.amount.fact:
            named.append(frozenset({self.amount.fact}))
        return frozenset[str]().union(*named)

    @property
    def is_of_line(self) -> bool:
        """Whether it is asked for each item instead of once."""
        return any(FACTS[name].is_of_line for name in self.facts if name in FACTS)

    def is_in_force(self, facts: Facts) -> bool:
        """Whether its time of validity holds the day that counts; today's where that day is unknown."""
        if self.valid_from is None and self.valid_to is None:
            return True
        day = facts.get(self.dated_by) or facts.get("today")
        if not isinstance(day, date):
            return True
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of a company, in the order in which they are asked."""

    rules: tuple[Rule, ...]
    timezone: str = "Asia/Shanghai"
    """Where the company's days begin and end."""
    digest: str = ""
    """Sha256 of the file, for the audit."""

    def of(self, action: str) -> tuple[Rule, ...]:
        """Those that govern an action."""
        return tuple(rule for rule in self.rules if action in rule.actions)


NO_RULES = RuleSet(())
"""For a company that has not written any: whatever is asked for goes to a person."""
