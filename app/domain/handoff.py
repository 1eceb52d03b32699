"""A conversation that goes to a person: why, with what, and what the customer is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from app.domain.action import Wording
from app.domain.answer import Answer
from app.domain.conversation import ConversationMessage
from app.domain.understanding import Sentiment, Slot
from index.types import Language

HandOffReason = Literal["asked", "failed", "anger", "risk", "money", "vip", "policy", "agent_only", "taken"]
"""agent_only: what was asked for is something that only a person may do; taken: an agent took over unasked."""

CustomerFacts = Callable[[str], Mapping[str, Any]]
"""What a customer has agreed that agents see of them, by their id, as JSON; {} for nobody or nothing."""


@dataclass(frozen=True, slots=True)
class HandOffPacket:
    """What an agent gets, so that the customer repeats nothing."""

    conversation_id: str
    reason: HandOffReason
    language: Language
    intent: str
    slots: tuple[Slot, ...]
    messages: tuple[ConversationMessage, ...]
    """So far, oldest first; the desk writes the summary from them."""
    customer_id: str | None = None
    topic: str = ""
    """Skill that is wanted, such as returns or payments; "" leaves it open."""
    draft: Answer | None = None
    """What the assistant would have said."""
    tried: tuple[str, ...] = ()
    """Ids of the passages that were found."""
    sentiment: Sentiment = "neutral"
    risk: str = ""
    """What triggered it: words, an amount, a rule."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Order, amounts and rules that matter, as JSON."""
    customer: Mapping[str, Any] = field(default_factory=dict)
    """What the customer has agreed that agents see of them, as JSON; see `CustomerFacts`."""


@dataclass(frozen=True, slots=True)
class HandOffTicket:
    """A hand-off that was accepted."""

    ticket_id: str
    message: Wording
    """What the customer is told: that a person answers, and when."""
    expected_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signals:
    """What triggers look at after each message of a customer."""

    intent: str
    text: str
    sentiment: Sentiment
    failures: int
    """Turns in a row without an answer."""
    amount_cents: int = 0
    tier: str = ""
    history: Sequence[str] = ()
    """Earlier messages of the customer, oldest first."""


class HandOffDesk(Protocol):
    """Takes conversations over."""

    def wanted(self, signals: Signals) -> HandOffReason | None:
        """Whether a person should take over, by the company's triggers."""

    def may_answer(self, message: str) -> bool:
        """Whether what the documents say is told, too, before a person takes over: not where a life is in danger."""

    def open(self, packet: HandOffPacket) -> HandOffTicket:
        """Queue a conversation; one that is queued or with an agent already keeps its ticket.

        The conversation has to be in the store; its status there becomes waiting or with_agent.
        """

    def holds(self, conversation_id: str) -> bool:
        """Whether its next message is the desk's: queued, with an agent, or resolved by one a short while ago."""

    def customer_wrote(self, message: ConversationMessage) -> Wording | None:
        """A message, kept already, in a conversation that the desk holds.

        What the customer is told; None where an agent sees it. Raises `TicketMissing` (`app.handoff.errors`) where
        there has never been a hand-off.
        """
