"""The lines that a number is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.names import intent_name


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One unit of a denominator: a conversation, a question, a survey, as the definition says."""

    row_id: str
    """Of the conversation, or of the event that it is."""
    at: datetime
    """When it counts."""
    value: float
    """What it adds to the numerator: 1 or 0 for a share, else in the unit of the metric."""
    conversation_id: str | None = None
    language: str = ""
    intent: str = ""
    channel: str = ""
    receipt_id: str | None = None
    why: Mapping[str, Any] = field(default_factory=dict)
    """What made it count as it does, as JSON."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "row_id": self.row_id,
            "at": self.at.isoformat(timespec="milliseconds"),
            "value": self.value,
            "conversation_id": self.conversation_id,
            "language": self.language,
            "intent": self.intent,
            "intent_name": intent_name(self.intent).to_dict() if self.intent else None,
            "channel": self.channel,
            "receipt_id": self.receipt_id,
            "why": dict(self.why),
        }
