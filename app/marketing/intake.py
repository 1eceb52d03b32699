"""From what was given to the facts that may be said: cleaned, lawful and free of contradiction; the rest is named."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from app.domain.action import Wording
from app.marketing.cleaning import gives_orders, plain_text
from app.marketing.law import AdvertisingLaw
from app.marketing.values import Fact, LeftOut
from app.marketing.vocabulary import Vocabulary
from index.text.normalize import shortened

MOST_FACTS = 200
_LONGEST_NAME, _LONGEST_VALUE, _LONGEST_SENTENCE = 30, 80, 300
_MEASURE = re.compile(r"(?:约|about )?(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[a-zA-Z%℃°Ω\u4e00-\u9fff]{1,6})")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*[%％]")
_OF_VARIANTS = re.compile(
    r"尺码|尺寸|规格|容量|型号|颜色|数量|口味|套餐|size|capacity|model|colou?r|count|flavou?r", re.IGNORECASE
)
"""Attributes of which a product may have several at once."""


class Intake:
    """Takes facts in."""

    def __init__(self, laws: Sequence[AdvertisingLaw], vocabulary: Vocabulary) -> None:
        self._laws, self._vocabulary = tuple(laws), vocabulary

    def taken(self, given: Iterable[Fact], *, names: Sequence[str] = ()) -> tuple[list[Fact], list[LeftOut]]:
        """The facts that may be said, in order and each once, and what was left out.

        `names` are those of the product and its brand: a wording in them is no advertising.
        """
        facts: dict[Fact, None] = {}
        left: list[LeftOut] = []
        for item in given:
            fact = Fact(plain_text(item.name), plain_text(item.value))
            reason = self._objection(item, fact, names)
            if reason is None:
                facts[fact] = None
            else:
                left.append(LeftOut(plain_text(item.name)[:_LONGEST_NAME], _shortened(item.value), reason))
        contradicting = self._contradicting(list(facts))
        left += [LeftOut(fact.name, fact.value, reason) for fact, reason in contradicting.items()]
        return [fact for fact in facts if fact not in contradicting], left

    def _objection(self, given: Fact, fact: Fact, names: Sequence[str]) -> Wording | None:
        longest = _LONGEST_VALUE if fact.name else _LONGEST_SENTENCE
        if not fact.value:
            return Wording("内容为空", "it is empty")
        if len(fact.name) > _LONGEST_NAME or len(fact.value) > longest:
            return Wording(
                f"超过{longest}个字符，请拆成单独的事实",
                f"it is longer than {longest} characters: give the facts one by one",
            )
        if gives_orders(given.value) or gives_orders(given.name) or gives_orders(fact.value):
            return Wording("像是指令，不是商品事实", "it reads like an instruction, not like a fact")
        for law in self._laws:
            for text in (fact.name, fact.value):
                found = [hit for hit in law.check(text, names=names) if hit.severity == "forbidden"]
                if found:
                    words, article = found[0].text, found[0].article
                    return Wording(f"“{words}”不得用于广告：{article}", f"“{words}” must not be advertised: {article}")
        return None

    def _contradicting(self, facts: Sequence[Fact]) -> dict[Fact, Wording]:
        by_name: defaultdict[str, list[Fact]] = defaultdict(list)
        for fact in facts:
            by_name[fact.name.casefold()].append(fact)
        found: dict[Fact, Wording] = {}
        for name, group in by_name.items():
            if not name:
                continue
            if len(group) > 1 and not _OF_VARIANTS.search(name):
                found |= _different_measures(group)
            found |= _more_than_all(group)
            found |= _said_otherwise(name, group, by_name.get("", []))
        return found | self._exclusive(facts)

    def _exclusive(self, facts: Sequence[Fact]) -> dict[Fact, Wording]:
        """Values that no one thing can have at once, such as 长袖 and 无袖."""
        found: dict[Fact, Wording] = {}
        named = {fact: {term.zh for term in self._vocabulary.terms_named(fact.value)} for fact in facts if fact.name}
        for group in self._vocabulary.exclusive:
            parties = {fact: names & group for fact, names in named.items() if names & group}
            if len(set.union(*parties.values()) if parties else ()) > 1:
                found |= dict.fromkeys(parties, _contradiction(parties))
        return found


def facts_of(attributes: Mapping[str, str | Sequence[str]]) -> list[Fact]:
    """From a mapping of names to a value or several."""
    return [
        Fact(name, value)
        for name, values in attributes.items()
        for value in ([values] if isinstance(values, str) else values)
    ]


def _different_measures(group: Sequence[Fact]) -> dict[Fact, Wording]:
    measured: defaultdict[str, dict[Fact, Fraction]] = defaultdict(dict)
    for fact in group:
        if whole := _MEASURE.fullmatch(fact.value):
            measured[whole["unit"].casefold()][fact] = Fraction(whole["number"])
    found: dict[Fact, Wording] = {}
    for parties in measured.values():
        if len(set(parties.values())) > 1:
            found |= dict.fromkeys(parties, _contradiction(parties))
    return found


def _more_than_all(group: Sequence[Fact]) -> dict[Fact, Wording]:
    """Shares of one whole that are more than it: 100% cotton and 100% polyester."""
    shares = {fact: [Fraction(share) for share in _PERCENT.findall(fact.value)] for fact in group}
    parts = {fact: sum(found) for fact, found in shares.items() if found}
    if len(parts) > 1 and sum(parts.values()) > 100 and max(parts.values()) == 100:
        return dict.fromkeys(parts, _contradiction(parts))
    return {}


def _said_otherwise(name: str, group: Sequence[Fact], sentences: Sequence[Fact]) -> dict[Fact, Wording]:
    """A measure that a sentence gives under the same name with another number."""
    found: dict[Fact, Wording] = {}
    for fact in group:
        whole = _MEASURE.fullmatch(fact.value)
        if whole is None or _OF_VARIANTS.search(name):
            continue
        pattern = re.compile(
            rf"{re.escape(name)}\s*(?:为|是|约|:|：|is|of)?\s*(\d+(?:\.\d+)?)\s*{re.escape(whole['unit'])}",
            re.IGNORECASE,
        )
        for sentence in sentences:
            said = pattern.search(sentence.value)
            if said is not None and Fraction(said[1]) != Fraction(whole["number"]):
                found |= dict.fromkeys((fact, sentence), _contradiction([fact, sentence]))
    return found


def _contradiction(parties: Iterable[Fact]) -> Wording:
    values = [fact.value for fact in parties]
    return Wording(f"互相矛盾：{'、'.join(values)}", f"it contradicts others: {', '.join(values)}")


def _shortened(value: str, longest: int = 60) -> str:
    return shortened(plain_text(value), longest)
