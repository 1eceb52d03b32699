"""Whether two statements say yes or no to the same thing.

A statement is cut into clauses; each clause of the claim is held against the clause of the evidence that shares most
of its words, and both must have the same parity of negations (不得拒绝 is a yes). Words that only look negative
(无理由, 不锈钢, 不超过, not only) are set aside first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from index.text.terms import content_terms

_CLAUSE = re.compile(
    r"[，,；;。！？!?：:\n（）()]|\s+(?:but|however|although|while|whereas|unless)\s+|(?<=[一-鿿])(?:但是?|然而|不过|否则)",
    re.I,
)

_HARMLESS = re.compile(
    r"(?:七[天日]|7[天日])?无理由|无线|无忧|无论|无人机|无损|无痕|无糖|无缝|无绳|无接触|无障碍|不锈钢|不同|不过(?!期|敏)|不但|不仅|不论|不管|不少于|不低于|不超过|不高于|不大于"
    r"|不小于|不多于|不足|不满|不到|未满|未达到?|不及时|不良|不断|不久|不一定|不一致|不符|不适|不慎|不便|不符合|不合格|不完整|不完好|不完善|非常|非质量|非人为|除非|并非|未来|未成年|无法律"
    r"|\bnot\s+only\b|\bno[\s-]reason\b|\bno[\s-]interest\b|\bno\s+later\s+than\b|\bno\s+more\s+than\b|\bno\s+less\s+than\b|\bnot\s+exceed(?:ing|s)?\b|\bno\.\s*\d",
    re.IGNORECASE,
)
_HARMLESS_KEEP = {"并非"}  # listed to be matched whole, yet truly negative

_NEGATIONS_ZH = re.compile(
    r"不支持|不可以|不能|不可|不得|不予|不再|不会|不需要?|不用|不必|不享受?|不适用|不包括|不包含|不含|不提供|不接受|不参加|不允许|不属于|不承担|不收取?|不退|不换|不给|不在|不是|不应|不宜"
    r"|无法|无需|无须|无权|没有|没法|并非|禁止|严禁|拒绝|除外|免除|免收|免(?=运费|邮费|手续费|服务费|安装费|配送费|费用)|未能|未经|未|勿|不|无|没|别|莫"
)
_NEGATIONS_EN = re.compile(
    r"\b(?:cannot|can't|can’t|won't|won’t|don't|don’t|doesn't|doesn’t|didn't|isn't|isn’t|aren't|aren’t|wasn't|weren't|shouldn't|mustn't"
    r"|not|no|never|neither|nor|none|without|unable|ineligible|non[\s-]?(?:returnable|refundable|eligible|transferable)"
    r"|excluded?|excluding|prohibited|forbidden|refused?|denied|unavailable|unsupported|except(?:ed)?)\b",
    re.IGNORECASE,
)


def clauses(text: str) -> list[str]:
    """The clauses of a text, without empty ones."""
    return [part.strip() for part in _CLAUSE.split(text) if part and part.strip()]


@lru_cache(maxsize=4096)
def negations(clause: str) -> int:
    """How many negations a clause holds."""
    plain = clause.replace("包邮", "免运费")
    bare = _HARMLESS.sub(lambda m: m[0] if m[0] in _HARMLESS_KEEP else "□", plain)
    return len(_NEGATIONS_ZH.findall(bare)) + len(_NEGATIONS_EN.findall(bare))


def is_kept(claim: str, evidence: Sequence[str] | str) -> bool:
    """Whether no clause of the claim turns the evidence's yes into a no, or the reverse.

    A clause of the claim that shares too little with any clause of the evidence is not judged here (coverage is
    another check). Where several clauses of the evidence fit equally well, one with the same parity is enough.
    """
    texts = [evidence] if isinstance(evidence, str) else list(evidence)
    sources = [(clause, set(content_terms(clause))) for text in texts for clause in clauses(text)]
    for clause in clauses(claim):
        terms = set(content_terms(clause))
        if not terms:
            continue
        overlaps = [len(terms & other) / len(terms) for _, other in sources]
        best = max(overlaps, default=0.0)
        if best < 0.5:
            continue
        rivals = [source for (source, _), overlap in zip(sources, overlaps, strict=True) if overlap >= best - 0.15]
        parity = negations(clause) % 2
        if all(negations(rival) % 2 != parity for rival in rivals):
            return False
    return True


_MERE = re.compile(
    r"\W*(?:是|对|能|会|有|行|要|可以|应该|需要|支持|不[是对能会行要]|没有|不可以|不应该|不需要|不支持|不?(?:包|含|退|换|保|送|收|允许|提供|包括|包含)|当然(?:可以|不能)?)"
    r"[的哦呢]?\W*"
    r"|\W*(?:yes|no|sure|certainly|of course)(?:,?\s+(?:you|we|it|they|this|that|there|i)\s+"
    r"(?:can|could|do|does|is|are|will|would|may|must|should)(?:\s?not|n?['’]?t)?)?\W*",
    re.IGNORECASE,
)


def is_mere_yes_or_no(sentence: str) -> bool:
    """Whether a sentence says nothing but yes or no, which no words of a document can bear out."""
    return _MERE.fullmatch(sentence) is not None
