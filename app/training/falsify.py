"""Makes a true sentence untrue by changing one thing of it: examples that cost nobody's time.

What comes out reads like what went in; now and then it is still true by chance, which training bears.
"""

from __future__ import annotations

import random
import re

from app.generation.quantities import quantities

_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_FACTORS = (2.0, 0.5, 3.0, 10.0)
_STEPS = (1, -1, 2, -2, 5)
_EXCEPTIONS = (
    re.compile(r"[，,][^，,。；;]{1,16}除外|除[^，,。；;]{1,16}外[，,]?|[（(][^）)]{1,16}除外[）)]"),
    re.compile(r",?\s(?:except|unless|other than|provided|as long as)\b[^,.;]+", re.IGNORECASE),
)
"""What narrows a rule: without it more is promised."""
_ZH = (
    ("可以", "不可以"), ("不可以", "可以"), ("不能", "可以"), ("能", "不能"), ("支持", "不支持"), ("不支持", "支持"),
    ("需要", "不需要"), ("不需要", "需要"), ("不用", "需要"), ("无需", "需要"), ("必须", "可以不"), ("应当", "不必"),
    ("不得", "可以"), ("买家", "商家"), ("商家", "买家"), ("顾客", "店家"), ("您", "我们"), ("我们", "您"),
    ("最多", "至少"), ("至少", "最多"), ("不超过", "超过"), ("以上", "以下"), ("以下", "以上"), ("以内", "以后"),
    ("之内", "之后"), ("内", "后"), ("之前", "之后"), ("工作日", "自然日"), ("小时", "天"), ("分钟", "小时"),
    ("天", "小时"), ("个月", "天"), ("年", "个月"), ("免费", "收费"), ("包含", "不包含"), ("不含", "含"),
    ("会", "不会"), ("不会", "会"), ("除外", "也一样"), ("只", "不只"), ("未", "已"), ("退", "不退"), ("不退", "退"),
    ("有", "没有"), ("没有", "有"), ("先", "后"), ("每月", "每年"), ("每年", "每月"),
    ("每单", "每件"), ("每件", "每单"),
    ("签收", "下单"), ("下单", "签收"), ("付款后", "签收后"), ("发货", "签收"), ("购买", "签收"), ("免", "不免"),
    ("满", "不满"), ("仅限", "不限于"), ("仅", "不仅"), ("半价", "全价"), ("全额", "一半"), ("高", "低"),
    ("提前", "推迟"), ("自动", "手动"), ("由我们", "由您"), ("由您", "由我们"), ("本人", "任何人"), ("现金", "优惠券"),
    ("周末", "工作日"), ("首次", "每次"), ("可", "必须"),
)  # fmt: skip
_EN = (
    ("can", "cannot"), ("cannot", "can"), ("can't", "can"), ("may", "may not"), ("must", "need not"),
    ("must not", "may"), ("do not", "do"), ("does not", "does"), ("is not", "is"), ("are not", "are"),
    ("will not", "will"), ("up to", "at least"), ("at least", "at most"), ("at most", "at least"),
    ("within", "after"), ("before", "after"), ("after", "before"), ("customer", "store"), ("buyer", "seller"),
    ("seller", "buyer"), ("you pay", "we pay"), ("we pay", "you pay"), ("free", "charged for"), ("hours", "days"),
    ("working days", "calendar days"), ("business days", "calendar days"), ("days", "weeks"), ("months", "days"),
    ("minutes", "hours"), ("over", "under"), ("more than", "less than"), ("less than", "more than"),
    ("only", "also"), ("except", "including"), ("included", "not included"), ("no", "a"), ("never", "always"),
    ("unless", "if"), ("both", "neither"), ("first", "last"), ("every", "the first"), ("delivery", "payment"),
    ("payment", "delivery"), ("order", "delivery"), ("at your cost", "at our cost"), ("automatically", "on request"),
    ("per month", "per year"), ("a month", "a year"), ("a year", "a month"), ("per order", "per item"),
    ("should", "need not"), ("have to", "need not"), ("not", "always"), ("all", "some"), ("some", "all"),
    ("highest", "lowest"), ("below", "above"), ("above", "below"), ("in full", "by half"), ("cash", "vouchers"),
)  # fmt: skip


def falsified(text: str, passage: str, chance: random.Random, *, is_chinese: bool) -> str | None:
    """`text` with one number, side, limit, unit, exception or negation changed: `passage` no longer bears it out.

    None where nothing can be changed. Numbers are changed twice as often as words, to others of the passage if it has
    some of the same kind.
    """
    found = 2 * _other_numbers(text, passage, chance)
    for word, other in _ZH if is_chinese else _EN:
        pattern = re.escape(word) if is_chinese else rf"\b{re.escape(word)}\b"
        for match in re.finditer(pattern, text):
            is_negated = is_chinese and text[max(0, match.start() - 1) : match.start()] in ("不", "无", "没", "未")
            if not is_negated or word.startswith(("不", "无", "没")):
                found.append(text[: match.start()] + other + text[match.end() :])
    for exception in _EXCEPTIONS:
        found += [text[: match.start()] + text[match.end() :] for match in exception.finditer(text)]
    found = [changed for changed in found if changed not in passage]
    return chance.choice(found) if found else None


def _other_numbers(text: str, passage: str, chance: random.Random) -> list[str]:
    changed = []
    known = quantities(passage)
    for quantity in quantities(text):
        match = _DIGITS.search(quantity.text)
        if match is None:
            continue
        old, value = match[0], float(match[0])
        others = [other[0] for item in known if item.kind == quantity.kind and (other := _DIGITS.search(item.text))]
        others += [f"{value * factor:g}" for factor in _FACTORS] + [f"{value + step:g}" for step in _STEPS]
        others = [other for other in others if other != old and float(other) > 0]
        at = quantity.start + match.start()
        changed.append(text[:at] + chance.choice(others) + text[at + len(old) :])
    return changed
