"""POST /v1/chat: one message in, a cited answer out, whole or sentence by sentence."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from app.domain import AnswerEvent, CitationEvent, DoneEvent, MessageEvent, SentenceEvent
from app.web.dependencies import ChatCaller, StateDep, request_id
from app.web.errors import problem_of
from app.web.schemas import ChatReply, ChatRequest, sentence_dict
from app.web.sse import HEARTBEAT, event_stream, frame, wants_events
from app.web.turns import RunningTurn

router = APIRouter(tags=["chat"])

PROMPT_FAILURE_S = 0.3
"""How long a stream waits for its first event, so that a failure that shows at once has its HTTP status."""


@router.post(
    "/v1/chat",
    response_model=ChatReply,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def chat(body: ChatRequest, request: Request, caller: ChatCaller, state: StateDep) -> Response:
    """Answer one customer message, with the passages that the answer rests on.

    With `stream: true`, or `Accept: text/event-stream`, the events are `citation` (before the first sentence that
    refers to it), `sentence` (each one only after it was checked), `message` (what a conversation says that rests on no
    document: a question back with its `choices`, what was done), `done` (the whole answer) and `error` (a problem
    document); the last two end the stream.

    With a `conversation_id` (one is made where there is none) the service keeps the conversation; with `history` the
    client does, and the message is answered from the documents alone.
    """
    turn = body.to_turn(caller, conversation_id=body.conversation_id or uuid.uuid4().hex)
    running = state.turns.start(turn)
    if body.stream or wants_events(request.headers.get("accept", "")):
        first = await running.next(timeout_s=PROMPT_FAILURE_S)
        heartbeat_s = state.services.limits.heartbeat_s
        return event_stream(_frames(running, first, heartbeat_s=heartbeat_s, request_id=request_id(request)))
    answer = await running.answer(request.is_disconnected)
    return JSONResponse(answer.to_dict()) if answer is not None else Response(status_code=499)


async def _frames(
    running: RunningTurn, first: AnswerEvent | None, *, heartbeat_s: float, request_id: str
) -> AsyncIterator[str]:
    number = 0
    try:
        event = first
        while True:
            if event is not None:
                number += 1
                name, data = _named(event)
                yield frame(data, event=name, number=number)
                if isinstance(event, DoneEvent):
                    return
            else:
                yield HEARTBEAT
            event = await running.next(timeout_s=heartbeat_s)
    except Exception as error:
        yield frame(problem_of(error, request_id=request_id), event="error", number=number + 1)
    finally:
        running.stop()


def _named(event: AnswerEvent) -> tuple[str, dict[str, Any]]:
    if isinstance(event, CitationEvent):
        return "citation", event.citation.to_dict()
    if isinstance(event, SentenceEvent):
        return "sentence", sentence_dict(event.sentence)
    if isinstance(event, MessageEvent):
        return "message", {"text": event.text, **event.data}
    return "done", event.answer.to_dict()
