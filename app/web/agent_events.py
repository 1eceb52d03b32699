"""News of all hand-offs as they happen, for inboxes that are open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from starlette.concurrency import run_in_threadpool

from app.handoff import events_after
from app.web.dependencies import AgentCaller, DeskDep, StateDep, WebState
from app.web.services import Desk
from app.web.sse import HEARTBEAT, event_stream, frame

router = APIRouter(prefix="/v1/agent", tags=["agents"])


@router.get("/events", response_class=Response)
async def watched(
    _: AgentCaller,
    state: StateDep,
    desk: DeskDep,
    after: Annotated[int | None, Query(ge=0)] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Events `conversation`, one for each change of a hand-off with its inbox line; from now on, or behind a number.

    The id of an event is its number: a browser that was cut off goes on where it was.
    """
    begin = int(last_event_id) if last_event_id is not None and last_event_id.isdigit() else after
    return event_stream(_frames(state, desk, await state.moved.now() if begin is None else begin))


async def _frames(state: WebState, desk: Desk, number: int) -> AsyncIterator[str]:
    yield frame({"after": number}, event="ready", number=number)
    while state.moved.is_open:
        if await state.moved.beyond(number, timeout_s=state.services.limits.heartbeat_s) is None:
            yield HEARTBEAT
            continue
        for event in await run_in_threadpool(events_after, desk.database, number):
            number = event["number"]
            ticket = await run_in_threadpool(desk.inbox.find, event["conversation_id"])
            line = ticket.to_line() if ticket is not None else None
            yield frame({**event, "ticket": line}, event="conversation", number=number)
