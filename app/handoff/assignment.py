"""Giving conversations to agents and taking them back, with the clocks that go with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from app.handoff import wording
from app.handoff.machine import WITH_AGENT, Event
from app.handoff.moves import Moves
from app.handoff.presence import PresenceBook
from app.handoff.routing import choose
from app.handoff.tables import tickets
from app.handoff.ticket import Ticket

_MAX_PATIENCE = 4
"""Each breach doubles the next clock, at most so often."""


class Assignment:
    """Who has which conversation, and until when they have to do something with it."""

    def __init__(self, moves: Moves, presence: PresenceBook) -> None:
        self._moves, self._presence = moves, presence

    def give(self, ticket: Ticket) -> Ticket:
        """Assign a queued ticket to a free agent; as it is where there is none, or agents take what they like."""
        moves = self._moves
        if not moves.policy.auto_assign:
            return ticket
        agent = choose(ticket, self._presence.all(), self.loads(), moves.policy, moves.now())
        return ticket if agent is None else self.assign(ticket, agent, actor="router")

    def give_all(self) -> int:
        """Assign what waits, the most pressing first; how many."""
        moves, present, given = self._moves, self._presence.all(), 0
        if not moves.policy.auto_assign or not any(agent.state == "online" for agent in present):
            return 0
        loads = self.loads()
        for ticket in moves.select(tickets.c.state == "queued"):
            if choose(ticket, present, loads, moves.policy, moves.now()) is None:
                continue  # nobody is free: no need to hold it, which others who write would have to wait for
            with moves.database.writing():
                fresh = moves.find(ticket.conversation_id, is_held=True)
                if fresh is not None and fresh.state == "queued":
                    given += self.give(fresh).state != "queued"
            loads = self.loads()
        return given

    def assign(self, ticket: Ticket, agent: str, *, actor: str) -> Ticket:
        """An agent has it from now on; the customer is told who."""
        moves = self._moves
        with moves.database.writing():
            fresh = replace(ticket, agent=agent, last_agent=agent, avoids=None, breaches=0)
            if fresh.state != "answered":  # where the customer is to write, nothing is owed
                fresh = self.with_clock(fresh)
            moved = moves.move(fresh, "assigned", actor=actor)
            moves.tell(moved, wording.joined(agent), "joined")
        return moved

    def requeue(self, ticket: Ticket, event: Event, *, actor: str, data: Mapping[str, Any] | None = None) -> Ticket:
        """Back into the queue, and on to somebody else who is free."""
        with self._moves.database.writing():
            fresh = self.handed_over(replace(ticket, agent=None, avoids=ticket.agent, breaches=0))
            moved = self._moves.move(self.with_clock(fresh), event, actor=actor, data=data)
            return self.give(moved)

    def reopened(self, ticket: Ticket, *, actor: str, data: Mapping[str, Any] | None = None) -> Ticket:
        """Into the queue anew, to the agent who had it where they are free; a resolution ends the count."""
        fresh = replace(ticket, agent=None, avoids=None, breaches=0, waiting_since=None, resolved_at=None)
        if ticket.state == "resolved":
            fresh = replace(fresh, hand_overs=0, is_for_supervisor=False)
        else:
            fresh = self.handed_over(fresh)
        with self._moves.database.writing():
            return self.give(self._moves.move(self.with_clock(fresh), "reopened", actor=actor, data=data))

    def handed_over(self, ticket: Ticket) -> Ticket:
        """One hand-over more; beyond the company's limit a supervisor has it."""
        count = ticket.hand_overs + 1
        is_too_often = count > self._moves.policy.max_hand_overs
        return replace(ticket, hand_overs=count, is_for_supervisor=ticket.is_for_supervisor or is_too_often)

    def with_clock(self, ticket: Ticket, *, restart: bool = False) -> Ticket:
        """With a clock that runs: that of a message which waits already goes on, unless it is over or restarted."""
        now, policy = self._moves.now(), self._moves.policy
        if ticket.waiting_since is not None and ticket.due_at is not None and ticket.due_at > now and not restart:
            return ticket
        allowed = (policy.first_reply if ticket.first_reply_at is None else policy.next_reply)[ticket.priority]
        due = policy.hours.add(now, allowed * 2 ** min(ticket.breaches, _MAX_PATIENCE))
        return replace(ticket, waiting_since=ticket.waiting_since or now, due_at=due)

    def is_gone(self, agent: str | None) -> bool:
        """Whether an agent's page was closed; nobody is gone who never opened one."""
        if agent is None:
            return True
        known = self._presence.get(agent)
        return known is not None and not known.is_there(self._moves.now(), self._moves.policy.away_after)

    def is_at_work(self, agent: str) -> bool:
        """Whether a conversation can be passed to them: they are named in the rules or were here, and are not gone."""
        is_known = agent in self._moves.policy.agents or self._presence.get(agent) is not None
        return is_known and not self.is_gone(agent)

    def loads(self, agents: Iterable[str] | None = None) -> Mapping[str, int]:
        """How many conversations each agent has; of all, or of some."""
        wanted = select(tickets.c.agent, func.count()).where(tickets.c.state.in_(WITH_AGENT)).group_by(tickets.c.agent)
        if agents is not None:
            wanted = wanted.where(tickets.c.agent.in_(list(agents)))
        with self._moves.database.reading() as connection:
            return {agent: int(count) for agent, count in connection.execute(wanted)}
