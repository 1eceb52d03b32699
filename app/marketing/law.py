"""What the law has against a wording: rules as data, each with its article.

Ornament does not hide a wording: text is compared in one spelling, in Chinese without the spaces, emoji and signs that
stand between characters (全 国★第 一). A hit inside a longer wording that a rule excepts (最后一步) is none, nor is one
inside a product's own name where the rule says so, and an unproven wording stands where a fact says the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from app.domain.action import Wording
from app.marketing.errors import RulesBroken
from app.marketing.values import CopyLanguage, Fact, Severity, Violation, localized
from index.text.normalize import Folded, fold_with_offsets

_SIGNS = str.maketrans("，；！：", ",;!:")
"""Signs of patterns as text in one spelling has them."""
_KEPT_SIGNS = frozenset("，。！？；：、,!?;:.%％#¥￥$£€℅°℃+-（）()【】「」“”\"'’\n")


@dataclass(frozen=True, slots=True)
class Rule:
    """Wordings, and the article that does not allow them."""

    id: str
    article: str
    severity: Severity
    why: Wording
    pattern: re.Pattern[str]
    exceptions: re.Pattern[str] | None
    spares_names: bool
    """Whether a hit inside the product's own name is none."""


@dataclass(frozen=True, slots=True)
class Demand:
    """Something that texts of a channel have to hold."""

    id: str
    article: str
    channels: frozenset[str]
    why: Wording
    pattern: re.Pattern[str]


class AdvertisingLaw:
    """The rules of one language."""

    def __init__(self, language: CopyLanguage, rules: Sequence[Rule], demands: Sequence[Demand] = ()) -> None:
        self._language: CopyLanguage = language
        self._rules, self._demands = tuple(rules), tuple(demands)

    @classmethod
    def shipped(cls, language: CopyLanguage) -> AdvertisingLaw:
        """The rules that come with kefu."""
        return _shipped(language)

    @classmethod
    def read(cls, text: str, *, source: str) -> AdvertisingLaw:
        """From the text of a rule file. Raises `RulesBroken`."""
        try:
            fields = yaml.safe_load(text)
            rules = [_rule(item) for item in fields["rules"]]
            demands = [_demand(item) for item in fields.get("required", ())]
            return cls(fields["language"], rules, demands)
        except (yaml.YAMLError, KeyError, TypeError, AttributeError, re.error) as error:
            what = " ".join(str(error).split())[:200]
            raise RulesBroken(f"The rule file {source} cannot be used: {what}. Correct it there.") from error

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All of them."""
        return self._rules

    def check(
        self, text: str, *, channel: str | None = None, facts: Iterable[Fact] = (), names: Iterable[str] = ()
    ) -> list[Violation]:
        """What is wrong, in the order of the text; what is missing comes last.

        Args:
            text: to look at.
            channel: its demands are checked as well.
            facts: what is known; bears out unproven wordings.
            names: of the product and its brand, whose wording is not advertising.
        """
        spelt = self._spelt(text)
        known = cache(lambda: [self._spelt(fact.value).text for fact in facts])
        spared = [span for name in names for span in _places(self._spelt(name).text, spelt.text)]
        found: list[Violation] = []
        for rule in self._rules:
            found += self._hits(rule, text, spelt, known, spared)
        found.sort(key=lambda hit: (hit.start, -hit.end))
        return [*_widest(found), *self._missing(spelt.text, channel)]

    def _hits(
        self,
        rule: Rule,
        text: str,
        spelt: Folded,
        known: Callable[[], Sequence[str]],
        spared: Sequence[tuple[int, int]],
    ) -> Iterable[Violation]:
        excepted = [] if rule.exceptions is None else [hit.span() for hit in rule.exceptions.finditer(spelt.text)]
        for hit in rule.pattern.finditer(spelt.text):
            if hit.start() == hit.end() or _is_within(hit.span(), excepted):
                continue
            if rule.spares_names and _is_within(hit.span(), spared):
                continue
            if rule.severity == "unproven" and any(hit[0] in fact for fact in known()):
                continue
            start, end = spelt.span(*hit.span())
            yield Violation(rule.id, rule.article, rule.severity, text[start:end], start, end, rule.why)

    def _missing(self, spelt: str, channel: str | None) -> list[Violation]:
        return [
            Violation(demand.id, demand.article, "missing", "", 0, 0, demand.why)
            for demand in self._demands
            if channel in demand.channels and not demand.pattern.search(spelt)
        ]

    def _spelt(self, text: str) -> Folded:
        folded = fold_with_offsets(text)
        if self._language != "zh":
            return folded
        kept = [pair for pair in zip(folded.text, folded.offsets, strict=False) if not _is_ornament(pair[0])]
        return Folded("".join(char for char, _ in kept), (*(place for _, place in kept), len(text)))


def _is_ornament(char: str) -> bool:
    if char in _KEPT_SIGNS:
        return False
    return unicodedata.category(char)[0] in "ZSPM" or (char.isspace() and char != "\n")


def _is_within(span: tuple[int, int], wider: Sequence[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in wider)


def _places(name: str, text: str) -> Iterable[tuple[int, int]]:
    return (hit.span() for hit in re.finditer(re.escape(name), text)) if name.strip() else ()


def _widest(found: Sequence[Violation]) -> list[Violation]:
    """One fault a place: of several rules that hit inside one another, the widest."""
    kept: list[Violation] = []
    for hit in found:
        if not any(other.start <= hit.start and hit.end <= other.end for other in kept):
            kept.append(hit)
    return kept


def _rule(fields: Mapping[str, Any]) -> Rule:
    if fields["severity"] not in ("forbidden", "unproven"):
        raise TypeError(f"rule {fields['id']} has the severity {fields['severity']!r}")
    exceptions = fields.get("except") or ()
    return Rule(
        id=fields["id"],
        article=fields["article"],
        severity=fields["severity"],
        why=localized(fields["why"]),
        pattern=_compiled(fields["patterns"]),
        exceptions=_compiled(exceptions) if exceptions else None,
        spares_names=bool(fields.get("in_names", False)),
    )


def _demand(fields: Mapping[str, Any]) -> Demand:
    pattern = _compiled([fields["pattern"]])
    return Demand(fields["id"], fields["article"], frozenset(fields["channels"]), localized(fields["why"]), pattern)


def _compiled(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{part.translate(_SIGNS)})" for part in patterns))


@cache
def _shipped(language: CopyLanguage) -> AdvertisingLaw:
    name = f"law_{language}.yaml"
    text = (files("app.marketing") / "data" / name).read_text(encoding="utf-8")
    return AdvertisingLaw.read(text, source=name)
