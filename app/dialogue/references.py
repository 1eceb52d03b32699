"""Which of the things that were offered a message means: 第二个呢, the last one, 红色那个, 昨天那单."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.dialogue.cues import cues
from app.dialogue.state import Choice
from app.domain.understanding import Slot
from index.text.language import HAN
from index.text.normalize import fold
from index.text.numerals import whole_number
from index.text.terms import content_terms


@dataclass(frozen=True, slots=True)
class Reference:
    """What a message refers to, as positions among the choices."""

    found: tuple[int, ...]
    is_clear: bool
    """Whether all of `found` are meant; else one of them, and which is open."""


_ZH_NUMBER = r"[0-9一二三四五六七八九十两]{1,3}"
_UNIT = r"(?:个|单|笔|件|款|条|项|种|双|台|位|份)"
_ORDINAL_ZH = re.compile(
    rf"第({_ZH_NUMBER})(?!次|时间|天|代|版|期|批){_UNIT}?|(?:选|要|就)({_ZH_NUMBER})号?$|^({_ZH_NUMBER})号?{_UNIT}?[吧呢呀]?[。.!?]?$"
)
_ORDINAL_EN = re.compile(
    r"\b(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b|\b(\d{1,2})(?:st|nd|rd|th)\b"
    r"|(?:#|\bno\.? ?|\bnumber |\boption |\bchoice )(\d{1,2}|one|two|three|four|five)\b"
    r"|^\W*(\d{1,2}|one|two|three|four|five)\W*$"
)
_EN_NUMBERS = {
    word: number
    for words in (
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
        ("one", "two", "three", "four", "five"),
    )
    for number, word in enumerate(words, start=1)
}
_LAST = re.compile(
    rf"最后(?:那|这|一)?{_UNIT}?|倒数第一|\b(?:the )?last(?: one| order| item)?\b(?! (?:week|month|year|night|time))"
)
_FIRST_FEW = re.compile(rf"前({_ZH_NUMBER}){_UNIT}|\bfirst (two|three|four)\b")
_ALL = re.compile(
    r"全部|全都|所有|都要|都退|都换|两[个件单款]都|都是|\ball(?: of (?:them|it))?\b|\bboth\b|\beverything\b"
)
_THAT = re.compile(
    rf"^\W*(?:就|要|选)?(?:那|这|它)(?:一)?{_UNIT}?(?:吧|呢|呀)?[。.!?]?$|^\W*(?:that|this|it)(?: one)?\W*$"
)
_FORMER = re.compile(r"前者|\bformer\b")
_LATTER = re.compile(r"后者|\blatter\b")

_MONEY = ("price_cents", "total_cents", "amount_cents", "price", "total", "amount")
_DAYS = ("placed_at", "placed_on", "date", "delivered_at", "created_at")
_COMPARED: tuple[tuple[re.Pattern[str], tuple[str, ...], Callable[..., Any]], ...] = (
    (re.compile(r"便宜|价格低|少的那|\bcheap(?:er|est)\b|\bless expensive\b|\blower.priced?\b"), _MONEY, min),
    (re.compile(r"贵|价格高|\b(?:more|most) expensive\b|\bpric(?:ier|iest)\b|\bdearer\b"), _MONEY, max),
    (re.compile(r"最近|最新|新的那|刚(?:刚)?(?:下|买)|\b(?:newest|latest|newer|most recent|recent)\b"), _DAYS, max),
    (re.compile(r"最早|更早|早的那|旧的|老的那|\b(?:oldest|older|earliest|earlier)\b"), _DAYS, min),
)

_ASKS_FOR_ONE = re.compile(
    r"^\W*(?:那)?(?:有(?:没有)?).{1,8}|^.{1,8}(?:有(?:货|没有|没)?|还有)(?:吗|么|嘛|没)?\W*$"
    r"|^\W*(?:do you have|is there|have you got|got|how about|what about)\b"
)

_SAME = """
红 red
蓝 blue
绿 green
黑 black
白 white
灰 grey gray
黄 yellow
粉 pink
紫 purple
橙 橘 orange
棕 褐 咖啡色 brown
米色 杏色 beige
银 silver
金色 gold
藏青 navy
小号 small
中号 medium
大号 large
耳机 headphones earbuds earphones headset
鞋 shoes sneakers boots
外套 夹克 jacket coat
衬衫 衬衣 shirt
T恤 t恤 tee t-shirt
裤 trousers pants jeans
裙 dress skirt
包 bag backpack
手机壳 case
手机 phone
键盘 keyboard
鼠标 mouse
手表 watch
杯 cup mug bottle
灯 lamp light
音箱 speaker
充电器 charger
数据线 cable
锅 pan pot casserole wok skillet
帐篷 tent
睡袋 sleeping
被子 冬被 纤维被 quilt duvet
毛巾 浴巾 towel
行李箱 登机箱 suitcase luggage
羽绒服 puffer down
内裤 briefs underwear
洗衣机 washer washing
空调 conditioner
平板 tablet
苹果 apple
"""
"""Words that shops label things with, those that mean the same on a line: customers and labels differ in language."""
_GROUPS = tuple(tuple(fold(line).split()) for line in _SAME.strip().splitlines())
_GROUPED = frozenset(word for group in _GROUPS for word in group)


def refer(
    message: str, choices: Sequence[Choice], *, slots: Sequence[Slot] = (), without: Any = None, many: bool = False
) -> Reference | None:
    """Which choices a message means; None where it refers to none of them.

    `without` is the value of the one that was taken before (不对，另一个). Words of several choices at once make it
    unclear, unless `many` may be meant.
    """
    text = fold(message).strip()
    there = [number for number, choice in enumerate(choices) if choice.value not in values_of(without)]
    if not text or not there:
        return None
    if named := _named(text, choices):
        return Reference(named, len(named) == 1 or many)
    if places := _places(text, len(choices)):
        return Reference(places, len(places) == 1 or many)
    if many and _ALL.search(text):
        return Reference(tuple(range(len(choices))), True)
    for pattern, keys, pick in _COMPARED:
        if pattern.search(text) and (best := _extreme(choices, there, keys, pick)) is not None:
            return Reference((best,), True)
    if described := _described(text, choices, there, slots):
        return Reference(described, len(described) == 1)
    if without is not None and len(there) == 1 and "other" in cues(text):
        return Reference((there[0],), True)
    if _THAT.search(text):
        return Reference(tuple(there), len(there) == 1)
    return None


def asks_for_one(message: str) -> bool:
    """Whether a question asks for one of several things (L码有吗, "do you have it in red"), not about it."""
    return bool(_ASKS_FOR_ONE.search(fold(message)))


def values_of(value: Any) -> list[Any]:
    """The values of a slot that may hold several; [] for None."""
    return [] if value is None else value if isinstance(value, list) else [value]


def _named(text: str, choices: Sequence[Choice]) -> tuple[int, ...]:
    """By what only one of them is called: an order number, a whole label."""
    bare = text.replace(" ", "")
    found = []
    for number, choice in enumerate(choices):
        names = {fold(str(choice.value)), fold(choice.label.zh), fold(choice.label.en)}
        if any(len(name) >= 2 and not name.isdigit() and name.replace(" ", "") in bare for name in names) or (
            any(name.isdigit() and len(name) >= 4 and name in bare for name in names)
        ):
            found.append(number)
    return tuple(found)


def _places(text: str, count: int) -> tuple[int, ...]:
    if match := _FIRST_FEW.search(text):
        few = _number(match[1] or match[2].replace("two", "2").replace("three", "3").replace("four", "4"))
        return tuple(range(min(few, count)))
    if _FORMER.search(text):
        return (0,)
    if _LATTER.search(text) or _LAST.search(text):
        return (count - 1,)
    pattern = _ORDINAL_ZH if re.search(f"[{HAN}]", text) else _ORDINAL_EN
    numbers = [_number(next(group for group in match.groups() if group)) for match in pattern.finditer(text)]
    if not numbers and pattern is _ORDINAL_ZH:
        numbers = [_number(next(group for group in match.groups() if group)) for match in _ORDINAL_EN.finditer(text)]
    return tuple(dict.fromkeys(number - 1 for number in numbers if 1 <= number <= count))


def _number(text: str) -> int:
    return _EN_NUMBERS.get(text) or whole_number(text) or 0


def _extreme(
    choices: Sequence[Choice], there: Sequence[int], keys: tuple[str, ...], pick: Callable[..., Any]
) -> int | None:
    """The one with the least or greatest value; None where that is not known of all, or several share it."""
    for key in keys:
        values = {number: _comparable(choices[number].attributes.get(key)) for number in there}
        if values and all(value is not None for value in values.values()):
            best = pick(values.values())
            holders = [number for number, value in values.items() if value == best]
            return holders[0] if len(holders) == 1 else None
    return None


def _comparable(value: str | None) -> tuple[float, str] | None:
    if not value:
        return None
    try:
        return (float(value), "")
    except ValueError:
        return (0.0, value)


def _described(text: str, choices: Sequence[Choice], there: Sequence[int], slots: Sequence[Slot]) -> tuple[int, ...]:
    """Those of which the message says most."""
    terms = {term for term in content_terms(text) if term not in _GROUPED and len(term) > 1}
    scores = {number: _agreement(text, terms, choices[number], slots) for number in there}
    best = max(scores.values())
    if best == 0:
        return ()
    found = tuple(number for number, score in scores.items() if score == best)
    return () if len(found) == len(choices) > 1 else found


def _agreement(text: str, terms: set[str], choice: Choice, slots: Sequence[Slot]) -> int:
    values = [fold(str(value)) for value in choice.attributes.values() if value]
    about = " ".join((fold(choice.label.zh), fold(choice.label.en), *values))
    score = 0
    for slot in slots:
        if slot.type in ("date", "product", "sku", "amount", "tracking_number"):
            wanted = fold(slot.normalized or slot.value)
            score += 2 * any(
                wanted in value or (len(value) > 3 and value in wanted) for value in (*values, about) if wanted
            )
    for group in _GROUPS:
        if any(_holds(text, word) for word in group) and any(_holds(about, word) for word in group):
            score += 1
    return score + len(terms & set(content_terms(about))) + sum(_is_size(text, value) for value in values)


def _holds(text: str, word: str) -> bool:
    return bool(re.search(rf"\b{re.escape(word)}(?:e?s)?\b", text)) if word.isascii() else word in text


def _is_size(text: str, value: str) -> bool:
    """Short values such as xl, 42 or 256gb count as whole words only."""
    return (
        len(value) <= 6 and value.isascii() and bool(re.search(rf"(?<![a-z0-9]){re.escape(value)}(?![a-z0-9])", text))
    )
