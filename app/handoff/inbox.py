"""The desk as agents use it: take, answer, note, pass on, close."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from app.domain.conversation import ConversationMessage, Role
from app.domain.handoff import CustomerFacts, HandOffPacket
from app.handoff import wording
from app.handoff.assignment import Assignment
from app.handoff.errors import AgentTextInvalid, TicketMissing, TicketTaken, TransitionRefused
from app.handoff.machine import WITH_AGENT
from app.handoff.moves import Moves
from app.handoff.suggest import is_edited
from app.handoff.ticket import Ticket, new_ticket
from index.types import Language

MAX_TEXT = 8000
_MAX_LABEL = 64


@dataclass(frozen=True, slots=True)
class Agent:
    """Who does something at the desk."""

    name: str
    """The name of their API key."""
    is_supervisor: bool = False
    """Named so in the policy, or with a key of scope admin: may take what others have."""

    @property
    def actor(self) -> str:
        """As in the trail of a hand-off."""
        return f"agent:{self.name}"


class Inbox:
    """What agents do with conversations; safe to share between threads and processes."""

    def __init__(
        self, moves: Moves, assignment: Assignment, *, customer_facts: CustomerFacts = lambda _customer_id: {}
    ) -> None:
        self._moves, self._assignment, self._facts = moves, assignment, customer_facts

    def find(self, conversation_id: str) -> Ticket | None:
        """The hand-off of a conversation; None where there never was one."""
        return self._moves.find(conversation_id)

    def assign(self, conversation_id: str, *, to: str, by: Agent) -> Ticket:
        """Take a conversation, from the queue, from the assistant, or pass one's own to a colleague.

        Taking what one has already changes nothing. Raises `TicketTaken`, `TransitionRefused`, `ConversationMissing`.
        """
        facts = self._facts_for(conversation_id)
        with self._moves.database.writing():
            ticket = self._moves.find(conversation_id, is_held=True)
            self._require_at_work(to, by)
            if ticket is None or ticket.state == "resolved":
                return self._take_over(conversation_id, ticket, to=to, by=by, facts=facts)
            if ticket.state in WITH_AGENT:
                if ticket.agent == to:
                    return ticket
                self._require_own(ticket, by)
            if ticket.state != "queued":
                ticket = self._assignment.handed_over(ticket)
            self._require_allowed(ticket, to, by)
            return self._assignment.assign(ticket, to, actor=by.actor)

    def release(self, conversation_id: str, *, by: Agent, to_assistant: bool = False) -> Ticket:
        """Put one's conversation back into the queue, or give it back to the assistant once the customer is answered.

        Raises `TicketMissing`, `TicketTaken`, `TransitionRefused`.
        """
        with self._moves.database.writing():
            ticket = self._own(conversation_id, by)
            if not to_assistant:
                if ticket.is_for_supervisor and not by.is_supervisor:
                    raise TransitionRefused("It went to and fro too often: answer it, or ask a supervisor to take it.")
                moved = self._assignment.requeue(ticket, "released", actor=by.actor)
                if moved.state == "queued":
                    self._moves.tell(moved, self._moves.promise(moved, wording.passed_on), "passed_on")
                return moved
            if ticket.is_for_supervisor:
                raise TransitionRefused("It went to and fro too often to be given back: answer and resolve it.")
            fresh = replace(ticket, agent=None, avoids=None, waiting_since=None, due_at=None, breaches=0)
            moved = self._moves.move(fresh, "returned", actor=by.actor)
            self._moves.tell(moved, wording.given_back(ticket.agent or by.name), "given_back")
            return moved

    def reply(
        self,
        conversation_id: str,
        text: str,
        *,
        by: Agent,
        request_id: str | None = None,
        receipt_id: str | None = None,
        suggested: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> ConversationMessage:
        """Answer the customer; what waits in the queue is taken by it. A repeated request id sends nothing twice.

        Args:
            conversation_id: of the conversation.
            text: as the customer gets it, at most 8,000 characters.
            by: who answers.
            request_id: chosen by the caller.
            receipt_id: of the suggestion that it was made from.
            suggested: the suggestion as it was, to see what agents make of them.
            data: what goes with it, as citations.

        Raises `AgentTextInvalid`, `TicketMissing`, `TicketTaken`, `TransitionRefused`.
        """
        text = checked_text(text)
        key = f"{by.actor}:{request_id}"[:100] if request_id else None
        made_of = {"suggested": suggested, "is_edited": is_edited(suggested, text)} if suggested else {}
        with self._moves.database.writing():
            if key and (sent := self._moves.conversations.replies_to(conversation_id, key)):
                return sent[0]
            ticket = self._moves.hold(conversation_id)
            if ticket.state == "queued":
                self._require_allowed(ticket, by.name, by)
                ticket = self._assignment.assign(ticket, by.name, actor=by.actor)
            self._require_own(ticket, by)
            now = self._moves.now()
            fresh = replace(ticket, waiting_since=None, breaches=0, first_reply_at=ticket.first_reply_at or now)
            fresh = replace(fresh, due_at=now + self._moves.policy.idle_after).with_words(text, of_customer=False)
            message = self._message(
                conversation_id, "agent", text, by, receipt_id=receipt_id, data={**(data or {}), **made_of}
            )
            trail = {"message_id": message.message_id}
            moved = self._moves.move(fresh, "replied", actor=by.actor, data=trail)
            self._moves.conversations.add(message, request_id=key)
            self._moves.publish(
                "message.from_agent",
                {
                    "conversation_id": conversation_id,
                    "ticket_id": moved.ticket_id,
                    "message_id": message.message_id,
                    "agent": by.name,
                    "text": text,
                    "receipt_id": receipt_id,
                    "language": moved.language,
                    "customer_id": moved.customer_id,
                    "intent": moved.intent,
                    "at": now.isoformat(),
                    **made_of,
                },
            )
        return message

    def note(self, conversation_id: str, text: str, *, by: Agent) -> ConversationMessage:
        """Keep a note that customers never see. Raises `AgentTextInvalid`, `ConversationMissing`."""
        message = self._message(conversation_id, "note", checked_text(text), by)
        self._moves.conversations.add(message)
        return message

    def label(self, conversation_id: str, *, add: Sequence[str] = (), remove: Sequence[str] = ()) -> Sequence[str]:
        """Put labels on and take labels off; those it has then. Raises `AgentTextInvalid`, `TicketMissing`."""
        wanted = [" ".join(name.split()) for name in add]
        if any(not name or len(name) > _MAX_LABEL for name in wanted):
            raise AgentTextInvalid(f"A label has 1 to {_MAX_LABEL} characters.")
        with self._moves.database.writing():
            found = self._moves.conversations.get(conversation_id)
            if found is None:
                raise TicketMissing(f"There is no conversation {conversation_id[:100]!r}.")
            labels = sorted({*found.labels, *wanted} - set(remove))
            self._moves.conversations.relabel(conversation_id, labels)
        return labels

    def resolve(self, conversation_id: str, *, by: Agent) -> Ticket:
        """Close it; the customer is told, and reopens it by writing. Raises `TicketMissing`, `TicketTaken`."""
        with self._moves.database.writing():
            ticket = self._moves.hold(conversation_id)
            if ticket.state == "resolved":
                return ticket
            self._require_own(ticket, by)
            return self.close(ticket, "resolved", actor=by.actor)

    def close(self, ticket: Ticket, event: Literal["resolved", "idle"], *, actor: str) -> Ticket:
        """End a hand-off, by an agent (`resolved`) or because the customer fell silent (`idle`)."""
        fresh = replace(ticket, agent=None, last_agent=ticket.agent or ticket.last_agent, avoids=None)
        fresh = replace(fresh, waiting_since=None, due_at=None, breaches=0, resolved_at=self._moves.now())
        with self._moves.database.writing():
            moved = self._moves.move(fresh, event, actor=actor)
            told = wording.idle() if event == "idle" else wording.resolved()
            self._moves.tell(moved, told, "resolved")
        return moved

    def reopen(self, conversation_id: str, *, by: Agent) -> Ticket:
        """Take up again what was resolved or given back. Raises `TicketMissing`, `TransitionRefused`."""
        with self._moves.database.writing():
            ticket = self._moves.hold(conversation_id)
            return ticket if ticket.is_active else self._assignment.reopened(ticket, actor=by.actor)

    def _facts_for(self, conversation_id: str) -> Mapping[str, Any]:
        """Of the customer of a conversation that no agent has had; asked before a transaction: the shop may be far."""
        known = self._moves.conversations.get(conversation_id)
        if known is None or known.customer_id is None or self._moves.find(conversation_id) is not None:
            return {}
        return self._facts(known.customer_id)

    def _take_over(
        self, conversation_id: str, ticket: Ticket | None, *, to: str, by: Agent, facts: Mapping[str, Any]
    ) -> Ticket:
        """From the assistant, or after it was resolved."""
        moves = self._moves
        if ticket is not None:
            opened = self._assignment.reopened(ticket, actor=by.actor)
            return opened if opened.agent == to else self._assignment.assign(opened, to, actor=by.actor)
        known = moves.conversations.get(conversation_id)
        if known is None:
            raise TicketMissing(f"There is no conversation {conversation_id[:100]!r}.")
        said = tuple(moves.conversations.messages(conversation_id, limit=50))
        language: Language = known.language or "zh"
        packet = HandOffPacket(conversation_id, "taken", language, "", (), said, known.customer_id, customer=facts)
        fresh = new_ticket(packet, priority=moves.policy.priority("taken"), now=moves.now())
        opened = moves.create(self._assignment.with_clock(fresh), actor=by.actor)
        return self._assignment.assign(opened, to, actor=by.actor)

    def _own(self, conversation_id: str, by: Agent) -> Ticket:
        ticket = self._moves.hold(conversation_id)
        self._require_own(ticket, by)
        return ticket

    def _require_own(self, ticket: Ticket, by: Agent) -> None:
        if ticket.state in WITH_AGENT and ticket.agent != by.name and not by.is_supervisor:
            raise TicketTaken(f"{ticket.agent} has this conversation. Ask them to pass it on, or a supervisor.")

    def _require_at_work(self, to: str, by: Agent) -> None:
        if to != by.name and not self._assignment.is_at_work(to):
            raise TransitionRefused(f"There is no agent {to[:60]!r} at work who could take it.")

    def _require_allowed(self, ticket: Ticket, to: str, by: Agent) -> None:
        is_allowed = by.is_supervisor or (to == by.name and self._moves.policy.takes_escalated(to))
        if ticket.is_for_supervisor and not is_allowed:
            raise TransitionRefused("The conversation went to and fro too often: only a supervisor may take it.")

    def _message(
        self,
        conversation_id: str,
        role: Role,
        text: str,
        by: Agent,
        *,
        receipt_id: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> ConversationMessage:
        return ConversationMessage(
            message_id=uuid.uuid4().hex,
            conversation_id=conversation_id,
            role=role,
            text=text,
            at=self._moves.now(),
            author=by.name,
            receipt_id=receipt_id,
            data=data or {},
        )


def checked_text(text: str) -> str:
    """What an agent wrote, without blank ends. Raises `AgentTextInvalid`."""
    words = text.strip()
    if not words:
        raise AgentTextInvalid("There is nothing to send: the text is empty.")
    if len(words) > MAX_TEXT:
        raise AgentTextInvalid(f"The text has {len(words):,} characters, the limit is {MAX_TEXT:,}. Shorten it.")
    return words
