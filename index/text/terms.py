"""Content words of questions and statements, and which of them a text holds."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from index.text.normalize import fold
from index.text.segment import words
from index.text.word_lists import word_list

# Roles that a reply may name differently from the document without saying another thing.
_ROLES = {
    "您": "买家",
    "顾客": "买家",
    "客户": "买家",
    "消费者": "买家",
    "用户": "买家",
    "商家": "卖家",
    "店铺": "卖家",
    "店家": "卖家",
    "本店": "卖家",
    "经营者": "卖家",
    "我方": "卖家",
    "customer": "buyer",
    "consumer": "buyer",
    "shopper": "buyer",
    "merchant": "seller",
    "store": "seller",
    "shop": "seller",
    "邮费": "运费",
    "快递费": "运费",
    "freight": "shipping",
    "delivery": "shipping",
    "postage": "shipping",
    "天": "日",
    "parcel": "package",
}


@lru_cache(maxsize=8192)
def content_terms(text: str) -> tuple[str, ...]:
    """Content words of `text`, folded, without stop words, role names made equal; numbers are left out.

    Numbers are the business of `quantities`; here they would be counted twice.
    """
    stop = word_list("stop_words")
    terms = []
    for word in words(text):
        if word in stop or not re.search(r"[^\W\d_]", word):
            continue
        terms.append(_ROLES.get(word, word))
    return tuple(dict.fromkeys(terms))


def coverage(claim: str, evidence: str, *, around: str = "") -> float:
    """Share of the claim's content words that the evidence holds, in [0, 1]; 1.0 for a claim without any.

    A Chinese compound counts in part when only some of its character pairs occur (segmentation differs between
    texts). Words that stand only in `around`, such as the heading above the evidence, count half.
    """
    terms = content_terms(claim)
    if not terms:
        return 1.0
    weights = [min(len(term), 4) if _is_zh(term) else 2 for term in terms]
    held = held_terms(terms, evidence, around=around)
    return sum(weight * share for weight, share in zip(weights, held, strict=True)) / sum(weights)


def held_terms(terms: Sequence[str], text: str, *, around: str = "") -> list[float]:
    """For each word, how much of it the text holds: 1 whole, a share of its character pairs, half when around it."""
    own, context = _looked_through(text), _looked_through(around)
    shares = []
    for term in terms:
        share = _held(term, *own)
        if share < 1.0 and around:
            share = max(share, 0.5 * _held(term, *context))
        shares.append(share)
    return shares


@lru_cache(maxsize=8192)
def _looked_through(text: str) -> tuple[str, frozenset[str]]:
    """The text folded, and its content words."""
    return fold(text), frozenset(content_terms(text))


def _held(term: str, folded: str, terms: frozenset[str]) -> float:
    if term in terms or (_is_zh(term) and term in folded):
        return 1.0
    if _is_zh(term) and len(term) >= 2:
        pairs = [term[at : at + 2] for at in range(len(term) - 1)]
        share = sum(pair in folded for pair in pairs) / len(pairs)
        return share if len(pairs) > 1 else 0.0
    return 0.0


def _is_zh(term: str) -> bool:
    return "一" <= term[0] <= "鿿"


class TermWeights:
    """How much a word tells the texts of a pool apart: its inverse document frequency among them."""

    def __init__(self, frequencies: Mapping[str, int], total: int) -> None:
        self._frequencies, self._total = frequencies, total

    @classmethod
    def of(cls, texts: Sequence[Sequence[str]]) -> TermWeights:
        """Count the words of the texts, each given in parts: those that are known already need no second look."""
        counts: Counter[str] = Counter()
        for parts in texts:
            counts.update({term for part in parts for term in content_terms(part)})
        return cls(counts, len(texts))

    def weight(self, term: str) -> float:
        """Ln((N + 1) / (df + 0.5)), at least 0.1; highest for a word that no text holds."""
        return max(0.1, math.log((self._total + 1) / (self._frequencies.get(term, 0) + 0.5)))

    def coverage(self, terms: Sequence[str], text: str, *, around: str = "") -> float:
        """Weighted share of `terms` that `text` holds (a word only in `around` counts half), in [0, 1]."""
        return self.coverages(terms, text, around=around)[2]

    def coverages(self, terms: Sequence[str], text: str, *, around: str) -> tuple[float, float, float]:
        """Weighted shares of `terms`, each in [0, 1]: held by `text`, by `around`, and by both as `coverage` counts."""
        if not terms:
            return 0.0, 0.0, 0.0
        own, context = _looked_through(text), _looked_through(around)
        total = alone = above = both = 0.0
        for term in terms:
            weight = self.weight(term)
            here, there = _held(term, *own), _held(term, *context)
            total += weight
            alone += weight * here
            above += weight * there
            both += weight * max(here, 0.5 * there)
        return alone / total, above / total, both / total
