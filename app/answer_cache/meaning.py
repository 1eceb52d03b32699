"""Whether two questions ask the same thing: careful to the point of refusing most that do.

A question is reduced to a row of signs in which only what never changes a meaning is left out (greetings, thanks,
particles, articles) and only what always means the same is made equal (多久 and 多长时间, can and may, 7天 and
七天). Every other word counts as it stands: another number, unit, model, negation, person, product, place, tense,
comparison or kind of question makes another row. The order counts too, for 上海发北京 is not 北京发上海; only the
signs of `_MOVABLE` may stand anywhere. No synonyms: 谁出 and 谁承担 are different questions here.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

from app.answer_cache.wording import (
    AUXILIARIES,
    CONTRACTIONS,
    FILLER_ANYWHERE,
    FILLER_AT_END,
    FILLER_AT_START,
    PARTICLES,
    PHRASES,
)
from app.generation.quantities import Quantity, quantities
from index.text.language import HAN
from index.text.normalize import collapse_spaces, fold
from index.text.segment import words

_QUOTES = " \"'“”‘’「」『』《》【】"
_FIRST, _LAST = _QUOTES + ",;:!?。，、；：！？", _QUOTES + ".,;:!?。．，、；：！？~…"
"""What is taken away at either end; not what may belong to a number: -18, .5, 64+."""
_HAN_SPACE = re.compile(rf"(?<=[{HAN}]) | (?=[{HAN}])")
_SIGN = re.compile(r"⟦[^⟧]*⟧")
_WHETHER_ZH = re.compile(r"(?:吗|嘛|么|吧)$")
_A_NOT_A = re.compile(rf"([{HAN}])不(?=\1)|有没(?=有)")
_TAGS = frozenset({"吗", "嘛", "么", "吧"})
_UNITS = (
    ("h", r"时|钟头|hour|hr|\dh"),
    ("w", r"周|星期|礼拜|week"),
    ("d", r"天|日|号|day"),
    ("y", r"年|year"),
    ("m", r"月|mon"),
)
_MARKS = re.compile(
    r"[^\w\s,.;:!?。．，、；：！？~…·'\"“”‘’()\[\]「」『』《》【】\-—–]"  # comparisons, currencies, plus, emoji
    r"|(?<![\w)\]])[-−–](?=\s?[\d.])"  # a minus, not a range
    r"|(?<=\d)[:/*×](?=\d)"
)
_CAPITAL_A = re.compile(r"(?<=\S\s)A(?!\w)")
_MOVABLE = frozenset({"⟦?⟧", "⟦CAN⟧", "⟦HOWLONG⟧", "⟦WHEN⟧", "⟦HOW⟧", "⟦WHY⟧", "⟦HOWMUCH⟧"})
"""Signs that say the same wherever they stand, except at the beginning: 多久发货 is not 发货多久. Not who, what, which
and where: 谁联系 is not 联系谁."""
_ASKING = frozenset({"⟦WHO⟧", "⟦WHAT⟧", "⟦WHICH⟧", "⟦WHERE⟧", "⟦HOWIS⟧", "⟦WHATTODO⟧", "⟦HOWMANY⟧", "⟦WHATTIME⟧"}) | (
    _MOVABLE - {"⟦?⟧", "⟦CAN⟧"}
)


def spelled(question: str) -> str:
    """One spelling of a question: width, case, traditional characters, spaces and closing punctuation do not count."""
    return _HAN_SPACE.sub("", collapse_spaces(fold(question))).lstrip(_FIRST).rstrip(_LAST)


def asks_the_same(one: str, other: str) -> bool:
    """Whether two questions surely ask the same thing."""
    first = reduced(one)
    return bool(first.row) and first == reduced(other)


def meaning_key(question: str) -> str:
    """Sha256 that questions share when they `asks_the_same`; "" for one that asks nothing."""
    found = reduced(question)
    spelled_out = "\x00".join([*found.row, "\x01", *found.movable, "\x01", *found.marks])
    return hashlib.sha256(spelled_out.encode("utf-8", "surrogatepass")).hexdigest() if found.row else ""


@dataclass(frozen=True, slots=True)
class Reduced:
    """A question as signs."""

    row: tuple[str, ...]
    """Words and signs, in order."""
    movable: tuple[str, ...]
    """Signs whose place does not count, sorted."""
    marks: tuple[str, ...]
    """Characters that are neither words nor punctuation, in order: > and < are all that tells two questions apart."""


@lru_cache(maxsize=4096)
def reduced(question: str) -> Reduced:
    """The signs of a question."""
    text = question.replace("’", "'").replace("⟦", " ").replace("⟧", " ")
    text = _CAPITAL_A.sub("letter-a", text)  # plan A, hepatitis A: no article
    text = collapse_spaces(fold(text))
    has_question_mark = "?" in text
    for pattern, sign in CONTRACTIONS:
        text = pattern.sub(sign, text)
    text = _without_filler(text)
    marks = tuple(_MARKS.findall(text))
    has_tag = bool(_WHETHER_ZH.search(text)) or bool(_A_NOT_A.search(text))
    text = _A_NOT_A.sub("", _with_quantities(text))
    for pattern, sign in PHRASES:
        text = pattern.sub(sign, text)
    signs = _signs(text)
    starts_asking = bool(signs) and signs[0] in AUXILIARIES
    signs = [sign for sign in signs if sign not in PARTICLES and sign not in _TAGS]
    is_open = any(sign in _ASKING for sign in signs)
    if has_tag or (not is_open and (has_question_mark or starts_asking or "⟦CAN⟧" in signs)):
        signs.append("⟦?⟧")
    first, following = signs[:1], signs[1:]
    if first and first[0] == "⟦CAN⟧":
        first, following = [], signs
    movable = tuple(sorted(sign for sign in following if sign in _MOVABLE))
    return Reduced((*first, *(sign for sign in following if sign not in _MOVABLE)), movable, marks)


def _without_filler(text: str) -> str:
    text = collapse_spaces(FILLER_ANYWHERE.sub(" ", text))
    while True:
        text = text.lstrip(_FIRST).rstrip(_LAST)
        shorter = FILLER_AT_END.sub("", FILLER_AT_START.sub("", text))
        if shorter == text:
            return text
        text = shorter


def _with_quantities(text: str) -> str:
    """The text with a sign in place of each number, amount, duration, date and code."""
    pieces, at = [], 0
    for quantity in quantities(text):
        pieces += [text[at : quantity.start], _sign_of(quantity)]
        at = quantity.end
    return "".join([*pieces, text[at:]])


def _sign_of(quantity: Quantity) -> str:
    unit = ""
    if quantity.kind in ("minutes", "months"):  # 24 hours and a day may be different questions
        unit = next((name for name, pattern in _UNITS if re.search(pattern, quantity.text)), "")
    elif quantity.kind == "clock":  # noon and midnight are both 12 o'clock
        unit = "".join(quantity.text.split())
    value = quantity.value
    said = ".".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
    return f"⟦{quantity.kind} {said} {unit}⟧"


def _signs(text: str) -> list[str]:
    found, at = [], 0
    for match in _SIGN.finditer(text):
        found += [*words(text[at : match.start()]), *(sign for sign in [match[0]] if sign != "⟦-⟧")]
        at = match.end()
    return [*found, *words(text[at:])]
