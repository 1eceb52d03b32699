"""A hand-off as the desk keeps it, and its form as rows and as JSON."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from app.domain.action import Wording
from app.domain.handoff import HandOffPacket, HandOffReason
from app.domain.names import intent_name, risk_name, slot_name
from app.handoff.machine import ACTIVE, State
from app.handoff.policy import PRIORITIES, Priority
from app.handoff.summary import summarise
from index.types import Language

_PREVIEW = 200
_SEARCH = 20_000


@dataclass(frozen=True, slots=True)
class Ticket:
    """One conversation's hand-off; there is at most one for each, and it is opened again when it has to be."""

    ticket_id: str
    conversation_id: str
    state: State
    reason: HandOffReason
    language: Language
    intent: str
    topic: str
    priority: Priority
    packet: Mapping[str, Any]
    summary: Wording
    preview: str
    """Beginning of the newest message."""
    search: str
    """What the customer wrote, for looking it up."""
    opened_at: datetime
    changed_at: datetime
    is_for_supervisor: bool = False
    """It went to and fro too often: only a supervisor may take it."""
    customer_id: str | None = None
    agent: str | None = None
    last_agent: str | None = None
    """Who had it before."""
    avoids: str | None = None
    """Who gave it up or let its clock run out: it is not given to them unasked."""
    waiting_since: datetime | None = None
    """When the oldest unanswered message of the customer came; None when they were answered."""
    due_at: datetime | None = None
    """When the owner's clock runs out; while it is `answered`, when the customer is taken to be served."""
    first_reply_at: datetime | None = None
    resolved_at: datetime | None = None
    breaches: int = 0
    """Of the present owner."""
    hand_overs: int = 0
    version: int = 1

    @property
    def is_active(self) -> bool:
        """Whether somebody of the desk has to do something with it."""
        return self.state in ACTIVE

    @property
    def amount_cents(self) -> int:
        """The money that it is about; 0 where it is about none."""
        return int(self.packet.get("facts", {}).get("amount_cents") or 0)

    def with_words(self, text: str, *, of_customer: bool) -> Ticket:
        """With a new message in its preview and, if the customer's, among what is looked up."""
        line = " ".join(text.split())
        search = f"{self.search}\n{line}"[-_SEARCH:] if of_customer else self.search
        return replace(self, preview=line[:_PREVIEW], search=search)

    def to_line(self) -> dict[str, Any]:
        """One line of the inbox, as JSON."""
        return {
            "ticket_id": self.ticket_id,
            "conversation_id": self.conversation_id,
            "state": self.state,
            "reason": self.reason,
            "priority": self.priority,
            "topic": self.topic,
            "intent": self.intent,
            "intent_name": intent_name(self.intent).to_dict() if self.intent else None,
            "language": self.language,
            "customer_id": self.customer_id,
            "agent": self.agent,
            "is_for_supervisor": self.is_for_supervisor,
            "preview": self.preview,
            "opened_at": _iso(self.opened_at),
            "changed_at": _iso(self.changed_at),
            "waiting_since": _iso(self.waiting_since),
            "due_at": _iso(self.due_at),
            "first_reply_at": _iso(self.first_reply_at),
            "resolved_at": _iso(self.resolved_at),
            "breaches": self.breaches,
            "hand_overs": self.hand_overs,
        }

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON."""
        packet = dict(self.packet)
        packet["slots"] = [{**slot, "name": slot_name(slot["type"]).to_dict()} for slot in packet.get("slots", ())]
        packet["risk_name"] = risk_name(packet["risk"]).to_dict() if packet.get("risk") else None
        return {**self.to_line(), "summary": asdict(self.summary), "packet": packet}

    def to_row(self) -> dict[str, Any]:
        """Values of its columns."""
        row = {item.name: getattr(self, item.name) for item in fields(self)}
        row.update(
            priority=PRIORITIES.index(self.priority),
            is_for_supervisor=int(self.is_for_supervisor),
            packet=dict(self.packet),
            summary=asdict(self.summary),
        )
        return row

    @classmethod
    def of_row(cls, row: Row[Any]) -> Ticket:
        """From its columns."""
        values = dict(row._mapping)
        values.update(
            priority=PRIORITIES[row.priority],
            is_for_supervisor=bool(row.is_for_supervisor),
            summary=Wording(**row.summary),
        )
        return cls(**values)


def new_ticket(packet: HandOffPacket, *, priority: Priority, now: datetime) -> Ticket:
    """A ticket for a packet, queued, without a clock yet."""
    ticket = Ticket(
        ticket_id=uuid.uuid4().hex,
        conversation_id=packet.conversation_id,
        state="queued",
        reason=packet.reason,
        language=packet.language,
        intent=packet.intent[:100],
        topic=packet.topic[:64],
        priority=priority,
        packet=_packet_dict(packet),
        summary=summarise(packet),
        preview="",
        search="",
        opened_at=now,
        changed_at=now,
        customer_id=packet.customer_id,
    )
    for message in packet.messages:
        if message.role == "customer":
            ticket = ticket.with_words(message.text, of_customer=True)
    return ticket


def _packet_dict(packet: HandOffPacket) -> dict[str, Any]:
    """What an agent sees of a packet, as JSON; the messages are kept in the conversation."""
    return {
        "reason": packet.reason,
        "intent": packet.intent,
        "slots": [slot.to_dict() for slot in packet.slots],
        "topic": packet.topic,
        "draft": packet.draft.to_dict() if packet.draft is not None else None,
        "tried": list(packet.tried),
        "sentiment": packet.sentiment,
        "risk": packet.risk,
        "facts": dict(packet.facts),
        "customer": dict(packet.customer),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
