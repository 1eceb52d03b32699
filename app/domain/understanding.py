"""What a message is taken to mean, before anybody acts on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from index.types import Language

Sentiment = Literal["negative", "neutral", "positive"]
SlotType = Literal[
    "order_number",
    "tracking_number",
    "sku",
    "product",
    "quantity",
    "amount",
    "date",
    "time",
    "phone",
    "email",
    "address",
    "reason",
]


@dataclass(frozen=True, slots=True)
class Slot:
    """Something that a message names."""

    type: SlotType
    value: str
    """As it was written."""
    normalized: str
    """One spelling for all: 2026-11-24, 14:00, 1280.00 CNY, +8613800138000; `value` where there is nothing to unify."""
    start: int
    end: int
    """Half-open range of code points in the message."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "type": self.type,
            "value": self.value,
            "normalized": self.normalized,
            "start": self.start,
            "end": self.end,
        }


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message asks for and names."""

    intent: str
    """The likeliest, also where `out_of_scope` says that it is not likely enough."""
    confidence: float
    """Probability of the intent, in [0, 1]."""
    out_of_scope: bool
    slots: tuple[Slot, ...]
    """In the order of the message."""
    language: Language
    sentiment: Sentiment
    runners_up: tuple[tuple[str, float], ...] = ()
    """The next likeliest intents, best first, with their probabilities."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "intent": self.intent,
            "confidence": round(self.confidence, 4),
            "out_of_scope": self.out_of_scope,
            "slots": [slot.to_dict() for slot in self.slots],
            "language": self.language,
            "sentiment": self.sentiment,
        }


def beside_slots(message: str, slots: Iterable[Slot]) -> str:
    """What a message says beside the values of its slots, its pieces parted by blanks."""
    kept, at = [], 0
    for slot in sorted(slots, key=lambda slot: slot.start):
        kept.append(message[at : slot.start])
        at = max(at, slot.end)
    return " ".join([*kept, message[at:]])


class Understander(Protocol):
    """Makes sense of messages."""

    def understand(self, message: str) -> Understanding:
        """Intent, slots, language and mood of one message; an empty one is out of scope."""
