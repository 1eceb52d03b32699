"""Which quantities of a sentence its evidence holds, where it says them in other forms.

一天 is 每日 and "a day"; 第二天 is 次日; the customer's own 120元 is in no policy, but 满99元 covers it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise

from app.generation.bounds import bound_of, names_other_side
from app.generation.quantities import Quantity, is_contained, plain_number, quantities
from index.text.normalize import fold

_RATES = {
    Fraction(60): re.compile(r"[每首]\s*个?小时|\b(?:an?|each|every|per|first|hourly)\s*hour|hourly", re.IGNORECASE),
    Fraction(1440): re.compile(
        r"[每首单当日]\s*[天日]|日[均产供]|\b(?:an?|each|every|per|first)\s+day|daily|/\s*day",
        re.IGNORECASE,
    ),
    Fraction(20160): re.compile(r"fortnightly|隔周|每两周|every\s+other\s+week", re.IGNORECASE),
    Fraction(10080): re.compile(r"[每首]\s*(?:周|个?星期)|\b(?:an?|each|every|per|first)\s+week|weekly", re.IGNORECASE),
}
_ALL_DAY = re.compile(r"全天|昼夜|\bday\s+(?:and|or)\s+night\b|\bround\s+the\s+clock\b", re.IGNORECASE)
_MONTH_RATES = {
    Fraction(1): re.compile(
        r"[每首包按单当]\s*个?月|自然月|月(?=[费租付供缴度结卡])|\b(?:an?|each|every|per|first|next|following)\s+month|monthly",
        re.IGNORECASE,
    ),
    Fraction(12): re.compile(
        r"[每首单当全]\s*年|(?:自然|会员)年|年(?=[度费保租检消累])|十二个月|12\s*个月|\b(?:an?|each|every|per|first|calendar|next|following)\s+year|annual|yearly",
        re.IGNORECASE,
    ),
}
_ORDINAL = re.compile(r"第\s*$")
_ORDINALS = {
    Fraction(1): re.compile(r"首|第一|一次|\bfirst\b|\bonce\b", re.IGNORECASE),
    Fraction(2): re.compile(r"第二|再次|两次|\bsecond\b|\btwice\b", re.IGNORECASE),
    Fraction(3): re.compile(r"第三|三次|\bthird\b|\bthree\s+times\b", re.IGNORECASE),
}
_NEXT = {
    Fraction(1440): re.compile(r"[次隔翌]日|(?:next|following)\s+(?:calendar\s+)?day|day\s+after", re.IGNORECASE),
    Fraction(12): re.compile(r"次年|(?:next|following)\s+year", re.IGNORECASE),
    Fraction(1): re.compile(r"次月|下个?月|(?:next|following)\s+month", re.IGNORECASE),
}
_OWN = re.compile(
    r"您|你|这[单件笔张次份个]|本单|如果|要是|假如|比如|例如|\byour?\b|\bif\b|\bfor\s+an?\b|\bthis\s+order",
    re.IGNORECASE,
)
_CASE_BEFORE = re.compile(
    r"(?:买[了够]?|花了?|付了|充值?了?|实付|总额|总价|货款|账单|实际付|消费了?|订单|下单|金额|一单|单笔|一笔|臂围|腰围|身高|体重|刀?刃长?|年龄"
    r"|\b(?:order|basket|parcel|payment|purchase|cart|machine|item|bill|contract|shipment|delivery|package|deposit|piece)"
    r"s?\s+(?:of|worth|at|for|weighing|costing)"
    r"|\b(?:worth|weighing|costing|spend(?:ing|s)?|spent|bought|ordered?))"
    r"\s*(?:是|为|有|要|就)?\s*(?:about\s+|an?\s+)?$",
    re.IGNORECASE,
)
"""What makes an amount a case, before it: 订单120元, "an order of 120 yuan"."""
_GOODS_BEFORE = re.compile(r"(?:[发寄带]了?|\bwith\s+)\s*$", re.IGNORECASE)
"""The same of things and weights."""
_CASE_BEHIND = re.compile(
    r"\s*(?:的(?!时候|话?限|.{0,4}(?:券|优惠|补|奖|红包|押金|定金|费|价|赔))|订单|-?\s*years?[\s-]old"
    r"|(?:order|basket|parcel|shipment|machine|item|purchase|payment|cart|package|contract)s?\b)",
    re.IGNORECASE,
)
_TIME_BEFORE = re.compile(r"(?:晚[到发送了]{1,2}|迟到|逾期|拖了?|放了|过了|欠了|等了|隔了)(?:有|约)?\s*$")
_TIME_BEHIND = re.compile(r"\s*(?:late\b|overdue\b|after\s+(?:you|paying|delivery|receipt|receiving)\b)", re.IGNORECASE)
"""The same of a time: 晚到40分钟, "twelve days late"."""
_RANGE_LINK = re.compile(r"\s*(?:-|–|—|~|～|至|到|to)\s*")
_CLAUSE_START = re.compile(r"[。；;！!\n]|\.\s")
_UNITS_OF = {
    "grams": {Fraction(1000): r"千克|公斤|kg|kilos?|kilograms?", Fraction(500): r"斤", Fraction(1): r"克|g|grams?"},
    "millilitres": {Fraction(1000): r"升|litres?|liters?", Fraction(1): r"毫升|ml"},
    "millimetres": {Fraction(1000): r"米|m|met(?:re|er)s?", Fraction(10): r"厘米|cm"},
    "cny": {Fraction(1): r"元|块|yuan"},
}
_PER = (
    r"(?:[每首续](?:[多增]|超过|增加)?\s*|/\s*"
    r"|\b(?:per|each|every|further|additional|extra|an?)\s+(?:whole\s+|full\s+|further\s+)?)"
)
"""What makes a unit the measure of a rate."""
_TIMES_WORDS = {
    Fraction(2): re.compile(r"\btwice\b|\bdouble|\bboth\b|\bpair\b|[两二再]次|翻倍", re.IGNORECASE),
    Fraction(3): re.compile(r"\bthrice\b|\btriple\b|三次", re.IGNORECASE),
    Fraction(12): re.compile(r"\bdozen\b|一打", re.IGNORECASE),
}
_HALF = re.compile(r"一半|半价|对半|减半|半数|\bhalf\b(?!\s+(?:an?|past)\b)", re.IGNORECASE)
_LISTED_ZH = re.compile(
    r"[^\s，。；：、,.;:()（）和及与]+(?:、[^\s，。；：、,.;:()（）和及与]+)+(?:[和及与或][^\s，。；：、,.;:()（）]+)?"
)
_LIST_LINE = re.compile(r"^\s*(?:[-*•·]|\d+[.、)])\s*\S", re.MULTILINE)
_LISTED_EN = re.compile(r"\w[\w' -]*(?:,\s+[\w' -]+)+,?\s+(?:and|or)\s+\w+")
_DAYS_OF = {Fraction(1, 2): 15, Fraction(12): 365}
"""Months that are more often said in days than others: half a month, a year; any other has thirty."""
_TIMES = frozenset({"minutes", "months", "workdays"})
_KINDS_OF_CUSTOMERS = frozenset({"cny", "usd", "eur", "gbp", "count", "grams", "millimetres"}) | _TIMES

_COMMA_IN_ROW = re.compile(r",(?=\S)")
_LEAST_COMMAS = 3
"""Commas without a space that make a line a row of a table."""


def missing_quantities(sentence: str, evidence: str, *, question: str | None = "", around: str = "") -> list[Quantity]:
    """The quantities of the sentence that the evidence does not hold.

    What the customer says of the own case (您这单120元) is not missing where the evidence has a limit for it (满99元);
    with a `question` it has to stand there, None takes it as said. Names of models may stand `around` the evidence too,
    in the headings above it.
    """
    own = quantities(sentence)
    if not own:
        return []
    held = [*quantities(evidence), *_cells(evidence)]
    said = None if question is None else quantities(question)
    return [
        quantity
        for quantity in own
        if not is_contained(quantity, held)
        and not _is_code_in(quantity, f"{evidence}\n{around}")
        and not _is_said_otherwise(quantity, sentence, evidence)
        and not _is_spelt_in_days(quantity, own, held)
        and not _is_own_case(quantity, sentence, evidence, held, said)
    ]


def _is_code_in(quantity: Quantity, text: str) -> bool:
    """Whether it is a code that stands there with or without dashes and spaces."""
    return quantity.kind == "code" and str(quantity.value).replace("-", "") in re.sub(r"[\s-]+", "", fold(text))


def _cells(evidence: str) -> Iterable[Quantity]:
    """Numbers that are whole cells of a comma-separated row, where 139,520 is no number of six digits."""
    for match in re.finditer(r"(?<=[,，])\d+(?:\.\d+)?(?=[,，]\S)", evidence):
        yield Quantity("count", Fraction(match[0]), match[0], match.start(), match.end())
    lines = evidence.split("\n")
    rows = [len(_COMMA_IN_ROW.findall(line)) >= _LEAST_COMMAS for line in lines]
    if any(rows):
        cells = [_COMMA_IN_ROW.sub("|", line) if is_row else line for line, is_row in zip(lines, rows, strict=True)]
        yield from quantities("\n".join(cells))  # as long as the evidence: places stay


def _is_said_otherwise(quantity: Quantity, sentence: str, evidence: str) -> bool:
    """一天最多三件 for 每天最多3件, 第二天 for 次日, 第一次 for 首次, 两次 for "twice", 50% for 一半."""
    if not isinstance(quantity.value, Fraction):
        return False
    is_ordinal = _ORDINAL.search(sentence[: quantity.start]) is not None
    if quantity.kind == "count":
        words = (_ORDINALS if is_ordinal else _TIMES_WORDS).get(quantity.value)
        if words is not None and words.search(evidence):
            return True
        is_of_things = not is_ordinal and sentence[quantity.end : quantity.end + 1] not in ("次", "遍", "回")
        return is_of_things and not quantity.text.strip().isdigit() and _is_number_of_a_list(quantity.value, evidence)
    if quantity.kind in ("percent", "percent_off"):
        return quantity.value == 50 and _HALF.search(evidence) is not None
    if quantity.kind in _UNITS_OF:
        unit = _UNITS_OF[quantity.kind].get(quantity.value)
        return unit is not None and re.search(rf"{_PER}(?:{unit})(?![a-z])", evidence, re.IGNORECASE) is not None
    if quantity.kind not in ("minutes", "months"):
        return False
    if is_ordinal:
        single = (
            Fraction(1440) if quantity.kind == "minutes" else Fraction(12) if quantity.value % 12 == 0 else Fraction(1)
        )
        return quantity.value == 2 * single and _NEXT[single].search(evidence) is not None
    if quantity.value == 24 * 60 and quantity.text.startswith("24") and _ALL_DAY.search(evidence):
        return True
    rates = _RATES if quantity.kind == "minutes" else _MONTH_RATES
    pattern = rates.get(quantity.value)
    return pattern is not None and pattern.search(evidence) is not None


def _is_number_of_a_list(value: Fraction, evidence: str) -> bool:
    """Whether the evidence lists so many things: 六个城市 for 上海、杭州、南京、苏州、成都和武汉."""
    if value < 3:
        return False
    lines = len(_LIST_LINE.findall(evidence))
    counts = [lines] + [len(re.split("[、和及与或]", match[0])) for match in _LISTED_ZH.finditer(evidence)]
    counts += [len(re.split(r",\s+(?:(?:and|or)\s+)?|\s+(?:and|or)\s+", m[0])) for m in _LISTED_EN.finditer(evidence)]
    return value in counts


def _is_spelt_in_days(quantity: Quantity, own: Sequence[Quantity], held: Sequence[Quantity]) -> bool:
    """一个月, where the sentence says too that these are the 30 days of the evidence; 半个月 is 15 days anyway."""
    if quantity.kind != "months" or not isinstance(quantity.value, Fraction):
        return False
    days = _DAYS_OF.get(quantity.value, quantity.value * 30) * Fraction(1440)
    said = held if quantity.value == Fraction(1, 2) else own
    return any(item.kind == "minutes" and item.value == days and is_contained(item, held) for item in said)


def _is_own_case(
    quantity: Quantity, sentence: str, evidence: str, held: Sequence[Quantity], said: Sequence[Quantity] | None
) -> bool:
    if quantity.kind not in _KINDS_OF_CUSTOMERS or not isinstance(quantity.value, Fraction):
        return False
    if said is not None and not is_contained(quantity, said):
        return False
    if bound_of(sentence, quantity) != "none":
        return False  # a limit is a rule, no case
    clause = _CLAUSE_START.split(sentence[: quantity.start])[-1]
    is_own = _OWN.search(clause + sentence[quantity.end : quantity.end + 2])
    if not (is_own or _is_case(quantity, sentence, held)):
        return False
    limits = [
        (item, bound)
        for item in held
        if (item.kind == quantity.kind or item.is_bare)
        and isinstance(item.value, Fraction)
        and (bound := bound_of(evidence, item)) != "none"
    ]
    if is_own:
        return any(item.kind == quantity.kind for item, _ in limits) or _is_between(quantity, held)
    if any(names_other_side(evidence, item) for item, _ in limits):
        return True
    is_within = any(_is_within(quantity.value, item, bound) for item, bound in limits)
    return is_within or _is_in_a_range(quantity.kind, quantity.value, evidence, held)


def _is_case(quantity: Quantity, sentence: str, held: Sequence[Quantity]) -> bool:
    """Whether the words around it make it somebody's case: 订单120元, "twelve days late"."""
    is_time = quantity.kind in _TIMES
    before, behind = (_TIME_BEFORE, _TIME_BEHIND) if is_time else (_CASE_BEFORE, _CASE_BEHIND)
    ahead = sentence[: quantity.start]
    is_case = before.search(ahead) or behind.match(sentence, quantity.end)
    if quantity.kind in ("count", "grams"):
        is_case = is_case or _GOODS_BEFORE.search(ahead)
    return is_case is not None and not (is_time and _is_of_another_unit(quantity, held))


def _is_of_another_unit(quantity: Quantity, held: Sequence[Quantity]) -> bool:
    """Whether the evidence writes the same number of another time: 30小时 beside 30分钟 is no case."""
    return any(
        item.kind in _TIMES and plain_number(item) == plain_number(quantity)
        for item in held
        if not is_contained(quantity, [item])
    )


def _is_within(value: Fraction, limit: Quantity, bound: str) -> bool:
    assert isinstance(limit.value, Fraction)
    return value >= limit.value if bound == "least" else value <= limit.value


def _is_in_a_range(kind: str, value: Fraction, evidence: str, held: Sequence[Quantity]) -> bool:
    """Whether a range of the evidence takes it in: an order of 6,000 yuan beside "5,000 to 19,999 yuan"."""
    return any(
        first.kind == last.kind == kind
        and _RANGE_LINK.fullmatch(evidence, first.end, last.start)
        and _is_within(value, first, "least")
        and _is_within(value, last, "most")
        for first, last in pairwise(held)
    )


def _is_between(quantity: Quantity, held: Sequence[Quantity]) -> bool:
    """Whether the evidence has smaller and larger ones of the kind, as steps of a table have."""
    others = [item.value for item in held if item.kind == quantity.kind and isinstance(item.value, Fraction)]
    return isinstance(quantity.value, Fraction) and bool(others) and min(others) <= quantity.value <= max(others)
