"""What customers write to the courier, as people write it: several wishes in a row, in any order."""

from __future__ import annotations

from random import Random

from index.types import Language

_ZH = {
    "time": ("下午两点后送", "晚上7点以后送", "上午送，下午没人", "仅周末", "仅工作日白天", "周六上午10点前",
             "明天不在家，后天送", "6点半之后再来",
             "中午12点到1点之间", "别太早，9点后"),
    "place": ("放门卫", "放菜鸟驿站", "放丰巢柜", "放门口就行", "放前台小陈代收",
              "放物业", "送到3号门", "请送上楼，没电梯", "放鞋柜上面"),
    "care": ("易碎", "易碎轻放", "别倒置", "怕压", "生鲜尽快送", "贵重物品当面签收", "里面有玻璃"),
    "call": ("到了打电话", "不要打电话，发短信", "提前半小时电话", "别敲门宝宝在睡觉", "按门铃没用 打电话"),
    "misc": ("家里有狗", "谢谢师傅！", "送礼的，不要放小票", "请用黑色袋子装", "收件人是老人，讲话大声点"),
}  # fmt: skip
_EN = {
    "time": ("after 2pm please", "weekends only", "not before 9 am", "deliver between 12 and 1", "evenings after 7",
             "weekdays only, office hours"),
    "place": ("leave with the doorman", "leave at the front desk", "put it in the parcel locker", "leave on the porch",
              "side gate, code on the keypad", "3rd floor, no lift"),
    "care": ("fragile", "this side up", "handle with care, glass inside", "perishable"),
    "call": ("call on arrival", "text don't call", "ring twice", "please don't knock, baby sleeping"),
    "misc": ("dog in the yard", "it's a gift, no invoice inside", "thanks!", "signature by anyone at home is fine"),
}  # fmt: skip
_JOINS: dict[Language, tuple[str, ...]] = {
    "zh": ("，", "，", "，", " ", "。", "、"),
    "en": (", ", ", ", "; ", ". ", " / "),
}
_FRAGILE = ("餐具", "锅具", "灯具", "茶具", "电视", "摄影", "茶与饮品", "乐器")


def draw_note(rng: Random, language: Language, category: str) -> str:
    """A note; empty for most orders. What breaks is said to be fragile more often."""
    if rng.random() > 0.22:
        return ""
    wishes = _EN if language == "en" else _ZH
    chances = {"time": 0.6, "place": 0.5, "call": 0.3, "misc": 0.15}
    chances["care"] = 0.7 if any(part in category for part in _FRAGILE) else 0.12
    kinds = [kind for kind in wishes if rng.random() < chances[kind]] or ["time"]
    rng.shuffle(kinds)
    join = rng.choice(_JOINS["en" if language == "en" else "zh"])
    return join.join(rng.choice(wishes[kind]) for kind in kinds)
