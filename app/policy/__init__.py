"""A company's rules for what may be done: read from a file it edits, decided with a trace, held against its text."""

from app.policy.decision import Charge, Decision, Policy
from app.policy.drift import Alarm, find_drift
from app.policy.facts import FACTS, REASONS, Fact, Facts, FactValue
from app.policy.faults import Fault
from app.policy.reachability import idle_rules
from app.policy.reading import parse_rules, read_rules
from app.policy.rules import NO_RULES, Rule, RuleSet

__all__ = [
    "FACTS",
    "NO_RULES",
    "REASONS",
    "Alarm",
    "Charge",
    "Decision",
    "Fact",
    "FactValue",
    "Facts",
    "Fault",
    "Policy",
    "Rule",
    "RuleSet",
    "find_drift",
    "idle_rules",
    "parse_rules",
    "read_rules",
]
