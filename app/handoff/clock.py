"""What happens by itself as time goes by: agents lapse, clocks run out, customers fall silent, the queue moves on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from app.handoff import wording
from app.handoff.assignment import Assignment
from app.handoff.errors import HandOffError
from app.handoff.inbox import Inbox
from app.handoff.machine import ACTIVE
from app.handoff.moves import Moves
from app.handoff.presence import Presence, PresenceBook, PresenceState
from app.handoff.tables import tickets
from app.handoff.ticket import Ticket

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Ticked:
    """What one look at the clock brought about."""

    lapsed: int = 0
    """Agents."""
    requeued: int = 0
    breached: int = 0
    closed: int = 0
    assigned: int = 0

    @property
    def is_quiet(self) -> bool:
        """Nothing at all."""
        return not any(asdict(self).values())


class DeskClock:
    """Looks at all clocks. Several processes may do so: what one has done the others find done."""

    def __init__(
        self, moves: Moves, assignment: Assignment, inbox: Inbox, presence: PresenceBook, *, every_s: float = 3.0
    ) -> None:
        if every_s <= 0:
            raise ValueError(f"Expected every_s > 0, got {every_s}.")
        self._moves, self._assignment, self._inbox, self._presence = moves, assignment, inbox, presence
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def beat(self, agent: str, state: PresenceState) -> Presence | None:
        """An agent's page gives a sign of life; who goes offline gives back what they owe an answer to."""
        before = self._presence.note(agent, state)
        if state == "offline":
            self._give_back(agent)
        elif state == "online" and (before is None or before.state != "online"):
            self._assignment.give_all()
        return self._presence.get(agent)

    def tick(self) -> Ticked:
        """Look once."""
        done, now = Ticked(), self._moves.now()
        seen_before = now - self._moves.policy.away_after
        for agent in self._presence.all():
            is_silent = agent.state != "offline" and agent.seen_at < seen_before
            if is_silent and self._presence.lapse(agent.agent, seen_before=seen_before):
                done.lapsed += 1
                done.requeued += self._give_back(agent.agent)
        for ticket in self._moves.select(tickets.c.state.in_(ACTIVE), tickets.c.due_at <= now):
            self._each(ticket, lambda fresh: self._run_out(fresh, now, done))
        done.assigned += self._assignment.give_all()
        return done

    def start(self) -> None:
        """Look every few seconds, in the background."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="desk clock", daemon=True)
            self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Look no more."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout_s)
            self._thread = None

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            try:
                self.tick()
            except Exception:
                logger.exception("the clocks of the desk could not be looked at; trying again")

    def _give_back(self, agent: str) -> int:
        """What an agent owes an answer to goes to others; where the customer is to write, it stays until they do."""
        given_back = 0
        for ticket in self._moves.select(tickets.c.agent == agent, tickets.c.state == "assigned"):
            given_back += self._each(ticket, self._leave)
        return given_back

    def _leave(self, ticket: Ticket) -> None:
        if ticket.state == "assigned" and self._assignment.is_gone(ticket.agent):
            moved = self._assignment.requeue(ticket, "agent_away", actor="clock")
            if moved.state == "queued":
                self._moves.tell(moved, self._moves.promise(moved, wording.agent_gone), "agent_gone")

    def _run_out(self, ticket: Ticket, now: datetime, done: Ticked) -> None:
        if not ticket.is_active or ticket.due_at is None or ticket.due_at > now:
            return
        if ticket.state == "answered":
            self._inbox.close(ticket, "idle", actor="clock")
            done.closed += 1
            return
        done.breached += 1
        if ticket.state == "assigned" and ticket.breaches >= 1:
            moved = self._assignment.requeue(replace(ticket, priority="urgent"), "overdue", actor="clock")
            done.requeued += 1
        else:
            late = replace(ticket, priority="urgent", breaches=ticket.breaches + 1)
            moved = self._moves.move(self._assignment.with_clock(late, restart=True), "breached", actor="clock")
        if moved.state == "queued" or moved.agent == ticket.agent:
            self._moves.tell(moved, self._moves.promise(moved, wording.late), "late")

    def _each(self, ticket: Ticket, change: Callable[[Ticket], None]) -> int:
        """Change one as it is now; what somebody else has changed meanwhile is looked at the next time."""
        try:
            with self._moves.database.writing():
                fresh = self._moves.find(ticket.conversation_id, is_held=True)
                if fresh is None:
                    return 0
                change(fresh)
        except HandOffError as error:
            logger.info("conversation %s moved on: %s", ticket.conversation_id, error)
            return 0
        return 1
