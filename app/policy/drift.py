"""Rules held against the documents that they were taken from: text that has moved on raises an alarm.

A rule is only as good as the words it rests on. For each source the document is looked up in the index generation
that serves: whether it is there, still says the quoted words, still applies, and is the file that was there when
somebody last looked (`rules.lock`). Numbers of the rule and of its wording have to occur in the quote, 7天 as well as
七日 or "seven days".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Protocol

from app.policy.expression import Constant, Name, comparisons
from app.policy.facts import FACTS
from app.policy.rules import Rule, RuleSet, Source
from index.types import Document, Passage

Unsaid = Callable[[str, str], Sequence[str]]
"""The quantities of the first text that the second does not state."""
AlarmKind = Literal["document_missing", "quote_missing", "document_changed", "document_expired", "number_unsaid"]


@dataclass(frozen=True, slots=True)
class Alarm:
    """A rule that may no longer be what the company says."""

    kind: AlarmKind
    rule_id: str
    document_id: str
    message: str
    line: int
    """In the rule file, counted from 1."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "kind": self.kind,
            "rule": self.rule_id,
            "document_id": self.document_id,
            "message": self.message,
            "line": self.line,
        }

    def __str__(self) -> str:
        return f"line {self.line}: rule {self.rule_id}: {self.message}"


class Library(Protocol):
    """An index generation, as far as it is read here."""

    def document(self, document_id: str) -> Document | None:
        """None where it is not there."""

    def passages_of(self, document_id: str) -> Sequence[Passage]:
        """In their order."""


def find_drift(
    rules: RuleSet, library: Library, *, today: date, seen: Mapping[str, str], unsaid: Unsaid
) -> list[Alarm]:
    """Alarms in the order of the rules; [] where text and rules agree.

    Args:
        rules: what to check.
        library: the documents.
        today: the day on which documents have to apply.
        seen: sha256 of each document when somebody last accepted it; one that is not named is not compared.
        unsaid: finds numbers that a quote does not state.
    """
    alarms: list[Alarm] = []
    for rule in rules.rules:
        for source in rule.sources:
            alarms += _of_source(rule, source, library, today, seen)
        alarms += _of_numbers(rule, unsaid)
    return alarms


def digests(rules: RuleSet, library: Library) -> dict[str, str]:
    """Sha256 of each document that the rules cite and that is there, by its id."""
    cited = sorted({source.document_id for rule in rules.rules for source in rule.sources})
    found = {document_id: library.document(document_id) for document_id in cited}
    return {document_id: document.sha256 for document_id, document in found.items() if document is not None}


def _of_source(rule: Rule, source: Source, library: Library, today: date, seen: Mapping[str, str]) -> list[Alarm]:
    def alarm(kind: AlarmKind, message: str) -> list[Alarm]:
        return [Alarm(kind, rule.rule_id, source.document_id, message, source.line)]

    document = library.document(source.document_id)
    if document is None:
        return alarm("document_missing", f"{source.document_id} is not in the index any more")
    passages = library.passages_of(source.document_id)
    holding = [passage for passage in passages if _plain(source.quote) in _plain(passage.text)]
    if not holding:
        return alarm("quote_missing", f"{source.document_id} no longer says “{_short(source.quote)}”")
    alarms: list[Alarm] = []
    ends = [passage.valid_to or document.valid_to for passage in holding]
    last = None if any(end is None for end in ends) else max(end for end in ends if end is not None)
    if last is not None and (rule.valid_to is None or rule.valid_to > last) and last < today:
        alarms += alarm("document_expired", f"{source.document_id} applies until {last} only, the rule goes on")
    before = seen.get(source.document_id)
    if before is not None and before != document.sha256:
        message = f"{source.document_id} was changed since it was last looked at; the quote is still there"
        alarms += alarm("document_changed", message)
    return alarms


def _of_numbers(rule: Rule, unsaid: Unsaid) -> list[Alarm]:
    quotes = "\n".join(source.quote for source in rule.sources)
    stated = [*_stated(rule), _without_facts(rule.wording.zh), _without_facts(rule.wording.en)]
    missing = list(dict.fromkeys(number for text in stated for number in unsaid(text, quotes)))
    return [
        Alarm("number_unsaid", rule.rule_id, rule.sources[0].document_id, f"the quote does not say {number}", rule.line)
        for number in missing
    ]


def _stated(rule: Rule) -> list[str]:
    """The numbers that its conditions and its amount go by, in words."""
    texts: list[str] = []
    for condition in (rule.when, rule.require):
        for comparison in comparisons(condition) if condition is not None else ():
            pair = (comparison.left, comparison.right)
            name = next((part for part in pair if isinstance(part, Name)), None)
            number = next((part.value for part in pair if isinstance(part, Constant)), None)
            if name is not None and isinstance(number, Decimal) and number > 1:
                texts.append(_in_words(number, name.fact.name))
    if rule.amount is not None and rule.amount.value is not None:
        unit = {"CNY": "元", "USD": "美元", "EUR": "欧元", "GBP": "英镑"}.get(rule.amount.currency, "")
        texts.append(f"{_digits(rule.amount.value)}{unit}")
    return texts


def _in_words(number: Decimal, fact: str) -> str:
    unit = {"days": "天", "months": "个月", "times": "次", "money": ""}.get(FACTS[fact].unit, "")
    return f"{_digits(number)}{unit}"


def _digits(number: Decimal) -> str:
    return f"{number:f}".removesuffix(".00")


def _without_facts(text: str) -> str:
    """A wording without what is filled in later."""
    return re.sub(r"\{[^}]*\}\s?(?:天|日|次|元|件|days?|yuan|times)?", " ", text)


def _plain(text: str) -> str:
    """Without markup, and with one spelling of widths and spaces: PDF and office files break lines anywhere."""
    folded = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s*_`>|]+", "", folded)


def _short(quote: str) -> str:
    return quote if len(quote) <= 60 else f"{quote[:57]}…"
