"""When a dialogue trusts what it understood, asks, and gives up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class DialogueParams:
    """When the dialogue trusts, asks and gives up."""

    min_confidence: float = 0.4
    """Of an intent, to act on it."""
    clear_confidence: float = 0.55
    """Below it a rival intent half as likely is asked about."""
    strong_confidence: float = 0.75
    """Of an intent, to leave an open question for it."""
    off_topic: float = 0.05
    """Confidence below which a message out of scope is about the rest of the world: no person is called for it."""
    max_failures: int = 2
    """Turns in a row that led nowhere, before a person is offered; twice as many and one is called."""
    max_angry: int = 3
    """Angry messages in a row before a person is called."""
    idle: timedelta = timedelta(hours=12)
    """After which an open question no longer explains a message."""

    def __post_init__(self) -> None:
        if not 0 <= self.min_confidence <= self.clear_confidence <= self.strong_confidence <= 1:
            raise ValueError(f"Expected 0 <= min <= clear <= strong confidence <= 1, got {self}.")
        if self.max_failures < 1 or self.max_angry < 1:
            raise ValueError(f"Expected max_failures >= 1 and max_angry >= 1, got {self}.")
