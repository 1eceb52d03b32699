"""Content words of questions and statements, and which of them a text holds."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from index.text.normalize import fold
from index.text.segment import words

_STOP_ZH = frozenset(
    [
        "的",
        "了",
        "吗",
        "呢",
        "吧",
        "啊",
        "呀",
        "哦",
        "嗯",
        "么",
        "是",
        "在",
        "有",
        "和",
        "与",
        "及",
        "或",
        "也",
        "都",
        "就",
        "才",
        "还",
        "又",
        "再",
        "很",
        "太",
        "更",
        "最",
        "请",
        "请问",
        "我",
        "你",
        "您",
        "他",
        "她",
        "它",
        "我们",
        "你们",
        "您好",
        "你好",
        "他们",
        "咱们",
        "这",
        "那",
        "这个",
        "那个",
        "这些",
        "那些",
        "什么",
        "怎么",
        "怎样",
        "如何",
        "为什么",
        "哪",
        "哪些",
        "哪个",
        "哪里",
        "多少",
        "几",
        "多久",
        "多长",
        "时候",
        "可以",
        "能",
        "能否",
        "能不能",
        "可不可以",
        "是否",
        "会",
        "要",
        "想",
        "需要",
        "应该",
        "应当",
        "应",
        "将",
        "由",
        "对",
        "对于",
        "为",
        "以",
        "从",
        "到",
        "向",
        "把",
        "被",
        "给",
        "让",
        "用",
        "于",
        "上",
        "下",
        "中",
        "里",
        "内",
        "外",
        "前",
        "后",
        "时",
        "之",
        "其",
        "该",
        "此",
        "并",
        "且",
        "而",
        "但",
        "但是",
        "如果",
        "若",
        "则",
        "因为",
        "所以",
        "因",
        "虽然",
        "然后",
        "以及",
        "等",
        "等等",
        "个",
        "件",
        "次",
        "一个",
        "一下",
        "一些",
        "进行",
        "情况",
        "相关",
        "有关",
        "根据",
        "按照",
        "按",
        "关于",
        "谢谢",
        "麻烦",
        "知道",
        "告诉",
        "没有",
        "没",
        "不",
        "无",
        "未",
        "非",
        "勿",
        "别",
        "不能",
        "不得",
        "不会",
        "不可",
        "不可以",
        "无法",
        "无需",
        "如下",
        "具体",
        "通常",
        "一般",
        "目前",
        "现在",
        "已经",
        "曾",
        "过",
        "得",
        "地",
        "着",
        "们",
        "来",
        "去",
        "说",
        "看",
        "做",
    ]
)
_STOP_EN = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "but",
        "if",
        "then",
        "than",
        "so",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "of",
        "off",
        "on",
        "onto",
        "out",
        "over",
        "to",
        "up",
        "with",
        "within",
        "without",
        "about",
        "after",
        "before",
        "during",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "am",
        "do",
        "does",
        "did",
        "done",
        "doing",
        "have",
        "has",
        "had",
        "having",
        "can",
        "could",
        "may",
        "might",
        "must",
        "shall",
        "should",
        "will",
        "would",
        "i",
        "me",
        "my",
        "mine",
        "we",
        "us",
        "our",
        "you",
        "your",
        "yours",
        "he",
        "him",
        "his",
        "she",
        "her",
        "it",
        "its",
        "they",
        "them",
        "their",
        "this",
        "that",
        "these",
        "those",
        "there",
        "here",
        "what",
        "which",
        "who",
        "whom",
        "whose",
        "when",
        "where",
        "why",
        "how",
        "much",
        "many",
        "not",
        "no",
        "nor",
        "none",
        "never",
        "cannot",
        "don",
        "doesn",
        "didn",
        "isn",
        "aren",
        "won",
        "t",
        "s",
        "d",
        "ll",
        "re",
        "ve",
        "please",
        "thank",
        "thanks",
        "hi",
        "hello",
        "hey",
        "just",
        "also",
        "only",
        "very",
        "more",
        "most",
        "such",
        "any",
        "some",
        "each",
        "every",
        "all",
        "both",
        "either",
        "neither",
        "own",
        "same",
        "too",
        "yes",
        "ok",
        "okay",
        "get",
        "got",
        "tell",
        "know",
        "want",
        "need",
        "let",
        "like",
        "one",
        "per",
        "via",
        "e",
        "g",
        "i.e",
        "etc",
    ]
)
# Roles that a reply may name differently from the document without saying another thing.
_ROLES = {
    "您": "买家", "顾客": "买家", "客户": "买家", "消费者": "买家", "用户": "买家", "会员": "会员",
    "商家": "卖家", "店铺": "卖家", "店家": "卖家", "本店": "卖家", "经营者": "卖家", "我方": "卖家",
    "customer": "buyer", "consumer": "buyer", "shopper": "buyer", "merchant": "seller", "store": "seller", "shop": "seller",
    "运费": "运费", "邮费": "运费", "快递费": "运费", "freight": "shipping", "delivery": "shipping", "postage": "shipping",
    "天": "日", "refund": "refund", "money": "money", "parcel": "package",
}  # fmt: skip


@lru_cache(maxsize=8192)
def content_terms(text: str) -> tuple[str, ...]:
    """Content words of `text`, folded, without stop words, role names made equal; numbers are left out.

    Numbers are the business of `quantities`; here they would be counted twice.
    """
    terms = []
    for word in words(fold(text)):
        if word in _STOP_ZH or word in _STOP_EN or not re.search(r"[^\W\d_]", word):
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
    folded, own = fold(text), set(content_terms(text))
    folded_around, own_around = fold(around), set(content_terms(around)) if around else set()
    shares = []
    for term in terms:
        share = _held(term, folded, own)
        if share < 1.0 and around:
            share = max(share, 0.5 * _held(term, folded_around, own_around))
        shares.append(share)
    return shares


def _held(term: str, folded: str, terms: set[str]) -> float:
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
    def of(cls, texts: Sequence[str]) -> TermWeights:
        """Count the words of the texts."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(set(content_terms(text)))
        return cls(counts, len(texts))

    def weight(self, term: str) -> float:
        """Ln((N + 1) / (df + 0.5)), at least 0.1; highest for a word that no text holds."""
        return max(0.1, math.log((self._total + 1) / (self._frequencies.get(term, 0) + 0.5)))

    def coverage(self, terms: Sequence[str], text: str, *, around: str = "") -> float:
        """Weighted share of `terms` that `text` holds (a word only in `around` counts half), in [0, 1]."""
        if not terms:
            return 0.0
        held = held_terms(terms, text, around=around)
        total = sum(self.weight(term) for term in terms)
        return sum(self.weight(term) * share for term, share in zip(terms, held, strict=True)) / total
