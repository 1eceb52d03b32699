"""What the rules say to a request, and why: each rule asked, in order, with the words that it rests on."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from app.domain.action import Ground, Wording
from app.domain.money import in_cents, money
from app.policy.expression import facts_of
from app.policy.facts import FACTS, Facts, FactValue
from app.policy.judging import holds
from app.policy.rules import Rule, RuleSet

Answer = Literal["allow", "refuse", "needs_person", "needs_input"]

_NO_RULE = Wording(
    zh="这件事没有可以自动执行的规则，需要人工同事来处理。",
    en="There is no rule by which this can be done automatically; a colleague has to look at it.",
)
_UNCERTAIN = Wording(
    zh="有些情况系统里查不到，需要人工同事来判断。",
    en="Our records do not show all that this hangs on; a colleague has to decide.",
)
_ASK: Mapping[str, Wording] = {
    "reason": Wording(
        zh="请问是什么原因：不想要了、质量问题、破损、发错、少件、与描述不符，还是其他？",
        en="Why: changed your mind, a fault, damage, a wrong or missing item, not as described, or another reason?",
    ),
    "kind": Wording(
        zh="请问需要哪种发票：个人、单位，还是增值税专用发票？",
        en="Which invoice do you need: for a person, for a company, or a special VAT invoice?",
    ),
    "is_opened": Wording(
        zh="请问商品的防拆标签或密封包装拆开了吗？", en="Has the seal or the sealed packing of the item been opened?"
    ),
    "is_activated": Wording(
        zh="请问设备激活（联网或插卡）过吗？", en="Has the device been activated, that is, gone online?"
    ),
    "is_installed": Wording(zh="请问商品安装过吗？", en="Has the appliance been installed?"),
    "is_complete": Wording(zh="请问配件、吊牌和赠品都齐全吗？", en="Are the accessories, tags and gifts all there?"),
}
_ASK_ANY = Wording(zh="还需要您告诉我一些情况。", en="I need to know a little more.")
_ALLOWED = Wording(zh="可以办理。", en="This can be done.")


@dataclass(frozen=True, slots=True)
class Charge:
    """Money that a rule moves besides what was asked for."""

    rule_id: str
    cents: int
    """What the customer pays; negative for money to the customer."""
    currency: str
    """"" for that of the order."""
    wording: Wording


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something may be done."""

    action: str
    answer: Answer
    message: Wording
    """The words of the rule that decided."""
    grounds: tuple[Ground, ...] = ()
    """Rules that applied, in the order in which they were asked."""
    charges: tuple[Charge, ...] = ()
    notices: tuple[Wording, ...] = ()
    missing: tuple[str, ...] = ()
    """For `needs_input`: arguments that the customer has to give."""
    rule_id: str = ""
    """Of the rule that said no."""
    rules_digest: str = ""
    """Of the file that the rules came from."""


class Policy:
    """Decides by a set of rules; the same facts give the same decision."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules

    def decide(self, action: str, facts: Facts, *, lines: Sequence[Facts] = ({},)) -> Decision:
        """Ask every rule of `action`.

        Args:
            action: its name; one that no rule governs goes to a person.
            facts: of the order, the customer and the request.
            lines: further facts of each item; rules that speak of items are asked once for each.
        """
        governing = self.rules.of(action)
        if not governing:
            return Decision(action, "needs_person", _NO_RULE, rules_digest=self.rules.digest)
        run = _Run()
        for rule in governing:
            for line in (lines or ({},)) if rule.is_of_line else ({},):
                known = {**facts, **line}
                if rule.is_in_force(known):
                    run.ask(rule, known)
        return run.decision(action, self.rules.digest)


class _Run:
    """One pass over the rules."""

    def __init__(self) -> None:
        self._grounds: list[Ground] = []
        self._charges: list[Charge] = []
        self._notices: list[Wording] = []
        self._against: dict[str, tuple[str, Wording]] = {}
        self._missing: dict[str, None] = {}
        self._is_uncertain = False

    def ask(self, rule: Rule, facts: Facts) -> None:
        applies = True if rule.when is None else holds(rule.when, facts)
        if applies is False:
            return
        is_met = False if rule.require is None else holds(rule.require, facts)
        if is_met is not True and (applies is None or is_met is None):
            # What a requirement hangs on is not asked for before it is known that the rule applies.
            open_part = rule.when if applies is None else rule.require
            if rule.verdict != "notice" and open_part is not None:
                self._note_unknown(facts_of(open_part), facts)
            return
        if applies is None:
            return  # whatever the unknown fact is, the rule does not object
        said = filled(rule.wording, facts)
        values = {name: _as_json(facts.get(name)) for name in sorted(rule.facts)}
        source = rule.sources[0]
        ground = Ground(rule.rule_id, bool(is_met), said, source.document_id, source.quote, values)
        if ground not in self._grounds:
            self._grounds.append(ground)
        if not is_met:
            self._follow(rule, facts, said)

    def _follow(self, rule: Rule, facts: Facts, said: Wording) -> None:
        if rule.verdict in ("refuse", "needs_person"):
            self._against.setdefault(rule.verdict, (rule.rule_id, said))
        elif rule.verdict == "notice":
            if said not in self._notices:
                self._notices.append(said)
        elif rule.amount is not None:
            amount = facts.get(rule.amount.fact) if rule.amount.fact else rule.amount.value
            if not isinstance(amount, Decimal | int):
                self._is_uncertain = True
                return
            cents = in_cents(Decimal(amount)) * (1 if rule.verdict == "charge" else -1)
            if cents:
                self._charges.append(Charge(rule.rule_id, cents, rule.amount.currency, said))

    def _note_unknown(self, names: frozenset[str], facts: Facts) -> None:
        unknown = [FACTS[name] for name in sorted(names) if facts.get(name) is None]
        wanted = [fact.argument for fact in unknown if fact.argument is not None]
        self._missing.update(dict.fromkeys(wanted))
        self._is_uncertain = self._is_uncertain or not wanted

    def decision(self, action: str, digest: str) -> Decision:
        answer: Answer = "allow"
        message, rule_id = _ALLOWED, ""
        if "refuse" in self._against:
            answer, (rule_id, message) = "refuse", self._against["refuse"]
        elif "needs_person" in self._against:
            answer, (rule_id, message) = "needs_person", self._against["needs_person"]
        elif self._missing:
            asked = [_ASK.get(name, _ASK_ANY) for name in self._missing]
            answer = "needs_input"
            message = Wording(zh="".join(one.zh for one in asked), en=" ".join(one.en for one in asked))
        elif self._is_uncertain:
            answer, message = "needs_person", _UNCERTAIN
        return Decision(
            action,
            answer,
            message,
            tuple(self._grounds),
            tuple(self._charges),
            tuple(self._notices),
            tuple(self._missing),
            rule_id,
            digest,
        )


def filled(wording: Wording, facts: Facts) -> Wording:
    """A wording with the values of its facts."""
    currency = facts.get("currency")
    shown = {name: _shown(name, facts.get(name), currency if isinstance(currency, str) else "") for name in FACTS}
    formatter = string.Formatter()
    return Wording(
        zh=formatter.vformat(wording.zh, (), {name: text.zh for name, text in shown.items()}),
        en=formatter.vformat(wording.en, (), {name: text.en for name, text in shown.items()}),
    )


def _shown(name: str, value: FactValue, currency: str) -> Wording:
    if value is None:
        return Wording(zh="—", en="—")
    if isinstance(value, bool):
        return Wording(zh="是" if value else "否", en="yes" if value else "no")
    if isinstance(value, date):
        return Wording(zh=f"{value.year}年{value.month}月{value.day}日", en=f"{value.day} {value:%B} {value.year}")
    if FACTS[name].unit == "money" and isinstance(value, Decimal | int):
        return money(in_cents(Decimal(value)), currency)
    return Wording(zh=str(value), en=str(value))


def _as_json(value: FactValue) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value
