"""The desk as a conversation sees it: it takes over, and says what the customer is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from app.domain.action import Wording
from app.domain.conversation import ConversationMessage
from app.domain.handoff import HandOffPacket, HandOffReason, HandOffTicket, Signals
from app.handoff import wording
from app.handoff.assignment import Assignment
from app.handoff.machine import ACTIVE
from app.handoff.moves import Moves
from app.handoff.policy import PRIORITIES, Priority
from app.handoff.risk_words import RISK_WORDS
from app.handoff.tables import events, tickets
from app.handoff.ticket import Ticket, new_ticket
from app.handoff.triggers import risk_in, triggered

_SELF_HARM = "self_harm"


class SqlHandOffDesk:
    """A `HandOffDesk` in the database; safe to share between threads and processes."""

    def __init__(self, moves: Moves, assignment: Assignment) -> None:
        self._moves, self._assignment = moves, assignment

    def wanted(self, signals: Signals) -> HandOffReason | None:
        """Whether a person should take over, by the company's triggers."""
        found = triggered(signals, self._moves.policy)
        return found.reason if found is not None else None

    def may_answer(self, message: str) -> bool:
        """Whether what the documents say is told, too, before a person takes over: not where a life is in danger."""
        return not (risk_in(message, self._moves.policy) or "").startswith(_SELF_HARM)

    def open(self, packet: HandOffPacket) -> HandOffTicket:
        """Queue a conversation and give it to an agent who is free; one that the desk has already keeps its ticket."""
        packet = replace(packet, risk=self._named_risk(packet))
        try:
            ticket = self._open(packet)
        except IntegrityError:  # another process has opened it at the same moment
            ticket = self._open(packet)
        told = self._moves.promise(ticket, wording.accepted)
        if packet.risk.startswith(_SELF_HARM):
            told = wording.both(wording.in_danger(), told)
        return HandOffTicket(ticket.ticket_id, told, ticket.due_at)

    def holds(self, conversation_id: str) -> bool:
        """Whether the next message is the desk's: queued, with an agent, or resolved a short while ago."""
        ticket = self._moves.find(conversation_id)
        if ticket is None or ticket.state == "returned":
            return False
        return ticket.is_active or self._is_fresh(ticket, self._moves.now())

    def customer_wrote(self, message: ConversationMessage) -> Wording | None:
        """What the customer is told; None where an agent sees the message. Raises `TicketMissing`."""
        moves = self._moves
        with moves.database.writing():
            ticket = moves.hold(message.conversation_id)
            if ticket.state == "resolved" and wording.is_only_thanks(message.text):
                return wording.welcome()
            ticket = ticket.with_words(message.text, of_customer=True)
            risk = risk_in(message.text, moves.policy)
            if risk is not None:
                ticket = replace(ticket, priority="urgent", packet={**ticket.packet, "risk": risk})
            told = self._take_in(ticket, message)
            if risk is not None and risk.startswith(_SELF_HARM):
                told = wording.in_danger() if told is None else wording.both(wording.in_danger(), told)
            return told

    def erase(self, conversation_ids: Sequence[str]) -> None:
        """Remove everything that is kept of conversations."""
        with self._moves.database.writing() as connection:
            for key in conversation_ids:
                for table in (tickets, events):
                    connection.execute(delete(table).where(table.c.conversation_id == key))

    def _open(self, packet: HandOffPacket) -> Ticket:
        moves, now = self._moves, self._moves.now()
        with moves.database.writing():
            known = moves.find(packet.conversation_id, is_held=True)
            if known is not None and known.state in ACTIVE:
                return self._opened_again(known, packet)
            fresh = self._fresh(packet, now)
            if known is None:
                ticket = moves.create(fresh, actor="assistant")
            else:
                fresh = replace(fresh, ticket_id=known.ticket_id, version=known.version, state=known.state)
                fresh = replace(fresh, last_agent=known.last_agent)
                if known.state == "returned":
                    fresh = self._assignment.handed_over(replace(fresh, hand_overs=known.hand_overs))
                ticket = moves.move(fresh, "opened", actor="assistant", data={"reason": fresh.reason})
            return self._assignment.give(ticket)

    def _opened_again(self, known: Ticket, packet: HandOffPacket) -> Ticket:
        """More pressing than it was, perhaps; its place in the queue and its clock stay."""
        pressing: Priority = min((known.priority, self._priority(packet)), key=PRIORITIES.index)
        ticket = replace(known, priority=pressing)
        if packet.risk:
            ticket = replace(ticket, packet={**known.packet, "risk": packet.risk})
        if known.waiting_since is None:
            ticket = self._assignment.with_clock(ticket)
        return self._moves.move(ticket, "opened", actor="assistant", data={"reason": packet.reason})

    def _fresh(self, packet: HandOffPacket, now: datetime) -> Ticket:
        return self._assignment.with_clock(new_ticket(packet, priority=self._priority(packet), now=now))

    def _named_risk(self, packet: HandOffPacket) -> str:
        """`topic: words` where the packet, or what the customer said last, names a risk; else as it was given."""
        if packet.risk.partition(":")[0] in {*RISK_WORDS, *self._moves.policy.risk_words}:
            return packet.risk
        said = [message.text for message in packet.messages if message.role == "customer"]
        found = (risk_in(text, self._moves.policy) for text in (packet.risk, *said[-1:]))
        return next(filter(None, found), packet.risk)

    def _priority(self, packet: HandOffPacket) -> Priority:
        return self._moves.policy.priority(packet.reason)

    def _take_in(self, ticket: Ticket, message: ConversationMessage) -> Wording | None:
        moves = self._moves
        data = {"message_id": message.message_id}
        if not ticket.is_active:
            ticket = self._assignment.reopened(ticket, actor="customer", data=data)
            return None if ticket.state != "queued" else moves.promise(ticket, wording.reopened)
        if ticket.waiting_since is None:
            ticket = self._assignment.with_clock(ticket)
        ticket = moves.move(ticket, "customer_wrote", actor="customer", data=data)
        if ticket.state == "assigned" and self._assignment.is_gone(ticket.agent):
            ticket = self._assignment.requeue(ticket, "agent_away", actor="clock")
            return None if ticket.state != "queued" else moves.promise(ticket, wording.agent_gone)
        return moves.promise(ticket, wording.still_queued) if ticket.state == "queued" else None

    def _is_fresh(self, ticket: Ticket, now: datetime) -> bool:
        return ticket.resolved_at is not None and now - ticket.resolved_at < self._moves.policy.reopen_within
