"""Conversations: for the customer, what was said, also by an agent meanwhile; for the console, lists and erasure."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from starlette.concurrency import run_in_threadpool

from app.conversations import ConversationFilter, listed
from app.conversations.errors import ConversationMissing
from app.domain.conversation import Conversation, ConversationMessage, ConversationStatus
from app.security.access import Caller
from app.web.dependencies import AdminCaller, ChatCaller, DeskDep, InsightDep, StateDep, WebState
from app.web.inbox_schemas import conversation_dict, message_dict
from app.web.services import Desk
from app.web.sse import HEARTBEAT, event_stream, frame
from index.types import Language

router = APIRouter(tags=["conversations"])
_HIDDEN = "note"


@router.get("/v1/conversations/{conversation_id}/messages")
def messages(
    conversation_id: str,
    caller: ChatCaller,
    desk: DeskDep,
    after: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> dict[str, Any]:
    """What was said, oldest first; behind a message when one is named. For who started the conversation."""
    conversation = _own(desk, conversation_id, caller)
    said = desk.conversations.messages(conversation_id, after=after, limit=limit)
    return {
        "conversation_id": conversation_id,
        "status": conversation.status,
        "messages": [message_dict(message, for_customer=True) for message in said if message.role != _HIDDEN],
    }


@router.get("/v1/conversations/{conversation_id}/events", response_class=Response)
async def watched(
    conversation_id: str,
    caller: ChatCaller,
    state: StateDep,
    desk: DeskDep,
    after: Annotated[str | None, Query(max_length=100)] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Events `message` for each message behind the one named, as they come, and `status` when who has it changes.

    The id of an event is that of the message: a browser that was cut off goes on where it was.
    """
    await run_in_threadpool(_own, desk, conversation_id, caller)
    return event_stream(_frames(state, desk, conversation_id, last_event_id or after))


async def _frames(state: WebState, desk: Desk, conversation_id: str, after: str | None) -> AsyncIterator[str]:
    status: ConversationStatus | None = None
    while state.said.is_open:
        # First how far all conversations have got, then what this one holds: what comes in between is seen next time.
        number = await state.said.now()
        conversation, said = await run_in_threadpool(_news, desk, conversation_id, after)
        if conversation is None:
            return
        for message in said:
            after = message.message_id
            if message.role != _HIDDEN:
                data = message_dict(message, for_customer=True)
                yield f"id: {message.message_id}\n{frame(data, event='message')}"
        if conversation.status != status:
            status = conversation.status
            yield frame({"status": status}, event="status")
        while await state.said.beyond(number, timeout_s=state.services.limits.heartbeat_s) is None:
            if not state.said.is_open:
                return
            yield HEARTBEAT


def _news(desk: Desk, conversation_id: str, after: str | None) -> tuple[Conversation | None, list[ConversationMessage]]:
    said = list(desk.conversations.messages(conversation_id, after=after))
    return desk.conversations.get(conversation_id), said


@router.post("/v1/conversations/{conversation_id}/survey", responses={204: {"description": "Nothing is asked."}})
def survey(
    conversation_id: str, caller: ChatCaller, desk: DeskDep, insight: InsightDep, language: Language | None = None
) -> Any:
    """How it was, asked once the conversation is resolved and once only; 204 where the customer is left in peace.

    Answered at `POST /v1/surveys/{survey_id}`.
    """
    conversation = _own(desk, conversation_id, caller)
    if conversation.status != "resolved" or conversation.owner != caller.owner:
        return Response(status_code=204)
    asked = insight.surveys.ask(
        conversation_id, language=language or conversation.language or "zh", customer_id=conversation.customer_id
    )
    return asked.to_dict() if asked is not None else Response(status_code=204)


@router.get("/v1/admin/conversations")
def all_of_them(
    _: AdminCaller,
    desk: DeskDep,
    status: ConversationStatus | None = None,
    agent: str | None = None,
    customer_id: str | None = None,
    q: Annotated[str, Query(max_length=200)] = "",
    label: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Conversations, the newest changed first."""
    wanted = ConversationFilter(status, agent, customer_id, q.strip(), label, _aware(since), _aware(until))
    page = listed(desk.database, wanted, limit=limit, cursor=cursor)
    return {"conversations": [conversation_dict(item) for item in page.conversations], "cursor": page.cursor}


@router.delete("/v1/admin/conversations/{conversation_id}", status_code=204)
def erase(conversation_id: str, _: AdminCaller, desk: DeskDep) -> Response:
    """Remove a conversation with its messages, notes and hand-off."""
    if not desk.conversations.erase(conversation_id=conversation_id):
        raise _missing(conversation_id)
    return Response(status_code=204)


@router.delete("/v1/admin/customers/{customer_id}/conversations")
def erase_all(customer_id: str, _: AdminCaller, desk: DeskDep) -> dict[str, int]:
    """Remove all conversations of a customer."""
    return {"erased": desk.conversations.erase(customer_id=customer_id)}


def _own(desk: Desk, conversation_id: str, caller: Caller) -> Conversation:
    """A conversation that the caller started, or any for agents; of others it is not said that they exist."""
    found = desk.conversations.get(conversation_id)
    if found is None or not (found.owner == caller.owner or caller.may("agent")):
        raise _missing(conversation_id)
    return found


def _missing(conversation_id: str) -> ConversationMissing:
    return ConversationMissing(f"There is no conversation {conversation_id[:100]!r}.")


def _aware(at: datetime | None) -> datetime | None:
    return at.astimezone() if at is not None else None
