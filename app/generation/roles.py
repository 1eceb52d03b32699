"""Who has to do it: 运费由买家承担 is not 运费由商家承担."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from app.generation.polarity import clauses, negations
from index.text.terms import content_terms

Party = Literal["customer", "shop"]

_CUSTOMER = (
    r"买家|买方|顾客|客户|消费者|用户|会员|收件人|您|你|本人|自己"
    r"|\b(?:buyers?|customers?|shoppers?|members?|you|your|recipients?|renters?)\b"
)
_SHOP = (
    r"卖家|卖方|商家|店家|店铺|本店|我们|平台|我司|本公司|公司|客服|门店|仓库"
    r"|\b(?:sellers?|shops?|stores?|merchants?|we|us|our|company|staff)\b"
)
_DUTY = (
    r"承担|负担|支付|付|出(?!示|现|发|库|厂|口|具|生|来|租|售|境)|负责|掏|垫付|自理|自付|买单|赔"
    r"|\b(?:pays?|paid|bears?|covers?|meets?|borne|charged?\s+to|refunds?|responsible|liable|reimburses?)\b"
    r"|\bat\s+(?:your|our)\s+(?:own\s+)?(?:cost|expense)"
)
_PARTIES: list[tuple[Party, re.Pattern[str]]] = [
    ("customer", re.compile(_CUSTOMER, re.I)),
    ("shop", re.compile(_SHOP, re.I)),
]
_DUTIES = re.compile(_DUTY, re.I)
_OWN = re.compile(r"自理|自付|自费|at your own (?:cost|expense)", re.I)


def bearer(clause: str) -> Party | None:
    """Which side a clause burdens with a cost or a duty; None where it burdens none, or both are named."""
    if not _DUTIES.search(clause):
        return None
    if _OWN.search(clause):
        return "customer"
    named = {party for party, pattern in _PARTIES if pattern.search(clause)}
    return named.pop() if len(named) == 1 else None


def is_swapped(claim: str, evidence: Sequence[str] | str) -> bool:
    """Whether a clause of the claim burdens one side where the evidence, in nearly the same words, burdens the other.

    Clauses that share little are not compared; a clause of the evidence that fits as well and agrees clears the claim.
    """
    texts = [evidence] if isinstance(evidence, str) else list(evidence)
    sources = []
    for text in texts:
        before: set[str] = set()
        for clause in clauses(text):
            terms = _terms(clause)
            sources.append((clause, bearer(clause), terms | before))  # of what it speaks may stand in the clause before
            before = terms
    for clause in clauses(claim):
        mine, terms = bearer(clause), _terms(clause)
        if mine is None or not terms:
            continue
        overlaps = [(len(terms & other) / len(terms), theirs, text) for text, theirs, other in sources if theirs]
        best = max((overlap for overlap, _, _ in overlaps), default=0.0)
        rivals = [(theirs, text) for overlap, theirs, text in overlaps if overlap >= best - 0.1]
        same_way = [theirs for theirs, text in rivals if negations(text) % 2 == negations(clause) % 2]
        if best >= 0.3 and same_way and mine not in same_way:
            return True
    return False


def _terms(clause: str) -> set[str]:
    """Content words but for those that name a side."""
    bare = clause
    for _, pattern in _PARTIES:
        bare = pattern.sub(" ", bare)
    return set(content_terms(bare))
