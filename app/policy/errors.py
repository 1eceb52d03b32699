"""What can go wrong with a company's rules."""

from __future__ import annotations

from index.errors import KefuError


class PolicyError(KefuError):
    """The rules cannot be used."""

    code = "policy"


class RulesMissing(PolicyError):
    """There is no rule file where the settings say."""

    code = "policy_rules_missing"


class RulesInvalid(PolicyError):
    """The rule file has faults; `kefu policy check` lists them all."""

    code = "policy_rules_invalid"
