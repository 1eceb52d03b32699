"""What must never be so: a conversation that nobody has, that nobody watches, or that goes round in circles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement

from app.domain.conversation import ConversationStatus
from app.handoff.machine import ACTIVE, STATUS, WITH_AGENT
from app.handoff.moves import Moves
from app.handoff.tables import tickets
from app.handoff.ticket import Ticket


def faults_of(
    ticket: Ticket, status: ConversationStatus | None, *, now: datetime, max_hand_overs: int, patience: timedelta
) -> Sequence[str]:
    """What is wrong with one hand-off; `patience` is how long after a clock ran out it may not have been noticed."""
    found = []
    if status is None:
        found.append("lost: the conversation is gone")
    elif status != STATUS[ticket.state] and not (ticket.state in ("returned", "resolved") and status in _OURS):
        found.append(f"lost: the hand-off is {ticket.state}, the conversation {status}")
    if (ticket.state in WITH_AGENT) != (ticket.agent is not None):
        found.append(f"lost: {ticket.state} with agent {ticket.agent}")
    if ticket.is_active and ticket.due_at is None:
        found.append("silent: nobody's clock runs")
    if ticket.is_active and ticket.due_at is not None and ticket.due_at + patience < now:
        found.append(f"silent: its clock ran out at {ticket.due_at.isoformat()} and nobody was told")
    if ticket.state in ("queued", "assigned") and ticket.waiting_since is None:
        found.append("silent: the customer waits and it is not known since when")
    if ticket.state not in ("queued", "assigned") and ticket.waiting_since is not None:
        found.append("silent: the customer waits and nobody has it")
    if ticket.hand_overs > max_hand_overs and not ticket.is_for_supervisor:
        found.append(f"loop: handed over {ticket.hand_overs} times without a supervisor")
    if ticket.is_for_supervisor and ticket.state == "returned":
        found.append("loop: back with the assistant after a supervisor was wanted")
    return found


def all_faults(
    moves: Moves, *conditions: ColumnElement[bool], patience: timedelta = timedelta(minutes=1)
) -> Sequence[str]:
    """Of every hand-off, or of some, each with the id of its conversation; empty when all is well."""
    now, most = moves.now(), moves.policy.max_hand_overs
    found = []
    for ticket in moves.select(*conditions):
        known = moves.conversations.get(ticket.conversation_id)
        status = known.status if known is not None else None
        for fault in faults_of(ticket, status, now=now, max_hand_overs=most, patience=patience):
            found.append(f"{ticket.conversation_id}: {fault}")
    return found


def faults_at_the_desk(moves: Moves) -> tuple[int, Sequence[str]]:
    """How many hand-offs are queued or with agents, and what is wrong with them."""
    is_active = tickets.c.state.in_(ACTIVE)
    return len(moves.select(is_active)), all_faults(moves, is_active)


_OURS: tuple[ConversationStatus, ...] = ("open", "resolved")
"""What the assistant may say of a conversation that the desk does not have."""
