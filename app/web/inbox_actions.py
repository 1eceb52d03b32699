"""What an agent does with a conversation."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from app.web.dependencies import AgentCaller, DeskDep
from app.web.inbox_schemas import (
    AssignRequest,
    LabelRequest,
    NoteRequest,
    ReleaseRequest,
    ReplyRequest,
    SuggestRequest,
    agent_of,
    message_dict,
)

router = APIRouter(prefix="/v1/agent/conversations/{conversation_id}", tags=["agents"])


@router.post("/assign")
def assign(
    conversation_id: str, caller: AgentCaller, desk: DeskDep, body: AssignRequest | None = None
) -> dict[str, Any]:
    """Take a conversation, from the queue or from the assistant, or pass it to a colleague."""
    to = (body.agent if body is not None else None) or caller.name
    return desk.inbox.assign(conversation_id, to=to, by=agent_of(caller, desk)).to_line()


@router.post("/release")
def release(
    conversation_id: str, caller: AgentCaller, desk: DeskDep, body: ReleaseRequest | None = None
) -> dict[str, Any]:
    """Put it back into the queue, or give it back to the assistant once the customer is answered."""
    to_assistant = body is not None and body.to == "assistant"
    return desk.inbox.release(conversation_id, by=agent_of(caller, desk), to_assistant=to_assistant).to_line()


@router.post("/reply", status_code=201)
def reply(conversation_id: str, body: ReplyRequest, caller: AgentCaller, desk: DeskDep) -> dict[str, Any]:
    """Answer the customer."""
    sent = desk.inbox.reply(
        conversation_id,
        body.text,
        by=agent_of(caller, desk),
        request_id=body.request_id,
        receipt_id=body.receipt_id,
        suggested=body.suggested,
        data=body.data(),
    )
    return message_dict(sent)


@router.post("/note", status_code=201)
def note(conversation_id: str, body: NoteRequest, caller: AgentCaller, desk: DeskDep) -> dict[str, Any]:
    """Keep a note for colleagues; customers never see it."""
    return message_dict(desk.inbox.note(conversation_id, body.text, by=agent_of(caller, desk)))


@router.post("/label")
def label(conversation_id: str, body: LabelRequest, _: AgentCaller, desk: DeskDep) -> dict[str, Any]:
    """Put labels on and take labels off."""
    return {"labels": list(desk.inbox.label(conversation_id, add=body.add, remove=body.remove))}


@router.post("/resolve")
def resolve(conversation_id: str, caller: AgentCaller, desk: DeskDep) -> dict[str, Any]:
    """Close it; the customer is told so."""
    return desk.inbox.resolve(conversation_id, by=agent_of(caller, desk)).to_line()


@router.post("/reopen")
def reopen(conversation_id: str, caller: AgentCaller, desk: DeskDep) -> dict[str, Any]:
    """Take up again what was resolved or given back."""
    return desk.inbox.reopen(conversation_id, by=agent_of(caller, desk)).to_line()


@router.post("/suggest")
def suggest(conversation_id: str, _: AgentCaller, desk: DeskDep, body: SuggestRequest | None = None) -> dict[str, Any]:
    """What the assistant would say, with its proof. Nothing of it is sent."""
    wanted = body or SuggestRequest()
    found = desk.suggester.suggest(conversation_id, question=wanted.question, language=wanted.language)
    return found.to_dict()
