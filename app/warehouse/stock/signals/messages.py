"""Complaints in what customers wrote, given to the SKU that their conversation names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.shop import Order, OrderLine
from app.warehouse.stock.signals.rates import Complaint
from app.warehouse.stock.signals.reading import Kind, read_complaints

_CODE = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a customer."""

    conversation_id: str
    at: datetime
    text: str


def complaints_of_messages(messages: Iterable[Said], orders: Iterable[Order]) -> list[Complaint]:
    """Those whose SKU is sure: the conversation names one SKU, or one order with one line, or words of one line.

    All others have the SKU "" and are counted, but of nothing.
    """
    by_conversation: defaultdict[str, list[Said]] = defaultdict(list)
    for message in messages:
        by_conversation[message.conversation_id].append(message)
    if not by_conversation:
        return []
    known = {order.order_id.upper(): order for order in orders}
    skus = {line.sku.upper(): line.sku for order in known.values() for line in order.lines}
    found = []
    for conversation_id, those in by_conversation.items():
        kinds: dict[Kind, tuple[str, datetime]] = {}
        for message in those:
            for mention in read_complaints(message.text):
                kinds.setdefault(mention.kind, (mention.quote, message.at))
        if kinds:
            sku = _sku_of(those, known, skus)
            found += [Complaint(kind, sku, at, quote, "conversation", conversation_id)
                      for kind, (quote, at) in kinds.items()]  # fmt: skip
    return found


def _sku_of(messages: Sequence[Said], orders: dict[str, Order], skus: dict[str, str]) -> str:
    text = "\n".join(message.text for message in messages)
    codes = {code.upper() for code in _CODE.findall(text)}
    named = {skus[code] for code in codes if code in skus}
    if named:
        return named.pop() if len(named) == 1 else ""
    lines = [line for code in codes if code in orders for line in orders[code].lines]
    if len(lines) == 1:
        return lines[0].sku
    spoken_of = [line for line in lines if _is_named(line, text)]
    return spoken_of[0].sku if len(spoken_of) == 1 else ""


def _is_named(line: OrderLine, text: str) -> bool:
    """Whether a text has the last word of a Chinese name (保温杯 of 星屿 保温杯), which says what a thing is."""
    words = re.findall(r"[\u4e00-\u9fff]+", line.name)
    return bool(words) and any(
        words[-1][-length:] in text for length in range(min(len(words[-1]), 4), _SHORTEST_NAME - 1, -1)
    )
