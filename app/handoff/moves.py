"""The one place where a hand-off changes: checked, kept with its trail, told to the conversation and to the outside.

All in one transaction: a process that dies in between has done none of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from app.database import CONVERSATIONS, Database, hold_order
from app.domain.action import Wording
from app.domain.conversation import ConversationMessage, ConversationStore
from app.handoff.errors import TicketMissing, TicketTaken
from app.handoff.hours import BusinessHours
from app.handoff.machine import STATUS, Event, after
from app.handoff.policy import HandOffPolicy, PolicySource
from app.handoff.tables import events, tickets
from app.handoff.ticket import Ticket

Publish = Callable[[str, Mapping[str, Any]], object]
"""Hands an event to who listens outside, within the transaction; see `app.webhooks`."""

_PUBLISHED: Mapping[Event, str] = {
    "opened": "handoff.opened",
    "reopened": "handoff.reopened",
    "assigned": "handoff.assigned",
    "released": "handoff.requeued",
    "agent_away": "handoff.requeued",
    "overdue": "sla.breached",
    "breached": "sla.breached",
    "returned": "handoff.returned",
    "resolved": "handoff.resolved",
    "idle": "handoff.resolved",
}
EVENT_NAMES: tuple[str, ...] = (*dict.fromkeys(_PUBLISHED.values()), "message.from_agent")
"""What can be listened to."""


class Moves:
    """Reads and changes tickets; safe to share between threads and processes.

    Every change begins with `find(…, is_held=True)` or `hold`: then all wait for one another in the same order.
    """

    def __init__(
        self,
        database: Database,
        conversations: ConversationStore,
        policy: PolicySource,
        *,
        publish: Publish = lambda _name, _data: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.database, self.conversations, self._policy = database, conversations, policy
        self.publish, self.now = publish, clock

    @property
    def policy(self) -> HandOffPolicy:
        """The company's rules as they are now."""
        return self._policy()

    def find(self, conversation_id: str, *, is_held: bool = False) -> Ticket | None:
        """The ticket of a conversation; held against others until the transaction ends."""
        wanted = select(tickets).where(tickets.c.conversation_id == conversation_id)
        with self.database.reading() as connection:
            if is_held:
                hold_order(connection, CONVERSATIONS)
            row = connection.execute(wanted.with_for_update() if is_held else wanted).one_or_none()
        return None if row is None else Ticket.of_row(row)

    def hold(self, conversation_id: str) -> Ticket:
        """The ticket of a conversation, held until the transaction ends. Raises `TicketMissing`."""
        ticket = self.find(conversation_id, is_held=True)
        if ticket is None:
            raise TicketMissing(f"The conversation {conversation_id[:100]!r} has never been handed off.")
        return ticket

    def select(self, *conditions: ColumnElement[bool]) -> list[Ticket]:
        """Those to whom all conditions apply, the most pressing and longest waiting first."""
        wanted = select(tickets).where(*conditions)
        wanted = wanted.order_by(tickets.c.priority, tickets.c.waiting_since, tickets.c.ticket_id)
        with self.database.reading() as connection:
            return [Ticket.of_row(row) for row in connection.execute(wanted)]

    def create(self, ticket: Ticket, *, actor: str) -> Ticket:
        """Keep a new one, opened. Raises `IntegrityError` where the conversation has one."""
        with self.database.writing() as connection:
            connection.execute(insert(tickets).values(**ticket.to_row()))
            self._note(connection, ticket, "opened", None, actor, {"reason": ticket.reason})
            self.conversations.move(ticket.conversation_id, STATUS[ticket.state])
            self._tell_outside(ticket, "opened")
        return ticket

    def move(self, ticket: Ticket, event: Event, *, actor: str, data: Mapping[str, Any] | None = None) -> Ticket:
        """Keep a ticket that was changed by an event, in the state that it leads to.

        Raises `TransitionRefused`, and `TicketTaken` where somebody else was quicker.
        """
        state, now = after(ticket.state, event), self.now()
        moved = replace(ticket, state=state, changed_at=now, version=ticket.version + 1)
        is_same = (tickets.c.ticket_id == ticket.ticket_id) & (tickets.c.version == ticket.version)
        with self.database.writing() as connection:
            if connection.execute(update(tickets).where(is_same).values(**moved.to_row())).rowcount != 1:
                raise TicketTaken(
                    f"Somebody else has just changed the conversation {ticket.conversation_id[:100]}. Look at it again."
                )
            self._note(connection, moved, event, ticket.state, actor, data or {})
            if STATUS[state] != STATUS[ticket.state] or event == "opened":
                self.conversations.move(moved.conversation_id, STATUS[state])
            self._tell_outside(moved, event)
        return moved

    def promise(self, ticket: Ticket, words: Callable[[datetime, datetime, BusinessHours], Wording]) -> Wording:
        """What a customer is told of when somebody answers; `words`: a function of `app.handoff.wording`."""
        now = self.now()
        return words(ticket.due_at or now, now, self.policy.hours)

    def tell(self, ticket: Ticket, wording: Wording, kind: str) -> None:
        """Say something to the customer that is not an answer to a message."""
        self.conversations.add(
            ConversationMessage(
                message_id=uuid.uuid4().hex,
                conversation_id=ticket.conversation_id,
                role="system",
                text=wording.in_language(ticket.language),
                at=self.now(),
                data={"kind": kind, **asdict(wording)},
            )
        )

    def newest(self) -> int:
        """A number that grows with each change; 0 before the first."""
        with self.database.reading() as connection:
            return connection.execute(select(func.max(events.c.number))).scalar() or 0

    def _note(
        self,
        connection: Connection,
        ticket: Ticket,
        event: Event,
        before: str | None,
        actor: str,
        data: Mapping[str, Any],
    ) -> None:
        connection.execute(
            insert(events).values(
                ticket_id=ticket.ticket_id,
                conversation_id=ticket.conversation_id,
                at=ticket.changed_at,
                event=event,
                from_state=before,
                to_state=ticket.state,
                actor=actor,
                agent=ticket.agent,
                data=dict(data),
            )
        )

    def _tell_outside(self, ticket: Ticket, event: Event) -> None:
        if (name := _PUBLISHED.get(event)) is not None:
            line = {key: value for key, value in ticket.to_line().items() if key != "preview"}
            amount = {"amount_cents": ticket.amount_cents} if event == "opened" and ticket.amount_cents else {}
            self.publish(name, {**line, **amount, "event": event})
