"""What customers do in a shop: look, search, choose, buy, wave away; and what was shown to them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

EventKind = Literal["search", "view", "cart", "buy", "dismiss", "expose", "click"]
"""dismiss: not wanted; expose: shown as a recommendation; click: opened from one."""


@dataclass(frozen=True, slots=True)
class BehaviourEvent:
    """One thing that somebody did in the shop."""

    user_id: str
    event: EventKind
    at: datetime
    """Aware."""
    session_id: str = ""
    item_id: str | None = None
    """Id of the product, the same for all its variants; None for a search."""
    sku: str | None = None
    """Of a variant, where one was chosen."""
    query: str | None = None
    quantity: int | None = None
    order_id: str | None = None
    recommendation_id: str | None = None
    """Of the list that an item was shown in or opened from."""
    event_id: str | None = None
    """None takes `key` for one."""

    @property
    def key(self) -> str:
        """By which the same event told twice is known: its id, else a digest of all that it says."""
        if self.event_id:
            return self.event_id
        told = self.to_dict() | {"at": self.at.astimezone(UTC).isoformat()}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]

    def to_dict(self) -> dict[str, Any]:
        """As JSON, without what is not there."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in fields.items() if value is not None} | {
            "at": self.at.isoformat(timespec="seconds")
        }
