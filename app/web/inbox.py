"""The agents' inbox: what waits, what one conversation is about, and who is there."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.conversations.errors import ConversationMissing
from app.handoff import InboxStatus, inbox_page, trail
from app.web.dependencies import AgentCaller, DeskDep
from app.web.inbox_schemas import (
    PresenceRequest,
    agent_of,
    conversation_dict,
    message_dict,
)

router = APIRouter(prefix="/v1/agent", tags=["agents"])
_SIGNS_BEFORE_AWAY = 3


@router.get("/inbox")
def listed(
    caller: AgentCaller,
    desk: DeskDep,
    status: InboxStatus = "active",
    mine: bool = False,
    q: Annotated[str, Query(max_length=200)] = "",
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Hand-offs, the most pressing first (those that are over: the newest first), and how many there are of each."""
    page = inbox_page(desk.database, status=status, agent=caller.name, is_mine=mine, text=q, limit=limit, cursor=cursor)
    lines = [ticket.to_line() for ticket in page.tickets]
    return {"conversations": lines, "cursor": page.cursor, "counts": dict(page.counts)}


@router.get("/conversations/{conversation_id}")
def one(conversation_id: str, caller: AgentCaller, desk: DeskDep) -> dict[str, Any]:
    """All that is known of a conversation: messages and notes, the packet of its hand-off, what happened to it."""
    conversation = desk.conversations.get(conversation_id)
    if conversation is None:
        raise ConversationMissing(f"There is no conversation {conversation_id[:100]!r}.")
    ticket = desk.inbox.find(conversation_id)
    return {
        "conversation": conversation_dict(conversation),
        "ticket": ticket.to_dict() if ticket is not None else None,
        "messages": [message_dict(message) for message in desk.conversations.messages(conversation_id)],
        "trail": list(trail(desk.database, conversation_id)),
        "me": {"name": caller.name, "is_supervisor": agent_of(caller, desk).is_supervisor},
    }


@router.get("/presence")
def present(_: AgentCaller, desk: DeskDep) -> dict[str, Any]:
    """Agents who gave a sign of life, and how many conversations each has."""
    away_after, loads, now = desk.policy().away_after, desk.loads(), desk.now()
    agents = [
        {**agent.to_dict(), "is_there": agent.is_there(now, away_after), "conversations": loads.get(agent.agent, 0)}
        for agent in desk.presence.all()
    ]
    return {"agents": agents}


@router.post("/presence")
def beat(body: PresenceRequest, caller: AgentCaller, desk: DeskDep) -> dict[str, Any]:
    """A sign of life: without one in time, what the agent owes an answer to goes to others."""
    presence = desk.clock.beat(caller.name, body.state)
    within_s = desk.policy().away_after.total_seconds() / _SIGNS_BEFORE_AWAY
    return {"presence": presence.to_dict() if presence is not None else None, "next_within_s": within_s}
