"""What a question takes for granted, and whether a sentence of the documents contradicts it.

Careful, because a correction of what is true is worse than none: only forms that assert are read (不是…吗, 既然, 对吧,
since, isn't, right?), what customers tell of themselves is left alone, the sentence must speak of the same things in
the same language, and only another figure, a no against a yes, another payer, or a condition where the question says
"all" contradicts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from app.generation.polarity import clauses, negations
from app.generation.quantities import Quantity, is_contained, quantities
from index.text.language import crosses, detect
from index.text.terms import content_terms, coverage, held_terms

_SAME_WORDS = 0.6
_SAME_CLAUSE = 0.75
_NO_MORE_SPECIAL = 0.7
"""Share of a clause's words that the question has: 已发货的订单不能取消 is no answer to 订单可以取消."""

_ASSERTS_ZH = [
    re.compile(r"(?:难道)?(?:不都?是说?|(?<=难道)(?!不是))(?P<said>[^，。；？?！!]{3,40}?)(?:吗|么|嘛)"),
    re.compile(r"(?:既然|因为)(?P<said>[^，。；？?！!]{3,40})"),
    re.compile(
        r"(?:听说|我记得|记得|我以为|你们(?:页面|官网|客服)?(?:上)?(?:说|写|承诺)[了的过]?)[，,]?(?P<said>[^，。；？?！!]{3,40})"
    ),
    re.compile(
        r"(?P<said>[^，。；？?！!]{3,40}?)[，,]?(?:对吧|对吗|对不对|是吧|是吗|是不是|没错吧|不是吗)(?=[，。；？?！!\s]|$)"
    ),
    re.compile(
        r"(?P<said>(?:\d+|[一二三四五六七八九十]+)(?:天|日|个月|年)内?的?(?:无理由|免费)?(?:退货|退换|退换货|质保|保修|价保)(?:期限?|政策|服务)?)(?=[^，。；]*(?:怎么|如何|怎样|在哪))"
    ),
]
_ASSERTS_EN = [
    re.compile(r"\b(?:since|given\s+that|because|seeing\s+that|now\s+that)\s+(?P<said>[^,;.?!]{6,90})", re.I),
    re.compile(
        r"\b(?:i\s+(?:thought|heard|read|believe|assume|understand)|(?:you|your\s+\w+|someone)\s+(?:say|says|said|told\s+me"
        r"|promised?|advertised?))\s+(?:that\s+)?(?P<said>[^,;.?!]{6,90})",
        re.I,
    ),
    re.compile(
        r"(?:^|[.!;]\s*|,\s*)(?P<said>[^,;.?!]{6,90}),?\s+(?:right|correct|isn't\s+(?:it|that\s+so)|is\s+it\s+not|don't\s+(?:you|they)"
        r"|doesn't\s+it|aren't\s+they|can't\s+I|won't\s+you)\s*\?",
        re.I,
    ),
    re.compile(r"\b(?P<said>(?:isn't|aren't|don't|doesn't|can't|won't)\s+[^,;.?!]{6,90})\?", re.I),
    re.compile(
        r"\b(?:your|the)\s+(?P<said>\d+[\s-](?:day|week|month|year)s?\s+(?:\w+\s+){0,2}(?:return|refund|exchange|warranty"
        r"|guarantee|price\s+protection)(?:\s+(?:window|period|policy))?)\b",
        re.I,
    ),
]
_NEGATIVE_QUESTION = re.compile(r"^(?:isn't|aren't|don't|doesn't|can't|won't)\s+", re.I)
_OWN_STORY = re.compile(
    r"我(?!以为|记得)(?:\S{0,4})(?:买|拍|收|签|付|等|用|退|已|刚|没|在)|已经|过了|刚|超过|没到|还没|\b(?:i|we|my|mine)\b|\bit(?:'s|\s+has)\s+been\b"
    r"|\balready\b|\bago\b",
    re.I,
)
_MY_ROLE = re.compile(r"^(?:我|i)\s*(?:可以|能|不用|不需要|can|don't|do\s+not|get|have)", re.I)
_ALL = re.compile(
    r"所有|全部|全场|一律|任何|都(?=能|可以|可|免|包|支持|享|不用|退|是)|每[一]?[单件个位]"
    r"|\b(?:every(?:one|body|thing)?|all|always|any|whatever|anything|any\s+time)\b",
    re.I,
)
_CONDITION = re.compile(
    r"满\s?\d|仅限?|只有|除外|除.{1,12}外|不支持|不适用|不能|不享受|不可|部分|未满|须|需(?!要?运费)"
    r"|\b(?:only|except|unless|other\s+than|not|cannot|no|over|above|from|at\s+least|if)\b",
    re.I,
)
_PAYER = (
    (
        "seller",
        re.compile(
            r"(?:由|是)?(?:你们|商家|卖家|我们|本站|平台|店家)(?:来|全额)?(?:承担|出|付|报销|负责|包)"
            r"|\b(?:you|we|seller|shop|store)\s+(?:will\s+)?(?:pays?|covers?|bears?)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "buyer",
        re.compile(
            r"(?:由|是)?(?:买家|您|顾客|客户|用户|自己|我)(?:来|自行)?(?:承担|出|付|负责)"
            r"|\b(?:buyer|customers?)\s+(?:will\s+)?(?:pays?|covers?|bears?)\b"
            r"|\bpaid\s+by\s+(?:the\s+)?(?:customer|buyer)\b|\bat\s+your\s+own\s+(?:cost|expense)\b",
            re.IGNORECASE,
        ),
    ),
)
_FREE = re.compile(
    r"免运费|免邮|包邮|运费全免|免费(?:退|换|寄|送|上门)|\bfree\s+(?:returns?|shipping|delivery)\b"
    r"|\b(?:returns?|shipping|delivery)\s+(?:is|are)\s+(?:always\s+)?free\b",
    re.IGNORECASE,
)
_EN_YOU_PAY = re.compile(r"\byou\s+(?:will\s+)?(?:pay|cover|bear)\b", re.I)
_ASKS = re.compile(
    r"[吗呢]|怎么|怎样|如何|多少|多久|什么|谁|哪|\b(?:how|what|when|where|why|which|who|whether)\b", re.IGNORECASE
)
_SHIPS = re.compile(r"\bship(?:s|ped)?\b", re.IGNORECASE)
_ANYTHING = re.compile(r"商品|东西|订单|货|\b(?:items?|products?|orders?|things?|one|thing)\b", re.IGNORECASE)
_DAYS = {
    "minutes": Fraction(1, 1440),
    "seconds": Fraction(1, 86400),
    "workdays": Fraction(1),
    "months": Fraction(30),
}


def asserted(question: str) -> list[str]:
    """What the question takes for granted, in its words and without what makes it a question; [] for most."""
    patterns = _ASSERTS_EN if detect(question) == "en" else _ASSERTS_ZH
    found = []
    for pattern in patterns:
        for match in pattern.finditer(question):
            said = _NEGATIVE_QUESTION.sub("", match["said"].strip())
            said = re.sub(r"^(?:你们(?:家)?|贵司|请问|and|so|but)\s*", "", said)
            is_story = _OWN_STORY.search(said) and not _MY_ROLE.search(said)
            if said not in found and not is_story and not _ASKS.search(said):
                found.append(said)
    return found


def contradicts(said: str, sentence: str, *, context: str = "", beside: Sequence[str] = ()) -> bool:
    """Whether `sentence` says otherwise than what is taken for granted.

    `context` stands around the sentence (title, headings); `beside` is everything else that was found: a figure that
    stands there is not contradicted, for another case may have it.
    """
    said, sentence = _SHIPS.sub("shipping", said), _SHIPS.sub("shipping", sentence)
    if crosses(said, sentence) or not content_terms(said):
        return False
    mine, theirs = _measured(quantities(said)), _measured(quantities(sentence))
    words = _without(said, mine)
    general = _ANYTHING.sub(" ", _ALL.sub(" ", words)) if _ALL.search(words) else words
    if not content_terms(general) or coverage(general, sentence, around=context) < _SAME_WORDS:
        return False
    if mine and not all(is_contained(item, theirs) for item in mine):
        return _other_figure(mine, theirs, beside)
    if _other_payer(said, sentence, beside) or _says_no(general, sentence, beside):
        return True
    return general is not words and not mine and _has_condition(general, sentence)


def _other_figure(mine: Sequence[Quantity], theirs: Sequence[Quantity], beside: Sequence[str]) -> bool:
    others = [item for text in beside for item in _measured(quantities(text))]
    for quantity in mine:
        of_kind = [item for item in theirs if _comparable(item.kind, quantity.kind)]
        if of_kind and not _may_be(quantity, of_kind) and not is_contained(quantity, others):
            return True
    return False


def _comparable(one: str, other: str) -> bool:
    return one == other or {one, other} <= _DAYS.keys() or {one, other} == {"percent", "percent_off"}


def _may_be(quantity: Quantity, of_kind: Sequence[Quantity]) -> bool:
    """Whether a figure is one of these or, for a time, lies between them; working days count as days."""
    if is_contained(quantity, of_kind):
        return True
    days, others = _days(quantity), [found for item in of_kind if (found := _days(item)) is not None]
    return days is not None and bool(others) and min(others) <= days <= max(others)


def _days(quantity: Quantity) -> Fraction | None:
    scale = _DAYS.get(quantity.kind)
    return quantity.value * scale if scale is not None and isinstance(quantity.value, Fraction) else None


def _says_no(words: str, sentence: str, beside: Sequence[str]) -> bool:
    """A yes against a no, or the reverse, in clauses about the same and nothing more special; no case says it too."""
    terms = content_terms(words)
    if len("".join(terms)) < 2:
        return False
    parity = negations(words) % 2
    near = [clause for clause in clauses(sentence) if _held(terms, clause) >= _SAME_CLAUSE]
    if not near or any(negations(clause) % 2 == parity for clause in near):
        return False
    if all(coverage(_without(clause, quantities(clause)), words) < _NO_MORE_SPECIAL for clause in near):
        return False
    others = [clause for text in beside for clause in clauses(text) if _held(terms, clause) >= _SAME_CLAUSE]
    return not any(negations(clause) % 2 == parity for clause in others)


def _has_condition(words: str, sentence: str) -> bool:
    """A condition or an exception where the question says that it holds for all."""
    return _held(content_terms(words), sentence) >= _SAME_CLAUSE and bool(_CONDITION.search(sentence))


def _other_payer(said: str, sentence: str, beside: Sequence[str]) -> bool:
    """Another payer, and no case in which it is the one that was taken for granted."""
    one, other = _payers(said, is_asked=True), _payers(sentence, is_asked=False)
    if len(one) != 1 or len(other) != 1 or one == other:
        return False
    return not any(_payers(clause, is_asked=False) == one for text in beside for clause in clauses(text))


def _payers(text: str, *, is_asked: bool) -> set[str]:
    """Who pays: the customer's "you" is the shop, that of the documents is the customer."""
    found = {who for who, pattern in _PAYER if pattern.search(text)}
    if _FREE.search(text):
        found.add("seller")
    if not is_asked and _EN_YOU_PAY.search(text):
        found = (found - {"seller"}) | {"buyer"}
    return found


def _held(terms: Sequence[str], text: str) -> float:
    shares = held_terms(terms, text)
    return sum(shares) / len(shares) if shares else 0.0


def _measured(found: Sequence[Quantity]) -> list[Quantity]:
    return [item for item in found if item.kind not in ("code", "date", "clock", "count")]


def _without(text: str, found: Sequence[Quantity]) -> str:
    for item in reversed(found):
        text = f"{text[: item.start]} {text[item.end :]}"
    return text
