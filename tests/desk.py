"""A whole desk over a database of its own, with a clock that tests move."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from app.conversations import SqlConversationStore
from app.database import Database
from app.domain.conversation import Conversation, ConversationMessage, Role
from app.domain.handoff import HandOffPacket, HandOffReason
from app.handoff.assignment import Assignment
from app.handoff.clock import DeskClock
from app.handoff.desk import SqlHandOffDesk
from app.handoff.faults import all_faults
from app.handoff.hours import BusinessHours
from app.handoff.inbox import Agent, Inbox
from app.handoff.moves import Moves
from app.handoff.policy import HandOffPolicy
from app.handoff.presence import PresenceBook

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Ten in the morning in Shanghai."""
OFFICE = BusinessHours.parse("Asia/Shanghai", {"mon-fri": "09:00-18:00"})


@dataclass
class Time:
    """A clock that stands still until it is moved."""

    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@dataclass
class WholeDesk:
    """All parts of a desk, put together as the container does it."""

    database: Database
    policy: HandOffPolicy = field(default_factory=HandOffPolicy)
    time: Time = field(default_factory=Time)
    published: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = SqlConversationStore(self.database, also_erase=lambda keys: self.desk.erase(keys), clock=self.time)
        self.moves = Moves(
            self.database,
            self.store,
            lambda: self.policy,
            publish=lambda *it: self.published.append(it),
            clock=self.time,
        )
        self.presence = PresenceBook(self.database, clock=self.time)
        self.assignment = Assignment(self.moves, self.presence)
        self.inbox = Inbox(self.moves, self.assignment)
        self.desk = SqlHandOffDesk(self.moves, self.assignment)
        self.clock = DeskClock(self.moves, self.assignment, self.inbox, self.presence)

    def begin(self, conversation_id: str = "c1", **fields: Any) -> Conversation:
        now = self.time.now
        values: dict[str, Any] = {"language": "zh", "owner": "page:1", **fields}
        return self.store.start(Conversation(conversation_id, "page", "open", now, now, **values))

    def say(self, text: str, conversation_id: str = "c1", role: Role = "customer") -> ConversationMessage:
        message = ConversationMessage(uuid.uuid4().hex, conversation_id, role, text, self.time.now)
        self.store.add(message)
        return message

    def packet(self, conversation_id: str = "c1", reason: HandOffReason = "asked", **fields: Any) -> HandOffPacket:
        said = tuple(self.store.messages(conversation_id))
        values: dict[str, Any] = {"language": "zh", "intent": "talk_to_human", "slots": (), "messages": said, **fields}
        return HandOffPacket(conversation_id, reason, **values)

    def hand_off(self, conversation_id: str = "c1", text: str = "转人工", **fields: Any) -> Any:
        self.begin(conversation_id)
        self.say(text, conversation_id)
        return self.desk.open(self.packet(conversation_id, **fields))

    def told(self, conversation_id: str = "c1") -> list[str]:
        return [str(m.data["kind"]) for m in self.store.messages(conversation_id) if m.role == "system"]

    def state(self, conversation_id: str = "c1") -> str:
        ticket = self.moves.find(conversation_id)
        return ticket.state if ticket else "none"

    def status(self, conversation_id: str = "c1") -> str:
        found = self.store.get(conversation_id)
        return found.status if found else "none"

    def faults(self) -> list[str]:
        return list(all_faults(self.moves))


LI, WANG, BOSS = Agent("li"), Agent("wang"), Agent("boss", is_supervisor=True)
