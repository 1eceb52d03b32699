"""Canned replies: list, fill in, change."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app.domain.action import Wording
from app.handoff import CannedReply, render, values_of
from app.web.dependencies import AgentCaller, DeskDep
from app.web.inbox_schemas import CannedRequest
from index.types import Language

router = APIRouter(prefix="/v1/agent/canned", tags=["agents"])


@router.get("")
def listed(_: AgentCaller, desk: DeskDep) -> dict[str, Any]:
    """All, by shortcut."""
    return {"canned": [reply.to_dict() for reply in desk.canned.all()]}


@router.get("/{shortcut}")
def filled(
    shortcut: str,
    caller: AgentCaller,
    desk: DeskDep,
    conversation_id: Annotated[str | None, Query(max_length=100)] = None,
    language: Language | None = None,
) -> dict[str, Any]:
    """One; for a conversation in the customer's language, with what is known filled in and what is not named."""
    reply = desk.canned.get(shortcut)
    if conversation_id is None:
        return reply.to_dict()
    ticket = desk.inbox.find(conversation_id)
    wanted = language or (ticket.language if ticket is not None else "zh")
    rendered = render(reply, wanted, values_of(ticket, conversation_id, caller.name))
    return {**reply.to_dict(), "text": rendered.text, "missing": list(rendered.missing)}


@router.put("/{shortcut}")
def put(shortcut: str, body: CannedRequest, caller: AgentCaller, desk: DeskDep) -> dict[str, Any]:
    """Keep one, in place of another of the same shortcut."""
    return desk.canned.put(CannedReply(shortcut, body.title, Wording(body.zh, body.en)), by=caller.name).to_dict()


@router.delete("/{shortcut}", status_code=204)
def remove(shortcut: str, _: AgentCaller, desk: DeskDep) -> Response:
    """Remove one."""
    desk.canned.remove(shortcut)
    return Response(status_code=204)
