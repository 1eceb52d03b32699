"""Who gets a conversation: somebody who is there, knows the matter and the language, and has the least to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from app.handoff.policy import HandOffPolicy
from app.handoff.presence import Presence
from app.handoff.ticket import Ticket

_LATE = 2
"""Times that a clock has run out after which it is a supervisor's concern."""


def choose(
    ticket: Ticket, present: Iterable[Presence], loads: Mapping[str, int], policy: HandOffPolicy, now: datetime
) -> str | None:
    """The agent for a queued ticket; None when it has to wait.

    Who had it before goes first, unless they gave it up; then the least loaded by their capacity; then who has been
    there the longest. Once its clock has run out, skills count no more, and when it has run out twice, a supervisor is
    given it even beyond their capacity. One for a supervisor waits for one.
    """
    fitting = []
    for agent in present:
        profile = policy.agent(agent.agent)
        load = loads.get(agent.agent, 0)
        if agent.state != "online" or not agent.is_there(now, policy.away_after) or agent.agent == ticket.avoids:
            continue
        is_full = load >= profile.capacity and not (profile.is_supervisor and ticket.breaches >= _LATE)
        if is_full or (ticket.is_for_supervisor and not policy.takes_escalated(agent.agent)):
            continue
        if ticket.language != "mixed" and profile.languages and ticket.language not in profile.languages:
            continue
        knows = not ticket.topic or not profile.skills or ticket.topic in profile.skills
        if knows or ticket.breaches:
            is_new = agent.agent != ticket.last_agent
            fitting.append((is_new, not knows, load / profile.capacity, load, agent.since, agent.agent))
    return min(fitting)[-1] if fitting else None
