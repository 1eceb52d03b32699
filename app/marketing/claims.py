"""Holds a text against the facts: what it says of the product has to be among them.

A clause that names a value of the vocabulary (colour, material, function, …) which is neither given nor implied has
invented it; so has one with a quantity that no fact states, or one that denies what a fact says. A clause that says
nothing of the product ("可以收藏慢慢看") is no claim. Of a language model's text more is asked (`is_strict`): each of
its content words has to be in the facts or among the plain words that praise and lead over but state nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.marketing.values import Claim, Fact
from app.marketing.vocabulary import Mention, Vocabulary
from index.text.normalize import fold, fold_with_offsets
from index.text.sentences import split_sentences
from index.text.terms import content_terms
from index.text.word_lists import word_list

QuantityFaults = Callable[[str, str], Sequence[str]]
"""Of a claim and the text of all facts: the quantities, as the claim writes them, that the facts do not bear out."""

_CLAUSE_END = re.compile(r"[，；;！？。!?｜|\n]|(?<!\d),|,(?!\d)|(?<=\w)\.(?=\s|$)")
_PARTS = re.compile(r"[、，,;；/|\n]|(?<=[\u4e00-\u9fff]) ")
_NEGATION = re.compile(
    r"(?:不|未|无|無|没有?|沒有?|并非|非|勿|避免|不含|不能|不可|不会|不支持|不具备?|不带|不是"
    r"|(?<![a-z])(?:not|no|non|without|never|isn't|not for|does not|do not|free of|free from)[ -]*)(?:是|有)?$"
)
_NEGATION_REACH = 10
_NONE = re.compile(r"无|否|没有|不支持|不具备|不可以?|no|none|not? supported|-|/|0")
_NO_COUNT = re.compile(
    r"[两二](?=侧|边|旁|端|肩|臂|袖|腿|相|全其美)|四(?=周|处|季)|一(?=点|丝|眼|抹|颦|份)|[百千万](?=搭|千|种|变|般|分|篇一律)"
    r"|三(?=三两两|五好友)|十(?=足|分)"
)
"""Numerals that count nothing of the product."""
_COUNT = re.compile(r"[一二两三四五六七八九十几多]+[种个款件条双色层支只档]")
"""Words that count; the quantities of a clause are compared by themselves."""
_DIGIT = re.compile(r"\d[\d.,]*")


@dataclass(frozen=True, slots=True)
class _Known:
    """The facts, made ready to be compared with."""

    facts: tuple[Fact, ...]
    text: str
    folded: str
    parts: tuple[tuple[str, Fact], ...]
    """Folded pieces of values that a text may repeat, longest first."""
    said: frozenset[str]
    denied: frozenset[str]
    terms: frozenset[str]
    """Content words."""


class ClaimChecker:
    """Finds claims and judges them. Safe to share between threads."""

    def __init__(self, quantity_faults: QuantityFaults, *, vocabulary: Vocabulary | None = None) -> None:
        self._quantity_faults = quantity_faults
        self._vocabulary = vocabulary or Vocabulary.shipped()
        self._named = lru_cache(maxsize=4096)(self._names_in)

    def check(self, text: str, facts: Sequence[Fact], *, is_strict: bool = False) -> list[Claim]:
        """The claims of a text, in order, each with its facts or the reason why it does not stand."""
        known = self._known(facts)
        claims = (self._judged(text, start, end, known, is_strict) for start, end in _clauses(text))
        return [claim for claim in claims if claim is not None]

    def _judged(self, text: str, start: int, end: int, known: _Known, is_strict: bool) -> Claim | None:
        clause = text[start:end]
        folded = fold_with_offsets(clause)
        repeated = list(_repeated(folded.text, known))
        spans = [folded.span(at, at + length) for at, length, _ in repeated]
        mentions = self._vocabulary.mentions(clause)
        rests_on = [fact for _, _, fact in repeated]
        absent = [*self._invented(clause, mentions, spans, known)]
        absent += self._quantity_faults(_NO_COUNT.sub("○", clause), known.text)
        if is_strict:
            left = _without(clause, [*spans, *((item.start, item.end) for item in mentions)])
            absent += _unknown_words(left, known)
        denied = tuple(_denied(folded.text, repeated, known))
        rests_on += self._facts_of(mentions, known)
        rests_on += [fact for fact in known.facts if _shares_number(clause, fact)]
        if not (absent or denied or rests_on or mentions):
            return None
        facts = tuple(dict.fromkeys(rests_on))
        return Claim(clause, start, end, facts, tuple(dict.fromkeys(absent)), denied)

    def _invented(
        self, clause: str, mentions: Sequence[Mention], spans: Sequence[tuple[int, int]], known: _Known
    ) -> Iterator[str]:
        for mention in mentions:
            if any(start <= mention.start and mention.end <= end for start, end in spans):
                continue
            held = known.denied if _is_negated(fold(clause[: mention.start])) else known.said
            parts = mention.term.implies  # 牛仔裤 says no more than that it is 裤 and of 牛仔布
            is_compound = len(parts) > 1 and parts <= held
            if not is_compound and not self._vocabulary.called_like(mention) & held:
                yield mention.text

    def _facts_of(self, mentions: Sequence[Mention], known: _Known) -> list[Fact]:
        found = []
        for mention in mentions:
            names = self._vocabulary.called_like(mention)
            found += [fact for fact in known.facts if names & self._said_by(fact.value)]
        return found

    def _said_by(self, value: str) -> frozenset[str]:
        return self._vocabulary.with_implied(self._named(value)[0])

    def _names_in(self, value: str) -> tuple[frozenset[str], frozenset[str]]:
        """The values that a text says and those that it denies."""
        said: set[str] = set()
        denied: set[str] = set()
        for mention in self._vocabulary.mentions(value):
            into = denied if _is_negated(fold(value[: mention.start])) else said
            into |= self._vocabulary.called_like(mention)
        said |= {term.zh for part in [value, *_PARTS.split(value)] for term in self._vocabulary.terms_named(part)}
        return frozenset(said), frozenset(denied)

    def _known(self, facts: Sequence[Fact]) -> _Known:
        parts: dict[str, Fact] = {}
        for fact in facts:
            for part in [fact.value, *_PARTS.split(fact.value)]:
                if folded := fold(part).strip():
                    parts.setdefault(folded, fact)
        values = Counter(fact.name for fact in facts if fact.name)
        counts = [f"{name}: {count}种, {count} kinds" for name, count in values.items() if count > 1]
        text = "\n".join([*map(str, facts), *counts])
        said = {name for fact in facts for name in self._named(fact.value)[0]}
        denied = {name for fact in facts for name in self._named(fact.value)[1]}
        for fact in facts:  # of what has a measure of it (防水: 8000 mm), unless there is none
            (denied if _NONE.fullmatch(fold(fact.value)) else said).update(self._named(fact.name)[0])
        return _Known(
            facts=tuple(facts),
            text=text,
            folded=fold(text),
            parts=tuple(sorted(parts.items(), key=lambda item: -len(item[0]))),
            said=self._vocabulary.with_implied(said),
            denied=frozenset(denied),
            terms=frozenset(content_terms(text)),
        )


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    for at, last in split_sentences(text):
        for stop in [*_CLAUSE_END.finditer(text, at, last), None]:
            end = last if stop is None else stop.start()
            start = at
            while start < end and text[start].isspace():
                start += 1
            if text[start:end].strip():
                yield start, end
            at = last if stop is None else stop.end()


def _repeated(clause: str, known: _Known) -> Iterator[tuple[int, int, Fact]]:
    """Where the folded clause repeats a value, the longest at each place: (position, length, fact)."""
    taken = bytearray(len(clause))
    for part, fact in known.parts:
        at = clause.find(part)
        while at >= 0:
            end = at + len(part)
            if not any(taken[at:end]) and _is_whole(clause, at, end):
                taken[at:end] = b"\x01" * len(part)
                yield at, len(part), fact
            at = clause.find(part, end)


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether a Latin word or a number is not cut out of a longer one."""
    before, behind = text[start - 1 : start], text[end : end + 1]
    cuts_front = before.isascii() and before.isalnum() and text[start].isascii() and text[start].isalnum()
    cuts_end = behind.isascii() and behind.isalnum() and text[end - 1].isascii() and text[end - 1].isalnum()
    return not (cuts_front or cuts_end)


def _denied(clause: str, repeated: Sequence[tuple[int, int, Fact]], known: _Known) -> Iterator[str]:
    """Values that the clause repeats behind a negation that the facts do not have."""
    for at, length, _ in repeated:
        found = _NEGATION.search(clause[max(0, at - _NEGATION_REACH) : at])
        if found is not None and clause[at - len(found[0]) : at + length] not in known.folded:
            yield clause[at : at + length]


def _is_negated(before: str) -> bool:
    return _NEGATION.search(before[-_NEGATION_REACH:]) is not None


def _shares_number(clause: str, fact: Fact) -> bool:
    numbers = set(_DIGIT.findall(clause))
    return bool(numbers & set(_DIGIT.findall(fact.value)))


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    left = list(text)
    for start, end in spans:
        left[start:end] = " " * (end - start)
    return "".join(left)


def _unknown_words(text: str, known: _Known) -> list[str]:
    plain = word_list("plain_words", package="app.marketing")
    words = [word for word in content_terms(text) if len(word) > 1 and word not in plain and not _COUNT.fullmatch(word)]
    return [word for word in words if word not in known.terms and word not in known.folded]
