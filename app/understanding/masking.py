"""A message with words in the place of its numbers and addresses: what they are tells the purpose, not their digits."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from app.domain.understanding import Slot, SlotType, beside_slots
from app.understanding.slots import SlotFinder
from index.text.language import detect

_WORDS: dict[SlotType, tuple[str, str]] = {
    "order_number": ("订单号", "order number"),
    "tracking_number": ("快递单号", "tracking number"),
    "sku": ("货号", "item number"),
    "phone": ("手机号", "phone number"),
    "email": ("邮箱", "email"),
    "address": ("某地址", "some address"),
}
_FILLING = re.compile(
    r"[\W_]|[是的就为了在吧啊呢哦嗯号]|\b(?:it'?s|its|is|the|a|on|at|in|by|of|for|my|and|or|around|about|after|before|to|please)\b",
    re.IGNORECASE,
)


def masked(message: str, slots: Sequence[Slot]) -> str:
    """The message with words in the place of codes, numbers of telephones and addresses; other slots stay."""
    kept: list[str] = []
    at = 0
    language = 1 if detect(message) == "en" else 0
    for slot in slots:
        if slot.type in _WORDS:
            kept += [message[at : slot.start], _WORDS[slot.type][language]]
            at = slot.end
    return "".join([*kept, message[at:]])


def masking(finder: SlotFinder) -> Callable[[str], str]:
    """What is done to a message before it is classified, for whoever has messages alone: to train, or to measure."""
    return lambda message: masked(message, finder.find(message, today=date.today()))


def is_only_slots(message: str, slots: Sequence[Slot]) -> bool:
    """Whether a message does no more than name something: "2026-11-20", "the kettle", 三件.

    A reason alone says more: 发错货了 tells of a trouble.
    """
    if all(slot.type == "reason" for slot in slots):
        return False
    return not _FILLING.sub("", beside_slots(message, slots))
