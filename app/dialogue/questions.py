"""What a question to the knowledge base means at this place of a conversation."""

from __future__ import annotations

import re

from app.dialogue.state import FORGOTTEN_AFTER, DialogueState
from index.text.follow_up import is_follow_up

_IT_ZH = re.compile(r"它|(?:这|那)(?:个|款|件|双|条|台|只)(?!月|星期|周|时|问题|地方|人|订单|单)(?:东西|商品|产品)?")
_IT_EN = re.compile(r"\b(?:it|this one|that one|this (?:product|item)|that (?:product|item))\b(?!'s)", re.IGNORECASE)


def question_of(message: str, state: DialogueState) -> tuple[str, str | None]:
    """The question, and the one before it where it cannot be understood alone.

    A pronoun stands for the product that was talked about since the last question (它防水吗); else a follow-up leans on
    that question, as long as it is not forgotten. A message that stands alone is left as it is.
    """
    before, product = state.question, state.mentioned("product")
    if before is not None and state.turn - before.turn > FORGOTTEN_AFTER:
        before = None
    if product is not None and (before is None or product.turn > before.turn):
        named = _named(message, product.value)
        if named != message:
            return named, None
    return message, before.text if before is not None and is_follow_up(message) else None


def _named(message: str, product: str) -> str:
    if product in message:
        return message
    by_zh = _IT_ZH.sub(lambda _: product, message, count=1)
    return by_zh if by_zh != message else _IT_EN.sub(lambda _: product, message, count=1)
