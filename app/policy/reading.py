"""From the rule file that a company edits to rules, with every fault and its line."""

from __future__ import annotations

import hashlib
import re
import string
import zoneinfo
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import cast, get_args

from app.domain.action import Wording
from app.policy.errors import RulesInvalid, RulesMissing
from app.policy.expression import Condition, ExpressionInvalid, parse
from app.policy.facts import FACTS
from app.policy.faults import Fault
from app.policy.lined_yaml import Lined, read_lined
from app.policy.rules import Amount, DatedBy, Rule, RuleSet, Source, Verdict

_TOP_KEYS = frozenset({"version", "timezone", "rules"})
_RULE_KEYS = frozenset(
    {"id", "action", "when", "require", "verdict", "amount", "wording", "source", "valid_from", "valid_to", "dated_by"}
)
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_AMOUNT = re.compile(r"(?P<value>\d+(?:\.\d{1,2})?)\s+(?P<currency>[A-Z]{3})")


def read_rules(path: Path) -> RuleSet:
    """The rules of a file. Raises `RulesMissing`, or `RulesInvalid` with the first fault when it has any error."""
    rules, faults = parse_rules(read_text(path))
    errors = [fault for fault in faults if fault.severity == "error"]
    if errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise RulesInvalid(f"{path}, {errors[0]}{more}. `kefu policy check` lists all.")
    return rules


def read_text(path: Path) -> str:
    """What a rule file holds. Raises `RulesMissing`, or `RulesInvalid` where it is no text."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise RulesMissing(f"There is no rule file {path}. Set KEFU_POLICY__RULES, or write one.") from None
    except UnicodeDecodeError as error:
        raise RulesInvalid(f"{path} is not UTF-8 text: {error.reason} at byte {error.start}.") from error


def parse_rules(text: str, *, actions: Collection[str] = ()) -> tuple[RuleSet, list[Fault]]:
    """The rules that can be read, and all faults by line.

    `actions` are the names of what can be asked for, where they are known: a rule for another one is a fault.
    """
    top, faults = read_lined(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    if top is None or top.fields is None:
        faults = faults or [Fault(1, "expected the keys version, timezone and rules")]
        return RuleSet((), digest=digest), faults
    for key, value in top.fields.items():
        if key not in _TOP_KEYS:
            faults.append(Fault(value.line, f"unknown key {key!r}; known are {', '.join(sorted(_TOP_KEYS))}"))
    version = top.fields.get("version")
    if version is None or version.text != "1":
        faults.append(Fault(version.line if version else top.line, "expected `version: 1`"))
    zone = top.fields.get("timezone")
    timezone = zone.text if zone is not None and zone.text else "Asia/Shanghai"
    if timezone not in zoneinfo.available_timezones():
        faults.append(Fault(zone.line if zone else 1, f"{timezone!r} is no time zone such as Asia/Shanghai"))
        timezone = "Asia/Shanghai"
    listed = top.fields.get("rules")
    if listed is None or listed.items is None:
        faults.append(Fault(listed.line if listed else top.line, "expected a list under `rules`"))
        return RuleSet((), timezone, digest), faults
    rules = [rule for item in listed.items if (rule := _RuleReader(item, faults, actions).rule()) is not None]
    lines: dict[str, int] = {}
    for rule in rules:
        if rule.rule_id in lines:
            faults.append(Fault(rule.line, f"the id stands in line {lines[rule.rule_id]} already", rule.rule_id))
        lines.setdefault(rule.rule_id, rule.line)
    return RuleSet(tuple(rules), timezone, digest), sorted(faults, key=lambda fault: fault.line)


class _RuleReader:
    """Reads one rule and notes what is wrong with it."""

    def __init__(self, node: Lined, faults: list[Fault], actions: Collection[str]) -> None:
        self._node, self._faults, self._actions = node, faults, actions
        self._fields = node.fields or {}
        name = self._fields.get("id")
        self._id = name.text if name is not None and name.text else ""

    def rule(self) -> Rule | None:
        """The rule; None where it cannot be used."""
        before = len(self._faults)
        if self._node.fields is None:
            self._fault(self._node, "a rule is a list of keys: id, action, require, verdict, wording, source")
            return None
        for key, value in self._fields.items():
            if key not in _RULE_KEYS:
                self._fault(value, f"unknown key {key!r}; known are {', '.join(sorted(_RULE_KEYS))}")
        if not _ID.fullmatch(self._id):
            self._fault(self._fields.get("id"), "expected an id of small letters, digits, dots and dashes")
        when, require = self._condition("when"), self._condition("require")
        if not {"when", "require"} & set(self._fields):
            self._fault(None, "expected `require`, or `when` for a rule that only adds something")
        verdict = self._choice("verdict", get_args(Verdict))
        dated_by = self._choice("dated_by", get_args(DatedBy)) if "dated_by" in self._fields else "today"
        first, last = self._day("valid_from"), self._day("valid_to")
        if first is not None and last is not None and first > last:
            self._fault(self._fields["valid_to"], "the rule ends before it begins, so it is never asked")
        amount = self._amount(verdict)
        wording, sources, actions = self._wording(), self._sources(), self._governed()
        if len(self._faults) > before or wording is None:
            return None
        return Rule(
            self._id,
            actions,
            when,
            require,
            cast("Verdict", verdict),
            wording,
            sources,
            amount,
            first,
            last,
            cast("DatedBy", dated_by),
            self._node.line,
        )

    def _fault(self, node: Lined | None, message: str) -> None:
        self._faults.append(Fault((node or self._node).line, message, self._id))

    def _text(self, key: str) -> str | None:
        node = self._fields.get(key)
        if node is not None and node.text is None:
            self._fault(node, f"{key} is one text")
        return None if node is None else node.text

    def _condition(self, key: str) -> Condition | None:
        text = self._text(key)
        if text is None:
            return None
        try:
            return parse(text)
        except ExpressionInvalid as error:
            self._fault(self._fields[key], f"{key}, column {error.column}: {error.message}")
            return None

    def _choice(self, key: str, values: tuple[str, ...]) -> str:
        text = self._text(key) or ""
        if text not in values:
            self._fault(self._fields.get(key), f"{key} is one of {', '.join(values)}")
        return text

    def _day(self, key: str) -> date | None:
        text = self._text(key)
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self._fault(self._fields[key], f"{key} is a day such as 2026-03-01")
            return None

    def _amount(self, verdict: str) -> Amount | None:
        text = self._text("amount")
        if (text is not None) != (verdict in ("charge", "credit")):
            self._fault(self._fields.get("amount"), "`amount` goes with the verdicts charge and credit, and only there")
            return None
        if text is None:
            return None
        match = _AMOUNT.fullmatch(text.strip())
        if match is not None:
            return Amount(Decimal(match["value"]), match["currency"])
        fact = FACTS.get(text.strip())
        if fact is None or fact.unit != "money":
            self._fault(self._fields["amount"], "expected an amount such as `8 CNY`, or a fact that is money")
        return Amount(fact=text.strip())

    def _wording(self) -> Wording | None:
        node = self._fields.get("wording")
        texts = {} if node is None or node.fields is None else node.fields
        if set(texts) != {"zh", "en"} or not all((value.text or "").strip() for value in texts.values()):
            self._fault(node, "expected a wording in zh and one in en")
            return None
        for value in texts.values():
            try:
                fields = list(string.Formatter().parse(value.text or ""))
            except ValueError as error:
                self._fault(value, f"the wording cannot be read: {error}")
                continue
            for _, name, layout, conversion in fields:
                if layout or conversion:
                    self._fault(value, f"the wording names {{{name}}} with a format; a fact stands alone")
                elif name is not None and name not in FACTS:
                    self._fault(value, f"the wording names {{{name}}}, which is no fact")
        return Wording(zh=(texts["zh"].text or "").strip(), en=(texts["en"].text or "").strip())

    def _sources(self) -> tuple[Source, ...]:
        node = self._fields.get("source")
        found: list[Source] = []
        for item in node.each() if node is not None else ():
            texts = item.fields or {}
            document, quote = (texts[key].text if key in texts else None for key in ("document", "quote"))
            if set(texts) != {"document", "quote"} or not document or not (quote or "").strip():
                self._fault(item, "a source has a document and a quote")
            else:
                found.append(Source(document, (quote or "").strip(), texts["quote"].line))
        if node is None or not found:
            self._fault(node, "expected a source: the document and its exact words")
        return tuple(found)

    def _governed(self) -> tuple[str, ...]:
        node = self._fields.get("action")
        names = [item.text or "" for item in node.each()] if node is not None else []
        if not names or not all(names):
            self._fault(node, "expected the action that it governs, or a list of them")
        for name in names if self._actions else ():
            if name not in self._actions:
                self._fault(node, f"there is no action {name!r}; known are {', '.join(sorted(self._actions))}")
        return tuple(names)
